/* The shipped fonts: advances for layout, glyph bitmaps for pixels. */
#ifndef SHAPEFLOW_PAINT_FONTS_H
#define SHAPEFLOW_PAINT_FONTS_H

#include "scene/mark.h"

typedef struct Fonts Fonts;

/* folder holds the .otf/.ttf files; NULL with a message in err on failure. Faces are opened when first used. */
Fonts *fonts_open(const char *folder, char *err, size_t err_size);
void fonts_close(Fonts *);

/* Unhinted advances in points, the same for window and exports. */
Measure fonts_measure(Fonts *);

/* The file of a face, for PDF: path, NULL when it is not there. */
const char *fonts_path(const Fonts *, Font);

/* A glyph's coverage at a size in pixels, cached. */
typedef struct Glyph {
    int            width, height, left, top;   /* left, top: from the pen on the baseline to the bitmap, y up */
    float          advance;                    /* pixels, unhinted */
    const uint8_t *coverage;                   /* width x height */
} Glyph;
const Glyph *fonts_glyph(Fonts *, Font, float pixels, uint32_t codepoint);

#endif
