#include "app/command.h"

#include <string.h>

#include "app/bar.h"
#include "app/facts.h"
#include "app/fault_pane.h"
#include "app/filing.h"
#include "app/pointing.h"
#include "app/summary_pane.h"

static const float SCALE_STEP = 1.1f, SCALE_LEAST = 0.6f, SCALE_MOST = 3, ZOOM_STEP = 1.25f, ZOOM_MOST = 64;

/* ---- files and text ---- */

static void open_menu_file(App *app) { menu_open(app, &MENU_FILE, bar_file(app)); }
static void open_menu_model(App *app) { menu_open(app, &MENU_MODEL, bar_model(app)); }
static void open_menu_export(App *app) { menu_open(app, &MENU_EXPORT, bar_export(app)); }
static void save(App *app) { filing_save(app); }
static bool can_undo(const App *app) { return app->editor.buffer.done > 0; }
static bool can_redo(const App *app) { return app->editor.buffer.done < app->editor.buffer.n_steps; }
static bool several_models(const App *app) { return app->study.shown && app->study.shown->reading.n_models > 1; }

static void reveal_caret(App *app)
{
    app_read(app);
    app_layout(app);
    editor_reveal(&app->editor, app->page.code, app->editor.selection.caret);
}

static void undo(App *app)
{
    editor_undo(&app->editor);
    reveal_caret(app);
}

static void redo(App *app)
{
    editor_redo(&app->editor);
    reveal_caret(app);
}

static void copy(App *app)
{
    Arena arena;
    app_memory(app, &arena);
    if (app->platform.clipboard_write) app->platform.clipboard_write(app->platform.self, summary_text(app, &arena));
    app_say(app, "summary.copied", NULL);
    arena_close(&arena);
}

/* ---- the switch ---- */

static bool can_switch(const App *app)
{
    return app->study.shown && !study_stale(&app->study) && !study_faulty(&app->study) && app->study.state != FLATTEN_NOTHING;
}

static void flatten(App *app)
{
    Arena arena;
    const char *why = NULL;
    app_memory(app, &arena);
    Edits edits = {.arena = &arena};
    const bool turning = app->motion.running;
    const uint64_t version = app->editor.buffer.version;
    study_remember(&app->study);
    if (edit_flatten(&app->study.now->reading, app->study.state == FLATTEN_OFF, &edits, &why)) app_apply(app, &edits);
    if (app->editor.buffer.version == version) {
        app_say(app, why ? why : "edit.impossible", NULL);
        if (!turning) study_forget(&app->study);
    } else if (turning) motion_turn(&app->motion, app->seconds);
    else motion_begin(&app->motion, app->seconds);
    playback_stop(&app->playback);
    arena_close(&arena);
}

/* ---- views ---- */

static bool has_twin(const App *app) { return app->study.twin; }
static bool has_model(const App *app) { return app->study.shown && app->study.shown->plan.model; }
static void compare(App *app) { app->compare = !app->compare; }
static void matrix(App *app) { app->matrix = !app->matrix; }

static void next_theme(App *app)
{
    static const char *const names[] = {"light", "dark", "print"};
    int at = 0;
    while (at < 2 && strcmp(names[at], app->settings.theme) != 0) at++;
    strcpy(app->settings.theme, names[(at + 1) % 3]);
}

static void zoom_to(App *app, float zoom)
{
    View view;
    app_view(app, &view);
    const Rect canvas = app->page.canvas;
    const float least = picture_zoom_least(&view);
    zoom = zoom < least ? least : zoom > ZOOM_MOST ? ZOOM_MOST : zoom;
    app->pan = picture_zoom_pan(&view, (Point){canvas.x + canvas.w / 2, canvas.y + canvas.h / 2}, zoom);
    app->zoom = zoom;
}

static void zoom_in(App *app) { zoom_to(app, app->zoom * ZOOM_STEP); }
static void zoom_out(App *app) { zoom_to(app, app->zoom / ZOOM_STEP); }

static void zoom_fit(App *app)
{
    app->zoom = 1;
    app->pan = (Point){0, 0};
}

static void scale_to(App *app, float scale)
{
    app->settings.scale = scale < SCALE_LEAST ? SCALE_LEAST : scale > SCALE_MOST ? SCALE_MOST : scale;
}

