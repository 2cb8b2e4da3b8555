#include "app/app.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/filing.h"
#include "app/inspector.h"
#include "app/pointing.h"
#include "app/summary_pane.h"

static const double SETTLE_SECONDS = 1.2, NOTICE_SECONDS = 4;

/* ---- opening and closing ---- */

void app_memory(const App *app, Arena *arena)
{
    arena_open(arena, 0);
    arena->escape = app->arena.escape;
}

void app_open(App *app, const AppOptions *options, const Document *document)
{
    *app = (App){.resources = options->resources, .strings = options->strings, .measure = options->measure, .platform = options->platform,
                 .settings = *options->settings, .kept = options->kept, .panels = options->panels,
                 .size = options->size, .zoom = 1, .seconds = options->seconds, .stale = true, .autosave.due = -1};
    arena_open(&app->arena, 0);
    app->arena.escape = app->study.escape = options->escape;
    app_memory(app, &app->frame);
    look_clear(&app->gaze.hover);
    look_clear(&app->gaze.focus);
    playback_stop(&app->playback);
    editor_open(&app->editor, options->escape, "", 0);
    if (options->model) snprintf(app->model, sizeof app->model, "%s", options->model);
    filing_show(app, document);
}

bool app_rescue(App *app)
{
    arena_close(&app->frame);
    arena_close(&app->editor.layout);
    study_close(&app->study);
    app->rescued = !app->kept || autosave_now(&app->autosave, &app->editor.buffer, app->path);
    return app->rescued;
}

void app_close(App *app)
{
    if (app->kept && !app->rescued) autosave_clear(&app->autosave);
    field_close(app);
    editor_close(&app->editor);
    study_close(&app->study);
    arena_close(&app->frame);
    arena_close(&app->arena);
}

/* ---- the text and what follows from it ---- */

static const char *result_of(const App *app, Arena *arena)
{
    const Snapshot *now = app->study.now;
    if (!snapshot_good(now) || !span_known(now->reading.print_shape) || !now->plan.n_outputs) return NULL;
    return shape_text(arena, &now->plan.tensors[now->plan.outputs[0]].shape);
}

static int result_place(const App *app)
{
    const Span span = app->study.now->reading.print_shape;
    return span.end > span.start ? span.end - 1 : span.start;
}

static Rect editor_area(const App *app)
{
    return app->page.code;
}

/* Where not all rows fit, whole ones: none is cut in two. */
static void trim_code(App *app)
{
    const float pitch = EDITOR_PITCH * app->page.scale, all = editor_height(&app->editor);
    Rect *code = &app->page.code;
    if (code->h > pitch && all > code->h) code->h = floorf(code->h / pitch + 0.01f) * pitch;
}

/* Rows first need a width, the page's heights need the rows: one more round when the number of rows changed. */
void app_layout(App *app)
{
    Arena scratch;
    app_memory(app, &scratch);
    const Rect all = {0, 0, app->size.x, app->size.y};
    const float scale = page_scale(all, &app->settings);
    const char *note = result_of(app, &scratch);
    for (int round = 0; round < 2; round++) {
        page_layout(&app->page, all, app->panels, &app->settings, editor_height(&app->editor) + 8 * scale, summary_height(app, scale));
        trim_code(app);
        editor_layout(&app->editor, &app->measure, editor_area(app), scale, note, note ? result_place(app) : -1);
    }
    field_layout(app);
    arena_close(&scratch);
}

/* Names inside nested models may come again: the row before is the likely one. */
static int row_of_name(const Plan *plan, const char *layer, int likely)
{
    if (likely < plan->n_rows && strcmp(plan->layers[likely].layer->name, layer) == 0) return likely;
    for (int row = 0; row < plan->n_rows; row++)
        if (strcmp(plan->layers[row].layer->name, layer) == 0) return row;
    return -1;
}

/* The focus on the same unit or layer of the new model, by name; nothing where it is gone. */
static void focus_carry(App *app, const char *layer, Pick old)
{
    const Plan *plan = &app->study.shown->plan;
    const int row = layer ? row_of_name(plan, layer, old.layer) : -1;
    Pick pick = old;
    look_clear(&app->gaze.hover);
    look_clear(&app->gaze.focus);
    if (old.type == PICK_NONE || (layer && row < 0)) return;
    View view;
    app_view(app, &view);
    pick.layer = row;
    if (pick.type == PICK_LAYER && row >= 0) look_set(&app->gaze.focus, &pick);
    if (pick.type != PICK_UNIT) return;
    int tensor = plan->n_inputs ? plan->inputs[0] : -1, step = -1;
    for (int s = 0; layer && s < plan->n_steps; s++)
        if (plan->steps[s].row == row) tensor = plan->steps[s].first, step = s;
    if (tensor < 0 || old.k >= shape_size(&plan->tensors[tensor].shape)) return;
    pick.tensor = tensor;
    pick.step = step;
    look_set(&app->gaze.focus, &pick);
}

