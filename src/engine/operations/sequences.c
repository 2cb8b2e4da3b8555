/* Operations that make an axis: linspace, logspace, geomspace, vander, unravel_index; and full, which repeats a number. */
#include <math.h>
#include <string.h>

#include "engine/config.h"
#include "engine/operations/copying.h"
#include "engine/operations/dependence.h"

/* ---- linspace, logspace, geomspace ---- */

#define NUM      {.name = "num", .type = PARAM_INT, .fallback = VALUE_IS_INT(50)}
#define ENDPOINT {.name = "endpoint", .type = PARAM_BOOL, .fallback = VALUE_IS_TRUE}
#define DTYPE    {.name = "dtype", .type = PARAM_DTYPE}
#define AXIS     {.name = "axis", .type = PARAM_INT, .fallback = VALUE_IS_INT(0)}
static const ParamSpec ENDS[] = {{.name = "start", .required = true}, {.name = "stop", .required = true}};
static const ParamSpec LINSPACE[] = {NUM, ENDPOINT, {.name = "retstep", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}, DTYPE, AXIS};
static const ParamSpec LOGSPACE[] = {NUM, ENDPOINT, {.name = "base", .type = PARAM_FLOAT, .fallback = VALUE_IS_INT(10)}, DTYPE, AXIS};
static const ParamSpec GEOMSPACE[] = {NUM, ENDPOINT, DTYPE, AXIS};

typedef struct Spacing {
    Dependence dependence;
    bool       powers;       /* of the base: logspace; of 10, between the ends' logarithms: geomspace */
    bool       logarithms;
} Spacing;

static bool make_spacing(Maker *m)
{
    return layer_base(m) && operation_take_dtype(m);
}

static bool infer_spacing(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand start = operand_of(call, in, 0), stop = operand_of(call, in, 1);
    Shape shape, made;
    (void)n_in;
    if (!shapes_broadcast(&start.spec.shape, &stop.spec.shape, &shape, err)) return false;
    const int axis = axis_canonical(operation_arg(layer, "axis"), shape.rank + 1, err);
    if (axis < 0) return false;
    Value axes = value_shape(out->arena, &shape);
    list_add(axes.list, value_none());
    for (size_t i = axes.list->n - 1; i > (size_t)axis; i--) axes.list->items[i] = axes.list->items[i - 1];
    axes.list->items[axis] = *operation_arg(layer, "num");
    if (!shape_resolve(out->arena, &axes, &made, err)) return false;
    const Dtype dtype = start.weak && start.spec.dtype == DTYPE_INT64 ? DTYPE_INT32 : start.spec.dtype;
    outputs_add(out, made, dtype_with_float(operation_dtype(layer, dtype)));
    return true;
}

/* Number i of n between two; ends alone where there is no way between them. */
static double between(double start, double stop, int64_t i, int64_t n, bool endpoint)
{
    const int64_t steps = endpoint ? n - 1 : n;
    if (steps < 1 || n == 1) return start;
    return i == steps ? stop : start + (stop - start) * (double)i / (double)steps;
}

static double spaced(const Layer *layer, double start, double stop, int64_t i, int64_t n)
{
    const Spacing *family = layer->kind->family;
    const Value *base = operation_arg(layer, "base");
    const double sign = family->logarithms ? (double)((start > 0) - (start < 0)) : 1;
    if (family->logarithms) start = log10(fabs(start)), stop = log10(fabs(stop));
    double number = between(start, stop, i, n, value_truth(operation_arg(layer, "endpoint")));
    if (dtype_is_int(operation_dtype(layer, DTYPE_FLOAT32))) number = floor(number);
    return family->powers ? sign * pow(base && value_is_number(base) ? value_number(base) : 10, number) : number;
}

