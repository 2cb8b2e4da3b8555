#include "app/pointing.h"

#include <math.h>
#include <string.h>

#include "app/command.h"
#include "app/inspector.h"
#include "app/summary_pane.h"

static const float CLICK_REACH = 4, ZOOM_MOST = 64, FOLD_AT = 0.6f;

/* ---- what is under it ---- */

static Pick nothing(PickType type)
{
    return (Pick){.type = type, .layer = -1, .step = -1, .tensor = -1, .k = -1, .from = -1, .weight = -1};
}

static Span layer_span(const Snapshot *snapshot, const Layer *layer)
{
    if (layer->place < 0 || layer->place >= snapshot->reading.n_places) return layer->span;
    return snapshot->reading.places[layer->place].statement;
}

static bool line_span(const App *app, int line, Span *span)
{
    const Rows *rows = &app->editor.rows;
    *span = SPAN_NONE;
    for (int i = 0; i < rows->n; i++) {
        if (rows->row[i].line != line || rows->row[i].note) continue;
        if (span->start < 0) span->start = rows->row[i].start;
        span->end = rows->row[i].end;
    }
    return span->start >= 0;
}

int pointing_layer_of_line(const App *app, int line)
{
    Span lines;
    const Snapshot *shown = app->study.shown;
    if (study_stale(&app->study) || !line_span(app, line, &lines)) return -1;
    for (int i = 0; i < shown->plan.n_rows; i++) {
        const Span span = layer_span(shown, shown->plan.layers[i].layer);
        if (span_known(span) && span.start <= lines.end && span.end > lines.start) return i;
    }
    return -1;
}

static Pick look_in_code(const App *app, Point at)
{
    Pick pick = nothing(PICK_CODE_LINE);
    pick.k = editor_line_at(&app->editor, app->page.code, at);
    pick.layer = pick.k > 0 ? pointing_layer_of_line(app, (int)pick.k) : -1;
    return pick;
}

static Pick look_in_canvas(App *app, const Scene *scene, Point at)
{
    View view;
    app_view(app, &view);
    return picture_pick_at(&view, scene, &app->frame, at);
}

static bool covered(const App *app)
{
    return app->sheet != SHEET_NONE || app->menu.kind || app->field.kind;
}

static DragKind bar_at(const App *app, Point at)
{
    const ScrollBar code = editor_bar(&app->editor, app->page.code), summary = summary_bar(app);
    if (covered(app)) return DRAG_NONE;
    return scroll_bar_holds(&code, at) ? DRAG_CODE_BAR : scroll_bar_holds(&summary, at) ? DRAG_SUMMARY_BAR : DRAG_NONE;
}

DragKind pointing_bar(const App *app)
{
    if (app->drag != DRAG_NONE) return app->drag == DRAG_CODE_BAR || app->drag == DRAG_SUMMARY_BAR ? app->drag : DRAG_NONE;
    return app->pointing ? bar_at(app, app->pointer) : DRAG_NONE;
}

static Pick look(App *app, Point at)
{
    const Scene *scene = app_scene(app);
    const int found = scene_pick_at(scene, at);
    const Pick *pick = found >= 0 ? &scene->picks[found] : NULL;
    const bool widget = pick && pick->type == PICK_WIDGET && strcmp(pick->id, "page") != 0;
    if (widget || covered(app)) return pick ? *pick : nothing(PICK_NONE);
    if (bar_at(app, at) != DRAG_NONE) return nothing(PICK_NONE);
    if (rect_holds(app->page.code, at)) return look_in_code(app, at);
    if (rect_holds(app->page.canvas, at)) return look_in_canvas(app, scene, at);
    return pick ? *pick : nothing(PICK_NONE);
}

void pointing_look(App *app, Point at)
{
    const Pick pick = look(app, at);
    if (look_same(&app->gaze.hover, &pick)) return;
    look_set(&app->gaze.hover, &pick);
    app->first_term = 0;
    app->stale = true;
}

