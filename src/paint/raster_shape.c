#include <math.h>

#include "paint/raster.h"

static int clampi(int x, int low, int high) { return x < low ? low : x > high ? high : x; }

void raster_span(const Canvas *canvas, int y, int from, int to, Ink ink)
{
    if (y < canvas->clip.top || y >= canvas->clip.bottom) return;
    from = clampi(from, canvas->clip.left, canvas->clip.right);
    to = clampi(to, canvas->clip.left, canvas->clip.right);
    uint32_t *row = canvas->data + (ptrdiff_t)y * canvas->stride;
    const uint32_t solid = channels_joined(ink.channels);
    if (ink.alpha == 256)
        for (int x = from; x < to; x++) row[x] = solid;
    else if (ink.alpha)
        for (int x = from; x < to; x++) blend(&row[x], ink.channels, ink.alpha);
}

/* How much of pixel i lies between low and high, 0..256. */
static uint32_t overlap(int i, float low, float high)
{
    const float from = fmaxf(low, (float)i), to = fminf(high, (float)i + 1);
    return to > from ? (uint32_t)((to - from) * 256 + 0.5f) : 0;
}

static void rect_row(const Canvas *canvas, int y, float left, float right, Ink ink)
{
    const int first = (int)floorf(left), last = (int)ceilf(right) - 1;
    const Ink begin = {ink.channels, ink.alpha * overlap(first, left, right) >> 8};
    const Ink end = {ink.channels, ink.alpha * overlap(last, left, right) >> 8};
    raster_span(canvas, y, first, first + 1, begin);
    raster_span(canvas, y, first + 1, last, ink);
    if (last > first) raster_span(canvas, y, last, last + 1, end);
}

void raster_rect(const Canvas *canvas, Rect rect, Ink ink)
{
    const float left = fmaxf(rect.x, (float)canvas->clip.left - 1), right = fminf(rect.x + rect.w, (float)canvas->clip.right + 1);
    const float top = fmaxf(rect.y, (float)canvas->clip.top - 1), bottom = fminf(rect.y + rect.h, (float)canvas->clip.bottom + 1);
    if (!(left < right)) return;
    for (int y = (int)floorf(top); (float)y < bottom; y++)
        rect_row(canvas, y, left, right, (Ink){ink.channels, ink.alpha * overlap(y, top, bottom) >> 8});
}

void raster_frame(const Canvas *canvas, Rect rect, float width, Ink ink)
{
    const float half = width / 2, side = rect.h - width;
    if (rect.w <= width || rect.h <= width) {
        raster_rect(canvas, (Rect){rect.x - half, rect.y - half, rect.w + width, rect.h + width}, ink);
        return;
    }
    raster_rect(canvas, (Rect){rect.x - half, rect.y - half, rect.w + width, width}, ink);
    raster_rect(canvas, (Rect){rect.x - half, rect.y + rect.h - half, rect.w + width, width}, ink);
    raster_rect(canvas, (Rect){rect.x - half, rect.y + half, width, side}, ink);
    raster_rect(canvas, (Rect){rect.x + rect.w - half, rect.y + half, width, side}, ink);
}

/* A rounded rectangle about its centre: half sides and corner radius. */
typedef struct Rounded { float x, y, half_w, half_h, radius; } Rounded;

static Rounded rounded_of(Rect rect, float radius)
{
    const float half_w = rect.w / 2, half_h = rect.h / 2;
    return (Rounded){rect.x + half_w, rect.y + half_h, half_w, half_h, clampf(radius, 0, fminf(half_w, half_h))};
}

/* Signed distance to the outline, negative inside; dx, dy from the centre. */
static float outline_distance(const Rounded *shape, float dx, float dy)
{
    const float x = fabsf(dx) - (shape->half_w - shape->radius), y = fabsf(dy) - (shape->half_h - shape->radius);
    if (x <= 0 || y <= 0) return fmaxf(x, y) - shape->radius;
    return sqrtf(x * x + y * y) - shape->radius;
}

