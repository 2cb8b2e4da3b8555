#include "keras/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "building.h"
#include "engine/plan.h"
#include "engine/run.h"

typedef struct TextCase {
    const char *json, *wanted;
} TextCase;

static const TextCase VALUE_CASES[] = {
    {"null", "None"},
    {" [1, 1.0, -0, 1e3, true, false] ", "[1, 1.0, 0, 1000.0, True, False]"},
    {"[NaN, Infinity, -Infinity]", "[nan, inf, -inf]"},
    {"{}", "{}"},
    {"[]", "[]"},
    {"{\"a\": {\"b\": [null]}, \"c\": \"d\"}", "{'a': {'b': [None]}, 'c': 'd'}"},
    {"{\"a\": 1, \"b\": 2, \"a\": 3}", "{'a': 3, 'b': 2}"},
    {"\"\\\"\\\\\\/\\n\\u0041\"", "'\"\\\\/\\nA'"},
    {"\"\\u65e5\\ud83d\\ude00\"", "'日😀'"},
    {"\"日本\"", "'日本'"},
    {"\"\\ud83d!\"", "'\xEF\xBF\xBD!'"},
    {"99999999999999999999", "9223372036854775807"},
    {"\xEF\xBB\xBF[1]", "[1]"},
};

static void values_are_what_python_reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof VALUE_CASES / sizeof *VALUE_CASES; i++) {
        Arena arena;
        arena_open(&arena, 0);
        Error err = {.arena = &arena};
        Value value;
        if (!json_read(&arena, VALUE_CASES[i].json, strlen(VALUE_CASES[i].json), &value, &err))
            fail_msg("%s: %s", VALUE_CASES[i].json, err.message);
        assert_string_equal(value_repr_text(&arena, &value), VALUE_CASES[i].wanted);
        arena_close(&arena);
    }
}

static const TextCase FAULT_CASES[] = {
    {"", "Expecting value: line 1 column 1 (char 0)"},
    {"{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"},
    {"{\"a\" 1}", "Expecting ':' delimiter: line 1 column 6 (char 5)"},
    {"{\"a\":1", "Expecting ',' delimiter: line 1 column 7 (char 6)"},
    {"{\"a\":1,}", "Expecting property name enclosed in double quotes: line 1 column 8 (char 7)"},
    {"[1,]", "Expecting value: line 1 column 4 (char 3)"},
    {"[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"},
    {"\"abc", "Unterminated string starting at: line 1 column 1 (char 0)"},
    {"\"a\\x\"", "Invalid \\escape: line 1 column 3 (char 2)"},
    {"\"\\u12\"", "Invalid \\uXXXX escape: line 1 column 3 (char 2)"},
    {"\"a\tb\"", "Invalid control character at: line 1 column 3 (char 2)"},
    {"tru", "Expecting value: line 1 column 1 (char 0)"},
    {"01", "Extra data: line 1 column 2 (char 1)"},
    {"1.", "Extra data: line 1 column 2 (char 1)"},
    {"-", "Expecting value: line 1 column 1 (char 0)"},
    {"[1]\n\n x", "Extra data: line 3 column 2 (char 6)"},
    {"[\"é\", x]", "Expecting value: line 1 column 7 (char 6)"},
    {"\"\xff\"", "'utf-8' codec can't decode byte 0xff in position 1"},
    {"\"\xe6\x97", "'utf-8' codec can't decode byte 0xe6 in position 1"},
};

static void faults_are_told_in_pythons_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FAULT_CASES / sizeof *FAULT_CASES; i++) {
        Arena arena;
        arena_open(&arena, 0);
        Error err = {.arena = &arena};
        Value value;
        assert_false(json_read(&arena, FAULT_CASES[i].json, strlen(FAULT_CASES[i].json), &value, &err));
        assert_string_equal(err.message, FAULT_CASES[i].wanted);
        arena_close(&arena);
    }
}

