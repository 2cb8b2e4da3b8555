#include "app/summary_pane.h"

#include <math.h>
#include <string.h>

#include "app/pointing.h"
#include "app/ui.h"
#include "keras/summary.h"
#include "scene/number.h"

static const float PITCH = 27, MARGIN = 24, TYPE = 14, BOTTOM = 12;

static const Plan *plan_of(const App *app)
{
    return app->study.shown && app->study.shown->plan.model ? &app->study.shown->plan : NULL;
}

/* The layer that Keras refuses stands in a row of its own below the sound ones. */
static const Error *refusal_of(const Plan *plan)
{
    return plan && plan->error && plan->error->layer_class ? plan->error : NULL;
}

static int count_rows(const Plan *plan)
{
    return plan ? plan->n_layers + (refusal_of(plan) ? 1 : 0) : 0;
}

float summary_height(const App *app, float scale)
{
    const Plan *plan = plan_of(app);
    return ((float)(count_rows(plan) + 1) * PITCH + 10 + BOTTOM) * scale;
}

static float all_rows_height(const App *app)
{
    return (float)count_rows(plan_of(app)) * PITCH * app->page.scale;
}

/* Of what is seen: all rows, or as many whole ones as fit. */
static float rows_height(const App *app)
{
    const float pitch = PITCH * app->page.scale, room = app->page.summary.h - (PITCH + 10 + BOTTOM) * app->page.scale;
    return all_rows_height(app) <= room + 1 ? room : fmaxf(floorf(room / pitch + 0.01f), 0) * pitch;
}

static float scroll_most(const App *app)
{
    return fmaxf(0, all_rows_height(app) - rows_height(app));
}

ScrollBar summary_bar(const App *app)
{
    const Rect pane = app->page.summary;
    const float scroll = fminf(app->summary_scroll, scroll_most(app));
    return (ScrollBar){{pane.x, pane.y, pane.w, fmaxf(rows_height(app), 0)}, scroll, all_rows_height(app), app->page.scale};
}

void summary_scroll(App *app, float rows)
{
    const float wanted = app->summary_scroll - rows * 2 * PITCH * app->page.scale;
    app->summary_scroll = fminf(fmaxf(wanted, 0), scroll_most(app));
}

int summary_lit(const App *app)
{
    const int step = plan_of(app) ? playback_at(&app->playback, plan_of(app)) : -1;
    if (step >= 0) return plan_of(app)->steps[step].row;
    const Pick *hover = &app->gaze.hover.pick;
    const Pick *pick = hover->type != PICK_NONE && hover->type != PICK_WIDGET && hover->layer >= 0 ? hover : &app->gaze.focus.pick;
    return pick->type == PICK_NONE || pick->variant > 0 ? -1 : pick->layer;
}

void summary_reveal(App *app, int layer)
{
    const float pitch = PITCH * app->page.scale, top = (float)layer * pitch, room = rows_height(app);
    if (app->summary_scroll > top) app->summary_scroll = top;
    if (app->summary_scroll < top + pitch - room) app->summary_scroll = top + pitch - room;
    app->summary_scroll = fminf(fmaxf(app->summary_scroll, 0), scroll_most(app));
}

/* Layers inside a nested model have no row of their own: the model has. */
static int row_lit(const App *app, const Plan *plan)
{
    const int row = summary_lit(app);
    if (row < plan->n_layers) return row;
    int step = 0;
    while (step < plan->n_steps && plan->steps[step].row != row) step++;
    while (step < plan->n_steps && plan->steps[step].owner >= 0) step = plan->steps[step].owner;
    return step < plan->n_steps ? plan->steps[step].row : -1;
}

/* During the switch's animation counts run from the old to the new. */
static int64_t between(const App *app, int64_t before, int64_t now)
{
    const double t = (double)motion_progress(&app->motion, app->seconds);
    return before + (int64_t)((double)(now - before) * t);
}

static int64_t params_shown(const App *app, const PlanLayer *row)
{
    const Snapshot *before = app->motion.running ? app->study.before : NULL;
    const int old = before && before->plan.model ? plan_find(&before->plan, row->layer->name) : -1;
    return old < 0 ? row->params.all : between(app, before->plan.layers[old].params.all, row->params.all);
}

static int64_t total_shown(const App *app, const Plan *plan)
{
    const Snapshot *before = app->motion.running ? app->study.before : NULL;
    return before && before->plan.model ? between(app, before->plan.params.all, plan->params.all) : plan->params.all;
}

/* Of the last good model, dimmed while the text has none. */
static Colour ink_of(const Ui *ui)
{
    return study_stale(&ui->app->study) ? colour_fade(ui->theme->dim, 0.7f) : ui->theme->ink;
}

typedef struct Columns { float name, shape, shape_width, params; } Columns;

static const char *shape_of(const Ui *ui, const PlanLayer *row)
{
    return row->n_out ? shape_text(ui->scene->arena, &row->out[0].shape) : "?";
}

