/* The canvas: still marks of all charts first, then what is looked at, units and words over them. */
#include "scene/view.h"

#include <math.h>
#include <string.h>

#include "scene/columns_draw.h"
#include "scene/counts.h"
#include "scene/frame.h"
#include "scene/legend.h"
#include "scene/matrix.h"
#include "scene/motion.h"
#include "scene/say.h"
#include "scene/split.h"
#include "scene/units.h"

static const float DIMMED = 0.35F;

/* ---- one chart ---- */

/* Some of the wires into the column can be seen. */
static bool wires_on_page(const Chart *chart, int column)
{
    const Rect area = chart->layout.area;
    for (int e = chart->columns.first_edge[column]; e < chart->columns.first_edge[column + 1]; e++) {
        const Place *from = &chart->layout.place[chart->columns.edge[e].from], *to = &chart->layout.place[column];
        if (from->panel.x < area.x + area.w && to->panel.x + to->panel.w > area.x) return true;
    }
    return false;
}

static Wires *wires_all(const Chart *chart, int64_t most)
{
    Wires *wires = ARENA_ARRAY(chart->arena, chart->columns.n + 1, Wires);
    for (int c = 0; c < chart->columns.n; c++) {
        wires[c].column = c;
        if (!wires_on_page(chart, c)) continue;
        wires_collect(&wires[c], chart, c, most, strands_between_maps(chart, c) ? TERMS_GLANCED_AT : TERMS_LOOKED_AT);
    }
    return wires;
}

/* Where the plan cannot tell (None rows), the connections of what is shown. */
static void connections_told(const Chart *chart, const Wires *wires)
{
    for (int c = 0; c < chart->columns.n; c++)
        if (chart->layout.heading[c].connections < 0 && wires[c].total > 0 && !wires[c].sampled)
            chart->layout.heading[c].connections = wires[c].total;
}

/* Blocks stay between headings and counts, whatever the zoom; wires and panels may touch the edge. */
static void clip_body(Scene *scene, const Chart *chart)
{
    const Layout *layout = &chart->layout;
    const float top = fmaxf(layout->body.y - 19, layout->area.y);
    mark_clip(scene, (Rect){layout->area.x, top, layout->area.w, layout->body.y + layout->body.h + 6 - top});
}

static void still_draw(Scene *scene, const Chart *chart, const Wires *wires)
{
    clip_body(scene, chart);
    frames_draw(scene, chart, 1);
    for (int c = 0; c < chart->columns.n; c++)
        if (column_on_page(chart, c)) panels_draw(scene, chart, c);
    for (int c = 0; c < chart->columns.n; c++)
        if (wires_on_page(chart, c)) strands_draw(scene, chart, &wires[c], 1);
    mark_unclip(scene);
}

static void column_draw(Scene *scene, const Chart *chart, int column)
{
    mark_group(scene, chart->columns.column[column].name, 1);
    if (chart->columns.column[column].fault) fault_draw(scene, chart, column);
    else units_draw(scene, chart, column);
    labels_draw(scene, chart, column);
    mark_ungroup(scene);
}

static void live_draw(Scene *scene, const Chart *chart, const Wires *wires, const Emphasis *emphasis)
{
    clip_body(scene, chart);
    emphasis_draw_below(scene, chart, emphasis);
    for (int c = 0; c < chart->columns.n; c++)
        if (column_on_page(chart, c)) strands_count_draw(scene, chart, &wires[c]);
    for (int c = 0; c < chart->columns.n; c++)
        if (column_on_page(chart, c)) column_draw(scene, chart, c);
    emphasis_draw_above(scene, chart, emphasis);
    frame_names_draw(scene, chart);
    mark_unclip(scene);
    mark_clip(scene, chart->layout.area);
    headings_draw(scene, chart);
    minimap_draw(scene, chart);
    counts_draw(scene, chart);
    mark_unclip(scene);
}

/* ---- a comparison ---- */

