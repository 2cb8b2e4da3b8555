#include "app/field.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/ui.h"

static const float WIDE = 640, NARROW = 96, DRAG_POINTS = 6;

void field_open(App *app, const FieldKind *kind, const Pick *target, Rect around, const char *text)
{
    const Look kept = app->field.target;
    field_close(app);
    app->field = (Field){.kind = kind, .around = around, .target = kept};
    if (target) look_set(&app->field.target, target);
    editor_open(&app->field.line, app->arena.escape, text, strlen(text));
    app->field.line.bare = true;
    if (kind->wide) app->field.line.selection = (Selection){(int)strlen(text), (int)strlen(text)};   /* a name follows the folder */
    else editor_select_all(&app->field.line);
    field_layout(app);
}

void field_close(App *app)
{
    if (!app->field.kind) return;
    editor_close(&app->field.line);
    app->field.kind = NULL;
    app->stale = true;
}

/* ---- values ---- */

static void take_back(App *app)
{
    if (!app->field.changed) return;
    editor_undo(&app->editor);
    app->field.changed = false;
    app_read(app);
}

/* A further value replaces the one before, so that one undo takes back the whole edit. */
static bool accept(App *app, const char *text)
{
    const FieldKind *kind = app->field.kind;
    Arena arena;
    app_memory(app, &arena);
    const char *copy = arena_copy(&arena, text, strlen(text));
    take_back(app);
    app->field.fault[0] = 0;
    const uint64_t version = app->editor.buffer.version;
    const bool done = kind->accept(app, copy);
    app->field.changed = done && app->field.kind && app->editor.buffer.version != version;
    arena_close(&arena);
    return done;
}

static void number_put(App *app, double value)
{
    char text[64];
    snprintf(text, sizeof text, "%.6g", value);
    Editor *line = &app->field.line;
    editor_select_all(line);
    editor_insert(line, text, app->seconds);
    editor_select_all(line);
    accept(app, text);
    field_layout(app);
}

static bool number_of(const App *app, double *value)
{
    char *end;
    *value = strtod(app->field.line.buffer.text, &end);
    return app->field.kind->number && end != app->field.line.buffer.text;
}

static double step_of(const App *app, double value)
{
    const bool whole = floor(value) == value && (app->field.kind == &FIELD_ARGUMENT || app->field.kind == &FIELD_DIMENSION || app->field.kind == &FIELD_INPUT);
    return (whole ? 1 : 0.1) * (app->modifiers & MOD_SHIFT ? 10 : 1);
}

static bool step(App *app, int by)
{
    double value;
    if (!number_of(app, &value)) return false;
    number_put(app, value + by * step_of(app, value));
    return true;
}

/* ---- inputs ---- */

static void finish(App *app)
{
    const FieldKind *kind = app->field.kind;
    if (accept(app, app->field.line.buffer.text) && app->field.kind == kind) field_close(app);
}

static void give_up(App *app)
{
    take_back(app);
    if (app->field.kind->wide) app->pending = PENDING_NOTHING;
    field_close(app);
}

static void one_line(Editor *line)
{
    char *newline = strpbrk(line->buffer.text, "\r\n");
    Selection end = {(int)line->buffer.length, (int)line->buffer.length};
    if (newline) buffer_replace(&line->buffer, (int)(newline - line->buffer.text), (int)line->buffer.length, "", 0, &end);
    if (newline) line->selection = end;
}

static void key(App *app, const Input *input)
{
    switch (input->key) {
    case KEY_ENTER: finish(app); return;
    case KEY_ESCAPE: give_up(app); return;
    case KEY_TAB: finish(app); return;
    case KEY_UP: if (step(app, 1)) return; break;
    case KEY_DOWN: if (step(app, -1)) return; break;
    }
    Editor *line = &app->field.line;
    if (input->modifiers & MOD_CTRL && input->key == 'z') editor_undo(line);
    else editor_input(line, input, app->field.area, &app->platform, app->seconds);
}

static Rect box_of(const App *app)
{
    return rect_inset(app->field.area, -4 * app->page.scale, -2 * app->page.scale);
}

static void press(App *app, const Input *input)
{
    Field *field = &app->field;
    if (!rect_holds(box_of(app), input->at)) {
        const FieldKind *kind = field->kind;
        if (kind->wide) give_up(app);
        else if (!accept(app, field->line.buffer.text)) give_up(app);
        else if (field->kind == kind) field_close(app);
        return;
    }
    field->pressed = true;
    field->dragged = false;
    field->pressed_at = input->at;
    number_of(app, &field->pressed_value);
    editor_input(&field->line, input, field->area, &app->platform, app->seconds);
}

