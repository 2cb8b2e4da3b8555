/* Numbers that Keras gives for small programs around single layers (data/layer_programs.json), and that the terms of each layer
 * make them. */
#include <cjson/cJSON.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "data_files.h"
#include "keras/reading.h"
#include "layer_cases.h"

enum { INPUTS_MAX = 8 };

static const char HEAD[] =
    "import numpy as np\nimport keras\n"
    "from keras import Input, Model, Sequential, initializers, regularizers, constraints, activations, ops\n"
    "from keras.layers import *\n";

static const cJSON *get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* "nan", "inf", "-inf" stand in quotes. */
static double number_of(const cJSON *json)
{
    if (cJSON_IsBool(json)) return cJSON_IsTrue(json);
    if (!cJSON_IsString(json)) return json->valuedouble;
    return strcmp(json->valuestring, "nan") == 0 ? NAN : json->valuestring[0] == '-' ? -INFINITY : INFINITY;
}

/* Where Keras rounds after every operation, numbers agree to some units of the last place. */
static double relative_tolerance(Dtype dtype)
{
    return dtype == DTYPE_FLOAT16 ? 4e-3 : dtype == DTYPE_BFLOAT16 ? 3.2e-2 : 1e-5;
}

static bool agrees(double got, double expected, double largest, Dtype dtype)
{
    if (isnan(expected) || isnan(got)) return isnan(expected) && isnan(got);
    if (isinf(expected) || isinf(got)) return isinf(expected) && isinf(got) && (got > 0) == (expected > 0);
    const double relative = relative_tolerance(dtype);
    return fabs(got - expected) <= 0.1 * relative * fmax(1, largest) + relative * fabs(expected);
}

static double largest_of(const cJSON *numbers)
{
    double most = 0;
    const cJSON *number;
    cJSON_ArrayForEach(number, numbers)
        if (isfinite(number_of(number))) most = fmax(most, fabs(number_of(number)));
    return most;
}

static Tensor tensor_of(Arena *arena, const cJSON *json)
{
    Shape shape = {0};
    const cJSON *item;
    int64_t at = 0;
    cJSON_ArrayForEach(item, get(json, "shape")) shape.dim[shape.rank++] = (int64_t)item->valuedouble;
    Tensor tensor = tensor_make(arena, shape, dtype_find(get(json, "dtype")->valuestring));
    cJSON_ArrayForEach(item, get(json, "data")) tensor.data[at++] = (float)number_of(item);
    return tensor;
}

static const char *output_problem(Arena *arena, const Tensor *got, const cJSON *json)
{
    const cJSON *number, *numbers = get(json, "data");
    const double largest = largest_of(numbers);
    const Dtype dtype = dtype_find(get(json, "dtype")->valuestring);
    int64_t at = 0;
    if (!got->data) return "no numbers";
    if (shape_size(&got->shape) != cJSON_GetArraySize(numbers) || got->shape.rank != cJSON_GetArraySize(get(json, "shape")))
        return arena_print(arena, "shape %s", shape_text(arena, &got->shape));
    if (got->dtype != dtype) return arena_print(arena, "%s, Keras %s", dtype_name(got->dtype), dtype_name(dtype));
    cJSON_ArrayForEach(number, numbers) {
        const double value = (double)got->data[at++];
        if (!agrees(value, number_of(number), largest, dtype))
            return arena_print(arena, "[%lld] is %.9g, Keras %.9g", (long long)at - 1, value, number_of(number));
    }
    return NULL;
}

static const char *problem_of(Arena *arena, const cJSON *json, const char *code)
{
    Reading reading;
    Plan plan;
    Run run;
    Tensor inputs[INPUTS_MAX];
    Shape shapes[INPUTS_MAX];
    Text traces = {.arena = arena};
    const char *text = arena_print(arena, "%s%s", HEAD, code), *problem = NULL;
    const cJSON *item;
    int n = 0, output = 0;
    keras_read(&reading, arena, text, strlen(text), NULL);
    if (reading.error.set) return arena_print(arena, "refused: %s", reading.error.message);
    cJSON_ArrayForEach(item, get(json, "inputs")) {
        inputs[n] = tensor_of(arena, item);
        shapes[n] = inputs[n].shape;
        n++;
    }
    plan_make(&plan, arena, reading.model, shapes, n, 3, NULL);
    run_forward(&run, arena, &plan, inputs, RUN_SEED);
    if (!run.complete) return arena_print(arena, "no numbers: %s", run.why_not ? run.why_not : "");
    cJSON_ArrayForEach(item, get(json, "outputs")) {
        problem = problem ? problem : output_problem(arena, &run.tensors[plan.outputs[output]], item);
        output++;
    }
    return problem || check_traces(arena, &run, &traces) ? problem : text_string(&traces);
}

static bool check(const cJSON *json)
{
    Arena arena;
    arena_open(&arena, 0);
    const char *code = get(json, "code")->valuestring, *problem = problem_of(&arena, json, code);
    if (problem) print_error("%.400s\n%.500s\n", problem, code);
    arena_close(&arena);
    return !problem;
}

static void numbers_are_those_of_keras(void **state)
{
    (void)state;
    Arena arena;
    size_t length;
    int bad = 0, all = 0;
    arena_open(&arena, 0);
    const char *text = data_read(&arena, "layer_programs.json", &length);
    cJSON *programs = cJSON_ParseWithLength(text, length);
    const cJSON *json;
    cJSON_ArrayForEach(json, programs) {
        bad += !check(json);
        all++;
    }
    cJSON_Delete(programs);
    arena_close(&arena);
    assert_true(all > 50);
    if (bad) fail_msg("%d of %d programs differ from Keras", bad, all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_are_those_of_keras)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
