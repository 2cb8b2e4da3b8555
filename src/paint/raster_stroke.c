#include <math.h>

#include "paint/raster.h"

enum { STEPS_MOST = 256, CAP_STEPS = 8 };
static const float FLATNESS = 0.15f;       /* pixels a chord may be off its curve */
static const float THICK = 8;              /* wider strokes are outlined */
static const float STEEPEST = 4;           /* of a stroke drawn column by column, over its whole length */

/* The canvas as seen along a stroke: u goes along (columns, or rows of a tall stroke), v across. */
typedef struct Track {
    uint32_t *pixels;
    ptrdiff_t along, across;
    int       along_from, along_to, across_from, across_to;
} Track;

static Track track_columns(const Canvas *canvas)
{
    return (Track){canvas->data, 1, canvas->stride, canvas->clip.left, canvas->clip.right, canvas->clip.top, canvas->clip.bottom};
}

static Track track_rows(const Canvas *canvas)
{
    return (Track){canvas->data, canvas->stride, 1, canvas->clip.top, canvas->clip.bottom, canvas->clip.left, canvas->clip.right};
}

/* Coverage of a stroke by distance from its middle: `most` inside, falling to nothing at `reach`. 16.16. */
typedef struct Nib { float reach; int32_t reach_fixed, most_fixed; } Nib;

static Nib nib_of(float width)
{
    const float reach = width / 2 + 0.5f, most = fminf(width, 1);
    return (Nib){reach, (int32_t)(reach * 65536), (int32_t)(most * 65536)};
}

static int clampi(float x, int low, int high) { return x <= (float)low ? low : x >= (float)high ? high : (int)x; }

/* The columns whose middle lies in [a.u, b.u). Distance to the line is the distance across times the cosine of its slope,
 * which is linear across a column: one addition a pixel. */
static void draw_piece(const Track *track, Point a, Point b, const Nib *nib, Ink ink)
{
    const int first = clampi(ceilf(a.x - 0.5f), track->along_from, track->along_to);
    const int last = clampi(ceilf(b.x - 0.5f), track->along_from, track->along_to);
    if (first >= last) return;
    const float slope = (b.y - a.y) / (b.x - a.x), cosine = 1 / sqrtf(1 + slope * slope);
    const int64_t step = (int64_t)(slope * 65536), reach = (int64_t)(nib->reach / cosine * 65536), tilt = (int64_t)(cosine * 65536);
    int64_t middle = (int64_t)((a.y + ((float)first + 0.5f - a.x) * slope - 0.5f) * 65536);
    uint32_t *column = track->pixels + first * track->along;
    for (int u = first; u < last; u++, middle += step, column += track->along) {
        int64_t from = (middle - reach + 65535) >> 16, to = (middle + reach) >> 16;
        if (from < track->across_from) from = track->across_from;
        if (to >= track->across_to) to = track->across_to - 1;
        int64_t distance = (((from << 16) - middle) * tilt) >> 16;
        uint32_t *pixel = column + from * track->across;
        for (; from <= to; from++, distance += tilt, pixel += track->across) {
            int64_t coverage = nib->reach_fixed - (distance < 0 ? -distance : distance);
            if (coverage > nib->most_fixed) coverage = nib->most_fixed;
            if (coverage > 0) blend(pixel, ink.channels, (uint32_t)(((uint64_t)coverage * ink.alpha + 32768) >> 16));
        }
    }
}

static float length_of(Point a, Point b) { return sqrtf((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y)); }

static Point between(Point a, Point b, float t) { return (Point){a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t}; }

/* The stretches of a..b that are on; *phase is the way already gone within a dash and its gap. */
static void draw_dashes(const Track *track, Point a, Point b, const Pen *pen, float *phase, const Nib *nib, Ink ink)
{
    const float length = length_of(a, b), period = pen->dash_on + pen->dash_off;
    float at = 0;
    while (at < length) {
        const bool on = *phase < pen->dash_on;
        const float left = (on ? pen->dash_on : period) - *phase, step = fminf(left, length - at);
        if (on) draw_piece(track, between(a, b, at / length), between(a, b, (at + step) / length), nib, ink);
        *phase = step < left ? *phase + step : on ? pen->dash_on : 0;
        if (!(at + step > at)) return;
        at += step;
    }
}