static void depth_and_keys_are_limited(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    Error err = {.arena = &arena};
    Value value;
    char *deep = malloc(1000000);
    memset(deep, '[', 1000000);
    assert_false(json_read(&arena, deep, 1000000, &value, &err));
    assert_non_null(strstr(err.message, "Too many lists and objects in one another"));
    free(deep);
    Text many = {.arena = &arena};
    for (int i = 0; i <= JSON_KEYS_MAX; i++) text_print(&many, "%s\"k%d\": 0", i ? ", " : "{", i);
    text_put(&many, "}");
    err = (Error){.arena = &arena};
    assert_false(json_read(&arena, many.bytes, many.length, &value, &err));
    assert_non_null(strstr(err.message, "Too many keys"));
    arena_close(&arena);
}

static void values_know_their_place(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    Error err = {.arena = &arena};
    Value value;
    const char *text = " {\"units\": [16, null]}";
    assert_true(json_read(&arena, text, strlen(text), &value, &err));
    const Value *units = dict_find(value.dict, "units");
    assert_int_equal(value.span.start, 1);
    assert_int_equal(units->span.start, 11);
    assert_int_equal(units->list->items[1].span.end, 21 - 1);
    arena_close(&arena);
}

/* ---- models ---- */

typedef struct ModelCase {
    const char *json, *shapes;    /* "name (None, 4) params, ..." */
} ModelCase;

#define DENSE(name, units) "{\"class_name\": \"Dense\", \"module\": \"keras.layers\", \"config\": {\"name\": \"" name "\", \"units\": " units "}"
#define INPUT(name, shape) \
    "{\"class_name\": \"InputLayer\", \"module\": \"keras.layers\", \"config\": {\"batch_shape\": " shape ", \"name\": \"" name "\"}, \"name\": \"" name "\", \"inbound_nodes\": []}"
#define TENSOR(name, call) \
    "{\"class_name\": \"__keras_tensor__\", \"config\": {\"shape\": [null, 7], \"dtype\": \"float32\", \"keras_history\": [\"" name "\", " call ", 0]}}"
#define SEQUENTIAL(layers) "{\"class_name\": \"Sequential\", \"module\": \"keras\", \"config\": {\"name\": \"s\", \"layers\": [" layers "]}}"
#define GRAPH(layers, in, out) \
    "{\"class_name\": \"Functional\", \"module\": \"keras.src.models.functional\", \"config\": {\"name\": \"f\", \"trainable\": true, " \
    "\"layers\": [" layers "], \"input_layers\": " in ", \"output_layers\": " out "}}"
#define CALLED(name, tensor) ", \"name\": \"" name "\", \"inbound_nodes\": [{\"args\": [" tensor "], \"kwargs\": {}}]}"
#define LEGACY_DENSE(name, units, more) "{\"class_name\": \"Dense\", \"config\": {\"name\": \"" name "\", \"trainable\": true, \"dtype\": \"float32\", \"units\": " units \
    ", \"activation\": \"relu\", \"use_bias\": true, \"kernel_initializer\": {\"class_name\": \"GlorotUniform\", \"config\": {\"seed\": null}}" more "}"

#define LEGACY_OPERATION(class, name, function, node) \
    "{\"class_name\": \"" class "\", \"config\": {\"name\": \"" name "\", \"trainable\": true, \"function\": \"" function "\"}, \"name\": \"" name \
    "\", \"inbound_nodes\": [" node "]}"
#define LEGACY_GRAPH(layers, out) \
    "{\"class_name\": \"Functional\", \"config\": {\"name\": \"m\", \"layers\": [{\"class_name\": \"InputLayer\", \"config\": {\"batch_input_shape\": " \
    "[null, 5], \"name\": \"x\"}, \"name\": \"x\", \"inbound_nodes\": []}, " layers "], \"input_layers\": [[\"x\", 0, 0]], \"output_layers\": [[\"" out "\", 0, 0]]}}"

