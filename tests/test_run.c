#include "engine/run.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "building.h"
#include "layer_cases.h"

static Model *question(Made *made, bool flatten)
{
    Model *model = sequential_make(&made->builder, NULL, SPAN_NONE, &made->error);
    add_layer(made, model, MAKE(made, "Dense", argument(NULL, value_int(16)), argument("input_shape", TUPLE(made, 3, 2))));
    add_layer(made, model, MAKE(made, "Activation", argument(NULL, text_value("relu"))));
    if (flatten) add_layer(made, model, make_layer(made, "Flatten", NULL, 0));
    add_layer(made, model, MAKE(made, "Dense", argument(NULL, value_int(4))));
    return model;
}

static void run_model(Made *made, const Model *model, Plan *plan, Run *run)
{
    plan_make(plan, &made->arena, model, NULL, 0, 3, NULL);
    Tensor inputs[4];
    for (int i = 0; i < plan->n_inputs; i++) inputs[i] = run_pattern(&made->arena, plan, i);
    run_forward(run, &made->arena, plan, inputs, RUN_SEED);
}

static void a_dense_layer_computes_its_sum(void **state)
{
    (void)state;
    Made made;
    Plan plan;
    Run run;
    made_open(&made);
    Model *model = sequential_make(&made.builder, NULL, SPAN_NONE, &made.error);
    add_layer(&made, model, MAKE(&made, "Dense", argument(NULL, value_int(2)), argument("activation", text_value("relu")), argument("input_shape", TUPLE(&made, 3))));
    float kernel[] = {1, 2, 3, 4, 5, -6}, bias[] = {10, 0};
    const Tensor weights[] = {{SHAPE(3, 2), DTYPE_FLOAT32, kernel}, {SHAPE(2), DTYPE_FLOAT32, bias}};
    assert_true(layer_set_weights(model->layers[0], weights, 2, &made.error));
    run_model(&made, model, &plan, &run);
    const float *out = run.tensors[plan.outputs[0]].data;
    assert_true(fabsf(out[0] - 32) < 1e-6f);   /* 1·1 + 2·3 + 3·5 + 10 */
    assert_true(fabsf(out[1]) <= 0);           /* 1·2 + 2·4 − 3·6 < 0 */
    made_close(&made);
}

static void weights_stay_when_flatten_goes(void **state)
{
    (void)state;
    Made with, without;
    Plan plans[2];
    Run runs[2];
    made_open(&with);
    made_open(&without);
    run_model(&with, question(&with, true), &plans[0], &runs[0]);
    run_model(&without, question(&without, false), &plans[1], &runs[1]);
    assert_memory_equal(runs[0].tensors[plans[0].steps[1].first].data, runs[1].tensors[plans[1].steps[1].first].data, 48 * sizeof(float));
    made_close(&with);
    made_close(&without);
}

static void traces_tell_the_sum(void **state)
{
    (void)state;
    Made made;
    Plan plan;
    Run run;
    made_open(&made);
    Text problems = {.arena = &made.arena};
    run_model(&made, question(&made, true), &plan, &run);
    assert_true(run.complete);
    if (!check_traces(&made.arena, &run, &problems)) fail_msg("%s", text_string(&problems));
    Term terms[64];
    assert_int_equal(run_trace(&run, 1, 0, 17, terms, 64), 3);   /* row 1, unit 1: two inputs and the bias */
    assert_int_equal(terms[0].from, 2);
    assert_int_equal(terms[0].at, 1);
    assert_int_equal(terms[2].input, -1);
    made_close(&made);
}

static void glu_gives_half_of_what_the_shape_says(void **state)
{
    (void)state;
    Made made;
    Plan plan;
    Run run;
    made_open(&made);
    Text problems = {.arena = &made.arena};
    Model *model = sequential_make(&made.builder, NULL, SPAN_NONE, &made.error);
    add_layer(&made, model, MAKE(&made, "Dense", argument(NULL, value_int(4)), argument("activation", text_value("glu")), argument("input_shape", TUPLE(&made, 2, 1))));
    float kernel[] = {1, 2, 0, -1}, bias[] = {0, 0, 0, 0};
    const Tensor weights[] = {{SHAPE(1, 4), DTYPE_FLOAT32, kernel}, {SHAPE(4), DTYPE_FLOAT32, bias}};
    assert_true(layer_set_weights(model->layers[0], weights, 2, &made.error));
    run_model(&made, model, &plan, &run);
    const Tensor *out = &run.tensors[plan.outputs[0]];
    assert_string_equal(shape_text(&made.arena, &plan.layers[0].out->shape), "(None, 2, 4)");
    assert_string_equal(shape_text(&made.arena, &out->shape), "(1, 2, 2)");
    const double expected[] = {0.5, 2 / (1 + exp(1)), 1, 4 / (1 + exp(2))};   /* a·σ(b) of x = 1 and x = 2 */
    for (int i = 0; i < 4; i++) assert_true(fabs((double)out->data[i] - expected[i]) < 1e-6);
    Term terms[8];
    assert_int_equal(run_trace(&run, 1, 0, 3, terms, 8), 4);
    assert_int_equal(terms[0].at, 1);
    assert_int_equal(terms[2].at, 3);
    assert_true(check_traces(&made.arena, &run, &problems));
    made_close(&made);
}