void pointing_rest(App *app)
{
    app->pointing = false;
    look_clear(&app->gaze.hover);
}

void pointing_again(App *app)
{
    const bool stale = app->stale;
    if (!app->pointing || app->drag != DRAG_NONE || app->motion.running) return;
    pointing_look(app, app->pointer);
    app->stale |= stale;   /* looking draws the page, but does not show it */
}

/* The focus brings its line of code and its row of the summary into view. */
static void reveal(App *app, int layer)
{
    const Snapshot *shown = app->study.shown;
    if (layer < 0 || layer >= shown->plan.n_rows) return;
    const Span span = layer_span(shown, shown->plan.layers[layer].layer);
    if (!study_stale(&app->study) && span_known(span) && app->page.code.h > 0) editor_reveal(&app->editor, app->page.code, span.start);
    summary_reveal(app, layer);
}

void pointing_focus(App *app, const Pick *pick)
{
    View view;
    look_set(&app->gaze.focus, pick);
    app->first_term = 0;
    app_view(app, &view);
    app->pan = picture_pan(&view, pick);
    if (pick->variant == 0) reveal(app, pick->layer);
}

void pointing_follow(App *app, int step)
{
    View view;
    const Plan *plan = &app->study.shown->plan;
    Pick pick = nothing(step < 0 ? PICK_UNIT : PICK_LAYER);
    if (step >= 0) pick.layer = plan->steps[step].row;
    else if (plan->n_inputs) pick.tensor = plan->inputs[0], pick.k = 0;
    app_view(app, &view);
    app->pan = picture_pan(&view, &pick);
    reveal(app, pick.layer);
    app->stale = true;
}

/* ---- dragging ---- */

static DragKind edge_at(const App *app, Point at)
{
    if (rect_holds(app->page.side_edge, at)) return DRAG_SIDE;
    if (rect_holds(app->page.inspector_edge, at)) return DRAG_INSPECTOR;
    if (rect_holds(app->page.summary_edge, at)) return DRAG_SUMMARY;
    return DRAG_NONE;
}

static void drag_side(App *app, Point at)
{
    const float wanted = (at.x - app->page.all.x) / app->page.scale;
    app->settings.code_folded = wanted < 170 * FOLD_AT;
    if (!app->settings.code_folded) app->settings.code_width = wanted;
}

static void drag_inspector(App *app, Point at)
{
    const float wanted = (app->page.all.h - at.y) / app->page.scale;
    app->settings.inspector_folded = wanted < 92 * FOLD_AT;
    if (!app->settings.inspector_folded) app->settings.inspector_height = wanted;
}

static void drag_summary(App *app, Point at)
{
    const float share = 1 - (at.y - app->page.side.y) / app->page.side.h;
    app->settings.summary_share = fminf(fmaxf(share, 0.1f), 0.9f);
}

static void drag_pan(App *app, Point at)
{
    View view;
    app_view(app, &view);
    const Pick none = nothing(PICK_NONE);
    view.pan = (Point){app->drag_start.x - (at.x - app->drag_from.x), app->drag_start.y - (at.y - app->drag_from.y)};
    app->pan = picture_pan(&view, &none);
}

static void bar_hold(App *app, float y)
{
    const ScrollBar bar = app->drag == DRAG_CODE_BAR ? editor_bar(&app->editor, app->page.code) : summary_bar(app);
    app->drag_start.y = scroll_bar_grip(&bar, y);
}

static void drag_bar(App *app, float y)
{
    const ScrollBar code = editor_bar(&app->editor, app->page.code), summary = summary_bar(app);
    if (app->drag == DRAG_CODE_BAR) app->editor.scroll = scroll_bar_at(&code, app->drag_start.y, y);
    else app->summary_scroll = scroll_bar_at(&summary, app->drag_start.y, y);
}