/* Names take what they need, up to half; counts stand at the right. */
static Columns columns_of(const Ui *ui, const Plan *plan)
{
    const Rect pane = ui->app->page.summary;
    const float margin = MARGIN * ui->s, column = ui_width(ui, FONT_CODE, TYPE, "0");
    size_t name = 10, count = 1;
    for (int i = 0; i < plan->n_layers; i++) {
        name = strlen(plan->layers[i].layer->name) > name ? strlen(plan->layers[i].layer->name) : name;
        const size_t length = strlen(count_text(ui->scene->arena, plan->layers[i].params.all));
        count = length > count ? length : count;
    }
    const float left = pane.x + margin, right = pane.x + pane.w - margin;
    const float names = fminf((float)(name + 2) * column, (right - left) * 0.45f);
    return (Columns){left, left + names, right - left - names - (float)(count + 1) * column, right};
}

static void row_draw(const Ui *ui, const Plan *plan, const Columns *columns, int i, float y)
{
    const PlanLayer *row = &plan->layers[i];
    const Style code = {FONT_CODE, TYPE, ink_of(ui)};
    const Rect pane = ui->app->page.summary;
    const Rect band = {pane.x + 10 * ui->s, y - PITCH / 2 * ui->s, pane.w - 20 * ui->s, PITCH * ui->s};
    const int pick = scene_pick(ui->scene, (Pick){.type = PICK_SUMMARY_ROW, .layer = i, .step = -1, .tensor = -1, .k = -1, .from = -1, .weight = -1,
                                                  .label = row->layer->name, .area = band});
    mark_rect(ui->scene, band, 4 * ui->s, row_lit(ui->app, plan) == i ? ui->theme->selection : (Colour){0})->pick = pick;
    ui_text_fit(ui, columns->name, y, columns->shape - columns->name - 8 * ui->s, code, row->layer->name);
    ui_text_fit(ui, columns->shape, y, columns->shape_width, code, shape_of(ui, row));
    ui_text(ui, columns->params, y, ALIGN_RIGHT, code, count_text(ui->scene->arena, params_shown(ui->app, row)));
}

static void refusal_draw(const Ui *ui, const Columns *columns, const Error *error, float y)
{
    const Style code = {FONT_CODE, TYPE, ui->theme->error}, text = {FONT_TEXT, TYPE, ui->theme->error};
    ui_text_fit(ui, columns->name, y, columns->shape - columns->name - 8 * ui->s, code, error->layer_name ? error->layer_name : error->layer_class);
    ui_text_fit(ui, columns->shape, y, columns->params - columns->shape, text, ui_say(ui, "summary.refused"));
}

static void total_draw(const Ui *ui, const Plan *plan, float y)
{
    const Rect pane = ui->app->page.summary;
    const float left = pane.x + MARGIN * ui->s, right = pane.x + pane.w - MARGIN * ui->s;
    mark_line(ui->scene, (Point){left, y}, (Point){right, y}, ui->theme->rule, 1);
    y += (PITCH / 2 + 6) * ui->s;
    ui_text(ui, left, y, ALIGN_LEFT, (Style){FONT_TEXT, 14, ui->theme->dim}, ui_say(ui, "summary.total"));
    ui_text(ui, right, y, ALIGN_RIGHT, (Style){FONT_CODE_BOLD, TYPE, ink_of(ui)}, count_text(ui->scene->arena, total_shown(ui->app, plan)));
}

void summary_draw(const App *app, Scene *scene)
{
    const Ui ui = ui_begin(app, scene);
    const Rect pane = app->page.summary;
    const Plan *plan = plan_of(app);
    if (pane.h <= 0 || !plan) return;
    const float pitch = PITCH * ui.s, scroll = fminf(app->summary_scroll, scroll_most(app)), room = rows_height(app);
    const Columns columns = columns_of(&ui, plan);
    mark_clip(scene, (Rect){pane.x, pane.y, pane.w, fmaxf(room, 0)});
    for (int i = 0; i < plan->n_layers; i++) {
        const float top = (float)i * pitch - scroll;
        if (top + pitch >= 0 && top <= room) row_draw(&ui, plan, &columns, i, pane.y + top + pitch / 2);
    }
    if (refusal_of(plan)) refusal_draw(&ui, &columns, refusal_of(plan), pane.y + (float)plan->n_layers * pitch - scroll + pitch / 2);
    mark_unclip(scene);
    const ScrollBar bar = summary_bar(app);
    if (pointing_bar(app) == DRAG_SUMMARY_BAR) scroll_bar_draw_lit(scene, ui.theme, &bar);
    else scroll_bar_draw(scene, ui.theme, &bar);
    total_draw(&ui, plan, pane.y + fminf((float)count_rows(plan) * pitch, room) + 4 * ui.s);
}

const char *summary_text(const App *app, Arena *arena)
{
    Text text = {.arena = arena};
    const Plan *plan = plan_of(app);
    if (plan) summary_print(&text, plan, &(SummaryOptions){.columns = 80});
    return text_string(&text);
}
