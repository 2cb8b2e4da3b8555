/* Coverage to pixels: everything here is in pixels, not points. */
#ifndef SHAPEFLOW_PAINT_RASTER_H
#define SHAPEFLOW_PAINT_RASTER_H

#include "paint/pixels.h"

typedef struct Box { int left, top, right, bottom; } Box;   /* right and bottom are outside */

typedef struct Canvas {
    uint32_t *data;
    int       stride;
    Box       clip;      /* never beyond the pixels */
} Canvas;

/* A colour made ready: channels apart in 64 bits, alpha 0..256. */
typedef struct Ink {
    uint64_t channels;
    uint32_t alpha;
} Ink;

static inline uint64_t channels_apart(uint32_t pixel) { return ((uint64_t)pixel | (uint64_t)pixel << 24) & 0x00FF00FF00FF00FFu; }

static inline uint32_t channels_joined(uint64_t apart) { return (uint32_t)(apart | apart >> 24); }

static inline uint32_t pixel_of(Colour colour)
{
    return 0xFF000000u | (uint32_t)colour.r << 16 | (uint32_t)colour.g << 8 | colour.b;
}

static inline Ink ink_of(Colour colour)
{
    return (Ink){channels_apart(pixel_of(colour)), (uint32_t)colour.a + (colour.a >> 7)};
}

/* alpha 0..256. */
static inline void blend(uint32_t *pixel, uint64_t channels, uint32_t alpha)
{
    const uint64_t under = channels_apart(*pixel);
    const uint64_t mixed = under * (256 - alpha) + channels * alpha + 0x0080008000800080u;
    *pixel = channels_joined(mixed >> 8 & 0x00FF00FF00FF00FFu);
}

static inline float clampf(float x, float low, float high) { return x < low ? low : x > high ? high : x; }

/* Pixels [from, to) of a row, within the clip; alpha 0..256. */
void raster_span(const Canvas *, int y, int from, int to, Ink);

void raster_rect(const Canvas *, Rect, Ink);
void raster_frame(const Canvas *, Rect, float width, Ink);                       /* the stroke of a rectangle */
void raster_round(const Canvas *, Rect, float radius, Ink);
void raster_ring(const Canvas *, Rect, float radius, float width, Ink);          /* the stroke of a rounded rectangle */
void raster_polygon(const Canvas *, const Point *, int n, float scale, Ink);
void raster_capsule(const Canvas *, Point from, Point to, float width, Ink);     /* a line with round ends */

/* How lines and curves are stroked: dash_on 0 = solid. */
typedef struct Pen { float width, dash_on, dash_off; } Pen;
void raster_line(const Canvas *, Point from, Point to, Pen, Ink);
void raster_curve(const Canvas *, const Point bezier[4], Pen, Ink);
void raster_glyph(const Canvas *, const Glyph *, int x, int y, Colour);
void raster_cells(const Canvas *, const Mark *, Rect, float grid);

#endif