static void larger(App *app) { scale_to(app, app->page.scale * SCALE_STEP); }
static void smaller(App *app) { scale_to(app, app->page.scale / SCALE_STEP); }
static void plain_size(App *app) { scale_to(app, 1); }
static void fold_code(App *app) { app->settings.code_folded = !app->settings.code_folded; }
static void fold_inspector(App *app) { app->settings.inspector_folded = !app->settings.inspector_folded; }

static void full_screen(App *app)
{
    if (app->platform.full_screen) app->platform.full_screen(app->platform.self);
}

static void other_pane(App *app)
{
    app->attention = app->attention == ATTENTION_CODE ? ATTENTION_CANVAS : ATTENTION_CODE;
    if (app->attention == ATTENTION_CODE) app->settings.code_folded = false;
}

/* ---- the forward pass ---- */

static bool can_play(const App *app) { return has_model(app) && app->study.shown->plan.n_steps > 0; }

/* The inspector tells of the step; what lies under a resting pointer gives way until it moves. */
static void play(App *app)
{
    playback_toggle(&app->playback, &app->study.shown->plan, app->seconds);
    pointing_rest(app);
}

static void step_by(App *app, int by)
{
    app->playback.playing = false;
    playback_step(&app->playback, &app->study.shown->plan, by);
    pointing_rest(app);
}

static void forward(App *app) { step_by(app, 1); }
static void back(App *app) { step_by(app, -1); }

/* ---- layers ---- */

static const PlanLayer *layer_in_focus(const App *app)
{
    const Pick *pick = &app->gaze.focus.pick;
    if (study_stale(&app->study) || !has_model(app) || pick->type == PICK_NONE || pick->variant > 0) return NULL;
    const Plan *plan = &app->study.shown->plan;
    return pick->layer >= 0 && pick->layer < plan->n_rows ? &plan->layers[pick->layer] : NULL;
}

static bool has_layer(const App *app) { return layer_in_focus(app); }

static void apply_or_say(App *app, const Edits *edits, bool found, const char *why)
{
    if (found) app_apply(app, edits);
    else app_say(app, why ? why : "edit.impossible", NULL);
}

static void delete_layer(App *app)
{
    Arena arena;
    const char *why = NULL;
    app_memory(app, &arena);
    Edits edits = {.arena = &arena};
    const bool found = edit_remove_layer(&app->study.now->reading, layer_in_focus(app)->layer, &edits, &why);
    apply_or_say(app, &edits, found, why);
    arena_close(&arena);
}

static void move_layer(App *app, int by)
{
    Arena arena;
    const char *why = NULL;
    app_memory(app, &arena);
    Edits edits = {.arena = &arena};
    const bool found = edit_move_layer(&app->study.now->reading, layer_in_focus(app)->layer, by, &edits, &why);
    apply_or_say(app, &edits, found, why);
    arena_close(&arena);
}

static void move_left(App *app) { move_layer(app, -1); }
static void move_right(App *app) { move_layer(app, 1); }

static bool can_insert(const App *app) { return has_model(app) && !study_stale(&app->study); }

/* Before the layer in focus, else at the end. */
static void insert_layer(App *app)
{
    const Rect canvas = app->page.canvas;
    look_set(&app->field.target, &app->gaze.focus.pick);
    menu_open(app, &MENU_INSERT, (Rect){canvas.x + canvas.w / 2 - 100, canvas.y + 90, 200, 0});
}

/* ---- sheets and fixes ---- */

static void show_keys(App *app) { app->sheet = SHEET_KEYS; }
static bool sheet_open(const App *app) { return app->sheet != SHEET_NONE; }
static bool guarding(const App *app) { return app->sheet == SHEET_GUARD; }
static bool recovering(const App *app) { return app->sheet == SHEET_RECOVER; }
static bool overtaken(const App *app) { return app->sheet == SHEET_CHANGED; }

static void sheet_cancel(App *app)
{
    if (app->sheet == SHEET_RECOVER) return;
    app->sheet = SHEET_NONE;
    app->pending = PENDING_NOTHING;
}

static void sheet_accept(App *app)
{
    if (app->sheet == SHEET_GUARD) filing_guard_save(app);
    else if (app->sheet == SHEET_RECOVER) filing_recover(app);
    else if (app->sheet == SHEET_CHANGED) filing_overwrite(app);
    else app->sheet = SHEET_NONE;
}

