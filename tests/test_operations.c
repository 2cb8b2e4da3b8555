/* keras.ops against Keras itself (data/operations.json): each case is one expression over inputs x, y, z, read as code. Checked
 * are the shapes and types that Keras infers, the class and the automatic name, the numbers, the trace, and refusals. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "data_files.h"
#include "keras/reading.h"
#include "layer_cases.h"

typedef struct Case {
    Arena        arena;
    const cJSON *json;
    Reading      reading;
    Text         problems;
} Case;

static const cJSON *get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static const char *string_of(const cJSON *object, const char *key)
{
    const cJSON *item = get(object, key);
    return item ? item->valuestring : "";
}

static bool problem(Case *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool problem(Case *c, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const char *message = arena_vprint(&c->arena, format, list);
    va_end(list);
    text_print(&c->problems, "%s: %s\n", string_of(c->json, "code"), message);
    return false;
}

static Shape shape_of(const cJSON *dims)
{
    Shape shape = {0};
    const cJSON *dim;
    cJSON_ArrayForEach(dim, dims) shape.dim[shape.rank++] = cJSON_IsNull(dim) ? DIM_NONE : (int64_t)dim->valuedouble;
    return shape;
}

/* A model of the expression, as a learner would write it. */
static void read_code(Case *c)
{
    Text text = {.arena = &c->arena}, names = {.arena = &c->arena};
    const cJSON *input;
    text_put(&text, "import numpy as np\nimport keras\nfrom keras import ops\n");
    cJSON_ArrayForEach(input, get(c->json, "inputs")) {
        const Shape shape = shape_of(get(input, "shape"));
        text_print(&text, "%s = keras.Input(batch_shape=%s, dtype='%s', name='%s')\n", string_of(input, "name"), shape_text(&c->arena, &shape),
                   string_of(input, "dtype"), string_of(input, "name"));
        text_print(&names, names.length ? ", %s" : "%s", string_of(input, "name"));
    }
    text_print(&text, "out = %s\nmodel = keras.Model([%s], out)\n", string_of(c->json, "code"), text_string(&names));
    keras_read(&c->reading, &c->arena, text_string(&text), text.length, &(ReadOptions){0});
}

static bool check_refused(Case *c)
{
    const cJSON *error = get(c->json, "error");
    const Error *got = &c->reading.error;
    if (!got->set) return problem(c, "accepted; Keras: %s", string_of(error, "message"));
    if (strcmp(string_of(error, "exception"), "ValueError") != 0) return true;
    const char *told = string_of(error, "message"), *part = strstr(told, "\x1b[1m");
    if (part) return strstr(got->message, "Exception encountered") != NULL || problem(c, "refused as: %s", got->message);
    return strcmp(got->message, told) == 0 || problem(c, "refused as: %s\n    Keras: %s", got->message, told);
}

static bool check_spec(Case *c, const KerasTensor *tensor, const cJSON *output)
{
    const Shape shape = shape_of(get(output, "shape"));
    if (!shape_equal(&tensor->spec.shape, &shape))
        return problem(c, "shape is %s, Keras %s", shape_text(&c->arena, &tensor->spec.shape), shape_text(&c->arena, &shape));
    if (strcmp(dtype_name(tensor->spec.dtype), string_of(output, "dtype")) != 0)
        return problem(c, "type is %s, Keras %s", dtype_name(tensor->spec.dtype), string_of(output, "dtype"));
    return true;
}

static bool check_specs(Case *c)
{
    const Model *model = c->reading.model;
    const cJSON *outputs = get(c->json, "outputs");
    if (model->n_outputs != cJSON_GetArraySize(outputs))
        return problem(c, "%d outputs, Keras %d", model->n_outputs, cJSON_GetArraySize(outputs));
    for (int i = 0; i < model->n_outputs; i++)
        if (!check_spec(c, model->outputs[i], cJSON_GetArrayItem(outputs, i))) return false;
    const Layer *layer = model->outputs[0]->node->layer;
    if (strcmp(layer->class_name, string_of(c->json, "class")) != 0 || strcmp(layer->name, string_of(c->json, "name")) != 0)
        return problem(c, "is %s (%s), Keras %s (%s)", layer->name, layer->class_name, string_of(c->json, "name"), string_of(c->json, "class"));
    return true;
}

