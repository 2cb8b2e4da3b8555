#include "engine/activation.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "building.h"
#include "engine/config.h"

enum { N = 14 };

static const float X[N] = {-20, -6, -2.5f, -1, -0.5f, -0.125f, 0, 0.125f, 0.5f, 0.75f, 1, 2.5f, 6.5f, 20};

/* Keras' own values of X as two rows of seven, computed in float64. */
static const struct { const char *name; double value[N]; } VALUES[] = {
    {"relu", {0, 0, 0, 0, 0, 0, 0, 0.125, 0.5, 0.75, 1, 2.5, 6.5, 20}},
    {"leaky_relu", {-4, -1.2, -0.5, -0.2, -0.1, -0.025, 0, 0.125, 0.5, 0.75, 1, 2.5, 6.5, 20}},
    {"relu6", {0, 0, 0, 0, 0, 0, 0, 0.125, 0.5, 0.75, 1, 2.5, 6, 6}},
    {"celu", {-0.9999999979, -0.9975212478, -0.9179150014, -0.6321205588, -0.3934693403, -0.1175030974, 0,
      0.125, 0.5, 0.75, 1, 2.5, 6.5, 20}},
    {"elu", {-0.9999999979, -0.9975212478, -0.9179150014, -0.6321205588, -0.3934693403, -0.1175030974, 0,
      0.125, 0.5, 0.75, 1, 2.5, 6.5, 20}},
    {"selu", {-1.758099337, -1.753741448, -1.613785759, -1.111330738, -0.6917581878, -0.2065821181, 0,
      0.1313376234, 0.5253504937, 0.7880257405, 1.050700987, 2.626752468, 6.829556418, 21.01401975}},
    {"softplus", {2.06115362e-09, 0.002475685138, 0.07888973429, 0.3132616875, 0.4740769842, 0.6325990353, 0.6931471806,
      0.7575990353, 0.9740769842, 1.136871006, 1.313261688, 2.578889734, 6.50150231, 20}},
    {"softsign", {-0.9523809524, -0.8571428571, -0.7142857143, -0.5, -0.3333333333, -0.1111111111, 0,
      0.1111111111, 0.3333333333, 0.4285714286, 0.5, 0.7142857143, 0.8666666667, 0.9523809524}},
    {"squareplus", {0.04987562112, 0.1622776602, 0.3507810594, 0.6180339887, 0.7807764064, 0.9394512214, 1,
      1.064451221, 1.280776406, 1.443000468, 1.618033989, 2.850781059, 6.650367627, 20.04987562}},
    {"soft_shrink", {-19.5, -5.5, -2, -0.5, 0, 0, 0, 0, 0, 0.25, 0.5, 2, 6, 19.5}},
    {"sparse_plus", {0, 0, 0, 0, 0.0625, 0.19140625, 0.25, 0.31640625, 0.5625, 0.765625, 1, 2.5, 6.5, 20}},
    {"silu", {-4.122307236e-08, -0.01483573894, -0.1896454501, -0.2689414214, -0.1887703344, -0.05859882833, 0,
      0.06640117167, 0.3112296656, 0.5093840244, 0.7310585786, 2.31035455, 6.490242315, 19.99999996}},
    {"swish", {-4.122307236e-08, -0.01483573894, -0.1896454501, -0.2689414214, -0.1887703344, -0.05859882833, 0,
      0.06640117167, 0.3112296656, 0.5093840244, 0.7310585786, 2.31035455, 6.490242315, 19.99999996}},
    {"gelu", {0, -5.919529614e-09, -0.01552416519, -0.1586552581, -0.1542687709, -0.056282722, 0,
      0.068717278, 0.3457312291, 0.5800294828, 0.8413447419, 2.484475835, 6.5, 20}},
    {"tanh", {-1, -0.9999877117, -0.9866142982, -0.761594156, -0.4621171573, -0.1243530018, 0,
      0.1243530018, 0.4621171573, 0.6351489524, 0.761594156, 0.9866142982, 0.9999954794, 1}},
    {"tanh_shrink", {-19, -5.000012288, -1.513385702, -0.238405844, -0.03788284274, -0.0006469982284, 0,
      0.0006469982284, 0.03788284274, 0.1148510476, 0.238405844, 1.513385702, 5.500004521, 19}},
    {"sigmoid", {2.061153618e-09, 0.002472623157, 0.07585818002, 0.2689414214, 0.3775406688, 0.4687906266, 0.5,
      0.5312093734, 0.6224593312, 0.6791786992, 0.7310585786, 0.92414182, 0.9984988177, 0.9999999979}},
    {"sparse_sigmoid", {0, 0, 0, 0, 0.25, 0.4375, 0.5, 0.5625, 0.75, 0.875, 1, 1, 1, 1}},
    {"exponential", {2.061153622e-09, 0.002478752177, 0.08208499862, 0.3678794412, 0.6065306597, 0.8824969026, 1,
      1.133148453, 1.648721271, 2.117000017, 2.718281828, 12.18249396, 665.141633, 485165195.4}},
    {"hard_sigmoid", {0, 0, 0.08333333333, 0.3333333333, 0.4166666667, 0.4791666667, 0.5,
      0.5208333333, 0.5833333333, 0.625, 0.6666666667, 0.9166666667, 1, 1}},
    {"hard_silu", {0, 0, -0.2083333333, -0.3333333333, -0.2083333333, -0.05989583333, 0,
      0.06510416667, 0.2916666667, 0.46875, 0.6666666667, 2.291666667, 6.5, 20}},
    {"hard_tanh", {-1, -1, -1, -1, -0.5, -0.125, 0, 0.125, 0.5, 0.75, 1, 1, 1, 1}},
    {"hard_shrink", {-20, -6, -2.5, -1, 0, 0, 0, 0, 0, 0.75, 1, 2.5, 6.5, 20}},
    {"linear", {-20, -6, -2.5, -1, -0.5, -0.125, 0, 0.125, 0.5, 0.75, 1, 2.5, 6.5, 20}},
    {"mish", {-4.122307241e-08, -0.01485408048, -0.1968162039, -0.3034014614, -0.2207437747, -0.06997990718, 0,
      0.07995757085, 0.3752452113, 0.6100183352, 0.8650983883, 2.471392305, 6.499970704, 20}},
    {"log_sigmoid", {-20, -6.002475685, -2.578889734, -1.313261688, -0.9740769842, -0.7575990353, -0.6931471806,
      -0.6325990353, -0.4740769842, -0.3868710061, -0.3132616875, -0.07888973429, -0.00150231016, -2.06115362e-09}},
    {"softmax", {7.007221194e-10, 0.0008426914228, 0.02790610733, 0.1250664962, 0.2061997925, 0.3000189278, 0.339965984,
      2.335589741e-09, 3.398263022e-09, 4.363456093e-09, 5.602788528e-09, 2.510995611e-08, 1.370957151e-06, 0.9999985882}},
    {"log_softmax", {-21.07890971, -7.078909714, -3.578909714, -2.078909714, -1.578909714, -1.203909714, -1.078909714,
      -19.87500141, -19.50000141, -19.25000141, -19.00000141, -17.50000141, -13.50000141, -1.411768201e-06}},
    {"sparsemax", {0, 0, 0, 0, 0.08333333333, 0.4583333333, 0.5833333333, 0, 0, 0, 0, 0, 0, 1}},
};

