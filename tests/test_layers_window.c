/* Convolutions and pooling: shapes, counts, and terms that make up what forward gives. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "building.h"
#include "engine/activation.h"
#include "engine/run.h"

enum { GIVEN_MAX = 5 };

typedef struct Case {
    const char *class_name;
    Argument    given[GIVEN_MAX];
    Shape       in;              /* without batch axis */
    const char *out;
    int64_t     params;
} Case;

#define INT(name, n)   {.keyword = name, .value = VALUE_IS_INT(n)}
#define TEXT(name, s)  {.keyword = name, .value = VALUE_IS_TEXT(s)}

static const Case CASES[] = {
    {"Conv1D", {INT("filters", 4), INT("kernel_size", 3), TEXT("padding", "causal")}, {2, {7, 2}}, "(None, 7, 4)", 28},
    {"Conv2D", {INT("filters", 3), INT("kernel_size", 3), INT("strides", 2)}, {3, {7, 8, 2}}, "(None, 3, 3, 3)", 57},
    {"Conv2D", {INT("filters", 4), INT("kernel_size", 2), INT("groups", 2), TEXT("padding", "same"), INT("dilation_rate", 2)},
     {3, {5, 5, 4}}, "(None, 5, 5, 4)", 36},
    {"Conv2D", {INT("filters", 2), INT("kernel_size", 3), TEXT("data_format", "channels_first")}, {3, {3, 5, 4}}, "(None, 2, 3, 2)", 56},
    {"Conv3D", {INT("filters", 2), INT("kernel_size", 2), TEXT("activation", "relu")}, {4, {3, 4, 3, 2}}, "(None, 2, 3, 2, 2)", 34},
    {"Conv1DTranspose", {INT("filters", 2), INT("kernel_size", 3), INT("strides", 3), INT("output_padding", 2)}, {2, {4, 3}},
     "(None, 14, 2)", 20},
    {"Conv2DTranspose", {INT("filters", 2), INT("kernel_size", 3), INT("strides", 2), TEXT("padding", "same")}, {3, {3, 4, 2}},
     "(None, 6, 8, 2)", 38},
    {"Conv3DTranspose", {INT("filters", 1), INT("kernel_size", 2), INT("dilation_rate", 2)}, {4, {2, 3, 2, 2}},
     "(None, 4, 5, 4, 1)", 17},
    {"DepthwiseConv1D", {INT("kernel_size", 3), INT("depth_multiplier", 2), TEXT("data_format", "channels_first")}, {2, {3, 6}},
     "(None, 6, 4)", 24},
    {"DepthwiseConv2D", {INT("kernel_size", 3), TEXT("padding", "same"), INT("strides", 2), INT("dilation_rate", 2)}, {3, {6, 6, 40}},
     "(None, 3, 3, 40)", 400},
    {"SeparableConv2D", {INT("filters", 3), INT("kernel_size", 3), INT("depth_multiplier", 2)}, {3, {5, 4, 2}}, "(None, 3, 2, 3)", 51},
    {"MaxPooling2D", {INT("pool_size", 2)}, {3, {5, 6, 2}}, "(None, 2, 3, 2)", 0},
    {"MaxPooling1D", {INT("pool_size", 3), INT("strides", 1), TEXT("padding", "same")}, {2, {5, 2}}, "(None, 5, 2)", 0},
    {"AveragePooling3D", {INT("pool_size", 2), TEXT("padding", "same"), TEXT("data_format", "channels_first")}, {4, {2, 3, 4, 5}},
     "(None, 2, 2, 2, 3)", 0},
    {"GlobalAveragePooling2D", {{.keyword = NULL}}, {3, {3, 4, 2}}, "(None, 2)", 0},
    {"GlobalMaxPooling1D", {{.keyword = "keepdims", .value = VALUE_IS_TRUE}}, {2, {5, 3}}, "(None, 1, 3)", 0},
    {"AdaptiveMaxPooling2D", {INT("output_size", 3)}, {3, {7, 5, 2}}, "(None, 3, 3, 2)", 0},
    {"AdaptiveAveragePooling1D", {INT("output_size", 4), TEXT("data_format", "channels_first")}, {2, {2, 3}}, "(None, 2, 4)", 0},
};

enum { N_CASES = sizeof CASES / sizeof *CASES };

