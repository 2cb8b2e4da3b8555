/* Operations of one tensor, number by number: mathematics and activations. */
#include <math.h>
#include <string.h>

#include "engine/activation.h"
#include "engine/layers/elementwise.h"
#include "engine/operations/operand.h"
#include "engine/operations/operation.h"

typedef enum ResultType {
    SAME,
    NO_BOOL,        /* the same, int32 for booleans */
    FLOATED,        /* integers become floats */
    LONG_FLOATED,   /* the same, int64 a float64 */
    FLOATX,         /* float32, whatever it was */
    TRUTH
} ResultType;

typedef struct Unary {
    Activation  function;     /* parameters come from the operation's own arguments */
    const char *named;        /* instead: one of keras.activations */
    ResultType  type;
} Unary;

static const Unary *family_of(const Layer *layer)
{
    return layer->kind->family;
}

/* ---- functions ---- */

#define FUNCTION(NAME, EXPRESSION)                                                          \
    static void NAME(float *numbers, int64_t n, const double *p)                            \
    {                                                                                       \
        (void)p;                                                                            \
        for (int64_t i = 0; i < n; i++) {                                                   \
            const double x = (double)numbers[i];                                            \
            numbers[i] = (float)(EXPRESSION);                                               \
        }                                                                                   \
    }

FUNCTION(absolute, fabs(x))
FUNCTION(negative, -x)
FUNCTION(square, x *x)
FUNCTION(root, sqrt(x))
FUNCTION(inverse_root, 1.0 / sqrt(x))
FUNCTION(cube_root, cbrt(x))
FUNCTION(inverse, 1.0 / x)
FUNCTION(sign, x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x)
FUNCTION(exponent, exp(x))
FUNCTION(exponent2, exp2(x))
FUNCTION(exponent_minus, expm1(x))
FUNCTION(logarithm, log(x))
FUNCTION(logarithm2, log2(x))
FUNCTION(logarithm10, log10(x))
FUNCTION(logarithm_plus, log1p(x))
FUNCTION(sine, sin(x))
FUNCTION(cosine, cos(x))
FUNCTION(tangent, tan(x))
FUNCTION(arc_sine, asin(x))
FUNCTION(arc_cosine, acos(x))
FUNCTION(arc_tangent, atan(x))
FUNCTION(hyperbolic_sine, sinh(x))
FUNCTION(hyperbolic_cosine, cosh(x))
FUNCTION(hyperbolic_arc_sine, asinh(x))
FUNCTION(hyperbolic_arc_cosine, acosh(x))
FUNCTION(hyperbolic_arc_tangent, atanh(x))
FUNCTION(cardinal_sine, x == 0.0 ? 1.0 : sin(M_PI * x) / (M_PI * x))
FUNCTION(degrees, x * (180.0 / M_PI))
FUNCTION(radians, x * (M_PI / 180.0))
FUNCTION(argument, x < 0.0 ? M_PI : 0.0)
FUNCTION(round_up, ceil(x))
FUNCTION(round_down, floor(x))
FUNCTION(cut, trunc(x))
FUNCTION(error_function, erf(x))
FUNCTION(error_complement, erfc(x))
FUNCTION(no, x == 0.0)
FUNCTION(is_nan, isnan(x))
FUNCTION(is_finite, isfinite(x))
FUNCTION(is_infinite, isinf(x))
FUNCTION(is_low, isinf(x) && x < 0.0)
FUNCTION(is_high, isinf(x) && x > 0.0)
FUNCTION(is_real, !isnan(x) || isnan(x))
FUNCTION(has_sign, signbit(x) != 0)
FUNCTION(invert, -x - 1.0)
FUNCTION(clipped, isnan(x) ? x : fmax(fmin(x, p[1]), p[0]))
FUNCTION(threshold, x > p[0] ? x : p[1])

/* To so many decimals, halves to the even. */
static void rounded(float *numbers, int64_t n, const double *p)
{
    const double scale = pow(10.0, p[0]);
    for (int64_t i = 0; i < n; i++) numbers[i] = (float)(rint((double)numbers[i] * scale) / scale);
}

