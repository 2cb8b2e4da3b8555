/* Making arrays: np.array, np.zeros, np.arange, np.random ... */
#include <math.h>
#include <string.h>

#include "keras/code/array_functions.h"
#include "keras/code/array_make.h"
#include "keras/code/builtin.h"
#include "keras/code/registry.h"

/* ---- arguments ---- */

static Dtype dtype_arg(const Value *value, Dtype fallback)
{
    return value && value->kind != VALUE_NONE ? dtype_of(value) : fallback;
}

static void add_dim(Evaluator *ev, Shape *shape, const Value *dim)
{
    int64_t n = DIM_NONE;
    if (dim->kind != VALUE_UNKNOWN && dim->kind != VALUE_NONE) n = whole_of(ev, *dim);
    if (shape->rank == SHAPE_RANK_MAX) raise_error(ev, "ValueError", "maximum supported dimension for an ndarray is %d", SHAPE_RANK_MAX);
    if (n < 0 && dim->kind != VALUE_UNKNOWN && dim->kind != VALUE_NONE) raise_error(ev, "ValueError", "negative dimensions are not allowed");
    shape->dim[shape->rank++] = n;
}

Shape shape_of(Evaluator *ev, const Value *value)
{
    Shape shape = {0};
    const Array *array = array_of(value);
    const ValueList *items = array ? array_items(ev, *value) : value_items(value);
    for (size_t i = 0; items && i < items->n; i++) add_dim(ev, &shape, &items->items[i]);
    if (!items) add_dim(ev, &shape, value);
    return shape;
}

/* ---- made of nothing ---- */

Value array_sized(Evaluator *ev, Shape shape, Dtype dtype, const double *fill)
{
    const int64_t n = shape_size(&shape);
    const Value out = value_array(ev, shape, dtype, NULL);
    if (!fill || n == DIM_NONE || n > ARRAY_NUMBERS_MAX) return out;
    pay(ev, n / 16);
    double *numbers = array_of(&out)->numbers = ARENA_ARRAY(ev->arena, n, double);
    for (int64_t i = 0; i < n && (*fill < 0 || *fill > 0); i++) numbers[i] = *fill;
    return out;
}

static const double zero = 0, one = 1;

static Value make_filled(Evaluator *ev, const Given *given)
{
    if (given->arg[0]->kind == VALUE_UNKNOWN) return *given->arg[0];
    return array_sized(ev, shape_of(ev, given->arg[0]), dtype_arg(given->arg[1], DTYPE_FLOAT64), given->native->data);
}

static Value make_full(Evaluator *ev, const Given *given)
{
    if (given->arg[0]->kind == VALUE_UNKNOWN) return *given->arg[0];
    double x;
    const bool number = scalar_number(given->arg[1], &x);
    const Dtype natural = value_is_int(given->arg[1]) ? DTYPE_INT64 : DTYPE_FLOAT64;
    return array_sized(ev, shape_of(ev, given->arg[0]), dtype_arg(given->arg[2], natural), number ? &x : NULL);
}

static Value make_like(Evaluator *ev, const Given *given)
{
    const Array *like = array_from(ev, *given->arg[0], DTYPE_NONE);
    return array_sized(ev, like->shape, dtype_arg(given->arg[1], like->dtype), given->native->data);
}

static Value make_eye(Evaluator *ev, const Given *given)
{
    const int64_t n = whole_of(ev, *given->arg[0]);
    const int64_t m = given->arg[1] && given->arg[1]->kind != VALUE_NONE ? whole_of(ev, *given->arg[1]) : n;
    if (n < 0 || m < 0) raise_error(ev, "ValueError", "negative dimensions are not allowed");
    const Value out = array_sized(ev, SHAPE(n, m), dtype_arg(given->arg[2], DTYPE_FLOAT64), &zero);
    double *numbers = array_of(&out)->numbers;
    for (int64_t i = 0; numbers && i < n && i < m; i++) numbers[i * m + i] = 1;
    return out;
}

