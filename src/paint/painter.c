#include "paint/painter.h"

#include <math.h>

enum { DEPTH = 64 };

/* Clips and groups that are open. Beyond DEPTH they are counted only. */
typedef struct Walk {
    const Painter *painter;
    int   clips, groups;
    float opacity[DEPTH + 1];   /* of everything inside `groups` groups */
} Walk;

static bool near(float x) { return x >= -PAINT_FARTHEST && x <= PAINT_FARTHEST; }

static bool point_near(Point p) { return near(p.x) && near(p.y); }

static bool rect_near(const Rect *rect) { return near(rect->x) && near(rect->y) && near(rect->w) && near(rect->h); }

static bool points_near(const Mark *mark)
{
    for (int i = 0; i < mark->n_points; i++)
        if (!point_near(mark->points[i])) return false;
    return mark->points && mark->n_points >= 3;
}

static bool ends_near(const Mark *mark)
{
    return point_near(mark->a) && point_near(mark->b) && (mark->type == MARK_LINE || (point_near(mark->c) && point_near(mark->d)));
}

static bool is_stroked(const Mark *mark) { return mark->stroke.a && mark->width > 0 && near(mark->width); }

static bool is_painted(const Mark *mark) { return mark->fill.a || is_stroked(mark); }

static bool cells_seen(const Mark *mark)
{
    return mark->cells && mark->columns > 0 && mark->rows > 0 && rect_near(&mark->rect) && mark->rect.w > 0 && mark->rect.h > 0;
}

static bool is_seen(const Mark *mark)
{
    switch ((MarkType)mark->type) {
    case MARK_RECT: return is_painted(mark) && rect_near(&mark->rect) && near(mark->radius) && mark->rect.w >= 0 && mark->rect.h >= 0;
    case MARK_CIRCLE: return is_painted(mark) && rect_near(&mark->rect) && near(mark->radius) && mark->radius >= 0;
    case MARK_LINE: case MARK_CURVE: return is_stroked(mark) && ends_near(mark);
    case MARK_POLYGON: return mark->fill.a && points_near(mark);
    case MARK_BAND: return mark->fill.a && ends_near(mark);
    case MARK_TEXT: return mark->fill.a && mark->text && mark->text[0] && point_near(mark->a) && mark->size > 0 && near(mark->size);
    case MARK_CELLS: return cells_seen(mark);
    case MARK_CLIP: case MARK_UNCLIP: case MARK_GROUP: case MARK_UNGROUP: return false;
    }
    return false;
}

static uint8_t faded(uint8_t alpha, float opacity) { return (uint8_t)((float)alpha * opacity + 0.5f); }

static void draw_mark(const Painter *painter, const Mark *mark)
{
    void (*draw)(void *, const Mark *) = mark->type == MARK_TEXT ? painter->text : mark->type == MARK_CELLS ? painter->cells
        : mark->type == MARK_LINE || mark->type == MARK_CURVE ? painter->stroke : painter->shape;
    if (draw) draw(painter->self, mark);
}

static void walk_mark(const Walk *walk, const Mark *mark)
{
    const float opacity = walk->opacity[walk->groups < DEPTH ? walk->groups : DEPTH];
    if (!(opacity > 0) || !is_seen(mark)) return;
    const bool plain = is_stroked(mark) || !mark->stroke.a;
    if (opacity >= 1 && plain && mark->type != MARK_CELLS) {
        draw_mark(walk->painter, mark);
        return;
    }
    Mark copy = *mark;
    copy.fill.a = faded(mark->fill.a, opacity);
    copy.stroke.a = is_stroked(mark) ? faded(mark->stroke.a, opacity) : 0;
    copy.opacity = opacity;
    if (is_seen(&copy)) draw_mark(walk->painter, &copy);
}

static float clamped(float x) { return x >= PAINT_FARTHEST ? PAINT_FARTHEST : x > -PAINT_FARTHEST ? x : -PAINT_FARTHEST; }

/* Nothing shows inside a clip that is no rectangle. */
static void open_clip(Walk *walk, const Rect *rect)
{
    const float left = clamped(rect->x), top = clamped(rect->y), right = clamped(rect->x + rect->w), bottom = clamped(rect->y + rect->h);
    const Rect clip = {left, top, right > left ? right - left : 0, bottom > top ? bottom - top : 0};
    if (++walk->clips <= DEPTH && walk->painter->clip) walk->painter->clip(walk->painter->self, &clip);
}

static void close_clip(Walk *walk)
{
    if (!walk->clips) return;
    if (walk->clips-- <= DEPTH && walk->painter->clip) walk->painter->clip(walk->painter->self, NULL);
}

static void open_group(Walk *walk, const Mark *mark)
{
    const float opacity = mark->opacity >= 1 ? 1 : mark->opacity > 0 ? mark->opacity : 0;
    if (++walk->groups > DEPTH) return;
    walk->opacity[walk->groups] = walk->opacity[walk->groups - 1] * opacity;
    if (walk->painter->group) walk->painter->group(walk->painter->self, mark);
}

static void close_group(Walk *walk)
{
    if (!walk->groups) return;
    if (walk->groups-- <= DEPTH && walk->painter->group) walk->painter->group(walk->painter->self, NULL);
}

static void walk_frame(Walk *walk, const Mark *mark)
{
    if (mark->type == MARK_CLIP) open_clip(walk, &mark->rect);
    if (mark->type == MARK_UNCLIP) close_clip(walk);
    if (mark->type == MARK_GROUP) open_group(walk, mark);
    if (mark->type == MARK_UNGROUP) close_group(walk);
}

bool painter_draw(const Painter *painter, const Scene *scene, size_t from, size_t to)
{
    Walk walk = {.painter = painter, .opacity = {1}};
    if (painter->begin) painter->begin(painter->self, scene);
    if (to > scene->n_marks) to = scene->n_marks;
    for (size_t i = 0; i < to; i++) {
        walk_frame(&walk, &scene->marks[i]);
        if (i >= from) walk_mark(&walk, &scene->marks[i]);
    }
    while (walk.clips) close_clip(&walk);
    while (walk.groups) close_group(&walk);
    return painter->close ? painter->close(painter->self) : true;
}

bool stroke_is_round(const Mark *mark)
{
    const bool rule = mark->a.x == mark->b.x || mark->a.y == mark->b.y;
    return mark->type == MARK_LINE && !rule && !mark->dashed && mark->width >= 1.5f;
}
