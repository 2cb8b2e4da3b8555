/* Models of keras.applications, as their files have them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(applications_are_called_functional),
        cmocka_unit_test(layer_scale_has_a_factor_for_each_channel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