static bool has_fix(const App *app) { return study_faulty(&app->study); }
static void fix_1(App *app) { fault_fix(app, 0); }
static void fix_2(App *app) { fault_fix(app, 1); }
static void fix_3(App *app) { fault_fix(app, 2); }
static void fix_4(App *app) { fault_fix(app, 3); }
static void fix_5(App *app) { fault_fix(app, 4); }
static void fix_6(App *app) { fault_fix(app, 5); }

/* ---- the table ---- */

#define CTRL MOD_CTRL
#define CTRL_SHIFT (MOD_CTRL | MOD_SHIFT)

const Command COMMANDS[] = {
    {"flatten.toggle", 'f', 0, SCOPE_CANVAS, can_switch, flatten, false},
    {"compare.toggle", 'c', 0, SCOPE_CANVAS, has_twin, compare, false},
    {"matrix.toggle", 'w', 0, SCOPE_CANVAS, has_model, matrix, false},
    {"play.toggle", ' ', 0, SCOPE_CANVAS, can_play, play, false},
    {"play.next", KEY_PAGE_DOWN, 0, SCOPE_CANVAS, can_play, forward, false},
    {"play.previous", KEY_PAGE_UP, 0, SCOPE_CANVAS, can_play, back, false},
    {"theme.next", 't', 0, SCOPE_CANVAS, NULL, next_theme, false},
    {"menu.export", 'e', 0, SCOPE_CANVAS, has_model, open_menu_export, false},
    {"zoom.in", '+', 0, SCOPE_CANVAS, has_model, zoom_in, false},
    {"zoom.out", '-', 0, SCOPE_CANVAS, has_model, zoom_out, false},
    {"zoom.fit", '0', 0, SCOPE_CANVAS, has_model, zoom_fit, false},
    {"layer.insert", 'i', 0, SCOPE_CANVAS, can_insert, insert_layer, false},
    {"layer.delete", KEY_DELETE, 0, SCOPE_CANVAS, has_layer, delete_layer, false},
    {"layer.left", KEY_LEFT, MOD_ALT, SCOPE_CANVAS, has_layer, move_left, false},
    {"layer.right", KEY_RIGHT, MOD_ALT, SCOPE_CANVAS, has_layer, move_right, false},
    {"file.open", 'o', CTRL, SCOPE_ANYWHERE, NULL, filing_ask_open, false},
    {"file.save", 's', CTRL, SCOPE_ANYWHERE, NULL, save, false},
    {"file.save_as", 's', CTRL_SHIFT, SCOPE_ANYWHERE, NULL, filing_ask_save, false},
    {"file.question", 0, 0, SCOPE_ANYWHERE, NULL, filing_question, false},
    {"edit.undo", 'z', CTRL, SCOPE_ANYWHERE, can_undo, undo, false},
    {"edit.redo", 'z', CTRL_SHIFT, SCOPE_ANYWHERE, can_redo, redo, false},
    {"edit.redo", 'y', CTRL, SCOPE_ANYWHERE, can_redo, redo, true},
    {"edit.copy", 'c', CTRL, SCOPE_CANVAS, has_model, copy, false},
    {"view.other_pane", KEY_F6, 0, SCOPE_ANYWHERE, NULL, other_pane, false},
    {"view.code", 'b', CTRL, SCOPE_ANYWHERE, NULL, fold_code, false},
    {"view.inspector", 'j', CTRL, SCOPE_ANYWHERE, NULL, fold_inspector, false},
    {"view.larger", '+', CTRL, SCOPE_ANYWHERE, NULL, larger, false},
    {"view.larger", '=', CTRL, SCOPE_ANYWHERE, NULL, larger, true},
    {"view.smaller", '-', CTRL, SCOPE_ANYWHERE, NULL, smaller, false},
    {"view.plain_size", '0', CTRL, SCOPE_ANYWHERE, NULL, plain_size, false},
    {"view.full_screen", KEY_F11, 0, SCOPE_ANYWHERE, NULL, full_screen, false},
    {"program.quit", 'q', CTRL, SCOPE_ANYWHERE, NULL, filing_quit, false},
    {"help.keys", '?', 0, SCOPE_CANVAS, NULL, show_keys, false},
    {"help.keys", KEY_F1, 0, SCOPE_ANYWHERE, NULL, show_keys, true},
    {"fix.first", KEY_ENTER, MOD_ALT, SCOPE_ANYWHERE, has_fix, fix_1, false},
    {"fix.first", '1', MOD_ALT, SCOPE_ANYWHERE, has_fix, fix_1, true},
    {"fix.second", '2', MOD_ALT, SCOPE_ANYWHERE, has_fix, fix_2, true},
    {"fix.third", '3', MOD_ALT, SCOPE_ANYWHERE, has_fix, fix_3, true},
    {"fix.fourth", '4', MOD_ALT, SCOPE_ANYWHERE, has_fix, fix_4, true},
    {"fix.fifth", '5', MOD_ALT, SCOPE_ANYWHERE, has_fix, fix_5, true},
    {"fix.sixth", '6', MOD_ALT, SCOPE_ANYWHERE, has_fix, fix_6, true},
    {"menu.file", 0, 0, SCOPE_CANVAS, NULL, open_menu_file, false},
    {"menu.model", 'm', 0, SCOPE_CANVAS, several_models, open_menu_model, false},
    {"sheet.cancel", 0, 0, SCOPE_ANYWHERE, sheet_open, sheet_cancel, false},
    {"sheet.accept", 0, 0, SCOPE_ANYWHERE, sheet_open, sheet_accept, false},
    {"guard.save", 0, 0, SCOPE_ANYWHERE, guarding, filing_guard_save, false},
    {"guard.discard", 0, 0, SCOPE_ANYWHERE, guarding, filing_guard_discard, false},
    {"disk.overwrite", 0, 0, SCOPE_ANYWHERE, overtaken, filing_overwrite, false},
    {"disk.load", 0, 0, SCOPE_ANYWHERE, overtaken, filing_load, false},
    {"recover.take", 0, 0, SCOPE_ANYWHERE, recovering, filing_recover, false},
    {"recover.drop", 0, 0, SCOPE_ANYWHERE, recovering, filing_forget, false},
};
const int COMMAND_COUNT = sizeof COMMANDS / sizeof *COMMANDS;

