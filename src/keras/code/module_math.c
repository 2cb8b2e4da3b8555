/* math. */
#include "keras/code/module_python.h"

#include <math.h>

#include "keras/code/builtin.h"

typedef struct MathEntry {
    double (*map)(double);
    bool   whole;      /* gives an int */
    double least;      /* below is a domain error */
} MathEntry;

static double degrees(double x) { return x * 180 / acos(-1); }
static double radians(double x) { return x * acos(-1) / 180; }

static const MathEntry math_sqrt = {sqrt, false, 0}, math_exp = {exp, false, -HUGE_VAL}, math_log2 = {log2, false, 5e-324},
    math_log10 = {log10, false, 5e-324}, math_log1p = {log1p, false, -1}, math_sin = {sin, false, -HUGE_VAL},
    math_cos = {cos, false, -HUGE_VAL}, math_tan = {tan, false, -HUGE_VAL}, math_tanh = {tanh, false, -HUGE_VAL},
    math_floor = {floor, true, -HUGE_VAL}, math_ceil = {ceil, true, -HUGE_VAL}, math_trunc = {trunc, true, -HUGE_VAL},
    math_fabs = {fabs, false, -HUGE_VAL}, math_degrees = {degrees, false, -HUGE_VAL}, math_radians = {radians, false, -HUGE_VAL},
    math_atan = {atan, false, -HUGE_VAL};

static Value math_map(Evaluator *ev, const Given *given)
{
    const MathEntry *entry = given->native->data;
    const double x = float_of(ev, *given->arg[0]);
    if (x < entry->least) raise_error(ev, "ValueError", "math domain error");
    const Argument result = {.value = value_float(entry->map(x)), .span = SPAN_NONE};
    return entry->whole ? CLASS_INT.construct(ev, &CLASS_INT, &result, 1, ev->span) : result.value;
}

static Value math_log(Evaluator *ev, const Given *given)
{
    const double x = float_of(ev, *given->arg[0]), base = given->arg[1] ? float_of(ev, *given->arg[1]) : 0;
    if (!(x > 0) || (given->arg[1] && !(base > 0))) raise_error(ev, "ValueError", "math domain error");
    return value_float(given->arg[1] ? log(x) / log(base) : log(x));
}

static Value math_pow(Evaluator *ev, const Given *given)
{
    return value_float(pow(float_of(ev, *given->arg[0]), float_of(ev, *given->arg[1])));
}

static int64_t common_divisor(int64_t a, int64_t b)
{
    uint64_t x = a < 0 ? 0 - (uint64_t)a : (uint64_t)a, y = b < 0 ? 0 - (uint64_t)b : (uint64_t)b;
    while (y) {
        const uint64_t rest = x % y;
        x = y;
        y = rest;
    }
    return x > INT64_MAX ? INT64_MAX : (int64_t)x;
}

static Value math_gcd(Evaluator *ev, const Given *given)
{
    return value_int(common_divisor(whole_of(ev, *given->arg[0]), whole_of(ev, *given->arg[1])));
}

static Value math_prod(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    Value product = given->arg[1] ? *given->arg[1] : value_int(1);
    for (size_t i = 0; i < items->n; i++) product = binary(ev, PY_MUL, product, items->items[i]);
    return product;
}

static Value math_factorial(Evaluator *ev, const Given *given)
{
    const int64_t n = whole_of(ev, *given->arg[0]);
    if (n < 0) raise_error(ev, "ValueError", "factorial() not defined for negative values");
    int64_t product = 1;
    for (int64_t i = 2; i <= n && product < INT64_MAX; i++) product = size_multiply(product, i);
    return value_int(product);
}

static Value math_isnan(Evaluator *ev, const Given *given)
{
    return value_bool(isnan(float_of(ev, *given->arg[0])));
}

#define MATH(text, entry) {.name = text, .params = "x", .call = math_map, .data = &entry}
static const Native math_natives[] = {
    MATH("sqrt", math_sqrt), MATH("exp", math_exp), MATH("log2", math_log2), MATH("log10", math_log10), MATH("log1p", math_log1p),
    MATH("sin", math_sin), MATH("cos", math_cos), MATH("tan", math_tan), MATH("tanh", math_tanh), MATH("atan", math_atan),
    MATH("floor", math_floor), MATH("ceil", math_ceil), MATH("trunc", math_trunc), MATH("fabs", math_fabs),
    MATH("degrees", math_degrees), MATH("radians", math_radians),
    {.name = "log", .params = "x base?", .call = math_log},
    {.name = "pow", .params = "x y", .call = math_pow},
    {.name = "gcd", .params = "a b", .call = math_gcd},
    {.name = "prod", .params = "iterable start?", .call = math_prod},
    {.name = "factorial", .params = "n", .call = math_factorial},
    {.name = "isnan", .params = "x", .call = math_isnan},
    {0}};
static const ModuleConstant math_constants[] = {
    {"pi", VALUE_IS_FLOAT(3.141592653589793)}, {"e", VALUE_IS_FLOAT(2.718281828459045)}, {"inf", VALUE_IS_FLOAT(HUGE_VAL)},
    {"nan", VALUE_IS_FLOAT(NAN)}, {"tau", VALUE_IS_FLOAT(6.283185307179586)}, {0}};
const ModuleTable MODULE_MATH = {.path = "math", .natives = math_natives, .constants = math_constants};
