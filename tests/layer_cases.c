#include "explain_check.h"
#include "layer_cases.h"

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
#include "engine/session.h"
#include "keras/reading.h"
#include "written_again.h"

/* ---- the file ---- */

static cJSON *read_cases(const char *class_name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/tests/data/layers/%s.json", SOURCE_DIR, class_name);
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    const long length = ftell(file);
    rewind(file);
    char *text = calloc((size_t)length + 1, 1);
    const size_t got = fread(text, 1, (size_t)length, file);
    fclose(file);
    cJSON *json = cJSON_ParseWithLength(text, got);
    free(text);
    return json;
}

static const cJSON *get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static const char *text_of(const cJSON *object, const char *key)
{
    const cJSON *item = get(object, key);
    return cJSON_IsString(item) ? item->valuestring : "";
}

static Shape shape_of(const cJSON *list)
{
    Shape shape = {0};
    const cJSON *dim;
    cJSON_ArrayForEach(dim, list) if (shape.rank < SHAPE_RANK_MAX)
        shape.dim[shape.rank++] = cJSON_IsNumber(dim) ? (int64_t)dim->valuedouble : DIM_NONE;
    return shape;
}

static Tensor tensor_of(Arena *arena, const cJSON *object)
{
    const Dtype dtype = dtype_find(text_of(object, "dtype"));
    Tensor tensor = tensor_make(arena, shape_of(get(object, "shape")), dtype);
    const cJSON *number;
    int64_t i = 0;
    cJSON_ArrayForEach(number, get(object, "data")) tensor.data[i++] = (float)(cJSON_IsBool(number) ? cJSON_IsTrue(number) : number->valuedouble);
    return tensor;
}

/* ---- a layer from its config ---- */

static Value value_of(Made *, const cJSON *);

static Layer *layer_of(Made *made, const char *class_name, const cJSON *config)
{
    const LayerKind *kind = layer_kind_find(class_name);
    const int n = cJSON_GetArraySize(config);
    Argument *args = ARENA_ARRAY(&made->arena, n, Argument);
    const cJSON *item;
    int i = 0;
    if (!kind) {
        error_set(&made->error, "NameError", "no kind %s", class_name);
        return NULL;
    }
    cJSON_ArrayForEach(item, config) args[i++] = argument(item->string, value_of(made, item));
    return layer_make(&made->builder, kind, args, n, SPAN_NONE, &made->error);
}

static bool is_layer(const cJSON *object)
{
    return cJSON_IsString(get(object, "class_name")) && strcmp(text_of(object, "module"), "keras.layers") == 0;
}

static Value value_of(Made *made, const cJSON *json)
{
    Arena *arena = &made->arena;
    if (cJSON_IsBool(json)) return value_bool(cJSON_IsTrue(json));
    if (cJSON_IsString(json)) return value_string(arena, json->valuestring, strlen(json->valuestring));
    if (cJSON_IsNumber(json))
        return json->valuedouble >= -9e15 && json->valuedouble <= 9e15 && floor(json->valuedouble) >= json->valuedouble
                   ? value_int((int64_t)json->valuedouble) : value_float(json->valuedouble);
    if (cJSON_IsArray(json)) {
        Value list = value_list(arena, VALUE_LIST, 4);
        const cJSON *item;
        cJSON_ArrayForEach(item, json) list_add(list.list, value_of(made, item));
        return list;
    }
    if (!cJSON_IsObject(json)) return value_none();
    if (is_layer(json)) {
        Layer *layer = layer_of(made, text_of(json, "class_name"), get(json, "config"));
        return layer ? value_layer(layer) : value_none();
    }
    Value dict = value_dict(arena);
    const cJSON *item;
    cJSON_ArrayForEach(item, json) dict_set(arena, dict.dict, value_string(arena, item->string, strlen(item->string)), value_of(made, item));
    return dict;
}

/* ---- one case ---- */

typedef struct Case {
    Made        made;
    const cJSON *json;
    const char  *class_name;
    Layer       *layer;
    KerasTensor *inputs[16];   int n_inputs;
    Node        *node;
    Text         problems;
} Case;