static const Layer *layer_missing(const Chart *chart, const Chart *other)
{
    for (int c = 0; c < chart->columns.n; c++)
        if (!chart->columns.column[c].input && chart->columns.column[c].layer && chart_match_column(chart, c, other) < 0)
            return chart->columns.column[c].layer;
    return NULL;
}

/* "with Flatten", "without Flatten": what one has and the other has not. */
static void caption_draw(Scene *scene, const Chart *chart)
{
    const Layout *layout = &chart->layout;
    const View *view = chart->view;
    const Layer *own = layer_missing(chart, chart->pair), *lacks = layer_missing(chart->pair, chart);
    if (!own && !lacks) return;
    const char *text = own ? say(view, scene->arena, "picture.with", own->class_name, NULL)
                           : say(view, scene->arena, "picture.without", lacks->class_name, NULL);
    const float size = layout->type.small, width = measure_width(view->measure, FONT_TEXT_BOLD, size, text);
    const Point at = {layout->area.x + 16, layout->place[0].heading.y + layout->place[0].heading.h - 2};
    mark_rect(scene, (Rect){at.x - 6, at.y - size * 1.15F, width + 12, size * 1.6F}, size * 0.8F, view->theme->selection);
    mark_text(scene, at, ALIGN_LEFT, FONT_TEXT_BOLD, size, view->theme->ink, text);
}

/* ---- still pictures ---- */

struct Picture {
    View   view;        /* the charts point to it */
    Split  split;
    Chart  chart[2];
    Wires *wires[2];
    int    n;
};

static Picture *charts_begin(Scene *scene, const View *view)
{
    Picture *picture = ARENA_NEW(scene->arena, Picture);
    picture->view = *view;
    picture->split = split_make(&picture->view);
    picture->n = charts_make(picture->chart, scene->arena, &picture->view);
    for (int i = 0; i < picture->n; i++) {
        Chart *chart = &picture->chart[i];
        picture->wires[i] = wires_all(chart, WIRES_FAINT);
        connections_told(chart, picture->wires[i]);
        still_draw(scene, chart, picture->wires[i]);
    }
    scene->n_still = scene->n_marks;
    return picture;
}

static void charts_finish(Scene *scene, const Picture *picture)
{
    const View *view = &picture->view;
    bool lit = false;
    for (int i = 0; i < picture->n; i++) {
        const Chart *chart = &picture->chart[i];
        Emphasis emphasis;
        emphasis_find(&emphasis, chart, picture->wires[i]);
        live_draw(scene, chart, picture->wires[i], &emphasis);
        if (view->matrix) matrix_draw(scene, chart, picture->split.matrix[i], &emphasis);
        if (picture->n > 1) caption_draw(scene, chart);
        lit |= emphasis.n_lit > 0;
    }
    legend_draw(scene, &picture->chart[0], picture->split.legend, lit || view->matrix);
}

static void charts_draw(Scene *scene, const View *view)
{
    charts_finish(scene, charts_begin(scene, view));
}

/* ---- a toggle in flight ---- */

/* What goes is no longer to be picked: it belongs to a model that is not there any more. */
static void picks_drop(Scene *scene, size_t from_mark, size_t from_pick)
{
    for (size_t i = from_mark; i < scene->n_marks; i++) scene->marks[i].pick = -1;
    scene->n_picks = from_pick;
}

static void moving_units(Scene *scene, const Chart *chart, const Chart *moved, const Chart *other, Kinship kin, float opacity)
{
    Chart drawn = *chart;
    drawn.quiet = kin == KIN_OTHER && chart->along > 0.1F;
    const size_t mark = scene->n_marks, pick = scene->n_picks;
    mark_group(scene, NULL, opacity);
    for (int c = 0; c < chart->columns.n; c++) {
        if (motion_kinship(chart, c, other) != kin || chart->columns.column[c].fault) continue;
        groups_draw(scene, chart, c, 1);
        units_draw(scene, chart->layout.place[c].block.form == BLOCK_CELLS ? moved : &drawn, c);
    }
    mark_ungroup(scene);
    if (chart->variant == &chart->view->before) picks_drop(scene, mark, pick);
}

