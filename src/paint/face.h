/* One font file: glyph numbers, advances and kerning in ems, tabular digits. */
#ifndef SHAPEFLOW_PAINT_FACE_H
#define SHAPEFLOW_PAINT_FACE_H

#include <stdbool.h>
#include <stdint.h>

#include <ft2build.h>
#include FT_FREETYPE_H
#include <hb.h>

enum { FACE_KNOWN = 0x250 /* characters looked up once: Latin */, FACE_KERNED = 96 /* printable ASCII, from the space */ };

typedef struct Face {
    FT_Face    type;
    hb_font_t *shaper;                  /* NULL: no kerning, digits as they come */
    float      em;                      /* font units */
    uint32_t   digit[10];               /* glyph numbers of equal width */
    bool       known[FACE_KNOWN];
    uint32_t   number[FACE_KNOWN];
    float      advance[FACE_KNOWN];     /* ems */
    float      kern[FACE_KERNED][FACE_KERNED];    /* ems; NAN = not asked yet */
} Face;

/* NULL when the file is no font. */
Face *face_open(FT_Library, const char *path);
void  face_close(Face *);

/* The glyph's number, 0 = the face lacks the character. */
uint32_t face_glyph(Face *, uint32_t character, float *advance);

/* What is added between two characters, in ems. Zero beside digits, so that columns of numbers stand. */
float face_kern(Face *, uint32_t left, uint32_t right);

#endif