/* nan, posinf, neginf: those not given are the largest numbers there are. */
static void without_nan(float *x, int64_t n, const double *p)
{
    const float most = 3.40282347e+38F;
    for (int64_t i = 0; i < n; i++) {
        if (isnan(x[i])) x[i] = (float)p[0];
        else if (isinf(x[i]) && x[i] > 0) x[i] = isnan(p[1]) ? most : (float)p[1];
        else if (isinf(x[i])) x[i] = isnan(p[2]) ? -most : (float)p[2];
    }
}

/* The power series of I₀; it needs about as many steps as x is large. */
static double bessel(double x)
{
    const double quarter = x * x / 4.0;
    double term = 1, sum = 1;
    for (int k = 1; k < 500 && term > sum * 1e-17; k++) sum += term *= quarter / ((double)k * k);
    return sum;
}

FUNCTION(bessel_0, bessel(x))

/* Newton's steps from a closed approximation. */
static double inverse_error(double x)
{
    if (fabs(x) >= 1.0) return x == 1.0 ? (double)INFINITY : x == -1.0 ? -(double)INFINITY : (double)NAN;
    const double a = 0.147, half = 2.0 / (M_PI * a) + log1p(-x * x) / 2.0;
    double y = copysign(sqrt(sqrt(half * half - log1p(-x * x) / a) - half), x);
    for (int i = 0; i < 4; i++) y -= (erf(y) - x) / (2.0 / sqrt(M_PI) * exp(-y * y));
    return y;
}

FUNCTION(inverse_error_function, inverse_error(x))

/* ---- making ---- */

static double parameter_of(const Value *value)
{
    double number = (double)NAN;
    if (value_is_number(value)) return value_number(value);
    if (value->kind == VALUE_OBJECT && value->object.kind->number) value->object.kind->number(value->object.data, &number);
    return number;
}

static bool make(Maker *m)
{
    Layer *layer = m->layer;
    Arena *arena = m->builder->arena;
    const Unary *family = family_of(layer);
    const int n = layer->kind->n_params;
    double *parameters = ARENA_ARRAY(arena, n + 1, double);
    Activation *function = ARENA_NEW(arena, Activation);
    if (!layer_base(m)) return false;
    for (int i = 0; i < n; i++) parameters[i] = parameter_of(&layer->args[i]);
    *function = family->named ? *activation_find(family->named) : family->function;
    if (n) function->parameters = parameters;
    layer->config = function;
    return true;
}

static const Activation *activation_of(const Layer *layer)
{
    return layer->config;
}

/* ---- shapes and types ---- */

static Dtype result_type(ResultType type, Dtype in)
{
    switch (type) {
    case SAME: return in;
    case NO_BOOL: return in == DTYPE_BOOL ? DTYPE_INT32 : in;
    case FLOATED: return dtype_with_float(in);
    case LONG_FLOATED: return in == DTYPE_INT64 ? DTYPE_FLOAT64 : dtype_with_float(in);
    case FLOATX: return DTYPE_FLOAT32;
    case TRUTH: return DTYPE_BOOL;
    }
    return in;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    outputs_add(out, in[0].shape, result_type(family_of(layer)->type, in[0].dtype));
    return true;
}

/* A bound that is a tensor or an array is not told. */
static bool computes(const Layer *layer)
{
    for (int i = 0; i < layer->kind->n_params; i++)
        if (layer->kind->params[i].required && isnan(parameter_of(&layer->args[i]))) return false;
    return true;
}

/* ---- the functions ---- */

#define UNARY_OF(NAME, MODULE, ...)                                                                              \
    OPERATION(NAME, MODULE), TAKES(OPERATION_X), .make = make, .infer = infer, .computes = computes,             \
    .forward = elementwise_forward, .trace = elementwise_trace, .connections = elementwise_connections,          \
    .explain = elementwise_explain, .rule = TRACE_SUM, .activation = activation_of, .elementwise = true,         \
    .family = &(const Unary){__VA_ARGS__}
#define UNARY(STEM, NAME, ...) const LayerKind OPERATION_##STEM = {UNARY_OF(NAME, "numpy", __VA_ARGS__)}
#define MATH(STEM, NAME, ...) const LayerKind OPERATION_##STEM = {UNARY_OF(NAME, "math", __VA_ARGS__)}
#define NEURAL(STEM, NAME) const LayerKind OPERATION_##STEM = {UNARY_OF(NAME, "nn", .named = #STEM)}
#define OF(APPLY, FORMULA) .function = {.name = #APPLY, .apply = APPLY, .formula = FORMULA}