/* Those that both models have are drawn once, with the new one. */
static void moving_wires(Scene *scene, const Chart *chart, const Chart *other, float opacity)
{
    const bool old = chart->variant == &chart->view->before;
    const Wires *wires = wires_all(chart, WIRES_MOVING);
    const size_t mark = scene->n_marks, pick = scene->n_picks;
    for (int c = 0; c < chart->columns.n; c++) {
        const bool stay = motion_wires_stay(chart, c, other);
        if (wires_on_page(chart, c) && !(old && stay)) strands_draw(scene, chart, &wires[c], stay ? 1 : opacity);
    }
    if (old) picks_drop(scene, mark, pick);
}

static const char *line_text(Arena *arena, const Line *line)
{
    Text text = {.arena = arena};
    for (int i = 0; i < line->n; i++) text_put(&text, line->piece[i].text);
    return text_string(&text);
}

static bool says_the_same(const Chart *chart, int column, const Chart *other)
{
    const int there = chart_match_column(chart, column, other);
    if (there < 0) return false;
    const Heading *a = &chart->layout.heading[column], *b = &other->layout.heading[there];
    return !strcmp(line_text(chart->arena, &a->title), line_text(chart->arena, &b->title)) &&
           !strcmp(line_text(chart->arena, &a->shape), line_text(chart->arena, &b->shape)) && a->params == b->params &&
           a->connections == b->connections;
}

static void words_of_column(Scene *scene, const Chart *moved, int column, float opacity)
{
    mark_group(scene, NULL, opacity);
    column_heading_draw(scene, moved, column);
    column_counts_draw(scene, moved, column);
    mark_ungroup(scene);
}

static void arrows_of_half(Scene *scene, const Chart *old, const Chart *new, float t, float opacity)
{
    const size_t mark = scene->n_marks, pick = scene->n_picks;
    mark_group(scene, NULL, opacity);
    arrows_draw(scene, t < 0.5F ? old : new);
    mark_ungroup(scene);
    if (t < 0.5F) picks_drop(scene, mark, pick);
}

/* Words that stay glide; others go in the first half and come in the second, so that two never stand in one place. */
static void moving_words(Scene *scene, const Chart *old, const Chart *new, float t)
{
    const float going = fmaxf(1 - 2 * t, 0), coming = fmaxf(2 * t - 1, 0);
    const size_t mark = scene->n_marks, pick = scene->n_picks;
    for (int c = 0; c < old->columns.n; c++)
        if (going > 0 && !says_the_same(old, c, new)) words_of_column(scene, old, c, going);
    picks_drop(scene, mark, pick);
    for (int c = 0; c < new->columns.n; c++) {
        const float opacity = says_the_same(new, c, old) ? 1 : coming;
        if (opacity > 0) words_of_column(scene, new, c, opacity);
    }
    arrows_of_half(scene, old, new, t, fmaxf(going, coming));
    captions_draw(scene, new);
}

static void moving_labels(Scene *scene, const Chart *chart, float opacity)
{
    mark_group(scene, NULL, opacity);
    for (int c = 0; c < chart->columns.n; c++) labels_draw(scene, chart, c);
    mark_ungroup(scene);
}

