#include "engine/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "making.h"

static Model *sequential(Value input_shape)
{
    Model *model = sequential_make(&made.builder, NULL, SPAN_NONE, &made.error);
    add_layer(&made, model, MAKE(&made, "InputLayer", argument("shape", input_shape)));
    return model;
}

static void add(Model *model, const char *class_name, Value argument_)
{
    add_layer(&made, model, MAKE(&made, class_name, argument(NULL, argument_)));
}

static Plan plan_of(const Model *model, const Error *error)
{
    Plan plan;
    plan_make(&plan, &made.arena, model, NULL, 0, 3, error);
    return plan;
}

static const char *shape_of(const TensorSpec *spec)
{
    return shape_text(&made.arena, &spec->shape);
}

static void the_question_counts_as_in_keras(void **state)
{
    (void)state;
    Model *model = sequential(TUPLE(&made, 3, 2));
    add(model, "Dense", value_int(16));
    add(model, "Activation", text_value("relu"));
    add_layer(&made, model, make_layer(&made, "Flatten", NULL, 0));
    add(model, "Dense", value_int(4));
    const Plan plan = plan_of(model, NULL);
    static const struct { const char *name, *input, *in, *out; int64_t params, activations, connections; } ROWS[] = {
        {"dense", "input_layer", "(None, 3, 2)", "(None, 3, 16)", 48, 48, 96},
        {"activation", "dense", "(None, 3, 16)", "(None, 3, 16)", 0, 48, 48},
        {"flatten", "activation", "(None, 3, 16)", "(None, 48)", 0, 48, 48},
        {"dense_1", "flatten", "(None, 48)", "(None, 4)", 196, 4, 192},
    };
    assert_int_equal(plan.n_layers, 4);
    for (int i = 0; i < 4; i++) {
        const PlanLayer *row = &plan.layers[i];
        assert_string_equal(row->layer->name, ROWS[i].name);
        assert_int_equal(row->n_inputs, 1);
        assert_string_equal(row->inputs[0], ROWS[i].input);
        assert_string_equal(shape_of(row->in), ROWS[i].in);
        assert_string_equal(shape_of(row->out), ROWS[i].out);
        assert_int_equal(row->params.all, ROWS[i].params);
        assert_int_equal(row->activations, ROWS[i].activations);
        assert_int_equal(row->connections, ROWS[i].connections);
        assert_false(row->shared);
    }
    assert_int_equal(plan.params.all, 244);
    assert_int_equal(plan.n_steps, 5);
    assert_int_equal(plan.steps[0].row, -1);
    assert_int_equal(plan.steps[4].row, 3);
    assert_int_equal(plan.numbers, 244 + 6 + 48 + 48 + 48 + 4);
    assert_int_equal(plan_find(&plan, "flatten"), 2);
    assert_int_equal(plan_find(&plan, "nothing"), -1);
}

static void a_refused_model_is_planned_up_to_its_fault(void **state)
{
    (void)state;
    Model *model = sequential(TUPLE(&made, 28, 28));
    add(model, "Dense", value_int(4));
    add(model, "RepeatVector", value_int(2));
    assert_true(made.error.set);
    const Plan plan = plan_of(model, &made.error);
    assert_int_equal(plan.n_layers, 1);
    assert_string_equal(shape_of(plan.layers[0].out), "(None, 28, 4)");
    assert_ptr_equal(plan.error, &made.error);
    assert_int_equal(plan.n_steps, 2);
}

static void unbuilt_models_have_rows_without_shapes(void **state)
{
    (void)state;
    Model *model = sequential_make(&made.builder, NULL, SPAN_NONE, &made.error);
    add(model, "Dense", value_int(4));
    add(model, "Dense", value_int(2));
    const Plan plan = plan_of(model, NULL);
    assert_int_equal(plan.n_layers, 2);
    assert_int_equal(plan.layers[0].n_calls, 0);
    assert_int_equal(plan.layers[0].activations, DIM_NONE);
    assert_int_equal(plan.n_steps, 0);
}