static Value make_array(Evaluator *ev, const Given *given)
{
    const bool typed = given->arg[1] && given->arg[1]->kind != VALUE_NONE;
    const Array *array = array_from(ev, *given->arg[0], typed ? dtype_of(given->arg[1]) : DTYPE_NONE);
    if (!array) return *given->arg[0];
    return value_object(&OBJECT_ARRAY, array);
}

static Value make_arange(Evaluator *ev, const Given *given)
{
    const double first = float_of(ev, *given->arg[0]), start = given->arg[1] ? first : 0;
    const double stop = given->arg[1] ? float_of(ev, *given->arg[1]) : first, step = given->arg[2] ? float_of(ev, *given->arg[2]) : 1;
    bool floats = false;
    for (int i = 0; i < 3; i++) floats = floats || (given->arg[i] && given->arg[i]->kind == VALUE_FLOAT);
    if (!(step < 0 || step > 0)) raise_error(ev, "ValueError", "Maximum allowed size exceeded");
    const double count = ceil((stop - start) / step), n = count > 0 ? count : 0;
    if (!(n < 1e15)) raise_error(ev, "ValueError", "Maximum allowed size exceeded");
    const Value out = array_sized(ev, SHAPE((int64_t)n), dtype_arg(given->arg[3], floats ? DTYPE_FLOAT64 : DTYPE_INT64), &zero);
    double *numbers = array_of(&out)->numbers;
    for (int64_t i = 0; numbers && i < (int64_t)n; i++) numbers[i] = start + (double)i * step;
    return out;
}

static Value make_linspace(Evaluator *ev, const Given *given)
{
    const double start = float_of(ev, *given->arg[0]), stop = float_of(ev, *given->arg[1]);
    const int64_t n = given->arg[2] ? whole_of(ev, *given->arg[2]) : 50;
    const bool endpoint = !given->arg[3] || truth(ev, *given->arg[3]);
    if (n < 0) raise_error(ev, "ValueError", "Number of samples, %lld, must be non-negative.", (long long)n);
    const Value out = array_sized(ev, SHAPE(n), DTYPE_FLOAT64, &zero);
    double *numbers = array_of(&out)->numbers;
    const int64_t gaps = endpoint ? n - 1 : n;
    for (int64_t i = 0; numbers && i < n; i++) numbers[i] = gaps ? start + (stop - start) * (double)i / (double)gaps : start;
    return out;
}

/* ---- np.random: shapes only ---- */

static Value not_told(Evaluator *ev)
{
    return unknown_here(ev, "cause.not_known_random");
}

static Value random_of_size(Evaluator *ev, const Value *size, Dtype dtype)
{
    if (!size || size->kind == VALUE_NONE || size->kind == VALUE_UNKNOWN) return not_told(ev);
    return array_sized(ev, shape_of(ev, size), dtype, NULL);
}

/* np.random.rand(3, 2) */
static Value random_dims(Evaluator *ev, const Given *given)
{
    const Value dims = value_list(ev->arena, VALUE_TUPLE, (size_t)given->n_rest);
    for (int i = 0; i < given->n_rest; i++) list_add(dims.list, given->rest[i]);
    return random_of_size(ev, given->n_rest ? &dims : NULL, DTYPE_FLOAT64);
}

static Value random_sized(Evaluator *ev, const Given *given)
{
    const int at = *(const int *)given->native->data;
    return random_of_size(ev, given->arg[at], strcmp(given->native->name, "randint") == 0 ? DTYPE_INT64 : DTYPE_FLOAT64);
}

static Value random_seed(Evaluator *ev, const Given *given)
{
    (void)ev, (void)given;
    return value_none();
}

static Value random_permutation(Evaluator *ev, const Given *given)
{
    int64_t n;
    const Array *array = array_of(given->arg[0]);
    if (array) return array_sized(ev, array->shape, array->dtype, NULL);
    if (value_integer(given->arg[0], &n) && n >= 0) return array_sized(ev, SHAPE(n), DTYPE_INT64, NULL);
    return not_told(ev);
}

