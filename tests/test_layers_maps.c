/* Further facts of Keras about layers over maps and merges (data/maps.json): what is refused, in which words, and numbers of
 * rarer arguments. Inputs and weights are told in eighths. */
#include <cjson/cJSON.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "building.h"
#include "layer_cases.h"

enum { MOST = 8 };

typedef struct Case {
    Made         made;
    const cJSON *json;
    KerasTensor *inputs[MOST];   int n_inputs;
    Layer       *layer;
    Node        *node;
} Case;

static const cJSON *get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static cJSON *read_cases(void)
{
    FILE *file = fopen(SOURCE_DIR "/tests/data/maps.json", "rb");
    assert_non_null(file);
    static char text[1 << 20];
    const size_t length = fread(text, 1, sizeof text, file);
    fclose(file);
    cJSON *cases = cJSON_ParseWithLength(text, length);
    assert_non_null(cases);
    return cases;
}

/* {"i": 3}, {"f": "0.5"}, {"s": "same"}, {"b": true}, {"t": [...]}, {"l": [...]}, null. */
static Value value_of(Arena *arena, const cJSON *json)
{
    if (cJSON_IsNull(json)) return value_none();
    const cJSON *value = json->child, *item;
    if (*value->string == 'i') return value_int((int64_t)value->valuedouble);
    if (*value->string == 'f') return value_float(strtod(value->valuestring, NULL));
    if (*value->string == 's') return value_string(arena, value->valuestring, strlen(value->valuestring));
    if (*value->string == 'b') return value_bool(cJSON_IsTrue(value));
    Value list = value_list(arena, *value->string == 't' ? VALUE_TUPLE : VALUE_LIST, 4);
    cJSON_ArrayForEach(item, value) list_add(list.list, value_of(arena, item));
    return list;
}

static Shape shape_of(const cJSON *list)
{
    Shape shape = {0};
    const cJSON *dim;
    cJSON_ArrayForEach(dim, list) if (shape.rank < SHAPE_RANK_MAX)
        shape.dim[shape.rank++] = cJSON_IsNumber(dim) ? (int64_t)dim->valuedouble : DIM_NONE;
    return shape;
}

static Tensor tensor_of(Arena *arena, const cJSON *object, double unit)
{
    Tensor tensor = tensor_make(arena, shape_of(get(object, "shape")), DTYPE_FLOAT32);
    const cJSON *number;
    int64_t i = 0;
    cJSON_ArrayForEach(number, get(object, "data")) tensor.data[i++] = (float)(number->valuedouble * unit);
    return tensor;
}

static void make_and_call(Case *c)
{
    Arena *arena = &c->made.arena;
    Argument args[16], call = {.span = SPAN_NONE};
    const cJSON *item;
    int n = 0;
    cJSON_ArrayForEach(item, get(c->json, "args")) args[n++] = argument(item->string, value_of(arena, item));
    c->layer = make_layer(&c->made, get(c->json, "class")->valuestring, args, n);
    call.value = value_list(arena, VALUE_LIST, MOST);
    cJSON_ArrayForEach(item, get(c->json, "shapes")) {
        const Shape shape = shape_of(item);
        Layer *input = MAKE(&c->made, "InputLayer", argument("batch_shape", value_shape(arena, &shape)));
        c->inputs[c->n_inputs++] = input->calls[0]->out[0];
        list_add(call.value.list, value_tensor(input->calls[0]->out[0]));
    }
    if (!cJSON_IsTrue(get(c->json, "list"))) call.value = call.value.list->items[0];
    if (c->layer) c->node = layer_call(&c->made.builder, c->layer, &call, 1, SPAN_NONE, &c->made.error);
}

/* Keras' own sentence, without what it is wrapped in. */
static const char *sentence(Arena *arena, const char *message)
{
    const char *start = strncmp(message, "Exception encountered", 21) == 0 ? strstr(message, "\n\n") : NULL;
    if (start) message = start + 2;
    const char *end = strstr(message, "\n\nArguments received by");
    return end ? arena_copy(arena, message, (size_t)(end - message)) : message;
}

