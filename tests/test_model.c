#include "engine/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "building.h"
#include "engine/run.h"

/* The question's model, with or without its Flatten. */
static Model *question(Made *made, bool flatten)
{
    Model *model = sequential_make(&made->builder, NULL, SPAN_NONE, &made->error);
    add_layer(made, model, MAKE(made, "Dense", argument(NULL, value_int(16)), argument("input_shape", TUPLE(made, 3, 2))));
    add_layer(made, model, MAKE(made, "Activation", argument(NULL, text_value("relu"))));
    if (flatten) add_layer(made, model, make_layer(made, "Flatten", NULL, 0));
    add_layer(made, model, MAKE(made, "Dense", argument(NULL, value_int(4))));
    return model;
}

static void assert_shape(Made *made, const TensorSpec *spec, const char *expected)
{
    assert_string_equal(shape_text(&made->arena, &spec->shape), expected);
}

static void question_has_keras_shapes_and_counts(void **state)
{
    (void)state;
    Made made;
    Plan plan;
    made_open(&made);
    plan_make(&plan, &made.arena, question(&made, true), NULL, 0, 3, NULL);
    assert_false(made.error.set);
    assert_int_equal(plan.n_layers, 4);
    assert_string_equal(plan.layers[0].layer->name, "dense");
    assert_string_equal(plan.layers[0].inputs[0], "input_layer");
    assert_string_equal(plan.layers[3].layer->name, "dense_1");
    assert_string_equal(plan.layers[3].inputs[0], "flatten");
    assert_shape(&made, plan.layers[0].in, "(None, 3, 2)");
    assert_shape(&made, plan.layers[1].out, "(None, 3, 16)");
    assert_shape(&made, plan.layers[2].out, "(None, 48)");
    assert_shape(&made, plan.layers[3].out, "(None, 4)");
    assert_int_equal(plan.params.all, 244);
    assert_int_equal(plan.layers[0].activations, 48);
    assert_int_equal(plan.layers[0].connections, 96);
    assert_int_equal(plan.layers[3].connections, 192);
    assert_int_equal(plan.layers[3].params.all, 196);
    made_close(&made);
}

static void without_flatten_the_rows_stay(void **state)
{
    (void)state;
    Made made;
    Plan plan;
    made_open(&made);
    plan_make(&plan, &made.arena, question(&made, false), NULL, 0, 3, NULL);
    assert_shape(&made, plan.layers[2].out, "(None, 3, 4)");
    assert_int_equal(plan.layers[2].params.all, 68);
    assert_int_equal(plan.layers[2].connections, 192);
    made_close(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(question_has_keras_shapes_and_counts),
        cmocka_unit_test(without_flatten_the_rows_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
