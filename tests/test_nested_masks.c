/* Masks that go in and out of nested models, with numbers from Keras itself (data/nested_masks.json). */
#include <cjson/cJSON.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "data_files.h"
#include "engine/run.h"
#include "keras/reading.h"

static const cJSON *get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static void put_numbers(const cJSON *json, float *data, int64_t *at)
{
    const cJSON *item;
    if (!cJSON_IsArray(json)) data[(*at)++] = (float)json->valuedouble;
    cJSON_ArrayForEach(item, json) put_numbers(item, data, at);
}

static Tensor tensor_of(Arena *arena, const cJSON *json)
{
    Shape shape = {0};
    for (const cJSON *list = json; cJSON_IsArray(list); list = list->child) shape.dim[shape.rank++] = cJSON_GetArraySize(list);
    Tensor tensor = tensor_make(arena, shape, DTYPE_FLOAT32);
    int64_t at = 0;
    put_numbers(json, tensor.data, &at);
    return tensor;
}

static void check(const cJSON *json)
{
    Arena arena;
    Reading reading;
    Plan plan;
    Run run;
    Tensor inputs[4];
    Shape shapes[4];
    const char *code = get(json, "code")->valuestring;
    const cJSON *input, *number;
    int n = 0, at = 0;
    arena_open(&arena, 0);
    keras_read(&reading, &arena, code, strlen(code), NULL);
    if (reading.error.set) fail_msg("%s: %s", get(json, "id")->valuestring, reading.error.message);
    cJSON_ArrayForEach(input, get(json, "inputs")) {
        inputs[n] = tensor_of(&arena, input);
        shapes[n] = inputs[n].shape;
        n++;
    }
    plan_make(&plan, &arena, reading.model, shapes, n, 3, NULL);
    run_forward(&run, &arena, &plan, inputs, RUN_SEED);
    assert_true(run.complete);
    const float *out = run.tensors[plan.outputs[0]].data;
    cJSON_ArrayForEach(number, get(json, "output")) {
        if (fabs((double)out[at] - number->valuedouble) > 1e-6 + 1e-5 * fabs(number->valuedouble))
            fail_msg("%s: output %d is %.9g, Keras %.9g", get(json, "id")->valuestring, at, (double)out[at], number->valuedouble);
        at++;
    }
    arena_close(&arena);
}

static void masks_cross_as_in_keras(void **state)
{
    (void)state;
    size_t length;
    Arena arena;
    arena_open(&arena, 0);
    const char *text = data_read(&arena, "nested_masks.json", &length);
    cJSON *cases = cJSON_ParseWithLength(text, length);
    const cJSON *json;
    int n = 0;
    cJSON_ArrayForEach(json, cases) {
        check(json);
        n++;
    }
    assert_int_equal(n, 6);
    cJSON_Delete(cases);
    arena_close(&arena);
}

static const char ATTENTION[] = "from keras import Input, Model\nfrom keras.layers import *\n"
                                "i = Input((6,))\nx = Embedding(9, 4, mask_zero=True)(i)\nx = %s()([x, x])\nmodel = Model(i, LSTM(3)(x))\n";

static void attention_gives_its_querys_mask_as_a_tensor(void **state)
{
    static const char *const CLASSES[] = {"Attention", "AdditiveAttention"};
    (void)state;
    for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++) {
        Arena arena;
        Reading reading;
        Plan plan;
        arena_open(&arena, 0);
        const char *code = arena_print(&arena, ATTENTION, CLASSES[i]);
        keras_read(&reading, &arena, code, strlen(code), NULL);
        if (reading.error.set) fail_msg("%s", reading.error.message);
        plan_make(&plan, &arena, reading.model, NULL, 0, 3, NULL);
        const int row = plan_find(&plan, "lstm");
        assert_true(plan_find(&plan, "convert_to_tensor") >= 0);
        assert_string_equal(plan.layers[row].inputs[1], "convert_to_tensor");
        arena_close(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_cross_as_in_keras),
        cmocka_unit_test(attention_gives_its_querys_mask_as_a_tensor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
