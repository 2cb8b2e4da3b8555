#include "keras/code/array_math.h"

#include <math.h>

#include "keras/code/array_functions.h"

static Value not_told(Evaluator *ev)
{
    return unknown_here(ev, "cause.not_known_numbers");
}

static Value scalar_or_array(Evaluator *ev, Value array)
{
    const Array *made = array_of(&array);
    if (made->shape.rank) return array;
    return made->numbers ? value_scalar(ev, made->dtype, made->numbers[0]) : not_told(ev);
}

/* ---- element by element ---- */

typedef double (*Map)(double);
typedef struct MapEntry {
    Map  map;
    bool keeps_type;      /* whole numbers stay whole */
} MapEntry;

static double square(double x) { return x * x; }
static double sign(double x) { return (x > 0) - (x < 0); }
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double positive(double x) { return x > 0 ? x : 0; }
static double reciprocal_root(double x) { return 1 / sqrt(x); }

static const MapEntry map_sqrt = {sqrt, false}, map_exp = {exp, false}, map_log = {log, false}, map_log2 = {log2, false},
    map_log10 = {log10, false}, map_log1p = {log1p, false}, map_sin = {sin, false}, map_cos = {cos, false}, map_tan = {tan, false},
    map_tanh = {tanh, false}, map_abs = {fabs, true}, map_square = {square, true}, map_sign = {sign, true},
    map_floor = {floor, false}, map_ceil = {ceil, false}, map_sigmoid = {sigmoid, false}, map_relu = {positive, true},
    map_rsqrt = {reciprocal_root, false}, map_round = {nearbyint, true};

static Value map_call(Evaluator *ev, const Given *given)
{
    const MapEntry *entry = given->native->data;
    const Array *array = array_from(ev, *given->arg[0], DTYPE_NONE);
    if (!array) return not_told(ev);
    const bool floats = dtype_is_float(array->dtype) || entry->keeps_type;
    const Value out = value_array(ev, array->shape, floats ? array->dtype : DTYPE_FLOAT64, NULL);
    const int64_t n = shape_size(&array->shape);
    if (!array->numbers) return array->shape.rank ? out : not_told(ev);
    pay(ev, 1 + n / 4);
    double *numbers = array_of(&out)->numbers = ARENA_ARRAY(ev->arena, n, double);
    for (int64_t i = 0; i < n; i++) numbers[i] = entry->map(array->numbers[i]);
    return scalar_or_array(ev, out);
}

/* ---- along axes ---- */

typedef struct Reducer {
    double start;
    double (*add)(double so_far, double x);
    bool   mean, whole, yes_no;   /* divided by the count; whole numbers of whole numbers; true or false */
} Reducer;

static double reduce_sum(double a, double b) { return a + b; }
static double reduce_product(double a, double b) { return a * b; }
static double reduce_max(double a, double b) { return b > a ? b : a; }
static double reduce_min(double a, double b) { return b < a ? b : a; }
static double reduce_any(double a, double b) { return (a > 0) || (b < 0 || b > 0); }
static double reduce_all(double a, double b) { return (a > 0) && (b < 0 || b > 0); }

static const Reducer reducer_sum = {.add = reduce_sum, .whole = true};
static const Reducer reducer_product = {.start = 1, .add = reduce_product, .whole = true};
static const Reducer reducer_mean = {.add = reduce_sum, .mean = true};
static const Reducer reducer_max = {.start = -HUGE_VAL, .add = reduce_max, .whole = true};
static const Reducer reducer_min = {.start = HUGE_VAL, .add = reduce_min, .whole = true};
static const Reducer reducer_any = {.add = reduce_any, .yes_no = true};
static const Reducer reducer_all = {.start = 1, .add = reduce_all, .yes_no = true};

