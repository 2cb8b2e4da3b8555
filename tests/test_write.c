/* Models written as JSON and code, read again: the same model. */
#include "keras/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "building.h"
#include "data_files.h"
#include "keras/json.h"
#include "keras/reading.h"
#include "keras/summary.h"
#include "written_again.h"

typedef void ModelTest(Made *, const char *name, const char *json, size_t length);

static int for_every_model(ModelTest *test)
{
    Arena arena;
    arena_open(&arena, 0);
    const char **names;
    const int n = data_list(&arena, "models", &names);
    int tested = 0;
    for (int i = 0; i < n; i++) {
        Made made;
        size_t length;
        made_open(&made);
        const char *json = data_read(&made.arena, arena_print(&made.arena, "models/%s/model.json", names[i]), &length);
        if (json) test(&made, names[i], json, length);
        tested += json != NULL;
        made_close(&made);
    }
    arena_close(&arena);
    return tested;
}

static Model *model_of(Made *made, const char *name, const char *json, size_t length)
{
    Model *model;
    Builder builder;
    builder_make(&builder, &made->arena);
    if (!json_read_model(&builder, json, length, &model, &made->error)) fail_msg("%s: %s", name, made->error.message);
    return model;
}

static const char *shapes_of(Made *made, const Model *model)
{
    Plan plan;
    Text text = {.arena = &made->arena};
    plan_make(&plan, &made->arena, model, NULL, 0, 3, NULL);
    shapes_print(&text, &plan, NULL);
    return text_string(&text);
}

static void check_json_again(Made *made, const char *name, const char *json, size_t length)
{
    Text text = {.arena = &made->arena};
    const Model *model = model_of(made, name, json, length);
    write_json(&text, model);
    assert_string_equal(shapes_of(made, model_of(made, name, text.bytes, text.length)), shapes_of(made, model));
    Text again = {.arena = &made->arena};
    write_json(&again, model_of(made, name, text.bytes, text.length));
    assert_string_equal(text_string(&again), text_string(&text));
}

static void json_reads_back_as_the_same_model(void **state)
{
    (void)state;
    assert_true(for_every_model(check_json_again) > 0);
}

/* What training and the graph around say is not ours to write. */
static bool is_left_out(const char *key)
{
    return strcmp(key, "compile_config") == 0 || strcmp(key, "build_config") == 0 || strcmp(key, "registered_name") == 0
        || strcmp(key, "build_input_shape") == 0 || strcmp(key, "training") == 0;
}

static void assert_holds(const char *name, const char *path, const Value *recorded, const Value *written);

static void assert_members(const char *name, const char *path, const ValueDict *recorded, const Value *written)
{
    if (written->kind != VALUE_DICT) fail_msg("%s: %s is no object", name, path);
    for (size_t i = 0; i < recorded->keys.n; i++) {
        const char *key = recorded->keys.items[i].string.bytes;
        const Value *value = dict_find(written->dict, key);
        if (is_left_out(key)) continue;
        if (value) assert_holds(name, key, &recorded->values.items[i], value);
        else if (recorded->values.items[i].kind != VALUE_NONE) fail_msg("%s: %s has no %s", name, path, key);
    }
}

/* NumPy's number beside a tensor is an array of rank 0 to Keras; as a plain number it does the same. */
static const Value *number_within(const Value *value)
{
    const Value *class_name = value->kind == VALUE_DICT ? dict_find(value->dict, "class_name") : NULL;
    const Value *config = class_name && value_is_text(class_name, "__tensor__") ? dict_find(value->dict, "config") : NULL;
    return config ? dict_find(config->dict, "value") : value;
}

static void assert_holds(const char *name, const char *path, const Value *recorded, const Value *written)
{
    if (value_is_number(written)) recorded = number_within(recorded);
    if (recorded->kind == VALUE_DICT) {
        assert_members(name, path, recorded->dict, written);
    } else if (recorded->kind == VALUE_LIST) {
        if (written->kind != VALUE_LIST || written->list->n != recorded->list->n) fail_msg("%s: %s has other items", name, path);
        for (size_t i = 0; i < recorded->list->n; i++)
            assert_holds(name, path, &recorded->list->items[i], &written->list->items[i]);
    } else if (!value_equal(recorded, written)) {
        fail_msg("%s: %s differs", name, path);
    }
}

