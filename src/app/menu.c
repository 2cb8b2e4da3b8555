#include "app/menu.h"

#include <ctype.h>
#include <string.h>

#include "app/command.h"
#include "app/field.h"
#include "app/files.h"
#include "app/filing.h"
#include "app/pointing.h"
#include "app/ui.h"

static const float ROW = 30, RULE = 11, PADDING = 6;

static const char *const ITEM_IDS[MENU_ITEMS] = {
    "item.0", "item.1", "item.2", "item.3", "item.4", "item.5", "item.6", "item.7", "item.8", "item.9", "item.10", "item.11", "item.12", "item.13", "item.14", "item.15",
    "item.16", "item.17", "item.18", "item.19", "item.20", "item.21", "item.22", "item.23", "item.24", "item.25", "item.26", "item.27", "item.28", "item.29", "item.30", "item.31"};

/* ---- what they offer ---- */

static MenuItem item_of_command(const App *app, Arena *arena, const char *id)
{
    const Command *command = command_find(id);
    return (MenuItem){.label = strings_say(app->strings, id), .keys = command_keys(command, arena), .value = id, .dimmed = !command_can(app, command)};
}

static int file_items(const App *app, Arena *arena, MenuItem *items, int cap)
{
    static const char *const ids[] = {"file.open", "file.save", "file.save_as", "file.question", "edit.undo", "edit.redo", "layer.insert", "help.keys"};
    int n = 0;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) items[n++] = item_of_command(app, arena, ids[i]);
    if (app->settings.recent[0][0]) items[n++] = (MenuItem){.label = ""};
    for (int i = 0; i < RECENT_MAX && app->settings.recent[i][0] && n < cap; i++)
        items[n++] = (MenuItem){.label = app->settings.recent[i], .value = app->settings.recent[i]};
    return n;
}

static void file_choose(App *app, const char *value)
{
    if (command_find(value)) command_run(app, value);
    else filing_open(app, value);
}

static int model_items(const App *app, Arena *arena, MenuItem *items, int cap)
{
    (void)arena;
    const Reading *reading = &app->study.shown->reading;
    int n = 0;
    for (int i = 0; i < reading->n_models && n < cap; i++)
        items[n++] = (MenuItem){.label = reading->models[i].variable, .value = reading->models[i].variable, .ticked = i == reading->shown};
    return n;
}

static void model_choose(App *app, const char *value)
{
    filing_show_model(app, value);
}

static int export_items(const App *app, Arena *arena, MenuItem *items, int cap)
{
    static const char *const suffixes[] = {".svg", ".pdf", ".png", ".txt"};
    static const char *const ids[] = {"export.svg", "export.pdf", "export.png", "export.txt"};
    (void)arena, (void)cap;
    for (int i = 0; i < 4; i++) items[i] = (MenuItem){.label = strings_say(app->strings, ids[i]), .value = suffixes[i]};
    return 4;
}

static void export_choose(App *app, const char *value)
{
    filing_ask_export(app, value);
}

static int insert_items(const App *app, Arena *arena, MenuItem *items, int cap)
{
    static const char *const layers[] = {"Dense(4)", "Dense(16, activation='relu')", "Activation('relu')", "Flatten()", "Reshape((-1,))", "Dropout(0.5)", "Softmax()"};
    int n = 0;
    (void)arena;
    for (size_t i = 0; i < sizeof layers / sizeof *layers && n < cap - 1; i++) items[n++] = (MenuItem){.label = layers[i], .value = layers[i]};
    items[n++] = (MenuItem){.label = strings_say(app->strings, "insert.other"), .value = ""};
    return n;
}

static void insert_choose(App *app, const char *value)
{
    const Look target = app->field.target;
    if (*value) FIELD_INSERT.accept(app, value);
    else field_open(app, &FIELD_INSERT, &target.pick, app->menu.under, "");
}

const MenuKind MENU_FILE = {file_items, file_choose}, MENU_MODEL = {model_items, model_choose}, MENU_EXPORT = {export_items, export_choose},
               MENU_INSERT = {insert_items, insert_choose};

/* ---- opening, choosing ---- */

void menu_close(App *app)
{
    app->menu.kind = NULL;
}

static int items_of(const App *app, Arena *arena, MenuItem *items)
{
    return app->menu.kind->items(app, arena, items, MENU_ITEMS);
}

static void choose(App *app, int index)
{
    MenuItem items[MENU_ITEMS];
    Arena arena;
    app_memory(app, &arena);
    const MenuKind *kind = app->menu.kind;
    const int n = items_of(app, &arena, items);
    if (index >= 0 && index < n && !items[index].dimmed && items[index].value) {
        menu_close(app);
        kind->choose(app, arena_copy(&arena, items[index].value, strlen(items[index].value)));
    }
    arena_close(&arena);
}

static void step(App *app, int by)
{
    MenuItem items[MENU_ITEMS];
    Arena arena;
    app_memory(app, &arena);
    const int n = items_of(app, &arena, items);
    int at = app->menu.at;
    for (int tries = 0; tries < n; tries++) {
        at = at < 0 ? (by > 0 ? 0 : n - 1) : (at + by + n) % n;
        if (!items[at].dimmed && items[at].value) break;
    }
    app->menu.at = at;
    arena_close(&arena);
}

static int ticked(const App *app)
{
    MenuItem items[MENU_ITEMS];
    Arena arena;
    app_memory(app, &arena);
    int at = items_of(app, &arena, items) - 1;
    while (at >= 0 && !items[at].ticked) at--;
    arena_close(&arena);
    return at;
}