static const ModelCase MODEL_CASES[] = {
    {SEQUENTIAL(INPUT("x", "[null, 3]") ", " DENSE("a", "4") "}"), "a (None, 4) 16"},
    {SEQUENTIAL(DENSE("a", "4") "}"), "a ? 0"},
    {"{\"class_name\": \"Sequential\", \"module\": \"keras\", \"config\": {\"name\": \"s\", \"layers\": [" DENSE("a", "4") "}], \"build_input_shape\": [null, 2]}}",
     "a (None, 4) 12"},
    {GRAPH(INPUT("x", "[null, 7]") ", " DENSE("a", "4") CALLED("a", TENSOR("x", "0")), "[\"x\", 0, 0]", "[\"a\", 0, 0]"), "x (None, 7) 0, a (None, 4) 32"},
    /* what feeds a layer may stand after it */
    {GRAPH(DENSE("a", "4") CALLED("a", TENSOR("x", "0")) ", " INPUT("x", "[null, 7]"), "[[\"x\", 0, 0]]", "[[\"a\", 0, 0]]"), "x (None, 7) 0, a (None, 4) 32"},
    /* a model of its own inside: its calls count from 1 at the ends */
    {GRAPH(INPUT("x", "[null, 7]") ", {\"class_name\": \"Functional\", \"module\": \"keras.src.models.functional\", \"config\": {\"name\": \"g\", \"layers\": ["
           INPUT("y", "[null, 7]") ", " DENSE("b", "2") CALLED("b", TENSOR("y", "0")) "], \"input_layers\": [\"y\", 0, 0], \"output_layers\": [\"b\", 0, 0]}"
           CALLED("g", TENSOR("x", "0")), "[\"x\", 0, 0]", "[\"g\", 1, 0]"), "x (None, 7) 0, g (None, 2) 16"},
    /* custom layers: the shape is told by who takes it */
    {GRAPH(INPUT("x", "[null, 3]") ", {\"class_name\": \"Mine\", \"module\": \"__main__\", \"registered_name\": \"Mine\", \"config\": {\"name\": \"m\", \"size\": 3}"
           CALLED("m", TENSOR("x", "0")) ", " DENSE("a", "4") CALLED("a", TENSOR("m", "0")), "[\"x\", 0, 0]", "[\"a\", 0, 0]"),
     "x (None, 3) 0, m (None, 7) 0, a (None, 4) 32"},
    {SEQUENTIAL(INPUT("x", "[null, 3]") ", {\"class_name\": \"Lambda\", \"module\": \"keras.layers\", \"config\": {\"name\": \"l\", \"function\": {\"class_name\": "
                "\"__lambda__\", \"config\": {\"code\": \"4wEA\"}}}}, " DENSE("a", "4") ", \"build_config\": {\"input_shape\": [null, 5]}}"),
     "l (None, 5) 0, a (None, 4) 24"},
    /* what adapt() found stands beside what it was asked for */
    {SEQUENTIAL(INPUT("x", "[null, 3]") ", {\"class_name\": \"Discretization\", \"module\": \"keras.layers\", \"config\": {\"name\": \"d\", "
                "\"bin_boundaries\": [3.0, 7.0], \"num_bins\": 3}}"), "d (None, 3) 0"},
    /* Keras 2 */
    {"{\"class_name\": \"Sequential\", \"keras_version\": \"2.4.0\", \"backend\": \"tensorflow\", \"config\": {\"name\": \"sequential\", \"layers\": ["
     LEGACY_DENSE("dense", "16", ", \"batch_input_shape\": [null, 3, 2]") "}, {\"class_name\": \"Flatten\", \"config\": {\"name\": \"flatten\", \"trainable\": true, "
     "\"dtype\": \"float32\", \"data_format\": \"channels_last\"}}, " LEGACY_DENSE("dense_1", "4", "") "}]}}",
     "dense (None, 3, 16) 48, flatten (None, 48) 0, dense_1 (None, 4) 196"},
    {"{\"class_name\": \"Sequential\", \"config\": [" LEGACY_DENSE("dense", "16", ", \"batch_input_shape\": [null, 3]") "}]}", "dense (None, 16) 64"},
    {"{\"class_name\": \"Functional\", \"config\": {\"name\": \"model\", \"layers\": [{\"class_name\": \"InputLayer\", \"config\": {\"batch_input_shape\": [null, 5], "
     "\"dtype\": \"float32\", \"sparse\": false, \"ragged\": false, \"name\": \"input_1\"}, \"name\": \"input_1\", \"inbound_nodes\": []}, "
     LEGACY_DENSE("dense", "4", "") ", \"name\": \"dense\", \"inbound_nodes\": [[[\"input_1\", 0, 0, {}]]]}], "
     "\"input_layers\": [[\"input_1\", 0, 0]], \"output_layers\": [[\"dense\", 0, 0]]}}", "input_1 (None, 5) 0, dense (None, 4) 24"},
    /* Keras 2 from 2.12 on: with modules */
    {SEQUENTIAL("{\"class_name\": \"InputLayer\", \"module\": \"keras.layers\", \"config\": {\"batch_input_shape\": [null, 5, 3], \"name\": \"x\", \"ragged\": false}}, "
                "{\"class_name\": \"LSTM\", \"module\": \"keras.layers\", \"config\": {\"name\": \"l\", \"units\": 2, \"time_major\": false}}, "
                "{\"class_name\": \"BatchNormalization\", \"module\": \"keras.layers\", \"config\": {\"name\": \"b\", \"axis\": [1]}}"),
     "l (None, 2) 48, b (None, 2) 8"},
    {LEGACY_GRAPH(LEGACY_OPERATION("SlicingOpLambda", "tf.__operators__.getitem", "__operators__.getitem",
                                   "[\"x\", 0, 0, {\"slice_spec\": [{\"class_name\": \"__ellipsis__\"}, {\"start\": 1, \"stop\": null, \"step\": null}]}]") ", "
                  LEGACY_OPERATION("TFOpLambda", "tf.math.subtract", "math.subtract",
                                   "[\"_CONSTANT_VALUE\", -1, 1.0, {\"y\": [\"tf.__operators__.getitem\", 0, 0], \"name\": null}]"),
                  "tf.math.subtract"),
     "x (None, 5) 0, tf.__operators__.getitem (None, 4) 0, tf.math.subtract (None, 4) 0"},
};