static Point bezier_at(const Point p[4], float t)
{
    const float u = 1 - t, a = u * u * u, b = 3 * u * u * t, c = 3 * u * t * t, d = t * t * t;
    return (Point){a * p[0].x + b * p[1].x + c * p[2].x + d * p[3].x, a * p[0].y + b * p[1].y + c * p[2].y + d * p[3].y};
}

/* Chords so short that none is off by more than FLATNESS: the bend of a cubic is at most its largest second difference. */
static int steps_for(const Point p[4])
{
    const float x0 = p[0].x - 2 * p[1].x + p[2].x, y0 = p[0].y - 2 * p[1].y + p[2].y;
    const float x1 = p[1].x - 2 * p[2].x + p[3].x, y1 = p[1].y - 2 * p[2].y + p[3].y;
    const float bend = sqrtf(fmaxf(x0 * x0 + y0 * y0, x1 * x1 + y1 * y1));
    return clampi(ceilf(sqrtf(0.75f * bend / FLATNESS)), 1, STEPS_MOST);
}

static Point turned(Point p) { return (Point){p.y, p.x}; }

static bool rises(float a, float b, float c, float d) { return a <= b && b <= c && c <= d && a < d; }

/* Where a stroke begins or ends it must cross columns, too. */
static bool level_enough(Point a, Point b) { return fabsf(b.y - a.y) <= 2 * STEEPEST * (b.x - a.x); }

static bool runs_along(const Point p[4])
{
    return rises(p[0].x, p[1].x, p[2].x, p[3].x) && fabsf(p[3].y - p[0].y) < STEEPEST * (p[3].x - p[0].x)
        && level_enough(p[0], p[1]) && level_enough(p[2], p[3]);
}

static bool misses(const Track *track, const Point p[4], float reach)
{
    const float low = fminf(fminf(p[0].y, p[1].y), fminf(p[2].y, p[3].y)), high = fmaxf(fmaxf(p[0].y, p[1].y), fmaxf(p[2].y, p[3].y));
    return high + reach < (float)track->across_from || low - reach > (float)track->across_to
        || p[3].x + reach < (float)track->along_from || p[0].x - reach > (float)track->along_to;
}

static void draw_along(const Track *track, const Point p[4], const Pen *pen, Ink ink)
{
    const Nib nib = nib_of(pen->width);
    if (misses(track, p, nib.reach)) return;
    const int steps = steps_for(p);
    const float scale = 1 / (float)steps;
    float phase = 0;
    Point from = p[0];
    for (int i = 1; i <= steps; i++) {
        const Point to = i == steps ? p[3] : bezier_at(p, (float)i * scale);
        if (pen->dash_on > 0) draw_dashes(track, from, to, pen, &phase, &nib, ink);
        else draw_piece(track, from, to, &nib, ink);
        from = to;
    }
}

/* A curve that turns back, or is thick: its outline, filled. */
static void draw_outline(const Canvas *canvas, const Point p[4], float width, Ink ink)
{
    Point outline[2 * (STEPS_MOST + 1)];
    const int steps = steps_for(p);
    Point direction = {1, 0};
    for (int i = 0; i <= steps; i++) {
        const float t = (float)i / (float)steps, d = 0.5f / (float)steps;
        const Point at = bezier_at(p, t), before = bezier_at(p, fmaxf(t - d, 0)), after = bezier_at(p, fminf(t + d, 1));
        const float length = length_of(before, after);
        if (length > 0) direction = (Point){(after.x - before.x) / length, (after.y - before.y) / length};
        const Point side = {-direction.y * width / 2, direction.x * width / 2};
        outline[i] = (Point){at.x + side.x, at.y + side.y};
        outline[2 * steps + 1 - i] = (Point){at.x - side.x, at.y - side.y};
    }
    raster_polygon(canvas, outline, 2 * steps + 2, 1, ink);
}