static void forward_spacing(const Forward *f)
{
    Operand ends[2];
    const Tensor *out = &f->out[0];
    if (!operands_find(f, 2, ends)) return;
    const int axis = axis_canonical(operation_arg(f->layer, "axis"), out->shape.rank, NULL);
    const Shape rest = shape_without(&out->shape, axis);
    const bool whole = dtype_is_int(operation_dtype(f->layer, DTYPE_FLOAT32));
    int64_t at[SHAPE_RANK_MAX];
    for (int64_t k = 0; k < shape_size(&out->shape); k++) {
        double number[2];
        place_of(&out->shape, k, at);
        const int64_t i = at[axis];
        memmove(at + axis, at + axis + 1, (size_t)(SHAPE_RANK_MAX - 1 - axis) * sizeof *at);
        for (int e = 0; e < 2; e++) {
            number[e] = operand_number(&ends[e], f->in, broadcast_index(&ends[e].spec.shape, &rest, at));
            if (whole) number[e] = trunc(number[e]);
        }
        out->data[k] = (float)spaced(f->layer, number[0], number[1], i, out->shape.dim[axis]);
    }
}

static int64_t trace_spacing(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const int axis = axis_canonical(operation_arg(t->layer, "axis"), t->out[0].shape.rank, NULL);
    const Shape rest = shape_without(&t->out[0].shape, axis);
    int64_t at[SHAPE_RANK_MAX];
    place_of(&t->out[0].shape, t->k, at);
    memmove(at + axis, at + axis + 1, (size_t)(SHAPE_RANK_MAX - 1 - axis) * sizeof *at);
    for (int i = 0; i < t->n_in; i++) terms_add(&list, term_input(i, broadcast_index(&t->in[i].shape, &rest, at), 1));
    return list.n;
}

/* With retstep the second output is nothing that has a shape. */
static bool computes_spacing(const Layer *layer)
{
    const Value *step = operation_arg(layer, "retstep");
    return !step || !value_truth(step);
}

#define SPACING(FUNCTION, NAME, PARAMS, ...)                                                                        \
    const LayerKind OPERATION_##FUNCTION = {                                                                        \
        OPERATION(NAME, "numpy"), .called = true, TAKES(ENDS), MADE_WITH(PARAMS), .make = make_spacing, .infer = infer_spacing, \
        .computes = computes_spacing, .forward = forward_spacing, .trace = trace_spacing, .explain = dependence_explain, \
        .rule = TRACE_DEPENDS, .family = &(const Spacing){__VA_ARGS__}                                              \
    }

SPACING(linspace, "Linspace", LINSPACE, .dependence = {"a + (b − a)·i/n"});
SPACING(logspace, "Logspace", LOGSPACE, .dependence = {"base^(a + (b − a)·i/n)"}, .powers = true);
SPACING(geomspace, "Geomspace", GEOMSPACE, .dependence = {"a·(b/a)^(i/n)"}, .powers = true, .logarithms = true);

/* ---- vander ---- */

static const ParamSpec VANDER[] = {{.name = "N", .type = PARAM_INT}, {.name = "increasing", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}};

static bool make_vander(Maker *m)
{
    const Value *n = maker_arg(m, "N"), *increasing = maker_arg(m, "increasing");
    if (n->kind != VALUE_NONE && n->kind != VALUE_INT && n->kind != VALUE_BOOL)
        return maker_refuse(m, "N", "TypeError", "Argument `N` must be of type `int`. Received: N=%s of type <class '%s'>", maker_text(m, "N"),
                            value_type(n));
    if (n->kind == VALUE_INT && n->integer < 0)
        return maker_refuse(m, "N", "ValueError", "Argument 'N' must be nonnegative. Received: N=%s", maker_text(m, "N"));
    if (increasing->kind != VALUE_BOOL)
        return maker_refuse(m, "increasing", "TypeError", "Argument `increasing` must be of type `bool`. Received: increasing=%s of type "
                            "<class '%s'>", maker_text(m, "increasing"), value_type(increasing));
    return layer_base(m);
}

static bool infer_vander(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Shape *shape = &in[0].shape;
    int64_t n = shape->dim[0];
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (shape->rank != 1)
        return error_set(err, "ValueError", "Input tensor must be 1-dimensional. Received: input.shape=%s", shape_text(out->arena, shape));
    if (layer->args[0].kind != VALUE_NONE) operation_ints(&layer->args[0], &n, 1);
    outputs_add(out, SHAPE(shape->dim[0], n), in[0].dtype);
    return true;
}

