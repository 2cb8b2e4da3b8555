#include "picturing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/strings.h"
#include "keras/json.h"
#include "paint/pixels.h"

/* ---- files ---- */

static char *file_text(Arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) abort();
    fseek(file, 0, SEEK_END);
    const long size = ftell(file);
    rewind(file);
    char *text = arena_take(arena, (size_t)size + 1);
    if (fread(text, 1, (size_t)size, file) != (size_t)size) abort();
    fclose(file);
    return text;
}

/* ---- models from a line ---- */

typedef struct Cursor {
    Made       *made;
    const char *at;
} Cursor;

static void skip_blanks(Cursor *cursor)
{
    while (*cursor->at == ' ' || *cursor->at == ',') cursor->at++;
}

static Value read_number(Cursor *cursor)
{
    char *end;
    if (*cursor->at == '?') {
        cursor->at++;
        return value_none();
    }
    const double number = strtod(cursor->at, &end);
    const bool whole = !memchr(cursor->at, '.', (size_t)(end - cursor->at));
    if (end == cursor->at) abort();
    cursor->at = end;
    return whole ? value_int((int64_t)number) : value_float(number);
}

static Value read_value(Cursor *cursor)
{
    if (*cursor->at == '\'') {
        const char *end = strchr(++cursor->at, '\'');
        const Value text = value_string(&cursor->made->arena, cursor->at, (size_t)(end - cursor->at));
        cursor->at = end + 1;
        return text;
    }
    if (!strncmp(cursor->at, "True", 4) || !strncmp(cursor->at, "False", 5)) {
        const bool truth = *cursor->at == 'T';
        cursor->at += truth ? 4 : 5;
        return value_bool(truth);
    }
    if (*cursor->at != '(') return read_number(cursor);
    Value tuple = value_list(&cursor->made->arena, VALUE_TUPLE, 4);
    for (cursor->at++, skip_blanks(cursor); *cursor->at != ')'; skip_blanks(cursor)) list_add(tuple.list, read_number(cursor));
    cursor->at++;
    return tuple;
}