static void drop_axes(Evaluator *ev, const Value *axis, const Shape *shape, bool *dropped)
{
    const ValueList *list = axis ? value_items(axis) : NULL;
    const bool all = !axis || axis->kind == VALUE_NONE;
    for (int i = 0; i < shape->rank; i++) dropped[i] = all;
    for (size_t i = 0; !all && i < (list ? list->n : 1); i++) {
        int64_t at = whole_of(ev, list ? list->items[i] : *axis);
        if (at < -shape->rank || at >= shape->rank)
            raise_error(ev, "AxisError", "axis %lld is out of bounds for array of dimension %d", (long long)at, shape->rank);
        dropped[at < 0 ? at + shape->rank : at] = true;
    }
}

static Shape reduced_shape(const Shape *shape, const bool *dropped, bool keep)
{
    Shape out = {0};
    for (int i = 0; i < shape->rank; i++) {
        if (!dropped[i]) out.dim[out.rank++] = shape->dim[i];
        else if (keep) out.dim[out.rank++] = 1;
    }
    return out;
}

static void reduce_numbers(const Reducer *reducer, const Array *array, const bool *dropped, double *out, int64_t n_out)
{
    const Shape *shape = &array->shape;
    const int64_t n = shape_size(shape);
    for (int64_t k = 0; k < n_out; k++) out[k] = reducer->start;
    for (int64_t k = 0; k < n; k++) {
        int64_t at = 0, scale = 1, rest = k;
        for (int i = shape->rank; i-- > 0; rest /= shape->dim[i]) {
            if (dropped[i]) continue;
            at += rest % shape->dim[i] * scale;
            scale *= shape->dim[i];
        }
        out[at] = reducer->add(out[at], array->numbers[k]);
    }
    for (int64_t k = 0; k < n_out && reducer->mean; k++) out[k] /= (double)(n_out ? n / n_out : 1);
}

static Dtype reduced_dtype(const Reducer *reducer, Dtype dtype)
{
    if (reducer->yes_no) return DTYPE_BOOL;
    if (dtype == DTYPE_BOOL) return DTYPE_INT64;
    return dtype_is_float(dtype) || reducer->whole ? dtype : DTYPE_FLOAT64;
}

static Value reduce_call(Evaluator *ev, const Given *given)
{
    const Reducer *reducer = given->native->data;
    const Array *array = array_from(ev, *given->arg[0], DTYPE_NONE);
    bool dropped[SHAPE_RANK_MAX];
    if (!array) return not_told(ev);
    drop_axes(ev, given->arg[1], &array->shape, dropped);
    const Shape shape = reduced_shape(&array->shape, dropped, given->arg[2] && truth(ev, *given->arg[2]));
    const Value out = value_array(ev, shape, reduced_dtype(reducer, array->dtype), NULL);
    if (!array->numbers) return shape.rank ? out : not_told(ev);
    const int64_t n_out = shape_size(&shape);
    pay(ev, 1 + shape_size(&array->shape) / 4);
    array_of(&out)->numbers = ARENA_ARRAY(ev->arena, n_out, double);
    reduce_numbers(reducer, array, dropped, array_of(&out)->numbers, n_out);
    return scalar_or_array(ev, out);
}

/* argmax and the like: the shape only, but for a plain row of numbers. */
static Value arg_call(Evaluator *ev, const Given *given)
{
    const bool largest = given->native->data != NULL;
    const Array *array = array_from(ev, *given->arg[0], DTYPE_NONE);
    bool dropped[SHAPE_RANK_MAX];
    if (!array) return not_told(ev);
    drop_axes(ev, given->arg[1], &array->shape, dropped);
    const Shape shape = reduced_shape(&array->shape, dropped, false);
    if (shape.rank) return array_sized(ev, shape, DTYPE_INT64, NULL);
    const int64_t n = shape_size(&array->shape);
    if (!array->numbers || n < 1) return not_told(ev);
    int64_t best = 0;
    for (int64_t i = 1; i < n; i++)
        if (largest ? array->numbers[i] > array->numbers[best] : array->numbers[i] < array->numbers[best]) best = i;
    return value_scalar(ev, DTYPE_INT64, (double)best);
}

/* ---- two operands ---- */