static bool differ(const Case *c, const char *got, const char *wanted)
{
    print_error("%s\n  says  %s\n  Keras %s\n", get(c->json, "code")->valuestring, got, wanted);
    return false;
}

static bool check_refused(Case *c, const cJSON *refused)
{
    const char *exception = refused->child->valuestring, *message = refused->child->next->valuestring;
    if (c->node) return differ(c, "nothing", message);
    const char *said = sentence(&c->made.arena, c->made.error.message);
    if (strcmp(c->made.error.exception, exception) != 0) return differ(c, c->made.error.exception, exception);
    if (strcmp(said, message) != 0) return differ(c, said, message);
    return c->made.error.cause || differ(c, "no cause", message);
}

static bool check_numbers(Case *c, const Tensor *got, const Tensor *wanted)
{
    if (!shape_equal(&got->shape, &wanted->shape))
        return differ(c, shape_text(&c->made.arena, &got->shape), shape_text(&c->made.arena, &wanted->shape));
    for (int64_t i = 0; i < shape_size(&wanted->shape); i++) {
        const double a = (double)got->data[i], b = (double)wanted->data[i];
        if (fabs(a - b) <= 2e-6 * fmax(1, fabs(b)) + 1e-5 * fabs(b)) continue;
        return differ(c, arena_print(&c->made.arena, "[%lld] %g", (long long)i, a), arena_print(&c->made.arena, "%g", b));
    }
    return true;
}

static Model *model_of(Case *c)
{
    Value in = value_list(&c->made.arena, VALUE_LIST, MOST), out = value_list(&c->made.arena, VALUE_LIST, 1);
    for (int i = 0; i < c->n_inputs; i++) list_add(in.list, value_tensor(c->inputs[i]));
    list_add(out.list, value_tensor(c->node->out[0]));
    return functional_make(&c->made.builder, in, out, NULL, SPAN_NONE, &c->made.error);
}

static bool check_accepted(Case *c)
{
    Arena *arena = &c->made.arena;
    Tensor weights[MOST], inputs[MOST];
    Shape shapes[MOST];
    const cJSON *item;
    int n_weights = 0, n = 0;
    if (!c->node) return differ(c, c->made.error.message, "nothing");
    cJSON_ArrayForEach(item, get(c->json, "w")) weights[n_weights++] = tensor_of(arena, item, 1.0 / 8);
    cJSON_ArrayForEach(item, get(c->json, "x")) {
        inputs[n] = tensor_of(arena, item, 1.0 / 8);
        shapes[n] = inputs[n].shape;
        n++;
    }
    if (!layer_set_weights(c->layer, weights, n_weights, &c->made.error)) return differ(c, c->made.error.message, "nothing");
    Plan plan;
    Run run;
    plan_make(&plan, arena, model_of(c), shapes, n, 3, NULL);
    run_forward(&run, arena, &plan, inputs, RUN_SEED);
    if (!run.complete) return differ(c, run.why_not, "numbers");
    const Tensor wanted = tensor_of(arena, get(c->json, "y"), 1);
    Text problems = {.arena = arena};
    if (!check_traces(arena, &run, &problems)) return differ(c, text_string(&problems), "the terms");
    return check_numbers(c, &run.tensors[plan.outputs[0]], &wanted);
}

static bool check_case(const cJSON *json)
{
    Case c = {.json = json};
    made_open(&c.made);
    make_and_call(&c);
    const cJSON *refused = get(json, "refused");
    const bool good = refused ? check_refused(&c, refused) : check_accepted(&c);
    made_close(&c.made);
    return good;
}

static void keras_says_the_same(void **state)
{
    (void)state;
    cJSON *cases = read_cases();
    const cJSON *json;
    int bad = 0, all = 0;
    cJSON_ArrayForEach(json, cases) {
        bad += !check_case(json);
        all++;
    }
    cJSON_Delete(cases);
    assert_true(all > 150);
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keras_says_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