static void check_json_as_recorded(Made *made, const char *name, const char *json, size_t length)
{
    Text text = {.arena = &made->arena};
    Value recorded, written;
    write_json(&text, model_of(made, name, json, length));
    assert_true(json_read(&made->arena, json, length, &recorded, &made->error));
    assert_true(json_read(&made->arena, text.bytes, text.length, &written, &made->error));
    assert_holds(name, "model", &recorded, &written);
}

static void json_says_what_keras_says(void **state)
{
    (void)state;
    assert_true(for_every_model(check_json_as_recorded) > 0);
}

static int checked_codes;

static void check_code(Made *made, const char *name, const char *json, size_t length)
{
    size_t wanted_length;
    Text text = {.arena = &made->arena};
    const char *wanted = data_read(&made->arena, arena_print(&made->arena, "models/%s/code.py", name), &wanted_length);
    if (!wanted) return;
    write_keras(&text, model_of(made, name, json, length), NULL);
    assert_string_equal(text_string(&text), wanted);
    checked_codes++;
}

static void code_is_what_a_person_would_write(void **state)
{
    (void)state;
    for_every_model(check_code);
    assert_true(checked_codes > 5);
}

/* ---- read(write(m)) = m ---- */

static bool reads_back(const char *name, const char *code, size_t length)
{
    Made made;
    Reading reading;
    made_open(&made);
    keras_read(&reading, &made.arena, code, length, NULL);
    const bool whole = !reading.error.set && reading.model && reading.model->built;
    const char *problem = whole ? written_again_problem(&made.arena, reading.model) : NULL;
    if (problem) fail_msg("%s: %s", name, problem);
    made_close(&made);
    return whole;
}

static void recorded_models_read_back(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    const char **names;
    const int n = data_list(&arena, "models", &names);
    int whole = 0;
    for (int i = 0; i < n; i++) {
        size_t length;
        const char *code = data_read(&arena, arena_print(&arena, "models/%s/model.py", names[i]), &length);
        if (code) whole += reads_back(names[i], code, length);
    }
    assert_true(whole > 110);
    arena_close(&arena);
}

/* A class stands where an activation should: what the layer then does, only Python knows. */
static const char *const NOT_BACK[] = {"activation-layer-3"};

static bool is_told_back(const char *id)
{
    for (size_t i = 0; i < sizeof NOT_BACK / sizeof *NOT_BACK; i++)
        if (strcmp(NOT_BACK[i], id) == 0) return false;
    return true;
}

static void accepted_texts_read_back(void **state)
{
    (void)state;
    Arena arena;
    Value cases;
    size_t length;
    arena_open(&arena, 0);
    Error err = {.arena = &arena};
    const char *json = data_read(&arena, "accepted_texts.json", &length);
    assert_true(json_read(&arena, json, length, &cases, &err));
    int whole = 0;
    for (size_t i = 0; i < cases.list->n; i++) {
        const Value *id = dict_find(cases.list->items[i].dict, "id"), *code = dict_find(cases.list->items[i].dict, "code");
        if (is_told_back(id->string.bytes)) whole += reads_back(id->string.bytes, code->string.bytes, code->string.length);
    }
    assert_true(whole > 90);
    arena_close(&arena);
}

static void check_text_again(Made *made, const char *name, const char *json, size_t length)
{
    const char *problem = written_text_problem(&made->arena, model_of(made, name, json, length));
    if (problem) fail_msg("%s: %s", name, problem);
}

static void files_give_code_that_reads_back(void **state)
{
    (void)state;
    assert_true(for_every_model(check_text_again) > 0);
}

typedef struct LayerCode {
    const char *json, *code;      /* a layer's class and config, and how its constructor is written */
} LayerCode;

#define LAYER(class_name, config) "{\"class_name\": \"" class_name "\", \"module\": \"keras.layers\", \"config\": {" config "}}"