static Value random_shuffle(Evaluator *ev, const Given *given)
{
    (void)ev;
    Array *array = array_of(given->arg[0]);
    if (array) array->numbers = NULL;
    return value_none();
}

static const int size_first = 0, size_second = 1, size_third = 2;

static Value random_generator(Evaluator *ev, const Given *given)
{
    (void)given;
    return value_module(ev->arena, "numpy.random");
}

const Native RANDOM_FUNCTIONS[] = {
    {.name = "default_rng", .params = "!seed?", .call = random_generator},
    {.name = "RandomState", .params = "!seed?", .call = random_generator},
    {.name = "seed", .params = "!seed?", .call = random_seed},
    {.name = "rand", .params = "!*dims", .call = random_dims},
    {.name = "randn", .params = "!*dims", .call = random_dims},
    {.name = "random", .params = "!size?", .call = random_sized, .data = &size_first},
    {.name = "random_sample", .params = "!size?", .call = random_sized, .data = &size_first},
    {.name = "standard_normal", .params = "!size?", .call = random_sized, .data = &size_first},
    {.name = "randint", .params = "!low high? size? dtype?", .call = random_sized, .data = &size_third},
    {.name = "integers", .params = "!low high? size? dtype?", .call = random_sized, .data = &size_third},
    {.name = "normal", .params = "!loc? scale? size?", .call = random_sized, .data = &size_third},
    {.name = "uniform", .params = "!low? high? size?", .call = random_sized, .data = &size_third},
    {.name = "binomial", .params = "!n p size?", .call = random_sized, .data = &size_third},
    {.name = "exponential", .params = "!scale? size?", .call = random_sized, .data = &size_second},
    {.name = "poisson", .params = "!lam? size?", .call = random_sized, .data = &size_second},
    {.name = "choice", .params = "!a size? replace? p?", .call = random_sized, .data = &size_second},
    {.name = "permutation", .params = "x", .call = random_permutation},
    {.name = "shuffle", .params = "!x", .call = random_shuffle},
    {0}};

static const Native making_functions[] = {
    {.name = "array", .params = "object dtype? copy? order? subok? ndmin?", .call = make_array},
    {.name = "asarray", .params = "a dtype? order?", .call = make_array},
    {.name = "ascontiguousarray", .params = "a dtype?", .call = make_array},
    {.name = "copy", .params = "a", .call = make_array},
    {.name = "constant", .params = "value dtype? shape? name?", .call = make_array},
    {.name = "convert_to_tensor", .params = "x dtype? sparse? name?", .call = make_array},
    {.name = "convert_to_numpy", .params = "x", .call = make_array},
    {.name = "zeros", .params = "!shape dtype? order? name?", .call = make_filled, .data = &zero},
    {.name = "empty", .params = "!shape dtype? order?", .call = make_filled, .data = &zero},
    {.name = "ones", .params = "!shape dtype? order? name?", .call = make_filled, .data = &one},
    {.name = "full", .params = "!shape fill_value dtype?", .call = make_full},
    {.name = "fill", .params = "!dims value dtype?", .call = make_full},
    {.name = "zeros_like", .params = "a dtype?", .call = make_like, .data = &zero},
    {.name = "empty_like", .params = "a dtype?", .call = make_like, .data = &zero},
    {.name = "ones_like", .params = "a dtype?", .call = make_like, .data = &one},
    {.name = "eye", .params = "N M? dtype?", .call = make_eye},
    {.name = "identity", .params = "N M? dtype?", .call = make_eye},
    {.name = "arange", .params = "start stop? step? dtype?", .call = make_arange},
    {.name = "linspace", .params = "start stop num? endpoint?", .call = make_linspace},
    {0}};
const Native *const MAKING_FUNCTIONS = making_functions;