static void nested_models_tell_what_they_depend_on(void **state)
{
    (void)state;
    Made made;
    Plan plan;
    Run run;
    made_open(&made);
    Model *inner = sequential_make(&made.builder, NULL, SPAN_NONE, &made.error), *outer = sequential_make(&made.builder, NULL, SPAN_NONE, &made.error);
    add_layer(&made, inner, MAKE(&made, "Dense", argument(NULL, value_int(5))));
    add_layer(&made, inner, MAKE(&made, "Dense", argument(NULL, value_int(2))));
    add_layer(&made, outer, MAKE(&made, "InputLayer", argument("shape", TUPLE(&made, 3, 4))));
    add_layer(&made, outer, inner->self);
    run_model(&made, outer, &plan, &run);
    assert_true(run.complete);
    Term terms[32];
    assert_int_equal(run_trace(&run, 1, 0, 3, terms, 32), 4);   /* row 1, unit 1: the four inputs of row 1 */
    assert_int_equal(terms[0].from, 4);
    assert_int_equal(terms[3].from, 7);
    assert_int_equal(plan.layers[0].connections, 3 * (4 * 5 + 5 * 2));
    made_close(&made);
}

/* ---- a seeded swarm of Sequential models ---- */

static uint64_t next(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

static Value random_target(Made *made, const Shape *shape, uint64_t *seed)
{
    const int64_t size = shape_span_size(shape, 1, shape->rank);
    const int64_t divisors[] = {1, 2, 3, 4};
    const int64_t by = divisors[next(seed) % 4];
    const int64_t dims[] = {-1, size % by ? 1 : by};
    return value_ints(&made->arena, VALUE_TUPLE, dims, 2);
}

/* What TimeDistributed wraps: a layer, or a model of two. */
static Layer *random_step(Made *made, Value units, uint64_t *seed)
{
    Layer *dense = MAKE(made, "Dense", argument(NULL, units));
    if (next(seed) % 2) return dense;
    Model *model = sequential_make(&made->builder, NULL, SPAN_NONE, &made->error);
    add_layer(made, model, dense);
    add_layer(made, model, MAKE(made, "Activation", argument(NULL, text_value("tanh"))));
    return model->self;
}

static Layer *random_layer(Made *made, const Shape *shape, uint64_t *seed)
{
    static const char *const ACTIVATIONS[] = {"relu", "tanh", "softmax", "gelu", "swish", "log_softmax", "sparsemax"};
    const Value activation = text_value(ACTIVATIONS[next(seed) % 7]), units = value_int((int64_t)(next(seed) % 6 + 1));
    switch (next(seed) % 12) {
    case 0:
    case 1: return MAKE(made, "Dense", argument(NULL, units), argument("activation", activation), argument("use_bias", value_bool(next(seed) % 2)));
    case 2: return MAKE(made, "Activation", argument(NULL, activation));
    case 3: return MAKE(made, "Flatten", argument(NULL, text_value(next(seed) % 2 ? "channels_first" : "channels_last")));
    case 4: return MAKE(made, "Reshape", argument(NULL, random_target(made, shape, seed)));
    case 5: return shape->rank == 3 ? MAKE(made, "Permute", argument(NULL, TUPLE(made, 2, 1))) : make_layer(made, "Identity", NULL, 0);
    case 6: return shape->rank == 2 ? MAKE(made, "RepeatVector", argument(NULL, units)) : make_layer(made, "Identity", NULL, 0);
    case 7: return MAKE(made, "Dropout", argument(NULL, value_float(0.5)));
    case 8: return MAKE(made, "LeakyReLU", argument(NULL, value_float(0.1)));
    case 9: return MAKE(made, "ReLU", argument("negative_slope", value_float(0.25)), argument("threshold", value_float(0.5)));
    case 10: return MAKE(made, "Softmax", argument("axis", value_int(shape->rank - 1)));
    default:
        if (shape->rank < 3) return make_layer(made, "ELU", NULL, 0);
        return MAKE(made, "TimeDistributed", argument(NULL, value_layer(random_step(made, units, seed))));
    }
}

static Model *random_model(Made *made, uint64_t *seed)
{
    Model *model = sequential_make(&made->builder, NULL, SPAN_NONE, &made->error);
    const int64_t a = (int64_t)(next(seed) % 4 + 1), b = (int64_t)(next(seed) % 4 + 1), c = (int64_t)(next(seed) % 4 + 1);
    const Value shape = next(seed) % 2 ? TUPLE(made, a, b) : next(seed) % 2 ? TUPLE(made, a, b, c) : TUPLE(made, a);
    add_layer(made, model, MAKE(made, "InputLayer", argument("shape", shape)));
    const int n = (int)(next(seed) % 7 + 1);
    for (int i = 0; i < n; i++) {
        const KerasTensor *last = model->n_steps ? model->outputs[0] : model->input_layer->calls[0]->out[0];
        if (!add_layer(made, model, random_layer(made, &last->spec.shape, seed))) break;
    }
    return model;
}

static void any_model_computes_what_its_traces_tell(void **state)
{
    (void)state;
    uint64_t seed = 2026;
    int computed = 0;
    for (int i = 0; i < 300; i++) {
        Made made;
        Plan plan;
        Run run;
        made_open(&made);
        Text problems = {.arena = &made.arena};
        const Model *model = random_model(&made, &seed);
        if (made.error.set) fail_msg("model %d: %s", i, made.error.message);
        run_model(&made, model, &plan, &run);
        computed += run.complete;
        if (!check_traces(&made.arena, &run, &problems)) fail_msg("model %d: %s", i, text_string(&problems));
        made_close(&made);
    }
    assert_int_equal(computed, 300);
}

/* ---- limits ---- */

static void a_model_too_large_for_numbers_takes_none(void **state)
{
    (void)state;
    Made made;
    Plan plan;
    Run run;
    made_open(&made);
    Model *model = sequential_make(&made.builder, NULL, SPAN_NONE, &made.error);
    add_layer(&made, model, MAKE(&made, "Dense", argument(NULL, value_int(100000)), argument("input_shape", TUPLE(&made, 100000))));
    add_layer(&made, model, MAKE(&made, "Dense", argument(NULL, value_int(2))));
    plan_make(&plan, &made.arena, model, NULL, 0, 3, NULL);
    assert_true(plan.layers[0].params.all == INT64_C(10000100000));
    const size_t before = made.arena.taken;
    run_forward(&run, &made.arena, &plan, NULL, RUN_SEED);
    assert_false(run.complete);
    assert_string_equal(run.why_not, "run.too_large");
    assert_true(made.arena.taken - before < 10000);
    made_close(&made);
}

static void functions_of_the_text_stop_the_numbers(void **state)
{
    (void)state;
    Made made;
    Plan plan;
    Run run;
    made_open(&made);
    static const ObjectKind function = {.type_name = "function", .callable = true};
    const Value own = {.kind = VALUE_OBJECT, .span = SPAN_NONE, .object = {&function, NULL}};
    Model *model = sequential_make(&made.builder, NULL, SPAN_NONE, &made.error);
    add_layer(&made, model, MAKE(&made, "Dense", argument(NULL, value_int(2)), argument("input_shape", TUPLE(&made, 3))));
    add_layer(&made, model, MAKE(&made, "Activation", argument(NULL, own)));
    add_layer(&made, model, MAKE(&made, "Dense", argument(NULL, value_int(2))));
    run_model(&made, model, &plan, &run);
    assert_false(run.complete);
    assert_string_equal(run.why_not, "run.opaque");
    assert_non_null(run.tensors[plan.steps[1].first].data);
    assert_null(run.tensors[plan.steps[2].first].data);
    assert_null(run.tensors[plan.outputs[0]].data);
    made_close(&made);
}

static void what_keras_cannot_compute_has_no_numbers(void **state)
{
    (void)state;
    Made made;
    Plan plan;
    Run run;
    made_open(&made);
    Model *model = sequential_make(&made.builder, NULL, SPAN_NONE, &made.error);
    add_layer(&made, model, MAKE(&made, "Softmax", argument("axis", value_int(2)), argument("input_shape", TUPLE(&made, 8))));
    add_layer(&made, model, make_layer(&made, "Identity", NULL, 0));
    run_model(&made, model, &plan, &run);
    assert_string_equal(run.why_not, "run.impossible");
    assert_null(run.tensors[plan.outputs[0]].data);
    made_close(&made);
}

/* Everything from nothing to numbers, with no more memory than this; false when it did not suffice. */
static bool whole_way(size_t limit)
{
    Made made;
    ArenaTry attempt;
    made_open(&made);
    made.arena.limit = limit;
    volatile bool complete = false;
    arena_try_begin(&made.arena, &attempt);
    if (setjmp(attempt.here) == 0) {
        Plan plan;
        Run run;
        run_model(&made, question(&made, true), &plan, &run);
        complete = run.complete;
    }
    arena_try_end(&made.arena, &attempt);
    made_close(&made);
    return complete;
}

static void memory_may_end_anywhere(void **state)
{
    (void)state;
    size_t limit = 1;
    while (!whole_way(limit)) limit += limit < 40000 ? 64 : 512;
    assert_in_range(limit, 10000, 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dense_layer_computes_its_sum),
        cmocka_unit_test(weights_stay_when_flatten_goes),
        cmocka_unit_test(traces_tell_the_sum),
        cmocka_unit_test(glu_gives_half_of_what_the_shape_says),
        cmocka_unit_test(nested_models_tell_what_they_depend_on),
        cmocka_unit_test(any_model_computes_what_its_traces_tell),
        cmocka_unit_test(a_model_too_large_for_numbers_takes_none),
        cmocka_unit_test(functions_of_the_text_stop_the_numbers),
        cmocka_unit_test(what_keras_cannot_compute_has_no_numbers),
        cmocka_unit_test(memory_may_end_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