static void values_are_those_of_keras(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof VALUES / sizeof *VALUES; i++) {
        float x[N];
        memcpy(x, X, sizeof x);
        Tensor tensor = {.shape = SHAPE(2, 7), .dtype = DTYPE_FLOAT32, .data = x};
        activation_apply(activation_find(VALUES[i].name), &tensor);
        for (int k = 0; k < N; k++) {
            const double expected = VALUES[i].value[k], difference = fabs((double)x[k] - expected);
            if (difference > 1e-6 * fabs(expected) + 1e-30) fail_msg("%s(%g) is %.9g, not %.10g", VALUES[i].name, (double)X[k], (double)x[k], expected);
        }
    }
}

static void relu_bends_where_it_is_told_to(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    const double parameters[] = {0.5, 3, 1};   /* slope, largest, threshold */
    float x[] = {-2, 0.5f, 1, 2, 5};
    const float expected[] = {-1.5f, -0.25f, 0, 2, 3};
    Tensor tensor = {.shape = SHAPE(5), .dtype = DTYPE_FLOAT32, .data = x};
    activation_apply(activation_with(&arena, "relu", parameters), &tensor);
    for (int i = 0; i < 5; i++) assert_true(fabsf(x[i] - expected[i]) < 1e-6f);
    arena_close(&arena);
}

