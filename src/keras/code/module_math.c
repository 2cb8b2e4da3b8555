/* math. */
#include "keras/code/module_python.h"

#include <math.h>

#include "keras/code/array.h"
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
    math_atan = {atan, false, -HUGE_VAL}, math_asin = {asin, false, -1}, math_acos = {acos, false, -1}, math_sinh = {sinh, false, -HUGE_VAL},
    math_cosh = {cosh, false, -HUGE_VAL}, math_cbrt = {cbrt, false, -HUGE_VAL}, math_exp2 = {exp2, false, -HUGE_VAL},
    math_expm1 = {expm1, false, -HUGE_VAL}, math_erf = {erf, false, -HUGE_VAL}, math_gamma = {tgamma, false, -HUGE_VAL},
    math_lgamma = {lgamma, false, -HUGE_VAL};

/* float(x) of what is a number already. */
static double real_of(Evaluator *ev, Value value)
{
    double x;
    const bool text = value.kind == VALUE_STRING || value.kind == VALUE_NONE || value_is_nest(&value);
    if (text) raise_error(ev, "TypeError", "must be real number, not %s", type_of(&value));
    return scalar_number(&value, &x) ? x : float_of(ev, value);
}

static Value math_map(Evaluator *ev, const Given *given)
{
    const MathEntry *entry = given->native->data;
    const double x = real_of(ev, *given->arg[0]);
    if (x < entry->least) raise_error(ev, "ValueError", "math domain error");
    const Argument result = {.value = value_float(entry->map(x)), .span = SPAN_NONE};
    return entry->whole ? CLASS_INT.construct(ev, &CLASS_INT, &result, 1, ev->span) : result.value;
}

static Value math_log(Evaluator *ev, const Given *given)
{
    const double x = real_of(ev, *given->arg[0]), base = given->arg[1] ? real_of(ev, *given->arg[1]) : 0;
    if (!(x > 0) || (given->arg[1] && !(base > 0))) raise_error(ev, "ValueError", "math domain error");
    return value_float(given->arg[1] ? log(x) / log(base) : log(x));
}

static Value math_pow(Evaluator *ev, const Given *given)
{
    return value_float(pow(real_of(ev, *given->arg[0]), real_of(ev, *given->arg[1])));
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
    int64_t divisor = 0;
    for (int i = 0; i < given->n_rest; i++) divisor = common_divisor(divisor, whole_of(ev, given->rest[i]));
    return value_int(divisor);
}

