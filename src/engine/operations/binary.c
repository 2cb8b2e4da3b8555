/* Operations of two tensors, element by element: arithmetic, comparisons, logic. */
#include <math.h>
#include <string.h>

#include "engine/layers/terms.h"
#include "engine/operations/operand.h"
#include "engine/operations/operation.h"

typedef double Function(double, double);

typedef enum ResultType {
    PROMOTED,      /* what both make */
    NO_BOOL,       /* the same, int32 for booleans */
    WITH_FLOAT,    /* a float in any case */
    INT_TO_FLOAT,  /* integers become floats, int64 a float64 */
    TRUTH
} ResultType;

typedef enum Linearity { NOT_LINEAR, SUM_OF_BOTH, SCALED /* a sum where one of the two is a constant */, LARGEST } Linearity;

typedef struct Binary {
    Function   *apply;
    ResultType  type;
    Linearity   linear;
    double      sign;                      /* of the second in a sum */
    bool        typed;                     /* both must be of a type: numbers of Python are refused */
    const char *before, *between, *after;  /* in formulae */
} Binary;

static const Binary *family_of(const Layer *layer)
{
    return layer->kind->family;
}

static const ParamSpec CALL[] = {{.name = "x1", .required = true}, {.name = "x2", .required = true}};
static const ParamSpec CALL_XY[] = {{.name = "x", .required = true}, {.name = "y", .required = true}};

/* ---- functions ---- */

static double plus(double a, double b) { return a + b; }
static double minus(double a, double b) { return a - b; }
static double times(double a, double b) { return a * b; }
static double over(double a, double b) { return a / b; }
static double over_or_zero(double a, double b) { return b == 0.0 ? 0.0 : a / b; }
static double floor_over(double a, double b) { return floor(a / b); }
static double modulo(double a, double b) { return a - b * floor(a / b); }
static double larger(double a, double b) { return isnan(a) || a > b ? a : b; }
static double smaller(double a, double b) { return isnan(a) || a < b ? a : b; }
static double is_equal(double a, double b) { return a == b; }
static double is_not_equal(double a, double b) { return a != b; }
static double is_less(double a, double b) { return a < b; }
static double is_less_equal(double a, double b) { return a <= b; }
static double is_greater(double a, double b) { return a > b; }
static double is_greater_equal(double a, double b) { return a >= b; }
static double both(double a, double b) { return a != 0.0 && b != 0.0; }
static double either(double a, double b) { return a != 0.0 || b != 0.0; }
static double one_of(double a, double b) { return (a != 0.0) != (b != 0.0); }
static double step(double a, double b) { return a < 0.0 ? 0.0 : a == 0.0 ? b : 1.0; }

static double log_sum(double a, double b)
{
    const double most = a > b ? a : b;
    return isinf(most) ? most : most + log1p(exp(-fabs(a - b)));
}

static double log_sum2(double a, double b)
{
    return log_sum(a * M_LN2, b * M_LN2) / M_LN2;
}

static double divisor(double a, double b)
{
    a = fabs(a);
    b = fabs(b);
    for (int steps = 0; b > 0.0 && steps < 128; steps++) {
        const double rest = fmod(a, b);
        a = b;
        b = rest;
    }
    return a;
}

static double multiple(double a, double b)
{
    const double common = divisor(a, b);
    return common > 0.0 ? fabs(a * b) / common : 0.0;
}

static int64_t whole(double x) { return x > -9e18 && x < 9e18 ? (int64_t)x : 0; }
static double bits_and(double a, double b) { return (double)(whole(a) & whole(b)); }
static double bits_or(double a, double b) { return (double)(whole(a) | whole(b)); }
static double bits_xor(double a, double b) { return (double)(whole(a) ^ whole(b)); }
static double scaled_up(double a, double b) { return ldexp(a, (int)fmax(-2000, fmin(2000, b))); }
static double shifted_left(double a, double b) { return scaled_up(a, floor(b)); }
static double shifted_right(double a, double b) { return floor(scaled_up(a, -floor(b))); }
static double next(double a, double b) { return (double)nextafterf((float)a, (float)b); }

/* ---- shapes and types ---- */

static bool result_type(const Binary *binary, const Operand *operands, Dtype *dtype, Error *err)
{
    *dtype = DTYPE_BOOL;
    if (binary->type == TRUTH) return true;
    if (!operand_types(operands, 2, dtype, err)) return false;
    const bool whole_numbers = dtype_is_int(*dtype);
    if (binary->type == NO_BOOL && *dtype == DTYPE_BOOL) *dtype = DTYPE_INT32;
    if (binary->type == WITH_FLOAT) *dtype = dtype_with_float(*dtype);
    if (binary->type == INT_TO_FLOAT && whole_numbers) *dtype = *dtype == DTYPE_INT64 ? DTYPE_FLOAT64 : DTYPE_FLOAT32;
    return true;
}

