/* Models of keras.applications, as their files have them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "data_files.h"
#include "engine/run.h"
#include "keras/json.h"
#include "keras/summary.h"

static const char SMALL[] =
    "{\"class_name\": \"Functional\", \"config\": {\"name\": \"%s\", \"layers\": ["
    "{\"class_name\": \"InputLayer\", \"name\": \"x\", \"config\": {\"name\": \"x\", \"batch_shape\": [null, 2, 3]}, \"inbound_nodes\": []},"
    "{\"class_name\": \"LayerScale\", \"module\": \"keras.src.applications.convnext\", \"registered_name\": \"LayerScale\","
    " \"name\": \"scale\", \"config\": {\"name\": \"scale\", \"init_values\": 0.5, \"projection_dim\": 3},"
    " \"inbound_nodes\": [{\"args\": [{\"class_name\": \"__keras_tensor__\", \"config\": {\"shape\": [null, 2, 3], \"dtype\": \"float32\","
    " \"keras_history\": [\"x\", 0, 0]}}], \"kwargs\": {}}]}],"
    " \"input_layers\": [[\"x\", 0, 0]], \"output_layers\": [[\"scale\", 0, 0]]}}";

static Model *read_small(Arena *arena, Builder *builder, const char *name)
{
    Model *model = NULL;
    Error error = {.arena = arena};
    char *text = arena_print(arena, SMALL, name);
    builder_make(builder, arena);
    if (!json_read_model(builder, text, strlen(text), &model, &error)) fail_msg("%s", error.message);
    return model;
}

static const char *shapes_of(Arena *arena, const char *name)
{
    Builder builder;
    Plan plan;
    Text text = {.arena = arena};
    plan_make(&plan, arena, read_small(arena, &builder, name), NULL, 0, 3, NULL);
    shapes_print(&text, &plan, NULL);
    return text_string(&text);
}

static void applications_are_called_functional(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    assert_non_null(strstr(shapes_of(&arena, "vgg19"), "{\"model\": \"functional\""));
    assert_non_null(strstr(shapes_of(&arena, "mobilenetv2_1.00_224"), "{\"model\": \"functional\""));
    assert_non_null(strstr(shapes_of(&arena, "vgg20"), "{\"model\": \"vgg20\""));
    arena_close(&arena);
}

static void layer_scale_has_a_factor_for_each_channel(void **state)
{
    (void)state;
    Arena arena;
    Builder builder;
    Plan plan;
    Run run;
    arena_open(&arena, 0);
    const Shape shape = SHAPE(1, 2, 3);
    plan_make(&plan, &arena, read_small(&arena, &builder, "scaled"), &shape, 1, 3, NULL);
    assert_int_equal(plan.params.trainable, 3);
    Tensor x = tensor_make(&arena, shape, DTYPE_FLOAT32);
    for (int i = 0; i < 6; i++) x.data[i] = (float)i - 2;
    run_forward(&run, &arena, &plan, &x, RUN_SEED);
    assert_true(run.complete);
    const Tensor *y = &run.tensors[plan.outputs[0]];
    for (int i = 0; i < 6; i++) assert_float_equal(y->data[i], ((float)i - 2) * 0.5f, 1e-7);
    arena_close(&arena);
}

/* ---- recorded models: data/applications/<name>.json.gz and what Keras says of it ---- */

/* Read and printed anew, so that only the values count. */
static const char *normal_form(Arena *arena, const char *json, size_t length)
{
    Error error = {.arena = arena};
    Value value;
    if (!json_read(arena, json, length, &value, &error)) fail_msg("%s", error.message);
    return value_repr_text(arena, &value);
}

static const char *recorded_shapes(Arena *arena, const char *path)
{
    size_t length;
    Builder builder;
    Plan plan;
    Model *model;
    Error error = {.arena = arena};
    Text text = {.arena = arena};
    const char *json = data_unpack(arena, path, &length);
    builder_make(&builder, arena);
    if (!json_read_model(&builder, json, length, &model, &error)) fail_msg("%s: %s", path, error.message);
    plan_make(&plan, arena, model, NULL, 0, 3, NULL);
    shapes_print(&text, &plan, NULL);
    return normal_form(arena, text.bytes, text.length);
}

static bool has_recorded_shapes(const char *name)
{
    Arena arena;
    size_t length;
    arena_open(&arena, 0);
    const char *ours = recorded_shapes(&arena, arena_print(&arena, "applications/%s.json.gz", name));
    const char *wanted = data_unpack(&arena, arena_print(&arena, "applications/%s.shapes.json.gz", name), &length);
    const char *theirs = normal_form(&arena, wanted, length);
    size_t same = 0;
    while (ours[same] && ours[same] == theirs[same]) same++;
    const bool equal = strcmp(ours, theirs) == 0;
    if (!equal) print_error("%s: %.200s\nKeras: %.200s\n", name, ours + same, theirs + same);
    arena_close(&arena);
    return equal;
}

static void applications_have_the_shapes(void **state)
{
    (void)state;
    static const char END[] = ".shapes.json.gz";
    Arena arena;
    const char **files;
    int checked = 0, bad = 0;
    arena_open(&arena, 0);
    const int n = data_list(&arena, "applications", &files);
    for (int i = 0; i < n; i++) {
        const char *end = strstr(files[i], END);
        if (!end) continue;
        bad += !has_recorded_shapes(arena_copy(&arena, files[i], (size_t)(end - files[i])));
        checked++;
    }
    arena_close(&arena);
    assert_true(checked >= 20);
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(applications_have_the_shapes),
        cmocka_unit_test(applications_are_called_functional),
        cmocka_unit_test(layer_scale_has_a_factor_for_each_channel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
