/* What is under the pointer, and what part of the picture is seen. */
#include <math.h>

#include "scene/columns_draw.h"
#include "scene/split.h"

typedef struct Pointing {
    const Pick *shown;
    Arena      *arena;
    Point       point;
    Pick        pick;
    const Chart *charts;   /* at the zoom before */
} Pointing;

/* ---- picking ---- */

static void refine(const Chart *charts, int n, void *given)
{
    Pointing *pointing = given;
    const Chart *chart = &charts[pointing->pick.variant > 0 && n > 1];
    const Unit unit = chart_unit_of(chart, &pointing->pick);
    if (unit.column < 0 || chart->layout.place[unit.column].block.form != BLOCK_CELLS) return;
    const int64_t e = block_at(&chart->layout.place[unit.column].block, pointing->point);
    if (e < 0) return;
    pointing->pick = chart_pick(chart, (Unit){unit.column, e});
    pointing->pick.label = arena_print(pointing->arena, "%s", chart_label(chart, (Unit){unit.column, e}));
}

Pick picture_pick_at(const View *view, const Scene *scene, Arena *arena, Point point)
{
    const int found = scene_pick_at(scene, point);
    Pointing pointing = {.arena = arena, .point = point};
    if (found < 0) return (Pick){.type = PICK_NONE, .layer = -1, .step = -1, .tensor = -1, .k = -1, .from = -1, .weight = -1};
    pointing.pick = scene->picks[found];
    if (pointing.pick.type == PICK_UNIT) charts_visit(view, refine, &pointing);
    return pointing.pick;
}

/* ---- panning ---- */

/* How far [from, to) must move to be inside [low, high): 0 when it is. */
static float shift_into(float from, float to, float low, float high)
{
    if (from < low) return low - from;
    return to > high ? fmaxf(high - to, low - from) : 0;
}

static Rect rect_shown(const Chart *chart, const Pick *shown)
{
    const Unit unit = chart_unit_of(chart, shown);
    if (unit.column >= 0) return chart_rect(chart, unit);
    const int c = shown->type == PICK_NONE ? -1 : columns_of_row(&chart->columns, shown->layer);
    return c < 0 ? (Rect){0} : chart->layout.place[c].panel;
}

static void pan(const Chart *charts, int n, void *given)
{
    Pointing *pointing = given;
    const Chart *chart = &charts[pointing->shown->variant > 0 && n > 1];
    const Layout *layout = &chart->layout;
    Point at = layout_pan(layout, chart->view->pan);
    const Rect shown = rect_shown(chart, pointing->shown);
    if (shown.w > 0) {
        const float edge = 48;
        at.x += shift_into(shown.x - edge, shown.x + shown.w + edge, layout->body.x, layout->body.x + layout->body.w);
        at.y += shift_into(shown.y - 8, shown.y + shown.h + 8, layout->body.y, layout->body.y + layout->body.h);
    }
    pointing->point = layout_pan(layout, at);
}

Point picture_pan(const View *view, const Pick *shown)
{
    Pointing pointing = {.shown = shown, .point = view->pan};
    charts_visit(view, pan, &pointing);
    return pointing.point;
}

typedef struct Looking {
    int       variant;
    Overview *overview;
    bool      found;
} Looking;

static void overview_of(const Chart *charts, int n, void *given)
{
    Looking *looking = given;
    looking->found = overview_find(&charts[looking->variant > 0 && n > 1], looking->overview);
}

bool picture_overview(const View *view, int variant, Overview *overview)
{
    Looking looking = {.variant = variant, .overview = overview};
    charts_visit(view, overview_of, &looking);
    return looking.found;
}

/* ---- zooming ---- */

/* Where a point of one layout is in another of the same columns: between the same two columns, at the same share. */
static float carried_x(const Chart *from, const Chart *to, float x)
{
    float left = from->layout.page.x, left_there = to->layout.page.x;
    float right = left + from->layout.page.w, right_there = left_there + to->layout.page.w;
    for (int c = 0; c < from->columns.n; c++) {
        const float at = from->layout.place[c].centre, there = to->layout.place[c].centre;
        if (at <= x && at > left) left = at, left_there = there;
        if (at > x && at < right) right = at, right_there = there;
    }
    return right > left ? left_there + (x - left) / (right - left) * (right_there - left_there) : left_there;
}

static float carried_y(const Chart *from, const Chart *to, float y)
{
    const float share = from->layout.page.h > 0 ? (y - from->layout.page.y) / from->layout.page.h : 0;
    return to->layout.page.y + share * to->layout.page.h;
}

static void pan_zoomed(const Chart *charts, int n, void *given)
{
    Pointing *pointing = given;
    const Chart *to = &charts[0], *from = &pointing->charts[0];
    (void)n;
    pointing->point.x -= carried_x(from, to, pointing->point.x);
    pointing->point.y -= carried_y(from, to, pointing->point.y);
    pointing->point = layout_pan(&to->layout, pointing->point);
}

typedef struct Zooming {
    View     zoomed;
    Pointing pointing;
} Zooming;

static void zoom_from(const Chart *charts, int n, void *given)
{
    Zooming *zooming = given;
    (void)n;
    zooming->pointing.charts = charts;
    charts_visit(&zooming->zoomed, pan_zoomed, &zooming->pointing);
}

Point picture_zoom_pan(const View *view, Point fixed, float zoom)
{
    Zooming zooming = {.zoomed = *view, .pointing = {.point = fixed}};
    zooming.zoomed.zoom = zoom;
    zooming.zoomed.pan = (Point){0, 0};
    return charts_visit(view, zoom_from, &zooming) ? zooming.pointing.point : view->pan;
}

static void zoom_least(const Chart *charts, int n, void *given)
{
    float *least = given;
    for (int i = 0; i < n; i++) *least = fminf(*least, layout_zoom_least(&charts[i].layout));
}

float picture_zoom_least(const View *view)
{
    View whole = *view;
    float least = 1;
    whole.zoom = 1;
    charts_visit(&whole, zoom_least, &least);
    return least;
}
