/* Softmax: shares of one, along an axis or several; a mask leaves places out. */
#include <math.h>

#include "engine/layers/formula.h"

static const ParamSpec PARAMS[] = {{.name = "axis", .type = PARAM_INTS, .fallback = VALUE_IS_INT(-1)}};

static const ParamSpec CALL[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true},
    {.name = "mask", .type = PARAM_TENSORS},
};

/* The axes summed over; false where one is not there, which Keras finds out when numbers flow. */
static bool axes_of(const Layer *layer, const Shape *shape, bool *summed)
{
    const Value *axis = &layer->args[0];
    const bool one = axis->kind == VALUE_INT;
    if (!one && axis->kind != VALUE_TUPLE && axis->kind != VALUE_LIST) return false;
    for (int i = 0; i < shape->rank; i++) summed[i] = false;
    for (size_t i = 0; i < (one ? 1 : axis->list->n); i++) {
        int64_t at;
        const int found = value_integer(one ? axis : &axis->list->items[i], &at) ? shape_axis(shape, at) : -1;
        if (found < 0) return false;
        summed[found] = true;
    }
    return true;
}

/* The same for all that are summed together: the place with their axes at 0. */
static int64_t group_of(const Shape *shape, const bool *summed, int64_t k)
{
    int64_t group = 0, step = 1;
    for (int axis = shape->rank - 1; axis >= 0; axis--) {
        if (!summed[axis]) group += k % shape->dim[axis] * step;
        k /= shape->dim[axis];
        step *= shape->dim[axis];
    }
    return group;
}

/* The mask at place k: its axes are the last ones, those of length 1 stand for all. */
static int64_t mask_place(const Shape *shape, const Shape *mask, int64_t k)
{
    int64_t place = 0, step = 1;
    for (int axis = shape->rank - 1, own = mask->rank - 1; own >= 0; axis--, own--) {
        if (mask->dim[own] != 1) place += k % shape->dim[axis] * step;
        step *= mask->dim[own];
        k /= shape->dim[axis];
    }
    return place;
}

static bool mask_fits(const Shape *shape, const Shape *mask)
{
    if (mask->rank > shape->rank) return false;
    for (int i = 1; i <= mask->rank; i++)
        if (mask->dim[mask->rank - i] != 1 && mask->dim[mask->rank - i] != shape->dim[shape->rank - i]) return false;
    return true;
}

static const Tensor *mask_of(const Forward *f)
{
    return f->call->tensors[1].n ? &f->in[f->call->tensors[1].first] : NULL;
}

static bool is_masked(const Tensor *mask, const Shape *shape, int64_t k)
{
    return mask && !(mask->data[mask_place(shape, &mask->shape, k)] > 0.5f);
}

/* What stands for a masked place, so that nothing of it is left after exp. */
#define MASKED -1e9

static void forward(const Forward *f)
{
    const Shape *shape = &f->in[0].shape;
    const Tensor *mask = mask_of(f);
    bool summed[SHAPE_RANK_MAX];
    if (!axes_of(f->layer, shape, summed) || (mask && !mask_fits(shape, &mask->shape))) {
        *f->impossible = true;
        return;
    }
    const int64_t size = shape_size(shape);
    double *max = arena_array(f->scratch, (size_t)size, sizeof *max), *sum = arena_array(f->scratch, (size_t)size, sizeof *sum);
    double *x = arena_array(f->scratch, (size_t)size, sizeof *x);
    for (int64_t k = 0; k < size; k++) max[k] = -INFINITY;
    for (int64_t k = 0; k < size; k++) {
        const int64_t group = group_of(shape, summed, k);
        x[k] = is_masked(mask, shape, k) ? MASKED : (double)f->in[0].data[k];
        max[group] = fmax(max[group], x[k]);
    }
    for (int64_t k = 0; k < size; k++) sum[group_of(shape, summed, k)] += exp(x[k] - max[group_of(shape, summed, k)]);
    for (int64_t k = 0; k < size; k++) {
        const int64_t group = group_of(shape, summed, k);
        f->out[0].data[k] = is_masked(mask, shape, k) ? 0 : (float)(exp(x[k] - max[group]) / sum[group]);
    }
}

/* All that are summed together with output k. */
static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const Shape *shape = &t->in[0].shape;
    bool summed[SHAPE_RANK_MAX];
    if (!shape_size(shape) || !axes_of(t->layer, shape, summed)) return 0;
    int64_t n = 1, first = group_of(shape, summed, t->k);
    for (int axis = 0; axis < shape->rank; axis++) n *= summed[axis] ? shape->dim[axis] : 1;
    for (int64_t i = 0; i < n && i < cap; i++) {
        int64_t from = first, rest = i, step = 1;
        for (int axis = shape->rank - 1; axis >= 0; axis--) {
            if (summed[axis]) from += rest % shape->dim[axis] * step, rest /= shape->dim[axis];
            step *= shape->dim[axis];
        }
        terms[i] = (Term){.from = from, .weight = -1, .at = -1, .child = -1, .scale = 1};
    }
    return n;
}

static int64_t connections(const Trace *t)
{
    return size_multiply(shape_size(&t->out[0].shape), trace(t, NULL, 0));
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    (void)t;
    if (topic == EXPLAIN_RULE) text_put(text, "eˣ / Σ eˣ");
}

static void numbers(const Forward *f, int64_t k, Text *text)
{
    if (!mask_of(f)) formula_softmax(f, k, text);
}

const LayerKind LAYER_softmax = {
    .name = "Softmax",
    .module = "keras.src.layers.activations.softmax",
    .params = PARAMS,
    .n_params = 1,
    .call_params = CALL,
    .n_call_params = 2,
    .forward = forward,
    .trace = trace,
    .connections = connections,
    .explain = explain,
    .numbers = numbers,
    .rule = TRACE_DEPENDS,
    .keeps_mask = true,
    .built_at_make = true,
};