static bool problem(Case *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool problem(Case *c, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    text_print(&c->problems, "%s %s: %s\n", text_of(c->json, "id"), text_of(c->json, "code"), arena_vprint(&c->made.arena, format, list));
    va_end(list);
    return false;
}

static void make_inputs(Case *c)
{
    const cJSON *shape, *given = get(c->json, "inputs");
    cJSON_ArrayForEach(shape, get(c->json, "input_shapes")) {
        const Shape dims = shape_of(shape);
        const cJSON *data = cJSON_GetArrayItem(given, c->n_inputs);
        const char *dtype = data ? text_of(data, "dtype") : "float32";
        Layer *input = MAKE(&c->made, "InputLayer", argument("batch_shape", value_shape(&c->made.arena, &dims)), argument("dtype", text_value(dtype)));
        if (input && c->n_inputs < 16) c->inputs[c->n_inputs++] = input->calls[0]->out[0];
    }
}

static void call_layer(Case *c)
{
    Arena *arena = &c->made.arena;
    const char *way = text_of(c->json, "call");
    const cJSON *kwargs = get(c->json, "call_kwargs"), *item;
    Argument *args = ARENA_ARRAY(arena, c->n_inputs + cJSON_GetArraySize(kwargs) + 1, Argument);
    Value list = value_list(arena, VALUE_LIST, 4);
    int n = 0;
    for (int i = 0; i < c->n_inputs; i++) {
        list_add(list.list, value_tensor(c->inputs[i]));
        if (strcmp(way, "list") != 0) args[n++] = argument(NULL, value_tensor(c->inputs[i]));
    }
    if (strcmp(way, "list") == 0) args[n++] = argument(NULL, list);
    cJSON_ArrayForEach(item, kwargs) args[n++] = argument(item->string, value_of(&c->made, item));
    c->node = layer_call(&c->made.builder, c->layer, args, n, SPAN_NONE, &c->made.error);
}

static bool check_shapes(Case *c)
{
    const cJSON *expected = get(c->json, "output_shapes");
    if (cJSON_GetArraySize(expected) != c->node->n_out) return problem(c, "%d outputs", c->node->n_out);
    for (int i = 0; i < c->node->n_out; i++) {
        const Shape shape = shape_of(cJSON_GetArrayItem(expected, i));
        if (!shape_equal(&shape, &c->node->out[i]->spec.shape))
            return problem(c, "output shape %s, Keras %s", shape_text(&c->made.arena, &c->node->out[i]->spec.shape), shape_text(&c->made.arena, &shape));
    }
    return true;
}

static bool check_count(Case *c, const char *key, int64_t got)
{
    const int64_t expected = (int64_t)get(c->json, key)->valuedouble;
    return got == expected || problem(c, "%s %lld, Keras %lld", key, (long long)got, (long long)expected);
}

static bool check_counts(Case *c)
{
    const ParamCount count = layer_params(c->layer);
    return check_count(c, "params", count.all) && check_count(c, "trainable_params", count.trainable) &&
           check_count(c, "non_trainable_params", count.frozen);
}

static bool set_weights(Case *c)
{
    Tensor tensors[64];
    const cJSON *weight;
    int n = 0;
    cJSON_ArrayForEach(weight, get(c->json, "weights")) if (n < 64) tensors[n++] = tensor_of(&c->made.arena, weight);
    return layer_set_weights(c->layer, tensors, n, &c->made.error) || problem(c, "set_weights: %s", c->made.error.message);
}

static bool check_numbers(Case *c, int output, const Tensor *got, const cJSON *expected)
{
    if (!got->data) return problem(c, "output %d has no numbers", output);
    const Tensor want = tensor_of(&c->made.arena, expected);
    if (!shape_equal(&want.shape, &got->shape))
        return problem(c, "output %d is %s, Keras %s", output, shape_text(&c->made.arena, &got->shape), shape_text(&c->made.arena, &want.shape));
    double most = 0;
    const int64_t size = shape_size(&want.shape);
    for (int64_t i = 0; i < size; i++) most = fmax(most, fabs((double)want.data[i]));
    for (int64_t i = 0; i < size; i++) {
        const double difference = fabs((double)got->data[i] - (double)want.data[i]);
        if (!(difference <= 1e-6 * fmax(1, most) + 1e-5 * fabs((double)want.data[i])))
            return problem(c, "output %d[%lld] is %.9g, Keras %.9g", output, (long long)i, (double)got->data[i], (double)want.data[i]);
    }
    return true;
}

/* What a layer says it fills must not show through. */
static void spoil_rooms(const Session *session)
{
    for (int i = 0; i < session->run.plan->n_tensors; i++) {
        const Tensor *room = &session->rooms[i];
        if (room->data) memset(room->data, 0xff, (size_t)shape_size(&room->shape) * sizeof(float));
    }
}

/* Made ready and run twice, the layer gives the same bytes as run once. */
static bool check_session(Case *c, const Run *run, const Tensor *given)
{
    Session session;
    bool same = session_open(&session, &c->made.arena, run->plan, RUN_SEED) && session_run(&session, given);
    if (same) spoil_rooms(&session);
    same = same && session_run(&session, given);
    for (int i = 0; same && i < run->plan->n_outputs; i++) {
        const Tensor *once = &run->tensors[run->plan->outputs[i]], *again = &session.run.tensors[run->plan->outputs[i]];
        same = shape_equal(&once->shape, &again->shape) && memcmp(once->data, again->data, (size_t)shape_size(&once->shape) * sizeof(float)) == 0;
    }
    session_close(&session);
    return same || problem(c, "a session gives other numbers");
}

static bool check_values(Case *c)
{
    Arena *arena = &c->made.arena;
    const cJSON *inputs = get(c->json, "inputs"), *outputs = get(c->json, "outputs");
    if (!outputs) return true;
    Value in = value_list(arena, VALUE_LIST, 4), out = value_list(arena, VALUE_LIST, 4);
    Tensor given[16];
    Shape shapes[16];
    for (int i = 0; i < c->n_inputs; i++) {
        list_add(in.list, value_tensor(c->inputs[i]));
        given[i] = tensor_of(arena, cJSON_GetArrayItem(inputs, i));
        shapes[i] = given[i].shape;
    }
    for (int i = 0; i < c->node->n_out; i++) list_add(out.list, value_tensor(c->node->out[i]));
    const Model *model = functional_make(&c->made.builder, in, out, NULL, SPAN_NONE, &c->made.error);
    if (!model) return problem(c, "model: %s", c->made.error.message);
    Plan plan;
    Run run;
    plan_make(&plan, arena, model, shapes, c->n_inputs, 3, NULL);
    run_forward(&run, arena, &plan, given, RUN_SEED);
    if (!run.complete) return problem(c, "no numbers: %s", run.why_not ? run.why_not : "");
    for (int i = 0; i < model->n_outputs; i++)
        if (!check_numbers(c, i, &run.tensors[plan.outputs[i]], cJSON_GetArrayItem(outputs, i))) return false;
    Text traces = {.arena = arena};
    if (!check_session(c, &run, given)) return false;
    if (!check_traces(arena, &run, &traces)) return problem(c, "trace: %s", text_string(&traces));
    return check_explanations(arena, &run, given, &traces) || problem(c, "explain: %s", text_string(&traces));
}

static void check_accepted(Case *c)
{
    c->layer = layer_of(&c->made, c->class_name, get(c->json, "config"));
    if (c->layer) make_inputs(c);
    if (c->layer) call_layer(c);
    if (!c->node) {
        problem(c, "refused: %s", c->made.error.message);
        return;
    }
    if (check_shapes(c) && check_counts(c) && set_weights(c)) check_values(c);
}

/* ---- refusals, through a small program ---- */

static void put_shape(Text *text, const cJSON *shape)
{
    const cJSON *dim;
    int axis = 0;
    text_put_char(text, '(');
    cJSON_ArrayForEach(dim, shape) if (axis++) {
        if (cJSON_IsNumber(dim)) text_print(text, "%d, ", dim->valueint);
        else text_put(text, "None, ");
    }
    text_put_char(text, ')');
}

static void put_call(Text *text, const cJSON *json, int n)
{
    const bool list = strcmp(text_of(json, "call"), "list") == 0;
    const cJSON *item;
    text_print(text, "y = %s(%s", text_of(json, "code"), list ? "[" : "");
    for (int i = 0; i < n; i++) text_print(text, "%sx%d", i ? ", " : "", i);
    if (list) text_put_char(text, ']');
    cJSON_ArrayForEach(item, get(json, "call_kwargs")) text_print(text, ", %s=%s", item->string, cJSON_IsTrue(item) ? "True" : "False");
    text_put(text, ")\n");
}

/* One tensor goes through a Sequential model, several through a functional one. */
static const char *program_of(Arena *arena, const cJSON *json)
{
    Text text = {.arena = arena};
    const cJSON *shape, *shapes = get(json, "input_shapes");
    const bool straight = strcmp(text_of(json, "call"), "one") == 0 && !get(json, "call_kwargs")->child;
    int n = 0;
    text_put(&text, "from keras import Input, Model, Sequential\nfrom keras.layers import *\n");
    if (straight) {
        text_put(&text, "model = Sequential()\nmodel.add(Input(shape=");
        put_shape(&text, shapes->child);
        text_print(&text, "))\nmodel.add(%s)\n", text_of(json, "code"));
        return text_string(&text);
    }
    cJSON_ArrayForEach(shape, shapes) {
        text_print(&text, "x%d = Input(shape=", n++);
        put_shape(&text, shape);
        text_put(&text, ")\n");
    }
    put_call(&text, json, n);
    text_put(&text, "model = Model([");
    for (int i = 0; i < n; i++) text_print(&text, "x%d, ", i);
    text_put(&text, "], y)\n");
    return text_string(&text);
}

/* Keras' own sentence, without what wraps it. */
static const char *plain(Arena *arena, const char *message)
{
    if (strncmp(message, "Exception encountered when calling", 34) == 0 && strstr(message, "\n\n")) message = strstr(message, "\n\n") + 2;
    if (strncmp(message, "\x1b[1m", 4) == 0) message += 4;
    const char *end = strstr(message, "\n\nArguments received by");
    size_t length = end ? (size_t)(end - message) : strlen(message);
    if (length > 4 && memcmp(message + length - 4, "\x1b[0m", 4) == 0) length -= 4;
    while (length && (message[length - 1] == ' ' || message[length - 1] == '\n')) length--;
    return arena_copy(arena, message, length);
}

static void check_refused(Case *c)
{
    Arena *arena = &c->made.arena;
    Reading reading;
    const char *text = program_of(arena, c->json), *expected = text_of(get(c->json, "error"), "message");
    keras_read(&reading, arena, text, strlen(text), NULL);
    if (!reading.error.set) {
        problem(c, "accepted, Keras: %s", expected);
        return;
    }
    if (strcmp(text_of(get(c->json, "error"), "exception"), "ValueError") != 0) return;   /* Python's own words for a slip inside Keras */
    if (strcmp(plain(arena, reading.error.message), plain(arena, expected)) != 0) problem(c, "says %s, Keras %s", reading.error.message, expected);
}

/* The same layer from its code: what the reader binds is what the config says, and what the writer writes of it. */
static void check_code(Case *c)
{
    Arena *arena = &c->made.arena;
    Reading reading;
    const char *text = program_of(arena, c->json);
    keras_read(&reading, arena, text, strlen(text), NULL);
    if (reading.error.set || !reading.model || !reading.model->n_outputs) {
        problem(c, "from code: %s", reading.error.set ? reading.error.message : "no model");
        return;
    }
    const Shape expected = shape_of(get(c->json, "output_shapes")->child), *got = &reading.model->outputs[0]->spec.shape;
    if (!shape_equal(&expected, got)) problem(c, "from code: %s, Keras %s", shape_text(arena, got), shape_text(arena, &expected));
    const char *again = written_again_problem(arena, reading.model);
    if (again) problem(c, "written as code: %s", again);
}

static void check_case(const char *class_name, const cJSON *json, char *report, size_t room)
{
    Case c = {.json = json, .class_name = class_name};
    made_open(&c.made);
    c.problems.arena = &c.made.arena;
    if (get(json, "error")) check_refused(&c);
    else check_accepted(&c);
    if (!get(json, "error") && !c.problems.length) check_code(&c);
    snprintf(report, room, "%s", text_string(&c.problems));
    made_close(&c.made);
}

void check_layer_cases(const char *class_name)
{
    cJSON *json = read_cases(class_name);
    assert_non_null(json);
    const cJSON *item;
    int bad = 0, all = 0;
    cJSON_ArrayForEach(item, get(json, "cases")) {
        char report[2000];
        check_case(class_name, item, report, sizeof report);
        all++;
        bad += *report != 0;
        if (*report) print_error("%s", report);
    }
    cJSON_Delete(json);
    if (bad) fail_msg("%s: %d of %d cases differ from Keras", class_name, bad, all);
}