static void forward_vander(const Forward *f)
{
    const int64_t n = f->out[0].shape.dim[1];
    const bool increasing = value_truth(&f->layer->args[1]), whole = !dtype_is_float(f->out[0].dtype);
    for (int64_t k = 0; k < shape_size(&f->out[0].shape); k++) {
        const double power = pow((double)f->in[0].data[k / n], (double)(increasing ? k % n : n - 1 - k % n));
        f->out[0].data[k] = (float)(whole ? trunc(power) : power);
    }
}

static int64_t trace_vander(const Trace *t, Term *terms, int64_t cap)
{
    if (cap > 0) terms[0] = term_input(0, t->k / t->out[0].shape.dim[1], 1);
    return 1;
}

const LayerKind OPERATION_vander = {
    OPERATION("Vander", "numpy"), TAKES(OPERATION_X), MADE_WITH(VANDER), .make = make_vander, .infer = infer_vander,
    DEPENDS(forward_vander, trace_vander, "x^n"),
};

/* ---- unravel_index ---- */

static const ParamSpec INDICES[] = {{.name = "indices", .required = true}};
static const ParamSpec UNRAVEL[] = {{.name = "shape", .type = PARAM_SHAPE, .required = true}};

static bool infer_unravel(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Value *shape = &layer->args[0];
    bool open = false;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (shape->kind != VALUE_TUPLE && shape->kind != VALUE_LIST)
        return error_set(err, "TypeError", "argument of type '%s' is not iterable", value_type(shape));
    for (size_t i = 0; i < shape->list->n; i++) open |= shape->list->items[i].kind == VALUE_NONE;
    for (size_t i = 0; i < shape->list->n; i++) outputs_add(out, open ? SHAPE(DIM_NONE) : in[0].shape, in[0].dtype);
    return out->list = true;
}

/* Digit by digit from the last; TensorFlow takes them from the first where the indices are no vector. */
static void forward_unravel(const Forward *f)
{
    const Value *shape = &f->layer->args[0];
    int64_t dim[SHAPE_RANK_MAX];
    const int n = operation_ints(shape, dim, SHAPE_RANK_MAX);
    const bool vector = f->in[0].shape.rank == 1;
    if (n != f->n_out) *f->impossible = true;
    for (int64_t k = 0; k < shape_size(&f->in[0].shape) && n == f->n_out; k++) {
        int64_t rest = (int64_t)f->in[0].data[k];
        for (int i = 0; i < n; i++) {
            const int64_t size = dim[vector ? n - 1 - i : i], digit = size ? (rest % size + size) % size : 0;
            f->out[n - 1 - i].data[k] = (float)digit;
            if (size) rest = (rest - digit) / size;
        }
    }
}

const LayerKind OPERATION_unravel_index = {
    OPERATION("UnravelIndex", "numpy"), TAKES(INDICES), MADE_WITH(UNRAVEL), .infer = infer_unravel,
    DEPENDS(forward_unravel, depends_on_place, "⌊x/n⌋ mod m"),
};

/* ---- full ---- */

static const ParamSpec FILL[] = {{.name = "fill_value", .required = true}};
static const ParamSpec FULL[] = {{.name = "shape", .type = PARAM_SHAPE, .required = true}, DTYPE};
static const char *const FULL_ORDER[] = {"shape", "fill_value", "dtype", NULL};

static bool infer_full(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Shape shape;
    (void)n_in, (void)call, (void)in;
    if (!shape_resolve(out->arena, &layer->args[0], &shape, err)) return false;
    outputs_add(out, shape, operation_dtype(layer, DTYPE_FLOAT32));
    return true;
}

static Origin origin_full(const Trace *t, const int64_t *at)
{
    return (Origin){.from = broadcast_index(&t->in[0].shape, &t->out[0].shape, at)};
}

/* What would be cut to whole numbers is no copy. */
static bool computes_full(const Layer *layer) { return dtype_is_float(operation_dtype(layer, DTYPE_FLOAT32)); }

const LayerKind OPERATION_full = {
    OPERATION("Full", "numpy"), TAKES(FILL), MADE_WITH(FULL), .order = FULL_ORDER, .make = make_spacing, .infer = infer_full,
    .computes = computes_full, COPIES(origin_full),
};