static void move(App *app, const Input *input)
{
    Field *field = &app->field;
    double value;
    const float rise = field->pressed_at.y - input->at.y;
    if (!field->pressed) return;
    if (fabsf(rise) > DRAG_POINTS && number_of(app, &value)) field->dragged = true;
    if (!field->dragged) {
        editor_input(&field->line, input, field->area, &app->platform, app->seconds);
        return;
    }
    const double stepped = field->pressed_value + floor((double)(rise / DRAG_POINTS)) * step_of(app, field->pressed_value);
    if (number_of(app, &value) && value != stepped) number_put(app, stepped);
}

bool field_input(App *app, const Input *input)
{
    app->pointer = input->type == INPUT_MOVE || input->type == INPUT_PRESS ? input->at : app->pointer;
    switch (input->type) {
    case INPUT_KEY: key(app, input); break;
    case INPUT_TEXT: case INPUT_COMPOSE: editor_input(&app->field.line, input, app->field.area, &app->platform, app->seconds); break;
    case INPUT_PRESS: press(app, input); break;
    case INPUT_MOVE: move(app, input); break;
    case INPUT_RELEASE: app->field.pressed = false; break;
    case INPUT_WHEEL: case INPUT_LEAVE: case INPUT_FOCUS: case INPUT_DROP: case INPUT_RESIZE: case INPUT_CHOSEN: case INPUT_CLOSE: return false;
    }
    if (app->field.kind) one_line(&app->field.line);
    return true;
}

/* ---- on the page ---- */

static Rect place_wide(const App *app)
{
    const Rect all = app->page.all;
    const float s = app->page.scale, w = fminf(WIDE * s, all.w - 60 * s);
    return (Rect){all.x + (all.w - w) / 2, all.y + 150 * s, w, 0};
}

static Rect place_near(const App *app)
{
    const Rect around = app->field.around, all = app->page.all;
    const float s = app->page.scale;
    const float text = measure_width(&app->measure, FONT_CODE, EDITOR_SIZE * s, app->field.line.buffer.text) + 26 * s;
    const float w = fminf(fmaxf(fmaxf(NARROW * s, around.w), text), 480 * s);
    float x = around.x + around.w / 2 - w / 2;
    x = fmaxf(fminf(x, all.x + all.w - w - 8 * s), all.x + 8 * s);
    return (Rect){x, around.y + around.h / 2 - EDITOR_PITCH * s / 2, w, 0};
}

void field_layout(App *app)
{
    Field *field = &app->field;
    if (!field->kind) return;
    field->area = field->kind->wide ? place_wide(app) : place_near(app);
    editor_layout(&field->line, &app->measure, field->area, app->page.scale, NULL, -1);
    field->area.h = editor_height(&field->line);
}

void field_draw(const App *app, Scene *scene)
{
    const Field *field = &app->field;
    if (!field->kind) return;
    const Ui ui = ui_begin(app, scene);
    const Rect box = box_of(app);
    const EditorLook look = {.theme = ui.theme, .focused = true};
    if (field->kind->wide) {
        const Rect frame = {box.x - 20 * ui.s, box.y - 52 * ui.s, box.w + 40 * ui.s, box.h + 76 * ui.s};
        ui_ground(&ui, frame, (Colour){0});
        mark_box(scene, frame, 10 * ui.s, ui.theme->panel, ui.theme->rule, 1);
        ui_text(&ui, box.x, box.y - 24 * ui.s, ALIGN_LEFT, (Style){FONT_TEXT_BOLD, 15, ui.theme->ink}, ui_say(&ui, field->kind->label));
    }
    mark_box(scene, box, 5 * ui.s, ui.theme->panel, field->fault[0] ? ui.theme->error : ui.theme->accent, 1.5f);
    editor_draw(&field->line, scene, field->area, &look);
    if (!field->fault[0]) return;
    const float w = ui_width(&ui, FONT_TEXT, 13, field->fault) + 20 * ui.s;
    const Rect below = {box.x, box.y + box.h + 4 * ui.s, w, 26 * ui.s};
    mark_box(scene, below, 5 * ui.s, ui.theme->panel, ui.theme->error, 1);
    ui_text(&ui, below.x + 10 * ui.s, below.y + below.h / 2, ALIGN_LEFT, (Style){FONT_TEXT, 13, ui.theme->error}, field->fault);
}
