#include "engine/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "building.h"

typedef struct Opened {
    Made    made;
    Plan    plan;
    Session session;
    Tensor  input;
} Opened;

static bool open_model(Opened *opened, Model *model)
{
    plan_make(&opened->plan, &opened->made.arena, model, NULL, 0, 3, NULL);
    if (opened->plan.n_inputs) opened->input = run_pattern(&opened->made.arena, &opened->plan, 0);
    return session_open(&opened->session, &opened->made.arena, &opened->plan, RUN_SEED);
}

static void close_model(Opened *opened)
{
    session_close(&opened->session);
    made_close(&opened->made);
}

static Model *convnet(Made *made)
{
    Model *model = sequential_make(&made->builder, NULL, SPAN_NONE, &made->error);
    add_layer(made, model, MAKE(made, "Conv2D", argument(NULL, value_int(3)), argument(NULL, value_int(3)), argument("padding", text_value("same")),
                                argument("activation", text_value("relu")), argument("input_shape", TUPLE(made, 6, 5, 2))));
    add_layer(made, model, MAKE(made, "MaxPooling2D", argument(NULL, value_int(2))));
    add_layer(made, model, make_layer(made, "Flatten", NULL, 0));
    add_layer(made, model, MAKE(made, "Dense", argument(NULL, value_int(4)), argument("activation", text_value("glu"))));
    return model;
}

static void a_session_gives_what_a_run_gives(void **state)
{
    (void)state;
    Opened opened;
    Run run;
    made_open(&opened.made);
    assert_true(open_model(&opened, convnet(&opened.made)));
    run_forward(&run, &opened.made.arena, &opened.plan, &opened.input, RUN_SEED);
    assert_true(run.complete);
    for (int round = 0; round < 3; round++) {
        assert_true(session_run(&opened.session, &opened.input));
        assert_true(opened.session.run.complete);
        for (int i = 0; i < opened.plan.n_tensors; i++) {
            const Tensor *once = &run.tensors[i], *again = &opened.session.run.tensors[i];
            assert_true(shape_equal(&once->shape, &again->shape));
            assert_memory_equal(once->data, again->data, (size_t)shape_size(&once->shape) * sizeof(float));
        }
    }
    close_model(&opened);
}

/* Dense, BatchNormalization, Activation and Dropout are one call; softmax, which needs whole rows, ends it. */
static void steps_that_follow_are_joined(void **state)
{
    (void)state;
    Opened opened;
    Run run;
    made_open(&opened.made);
    Made *made = &opened.made;
    Model *model = sequential_make(&made->builder, NULL, SPAN_NONE, &made->error);
    add_layer(made, model, MAKE(made, "Dense", argument(NULL, value_int(40)), argument("input_shape", TUPLE(made, 7, 5))));
    add_layer(made, model, make_layer(made, "BatchNormalization", NULL, 0));
    add_layer(made, model, MAKE(made, "Activation", argument(NULL, text_value("tanh"))));
    add_layer(made, model, MAKE(made, "Dropout", argument(NULL, value_float(0.5))));
    add_layer(made, model, MAKE(made, "Activation", argument(NULL, text_value("softmax"))));
    assert_true(open_model(&opened, model));
    assert_int_equal(opened.session.n_calls, 2);
    run_forward(&run, &made->arena, &opened.plan, &opened.input, RUN_SEED);
    for (int round = 0; round < 2; round++) {
        assert_true(session_run(&opened.session, &opened.input));
        for (int i = 1; i < 4; i++) assert_null(opened.session.run.tensors[i].data);
        for (int i = 4; i < 6; i++) assert_memory_equal(run.tensors[i].data, opened.session.run.tensors[i].data, 7 * 40 * sizeof(float));
    }
    close_model(&opened);
}

static void another_input_gives_other_numbers(void **state)
{
    (void)state;
    Opened opened;
    made_open(&opened.made);
    assert_true(open_model(&opened, convnet(&opened.made)));
    assert_true(session_run(&opened.session, &opened.input));
    const Tensor *out = &opened.session.run.tensors[opened.plan.outputs[0]];
    const float before[] = {out->data[0], out->data[1]};
    float *numbers = opened.input.data;
    for (int64_t i = 0; i < shape_size(&opened.input.shape); i++) numbers[i] = -numbers[i];
    assert_true(session_run(&opened.session, &opened.input));
    assert_memory_not_equal(out->data, before, sizeof before);
    for (int64_t i = 0; i < shape_size(&opened.input.shape); i++) numbers[i] = -numbers[i];
    assert_true(session_run(&opened.session, &opened.input));
    assert_memory_equal(out->data, before, sizeof before);
    close_model(&opened);
}

static void what_has_no_numbers_is_refused(void **state)
{
    (void)state;
    Opened opened;
    made_open(&opened.made);
    Model *large = sequential_make(&opened.made.builder, NULL, SPAN_NONE, &opened.made.error);
    add_layer(&opened.made, large, MAKE(&opened.made, "Dense", argument(NULL, value_int(1000000)), argument("input_shape", TUPLE(&opened.made, 1000000))));
    opened.input = (Tensor){0};
    plan_make(&opened.plan, &opened.made.arena, large, NULL, 0, 3, NULL);
    assert_false(session_open(&opened.session, &opened.made.arena, &opened.plan, RUN_SEED));
    assert_string_equal(opened.session.run.why_not, "run.too_large");
    session_close(&opened.session);
    Model *empty = sequential_make(&opened.made.builder, NULL, SPAN_NONE, &opened.made.error);
    add_layer(&opened.made, empty, MAKE(&opened.made, "Dense", argument(NULL, value_int(3))));
    assert_false(open_model(&opened, empty));
    assert_string_equal(opened.session.run.why_not, "run.no_shapes");
    close_model(&opened);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_gives_what_a_run_gives),
        cmocka_unit_test(steps_that_follow_are_joined),
        cmocka_unit_test(another_input_gives_other_numbers),
        cmocka_unit_test(what_has_no_numbers_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
