#include <math.h>
#include <string.h>

#include "paint/raster.h"

enum { STEPS_MOST = 256, FARTHEST = 1 << 28 };
static const float FLATNESS = 0.2f;        /* pixels a chord may be off its curve */
static const float THICK = 8;              /* wider strokes are outlined */
static const float THIN = 1.6f;            /* up to this a change from columns to rows does not show */
static const float SLOPE_MOST = 64;        /* of a piece of a stroke */
static const float STEEPEST = 4;           /* of a stroke drawn column by column, over its whole length */

/* ---- brushes ---- */

static uint64_t density_of(float alpha)
{
    const float a2 = alpha * alpha;   /* -ln(1 - a), by its series; gathered strokes are faint */
    const float nepers = alpha + a2 / 2 + a2 * alpha / 3 + a2 * a2 / 4 + a2 * a2 * alpha / 5;
    return (uint64_t)(nepers * DENSITY_UNIT + 0.5f);
}

static BrushSlot slot_for(const Brush *brush, float coverage)
{
    const Ink ink = ink_of(brush->colour);
    if (brush->kind == BRUSH_GATHERS) return (BrushSlot){0, density_of(coverage * (float)brush->colour.a / 255)};
    const uint64_t alpha = (uint64_t)(coverage * (float)ink.alpha + 0.5f);
    return (BrushSlot){256 - alpha, ink.channels * alpha + 0x0080008000800080u};
}

/* Made again only when the stroke changes: neighbours mostly have one style. */
static const Brush *brush_for(const Canvas *canvas, const Stroke *stroke)
{
    Brush *brush = canvas->brush;
    if (brush->width == stroke->width && !memcmp(&brush->colour, &stroke->colour, sizeof brush->colour)) return brush;
    const float reach = stroke->width / 2 + 0.5f, most = fminf(stroke->width, 1);
    *brush = (Brush){.kind = brush->kind, .width = stroke->width, .colour = stroke->colour, .reach = reach, .shift = 10};
    while ((int64_t)((2 * reach + 1) * 65536) >> brush->shift > BRUSH_SLOTS - 6) brush->shift++;
    const int middle = (int)((int64_t)(reach * 65536) >> brush->shift) + 2;
    brush->offset = ((int64_t)middle << brush->shift) + ((int64_t)1 << brush->shift) / 2;
    for (int i = 0; i < BRUSH_SLOTS; i++) {
        const float distance = (float)(i - middle) * (float)((int64_t)1 << brush->shift) / 65536;
        brush->slot[i] = slot_for(brush, clampf(reach - fabsf(distance), 0, most));
    }
    return brush;
}

typedef void (*Cover)(uint32_t *, const BrushSlot *);

static inline void mix(uint32_t *pixel, const BrushSlot *slot)
{
    *pixel = channels_joined((channels_apart(*pixel) * slot->keep + slot->add) >> 8 & 0x00FF00FF00FF00FFu);
}

static inline void gather(uint32_t *density, const BrushSlot *slot) { *density += (uint32_t)slot->add; }

/* ---- pieces ---- */

/* The canvas as seen along a stroke: u goes along (columns, or rows of a tall stroke), v across. */
typedef struct Track {
    uint32_t *pixels;                     /* of column u0, v0 */
    ptrdiff_t along, across;
    int       u0, v0, along_from, along_to, across_from, across_to;
} Track;

static Track track_columns(const Canvas *canvas)
{
    return (Track){canvas->data, 1, canvas->stride, canvas->left, canvas->top, canvas->clip.left, canvas->clip.right, canvas->clip.top, canvas->clip.bottom};
}

static Track track_rows(const Canvas *canvas)
{
    return (Track){canvas->data, canvas->stride, 1, canvas->top, canvas->left, canvas->clip.top, canvas->clip.bottom, canvas->clip.left, canvas->clip.right};
}

static int clampi(float x, int low, int high) { return x <= (float)low ? low : x >= (float)high ? high : (int)x; }