void app_read(App *app)
{
    if (app->study.now && app->read_version == app->editor.buffer.version) return;
    const Snapshot *old = app->study.shown;
    const Pick focus = app->gaze.focus.pick;
    char layer[128] = "";
    if (old && focus.layer >= 0 && focus.layer < old->plan.n_rows)
        snprintf(layer, sizeof layer, "%s", old->plan.layers[focus.layer].layer->name);
    const ReadOptions how = {.model = app->model[0] ? app->model : NULL, .folder = app->folder};
    study_read(&app->study, app->editor.buffer.text, app->editor.buffer.length, &how);
    app->read_version = app->editor.buffer.version;
    app->changed_at = app->seconds;
    app->first_term = 0;
    if (app->study.shown != old) focus_carry(app, layer[0] ? layer : NULL, focus);
}

void app_apply(App *app, const Edits *edits)
{
    const uint64_t version = app->editor.buffer.version;
    editor_apply(&app->editor, edits);
    app_read(app);
    app_layout(app);
    if (edits->n && app->editor.buffer.version != version) editor_reveal(&app->editor, editor_area(app), edits->edit[0].span.start);
}

/* ---- what is shown ---- */

const Theme *app_theme(const App *app)
{
    const Theme *theme = theme_find(app->settings.theme);
    return theme ? theme : &THEME_LIGHT;
}

static const char *say(void *strings, const char *id)
{
    return strings_say(strings, id);
}

const Snapshot *app_variant(const App *app, int variant)
{
    return variant == 0 ? app->study.shown : app->compare ? app->study.twin : NULL;
}

static Variant variant_of(const Snapshot *snapshot)
{
    if (!snapshot || !snapshot->plan.model) return (Variant){0};
    return (Variant){.plan = &snapshot->plan, .run = snapshot->run.plan ? &snapshot->run : NULL};
}

void app_view(const App *app, View *view)
{
    const Study *study = &app->study;
    static const Pick nothing = {.type = PICK_NONE, .layer = -1, .step = -1, .tensor = -1, .k = -1, .from = -1, .weight = -1};
    *view = (View){
        .area = app->page.canvas, .theme = app_theme(app), .measure = &app->measure, .scale = app->page.scale,
        .zoom = app->zoom, .pan = app->pan, .now = variant_of(study->shown),
        .before = app->motion.running ? variant_of(study->before) : (Variant){0},
        .t = motion_progress(&app->motion, app->seconds), .reduced_motion = app->settings.reduced_motion,
        .other = app->compare ? variant_of(study->twin) : (Variant){0}, .extent = study->extent,
        .hover = app->gaze.hover.pick, .focus = app->playback.progress < 0 && !study_stale(study) ? app->gaze.focus.pick : nothing, .outgoing = app->gaze.outgoing,
        .matrix = app->matrix, .matrix_step = -1, .progress = app->playback.progress,
        .faulty = study_faulty(study) && !study->now->failed && study->now->reading.error.set, .dimmed = study_stale(study), .editable = !study_stale(study) && !app->printed, .say = say, .strings = (void *)(uintptr_t)app->strings};
}

const char *app_fill(const App *app, Arena *arena, const char *id, ...)
{
    const char *values[10];
    int n = 0;
    va_list list;
    va_start(list, id);
    for (const char *value; n < 10 && (value = va_arg(list, const char *));) values[n++] = value;
    va_end(list);
    return strings_fill_values(app->strings, arena, id, values, n);
}

void app_say(App *app, const char *id, ...)
{
    const char *values[10];
    int n = 0;
    va_list list;
    va_start(list, id);
    for (const char *value; n < 10 && (value = va_arg(list, const char *));) values[n++] = value;
    va_end(list);
    Arena scratch;
    app_memory(app, &scratch);
    snprintf(app->notice, sizeof app->notice, "%s", strings_fill_values(app->strings, &scratch, id, values, n));
    app->notice_until = app->seconds + NOTICE_SECONDS;
    app->stale = true;
    arena_close(&scratch);
}