/* What is no number and no tensor: Keras asks it for a type in vain. */
static bool refuse_other(const Operand *operand, Error *err)
{
    if (!err || operand->value->kind == VALUE_UNKNOWN) return false;
    return error_set(err, "ValueError", "Invalid dtype: %s", value_type(operand->value));
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand operands[2] = {operand_of(call, in, 0), operand_of(call, in, 1)};
    Shape shape;
    Dtype dtype;
    (void)n_in;
    if (!shapes_broadcast(&operands[0].spec.shape, &operands[1].spec.shape, &shape, err)) return false;
    for (int i = 0; i < 2; i++)
        if (operands[i].absent && family_of(layer)->type != TRUTH) return refuse_other(&operands[i], err);
    for (int i = 0; i < 2; i++)
        if (family_of(layer)->typed && operands[i].weak)
            return error_set(err, "AttributeError", "'%s' object has no attribute 'dtype'", value_type(&call->args[i]));
    if (!result_type(family_of(layer), operands, &dtype, err)) return false;
    outputs_add(out, shape, dtype);
    return true;
}

/* ---- numbers ---- */

static void forward(const Forward *f)
{
    Function *const apply = family_of(f->layer)->apply;
    Tensor *out = &f->out[0];
    const float *x[2];
    for (int i = 0; i < 2; i++) {
        Operand operand = operand_of(f->call, NULL, i);
        if (operand.input >= 0) operand.spec.shape = f->in[operand.input].shape;
        if (!operand_known(&operand)) {
            *f->impossible = true;
            return;
        }
        x[i] = operand_spread(&operand, f->in, &out->shape, f->scratch);
    }
    const int64_t size = shape_size(&out->shape);
    for (int64_t k = 0; k < size; k++) out->data[k] = (float)apply((double)x[0][k], (double)x[1][k]);
}

/* ---- terms ---- */

static bool is_constant(const Value *value)
{
    return value->kind != VALUE_TENSOR;
}

static TraceRule rule_of(const Layer *layer)
{
    const Linearity linear = family_of(layer)->linear;
    if (linear == SUM_OF_BOTH) return TRACE_SUM;
    if (linear == LARGEST) return TRACE_MAX;
    if (linear == NOT_LINEAR || !layer->n_calls) return TRACE_DEPENDS;
    const Value *args = layer->calls[0]->call.args;
    const bool scaled = is_constant(&args[1]) || (is_constant(&args[0]) && family_of(layer)->apply == times);
    return scaled ? TRACE_SUM : TRACE_DEPENDS;
}

static double constant_at(const Operand *operand, int64_t index)
{
    return operand->data ? (double)operand->data[index] : operand->number;
}

/* What a term of operand i is multiplied with. */
static double scale_of(const Trace *t, const Operand *operands, const int64_t *index, int i)
{
    const Binary *binary = family_of(t->layer);
    if (binary->linear == SUM_OF_BOTH && i) return binary->sign;
    if (binary->linear != SCALED || operands[1 - i].input >= 0) return 1;
    const double factor = constant_at(&operands[1 - i], index[1 - i]);
    return binary->apply == times ? factor : binary->apply(1.0, factor);
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const Operand operands[2] = {operand_of(t->call, t->in, 0), operand_of(t->call, t->in, 1)};
    const Linearity linear = family_of(t->layer)->linear;
    TermList list = {.term = terms, .cap = cap};
    int64_t at[SHAPE_RANK_MAX], index[2];
    place_of(&t->out[0].shape, t->k, at);
    for (int i = 0; i < 2; i++) index[i] = broadcast_index(&operands[i].spec.shape, &t->out[0].shape, at);
    for (int i = 0; i < 2; i++) {
        if (operands[i].input >= 0) terms_add(&list, term_input(operands[i].input, index[i], scale_of(t, operands, index, i)));
        else if (linear == SUM_OF_BOTH) terms_add(&list, term_constant((i ? family_of(t->layer)->sign : 1) * constant_at(&operands[i], index[i])));
        else if (linear == LARGEST) terms_add(&list, term_constant(constant_at(&operands[i], index[i])));
    }
    return list.n;
}

static int64_t connections(const Trace *t)
{
    int64_t tensors = 0;
    for (int i = 0; i < 2; i++) tensors += t->call->args[i].kind == VALUE_TENSOR;
    return dim_multiply(shape_size(&t->out[0].shape), tensors);
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const Binary *binary = family_of(t->layer);
    int64_t at[SHAPE_RANK_MAX];
    if (topic != EXPLAIN_RULE || !shape_known(&t->out[0].shape)) return;
    place_of(&t->out[0].shape, t->k, at);
    text_put(text, binary->before ? binary->before : "");
    for (int i = 0; i < 2; i++) {
        const Operand operand = operand_of(t->call, t->in, i);
        if (i) text_put(text, binary->between);
        operand_put(&operand, &t->out[0].shape, at, text);
    }
    text_put(text, binary->after ? binary->after : "");
}

/* ---- the functions ---- */

#define BINARY_OF(FUNCTION, NAME, PARAMS, ...)                                                                \
    const LayerKind OPERATION_##FUNCTION = {                                                                  \
        OPERATION(NAME, "numpy"), TAKES(PARAMS), .infer = infer, .forward = forward, .trace = trace,        \
        .rule = TRACE_DEPENDS, .rule_of = rule_of, .connections = connections, .explain = explain,            \
        .family = &(const Binary){__VA_ARGS__},                                                               \
    }
