/* Small programs of learners: those that Keras refuses, with its words and the line (data/refused_texts.json), and those that it
 * takes although one might expect otherwise (data/accepted_texts.json); the same written in other ways (data/..._variants.json). */
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/snapshot.h"
#include "data_files.h"

typedef const char *Check(const Snapshot *, const cJSON *, Arena *);

static const cJSON *get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static bool is_true(const cJSON *object, const char *key)
{
    return cJSON_IsTrue(get(object, key));
}

static const char *text_of(const cJSON *object, const char *key)
{
    const cJSON *item = get(object, key);
    return cJSON_IsString(item) ? item->valuestring : "";
}

/* ---- what Keras refuses ---- */

static const char *without_escapes(Arena *arena, const char *message)
{
    Text text = {.arena = arena};
    for (const char *at = message; *at; at++) {
        if (*at == '\x1b') at += strcspn(at, "m");
        else text_put_char(&text, *at);
    }
    return text_string(&text);
}

/* Keras' own sentence, without what wraps it. */
static const char *plain(Arena *arena, const char *message)
{
    const char *text = without_escapes(arena, message), *wrapped = strstr(text, "\n\n");
    if (strncmp(text, "Exception encountered when calling", 34) == 0 && wrapped) text = wrapped + 2;
    const char *end = strstr(text, "\n\nArguments received by");
    size_t length = end ? (size_t)(end - text) : strlen(text);
    while (length && strchr(" \n", text[length - 1])) length--;
    return arena_copy(arena, text, length);
}

static bool says_the_same(Arena *arena, const char *message, const cJSON *json)
{
    if (!is_true(json, "stable") || !is_true(json, "keras_words") || is_true(json, "backend")) return true;
    const char *wanted = plain(arena, text_of(json, "first_paragraph"));
    return strncmp(plain(arena, message), wanted, strlen(wanted)) == 0;
}

static bool is_at_line(const Snapshot *snapshot, const Error *error, const cJSON *json)
{
    int line = 0, column;
    const Span at = span_known(error->at) ? error->at : error->span, place = span_known(error->layer_span) ? error->layer_span : at;
    if (!cJSON_IsNumber(get(json, "line"))) return true;
    if (span_known(place)) text_place(snapshot->text, snapshot->length, place.start, &line, &column);
    return line == get(json, "line")->valueint || (cJSON_IsNumber(get(json, "layer_line")) && line == get(json, "layer_line")->valueint);
}

static const char *refusal_problem(const Snapshot *snapshot, const cJSON *json, Arena *arena)
{
    const Error *error = &snapshot->reading.error;
    if (!error->set) return snapshot_good(snapshot) && !is_true(json, "backend") ? "is taken" : NULL;
    if (!says_the_same(arena, error->message, json)) return arena_print(arena, "says %s", error->message);
    if (!is_at_line(snapshot, error, json)) return arena_print(arena, "is at another line than %d", get(json, "line")->valueint);
    return NULL;
}

/* ---- what Keras takes ---- */

static bool is_shape(const Shape *shape, const cJSON *dims)
{
    if (shape->rank != cJSON_GetArraySize(dims)) return false;
    for (int i = 0; i < shape->rank; i++) {
        const cJSON *dim = cJSON_GetArrayItem(dims, i);
        if (shape->dim[i] != (cJSON_IsNumber(dim) ? (int64_t)dim->valuedouble : DIM_NONE)) return false;
    }
    return true;
}

static const char *acceptance_problem(const Snapshot *snapshot, const cJSON *json, Arena *arena)
{
    const cJSON *shape = get(json, "output_shape"), *params = get(json, "params");
    const Model *model = snapshot->plan.model;
    if (!snapshot_good(snapshot)) return snapshot->reading.error.set ? snapshot->reading.error.message : "makes no model";
    if (cJSON_IsNumber(params) && snapshot->plan.params.all != (int64_t)params->valuedouble)
        return arena_print(arena, "has %lld parameters", (long long)snapshot->plan.params.all);
    if (!cJSON_IsArray(shape) || cJSON_IsArray(shape->child) || model->n_outputs != 1) return NULL;
    const Shape *got = &model->outputs[0]->spec.shape;
    return is_shape(got, shape) ? NULL : arena_print(arena, "gives %s", shape_text(arena, got));
}

/* ---- all of a file ---- */

static bool check_text(const cJSON *json, Check *check)
{
    Arena arena;
    Snapshot snapshot;
    const char *code = text_of(json, "code");
    arena_open(&arena, 0);
    snapshot_open(&snapshot, code, strlen(code), &(ReadOptions){0});
    const char *problem = check(&snapshot, json, &arena);
    if (problem) print_error("%s %s; Keras: %s\n", text_of(json, "id"), problem, text_of(json, "message"));
    snapshot_close(&snapshot);
    arena_close(&arena);
    return !problem;
}

static void check_texts(const char *path, Check *check, int least)
{
    Arena arena;
    size_t length;
    int bad = 0, all = 0;
    arena_open(&arena, 0);
    const char *text = data_read(&arena, path, &length);
    assert_non_null(text);
    cJSON *list = cJSON_ParseWithLength(text, length);
    const cJSON *json;
    cJSON_ArrayForEach(json, list) {
        bad += !check_text(json, check);
        all++;
    }
    cJSON_Delete(list);
    arena_close(&arena);
    assert_true(all >= least);
    if (bad) fail_msg("%d of %d texts differ from Keras", bad, all);
}

static void what_keras_refuses_is_refused_in_its_words(void **state)
{
    (void)state;
    check_texts("refused_texts.json", refusal_problem, 419);
}

static void the_same_faults_written_otherwise_are_refused(void **state)
{
    (void)state;
    check_texts("refused_variants.json", refusal_problem, 140);
}

static void what_looks_like_a_fault_and_is_none_is_taken(void **state)
{
    (void)state;
    check_texts("accepted_variants.json", acceptance_problem, 50);
}

static void what_keras_takes_is_taken(void **state)
{
    (void)state;
    check_texts("accepted_texts.json", acceptance_problem, 123);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_keras_refuses_is_refused_in_its_words),
        cmocka_unit_test(what_keras_takes_is_taken),
        cmocka_unit_test(the_same_faults_written_otherwise_are_refused),
        cmocka_unit_test(what_looks_like_a_fault_and_is_none_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
