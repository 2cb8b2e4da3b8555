#include "paint/pixels.h"

#include <math.h>
#include <string.h>

#include "paint/raster.h"
#include "paint/raster_wash.h"

enum { CLIPS = 64, BAND_STEPS = 48 };

typedef struct PixelPainter {
    Canvas canvas;
    Fonts *fonts;
    float  scale;           /* pixels per point */
    Box    outer[CLIPS];    /* the clips around the one in force */
    int    clips;
    Wash  *wash;            /* faint strokes not yet on the canvas */
} PixelPainter;

static void settle(PixelPainter *painter) { wash_settle(painter->wash, &painter->canvas); }

static Rect scaled(const Rect *rect, float scale)
{
    return (Rect){rect->x * scale, rect->y * scale, rect->w * scale, rect->h * scale};
}

static Point point_scaled(Point p, float scale) { return (Point){p.x * scale, p.y * scale}; }

static int to_pixel(float x) { return (int)clampf(floorf(x + 0.5f), -1e8f, 1e8f); }

static Box box_within(Box box, const Box *outer)
{
    if (box.left < outer->left) box.left = outer->left;
    if (box.top < outer->top) box.top = outer->top;
    if (box.right > outer->right) box.right = outer->right;
    if (box.bottom > outer->bottom) box.bottom = outer->bottom;
    if (box.right < box.left) box.right = box.left;
    if (box.bottom < box.top) box.bottom = box.top;
    return box;
}

static bool misses(const Box *clip, const Rect *rect, float beyond)
{
    return rect->x - beyond > (float)clip->right || rect->y - beyond > (float)clip->bottom
        || rect->x + rect->w + beyond < (float)clip->left || rect->y + rect->h + beyond < (float)clip->top;
}

static void paint_rect(PixelPainter *painter, const Mark *mark)
{
    const bool stroked = mark->stroke.a;
    const float width = snapped_width(mark->width * painter->scale), radius = mark->radius * painter->scale;
    Rect rect = scaled(&mark->rect, painter->scale);
    if (misses(&painter->canvas.clip, &rect, width + 1)) return;
    if (stroked) rect = rect_snapped(rect, width);
    if (mark->fill.a && radius > 0.5f) raster_round(&painter->canvas, rect, radius, ink_of(mark->fill));
    else if (mark->fill.a) raster_rect(&painter->canvas, rect, ink_of(mark->fill));
    if (stroked && radius > 0.5f) raster_ring(&painter->canvas, rect, radius, width, ink_of(mark->stroke));
    else if (stroked) raster_frame(&painter->canvas, rect, width, ink_of(mark->stroke));
}

static void paint_circle(PixelPainter *painter, const Mark *mark)
{
    const float radius = mark->radius * painter->scale, width = mark->width * painter->scale;
    const Point centre = {mark->rect.x * painter->scale, mark->rect.y * painter->scale};
    const Rect rect = {centre.x - radius, centre.y - radius, 2 * radius, 2 * radius};
    if (misses(&painter->canvas.clip, &rect, width + 1)) return;
    if (mark->fill.a) raster_round(&painter->canvas, rect, radius, ink_of(mark->fill));
    if (mark->stroke.a) raster_ring(&painter->canvas, rect, radius, width, ink_of(mark->stroke));
}

static void paint_band(const PixelPainter *painter, const Mark *mark)
{
    Point outline[2 * (BAND_STEPS + 1)];
    const Mark top = band_edge(mark, BAND_TOP), bottom = band_edge(mark, BAND_BOTTOM);
    for (int i = 0; i <= BAND_STEPS; i++) {
        outline[i] = curve_at(&top, (float)i / BAND_STEPS);
        outline[2 * BAND_STEPS + 1 - i] = curve_at(&bottom, (float)i / BAND_STEPS);
    }
    raster_polygon(&painter->canvas, outline, 2 * (BAND_STEPS + 1), painter->scale, ink_of(mark->fill));
}

static void paint_shape(void *self, const Mark *mark)
{
    PixelPainter *painter = self;
    settle(painter);
    if (mark->type == MARK_RECT) paint_rect(painter, mark);
    else if (mark->type == MARK_CIRCLE) paint_circle(painter, mark);
    else if (mark->type == MARK_BAND) paint_band(painter, mark);
    else raster_polygon(&painter->canvas, mark->points, mark->n_points, painter->scale, ink_of(mark->fill));
}

static Stroke stroke_of(const Mark *mark, float scale)
{
    return (Stroke){
        .p = {point_scaled(mark->a, scale), point_scaled(mark->c, scale), point_scaled(mark->d, scale), point_scaled(mark->b, scale)},
        .straight = mark->type == MARK_LINE, .width = mark->width * scale, .colour = mark->stroke,
        .dash_on = mark->dashed ? DASH_ON * scale : 0, .dash_off = mark->dashed ? DASH_OFF * scale : 0,
    };
}

