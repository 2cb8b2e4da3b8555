#include "engine/initializer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/config.h"
#include "engine/run.h"
#include "making.h"

static Value initializer(const char *name)
{
    Value resolved;
    const Value given = text_value(name);
    assert_true(config_resolve(&made.arena, "initializer", &given, &resolved, &made.error));
    return resolved;
}

static Tensor filled(Value config, Shape shape, int64_t seed, uint64_t stream)
{
    const WeightSpec spec = {.shape = shape, .dtype = DTYPE_FLOAT32, .initializer = config};
    Tensor tensor = tensor_make(&made.arena, shape, DTYPE_FLOAT32);
    initializer_fill(&made.arena, &spec, seed, stream, &tensor);
    return tensor;
}

typedef struct Moments {
    double mean, deviation, least, most;
} Moments;

static Moments moments_of(const Tensor *tensor)
{
    const int64_t n = shape_size(&tensor->shape);
    Moments m = {.least = INFINITY, .most = -INFINITY};
    for (int64_t i = 0; i < n; i++) {
        const double x = (double)tensor->data[i];
        m.mean += x / (double)n;
        m.least = fmin(m.least, x);
        m.most = fmax(m.most, x);
    }
    for (int64_t i = 0; i < n; i++) m.deviation += pow((double)tensor->data[i] - m.mean, 2) / (double)n;
    m.deviation = sqrt(m.deviation);
    return m;
}

/* Keras' formulae for a kernel of 200 inputs and 100 outputs: deviation, and the bound that no number passes. */
static void distributions_have_keras_scales(void **state)
{
    (void)state;
    static const struct { const char *name; double deviation, bound; } CASES[] = {
        {"glorot_uniform", 0.08164966, 0.14142136}, {"GlorotNormal", 0.08164966, 0.18564},  {"he_uniform", 0.1, 0.17320508},
        {"he_normal", 0.1, 0.227369},               {"lecun_uniform", 0.07071068, 0.12247449}, {"LecunNormal", 0.07071068, 0.160775},
        {"random_normal", 0.05, 1},                 {"normal", 0.05, 1},                       {"uniform", 0.02886751, 0.05},
        {"truncated_normal", 0.04398128, 0.1},      {"variance_scaling", 0.07071068, 0.160775},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const Tensor tensor = filled(initializer(CASES[i].name), SHAPE(200, 100), 7, i);
        const Moments m = moments_of(&tensor);
        if (fabs(m.deviation / CASES[i].deviation - 1) > 0.02 || fabs(m.mean) > 0.05 * CASES[i].deviation)
            fail_msg("%s: mean %g, deviation %g, not %g", CASES[i].name, m.mean, m.deviation, CASES[i].deviation);
        assert_true(m.most <= CASES[i].bound * 1.0001 && m.least >= -CASES[i].bound * 1.0001);
        assert_true(m.most > 0.5 * m.deviation);
    }
}

static void convolution_kernels_count_their_window(void **state)
{
    (void)state;
    const Tensor tensor = filled(initializer("he_uniform"), SHAPE(3, 3, 16, 32), 7, 1);   /* fan in 144 */
    assert_true(fabs(moments_of(&tensor).deviation - sqrt(2.0 / 144)) < 0.002);
}

static void orthogonal_columns_are_orthogonal(void **state)
{
    (void)state;
    const Shape shapes[] = {SHAPE(12, 5), SHAPE(5, 12)};
    for (int s = 0; s < 2; s++) {
        const Tensor q = filled(initializer("orthogonal"), shapes[s], 7, 3);
        const int64_t rows = shapes[s].dim[0], columns = shapes[s].dim[1], count = rows < columns ? rows : columns;
        for (int64_t i = 0; i < count; i++)
            for (int64_t j = 0; j < count; j++) {
                double dot = 0;
                for (int64_t k = 0; k < rows + columns - count; k++)
                    dot += rows > columns ? (double)q.data[k * columns + i] * (double)q.data[k * columns + j]
                                          : (double)q.data[i * columns + k] * (double)q.data[j * columns + k];
                assert_true(fabs(dot - (i == j)) < 1e-6);
            }
    }
}

