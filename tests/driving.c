#include "driving.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/files.h"

const float DRIVEN_SIZES[DRIVEN_N_SIZES][2] = {{960, 600}, {1280, 720}, {1600, 900}, {3840, 2160}};

const char DRIVEN_CNN[] =
    "from keras import Sequential\n"
    "from keras.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D\n"
    "model = Sequential([\n"
    "    Input((12, 12, 1)),\n"
    "    Conv2D(4, 3, activation='relu'),\n"
    "    MaxPooling2D(),\n"
    "    Flatten(),\n"
    "    Dense(3),\n"
    "])\n";

static const char *clipboard_read(void *self, Arena *arena)
{
    const Driven *driven = self;
    return arena_copy(arena, driven->clipboard, strlen(driven->clipboard));
}

static void clipboard_write(void *self, const char *text)
{
    Driven *driven = self;
    snprintf(driven->clipboard, sizeof driven->clipboard, "%s", text);
}

void driven_open(Driven *driven, const char *text, float width, float height)
{
    size_t length;
    char fault[256];
    *driven = (Driven){.seconds = 1000};
    arena_open(&driven->arena, 0);
    char *sentences = file_read(&driven->arena, SOURCE_DIR "/assets/strings/en.txt", &length);
    assert_non_null(sentences);
    strings_read(&driven->strings, &driven->arena, sentences);
    driven->fonts = fonts_open(SOURCE_DIR "/fonts", fault, sizeof fault);
    assert_non_null(driven->fonts);
    Document document = {.name = "model.py", .folder = "/tmp", .text = text, .length = text ? strlen(text) : 0};
    if (!text) assert_int_equal(document_question(&document, &driven->arena, SOURCE_DIR), DOCUMENT_GOOD);
    Settings settings = SETTINGS_DEFAULT;
    settings.own_dialogs = true;
    app_open(&driven->app, &(AppOptions){
        .resources = SOURCE_DIR, .strings = &driven->strings, .measure = fonts_measure(driven->fonts), .settings = &settings, .panels = PANELS_ALL,
        .size = {width, height}, .seconds = driven->seconds,
        .platform = {.self = driven, .clipboard_read = clipboard_read, .clipboard_write = clipboard_write}}, &document);
    app_scene(&driven->app);
}

void driven_close(Driven *driven)
{
    app_close(&driven->app);
    fonts_close(driven->fonts);
    arena_close(&driven->arena);
}

int driven_open_question(void **state)
{
    static Driven driven;
    driven_open(&driven, NULL, 1600, 900);
    *state = &driven;
    return 0;
}

int driven_close_question(void **state)
{
    driven_close(*state);
    return 0;
}

static void give(Driven *driven, Input input)
{
    driven->seconds += 0.01;
    app_update(&driven->app, &input, driven->seconds);
    app_scene(&driven->app);
}

void driven_wait(Driven *driven, double seconds)
{
    for (double end = driven->seconds + seconds; driven->seconds < end;) {
        driven->seconds += 0.05;
        app_update(&driven->app, NULL, driven->seconds);
        app_scene(&driven->app);
    }
}

void driven_key(Driven *driven, int key, unsigned modifiers)
{
    give(driven, (Input){.type = INPUT_KEY, .key = key, .modifiers = modifiers});
}

void driven_type(Driven *driven, const char *text)
{
    for (; *text; text++) {
        const char one[2] = {*text, 0};
        Rect caret;
        if (*text == '\n') driven_key(driven, KEY_ENTER, 0);
        else if (app_typing(&driven->app, &caret)) give(driven, (Input){.type = INPUT_TEXT, .text = one});
        else driven_key(driven, *text, 0);
    }
}

void driven_put_caret(Driven *driven, const char *after)
{
    const char *found = strstr(driven_text(driven), after);
    if (!found) fail_msg("the code does not hold %s", after);
    const int at = (int)(found - driven_text(driven)) + (int)strlen(after);
    driven_click(driven, (Point){driven->app.page.code.x + 200, driven->app.page.code.y + 12});
    driven->app.editor.selection = (Selection){at, at};
    assert_int_equal(driven->app.attention, ATTENTION_CODE);
}

void driven_move(Driven *driven, Point at)
{
    give(driven, (Input){.type = INPUT_MOVE, .at = at});
}

void driven_press(Driven *driven, Point at)
{
    driven_move(driven, at);
    give(driven, (Input){.type = INPUT_PRESS, .at = at, .button = BUTTON_LEFT, .clicks = 1});
}

void driven_release(Driven *driven, Point at)
{
    driven_move(driven, at);
    give(driven, (Input){.type = INPUT_RELEASE, .at = at, .button = BUTTON_LEFT, .clicks = 1});
}

void driven_click(Driven *driven, Point at)
{
    driven_press(driven, at);
    driven_release(driven, at);
}

void driven_wheel(Driven *driven, Point at, float by)
{
    give(driven, (Input){.type = INPUT_WHEEL, .at = at, .by = {0, by}});
}

static Point middle_of(Rect area) { return (Point){area.x + area.w / 2, area.y + area.h / 2}; }

Point driven_widget(Driven *driven, const char *id)
{
    const Scene *scene = app_scene(&driven->app);
    for (size_t i = scene->n_picks; i-- > 0;)
        if (scene->picks[i].type == PICK_WIDGET && strcmp(scene->picks[i].id, id) == 0) return middle_of(scene->picks[i].area);
    fail_msg("no widget %s", id);
    return (Point){0, 0};
}

const Pick *driven_find(Driven *driven, PickType type, int layer, int64_t k)
{
    const Scene *scene = app_scene(&driven->app);
    for (size_t i = 0; i < scene->n_picks; i++) {
        const Pick *pick = &scene->picks[i];
        if (pick->type == type && pick->layer == layer && (k < 0 || pick->k == k) && pick->variant == 0) return pick;
    }
    return NULL;
}

Point driven_unit(Driven *driven, const char *layer, int64_t k)
{
    const int row = layer ? plan_find(&driven->app.study.shown->plan, layer) : -1;
    const Pick *pick = driven_find(driven, PICK_UNIT, row, k);
    if (!pick) fail_msg("no unit %s %d", layer ? layer : "input", (int)k);
    return middle_of(pick->area);
}

bool driven_shows(Driven *driven, const char *text)
{
    const Scene *scene = app_scene(&driven->app);
    for (size_t i = 0; i < scene->n_marks; i++)
        if (scene->marks[i].type == MARK_TEXT && strstr(scene->marks[i].text, text)) return true;
    return false;
}

const char *driven_text(const Driven *driven)
{
    return driven->app.editor.buffer.text;
}