/* One straight piece, 16.16: where its middle is in a column, and how distance grows from pixel to pixel. */
typedef struct Piece {
    int64_t middle, step;     /* across, in column `first`; per column */
    int64_t reach, tilt;      /* across; distance per pixel across */
    int     first, last;      /* columns, `last` outside */
    int     tall;             /* pixels of a column that may be covered */
} Piece;

/* Every column has the same number of pixels, the last one perhaps uncovered: a loop without surprises. */
static inline void draw_inside(const Track *track, const Piece *piece, const Brush *brush, Cover cover)
{
    const int64_t tilt = piece->tilt, offset = brush->offset, reach = piece->reach;
    const int shift = brush->shift, tall = piece->tall;
    const ptrdiff_t across = track->across;
    uint32_t *column = track->pixels + (piece->first - track->u0) * track->along;
    int64_t middle = piece->middle;
    for (int u = piece->first; u < piece->last; u++, middle += piece->step, column += track->along) {
        const int64_t from = ((middle - reach) >> 16) + 1;
        int64_t at = (((from * 65536 - middle) * tilt) >> 16) + offset;
        uint32_t *pixel = column + (from - track->v0) * across;
        for (int i = 0; i < tall; i++, at += tilt, pixel += across) cover(pixel, &brush->slot[at >> shift]);
    }
}

static inline void draw_clipped(const Track *track, const Piece *piece, const Brush *brush, Cover cover)
{
    int64_t middle = piece->middle;
    for (int u = piece->first; u < piece->last; u++, middle += piece->step) {
        int64_t from = ((middle - piece->reach) >> 16) + 1, to = from + piece->tall;
        if (from < track->across_from) from = track->across_from;
        if (to > track->across_to) to = track->across_to;
        int64_t at = (((from * 65536 - middle) * piece->tilt) >> 16) + brush->offset;
        for (; from < to; from++, at += piece->tilt)
            cover(track->pixels + (u - track->u0) * track->along + (from - track->v0) * track->across, &brush->slot[at >> brush->shift]);
    }
}

static bool is_inside(const Track *track, const Piece *piece)
{
    const int64_t begin = piece->middle, end = begin + piece->step * (piece->last - piece->first), more = piece->reach + 2 * 65536;
    const int64_t low = (begin < end ? begin : end) - more, high = (begin < end ? end : begin) + more;
    return low >> 16 >= track->across_from && high >> 16 < track->across_to;
}

/* Inlined for each way to cover a pixel. */
static inline void draw_covered(const Track *track, const Piece *piece, const Brush *brush, Cover cover)
{
    if (is_inside(track, piece)) draw_inside(track, piece, brush, cover);
    else draw_clipped(track, piece, brush, cover);
}

/* The columns whose middle lies in [a.u, b.u). Distance to the line is the distance across times the cosine of its slope,
 * which is linear across a column: one addition a pixel. The clip changes no number, so a part repaints to the same pixels. */
static void draw_piece(const Track *track, Point a, Point b, const Brush *brush)
{
    const int begin = clampi(ceilf(a.x - 0.5f), -FARTHEST, FARTHEST), end = clampi(ceilf(b.x - 0.5f), -FARTHEST, FARTHEST);
    const int first = begin > track->along_from ? begin : track->along_from, last = end < track->along_to ? end : track->along_to;
    if (first >= last) return;
    const float slope = clampf((b.y - a.y) / (b.x - a.x), -SLOPE_MOST, SLOPE_MOST), stretch = sqrtf(1 + slope * slope);
    const int64_t middle = (int64_t)((a.y + ((float)begin + 0.5f - a.x) * slope - 0.5f) * 65536), step = (int64_t)(slope * 65536);
    const Piece piece = {.middle = middle + step * (first - begin), .step = step, .reach = (int64_t)(brush->reach * stretch * 65536),
                         .tilt = (int64_t)(65536 / stretch), .first = first, .last = last, .tall = (int)ceilf(2 * brush->reach * stretch)};
    if (brush->kind == BRUSH_GATHERS) draw_covered(track, &piece, brush, gather);
    else draw_covered(track, &piece, brush, mix);
}