static Tensor tensor_of(Arena *arena, const cJSON *json)
{
    Tensor tensor = tensor_make(arena, shape_of(get(json, "data_shape")), dtype_find(string_of(json, "dtype")));
    const cJSON *number = get(json, "data")->child;
    for (int64_t i = 0; number; number = number->next) tensor.data[i++] = cJSON_IsNull(number) ? NAN : (float)number->valuedouble;
    return tensor;
}

/* What is not finite in Keras must not be finite here. */
static bool is_close(float got, float wanted, double most)
{
    if (!isfinite(wanted)) return !isfinite(got);
    return fabs((double)got - (double)wanted) <= 1e-6 * fmax(1, most) + 1e-5 * fabs((double)wanted);
}

static bool check_output(Case *c, const Tensor *got, const cJSON *output, int index)
{
    const Tensor want = tensor_of(&c->arena, output);
    const int64_t size = shape_size(&want.shape);
    double most = 0;
    if (!shape_equal(&got->shape, &want.shape))
        return problem(c, "numbers have shape %s, Keras' %s", shape_text(&c->arena, &got->shape), shape_text(&c->arena, &want.shape));
    for (int64_t i = 0; i < size; i++)
        if (isfinite(want.data[i])) most = fmax(most, fabs((double)want.data[i]));
    for (int64_t i = 0; i < size; i++)
        if (!is_close(got->data[i], want.data[i], most))
            return problem(c, "output %d[%lld] is %.9g, Keras %.9g", index, (long long)i, (double)got->data[i], (double)want.data[i]);
    return true;
}

static bool check_numbers(Case *c)
{
    const cJSON *inputs = get(c->json, "inputs"), *outputs = get(c->json, "outputs");
    const int n = cJSON_GetArraySize(inputs);
    Tensor given[4];
    Shape shapes[4];
    Plan plan;
    Run run;
    if (get(c->json, "no_numbers")) return true;
    for (int i = 0; i < n; i++) {
        given[i] = tensor_of(&c->arena, cJSON_GetArrayItem(inputs, i));
        shapes[i] = given[i].shape;
    }
    plan_make(&plan, &c->arena, c->reading.model, shapes, n, 3, NULL);
    run_forward(&run, &c->arena, &plan, given, RUN_SEED);
    if (!run.complete) return problem(c, "no numbers: %s", run.why_not ? run.why_not : "");
    for (int i = 0; i < c->reading.model->n_outputs; i++)
        if (!check_output(c, &run.tensors[plan.outputs[i]], cJSON_GetArrayItem(outputs, i), i)) return false;
    Text traces = {.arena = &c->arena};
    return check_traces(&c->arena, &run, &traces) || problem(c, "trace: %s", text_string(&traces));
}

static bool check_accepted(Case *c)
{
    if (c->reading.error.set) return problem(c, "refused: %s", c->reading.error.message);
    if (!c->reading.model) return problem(c, "no model");
    return check_specs(c) && check_numbers(c);
}

static bool check_case(const cJSON *json)
{
    Case c = {.json = json};
    arena_open(&c.arena, 0);
    c.problems.arena = &c.arena;
    read_code(&c);
    const bool good = get(json, "error") ? check_refused(&c) : check_accepted(&c);
    if (!good) print_error("%s", text_string(&c.problems));
    arena_close(&c.arena);
    return good;
}

static void operations_as_keras(void **state)
{
    Arena arena;
    size_t length;
    (void)state;
    arena_open(&arena, 0);
    char *text = data_read(&arena, "operations.json", &length);
    assert_non_null(text);
    cJSON *cases = cJSON_ParseWithLength(text, length);
    assert_non_null(cases);
    const cJSON *item;
    int bad = 0, all = 0;
    cJSON_ArrayForEach(item, cases) {
        all++;
        bad += !check_case(item);
    }
    cJSON_Delete(cases);
    arena_close(&arena);
    if (bad) fail_msg("%d of %d cases differ from Keras", bad, all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(operations_as_keras)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
