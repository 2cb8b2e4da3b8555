/* The rasteriser: marks to 32-bit pixels, anti-aliased. The window, PNG and golden images are these pixels. */
#ifndef SHAPEFLOW_PAINT_PIXELS_H
#define SHAPEFLOW_PAINT_PIXELS_H

#include "paint/fonts.h"
#include "paint/painter.h"

typedef struct Pixels {
    uint32_t *data;           /* 0xAARRGGBB, opaque */
    int       width, height;
    int       stride;         /* in pixels */
} Pixels;

#define PIXELS_LARGEST_SCALE 64.0f   /* px_per_pt beyond it draws nothing */

/* Draws marks [from, to) of scene at px_per_pt; only inside `dirty` (pixels) when not NULL. */
void pixels_draw(const Pixels *, Fonts *, const Scene *, size_t from, size_t to, float px_per_pt, const Rect *dirty);
void pixels_clear(const Pixels *, Colour);

/* PNG bytes (libpng, with pHYs for dpi); false on failure. Same pixels, same bytes. */
bool png_write(Text *, const Pixels *, double dpi);

#endif