static void unknown_axes_get_the_first_length_that_works(void **state)
{
    (void)state;
    Model *model = sequential(TUPLE(&made, DIM_NONE, 4));
    add(model, "Reshape", value_ints(&made.arena, VALUE_TUPLE, (int64_t[]){-1, 8}, 2));
    add(model, "Dense", value_int(2));
    const Plan plan = plan_of(model, NULL);
    assert_string_equal(shape_of(plan.layers[0].out), "(None, None, 8)");
    assert_int_equal(plan.layers[1].connections, DIM_NONE);
    assert_string_equal(shape_of(&plan.tensors[plan.inputs[0]]), "(1, 4, 4)");   /* three times 4 is no multiple of 8 */
    assert_string_equal(shape_of(&plan.tensors[plan.outputs[0]]), "(1, 2, 2)");
}

static void given_inputs_decide_the_shapes(void **state)
{
    (void)state;
    Model *model = sequential(TUPLE(&made, DIM_NONE, 4));
    add(model, "Dense", value_int(2));
    Plan plan;
    plan_make(&plan, &made.arena, model, &SHAPE(5, 7, 4), 1, 3, NULL);
    assert_string_equal(shape_of(&plan.tensors[plan.outputs[0]]), "(5, 7, 2)");
}

static void sizes_saturate(void **state)
{
    (void)state;
    Model *model = sequential(TUPLE(&made, 4000000000000));
    add(model, "Dense", value_int(4000000000000));
    add(model, "Dense", value_int(4000000000000));
    const Plan plan = plan_of(model, NULL);
    assert_true(plan.params.all == INT64_MAX);
    assert_true(plan.layers[0].connections == INT64_MAX);
    assert_true(plan.numbers == INT64_MAX);
}

static void shared_layers_have_one_row_for_all_calls(void **state)
{
    (void)state;
    KerasTensor *a = MAKE(&made, "InputLayer", argument("shape", TUPLE(&made, 4)), argument("name", text_value("a")))->calls[0]->out[0];
    KerasTensor *b = MAKE(&made, "InputLayer", argument("shape", TUPLE(&made, 3, 4)), argument("name", text_value("b")))->calls[0]->out[0];
    Layer *dense = MAKE(&made, "Dense", argument(NULL, value_int(2)));
    Value inputs = value_list(&made.arena, VALUE_LIST, 2), outputs = value_list(&made.arena, VALUE_LIST, 2);
    list_add(inputs.list, value_tensor(a));
    list_add(inputs.list, value_tensor(b));
    list_add(outputs.list, value_tensor(layer_apply(&made.builder, dense, value_tensor(b), NULL)->out[0]));
    list_add(outputs.list, value_tensor(layer_apply(&made.builder, dense, value_tensor(a), NULL)->out[0]));
    const Plan plan = plan_of(functional_make(&made.builder, inputs, outputs, NULL, SPAN_NONE, NULL), NULL);
    const PlanLayer *row = &plan.layers[plan_find(&plan, "dense")];
    assert_true(row->shared);
    assert_int_equal(row->n_calls, 2);
    assert_string_equal(row->inputs[0], "b");
    assert_string_equal(row->inputs[1], "a");
    assert_string_equal(shape_of(&row->out[0]), "(None, 3, 2)");
    assert_int_equal(row->connections, 3 * 8 + 8);
    assert_int_equal(row->params.all, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MADE_TEST(the_question_counts_as_in_keras),
        MADE_TEST(a_refused_model_is_planned_up_to_its_fault),
        MADE_TEST(unbuilt_models_have_rows_without_shapes),
        MADE_TEST(unknown_axes_get_the_first_length_that_works),
        MADE_TEST(given_inputs_decide_the_shapes),
        MADE_TEST(sizes_saturate),
        MADE_TEST(shared_layers_have_one_row_for_all_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
