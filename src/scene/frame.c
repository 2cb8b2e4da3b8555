#include "scene/frame.h"

#include <math.h>

#include "scene/number.h"
#include "scene/say.h"

#define FRAME_PAD 9.0F
#define FRAME_RADIUS 9.0F

/* The columns of one nested model. */
typedef struct Frame {
    int  step;        /* of the model */
    int  level;       /* 0 = outermost */
    int  first;       /* its leftmost column, -1 = it has none */
    bool whole;       /* one frame around all; else one around each column */
} Frame;

static bool is_member(const Chart *chart, const Frame *frame, int column)
{
    return columns_inside(chart->variant->plan, &chart->columns.column[column], frame->step);
}

static bool is_stacked(const Chart *chart, int column) { return chart->columns.lanes[chart->columns.column[column].depth] > 1; }

static bool meets(Rect a, Rect b) { return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h; }

/* Around one column: over the whole height where it stands alone, else around its block and heading. */
static Rect frame_part(const Chart *chart, const Frame *frame, int column)
{
    const Layout *layout = &chart->layout;
    const Place *place = &layout->place[column];
    const float pad = fminf(FRAME_PAD, layout->gap * 0.4F) / (float)(frame->level + 1);
    const int inner = columns_nesting(chart->variant->plan, &chart->columns.column[column]) - frame->level;
    float top = layout->page.y + layout->cable_top + layout->frame_title * (float)frame->level;
    float bottom = layout->page.y + layout->page.h + 5 - 2.5F * (float)frame->level;
    if (is_stacked(chart, column)) {
        top = place->heading.y - layout->frame_title * (float)inner;
        bottom = place->panel.y + place->panel.h + 12 - 3 * (float)frame->level;
    }
    return (Rect){place->left - pad, top, place->right - place->left + 2 * pad, bottom - top};
}

static Rect frame_rect(const Chart *chart, const Frame *frame)
{
    Rect all = frame_part(chart, frame, frame->first);
    for (int c = 0; c < chart->columns.n; c++)
        if (is_member(chart, frame, c)) all = rect_joined(all, frame_part(chart, frame, c));
    return all;
}

/* Nothing else stands in it. */
static bool is_free(const Chart *chart, const Frame *frame, Rect rect)
{
    for (int c = 0; c < chart->columns.n; c++) {
        if (is_member(chart, frame, c)) continue;
        const Place *place = &chart->layout.place[c];
        if (meets(rect, place->panel) || (is_stacked(chart, c) && meets(rect, place->heading))) return false;
    }
    return true;
}

static Frame frame_find(const Chart *chart, int step)
{
    const Plan *plan = chart->variant->plan;
    Frame frame = {.step = step, .first = -1};
    if (!plan->steps[step].opened) return frame;
    for (int owner = plan->steps[step].owner; owner >= 0; owner = plan->steps[owner].owner) frame.level++;
    for (int c = 0; c < chart->columns.n; c++) {
        const bool before = frame.first < 0 || chart->layout.place[c].left < chart->layout.place[frame.first].left;
        if (is_member(chart, &frame, c) && before) frame.first = c;
    }
    frame.whole = frame.first >= 0 && is_free(chart, &frame, frame_rect(chart, &frame));
    return frame;
}

static bool is_looked_at(const Chart *chart, const Frame *frame)
{
    const Pick *const picks[] = {&chart->view->hover, &chart->view->focus};
    const int row = chart->variant->plan->steps[frame->step].row;
    for (int i = 0; i < 2; i++) {
        const bool layer = picks[i]->type == PICK_LAYER || picks[i]->type == PICK_SUMMARY_ROW || picks[i]->type == PICK_CODE_LINE;
        if (layer && row >= 0 && picks[i]->layer == row) return true;
    }
    return false;
}

static void box_draw(Scene *scene, const Chart *chart, Rect rect, float opacity)
{
    const Colour dim = chart->view->theme->dim;
    mark_box(scene, rect, FRAME_RADIUS, colour_fade(dim, 0.055F * opacity), colour_fade(dim, 0.5F * opacity), 1);
}

void frames_draw(Scene *scene, const Chart *chart, float opacity)
{
    for (int s = chart->variant->plan->n_steps - 1; s >= 0; s--) {
        const Frame frame = frame_find(chart, s);
        if (frame.first < 0) continue;
        if (frame.whole) box_draw(scene, chart, frame_rect(chart, &frame), opacity);
        for (int c = 0; c < chart->columns.n && !frame.whole; c++)
            if (is_member(chart, &frame, c)) box_draw(scene, chart, frame_part(chart, &frame, c), opacity);
    }
}

static const char *frame_note(Scene *scene, const Chart *chart, const Frame *frame)
{
    const PlanStep *step = &chart->variant->plan->steps[frame->step];
    const char *count = count_text(scene->arena, layer_params(step->node->layer).all);
    const char *note = say(chart->view, scene->arena, "picture.params", count, NULL);
    const bool shared = step->row >= 0 && chart->variant->plan->layers[step->row].shared;
    return shared ? say(chart->view, scene->arena, "picture.shared_layer", note, NULL) : note;
}

static void name_draw(Scene *scene, const Chart *chart, const Frame *frame)
{
    const PlanStep *step = &chart->variant->plan->steps[frame->step];
    const Theme *theme = chart->view->theme;
    const Measure *measure = chart->view->measure;
    const Rect rect = frame->whole ? frame_rect(chart, frame) : frame_part(chart, frame, frame->first);
    const float size = chart->layout.type.small, room = rect.w - 14;
    const char *name = measure_fit(measure, scene->arena, FONT_TEXT_BOLD, size, step->node->layer->name, room);
    const char *note = frame_note(scene, chart, frame);
    const float width = measure_width(measure, FONT_TEXT_BOLD, size, name) + size * 0.7F;
    const Point at = {rect.x + 7, rect.y + size * 1.22F};
    const Rect strip = {rect.x, rect.y, rect.w, chart->layout.frame_title};
    const Pick pick = {.type = PICK_LAYER, .variant = chart->which, .layer = step->row, .step = frame->step, .tensor = step->first,
                       .k = -1, .from = -1, .weight = -1, .label = step->node->layer->name, .area = strip};
    mark_rect(scene, strip, FRAME_RADIUS, is_looked_at(chart, frame) ? theme->selection : (Colour){0})->pick = scene_pick(scene, pick);
    mark_text(scene, at, ALIGN_LEFT, FONT_TEXT_BOLD, size, theme->ink, name);
    if (width + measure_width(measure, FONT_TEXT, size, note) > room) return;
    mark_text(scene, (Point){at.x + width, at.y}, ALIGN_LEFT, FONT_TEXT, size, theme->dim, note);
}

void frame_names_draw(Scene *scene, const Chart *chart)
{
    for (int s = chart->variant->plan->n_steps - 1; s >= 0; s--) {
        const Frame frame = frame_find(chart, s);
        if (frame.first >= 0) name_draw(scene, chart, &frame);
    }
}