const Command *command_find(const char *id)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(COMMANDS[i].id, id) == 0) return &COMMANDS[i];
    return NULL;
}

bool command_can(const App *app, const Command *command)
{
    return !command->can || command->can(app);
}

void command_run(App *app, const char *id)
{
    const Command *command = command_find(id);
    if (!command || !command_can(app, command)) return;
    command->run(app);
    app->stale = true;
}

/* A character that needs Shift on this keyboard ('?', '+') counts without it. */
static unsigned modifiers_of(const Input *input)
{
    const bool letter = (input->key >= 'a' && input->key <= 'z') || input->key >= KEY_LEFT || input->key == ' ';
    return letter ? input->modifiers : input->modifiers & ~(unsigned)MOD_SHIFT;
}

const Command *command_of_key(const App *app, const Input *input)
{
    for (int i = 0; i < COMMAND_COUNT; i++) {
        const Command *command = &COMMANDS[i];
        if (!command->key || command->key != input->key || command->modifiers != modifiers_of(input)) continue;
        if (command->scope == SCOPE_CANVAS && app->attention == ATTENTION_CODE) continue;
        if (command_can(app, command)) return command;
    }
    return NULL;
}

static const char *key_name(int key, Arena *arena)
{
    static const struct { int key; const char *name; } names[] = {
        {KEY_LEFT, "←"}, {KEY_RIGHT, "→"}, {KEY_PAGE_UP, "PageUp"}, {KEY_PAGE_DOWN, "PageDown"}, {KEY_DELETE, "Delete"}, {KEY_ENTER, "Enter"},
        {KEY_F1, "F1"}, {KEY_F6, "F6"}, {KEY_F11, "F11"}, {' ', "Space"}, {'-', "−"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].key == key) return names[i].name;
    return arena_print(arena, "%c", key >= 'a' && key <= 'z' ? key - 'a' + 'A' : key);
}

const char *command_keys(const Command *command, Arena *arena)
{
    if (!command->key) return "";
    return arena_print(arena, "%s%s%s%s", command->modifiers & MOD_CTRL ? "Ctrl+" : "", command->modifiers & MOD_ALT ? "Alt+" : "",
                       command->modifiers & MOD_SHIFT ? "Shift+" : "", key_name(command->key, arena));
}