void menu_open(App *app, const MenuKind *kind, Rect under)
{
    app->menu = (Menu){.kind = kind, .under = under, .at = -1};
    app->menu.at = ticked(app);
    if (app->menu.at < 0) step(app, 1);
}

/* The next item that begins with the letter. */
static void step_to(App *app, int letter)
{
    MenuItem items[MENU_ITEMS];
    Arena arena;
    app_memory(app, &arena);
    const int n = items_of(app, &arena, items);
    for (int by = 1; by <= n; by++) {
        const int at = (app->menu.at + by) % n;
        if (items[at].dimmed || !items[at].value || tolower((unsigned char)items[at].label[0]) != letter) continue;
        app->menu.at = at;
        break;
    }
    arena_close(&arena);
}

static int item_hovered(const App *app)
{
    const Pick *hover = &app->gaze.hover.pick;
    for (int i = 0; hover->type == PICK_WIDGET && hover->id && i < MENU_ITEMS; i++)
        if (strcmp(hover->id, ITEM_IDS[i]) == 0) return i;
    return -1;
}

static void menu_key(App *app, const Input *input)
{
    switch (input->key) {
    case KEY_ESCAPE: menu_close(app); break;
    case KEY_DOWN: step(app, 1); break;
    case KEY_UP: step(app, -1); break;
    case KEY_ENTER: case ' ': choose(app, app->menu.at); break;
    default: if (input->key > ' ' && input->key < 0x7f) step_to(app, input->key);
    }
}

bool menu_input(App *app, const Input *input)
{
    if (input->type == INPUT_KEY) {
        menu_key(app, input);
        return true;
    }
    if (input->type == INPUT_TEXT || input->type == INPUT_COMPOSE) return true;
    if (input->type != INPUT_MOVE && input->type != INPUT_PRESS && input->type != INPUT_RELEASE) return false;
    app->pointer = input->at;
    pointing_look(app, input->at);
    if (item_hovered(app) >= 0) app->menu.at = item_hovered(app);
    if (input->type == INPUT_RELEASE && item_hovered(app) >= 0) choose(app, item_hovered(app));
    if (input->type == INPUT_PRESS && item_hovered(app) < 0) menu_close(app);
    return true;
}

/* ---- drawing ---- */

static float height_of(const MenuItem *item, float s) { return (*item->label ? ROW : RULE) * s; }

static Rect box_of(const Ui *ui, const MenuItem *items, int n)
{
    const Rect all = ui->app->page.all, under = ui->app->menu.under;
    float w = 180 * ui->s, h = 2 * PADDING * ui->s;
    for (int i = 0; i < n; i++) {
        const float keys = items[i].keys && *items[i].keys ? ui_width(ui, FONT_CODE, 13, items[i].keys) + 30 * ui->s : 0;
        const float wanted = ui_width(ui, FONT_TEXT, 14, items[i].label) + keys + 44 * ui->s;
        w = wanted > w ? wanted : w;
        h += height_of(&items[i], ui->s);
    }
    if (w > all.w - 16) w = all.w - 16;
    Rect box = {under.x, under.y + under.h + 4 * ui->s, w, h};
    if (box.x + w > all.w - 8) box.x = all.w - 8 - w;
    if (box.y + h > all.h - 8) box.y = all.h - 8 - h;
    return box;
}

static void item_draw(const Ui *ui, const MenuItem *item, int i, Rect area)
{
    const bool lit = ui->app->menu.at == i && !item->dimmed;
    const Colour ink = item->dimmed ? colour_fade(ui->theme->dim, 0.7f) : ui->theme->ink;
    const float y = area.y + area.h / 2;
    ui_hot(ui, area, ITEM_IDS[i], NULL);
    if (lit) mark_rect(ui->scene, area, 5 * ui->s, ui->theme->selection);
    if (item->ticked) mark_circle(ui->scene, (Point){area.x + 10 * ui->s, y}, 3.5f * ui->s, ui->theme->accent, (Colour){0}, 0);
    ui_text_fit(ui, area.x + 20 * ui->s, y, area.w - 30 * ui->s, (Style){FONT_TEXT, 14, ink}, item->label);
    if (item->keys) ui_text(ui, area.x + area.w - 10 * ui->s, y, ALIGN_RIGHT, (Style){FONT_CODE, 13, ui->theme->dim}, item->keys);
}

void menu_draw(const App *app, Scene *scene)
{
    MenuItem items[MENU_ITEMS];
    if (!app->menu.kind) return;
    const Ui ui = ui_begin(app, scene);
    const int n = items_of(app, scene->arena, items);
    const Rect box = box_of(&ui, items, n);
    float y = box.y + PADDING * ui.s;
    ui_ground(&ui, box, (Colour){0});
    mark_box(scene, box, 8 * ui.s, ui.theme->panel, ui.theme->rule, 1);
    for (int i = 0; i < n; i++) {
        const Rect area = {box.x + PADDING * ui.s, y, box.w - 2 * PADDING * ui.s, height_of(&items[i], ui.s)};
        if (*items[i].label) item_draw(&ui, &items[i], i, area);
        else mark_line(scene, (Point){area.x, y + area.h / 2}, (Point){area.x + area.w, y + area.h / 2}, ui.theme->rule, 1);
        y += area.h;
    }
}