static float length_of(Point a, Point b) { return sqrtf((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y)); }

static Point between(Point a, Point b, float t) { return (Point){a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t}; }

/* A way along a chord that is on, or off; `ends` when the next one is the other. */
typedef struct Stretch { Point a, b; bool on, ends; } Stretch;

typedef struct DashWalk {
    Point a, b;
    float length, at;      /* of the chord, and gone of it */
    float on, period;
    float *phase;          /* gone within a dash and its gap */
} DashWalk;

static DashWalk dashes_along(const Stroke *stroke, Point a, Point b, float *phase)
{
    return (DashWalk){a, b, length_of(a, b), 0, stroke->dash_on, stroke->dash_on + stroke->dash_off, phase};
}

static bool next_stretch(DashWalk *walk, Stretch *stretch)
{
    if (!(walk->at < walk->length)) return false;
    const bool on = *walk->phase < walk->on;
    const float left = (on ? walk->on : walk->period) - *walk->phase, step = fminf(left, walk->length - walk->at);
    *stretch = (Stretch){between(walk->a, walk->b, walk->at / walk->length), between(walk->a, walk->b, (walk->at + step) / walk->length), on, step >= left};
    *walk->phase = step < left ? *walk->phase + step : on ? walk->on : 0;
    if (!(walk->at + step > walk->at)) walk->at = walk->length;
    walk->at += step;
    return true;
}

static void draw_dashes(const Track *track, Point a, Point b, const Stroke *stroke, float *phase, const Brush *brush)
{
    DashWalk walk = dashes_along(stroke, a, b, phase);
    for (Stretch stretch; next_stretch(&walk, &stretch);)
        if (stretch.on) draw_piece(track, stretch.a, stretch.b, brush);
}

/* ---- curves ---- */

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

/* From left to right. */
static void order_across(const Point from[4], Point p[4])
{
    for (int i = 0; i < 4; i++) p[i] = from[from[0].x > from[3].x ? 3 - i : i];
}

static void order_down(const Point from[4], Point p[4])
{
    for (int i = 0; i < 4; i++) p[i] = turned(from[from[0].y > from[3].y ? 3 - i : i]);
}

static bool misses(const Track *track, const Point p[4], float reach)
{
    const float low = fminf(fminf(p[0].y, p[1].y), fminf(p[2].y, p[3].y)), high = fmaxf(fmaxf(p[0].y, p[1].y), fmaxf(p[2].y, p[3].y));
    return high + reach < (float)track->across_from || low - reach > (float)track->across_to
        || p[3].x + reach < (float)track->along_from || p[0].x - reach > (float)track->along_to;
}

static void draw_along(const Track *track, const Point p[4], const Stroke *stroke, const Brush *brush)
{
    if (misses(track, p, brush->reach)) return;
    const int steps = steps_for(p);
    const float scale = 1 / (float)steps;
    float phase = 0;
    Point from = p[0];
    for (int i = 1; i <= steps; i++) {
        const Point to = i == steps ? p[3] : bezier_at(p, (float)i * scale);
        if (stroke->dash_on > 0) draw_dashes(track, from, to, stroke, &phase, brush);
        else draw_piece(track, from, to, brush);
        from = to;
    }
}

static void draw_chord(const Canvas *canvas, Point from, Point to, const Stroke *stroke, float *phase, const Brush *brush)
{
    const bool tall = fabsf(to.y - from.y) > fabsf(to.x - from.x);
    const Track track = tall ? track_rows(canvas) : track_columns(canvas);
    const Point a = tall ? turned(from) : from, b = tall ? turned(to) : to;
    const Point low = a.x < b.x ? a : b, high = a.x < b.x ? b : a;
    if (stroke->dash_on > 0) draw_dashes(&track, low, high, stroke, phase, brush);
    else draw_piece(&track, low, high, brush);
}

