/* PReLU: a slope below zero that is learned, one for each place or shared along axes. */
#include "engine/layers/formula.h"

static const ParamSpec PARAMS[] = {
    {.name = "alpha_initializer", .type = PARAM_INITIALIZER, .fallback = VALUE_IS_TEXT("Zeros")},
    {.name = "alpha_regularizer", .type = PARAM_REGULARIZER},
    {.name = "alpha_constraint", .type = PARAM_CONSTRAINT},
    {.name = "shared_axes", .type = PARAM_INTS},
};

enum { INITIALIZER = 0, SHARED_AXES = 3 };

static bool make(Maker *m)
{
    if (!layer_base(m) || !maker_initializer(m, "alpha_initializer")) return false;
    if (!maker_regularizer(m, "alpha_regularizer") || !maker_constraint(m, "alpha_constraint")) return false;
    const Value axes = *maker_arg(m, "shared_axes");
    if (axes.kind == VALUE_NONE) return true;
    Value list = value_list(m->builder->arena, VALUE_LIST, 1);
    if (axes.kind == VALUE_TUPLE || axes.kind == VALUE_LIST)
        for (size_t i = 0; i < axes.list->n; i++) list_add(list.list, axes.list->items[i]);
    else list_add(list.list, axes);
    maker_set(m, "shared_axes", list);
    return true;
}

static bool share_axis(const Value *axis, Shape *shape, Error *err)
{
    int64_t at;
    if (!value_integer(axis, &at)) return error_set(err, "TypeError", "unsupported operand type(s) for -: '%s' and 'int'", value_class_name(axis));
    const int place = shape_axis(shape, at - 1);
    if (place < 0) return error_set(err, "IndexError", "list assignment index out of range");
    shape->dim[place] = 1;
    return true;
}

static bool is_shared(const ValueList *axes, int axis)
{
    for (size_t i = 0; i < axes->n; i++)
        if (axes->items[i].kind == VALUE_INT && axes->items[i].integer == axis) return true;
    return false;
}

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    (void)call, (void)n_in;
    const Value *axes = &layer->args[SHARED_AXES];
    Shape shape = shape_slice(&in[0].shape, 1, in[0].shape.rank);
    for (size_t i = 0; axes->kind == VALUE_LIST && i < axes->list->n; i++)
        if (!share_axis(&axes->list->items[i], &shape, err)) return false;
    if (!layer_add_weight(b, layer, "alpha", shape, layer->args[INITIALIZER], true, err)) {
        error_fix(err, FIX_ARGUMENT, "shared_axes", "[1]");
        return error_fix(err, FIX_ARGUMENT, "shared_axes", "[1, 2]");
    }
    InputSpec *spec = layer_add_input_spec(b, layer);
    spec->ndim = in[0].shape.rank;
    for (int axis = 1; axes->kind == VALUE_LIST && axes->list->n && axis < in[0].shape.rank; axis++) {
        if (is_shared(axes->list, axis)) continue;
        spec->axes[spec->n_axes].axis = axis;
        spec->axes[spec->n_axes++].dim = in[0].shape.dim[axis];
    }
    return true;
}

/* The slope of place k. */
static int64_t alpha_at(const Shape *in, const Shape *alpha, int64_t k)
{
    int64_t at = 0, step = 1;
    for (int axis = alpha->rank - 1; axis >= 0; axis--) {
        const int64_t place = k % in->dim[axis + 1];
        if (alpha->dim[axis] != 1) at += place * step;
        step *= alpha->dim[axis];
        k /= in->dim[axis + 1];
    }
    return at;
}

static void forward(const Forward *f)
{
    const int64_t size = shape_size(&f->out[0].shape);
    for (int64_t k = 0; k < size; k++) {
        const float x = f->in[0].data[k];
        f->out[0].data[k] = x > 0 ? x : x * f->weights[0].data[alpha_at(&f->in[0].shape, &f->weights[0].shape, k)];
    }
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const int64_t at = alpha_at(&t->in[0].shape, &t->layer->weights[0].shape, t->k);
    if (cap > 0) terms[0] = (Term){.from = t->k, .weight = 0, .at = at, .child = -1, .scale = 1};
    return 1;
}

static int64_t connections(const Trace *t)
{
    return shape_size(&t->out[0].shape);
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const Shape *alpha = &t->layer->weights[0].shape;
    if (topic == EXPLAIN_RULE) {
        const Shape batched = shape_with(alpha, 0, 1);
        text_put(text, "x > 0 ? x : ");
        formula_element(text, "α", &batched, alpha_at(&t->in[0].shape, alpha, t->k));
        text_put(text, "·x");
    }
    if (topic == EXPLAIN_PARAMS) formula_weights(text, t->layer);
}

/* "0.25·−1.20"; above 0 the number is as it was. */
static void numbers(const Forward *f, int64_t k, Text *text)
{
    FormulaSum sum = {.text = text};
    const float x = f->in[0].data[k];
    if (x <= 0) formula_add_product(&sum, (double)f->weights[0].data[alpha_at(&f->in[0].shape, &f->weights[0].shape, k)], (double)x);
}

const LayerKind LAYER_prelu = {
    .name = "PReLU",
    .module = "keras.src.layers.activations.prelu",
    .params = PARAMS,
    .n_params = 4,
    .make = make,
    .build = build,
    .forward = forward,
    .trace = trace,
    .connections = connections,
    .explain = explain,
    .numbers = numbers,
    .rule = TRACE_DEPENDS,
    .keeps_mask = true,
};