/* The frame of what is seen, in the strip below the picture: held where it was taken, by its middle beside it. */
static void overview_hold(App *app, float x)
{
    View view;
    Overview overview;
    app_view(app, &view);
    if (!picture_overview(&view, app->gaze.hover.pick.variant, &overview)) return;
    const float grip = x - overview.seen.x;
    app->drag = DRAG_CANVAS_BAR;
    app->drag_start.x = grip >= 0 && grip <= overview.seen.w ? grip : overview.seen.w / 2;
}

static void drag_overview(App *app, float x)
{
    View view;
    Overview overview;
    const Pick none = nothing(PICK_NONE);
    app_view(app, &view);
    if (!picture_overview(&view, app->gaze.hover.pick.variant, &overview)) return;
    view.pan.x -= (x - app->drag_start.x - overview.seen.x) / overview.scale;
    app->pan = picture_pan(&view, &none);
}

static void drag_move(App *app, const Input *input)
{
    switch (app->drag) {
    case DRAG_SIDE: drag_side(app, input->at); break;
    case DRAG_INSPECTOR: drag_inspector(app, input->at); break;
    case DRAG_SUMMARY: drag_summary(app, input->at); break;
    case DRAG_PAN: drag_pan(app, input->at); break;
    case DRAG_SCRUB: inspector_scrub(app, input->at); break;
    case DRAG_EDITOR: editor_input(&app->editor, input, app->page.code, &app->platform, app->seconds); break;
    case DRAG_CODE_BAR: case DRAG_SUMMARY_BAR: drag_bar(app, input->at.y); break;
    case DRAG_CANVAS_BAR: drag_overview(app, input->at.x); break;
    case DRAG_NONE: case DRAG_CANVAS: break;
    }
}

static bool moved(const App *app, Point at)
{
    return hypotf(at.x - app->drag_from.x, at.y - app->drag_from.y) > CLICK_REACH * app->page.scale;
}

/* ---- clicking ---- */

static void click_edge(App *app, DragKind edge)
{
    if (edge == DRAG_SIDE && app->settings.code_folded) app->settings.code_folded = false;
    if (edge == DRAG_INSPECTOR && app->settings.inspector_folded) app->settings.inspector_folded = false;
}

static void click_layer(App *app, int layer)
{
    Pick pick = nothing(PICK_LAYER);
    pick.layer = layer;
    pointing_focus(app, &pick);
}

static void click(App *app)
{
    const Look hover = app->gaze.hover;
    Pick pick = hover.pick;
    pick.id = hover.pick.id ? hover.id : NULL;
    pick.label = NULL;
    switch (pick.type) {
    case PICK_WIDGET: command_run(app, pick.id); break;
    case PICK_SUMMARY_ROW: click_layer(app, pick.layer); break;
    case PICK_INSERT: look_set(&app->field.target, &pick); menu_open(app, &MENU_INSERT, pick.area); break;
    case PICK_UNIT: case PICK_LAYER: pointing_focus(app, &pick); field_open_at(app, &pick); break;
    case PICK_WIRE: case PICK_WEIGHT: case PICK_SHAPE: case PICK_ARGUMENT: field_open_at(app, &pick); break;
    case PICK_NONE: look_clear(&app->gaze.focus); break;
    case PICK_CODE_LINE: case PICK_COUNT: break;
    }
}

static void press_code(App *app, const Input *input)
{
    app->attention = ATTENTION_CODE;
    app->drag = DRAG_EDITOR;
    editor_input(&app->editor, input, app->page.code, &app->platform, app->seconds);
}

static void press_widget(App *app, const Input *input)
{
    const char *id = app->gaze.hover.id;
    if (strcmp(id, "play.scrub") == 0) app->drag = DRAG_SCRUB;
    if (strcmp(id, "canvas.scroll") == 0) overview_hold(app, input->at.x);
    drag_move(app, input);
}

