#include "app/sheet.h"

#include "app/command.h"
#include "app/ui.h"

static const float ROW = 27, PADDING = 28;

static Rect centred(const App *app, float w, float h)
{
    const Rect all = app->page.all;
    return (Rect){all.x + (all.w - w) / 2, all.y + (all.h - h) / 2, w, h};
}

static void veil_draw(const Ui *ui)
{
    ui_ground(ui, ui->app->page.all, colour_fade(ui->theme->ground, 0.7f));
}

static void box_draw(const Ui *ui, Rect box)
{
    ui_ground(ui, box, (Colour){0});
    mark_box(ui->scene, box, 10 * ui->s, ui->theme->panel, ui->theme->rule, 1);
}

/* ---- the keys ---- */

const MoveKey MOVE_KEYS[] = {
    {"Tab", "keys.layers"}, {"← ↑ ↓ →", "keys.units"}, {"Enter", "keys.edit"}, {"Shift", "keys.outgoing"}, {"[ ]", "keys.terms"}, {"Esc", "keys.escape"}};
const int MOVE_KEY_COUNT = sizeof MOVE_KEYS / sizeof *MOVE_KEYS;

static int count_keys(void)
{
    int n = MOVE_KEY_COUNT;
    for (int i = 0; i < COMMAND_COUNT; i++) n += COMMANDS[i].key != 0 && !COMMANDS[i].hidden;
    return n;
}

static void key_draw(const Ui *ui, Rect box, int place, int rows, const char *keys, const char *sentence)
{
    const float column = (box.w - 2 * PADDING * ui->s) / 2, x = box.x + PADDING * ui->s + (float)(place / rows) * column;
    const float y = box.y + (PADDING + 46) * ui->s + ((float)(place % rows) + 0.5f) * ROW * ui->s;
    ui_text(ui, x, y, ALIGN_LEFT, (Style){FONT_CODE_BOLD, 13, ui->theme->accent}, keys);
    ui_text_fit(ui, x + 128 * ui->s, y, column - 136 * ui->s, (Style){FONT_TEXT, 14, ui->theme->ink}, sentence);
}

static void keys_draw(const Ui *ui)
{
    const int n = count_keys(), rows = (n + 1) / 2;
    const float s = ui->s, h = ((float)rows * ROW + 2 * PADDING + 50) * s, w = 820 * s;
    const Rect all = ui->app->page.all, box = centred(ui->app, w < all.w - 20 ? w : all.w - 20, h < all.h - 10 ? h : all.h - 10);
    int place = 0;
    box_draw(ui, box);
    ui_text(ui, box.x + PADDING * s, box.y + (PADDING + 12) * s, ALIGN_LEFT, (Style){FONT_TEXT_BOLD, 19, ui->theme->ink}, ui_say(ui, "keys.title"));
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (COMMANDS[i].key && !COMMANDS[i].hidden) key_draw(ui, box, place++, rows, command_keys(&COMMANDS[i], ui->scene->arena), ui_say(ui, COMMANDS[i].id));
    for (int i = 0; i < MOVE_KEY_COUNT; i++) key_draw(ui, box, place++, rows, MOVE_KEYS[i].keys, ui_say(ui, MOVE_KEYS[i].id));
}

/* ---- questions ---- */

static void question_draw(const Ui *ui, const char *question, const char *const *ids, int n)
{
    const float s = ui->s, h = 34 * s;
    const Rect box = centred(ui->app, 560 * s, 150 * s);
    float right = box.x + box.w - PADDING * s;
    box_draw(ui, box);
    ui_paragraph(ui, box.x + PADDING * s, box.y + 42 * s, box.w - 2 * PADDING * s, 24 * s, 2, (Style){FONT_TEXT_MEDIUM, 16, ui->theme->ink}, question);
    for (int i = 0; i < n; i++) {
        const char *label = ui_say(ui, ids[i]);
        const float w = ui_button_width(ui, label);
        ui_button(ui, (Rect){right - w, box.y + box.h - h - 22 * s, w, h}, ids[i], label, i == 0);
        right -= w + 12 * s;
    }
}

enum { BUTTONS_MAX = 3 };

static const struct {
    const char *question, *ids[BUTTONS_MAX];
} QUESTIONS[] = {
    [SHEET_GUARD] = {"guard.question", {"guard.save", "guard.discard", "sheet.cancel"}},
    [SHEET_RECOVER] = {"recover.question", {"recover.take", "recover.drop"}},
    [SHEET_CHANGED] = {"disk.question", {"disk.overwrite", "disk.load", "sheet.cancel"}},
};

static int count_buttons(Sheet sheet)
{
    int n = 0;
    while (n < BUTTONS_MAX && QUESTIONS[sheet].ids[n]) n++;
    return n;
}

static int lower(int character) { return character >= 'A' && character <= 'Z' ? character - 'A' + 'a' : character; }

const char *sheet_button(const App *app, int key)
{
    if (app->sheet == SHEET_NONE || app->sheet == SHEET_KEYS) return NULL;
    for (int i = 0; i < count_buttons(app->sheet); i++) {
        const char *id = QUESTIONS[app->sheet].ids[i];
        if (lower(strings_say(app->strings, id)[0]) == key) return id;
    }
    return NULL;
}

static const char *subject(const Ui *ui)
{
    const App *app = ui->app;
    if (app->sheet != SHEET_RECOVER) return app->name;
    return *app->pending_path ? app->pending_path : ui_say(ui, "file.untitled");
}

void sheet_draw(const App *app, Scene *scene)
{
    const Ui ui = ui_begin(app, scene);
    if (app->sheet == SHEET_NONE) return;
    veil_draw(&ui);
    if (app->sheet == SHEET_KEYS) keys_draw(&ui);
    else question_draw(&ui, ui_fill(&ui, QUESTIONS[app->sheet].question, subject(&ui), NULL), QUESTIONS[app->sheet].ids, count_buttons(app->sheet));
}
