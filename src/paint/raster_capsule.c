#include <math.h>

#include "paint/raster.h"

static int clampi(float x, int low, int high) { return x <= (float)low ? low : x >= (float)high ? high : (int)x; }

static void capsule_row(const Canvas *canvas, Point a, Point b, float reach, int y, int from, int to, Ink ink)
{
    const float dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy, py = (float)y + 0.5f - a.y;
    uint32_t *row = canvas->data + (ptrdiff_t)y * canvas->stride;
    for (int x = from; x < to; x++) {
        const float px = (float)x + 0.5f - a.x, t = length2 > 0 ? clampf((px * dx + py * dy) / length2, 0, 1) : 0;
        const float ex = px - t * dx, ey = py - t * dy;
        const float coverage = clampf(reach - sqrtf(ex * ex + ey * ey), 0, 1);
        if (coverage > 0) blend(&row[x], ink.channels, ink.alpha * (uint32_t)(coverage * 256 + 0.5f) >> 8);
    }
}

/* Where the line's band crosses the row, widened by its slant. */
void raster_capsule(const Canvas *canvas, Point a, Point b, float width, Ink ink)
{
    const float reach = width / 2 + 0.5f;
    const float slant = fabsf(b.y - a.y) > 0.01f ? (b.x - a.x) / (b.y - a.y) : 0, beside = reach * sqrtf(1 + slant * slant) + fabsf(slant);
    const float low = fminf(a.x, b.x) - reach, high = fmaxf(a.x, b.x) + reach;
    const int top = clampi(floorf(fminf(a.y, b.y) - reach), canvas->clip.top, canvas->clip.bottom);
    const int bottom = clampi(ceilf(fmaxf(a.y, b.y) + reach), canvas->clip.top, canvas->clip.bottom);
    for (int y = top; y < bottom; y++) {
        const float x = a.x + ((float)y + 0.5f - a.y) * slant;
        const float from = slant != 0 ? fmaxf(low, x - beside) : low, to = slant != 0 ? fminf(high, x + beside) : high;
        capsule_row(canvas, a, b, reach, y, clampi(floorf(from), canvas->clip.left, canvas->clip.right),
                    clampi(ceilf(to), canvas->clip.left, canvas->clip.right), ink);
    }
}