static const char *read_word(Cursor *cursor)
{
    const size_t length = strspn(cursor->at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
    const char *word = arena_copy(&cursor->made->arena, cursor->at, length);
    cursor->at += length;
    return word;
}

static Argument read_argument(Cursor *cursor)
{
    const size_t length = strspn(cursor->at, "abcdefghijklmnopqrstuvwxyz_");
    const char *keyword = NULL;
    if (length && cursor->at[length] == '=') {
        keyword = read_word(cursor);
        cursor->at++;
    }
    return argument(keyword, read_value(cursor));
}

static bool read_layer(Cursor *cursor, Model *model, const Value *input_shape)
{
    Argument args[16];
    int n = 0;
    skip_blanks(cursor);
    const char *class_name = read_word(cursor);
    for (skip_blanks(cursor); *cursor->at && *cursor->at != '|' && n < 15; skip_blanks(cursor)) args[n++] = read_argument(cursor);
    if (input_shape) args[n++] = argument("input_shape", *input_shape);
    if (*cursor->at == '|') cursor->at++;
    return add_layer(cursor->made, model, make_layer(cursor->made, class_name, args, n));
}

static Model *read_model(Made *made, const char *line)
{
    Cursor cursor = {made, line};
    Model *model = sequential_make(&made->builder, NULL, SPAN_NONE, &made->error);
    Value shape = value_list(&made->arena, VALUE_TUPLE, 4);
    for (skip_blanks(&cursor); *cursor.at && *cursor.at != '|'; skip_blanks(&cursor)) list_add(shape.list, read_number(&cursor));
    if (*cursor.at) cursor.at++;
    for (bool first = true; *cursor.at; first = false)
        if (!read_layer(&cursor, model, first ? &shape : NULL)) break;
    return model;
}

static void shown_make(Shown *shown, const Model *model, int64_t fill, bool numbers)
{
    plan_make(&shown->plan, &shown->made.arena, model, NULL, 0, fill, shown->made.error.set ? &shown->made.error : NULL);
    plan_open(&shown->plan, &shown->made.arena);
    Tensor *inputs = ARENA_ARRAY(&shown->made.arena, shown->plan.n_inputs + 1, Tensor);
    for (int i = 0; i < shown->plan.n_inputs; i++) inputs[i] = run_pattern(&shown->made.arena, &shown->plan, i);
    if (numbers) run_forward(&shown->run, &shown->made.arena, &shown->plan, inputs, RUN_SEED);
    shown->variant = (Variant){.plan = &shown->plan, .run = numbers ? &shown->run : NULL};
}

void shown_open_filled(Shown *shown, const char *line, int64_t fill, bool numbers)
{
    memset(shown, 0, sizeof *shown);
    made_open(&shown->made);
    shown_make(shown, read_model(&shown->made, line), fill, numbers);
}

void shown_open_batch(Shown *shown, const char *line, int64_t samples)
{
    Plan alone;
    memset(shown, 0, sizeof *shown);
    made_open(&shown->made);
    const Model *model = read_model(&shown->made, line);
    plan_make(&alone, &shown->made.arena, model, NULL, 0, 3, NULL);
    Shape shape = alone.tensors[alone.inputs[0]].shape;
    shape.dim[0] = samples;
    plan_make(&shown->plan, &shown->made.arena, model, &shape, 1, 3, NULL);
    const Tensor input = run_pattern(&shown->made.arena, &shown->plan, 0);
    run_forward(&shown->run, &shown->made.arena, &shown->plan, &input, RUN_SEED);
    shown->variant = (Variant){.plan = &shown->plan, .run = &shown->run};
}

void shown_open_json(Shown *shown, const char *json, bool numbers)
{
    Model *model = NULL;
    memset(shown, 0, sizeof *shown);
    made_open(&shown->made);
    json = arena_copy(&shown->made.arena, json, strlen(json));
    if (!json_read_model(&shown->made.builder, json, strlen(json), &model, &shown->made.error)) abort();
    shown_make(shown, model, 3, numbers);
}

void shown_open(Shown *shown, const char *line)
{
    char path[400];
    Arena arena;
    if (!strstr(line, ".json")) {
        shown_open_filled(shown, line, 3, true);
        return;
    }
    snprintf(path, sizeof path, "%s/tests/data/scene/%s", SOURCE_DIR, line);
    arena_open(&arena, 0);
    shown_open_json(shown, file_text(&arena, path), true);
    arena_close(&arena);
}

void shown_close(Shown *shown) { made_close(&shown->made); }

/* ---- the studio ---- */

static const char *say_from(void *strings, const char *id) { return strings_say(strings, id); }

void studio_open(Studio *studio)
{
    char why[256];
    memset(studio, 0, sizeof *studio);
    arena_open(&studio->arena, 0);
    arena_open(&studio->words, 0);
    studio->fonts = fonts_open(SOURCE_DIR "/fonts", why, sizeof why);
    if (!studio->fonts) abort();
    studio->measure = fonts_measure(studio->fonts);
    studio->strings = ARENA_NEW(&studio->words, Strings);
    strings_read(studio->strings, &studio->words, file_text(&studio->words, SOURCE_DIR "/assets/strings/en.txt"));
}

static void showing_end(Studio *studio)
{
    if (studio->showing) shown_close(&studio->shown);
    studio->showing = false;
}

void studio_close(Studio *studio)
{
    showing_end(studio);
    fonts_close(studio->fonts);
    arena_close(&studio->words);
    arena_close(&studio->arena);
}

void studio_look(Studio *studio, const Shown *now, float width, float height)
{
    studio->view = (View){
        .area = {0, 0, width, height}, .theme = &THEME_LIGHT, .measure = &studio->measure, .scale = 1, .zoom = 1,
        .now = now->variant, .t = 1, .extent = picture_extent(&now->variant, 1), .matrix_step = -1, .progress = -1,
        .editable = true, .say = say_from, .strings = studio->strings,
    };
}

void studio_show(Studio *studio, const char *line, float width, float height)
{
    showing_end(studio);
    shown_open(&studio->shown, line);
    studio->showing = true;
    studio_look(studio, &studio->shown, width, height);
}

int studio_setup(void **state)
{
    Studio *studio = malloc(sizeof *studio);
    if (!studio) return -1;
    studio_open(studio);
    *state = studio;
    return 0;
}

int studio_teardown(void **state)
{
    studio_close(*state);
    free(*state);
    return 0;
}

void studio_draw(Studio *studio)
{
    arena_reset(&studio->arena);
    scene_open(&studio->scene, &studio->arena, studio->view.area, studio->view.theme->ground);
    picture_draw(&studio->scene, &studio->view);
}

void studio_png(Studio *studio, const char *path, float scale)
{
    const Rect page = studio->scene.page;
    Pixels pixels = {.width = (int)(page.w * scale), .height = (int)(page.h * scale), .stride = (int)(page.w * scale)};
    Text png = {.arena = &studio->words};
    pixels.data = malloc((size_t)pixels.width * (size_t)pixels.height * sizeof *pixels.data);
    if (!pixels.data) abort();
    pixels_clear(&pixels, studio->scene.ground);
    pixels_draw(&pixels, studio->fonts, &studio->scene, 0, studio->scene.n_marks, scale, NULL);
    FILE *file = fopen(path, "wb");
    if (!file || !png_write(&png, &pixels, 96.0 * (double)scale)) abort();
    fwrite(png.bytes, 1, png.length, file);
    fclose(file);
    free(pixels.data);
}
