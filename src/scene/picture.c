#include "scene/view.h"

#include <math.h>

#include "scene/emphasis.h"
#include "scene/legend.h"
#include "scene/say.h"
#include "scene/units.h"

static const float DIMMED = 0.35F;

/* ---- the parts of one chart ---- */

static bool has_sources(const Chart *chart, int column)
{
    for (int e = 0; e < chart->columns.n_edges; e++)
        if (chart->columns.edge[e].to == column) return true;
    return false;
}

static Wires *wires_all(const Chart *chart, int64_t most)
{
    Wires *wires = ARENA_ARRAY(chart->arena, chart->columns.n + 1, Wires);
    for (int c = 0; c < chart->columns.n; c++) wires_collect(&wires[c], chart, c, most);
    return wires;
}

static bool on_page(const Chart *chart, int column)
{
    const Rect panel = chart->layout.place[column].panel, area = chart->layout.area;
    return panel.x < area.x + area.w + 4 && panel.x + panel.w > area.x - 4;
}

/* What changes only with the model, the size and the theme. */
static void still_draw(Scene *scene, const Chart *chart, const Wires *wires)
{
    for (int c = 0; c < chart->columns.n; c++)
        if (on_page(chart, c)) panels_draw(scene, chart, c);
    for (int c = 0; c < chart->columns.n; c++)
        if (has_sources(chart, c)) strands_draw(scene, chart, &wires[c], 1);
}

static void columns_draw(Scene *scene, const Chart *chart)
{
    for (int c = 0; c < chart->columns.n; c++) {
        if (!on_page(chart, c)) continue;
        mark_group(scene, chart->columns.column[c].name, 1);
        units_draw(scene, chart, c);
        labels_draw(scene, chart, c);
        mark_ungroup(scene);
    }
}

static Rect meet(Rect a, Rect b)
{
    const float x = fmaxf(a.x, b.x), y = fmaxf(a.y, b.y);
    return (Rect){x, y, fmaxf(fminf(a.x + a.w, b.x + b.w) - x, 0), fmaxf(fminf(a.y + a.h, b.y + b.h) - y, 0)};
}

static void arrow_draw(Scene *scene, const Chart *chart, float from, float to)
{
    const Layout *layout = &chart->layout;
    const float room = to - from, length = fminf(room - 12, 24), middle = (from + to) / 2;
    const float y = layout->area.y + 10 + layout->type.title + layout->type.shape * 1.2F;
    const Colour colour = chart->view->theme->dim;
    if (length < 10) return;
    const float left = middle - length / 2, right = middle + length / 2;
    mark_line(scene, (Point){left, y}, (Point){right, y}, colour, 1.5F);
    mark_line(scene, (Point){right - 6, y - 5}, (Point){right, y}, colour, 1.5F);
    mark_line(scene, (Point){right - 6, y + 5}, (Point){right, y}, colour, 1.5F);
}

/* Arrows from heading to heading, where both stand alone at their depth. */
static void arrows_draw(Scene *scene, const Chart *chart)
{
    for (int e = 0; e < chart->columns.n_edges; e++) {
        const int a = chart->columns.edge[e].from, b = chart->columns.edge[e].to;
        const Column *from = &chart->columns.column[a], *to = &chart->columns.column[b];
        if (to->depth != from->depth + 1 || chart->columns.lanes[from->depth] > 1 || chart->columns.lanes[to->depth] > 1) continue;
        arrow_draw(scene, chart, chart->layout.place[a].centre + chart->layout.heading[a].width / 2,
                   chart->layout.place[b].centre - chart->layout.heading[b].width / 2);
    }
}

static void layer_pick(Scene *scene, const Chart *chart, int c)
{
    const Column *column = &chart->columns.column[c];
    const Rect area = chart->layout.place[c].heading;
    const float width = fmaxf(chart->layout.heading[c].width, 24);
    const Pick pick = {.type = PICK_LAYER, .variant = chart->which, .layer = column->row, .step = column->step,
                       .tensor = column->tensor, .k = -1, .from = -1, .weight = -1, .label = column->name,
                       .area = {chart->layout.place[c].centre - width / 2, area.y, width, area.h}};
    mark_rect(scene, pick.area, 4, (Colour){0})->pick = scene_pick(scene, pick);
}

static void headings_draw(Scene *scene, const Chart *chart)
{
    for (int c = 0; c < chart->columns.n; c++) {
        if (!on_page(chart, c) || chart->layout.place[c].heading.w < 40) continue;
        layer_pick(scene, chart, c);
        heading_draw(scene, chart->view, &chart->layout.heading[c], &chart->columns.column[c], chart->which,
                     chart->layout.place[c].heading, chart->layout.type);
    }
    arrows_draw(scene, chart);
}

/* ---- the whole ---- */

static void chart_draw(Scene *scene, const Chart *chart)
{
    const Wires *wires = wires_all(chart, WIRES_FAINT);
    mark_clip(scene, meet((Rect){chart->layout.area.x, chart->layout.body.y - 12, chart->layout.area.w, chart->layout.body.h + 20}, chart->layout.area));
    still_draw(scene, chart, wires);
    mark_unclip(scene);
    if (!chart->which) scene->n_still = scene->n_marks;
    mark_clip(scene, meet((Rect){chart->layout.area.x, chart->layout.body.y - 12, chart->layout.area.w, chart->layout.body.h + 20}, chart->layout.area));
    Emphasis emphasis;
    emphasis_find(&emphasis, chart, wires);
    emphasis_draw_below(scene, chart, &emphasis);
    columns_draw(scene, chart);
    emphasis_draw_above(scene, chart, &emphasis);
    mark_unclip(scene);
    headings_draw(scene, chart);
    counts_draw(scene, chart);
    legend_draw(scene, chart, emphasis.n_lit > 0);
}

static void hint_draw(Scene *scene, const View *view)
{
    const float size = 18 * view->scale;
    const Point at = {view->area.x + view->area.w / 2, view->area.y + view->area.h / 2};
    mark_text(scene, at, ALIGN_CENTRE, FONT_TEXT_MEDIUM, size, view->theme->dim, say(view, scene->arena, "picture.empty", NULL));
    mark_text(scene, (Point){at.x, at.y + size * 1.8F}, ALIGN_CENTRE, FONT_CODE, size * 0.85F, view->theme->accent,
              say(view, scene->arena, "picture.empty_code", NULL));
}

void picture_draw(Scene *scene, const View *view)
{
    if (!view->now.plan || (!view->now.plan->n_layers && !view->now.plan->n_steps && !view->now.plan->error)) {
        hint_draw(scene, view);
        return;
    }
    if (view->dimmed) mark_group(scene, NULL, DIMMED);
    Chart chart;
    chart_make(&chart, scene->arena, view, &view->now, 0, view->area);
    chart_draw(scene, &chart);
    if (view->dimmed) mark_ungroup(scene);
}