/* Rules and ticks stand on whole pixels. */
static void snap(Stroke *stroke)
{
    Point *a = &stroke->p[0], *b = &stroke->p[3];
    stroke->width = snapped_width(stroke->width);
    if (a->y == b->y) a->y = b->y = snapped(a->y, stroke->width);
    else a->x = b->x = snapped(a->x, stroke->width);
}

static void paint_rule(const PixelPainter *painter, const Stroke *stroke)
{
    const Point a = stroke->p[0], b = stroke->p[3];
    const float half = stroke->width / 2, across = a.y == b.y ? 0 : half, along = a.y == b.y ? half : 0;
    const Rect rect = {fminf(a.x, b.x) - across, fminf(a.y, b.y) - along, fabsf(b.x - a.x) + 2 * across, fabsf(b.y - a.y) + 2 * along};
    raster_rect(&painter->canvas, rect, ink_of(stroke->colour));
}

static void paint_stroke(void *self, const Mark *mark)
{
    PixelPainter *painter = self;
    Stroke stroke = stroke_of(mark, painter->scale);
    const bool rule = stroke.straight && !mark->dashed && (mark->a.x == mark->b.x || mark->a.y == mark->b.y), round = stroke_is_round(mark);
    if (rule) snap(&stroke);
    if (!round && wash_take(painter->wash, &painter->canvas, &stroke)) return;
    settle(painter);
    if (rule) paint_rule(painter, &stroke);
    else if (round) raster_capsule(&painter->canvas, stroke.p[0], stroke.p[3], stroke.width, ink_of(stroke.colour));
    else raster_stroke(&painter->canvas, &stroke);
}

static void paint_text(void *self, const Mark *mark)
{
    PixelPainter *painter = self;
    settle(painter);
    const Box *clip = &painter->canvas.clip;
    const float size = mark->size * painter->scale;
    const float y = mark->a.y * painter->scale;
    if (y + size * 2 < (float)clip->top || y - size * 2 > (float)clip->bottom) return;
    const float start = text_start(painter->fonts, mark) * painter->scale;
    Letters letters = letters_of(painter->fonts, (Font)mark->font, mark->text, strlen(mark->text));
    for (Letter letter; letters_next(&letters, &letter);) {
        const float pen = start + letter.x * size;
        if (pen > (float)clip->right + size) return;
        if (pen < (float)clip->left - 3 * size) continue;
        const int quarters = to_pixel(pen * 4);
        const Glyph *glyph = fonts_glyph(painter->fonts, letter.face, letter.glyph, size, quarters & 3);
        raster_glyph(&painter->canvas, glyph, (quarters - (quarters & 3)) / 4, to_pixel(y), mark->fill);
    }
}

static void paint_cells(void *self, const Mark *mark)
{
    PixelPainter *painter = self;
    settle(painter);
    raster_cells(&painter->canvas, mark, scaled(&mark->rect, painter->scale), mark->width * painter->scale);
}

static void paint_clip(void *self, const Rect *rect)
{
    PixelPainter *painter = self;
    settle(painter);
    if (!rect) {
        painter->canvas.clip = painter->outer[--painter->clips];
        return;
    }
    const Rect clip = scaled(rect, painter->scale);
    painter->outer[painter->clips++] = painter->canvas.clip;
    const Box box = {to_pixel(clip.x), to_pixel(clip.y), to_pixel(clip.x + clip.w), to_pixel(clip.y + clip.h)};
    painter->canvas.clip = box_within(box, &painter->canvas.clip);
}

static Box dirty_box(const Pixels *pixels, const Rect *dirty)
{
    const Box all = {0, 0, pixels->width, pixels->height};
    if (!dirty) return all;
    const Box box = {to_pixel(floorf(dirty->x)), to_pixel(floorf(dirty->y)), to_pixel(ceilf(dirty->x + dirty->w)), to_pixel(ceilf(dirty->y + dirty->h))};
    return box_within(box, &all);
}

static bool paint_close(void *self)
{
    settle(self);
    return true;
}

void pixels_draw(const Pixels *pixels, Fonts *fonts, const Scene *scene, size_t from, size_t to, float px_per_pt, const Rect *dirty)
{
    if (!(px_per_pt > 0) || px_per_pt > PIXELS_LARGEST_SCALE) return;
    Brush brush = {.kind = BRUSH_MIXES, .width = -1};
    PixelPainter self = {.canvas = {.data = pixels->data, .stride = pixels->stride, .clip = dirty_box(pixels, dirty), .brush = &brush}, .fonts = fonts, .scale = px_per_pt,
                         .wash = wash_open()};
    const Painter painter = {.self = &self, .shape = paint_shape, .stroke = paint_stroke, .text = paint_text, .cells = paint_cells,
                             .clip = paint_clip, .close = paint_close};
    painter_draw(&painter, scene, from, to);
    wash_close(self.wash);
}

void pixels_clear(const Pixels *pixels, Colour colour)
{
    const uint32_t value = pixel_of(colour);
    for (int y = 0; y < pixels->height; y++)
        for (int x = 0; x < pixels->width; x++) pixels->data[(ptrdiff_t)y * pixels->stride + x] = value;
}