/* A curve that does not run along an axis: chord by chord, each by columns or rows. */
static void draw_chords(const Canvas *canvas, const Stroke *stroke)
{
    const Brush *brush = brush_for(canvas, stroke);
    const int steps = steps_for(stroke->p);
    float phase = 0;
    Point from = stroke->p[0];
    for (int i = 1; i <= steps; i++) {
        const Point to = bezier_at(stroke->p, (float)i / (float)steps);
        draw_chord(canvas, from, to, stroke, &phase, brush);
        from = to;
    }
}

/* ---- thick strokes: their outline, filled ---- */

static void fill_outline(const Canvas *canvas, const Point *middle, int n, const Stroke *stroke)
{
    Point outline[2 * (STEPS_MOST + 2)], direction = {1, 0};
    for (int i = 0; i < n; i++) {
        const Point before = middle[i > 0 ? i - 1 : 0], after = middle[i + 1 < n ? i + 1 : n - 1];
        const float length = length_of(before, after);
        if (length > 0) direction = (Point){(after.x - before.x) / length, (after.y - before.y) / length};
        const Point side = {-direction.y * stroke->width / 2, direction.x * stroke->width / 2};
        outline[i] = (Point){middle[i].x + side.x, middle[i].y + side.y};
        outline[2 * n - 1 - i] = (Point){middle[i].x - side.x, middle[i].y - side.y};
    }
    if (n > 1) raster_polygon(canvas, outline, 2 * n, 1, ink_of(stroke->colour));
}

static Point point_on(const Stroke *stroke, float t) { return stroke->straight ? between(stroke->p[0], stroke->p[3], t) : bezier_at(stroke->p, t); }

static void draw_outline(const Canvas *canvas, const Stroke *stroke)
{
    Point middle[STEPS_MOST + 1];
    const int steps = steps_for(stroke->p);
    for (int i = 0; i <= steps; i++) middle[i] = point_on(stroke, (float)i / (float)steps);
    fill_outline(canvas, middle, steps + 1, stroke);
}

/* Dash by dash, with ends at right angles. */
static void draw_thick_dashes(const Canvas *canvas, const Stroke *stroke)
{
    Point middle[STEPS_MOST + 2];
    const int steps = stroke->straight ? 1 : steps_for(stroke->p);
    int n = 0;
    float phase = 0;
    for (int i = 0; i < steps; i++) {
        DashWalk walk = dashes_along(stroke, point_on(stroke, (float)i / (float)steps), point_on(stroke, (float)(i + 1) / (float)steps), &phase);
        for (Stretch stretch; next_stretch(&walk, &stretch);) {
            if (!stretch.on) continue;
            if (!n) middle[n++] = stretch.a;
            middle[n++] = stretch.b;
            if (!stretch.ends) continue;
            fill_outline(canvas, middle, n, stroke);
            n = 0;
        }
    }
    fill_outline(canvas, middle, n, stroke);
}

bool stroke_is_brushed(const Stroke *stroke)
{
    Point across[4], down[4];
    if (stroke->width <= THIN) return true;
    if (stroke->dash_on > 0) return false;
    if (stroke->straight) return true;
    order_across(stroke->p, across);
    order_down(stroke->p, down);
    return stroke->width <= THICK && (runs_along(across) || runs_along(down));
}

static void draw_brushed(const Canvas *canvas, const Stroke *stroke)
{
    const Brush *brush = brush_for(canvas, stroke);
    Point p[4];
    order_across(stroke->p, p);
    const bool columns = runs_along(p);
    if (!columns) order_down(stroke->p, p);
    if (!columns && !runs_along(p)) {
        draw_chords(canvas, stroke);
        return;
    }
    const Track track = columns ? track_columns(canvas) : track_rows(canvas);
    draw_along(&track, p, stroke, brush);
}

void raster_stroke(const Canvas *canvas, const Stroke *stroke)
{
    float phase = 0;
    if (stroke->dash_on > 0 && !stroke_is_brushed(stroke)) draw_thick_dashes(canvas, stroke);
    else if (stroke->straight) draw_chord(canvas, stroke->p[0], stroke->p[3], stroke, &phase, brush_for(canvas, stroke));
    else if (stroke_is_brushed(stroke)) draw_brushed(canvas, stroke);
    else draw_outline(canvas, stroke);
}