static Value math_lcm(Evaluator *ev, const Given *given)
{
    int64_t multiple = 1;
    for (int i = 0; i < given->n_rest; i++) {
        const int64_t n = whole_of(ev, given->rest[i]);
        if (!n) return value_int(0);
        multiple = size_multiply(multiple / common_divisor(multiple, n), n < 0 ? -n : n);
    }
    return value_int(multiple);
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

/* n (n-1) ... (n-k+1), divided by k! for combinations as it grows. */
static Value math_choose(Evaluator *ev, const Given *given)
{
    const int64_t n = whole_of(ev, *given->arg[0]), k = given->arg[1] ? whole_of(ev, *given->arg[1]) : n;
    const bool ordered = given->native->data != NULL;
    if (n < 0 || k < 0) raise_error(ev, "ValueError", "%s must be a non-negative integer", n < 0 ? "n" : "k");
    if (k > n) return value_int(0);
    const int64_t steps = !ordered && n - k < k ? n - k : k;
    int64_t product = 1;
    for (int64_t i = 0; i < steps && product < INT64_MAX; i++) {
        product = size_multiply(product, n - i);
        if (!ordered && product < INT64_MAX) product /= i + 1;
    }
    return value_int(product);
}

static Value math_isqrt(Evaluator *ev, const Given *given)
{
    const int64_t n = whole_of(ev, *given->arg[0]);
    if (n < 0) raise_error(ev, "ValueError", "isqrt() argument must be nonnegative");
    int64_t root = (int64_t)sqrt((double)n);
    while (root > 0 && root > n / root) root--;
    while (root + 1 <= n / (root + 1)) root++;
    return value_int(root);
}

static Value math_hypot(Evaluator *ev, const Given *given)
{
    double sum = 0;
    for (int i = 0; i < given->n_rest; i++) sum = hypot(sum, real_of(ev, given->rest[i]));
    return value_float(sum);
}

static Value math_dist(Evaluator *ev, const Given *given)
{
    const ValueList *p = iterate(ev, *given->arg[0]), *q = iterate(ev, *given->arg[1]);
    double sum = 0;
    if (p->n != q->n) raise_error(ev, "ValueError", "both points must have the same number of dimensions");
    for (size_t i = 0; i < p->n; i++) sum = hypot(sum, real_of(ev, p->items[i]) - real_of(ev, q->items[i]));
    return value_float(sum);
}

static Value math_fsum(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    long double sum = 0;
    for (size_t i = 0; i < items->n; i++) sum += (long double)real_of(ev, items->items[i]);
    return value_float((double)sum);
}

static Value math_isclose(Evaluator *ev, const Given *given)
{
    const double a = real_of(ev, *given->arg[0]), b = real_of(ev, *given->arg[1]);
    const double relative = given->arg[2] ? real_of(ev, *given->arg[2]) : 1e-9, absolute = given->arg[3] ? real_of(ev, *given->arg[3]) : 0;
    return value_bool(fabs(a - b) <= fmax(relative * fmax(fabs(a), fabs(b)), absolute));
}

static Value math_modf(Evaluator *ev, const Given *given)
{
    double whole;
    const double part = modf(real_of(ev, *given->arg[0]), &whole);
    return value_pair(ev->arena, value_float(part), value_float(whole));
}

typedef double (*Pairwise)(double, double);
static const Pairwise pair_fmod = fmod, pair_copysign = copysign, pair_atan2 = atan2;

static Value math_pair(Evaluator *ev, const Given *given)
{
    return value_float((*(const Pairwise *)given->native->data)(real_of(ev, *given->arg[0]), real_of(ev, *given->arg[1])));
}

static Value math_isinf(Evaluator *ev, const Given *given) { return value_bool(isinf(real_of(ev, *given->arg[0]))); }
static Value math_isfinite(Evaluator *ev, const Given *given) { return value_bool(isfinite(real_of(ev, *given->arg[0]))); }

static Value math_isnan(Evaluator *ev, const Given *given)
{
    return value_bool(isnan(real_of(ev, *given->arg[0])));
}

#define MATH(text, entry) {.name = text, .params = "x", .call = math_map, .data = &entry}
static const Native math_natives[] = {
    MATH("sqrt", math_sqrt), MATH("exp", math_exp), MATH("log2", math_log2), MATH("log10", math_log10), MATH("log1p", math_log1p),
    MATH("sin", math_sin), MATH("cos", math_cos), MATH("tan", math_tan), MATH("tanh", math_tanh), MATH("atan", math_atan),
    MATH("floor", math_floor), MATH("ceil", math_ceil), MATH("trunc", math_trunc), MATH("fabs", math_fabs),
    MATH("degrees", math_degrees), MATH("radians", math_radians),
    {.name = "log", .params = "x base?", .call = math_log},
    {.name = "pow", .params = "x y", .call = math_pow},
    MATH("asin", math_asin), MATH("acos", math_acos), MATH("sinh", math_sinh), MATH("cosh", math_cosh), MATH("cbrt", math_cbrt),
    MATH("exp2", math_exp2), MATH("expm1", math_expm1), MATH("erf", math_erf), MATH("gamma", math_gamma), MATH("lgamma", math_lgamma),
    {.name = "fmod", .params = "x y", .call = math_pair, .data = &pair_fmod},
    {.name = "copysign", .params = "x y", .call = math_pair, .data = &pair_copysign},
    {.name = "atan2", .params = "y x", .call = math_pair, .data = &pair_atan2},
    {.name = "hypot", .params = "*coordinates", .call = math_hypot},
    {.name = "dist", .params = "p q", .call = math_dist},
    {.name = "fsum", .params = "seq", .call = math_fsum},
    {.name = "isclose", .params = "a b | rel_tol? abs_tol?", .call = math_isclose},
    {.name = "modf", .params = "x", .call = math_modf},
    {.name = "comb", .params = "n k", .call = math_choose},
    {.name = "perm", .params = "n k?", .call = math_choose, .data = "ordered"},
    {.name = "isqrt", .params = "n", .call = math_isqrt},
    {.name = "isinf", .params = "x", .call = math_isinf},
    {.name = "isfinite", .params = "x", .call = math_isfinite},
    {.name = "lcm", .params = "*integers", .call = math_lcm},
    {.name = "gcd", .params = "*integers", .call = math_gcd},
    {.name = "prod", .params = "iterable start?", .call = math_prod},
    {.name = "factorial", .params = "n", .call = math_factorial},
    {.name = "isnan", .params = "x", .call = math_isnan},
    {0}};
static const ModuleConstant math_constants[] = {
    {"pi", VALUE_IS_FLOAT(3.141592653589793)}, {"e", VALUE_IS_FLOAT(2.718281828459045)}, {"inf", VALUE_IS_FLOAT(HUGE_VAL)},
    {"nan", VALUE_IS_FLOAT(NAN)}, {"tau", VALUE_IS_FLOAT(6.283185307179586)}, {0}};
const ModuleTable MODULE_MATH = {.path = "math", .natives = math_natives, .constants = math_constants};