void raster_line(const Canvas *canvas, Point from, Point to, Pen pen, Ink ink)
{
    const bool tall = fabsf(to.y - from.y) > fabsf(to.x - from.x);
    const Track track = tall ? track_rows(canvas) : track_columns(canvas);
    const Point a = tall ? turned(from) : from, b = tall ? turned(to) : to;
    const Point low = a.x < b.x ? a : b, high = a.x < b.x ? b : a;
    const Nib nib = nib_of(pen.width);
    float phase = 0;
    if (pen.dash_on > 0) draw_dashes(&track, low, high, &pen, &phase, &nib, ink);
    else draw_piece(&track, low, high, &nib, ink);
}

void raster_curve(const Canvas *canvas, const Point bezier[4], Pen pen, Ink ink)
{
    const bool back = bezier[0].x > bezier[3].x, up = bezier[0].y > bezier[3].y;
    const Point p[4] = {bezier[back ? 3 : 0], bezier[back ? 2 : 1], bezier[back ? 1 : 2], bezier[back ? 0 : 3]};
    const Point q[4] = {turned(bezier[up ? 3 : 0]), turned(bezier[up ? 2 : 1]), turned(bezier[up ? 1 : 2]), turned(bezier[up ? 0 : 3])};
    if (pen.width <= THICK && runs_along(p)) {
        const Track track = track_columns(canvas);
        draw_along(&track, p, &pen, ink);
    } else if (pen.width <= THICK && runs_along(q)) {
        const Track track = track_rows(canvas);
        draw_along(&track, q, &pen, ink);
    } else {
        draw_outline(canvas, bezier, pen.width, ink);
    }
}

/* ---- thick straight lines: distance to the segment, so that the ends are round ---- */

static void capsule_row(const Canvas *canvas, Point a, Point b, const Nib *nib, int y, int from, int to, Ink ink)
{
    const float dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy, py = (float)y + 0.5f - a.y;
    uint32_t *row = canvas->data + (ptrdiff_t)y * canvas->stride;
    for (int x = from; x < to; x++) {
        const float px = (float)x + 0.5f - a.x, t = length2 > 0 ? clampf((px * dx + py * dy) / length2, 0, 1) : 0;
        const float ex = px - t * dx, ey = py - t * dy;
        const float coverage = clampf(nib->reach - sqrtf(ex * ex + ey * ey), 0, 1);
        if (coverage > 0) blend(&row[x], ink.channels, ink.alpha * (uint32_t)(coverage * 256 + 0.5f) >> 8);
    }
}

/* Where the line's band crosses the row, widened by its slant. */
void raster_capsule(const Canvas *canvas, Point a, Point b, float width, Ink ink)
{
    const Nib nib = nib_of(width);
    const float slant = fabsf(b.y - a.y) > 0.01f ? (b.x - a.x) / (b.y - a.y) : 0, reach = nib.reach * sqrtf(1 + slant * slant) + fabsf(slant);
    const float low = fminf(a.x, b.x) - nib.reach, high = fmaxf(a.x, b.x) + nib.reach;
    const int top = clampi(floorf(fminf(a.y, b.y) - nib.reach), canvas->clip.top, canvas->clip.bottom);
    const int bottom = clampi(ceilf(fmaxf(a.y, b.y) + nib.reach), canvas->clip.top, canvas->clip.bottom);
    for (int y = top; y < bottom; y++) {
        const float x = a.x + ((float)y + 0.5f - a.y) * slant;
        const float from = slant != 0 ? fmaxf(low, x - reach) : low, to = slant != 0 ? fminf(high, x + reach) : high;
        capsule_row(canvas, a, b, &nib, y, clampi(floorf(from), canvas->clip.left, canvas->clip.right),
                    clampi(ceilf(to), canvas->clip.left, canvas->clip.right), ink);
    }
}

