/* Small programs, and what CPython 3.11 said to them (data/python_values.json): repr(R) at the end, or the exception's message and line. */
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "data_files.h"
#include "engine/model.h"
#include "keras/reading.h"

/* What R is at the end is seen in the name of a layer. */
static const char TAIL[] =
    "\nimport keras\nmodel = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, name=repr(R).replace('/', '|'))])\n";

static const char *get(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return item ? item->valuestring : NULL;
}

/* A layer's name has no slash. */
static const char *without_slashes(Arena *arena, const char *text)
{
    char *copy = arena_copy(arena, text, strlen(text));
    for (char *c = copy; *c; c++)
        if (*c == '/') *c = '|';
    return copy;
}

static const char *value_problem(Arena *arena, const Reading *reading, const char *value)
{
    if (reading->error.set) return arena_print(arena, "refused: %s", reading->error.message);
    const Model *model = reading->model;
    const char *name = model && model->n_layers ? model->layers[model->n_layers - 1]->name : "nothing";
    return strcmp(name, without_slashes(arena, value)) == 0 ? NULL : arena_print(arena, "%s\n    Python: %s", name, value);
}

static const char *refusal_problem(Arena *arena, const Reading *reading, const cJSON *json)
{
    int line = 0, column;
    const int wanted = cJSON_GetObjectItemCaseSensitive(json, "line")->valueint;
    if (!reading->error.set) return arena_print(arena, "accepted; Python: %s", get(json, "message"));
    text_place(reading->text, reading->length, reading->error.at.start, &line, &column);
    if (strcmp(reading->error.message, get(json, "message")) == 0 && line == wanted) return NULL;
    return arena_print(arena, "line %d: %s\n    Python: line %d: %s", line, reading->error.message, wanted, get(json, "message"));
}

static bool check(const cJSON *json)
{
    Arena arena;
    Reading reading;
    arena_open(&arena, 0);
    const char *text = arena_print(&arena, "%s%s", get(json, "code"), TAIL), *value = get(json, "value");
    keras_read(&reading, &arena, text, strlen(text), NULL);
    const char *problem = value ? value_problem(&arena, &reading, value) : refusal_problem(&arena, &reading, json);
    if (problem) print_error("%s    %s\n", get(json, "code"), problem);
    arena_close(&arena);
    return !problem;
}

static void python_says_the_same(void **state)
{
    (void)state;
    Arena arena;
    size_t length;
    int bad = 0, all = 0;
    arena_open(&arena, 0);
    const char *text = data_read(&arena, "python_values.json", &length);
    cJSON *programs = cJSON_ParseWithLength(text, length);
    const cJSON *json;
    cJSON_ArrayForEach(json, programs) {
        bad += !check(json);
        all++;
    }
    cJSON_Delete(programs);
    arena_close(&arena);
    assert_true(all > 300);
    if (bad) fail_msg("%d of %d programs differ from Python", bad, all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(python_says_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