static void constants_are_constant(void **state)
{
    (void)state;
    const Tensor ones = filled(initializer("ones"), SHAPE(3), 7, 0), zeros = filled(initializer("zero"), SHAPE(3), 7, 0);
    const Tensor eye = filled(initializer("identity"), SHAPE(2, 3), 7, 0);
    const float expected[] = {1, 0, 0, 0, 1, 0};
    for (int i = 0; i < 3; i++) assert_true(ones.data[i] >= 1 && ones.data[i] <= 1 && fabsf(zeros.data[i]) <= 0);
    for (int i = 0; i < 6; i++) assert_true(fabsf(eye.data[i] - expected[i]) <= 0);
}

/* The documented generator: these numbers never change. */
static void the_generator_is_the_documented_one(void **state)
{
    (void)state;
    static const float EXPECTED[] = {0.66523197f, -0.921150222f, -0.846079993f, -0.809408862f};
    const Tensor tensor = filled(initializer("glorot_uniform"), SHAPE(2, 2), 7, 42);
    for (int i = 0; i < 4; i++) assert_true(fabsf(tensor.data[i] - EXPECTED[i]) < 1e-7f);
    const Tensor again = filled(initializer("glorot_uniform"), SHAPE(2, 2), 7, 42), other = filled(initializer("glorot_uniform"), SHAPE(2, 2), 8, 42);
    assert_memory_equal(tensor.data, again.data, 4 * sizeof(float));
    assert_memory_not_equal(tensor.data, other.data, 4 * sizeof(float));
}

static void an_own_seed_wins_over_stream_and_run(void **state)
{
    (void)state;
    Value config;
    const Argument seed = argument("seed", value_int(3));
    assert_true(config_make(&made.arena, config_find("keras.initializers", "he_normal"), &seed, 1, &config, &made.error));
    const Tensor a = filled(config, SHAPE(4, 4), 7, 1), b = filled(config, SHAPE(4, 4), 8, 2);
    assert_memory_equal(a.data, b.data, 16 * sizeof(float));
}

