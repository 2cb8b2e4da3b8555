/* Small programs around the core layers and models, and what Keras said to them (data/core_programs.json): the message of every
 * ValueError, that there is a refusal for every other exception; else shape and parameters. */
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "data_files.h"
#include "engine/plan.h"
#include "keras/reading.h"

static const char HEAD[] =
    "import numpy as np\nimport keras\n"
    "from keras import Input, Model, Sequential, initializers, regularizers, constraints, activations, layers, ops\n"
    "from keras.layers import *\n";

static const cJSON *get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* Without what Keras wraps around the sentence. */
static const char *plain(Arena *arena, const char *message)
{
    const char *begin = message, *end;
    if (strncmp(message, "Exception encountered when calling", 34) == 0) begin = strstr(message, "\n\n") + 2;
    end = strstr(begin, "\n\nArguments received by");
    size_t length = end ? (size_t)(end - begin) : strlen(begin);
    while (length && (begin[length - 1] == ' ' || begin[length - 1] == '\n')) length--;
    return arena_copy(arena, begin, length);
}

static const char *refusal_problem(Arena *arena, const Reading *reading, const cJSON *json)
{
    const cJSON *message = get(json, "message");
    if (!reading->error.set) return arena_print(arena, "accepted; Keras: %s", message ? message->valuestring : get(json, "exception")->valuestring);
    const char *said = plain(arena, reading->error.message);
    if (!message || strcmp(said, message->valuestring) == 0) return NULL;
    return arena_print(arena, "says %s; Keras: %s", said, message->valuestring);
}

static bool has_shape(const TensorSpec *spec, const cJSON *dims)
{
    if (spec->shape.rank != cJSON_GetArraySize(dims)) return false;
    for (int i = 0; i < spec->shape.rank; i++) {
        const cJSON *dim = cJSON_GetArrayItem(dims, i);
        if (spec->shape.dim[i] != (cJSON_IsNumber(dim) ? (int64_t)dim->valuedouble : DIM_NONE)) return false;
    }
    return true;
}

static const char *acceptance_problem(Arena *arena, const Reading *reading, const cJSON *json)
{
    if (reading->error.set) return arena_print(arena, "refused: %s", reading->error.message);
    if (!reading->model) return "no model";
    Plan plan;
    plan_make(&plan, arena, reading->model, NULL, 0, 3, NULL);
    const int64_t params = (int64_t)get(json, "params")->valuedouble, trainable = (int64_t)get(json, "trainable")->valuedouble;
    if (plan.params.all != params || plan.params.trainable != trainable)
        return arena_print(arena, "%lld parameters, %lld trainable", (long long)plan.params.all, (long long)plan.params.trainable);
    const cJSON *shape = get(json, "shape");
    const PlanLayer *last = plan.n_layers ? &plan.layers[plan.n_layers - 1] : NULL;
    if (!shape || (last && last->n_out && has_shape(&last->out[last->n_out - 1], shape))) return NULL;
    return arena_print(arena, "last shape %s", last && last->n_out ? shape_text(arena, &last->out[0].shape) : "none");
}

static bool check(const cJSON *json)
{
    Arena arena;
    Reading reading;
    arena_open(&arena, 0);
    const char *code = get(json, "code")->valuestring, *text = arena_print(&arena, "%s%s\n", HEAD, code);
    keras_read(&reading, &arena, text, strlen(text), NULL);
    const char *problem = get(json, "exception") ? refusal_problem(&arena, &reading, json) : acceptance_problem(&arena, &reading, json);
    if (problem) print_error("%s\n    %s\n", code, problem);
    arena_close(&arena);
    return !problem;
}

static void keras_says_the_same(void **state)
{
    (void)state;
    Arena arena;
    size_t length;
    int bad = 0, all = 0;
    arena_open(&arena, 0);
    const char *text = data_read(&arena, "core_programs.json", &length);
    cJSON *programs = cJSON_ParseWithLength(text, length);
    const cJSON *json;
    cJSON_ArrayForEach(json, programs) {
        bad += !check(json);
        all++;
    }
    cJSON_Delete(programs);
    arena_close(&arena);
    assert_true(all > 900);
    if (bad) fail_msg("%d of %d programs differ from Keras", bad, all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keras_says_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