/* The layer behind an Input, planned with a batch of 2. */
static void plan_case(Made *made, const Case *c, Plan *plan)
{
    int n = 0;
    while (n < GIVEN_MAX && c->given[n].keyword) n++;
    Layer *layer = make_layer(made, c->class_name, c->given, n);
    assert_non_null(layer);
    Model *model = sequential_make(&made->builder, NULL, SPAN_NONE, &made->error);
    add_layer(made, model, MAKE(made, "InputLayer", argument("shape", ints_value(&made->arena, c->in.rank, c->in.dim))));
    assert_true(add_layer(made, model, layer));
    const Shape in = shape_with(&c->in, 0, 2);
    plan_make(plan, &made->arena, model, &in, 1, 3, NULL);
}

static void shapes_and_counts_are_keras(void **state)
{
    (void)state;
    for (int i = 0; i < N_CASES; i++) {
        Made made;
        Plan plan;
        made_open(&made);
        plan_case(&made, &CASES[i], &plan);
        const PlanLayer *row = &plan.layers[plan.n_layers - 1];
        assert_string_equal(shape_text(&made.arena, &row->out[0].shape), CASES[i].out);
        assert_int_equal(row->params.all, CASES[i].params);
        made_close(&made);
    }
}

static double term_value(const Run *run, const PlanStep *step, const Term *term)
{
    const Tensor *weights = run->table.weights[step->node->layer->id];
    const double x = term->input < 0 ? 1 : (double)run->tensors[step->from[term->input]].data[term->from];
    const double w = term->weight < 0 ? 1 : (double)weights[term->weight].data[term->at];
    return x * w * term->scale;
}

static float made_of_terms(const Run *run, int step, int64_t k)
{
    Term terms[512];
    const int64_t n = run_trace(run, step, 0, k, terms, 512);
    assert_in_range(n, 0, 512);
    const bool largest = layer_rule(run->plan->steps[step].node->layer) == TRACE_MAX;
    double made = largest ? -INFINITY : 0;
    for (int64_t i = 0; i < n; i++) {
        const double value = term_value(run, &run->plan->steps[step], &terms[i]);
        made = !largest ? made + value : value > made ? value : made;
    }
    return (float)made;
}

static int64_t count_wires(const Run *run, int step, int64_t size)
{
    int64_t wires = 0;
    for (int64_t k = 0; k < size; k++) {
        Term terms[512];
        const int64_t n = run_trace(run, step, 0, k, terms, 512);
        for (int64_t i = 0; i < n; i++) wires += terms[i].input >= 0;
    }
    return wires;
}

static void terms_make_up_the_output(void **state)
{
    (void)state;
    for (int i = 0; i < N_CASES; i++) {
        Made made;
        Plan plan;
        Run run;
        made_open(&made);
        plan_case(&made, &CASES[i], &plan);
        Tensor input = tensor_make(&made.arena, shape_with(&CASES[i].in, 0, 2), DTYPE_FLOAT32);
        for (int64_t k = 0; k < shape_size(&input.shape); k++) input.data[k] = (float)((k * 7919) % 23 - 11) / 8.0F;
        run_forward(&run, &made.arena, &plan, &input, RUN_SEED);
        assert_true(run.complete);
        const int step = plan.n_steps - 1;
        const Layer *layer = plan.steps[step].node->layer;
        const Tensor *out = &run.tensors[plan.steps[step].first];
        const int64_t size = shape_size(&out->shape);
        if (plan.layers[plan.n_layers - 1].connections != DIM_NONE && layer_rule(layer) != TRACE_DEPENDS)
            assert_int_equal(2 * plan.layers[plan.n_layers - 1].connections, count_wires(&run, step, size));
        if (layer_rule(layer) == TRACE_DEPENDS) { made_close(&made); continue; }
        Tensor sums = tensor_make(&made.arena, out->shape, out->dtype);
        for (int64_t k = 0; k < size; k++) sums.data[k] = made_of_terms(&run, step, k);
        activation_apply(layer_activation(layer), &sums);
        for (int64_t k = 0; k < size; k++)
            if (fabsf(sums.data[k] - out->data[k]) > 1e-5F) fail_msg("%s: [%lld] %g, terms %g", CASES[i].class_name, (long long)k, (double)out->data[k], (double)sums.data[k]);
        made_close(&made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_and_counts_are_keras),
        cmocka_unit_test(terms_make_up_the_output),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