static void travel_draw(Scene *scene, const View *view)
{
    const float t = view->t;
    const Split split = split_make(view);
    Chart old, new;
    chart_make(&old, scene->arena, view, &view->before, 0, split.model[0]);
    chart_make(&new, scene->arena, view, &view->now, 0, split.model[0]);
    const Chart moved_old = motion_moved(&old, &new, t), moved_new = motion_moved(&new, &old, 1 - t);
    old.twin = &new;
    old.along = t;
    new.twin = &old;
    new.along = 1 - t;
    clip_body(scene, &new);
    frames_draw(scene, &old, 1 - t);
    frames_draw(scene, &new, t);
    moving_wires(scene, &old, &new, 1 - t);
    moving_wires(scene, &new, &old, t);
    moving_units(scene, &old, &moved_old, &new, KIN_COPY, 1);
    moving_units(scene, &old, &moved_old, &new, KIN_OTHER, 1 - t);
    moving_units(scene, &old, &moved_old, &new, KIN_NONE, 1 - t);
    moving_units(scene, &new, &moved_new, &old, KIN_NONE, t);
    moving_units(scene, &new, &moved_new, &old, KIN_OTHER, t);
    moving_units(scene, &new, &moved_new, &old, KIN_COPY, 1);
    moving_units(scene, &new, &moved_new, &old, KIN_SAME, 1);
    moving_labels(scene, &old, fmaxf(1 - 2 * t, 0));
    moving_labels(scene, &new, fmaxf(2 * t - 1, 0));
    mark_unclip(scene);
    mark_clip(scene, new.layout.area);
    moving_words(scene, &moved_old, &moved_new, t);
    mark_unclip(scene);
    legend_draw(scene, &new, split.legend, false);
}

static void fade_draw(Scene *scene, const View *view)
{
    View old = *view, new = *view;
    old.now = view->before;
    old.before.plan = new.before.plan = NULL;
    const size_t mark = scene->n_marks, pick = scene->n_picks;
    mark_group(scene, NULL, 1 - view->t);
    charts_draw(scene, &old);
    mark_ungroup(scene);
    picks_drop(scene, mark, pick);
    mark_group(scene, NULL, view->t);
    charts_draw(scene, &new);
    mark_ungroup(scene);
    scene->n_still = 0;
}

/* ---- the whole ---- */

static void hint_draw(Scene *scene, const View *view)
{
    const float size = 17 * view->scale;
    const Point at = {view->area.x + view->area.w / 2, view->area.y + view->area.h / 2 - size};
    mark_text(scene, at, ALIGN_CENTRE, FONT_TEXT_MEDIUM, size, view->theme->dim, say(view, scene->arena, view->faulty ? "picture.no_model" : "picture.empty", NULL));
    if (view->faulty) return;
    mark_text(scene, (Point){at.x, at.y + size * 1.9F}, ALIGN_CENTRE, FONT_CODE, size * 0.9F, view->theme->accent,
              say(view, scene->arena, "picture.empty_code", NULL));
}

static bool is_empty(const Variant *variant)
{
    const Plan *plan = variant->plan;
    return !plan || (!plan->n_layers && !plan->n_steps && !(plan->error && plan->error->layer_class));
}

static bool is_flying(const View *view)
{
    return view->before.plan && view->t < 1 && !is_empty(&view->before) && !view->other.plan;
}

static void restless_draw(Scene *scene, const View *view)
{
    if (view->dimmed) mark_group(scene, NULL, DIMMED);
    if (is_empty(&view->now)) hint_draw(scene, view);
    else if (is_flying(view) && view->reduced_motion) fade_draw(scene, view);
    else if (is_flying(view)) travel_draw(scene, view);
    else charts_draw(scene, view);
    if (view->dimmed) mark_ungroup(scene);
    scene->n_still = 0;
}

Picture *picture_begin(Scene *scene, const View *view)
{
    if (!view->dimmed && !is_empty(&view->now) && !is_flying(view)) return charts_begin(scene, view);
    restless_draw(scene, view);
    return NULL;
}

void picture_finish(Scene *scene, Picture *picture, const Pick *hover, bool outgoing)
{
    if (!picture) return;
    picture->view.hover = *hover;
    picture->view.outgoing = outgoing;
    charts_finish(scene, picture);
}

void picture_draw(Scene *scene, const View *view)
{
    picture_finish(scene, picture_begin(scene, view), &view->hover, view->outgoing);
}
