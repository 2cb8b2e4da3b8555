#include "engine/run.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "building.h"
#include "engine/activation.h"

static Model *question(Made *made, bool flatten)
{
    Model *model = sequential_make(&made->builder, NULL, SPAN_NONE, &made->error);
    add_layer(made, model, MAKE(made, "Dense", argument(NULL, value_int(16)), argument("input_shape", TUPLE(made, 3, 2))));
    add_layer(made, model, MAKE(made, "Activation", argument(NULL, text_value("relu"))));
    if (flatten) add_layer(made, model, make_layer(made, "Flatten", NULL, 0));
    add_layer(made, model, MAKE(made, "Dense", argument(NULL, value_int(4))));
    return model;
}

static void run_question(Made *made, bool flatten, Plan *plan, Run *run)
{
    plan_make(plan, &made->arena, question(made, flatten), NULL, 0, 3, NULL);
    const Tensor input = run_pattern(&made->arena, plan, 0);
    run_forward(run, &made->arena, plan, &input, RUN_SEED);
}

/* Sum of the terms with the run's numbers. */
static double sum_of_terms(const Run *run, int step, int64_t k)
{
    Term terms[64];
    const PlanStep *at = &run->plan->steps[step];
    const int64_t n = run_trace(run, step, 0, k, terms, 64);
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        const double x = terms[i].input < 0 ? 1 : (double)run->tensors[at->from[terms[i].input]].data[terms[i].from];
        const double w = terms[i].weight < 0 ? 1 : (double)run->table.weights[at->node->layer->id][terms[i].weight].data[terms[i].at];
        sum += x * w * terms[i].scale;
    }
    return sum;
}

static void trace_reproduces_forward(void **state)
{
    (void)state;
    Made made;
    Plan plan;
    Run run;
    made_open(&made);
    run_question(&made, true, &plan, &run);
    assert_true(run.complete);
    for (int step = 1; step < plan.n_steps; step++) {
        const Tensor *out = &run.tensors[plan.steps[step].first];
        Tensor sums = tensor_make(&made.arena, out->shape, out->dtype);
        for (int64_t k = 0; k < shape_size(&out->shape); k++) sums.data[k] = (float)sum_of_terms(&run, step, k);
        activation_apply(layer_activation(plan.steps[step].node->layer), &sums);
        for (int64_t k = 0; k < shape_size(&out->shape); k++) assert_true(fabsf(sums.data[k] - out->data[k]) < 1e-5f);
    }
    made_close(&made);
}

static void a_model_too_large_for_numbers_takes_none(void **state)
{
    (void)state;
    Made made;
    Plan plan;
    Run run;
    made_open(&made);
    Model *model = sequential_make(&made.builder, NULL, SPAN_NONE, &made.error);
    add_layer(&made, model, MAKE(&made, "Dense", argument(NULL, value_int(1000000)), argument("input_shape", TUPLE(&made, 1000000))));
    add_layer(&made, model, MAKE(&made, "Dense", argument(NULL, value_int(2))));
    plan_make(&plan, &made.arena, model, NULL, 0, 3, NULL);
    assert_true(plan.layers[0].params.all == INT64_C(1000001000000));
    const size_t before = made.arena.taken;
    run_forward(&run, &made.arena, &plan, NULL, RUN_SEED);
    assert_false(run.complete);
    assert_string_equal(run.why_not, "run.too_large");
    assert_true(made.arena.taken - before < 10000);
    made_close(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trace_reproduces_forward),
        cmocka_unit_test(a_model_too_large_for_numbers_takes_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
