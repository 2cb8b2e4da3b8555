/* Glyph bitmaps, kept up to a bound of memory. */
#ifndef SHAPEFLOW_PAINT_GLYPHS_H
#define SHAPEFLOW_PAINT_GLYPHS_H

#include "paint/face.h"
#include "paint/fonts.h"

typedef struct Glyphs Glyphs;

Glyphs *glyphs_open(void);
void glyphs_close(Glyphs *);

/* Never NULL; the answer lives until the next call. */
const Glyph *glyphs_find(Glyphs *, FT_Face, int face, uint32_t glyph, float pixels, int quarter);

#endif