static const LayerCode LAYER_CODES[] = {
    {LAYER("Dense", "\"units\": 4, \"activation\": \"relu\""), "Dense(4, activation='relu')"},
    {LAYER("Dense", "\"units\": 4, \"activation\": \"linear\", \"name\": \"out\""), "Dense(4, name='out')"},
    {LAYER("Dense", "\"units\": 4, \"dtype\": \"float16\", \"trainable\": false"), "Dense(4, trainable=False, dtype='float16')"},
    {LAYER("Dense", "\"units\": 4, \"kernel_initializer\": \"he_normal\""), "Dense(4, kernel_initializer='he_normal')"},
    {LAYER("Dense", "\"units\": 4, \"kernel_initializer\": {\"class_name\": \"HeNormal\", \"module\": \"keras.initializers\", \"config\": {\"seed\": 3}}"),
     "Dense(4, kernel_initializer=keras.initializers.HeNormal(seed=3))"},
    {LAYER("Dense", "\"units\": 4, \"bias_initializer\": {\"class_name\": \"Constant\", \"module\": \"keras.initializers\", \"config\": {\"value\": 0.0}}"),
     "Dense(4, bias_initializer=keras.initializers.Constant())"},
    {LAYER("Dense", "\"units\": 4, \"kernel_regularizer\": {\"class_name\": \"L2\", \"module\": \"keras.regularizers\", \"config\": {\"l2\": 0.5}}"),
     "Dense(4, kernel_regularizer=keras.regularizers.L2(l2=0.5))"},
    {LAYER("Conv2D", "\"filters\": 3, \"kernel_size\": [3, 3], \"strides\": [1, 1]"), "Conv2D(3, 3)"},
    {LAYER("Conv2D", "\"filters\": 3, \"kernel_size\": [3, 5], \"strides\": [2, 2], \"padding\": \"same\""), "Conv2D(3, (3, 5), strides=2, padding='same')"},
    {LAYER("MaxPooling2D", "\"pool_size\": [3, 3], \"strides\": [3, 3]"), "MaxPooling2D(pool_size=3)"},
    {LAYER("MaxPooling2D", "\"pool_size\": [3, 3], \"strides\": [2, 2]"), "MaxPooling2D(pool_size=3, strides=2)"},
    {LAYER("Dropout", "\"rate\": 0.5, \"seed\": null"), "Dropout(0.5)"},
    {LAYER("Reshape", "\"target_shape\": [4, 1]"), "Reshape((4, 1))"},
    {LAYER("TimeDistributed", "\"layer\": " LAYER("Dense", "\"units\": 2")), "TimeDistributed(layers.Dense(2))"},
    {LAYER("Dense", "\"units\": 4, \"name\": \"it's\""), "Dense(4, name=\"it's\")"},
};

static void constructors_are_short(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof LAYER_CODES / sizeof *LAYER_CODES; i++) {
        Made made;
        made_open(&made);
        const char *json = arena_print(&made.arena, "{\"class_name\": \"Sequential\", \"module\": \"keras\", \"config\": {\"name\": "
                                       "\"sequential\", \"layers\": [%s]}}", LAYER_CODES[i].json);
        Text text = {.arena = &made.arena};
        write_keras(&text, model_of(&made, "layer", json, strlen(json)), NULL);
        const char *wanted = arena_print(&made.arena, "import keras\nfrom keras import layers\n\nmodel = keras.Sequential([\n    layers.%s,\n])\n",
                                         LAYER_CODES[i].code);
        assert_string_equal(text_string(&text), wanted);
        made_close(&made);
    }
}

static void weights_are_loaded_by_a_line(void **state)
{
    (void)state;
    Made made;
    made_open(&made);
    Text text = {.arena = &made.arena};
    const char *json = "{\"class_name\": \"Sequential\", \"module\": \"keras\", \"config\": {\"name\": \"net\", \"layers\": []}}";
    write_keras(&text, model_of(&made, "empty", json, strlen(json)), "it's.keras");
    assert_string_equal(text_string(&text), "import keras\nfrom keras import layers\n\nmodel = keras.Sequential(name='net')\n"
                                            "model.load_weights(\"it's.keras\")\n");
    made_close(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_reads_back_as_the_same_model),
        cmocka_unit_test(json_says_what_keras_says),
        cmocka_unit_test(code_is_what_a_person_would_write),
        cmocka_unit_test(recorded_models_read_back),
        cmocka_unit_test(accepted_texts_read_back),
        cmocka_unit_test(files_give_code_that_reads_back),
        cmocka_unit_test(constructors_are_short),
        cmocka_unit_test(weights_are_loaded_by_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