UNARY(absolute, "Absolute", OF(absolute, "|x|"));
UNARY(fabs, "Fabs", OF(absolute, "|x|"), .type = FLOATED);
UNARY(negative, "Negative", OF(negative, "−x"));
UNARY(square, "Square", OF(square, "x²"), .type = NO_BOOL);
UNARY(sqrt, "Sqrt", OF(root, "√x"), .type = FLOATED);
MATH(rsqrt, "Rsqrt", OF(inverse_root, "1/√x"));
UNARY(cbrt, "Cbrt", OF(cube_root, "x^(1/3)"), .type = LONG_FLOATED);
UNARY(reciprocal, "Reciprocal", OF(inverse, "1/x"), .type = FLOATX);
UNARY(sign, "Sign", OF(sign, "sign x"));
UNARY(exp, "Exp", OF(exponent, "eˣ"), .type = FLOATED);
UNARY(exp2, "Exp2", OF(exponent2, "2ˣ"), .type = FLOATED);
UNARY(expm1, "Expm1", OF(exponent_minus, "eˣ − 1"), .type = FLOATED);
UNARY(log, "Log", OF(logarithm, "ln x"), .type = FLOATED);
UNARY(log2, "Log2", OF(logarithm2, "log₂ x"), .type = FLOATED);
UNARY(log10, "Log10", OF(logarithm10, "log₁₀ x"), .type = FLOATED);
UNARY(log1p, "Log1p", OF(logarithm_plus, "ln(1 + x)"), .type = FLOATED);
UNARY(sin, "Sin", OF(sine, "sin x"), .type = FLOATED);
UNARY(cos, "Cos", OF(cosine, "cos x"), .type = FLOATED);
UNARY(tan, "Tan", OF(tangent, "tan x"), .type = FLOATED);
UNARY(arcsin, "Arcsin", OF(arc_sine, "arcsin x"), .type = FLOATED);
UNARY(arccos, "Arccos", OF(arc_cosine, "arccos x"), .type = FLOATED);
UNARY(arctan, "Arctan", OF(arc_tangent, "arctan x"), .type = FLOATED);
UNARY(sinh, "Sinh", OF(hyperbolic_sine, "sinh x"), .type = FLOATED);
UNARY(cosh, "Cosh", OF(hyperbolic_cosine, "cosh x"), .type = FLOATED);
UNARY(arcsinh, "Arcsinh", OF(hyperbolic_arc_sine, "arsinh x"), .type = FLOATED);
UNARY(arccosh, "Arccosh", OF(hyperbolic_arc_cosine, "arcosh x"), .type = FLOATED);
UNARY(arctanh, "Arctanh", OF(hyperbolic_arc_tangent, "artanh x"), .type = FLOATED);
UNARY(sinc, "Sinc", OF(cardinal_sine, "sin(πx)/(πx)"), .type = FLOATED);
UNARY(deg2rad, "Deg2rad", OF(radians, "x·π/180"), .type = LONG_FLOATED);
UNARY(rad2deg, "Rad2deg", OF(degrees, "x·180/π"), .type = LONG_FLOATED);
UNARY(angle, "Angle", OF(argument, "x < 0 ? π : 0"), .type = FLOATED);
UNARY(ceil, "Ceil", OF(round_up, "⌈x⌉"), .type = FLOATED);
UNARY(floor, "Floor", OF(round_down, "⌊x⌋"), .type = FLOATED);
UNARY(trunc, "Trunc", OF(cut, "trunc x"));
UNARY(i0, "I0", OF(bessel_0, "I₀(x)"), .type = LONG_FLOATED);
MATH(erf, "Erf", OF(error_function, "erf x"));
MATH(erfc, "Erfc", OF(error_complement, "1 − erf x"), .type = FLOATED);
MATH(erfinv, "Erfinv", OF(inverse_error_function, "erf⁻¹ x"));
UNARY(logical_not, "LogicalNot", OF(no, "¬x"), .type = TRUTH);
UNARY(isnan, "Isnan", OF(is_nan, "x = NaN"), .type = TRUTH);
UNARY(isfinite, "Isfinite", OF(is_finite, "|x| < ∞"), .type = TRUTH);
UNARY(isinf, "Isinf", OF(is_infinite, "|x| = ∞"), .type = TRUTH);
UNARY(isneginf, "Isneginf", OF(is_low, "x = −∞"), .type = TRUTH);
UNARY(isposinf, "Isposinf", OF(is_high, "x = ∞"), .type = TRUTH);
UNARY(isreal, "Isreal", OF(is_real, "Im x = 0"), .type = TRUTH);
UNARY(signbit, "Signbit", OF(has_sign, "x < 0"), .type = TRUTH);
UNARY(bitwise_invert, "BitwiseInvert", OF(invert, "~x"));