/* Half the length of row dy that lies within `grown` of the outline, -1 = none. */
static float row_reach(const Rounded *shape, float dy, float grown)
{
    const float y = fabsf(dy) - (shape->half_h - shape->radius), radius = shape->radius + grown;
    if (y > radius || shape->half_w + grown < 0) return -1;
    if (y <= 0) return shape->half_w + grown;
    if (radius <= 0) return -1;
    return shape->half_w - shape->radius + sqrtf(radius * radius - y * y);
}

/* Coverage by distance: all of the way up to `full` inside `reach`, at most `most`. */
typedef struct Edge {
    float reach;      /* coverage begins this far from the outline ... */
    float most;       /* ... and rises to this */
    bool  ring;       /* counts distance to both sides */
} Edge;

static void edge_pixels(const Canvas *canvas, const Rounded *shape, const Edge *edge, int y, int from, int to, Ink ink)
{
    const float dy = (float)y + 0.5f - shape->y;
    uint32_t *row = canvas->data + (ptrdiff_t)y * canvas->stride;
    from = clampi(from, canvas->clip.left, canvas->clip.right);
    to = clampi(to, canvas->clip.left, canvas->clip.right);
    for (int x = from; x < to; x++) {
        const float distance = outline_distance(shape, (float)x + 0.5f - shape->x, dy);
        const float coverage = clampf(edge->reach - (edge->ring ? fabsf(distance) : distance), 0, edge->most);
        blend(&row[x], ink.channels, ink.alpha * (uint32_t)(coverage * 256 + 0.5f) >> 8);
    }
}

static int to_pixel(float x) { return (int)clampf(x, -1e7f, 1e7f); }

/* Edge pixels one by one, what is between them at once: solid, or left alone in a ring. */
static void rounded_row(const Canvas *canvas, const Rounded *shape, const Edge *edge, int y, Ink ink)
{
    const float dy = (float)y + 0.5f - shape->y;
    const float outer = row_reach(shape, dy, edge->reach), inner = row_reach(shape, dy, edge->ring ? -edge->reach : edge->reach - 1);
    if (outer < 0) return;
    const int left = to_pixel(floorf(shape->x - outer - 0.5f)), right = to_pixel(ceilf(shape->x + outer + 0.5f));
    const int from = inner > 1 ? to_pixel(ceilf(shape->x - inner + 0.5f)) : right, to = inner > 1 ? to_pixel(floorf(shape->x + inner - 0.5f)) : right;
    if (from >= to || edge->most < 1) {
        edge_pixels(canvas, shape, edge, y, left, right, ink);
        return;
    }
    edge_pixels(canvas, shape, edge, y, left, from, ink);
    if (!edge->ring) raster_span(canvas, y, from, to, ink);
    edge_pixels(canvas, shape, edge, y, to, right, ink);
}

static void rounded_rows(const Canvas *canvas, const Rounded *shape, const Edge *edge, Ink ink)
{
    const float top = fmaxf(shape->y - shape->half_h - edge->reach - 1, (float)canvas->clip.top);
    const float bottom = fminf(shape->y + shape->half_h + edge->reach + 1, (float)canvas->clip.bottom);
    if (shape->x + shape->half_w + edge->reach < (float)canvas->clip.left || shape->x - shape->half_w - edge->reach > (float)canvas->clip.right) return;
    for (int y = (int)floorf(top); (float)y < bottom; y++)
        if (y >= canvas->clip.top) rounded_row(canvas, shape, edge, y, ink);
}

void raster_round(const Canvas *canvas, Rect rect, float radius, Ink ink)
{
    const Rounded shape = rounded_of(rect, radius);
    const Edge edge = {.reach = 0.5f, .most = fminf(1, rect.w) * fminf(1, rect.h)};
    rounded_rows(canvas, &shape, &edge, ink);
}

void raster_ring(const Canvas *canvas, Rect rect, float radius, float width, Ink ink)
{
    const Rounded shape = rounded_of(rect, radius);
    const Edge edge = {.reach = width / 2 + 0.5f, .most = fminf(1, width), .ring = true};
    rounded_rows(canvas, &shape, &edge, ink);
}