static void press(App *app, const Input *input)
{
    pointing_look(app, input->at);
    app->drag_from = input->at;
    app->drag_start = app->pan;
    const Pick *hover = &app->gaze.hover.pick;
    const bool widget = hover->type == PICK_WIDGET && strcmp(hover->id, "page") != 0;
    if (widget) press_widget(app, input);
    if (widget || app->sheet != SHEET_NONE) return;
    app->drag = edge_at(app, input->at);
    if (app->drag != DRAG_NONE) return;
    app->drag = bar_at(app, input->at);
    if (app->drag != DRAG_NONE) {
        bar_hold(app, input->at.y);
        drag_bar(app, input->at.y);
        return;
    }
    if (rect_holds(app->page.code, input->at)) press_code(app, input);
    else app->attention = ATTENTION_CANVAS;
    if (rect_holds(app->page.canvas, input->at) && input->button != BUTTON_RIGHT) app->drag = DRAG_CANVAS;
}

static void release(App *app, const Input *input)
{
    const DragKind drag = app->drag;
    const bool still = !moved(app, input->at);
    app->drag = DRAG_NONE;
    if (drag == DRAG_EDITOR) editor_input(&app->editor, input, app->page.code, &app->platform, app->seconds);
    else if (drag == DRAG_SIDE || drag == DRAG_INSPECTOR) { if (still) click_edge(app, drag); }
    else if ((drag == DRAG_NONE || drag == DRAG_CANVAS) && still && input->button == BUTTON_LEFT) click(app);
}

/* ---- the wheel ---- */

static void zoom_at(App *app, Point fixed, float by)
{
    View view;
    app_view(app, &view);
    const float zoom = fminf(fmaxf(app->zoom * powf(1.15f, by), picture_zoom_least(&view)), ZOOM_MOST);
    app->pan = picture_zoom_pan(&view, fixed, zoom);
    app->zoom = zoom;
}

static void pan_by(App *app, Point by)
{
    View view;
    const Pick none = nothing(PICK_NONE);
    app_view(app, &view);
    view.pan = (Point){app->pan.x - by.x * 60, app->pan.y - by.y * 60};
    app->pan = picture_pan(&view, &none);
}

static void wheel(App *app, const Input *input)
{
    const Page *page = &app->page;
    if (app->sheet != SHEET_NONE) return;
    if (rect_holds(page->code, input->at)) editor_input(&app->editor, input, page->code, &app->platform, app->seconds);
    else if (rect_holds(page->summary, input->at)) summary_scroll(app, input->by.y);
    else if (rect_holds(page->inspector, input->at)) inspector_page(app, input->by.y < 0 ? 1 : -1);
    else if (!rect_holds(page->canvas, input->at)) return;
    else if (app->modifiers & MOD_SHIFT) pan_by(app, (Point){input->by.y, input->by.x});
    else if (input->by.x != 0) pan_by(app, (Point){input->by.x, 0});
    else zoom_at(app, input->at, input->by.y);
}

static void move(App *app, const Input *input)
{
    if (app->drag == DRAG_CANVAS && moved(app, input->at)) app->drag = DRAG_PAN;
    if (app->drag != DRAG_NONE) drag_move(app, input);
    else pointing_look(app, input->at);
}

void pointing_input(App *app, const Input *input)
{
    app->pointer = input->at;
    app->pointing = input->type != INPUT_LEAVE;
    switch (input->type) {
    case INPUT_MOVE: move(app, input); break;
    case INPUT_PRESS: press(app, input); break;
    case INPUT_RELEASE: release(app, input); break;
    case INPUT_WHEEL: wheel(app, input); break;
    case INPUT_LEAVE: look_clear(&app->gaze.hover); break;
    case INPUT_KEY: case INPUT_TEXT: case INPUT_COMPOSE: case INPUT_FOCUS: case INPUT_DROP: case INPUT_RESIZE: case INPUT_CHOSEN: case INPUT_CLOSE: break;
    }
}
