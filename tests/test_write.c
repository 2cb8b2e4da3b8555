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
#include "keras/summary.h"

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

static void assert_holds(const char *name, const char *path, const Value *recorded, const Value *written)
{
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_reads_back_as_the_same_model),
        cmocka_unit_test(json_says_what_keras_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