const char *app_title(const App *app, Arena *arena)
{
    return arena_print(arena, "%s%s - shapeflow", buffer_dirty(&app->editor.buffer) ? "* " : "", app->name);
}

bool app_typing(const App *app, Rect *caret)
{
    if (app->sheet != SHEET_NONE || (app->menu.kind && !app->field.kind)) return false;
    if (app->field.kind) *caret = editor_caret(&app->field.line, app->field.area);
    else if (app->attention == ATTENTION_CODE) *caret = editor_caret(&app->editor, editor_area(app));
    else return false;
    return true;
}

Cursor app_cursor(const App *app)
{
    const Page *page = &app->page;
    const Pick *hover = &app->gaze.hover.pick;
    if (app->drag == DRAG_PAN) return CURSOR_MOVE;
    if (app->drag == DRAG_SIDE || rect_holds(page->side_edge, app->pointer)) return CURSOR_SIZE_X;
    if (app->drag == DRAG_INSPECTOR || app->drag == DRAG_SUMMARY) return CURSOR_SIZE_Y;
    if (rect_holds(page->inspector_edge, app->pointer) || rect_holds(page->summary_edge, app->pointer)) return CURSOR_SIZE_Y;
    if (hover->type == PICK_WIDGET) return hover->id && strcmp(hover->id, "page") == 0 ? CURSOR_ARROW : CURSOR_HAND;
    if (pointing_bar(app) != DRAG_NONE) return CURSOR_ARROW;
    if (rect_holds(editor_area(app), app->pointer)) return CURSOR_TEXT;
    if (hover->type == PICK_SHAPE || hover->type == PICK_ARGUMENT || hover->type == PICK_INSERT || hover->type == PICK_SUMMARY_ROW) return CURSOR_HAND;
    return CURSOR_ARROW;
}

/* ---- the passing of time ---- */

/* The step being computed is seen, wherever in the picture it stands. */
static void follow(App *app)
{
    const Snapshot *shown = app->study.shown;
    const bool steps = shown && app->playback.progress >= 0;
    const int at = steps ? playback_at(&app->playback, &shown->plan) : -1;
    if (steps && at != app->followed) pointing_follow(app, at);
    app->followed = steps ? at : -2;
}

static void tick(App *app)
{
    const bool moving = app->motion.running;
    if (moving) app->stale = true;
    if (!motion_tick(&app->motion, app->seconds) && moving) study_forget(&app->study);
    if (app->study.shown && playback_tick(&app->playback, &app->study.shown->plan, app->seconds)) app->stale = true;
    follow(app);
    if (app->notice[0] && app->seconds >= app->notice_until) app->notice[0] = 0, app->stale = true;
    if (study_unsettled(&app->study) && app->seconds >= app->changed_at + SETTLE_SECONDS) {
        study_settle(&app->study);
        look_clear(&app->gaze.hover);
        look_clear(&app->gaze.focus);
        app->stale = true;
    }
    if (app->kept) autosave_tick(&app->autosave, &app->editor.buffer, app->path, app->seconds);
}

static double sooner(double wait, double until)
{
    const double left = until > 0.001 ? until : 0.001;
    return wait < 0 || left < wait ? left : wait;
}

double app_wait(const App *app)
{
    double wait = -1;
    if (app->stale || app->motion.running) return 0;
    if (app->playback.playing) wait = sooner(wait, app->playback.next_at - app->seconds);
    if (app->notice[0]) wait = sooner(wait, app->notice_until - app->seconds);
    if (study_unsettled(&app->study)) wait = sooner(wait, app->changed_at + SETTLE_SECONDS - app->seconds);
    if (app->kept && app->autosave.due >= 0) wait = sooner(wait, app->autosave.due - app->seconds);
    return wait;
}

void app_update(App *app, const Input *input, double seconds)
{
    const bool moving = app->motion.running;
    app->seconds = seconds;
    if (input) {
        app_input(app, input);
        app->stale = true;
    }
    app_read(app);
    tick(app);
    app_layout(app);
    if ((input && input->type != INPUT_MOVE) || moving) pointing_again(app);
}

const Scene *app_scene(App *app)
{
    if (!app->stale) return &app->scene;
    View view;
    app_view(app, &view);
    kept_draw(&app->kept_scene, &app->scene, &app->frame, app->page.all, &view, app->study.version);
    app_draw_panes(app, &app->scene);
    app->stale = false;
    return &app->scene;
}