#define BINARY(FUNCTION, NAME, ...) BINARY_OF(FUNCTION, NAME, CALL, __VA_ARGS__)
#define BETWEEN(SIGN) .between = " " SIGN " "
#define CALLED(WORD) .before = WORD "(", .between = ", ", .after = ")"

BINARY(add, "Add", .apply = plus, .linear = SUM_OF_BOTH, .sign = 1, BETWEEN("+"));
BINARY(subtract, "Subtract", .apply = minus, .linear = SUM_OF_BOTH, .sign = -1, BETWEEN("−"));
BINARY(multiply, "Multiply", .apply = times, .linear = SCALED, .between = "·");
BINARY(divide, "Divide", .apply = over, .type = WITH_FLOAT, .linear = SCALED, .between = "/");
BINARY(true_divide, "TrueDivide", .apply = over, .type = WITH_FLOAT, .linear = SCALED, .between = "/");
BINARY(divide_no_nan, "DivideNoNan", .apply = over_or_zero, .type = WITH_FLOAT, .linear = SCALED, .between = "/");
BINARY(floor_divide, "FloorDivide", .apply = floor_over, .before = "⌊", .between = "/", .after = "⌋");
BINARY(mod, "Mod", .apply = modulo, .type = NO_BOOL, BETWEEN("mod"));
BINARY(fmod, "Fmod", .apply = fmod, .type = NO_BOOL, CALLED("fmod"));
BINARY(power, "Power", .apply = pow, .between = "^");
BINARY(maximum, "Maximum", .apply = larger, .linear = LARGEST, CALLED("max"));
BINARY(minimum, "Minimum", .apply = smaller, CALLED("min"));
BINARY(fmax, "Fmax", .apply = fmax, CALLED("max"));
BINARY(fmin, "Fmin", .apply = fmin, CALLED("min"));
BINARY(arctan2, "Arctan2", .apply = atan2, .type = WITH_FLOAT, CALLED("arctan2"));
BINARY(hypot, "Hypot", .apply = hypot, .type = INT_TO_FLOAT, .typed = true, .before = "√(", .between = "² + ", .after = "²)");
BINARY(heaviside, "Heaviside", .apply = step, .type = INT_TO_FLOAT, .typed = true, CALLED("heaviside"));
BINARY(logaddexp, "Logaddexp", .apply = log_sum, .type = WITH_FLOAT, .before = "log(e^", .between = " + e^", .after = ")");
BINARY(logaddexp2, "Logaddexp2", .apply = log_sum2, .type = WITH_FLOAT, .before = "log₂(2^", .between = " + 2^", .after = ")");
BINARY(ldexp, "Ldexp", .apply = scaled_up, .type = WITH_FLOAT, .between = "·2^");
BINARY(nextafter, "Nextafter", .apply = next, .type = WITH_FLOAT, CALLED("nextafter"));
BINARY(gcd, "Gcd", .apply = divisor, CALLED("gcd"));
BINARY(lcm, "Lcm", .apply = multiple, CALLED("lcm"));

BINARY(equal, "Equal", .apply = is_equal, .type = TRUTH, BETWEEN("="));
BINARY(not_equal, "NotEqual", .apply = is_not_equal, .type = TRUTH, BETWEEN("≠"));
BINARY(less, "Less", .apply = is_less, .type = TRUTH, BETWEEN("<"));
BINARY(less_equal, "LessEqual", .apply = is_less_equal, .type = TRUTH, BETWEEN("≤"));
BINARY(greater, "Greater", .apply = is_greater, .type = TRUTH, BETWEEN(">"));
BINARY(greater_equal, "GreaterEqual", .apply = is_greater_equal, .type = TRUTH, BETWEEN("≥"));
BINARY(logical_and, "LogicalAnd", .apply = both, .type = TRUTH, BETWEEN("∧"));
BINARY(logical_or, "LogicalOr", .apply = either, .type = TRUTH, BETWEEN("∨"));
BINARY(logical_xor, "LogicalXor", .apply = one_of, .type = TRUTH, BETWEEN("⊕"));

BINARY_OF(bitwise_and, "BitwiseAnd", CALL_XY, .apply = bits_and, BETWEEN("&"));
BINARY_OF(bitwise_or, "BitwiseOr", CALL_XY, .apply = bits_or, BETWEEN("|"));
BINARY_OF(bitwise_xor, "BitwiseXor", CALL_XY, .apply = bits_xor, BETWEEN("⊕"));
BINARY_OF(left_shift, "LeftShift", CALL_XY, .apply = shifted_left, BETWEEN("<<"));
BINARY_OF(right_shift, "RightShift", CALL_XY, .apply = shifted_right, BETWEEN(">>"));
BINARY_OF(bitwise_left_shift, "BitwiseLeftShift", CALL_XY, .apply = shifted_left, BETWEEN("<<"));
BINARY_OF(bitwise_right_shift, "BitwiseRightShift", CALL_XY, .apply = shifted_right, BETWEEN(">>"));
