/* Coverage to pixels: everything here is in pixels, not points. */
#ifndef SHAPEFLOW_PAINT_RASTER_H
#define SHAPEFLOW_PAINT_RASTER_H

#include <math.h>

#include "paint/pixels.h"

typedef struct Box { int left, top, right, bottom; } Box;   /* right and bottom are outside */

/* A colour made ready: channels apart in 64 bits, alpha 0..256. */
typedef struct Ink {
    uint64_t channels;
    uint32_t alpha;
} Ink;

/* A line or curve: its ends are p[0] and p[3]. dash_on 0 = solid. */
typedef struct Stroke {
    Point  p[4];
    bool   straight;
    float  width, dash_on, dash_off;
    Colour colour;
} Stroke;

/* A stroke made ready: by distance from its middle, what is kept of a pixel and what is added. */
typedef enum BrushKind {
    BRUSH_MIXES,       /* into a pixel */
    BRUSH_GATHERS      /* density: -ln(1 - alpha), in a number a pixel (raster_wash.h) */
} BrushKind;

enum { BRUSH_SLOTS = 256, DENSITY_UNIT = 1 << 16 };
typedef struct BrushSlot { uint64_t keep, add; } BrushSlot;
typedef struct Brush {
    BrushKind kind;
    float     width, reach;     /* coverage ends `reach` from the middle */
    Colour    colour;
    int       shift;            /* slot = (distance + offset) >> shift, distance 16.16 */
    int64_t   offset;
    BrushSlot slot[BRUSH_SLOTS];
} Brush;

typedef struct Canvas {
    uint32_t *data;
    int       stride;
    int       left, top; /* what data[0] is; 0, 0 but for the planes of a wash */
    Box       clip;      /* never beyond the pixels */
    Brush    *brush;     /* the last one used */
} Canvas;

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

/* A thin stroke along an axis stands on whole pixels, else it would be two pale ones. */
static inline float snapped_width(float width)
{
    const float whole = floorf(width + 0.5f);
    return whole >= 1 && (fabsf(width - whole) <= 0.3f || width > 2) ? whole : width;
}

/* Where the middle of a stroke of a snapped width stands. */
static inline float snapped(float x, float width)
{
    return width < 1 ? floorf(x) + 0.5f : floorf(x - width / 2 + 0.5f) + width / 2;
}

static inline Rect rect_snapped(Rect rect, float width)
{
    const float x = snapped(rect.x, width), y = snapped(rect.y, width);
    return (Rect){x, y, snapped(rect.x + rect.w, width) - x, snapped(rect.y + rect.h, width) - y};
}

/* Pixels [from, to) of a row, within the clip; alpha 0..256. */
void raster_span(const Canvas *, int y, int from, int to, Ink);

void raster_rect(const Canvas *, Rect, Ink);
void raster_frame(const Canvas *, Rect, float width, Ink);                       /* the stroke of a rectangle */
void raster_round(const Canvas *, Rect, float radius, Ink);
void raster_ring(const Canvas *, Rect, float radius, float width, Ink);          /* the stroke of a rounded rectangle */
void raster_polygon(const Canvas *, const Point *, int n, float scale, Ink);
void raster_capsule(const Canvas *, Point from, Point to, float width, Ink);     /* a line with round ends */

void raster_stroke(const Canvas *, const Stroke *);
bool stroke_is_brushed(const Stroke *);     /* drawn with the canvas' brush, not as an outline */
void raster_glyph(const Canvas *, const Glyph *, int x, int y, Colour);
void raster_cells(const Canvas *, const Mark *, Rect, float grid);

#endif
