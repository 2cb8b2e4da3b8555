/* Where an input goes: to what covers the page, to the open field or menu, to a command's key, to the pane. */
#include <math.h>
#include <string.h>

#include "app/app.h"
#include "app/command.h"
#include "app/disk.h"
#include "app/filing.h"
#include "app/inspector.h"
#include "app/pointing.h"
#include "app/sheet.h"

/* ---- keys ---- */

/* What lies under a resting pointer gives way until it moves again. */
static void focus_by_key(App *app, const Pick *pick)
{
    pointing_focus(app, pick);
    pointing_rest(app);
}

static void focus_step(App *app, int dx, int dy)
{
    View view;
    app_view(app, &view);
    const Pick next = picture_focus_move(&view, app->gaze.focus.pick, dx, dy);
    if (next.type != PICK_NONE) focus_by_key(app, &next);
}

static void focus_layer(App *app, int by)
{
    View view;
    app_view(app, &view);
    const Pick next = picture_focus_layer(&view, app->gaze.focus.pick, by);
    if (next.type != PICK_NONE) focus_by_key(app, &next);
}

static bool steps_playback(const App *app, int key)
{
    return app->playback.progress >= 0 && (key == KEY_LEFT || key == KEY_RIGHT);
}

static void escape(App *app)
{
    if (app->attention == ATTENTION_CODE) app->attention = ATTENTION_CANVAS;
    else if (app->playback.progress >= 0) playback_stop(&app->playback);
    else look_clear(&app->gaze.focus);
}

static void canvas_key(App *app, const Input *input)
{
    if (steps_playback(app, input->key)) {
        command_run(app, input->key == KEY_LEFT ? "play.previous" : "play.next");
        return;
    }
    switch (input->key) {
    case KEY_LEFT: focus_step(app, -1, 0); break;
    case KEY_RIGHT: focus_step(app, 1, 0); break;
    case KEY_UP: focus_step(app, 0, -1); break;
    case KEY_DOWN: focus_step(app, 0, 1); break;
    case KEY_TAB: focus_layer(app, input->modifiers & MOD_SHIFT ? -1 : 1); break;
    case KEY_ENTER: field_open_at(app, &app->gaze.focus.pick); break;
    case '[': inspector_page(app, -1); break;
    case ']': inspector_page(app, 1); break;
    }
}

static bool code_input(App *app, const Input *input)
{
    if (app->attention != ATTENTION_CODE) return false;
    const bool taken = editor_input(&app->editor, input, app->page.code, &app->platform, app->seconds);
    if (taken && app->page.code.h > 0) {
        app_read(app);
        app_layout(app);
        editor_reveal(&app->editor, app->page.code, app->editor.selection.caret);
    }
    return taken;
}

static void key(App *app, const Input *input)
{
    const Command *command = command_of_key(app, input);
    if (input->key != KEY_OTHER) app->notice[0] = 0;   /* Ctrl let go after Ctrl+S */
    if (command) command->run(app);
    else if (input->key == KEY_ESCAPE) escape(app);
    else if (!code_input(app, input) && app->attention == ATTENTION_CANVAS && !(input->modifiers & (MOD_CTRL | MOD_ALT))) canvas_key(app, input);
}

/* ---- sheets ---- */

static bool is_pointer(InputType type)
{
    return type == INPUT_MOVE || type == INPUT_PRESS || type == INPUT_RELEASE || type == INPUT_WHEEL || type == INPUT_LEAVE;
}

static void sheet_input(App *app, const Input *input)
{
    const char *button = input->type == INPUT_KEY && !(input->modifiers & (MOD_CTRL | MOD_ALT)) ? sheet_button(app, input->key) : NULL;
    if (button) command_run(app, button);
    else if (input->type == INPUT_KEY && input->key == KEY_ESCAPE) command_run(app, "sheet.cancel");
    else if (input->type == INPUT_KEY && input->key == KEY_ENTER) command_run(app, "sheet.accept");
    else if (input->type == INPUT_KEY && input->key == '?') command_run(app, "sheet.cancel");
    else if (is_pointer(input->type)) pointing_input(app, input);
}

/* ---- all of it ---- */

static void modifiers_note(App *app, const Input *input)
{
    if (input->type != INPUT_KEY && input->type != INPUT_MOVE && input->type != INPUT_PRESS) return;
    app->modifiers = input->modifiers;
    app->gaze.outgoing = input->modifiers & MOD_SHIFT && app->attention == ATTENTION_CANVAS && !app->field.kind;
}

void app_input(App *app, const Input *input)
{
    modifiers_note(app, input);
    switch (input->type) {
    case INPUT_RESIZE: app->size = input->by; return;
    case INPUT_CLOSE: filing_quit(app); return;
    case INPUT_FOCUS: disk_look(app); return;
    case INPUT_DROP: filing_open(app, input->text); return;
    case INPUT_CHOSEN: filing_chosen(app, input->text); return;
    case INPUT_KEY: case INPUT_TEXT: case INPUT_COMPOSE: case INPUT_MOVE: case INPUT_PRESS: case INPUT_RELEASE: case INPUT_WHEEL: case INPUT_LEAVE: break;
    }
    if (app->sheet != SHEET_NONE) sheet_input(app, input);
    else if (app->menu.kind && menu_input(app, input)) return;
    else if (app->field.kind && field_input(app, input)) return;
    else if (is_pointer(input->type)) pointing_input(app, input);
    else if (input->type == INPUT_KEY) key(app, input);
    else code_input(app, input);
}