static const PyOp op_add = PY_ADD, op_subtract = PY_SUB, op_multiply = PY_MUL, op_divide = PY_DIV, op_power = PY_POW, op_mod = PY_MOD,
    op_floor_divide = PY_FLOOR_DIV, op_matmul = PY_MATMUL, op_equal = PY_EQ, op_less = PY_LT, op_greater = PY_GT;

static Value two_call(Evaluator *ev, const Given *given)
{
    return array_operator(ev, *(const PyOp *)given->native->data, *given->arg[0], *given->arg[1]);
}

static Value extreme_call(Evaluator *ev, const Given *given)
{
    const bool largest = given->native->data != NULL;
    double a, b;
    if (scalar_number(given->arg[0], &a) && scalar_number(given->arg[1], &b)) return largest == (a > b) ? *given->arg[0] : *given->arg[1];
    const Value sum = array_operator(ev, PY_ADD, *given->arg[0], *given->arg[1]);
    if (array_of(&sum)) array_of(&sum)->numbers = NULL;
    return array_of(&sum) ? sum : not_told(ev);
}

static Value clip_call(Evaluator *ev, const Given *given)
{
    const Array *array = array_from(ev, *given->arg[0], DTYPE_NONE);
    double low, high;
    if (!array) return not_told(ev);
    const Value out = value_array(ev, array->shape, array->dtype, NULL);
    if (!array->numbers || !scalar_number(given->arg[1], &low) || !scalar_number(given->arg[2], &high))
        return array->shape.rank ? out : not_told(ev);
    const int64_t n = shape_size(&array->shape);
    pay(ev, 1 + n / 4);
    double *numbers = array_of(&out)->numbers = ARENA_ARRAY(ev->arena, n, double);
    for (int64_t i = 0; i < n; i++) numbers[i] = fmin(fmax(array->numbers[i], low), high);
    return scalar_or_array(ev, out);
}

#define MAP(text, entry) {.name = text, .params = "x name?", .call = map_call, .data = &entry}
#define REDUCE(text, reducer) {.name = text, .params = "a axis? keepdims? dtype? out?", .call = reduce_call, .data = &reducer}
#define TWO(text, op) {.name = text, .params = "x1 x2", .call = two_call, .data = &op}

static const Native functions[] = {
    MAP("sqrt", map_sqrt), MAP("exp", map_exp), MAP("log", map_log), MAP("log2", map_log2), MAP("log10", map_log10),
    MAP("log1p", map_log1p), MAP("sin", map_sin), MAP("cos", map_cos), MAP("tan", map_tan), MAP("tanh", map_tanh),
    MAP("abs", map_abs), MAP("absolute", map_abs), MAP("square", map_square), MAP("sign", map_sign), MAP("floor", map_floor),
    MAP("ceil", map_ceil), MAP("sigmoid", map_sigmoid), MAP("relu", map_relu), MAP("rsqrt", map_rsqrt), MAP("round", map_round),
    MAP("rint", map_round),
    REDUCE("sum", reducer_sum), REDUCE("prod", reducer_product), REDUCE("mean", reducer_mean), REDUCE("max", reducer_max),
    REDUCE("amax", reducer_max), REDUCE("min", reducer_min), REDUCE("amin", reducer_min), REDUCE("any", reducer_any),
    REDUCE("all", reducer_all),
    {.name = "argmax", .params = "a axis?", .call = arg_call, .data = "largest"},
    {.name = "argmin", .params = "a axis?", .call = arg_call},
    TWO("add", op_add), TWO("subtract", op_subtract), TWO("multiply", op_multiply), TWO("divide", op_divide),
    TWO("true_divide", op_divide), TWO("power", op_power), TWO("mod", op_mod), TWO("floor_divide", op_floor_divide),
    TWO("matmul", op_matmul), TWO("dot", op_matmul), TWO("equal", op_equal), TWO("less", op_less), TWO("greater", op_greater),
    {.name = "maximum", .params = "x1 x2", .call = extreme_call, .data = "largest"},
    {.name = "minimum", .params = "x1 x2", .call = extreme_call},
    {.name = "clip", .params = "a a_min a_max", .call = clip_call},
    {0}};
const Native *const MATH_FUNCTIONS = functions;
