/* The shipped fonts: advances for layout, glyph bitmaps for pixels. */
#ifndef SHAPEFLOW_PAINT_FONTS_H
#define SHAPEFLOW_PAINT_FONTS_H

#include "scene/mark.h"

typedef struct Fonts Fonts;

/* folder holds the .otf/.ttf files; NULL with a message in err on failure. Faces are opened when first used. */
Fonts *fonts_open(const char *folder, char *err, size_t err_size);
void fonts_close(Fonts *);

/* Unhinted advances in points, with kerning and digits of one width, the same for window and exports. */
Measure fonts_measure(Fonts *);

/* A face is a Font, or one that stands in for characters the fonts lack, made bolder to match them. */
enum { FACE_STAND_IN = FONT_COUNT, FACE_STAND_IN_MEDIUM, FACE_STAND_IN_BOLD, FACES };

/* The file of a face, for PDF. */
const char *fonts_path(const Fonts *, int face);

/* What a text is made of, in order; x in ems from the start. Bytes that are no UTF-8 count as U+FFFD. */
typedef struct Letter {
    uint32_t character;
    uint32_t glyph;        /* number in the face's file */
    int      face;
    int      bytes;        /* of the text */
    float    x, advance;   /* ems */
} Letter;

typedef struct Letters {
    Fonts      *fonts;
    Font        font;
    const char *at, *end;
    uint32_t    last;      /* the character before, for kerning */
    int         last_face;
    float       x;         /* ems */
} Letters;

Letters letters_of(Fonts *, Font, const char *text, size_t length);
bool letters_next(Letters *, Letter *);

/* Where a MARK_TEXT begins, in points: its a.x by align. */
float text_start(Fonts *, const Mark *);

/* A glyph's coverage at a size in pixels, moved right by quarters of a pixel; kept until the next call. */
typedef struct Glyph {
    int            width, height, left, top;   /* left, top: from the pen on the baseline to the bitmap, y up */
    const uint8_t *coverage;                   /* width x height; NULL when there is nothing to see */
} Glyph;
const Glyph *fonts_glyph(Fonts *, int face, uint32_t glyph, float pixels, int quarter);

#endif