static const char *rows_text(Arena *arena, const Model *model)
{
    Text text = {.arena = arena};
    Plan plan;
    plan_make(&plan, arena, model, NULL, 0, 3, NULL);
    for (int i = 0; i < plan.n_layers; i++) {
        text_print(&text, "%s%s ", i ? ", " : "", plan.layers[i].layer->name);
        if (plan.layers[i].n_out) shape_print(&text, &plan.layers[i].out[0].shape);
        else text_put_char(&text, '?');
        text_print(&text, " %d", (int)plan.layers[i].params.all);
    }
    return text_string(&text);
}

static void models_of_every_form_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof MODEL_CASES / sizeof *MODEL_CASES; i++) {
        Made made;
        made_open(&made);
        Model *model;
        const char *json = MODEL_CASES[i].json;
        if (!json_read_model(&made.builder, json, strlen(json), &model, &made.error)) fail_msg("%s: %s", json, made.error.message);
        assert_string_equal(rows_text(&made.arena, model), MODEL_CASES[i].shapes);
        made_close(&made);
    }
}

static const TextCase REFUSED_CASES[] = {
    {"[]", "not a valid Keras configuration"},
    {"{\"class_name\": 3, \"config\": {}}", "not a valid Keras configuration"},
    {"{\"class_name\": \"Sequential\"}", "not a valid Keras configuration"},
    {"{\"class_name\": \"Mine\", \"config\": {}}", "Could not locate class 'Mine'"},
    {"{\"class_name\": \"Functional\", \"module\": \"keras\", \"config\": {\"layers\": []}}", "needs its `layers` and `output_layers`"},
    {SEQUENTIAL("3"), "class_name"},
    {SEQUENTIAL("{\"class_name\": \"Dense\", \"config\": []}"), "Expected 'config' to be a dict for Dense"},
    {SEQUENTIAL(DENSE("a", "-1") "}"), "Received an invalid value for `units`"},
    {SEQUENTIAL(DENSE("a", "4, \"colour\": 1") "}"), "Unrecognized keyword arguments passed to Dense: {'colour': 1}"},
    {SEQUENTIAL("{\"class_name\": \"Mine\", \"module\": \"__main__\", \"config\": {}}"), "Could not locate class 'Mine'"},
    {GRAPH(INPUT("x", "[null, 7]") ", " INPUT("x", "[null, 7]"), "[\"x\", 0, 0]", "[\"x\", 0, 0]"), "Used twice: x"},
    {GRAPH(INPUT("x", "[null, 7]") ", " DENSE("a", "4") CALLED("a", TENSOR("z", "0")), "[\"x\", 0, 0]", "[\"a\", 0, 0]"), "Unknown layer: z"},
    {GRAPH(INPUT("x", "[null, 7]") ", " DENSE("a", "4") CALLED("a", TENSOR("a", "0")), "[\"x\", 0, 0]", "[\"a\", 0, 0]"), "either has loops or disconnected nodes"},
    {GRAPH(INPUT("x", "[null, 7]") ", " DENSE("a", "4") CALLED("a", TENSOR("x", "-1")), "[\"x\", 0, 0]", "[\"a\", 0, 0]"), "Missing output of x"},
    {GRAPH(INPUT("x", "[null, 7]") ", " DENSE("a", "4") CALLED("a", TENSOR("x", "9223372036854775807")), "[\"x\", 0, 0]", "[\"a\", 0, 0]"), "loops or disconnected"},
    {GRAPH(INPUT("x", "[null, 7]"), "[\"x\", 0, 0]", "[\"x\", 1, 0]"), "An input or output is missing"},
    {GRAPH(INPUT("x", "[null, 7]"), "3", "[\"x\", 0, 0]"), "must be lists"},
    {GRAPH("{\"class_name\": \"Dense\", \"config\": {\"units\": 3}}", "[\"x\", 0, 0]", "[\"x\", 1, 0]"), "needs a `name`"},
};