static void softmax_runs_along_any_axis(void **state)
{
    (void)state;
    float x[] = {0, 1, 2, 0, 1, 2};   /* (2, 3): along axis 0 both rows are alike */
    Tensor tensor = {.shape = SHAPE(2, 3), .dtype = DTYPE_FLOAT32, .data = x};
    activation_apply_axis(activation_find("softmax"), &tensor, 0);
    for (int i = 0; i < 6; i++) assert_true(fabsf(x[i] - 0.5f) < 1e-7f);
}

static void unknown_names_get_the_nearest(void **state)
{
    (void)state;
    static const struct { const char *given, *nearest; } CASES[] = {
        {"rulu", "'relu'"}, {"sotfmax", "'softmax'"}, {"leakyrelu", "'leaky_relu'"}, {"RELU", "'relu'"}, {"hardswish", "'hard_swish'"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Made made;
        const Activation *found;
        Value out;
        const Value given = text_value(CASES[i].given);
        made_open(&made);
        assert_false(activation_resolve(&made.arena, &given, &found, &out, &made.error));
        assert_string_equal(made.error.exception, "ValueError");
        assert_non_null(strstr(made.error.message, "Could not interpret activation function identifier: "));
        assert_string_equal(made.error.fix[0].code, CASES[i].nearest);
        made_close(&made);
    }
}

static void what_is_resolved_says_its_name(void **state)
{
    (void)state;
    Made made;
    const Activation *found;
    Value out;
    made_open(&made);
    const Value none = value_none(), swish = text_value("swish"), four = value_int(4);
    assert_true(activation_resolve(&made.arena, &none, &found, &out, &made.error));
    assert_true(value_is_text(&out, "linear"));
    assert_true(activation_resolve(&made.arena, &swish, &found, &out, &made.error));
    assert_true(value_is_text(&out, "silu"));
    const Value function = activation_function(&made.arena, activation_find("hard_swish"));
    assert_true(activation_resolve(&made.arena, &function, &found, &out, &made.error));
    assert_true(value_is_text(&out, "hard_silu"));
    const Value layer = value_layer(MAKE(&made, "LeakyReLU", argument(NULL, value_float(0.1))));
    assert_true(activation_resolve(&made.arena, &layer, &found, &out, &made.error));
    assert_string_equal(found->name, "leaky_relu");
    assert_true(found->parameters[0] > 0.09 && found->parameters[0] < 0.11);
    assert_false(activation_resolve(&made.arena, &four, &found, &out, &made.error));
    assert_string_equal(made.error.message, "Could not interpret activation function identifier: 4");
    made_close(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_keras),
        cmocka_unit_test(relu_bends_where_it_is_told_to),
        cmocka_unit_test(softmax_runs_along_any_axis),
        cmocka_unit_test(unknown_names_get_the_nearest),
        cmocka_unit_test(what_is_resolved_says_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