NEURAL(relu, "Relu");
NEURAL(relu6, "Relu6");
NEURAL(sigmoid, "Sigmoid");
NEURAL(sparse_sigmoid, "SparseSigmoid");
NEURAL(softplus, "Softplus");
NEURAL(softsign, "Softsign");
NEURAL(sparse_plus, "SparsePlus");
NEURAL(silu, "Silu");
NEURAL(log_sigmoid, "LogSigmoid");
NEURAL(hard_sigmoid, "HardSigmoid");
NEURAL(hard_silu, "HardSilu");
NEURAL(selu, "Selu");
NEURAL(tanh_shrink, "TanhShrink");
NEURAL(hard_tanh, "HardTanh");
UNARY(tanh, "Tanh", .named = "tanh", .type = FLOATED);

/* ---- with parameters ---- */

static const ParamSpec SLOPE[] = {{.name = "negative_slope", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.2)}};
static const ParamSpec ALPHA[] = {{.name = "alpha", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(1.0)}};
static const ParamSpec RECTIFIED[] = {
    {.name = "negative_slope", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)}, {.name = "max_value", .type = PARAM_FLOAT},
    {.name = "threshold", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)}};
static const ParamSpec SHRINK[] = {{.name = "threshold", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.5)}};
static const ParamSpec SQUARE_B[] = {{.name = "b", .type = PARAM_FLOAT, .fallback = VALUE_IS_INT(4)}};
static const ParamSpec APPROXIMATE[] = {{.name = "approximate", .type = PARAM_BOOL, .fallback = VALUE_IS_TRUE}};
static const ParamSpec THRESHOLD[] = {{.name = "threshold", .required = true}, {.name = "default_value", .required = true}};
static const ParamSpec BOUNDS[] = {{.name = "x_min", .required = true}, {.name = "x_max", .required = true}};
static const ParamSpec DECIMALS[] = {{.name = "decimals", .type = PARAM_INT, .fallback = VALUE_IS_INT(0)}};
static const ParamSpec REPLACED[] = {{.name = "nan", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)}, {.name = "posinf"}, {.name = "neginf"}};

#define WITH(STEM, NAME, MODULE, PARAMS, ...) const LayerKind OPERATION_##STEM = {UNARY_OF(NAME, MODULE, __VA_ARGS__), MADE_WITH(PARAMS)}

/* keras.activations.relu of a tensor. */
const LayerKind OPERATION_activation_relu = {
    UNARY_OF("ReLU", "nn", .named = "relu"), MADE_WITH(RECTIFIED), .function = "activations.relu", .stem = "re_lu"};
WITH(leaky_relu, "LeakyRelu", "nn", SLOPE, .named = "leaky_relu");
WITH(elu, "Elu", "nn", ALPHA, .named = "elu");
WITH(celu, "Celu", "nn", ALPHA, .named = "celu");
WITH(soft_shrink, "SoftShrink", "nn", SHRINK, .named = "soft_shrink");
WITH(hard_shrink, "HardShrink", "nn", SHRINK, .named = "hard_shrink");
WITH(squareplus, "Squareplus", "nn", SQUARE_B, .named = "squareplus");
WITH(gelu, "Gelu", "nn", APPROXIMATE, .named = "gelu");
WITH(threshold, "Threshold", "nn", THRESHOLD, OF(threshold, "x > t ? x : v"));
WITH(clip, "Clip", "numpy", BOUNDS, OF(clipped, "max(min(x, b), a)"), .type = NO_BOOL);
WITH(round, "Round", "numpy", DECIMALS, OF(rounded, "round x"));
WITH(nan_to_num, "NanToNum", "numpy", REPLACED, OF(without_nan, "x, finite"));