static void what_is_no_model_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED_CASES / sizeof *REFUSED_CASES; i++) {
        Made made;
        made_open(&made);
        Model *model;
        const char *json = REFUSED_CASES[i].json;
        if (json_read_model(&made.builder, json, strlen(json), &model, &made.error)) fail_msg("taken: %s", json);
        if (!made.error.message || !strstr(made.error.message, REFUSED_CASES[i].wanted)) fail_msg("%s: %s", json, made.error.message);
        made_close(&made);
    }
}

#define DENSE_WITH(more) SEQUENTIAL(INPUT("x", "[null, 3]") ", " DENSE("a", "4, " more) "}")
#define QUANTIZED_POLICY "{\"module\": \"keras\", \"class_name\": \"QuantizedDTypePolicy\", \"config\": {\"mode\": \"int8\", \"source_name\": \"float32\"}}"

/* A Sequential called twice: its second call is number 1 of Keras 3 and number 2 of Keras 2, whose first was its making. */
#define TWICE(input, history, second) \
    "{\"class_name\": \"Functional\", \"config\": {\"name\": \"f\", \"layers\": [{\"class_name\": \"InputLayer\", \"config\": {\"" input "\": [null, 7], " \
    "\"name\": \"x\"}, \"name\": \"x\", \"inbound_nodes\": []}, {\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": [" \
    DENSE("a", "7") "}]}, \"name\": \"s\", \"inbound_nodes\": " history "}], \"input_layers\": [[\"x\", 0, 0]], \"output_layers\": [[\"s\", " second ", 0]]}}"

static const char *const TWICE_CASES[] = {
    TWICE("batch_shape", "[{\"args\": [" TENSOR("x", "0") "], \"kwargs\": {}}, {\"args\": [" TENSOR("s", "0") "], \"kwargs\": {}}]", "1"),
    TWICE("batch_input_shape", "[[[\"x\", 0, 0, {}]], [[\"s\", 1, 0, {}]]]", "2"),
};

static void outputs_are_of_the_right_call(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof TWICE_CASES / sizeof *TWICE_CASES; i++) {
        Made made;
        Model *model;
        made_open(&made);
        if (!json_read_model(&made.builder, TWICE_CASES[i], strlen(TWICE_CASES[i]), &model, &made.error)) fail_msg("%s", made.error.message);
        const Layer *sequential = model->layers[1];
        assert_int_equal(sequential->n_calls, 2);
        assert_ptr_equal(model->outputs[0], sequential->calls[1]->out[0]);
        assert_ptr_equal(sequential->calls[1]->in[0], sequential->calls[0]->out[0]);
        made_close(&made);
    }
}

typedef struct CauseCase {
    const char *json, *cause, *value;
} CauseCase;