static void refusals_have_keras_words(void **state)
{
    (void)state;
    static const struct { const char *what; Value given; const char *exception, *message, *fix; } CASES[] = {
        {"initializer", VALUE_IS_TEXT("xavier"), "ValueError", "Could not interpret initializer identifier: xavier", NULL},
        {"initializer", VALUE_IS_TEXT("zeroes"), "ValueError", "Could not interpret initializer identifier: zeroes", "'zeros'"},
        {"initializer", VALUE_IS_TEXT("constant"), "KeyError", "'value'", NULL},
        {"initializer", VALUE_IS_INT(0), "ValueError", "Could not interpret initializer identifier: 0", NULL},
        {"regularizer", VALUE_IS_TEXT("l1_l2"), "ValueError", "Could not interpret regularizer identifier: l1_l2", NULL},
        {"regularizer", VALUE_IS_FLOAT(0.01), "ValueError", "Could not interpret regularizer identifier: 0.01", NULL},
        {"constraint", VALUE_IS_TEXT("maxnorm"), "ValueError", "Could not interpret constraint identifier: maxnorm", "'max_norm'"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error error = {.arena = &made.arena};
        Value out;
        assert_false(config_resolve(&made.arena, CASES[i].what, &CASES[i].given, &out, &error));
        assert_string_equal(error.exception, CASES[i].exception);
        assert_string_equal(error.message, CASES[i].message);
        if (CASES[i].fix) assert_string_equal(error.fix[0].code, CASES[i].fix);
    }
}

static void arguments_are_checked_as_in_keras(void **state)
{
    (void)state;
    static const struct { const char *module, *name, *param; Value value; const char *message; } CASES[] = {
        {"keras.initializers", "VarianceScaling", "scale", VALUE_IS_FLOAT(0.0), "Argument `scale` must be positive float. Received: scale=0.0"},
        {"keras.initializers", "HeNormal", "seed", VALUE_IS_FLOAT(1.5),
         "`seed` argument should be an instance of `keras.random.SeedGenerator()` or an integer. Received: seed=1.5"},
        {"keras.regularizers", "l2", "l2", VALUE_IS_FLOAT(-1.0), "Invalid value for argument l2: expected a non-negative float.Received: l2=-1.0"},
        {"keras.regularizers", "l1_l2", "l3", VALUE_IS_FLOAT(1.0), "L1L2.__init__() got an unexpected keyword argument 'l3'"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error error = {.arena = &made.arena};
        Value out;
        const Argument given = argument(CASES[i].param, CASES[i].value);
        assert_false(config_make(&made.arena, config_find(CASES[i].module, CASES[i].name), &given, 1, &out, &error));
        assert_string_equal(error.message, CASES[i].message);
    }
}

static void configs_say_what_keras_says(void **state)
{
    (void)state;
    static const struct { const char *what, *name, *config; } CASES[] = {
        {"initializer", "he_normal", "{'seed': None, 'input_axes': None, 'output_axes': None}"},
        {"initializer", "normal", "{'seed': None, 'mean': 0.0, 'stddev': 0.05}"},
        {"regularizer", "l1l2", "{'l1': 0.0, 'l2': 0.0}"},
        {"regularizer", "L2", "{'l2': 0.01}"},
        {"constraint", "max_norm", "{'max_value': 2, 'axis': 0}"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Value out;
        const Value given = text_value(CASES[i].name);
        assert_true(config_resolve(&made.arena, CASES[i].what, &given, &out, &made.error));
        const Value arguments = {.kind = VALUE_DICT, .span = SPAN_NONE, .dict = &out.config->arguments};
        assert_string_equal(value_repr_text(&made.arena, &arguments), CASES[i].config);
    }
}

/* What the first model everybody sees must look like: both signs in every answer, and something alive in every row. */
static void the_question_has_pleasant_numbers(void **state)
{
    (void)state;
    for (int flatten = 0; flatten < 2; flatten++) {
        Builder *builder = &made.builder;
        builder_make(builder, &made.arena);
        Model *model = sequential_make(builder, NULL, SPAN_NONE, &made.error);
        add_layer(&made, model, MAKE(&made, "Dense", argument(NULL, value_int(16)), argument("input_shape", TUPLE(&made, 3, 2))));
        add_layer(&made, model, MAKE(&made, "Activation", argument(NULL, text_value("relu"))));
        if (flatten) add_layer(&made, model, make_layer(&made, "Flatten", NULL, 0));
        add_layer(&made, model, MAKE(&made, "Dense", argument(NULL, value_int(4))));
        Plan plan;
        Run run;
        plan_make(&plan, &made.arena, model, NULL, 0, 3, NULL);
        const Tensor input = run_pattern(&made.arena, &plan, 0);
        run_forward(&run, &made.arena, &plan, &input, RUN_SEED);
        const Tensor *relu = &run.tensors[plan.steps[2].first], *answer = &run.tensors[plan.outputs[0]];
        for (int row = 0; row < 3; row++) {
            int alive = 0;
            for (int i = 0; i < 16; i++) alive += relu->data[row * 16 + i] > 0;
            assert_in_range(alive, 6, 10);
        }
        for (int64_t row = 0; row < shape_size(&answer->shape) / 4; row++) {
            int positive = 0;
            for (int i = 0; i < 4; i++) {
                const float number = answer->data[row * 4 + i];
                positive += number > 0;
                assert_true(fabsf(number) > 0.3f && fabsf(number) < 4);
            }
            assert_int_equal(positive, 2);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MADE_TEST(distributions_have_keras_scales),
        MADE_TEST(convolution_kernels_count_their_window),
        MADE_TEST(orthogonal_columns_are_orthogonal),
        MADE_TEST(constants_are_constant),
        MADE_TEST(the_generator_is_the_documented_one),
        MADE_TEST(an_own_seed_wins_over_stream_and_run),
        MADE_TEST(refusals_have_keras_words),
        MADE_TEST(arguments_are_checked_as_in_keras),
        MADE_TEST(configs_say_what_keras_says),
        MADE_TEST(the_question_has_pleasant_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