static const CauseCase CAUSE_CASES[] = {
    {SEQUENTIAL("3"), "json.model", NULL},
    {DENSE_WITH("\"activation\": {\"module\": \"builtins\", \"class_name\": \"function\", \"config\": \"pkg>act\", \"registered_name\": \"function\"}"),
     "json.own_code", "pkg>act"},
    {DENSE_WITH("\"activation\": {\"module\": \"__main__\", \"class_name\": \"function\", \"config\": \"act\", \"registered_name\": \"function\"}"),
     "json.own_code", "act"},
    {DENSE_WITH("\"kernel_initializer\": {\"module\": \"builtins\", \"class_name\": \"Init\", \"config\": {}, \"registered_name\": \"pkg>Init\"}"),
     "json.own_code", "Init"},
    {SEQUENTIAL("{\"class_name\": \"Mine\", \"module\": \"__main__\", \"config\": {}}"), "json.own_code", "Mine"},
    {SEQUENTIAL("{\"class_name\": \"Hashing\", \"module\": \"keras.layers\", \"config\": {\"num_bins\": 3}}"), "json.unknown_layer", "Hashing"},
    {SEQUENTIAL("{\"class_name\": \"Lambda\", \"config\": {\"function\": [\"4wEA\", null, null]}}"), "json.lambda", "Lambda"},
    {LEGACY_GRAPH(LEGACY_OPERATION("TFOpLambda", "tf.math.erf", "math.erf", "[\"x\", 0, 0, {}]"), "tf.math.erf"), "json.unknown_function", "math.erf"},
    {LEGACY_GRAPH(LEGACY_OPERATION("TFOpLambda", "tf.math.pow", "math.pow", "[\"x\", 0, 0, {\"y\": 2, \"z\": 3}]"), "tf.math.pow"), "json.model", NULL},
    {DENSE_WITH("\"dtype\": " QUANTIZED_POLICY), "json.quantized", "int8_from_float32"},
};

static void refusals_tell_their_cause(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CAUSE_CASES / sizeof *CAUSE_CASES; i++) {
        Made made;
        made_open(&made);
        Model *model;
        const CauseCase *of = &CAUSE_CASES[i];
        if (json_read_model(&made.builder, of->json, strlen(of->json), &model, &made.error)) fail_msg("taken: %s", of->json);
        assert_string_equal(made.error.cause, of->cause);
        if (of->value) assert_string_equal(made.error.value[0], of->value);
        made_close(&made);
    }
}

/* The second tensor's axis that nobody knows ends the plan before the output. */
static const char OPEN_ENDED[] =
    GRAPH(INPUT("x", "[null, 3]") ", {\"class_name\": \"Mine\", \"module\": \"__main__\", \"registered_name\": \"Mine\", \"config\": {\"name\": \"m\"}"
          CALLED("m", TENSOR("x", "0")) ", " DENSE("a", "4") ", \"name\": \"a\", \"inbound_nodes\": [{\"args\": [{\"class_name\": \"__keras_tensor__\", "
          "\"config\": {\"shape\": [null, %s, 7], \"dtype\": \"float32\", \"keras_history\": [\"m\", 0, 0]}}], \"kwargs\": {}}]}",
          "[\"x\", 0, 0]", "[\"a\", 0, 0]");

static const char *why_no_numbers(const char *axis)
{
    Made made;
    Model *model;
    Plan plan;
    Run run;
    made_open(&made);
    const char *json = arena_print(&made.arena, OPEN_ENDED, axis);
    if (!json_read_model(&made.builder, json, strlen(json), &model, &made.error)) fail_msg("%s", made.error.message);
    plan_make(&plan, &made.arena, model, NULL, 0, 3, NULL);
    const Tensor x = tensor_make(&made.arena, plan.tensors[0].shape, DTYPE_FLOAT32);
    run_forward(&run, &made.arena, &plan, &x, RUN_SEED);
    assert_false(run.complete);
    assert_null(run.tensors[plan.outputs[0]].data);
    made_close(&made);
    return run.why_not;
}

static void custom_layers_have_no_numbers(void **state)
{
    (void)state;
    assert_string_equal(why_no_numbers("5"), "run.opaque");
    assert_string_equal(why_no_numbers("null"), "run.no_shapes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_what_python_reads),
        cmocka_unit_test(faults_are_told_in_pythons_words),
        cmocka_unit_test(depth_and_keys_are_limited),
        cmocka_unit_test(values_know_their_place),
        cmocka_unit_test(models_of_every_form_are_read),
        cmocka_unit_test(what_is_no_model_is_refused),
        cmocka_unit_test(outputs_are_of_the_right_call),
        cmocka_unit_test(refusals_tell_their_cause),
        cmocka_unit_test(custom_layers_have_no_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
