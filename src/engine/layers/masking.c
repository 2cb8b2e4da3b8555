/* Masking: steps whose every feature is mask_value become zeros, and are hidden from what follows. */
#include <string.h>

#include "engine/layers/formula.h"
#include "engine/layers/terms.h"
#include "engine/operations/operand.h"

static const ParamSpec PARAMS[] = {{.name = "mask_value", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)}};

enum { MASK_VALUE = 0 };

static bool make(Maker *m)
{
    return layer_base(m);
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    outputs_add(out, in[0].shape, dtype_with_float(in[0].dtype) == in[0].dtype ? layer->dtype : in[0].dtype);
    return true;
}

/* any(not_equal(inputs, mask_value), axis=-1) */
static KerasTensor *mask(Builder *builder, Layer *layer, Node *node, KerasTensor *const *in_masks, Error *err)
{
    const Argument differ[2] = {
        {.value = value_tensor(node->in[0]), .span = SPAN_NONE}, {.value = layer->args[MASK_VALUE], .span = SPAN_NONE},
    };
    (void)in_masks;
    KerasTensor *unlike = operation_apply(builder, "not_equal", differ, 2, err);
    if (!unlike) return NULL;
    const Argument over[2] = {{.value = value_tensor(unlike), .span = SPAN_NONE},
                              {.keyword = "axis", .value = value_int(-1), .span = SPAN_NONE}};
    return operation_apply(builder, "any", over, 2, err);
}

static double mask_value(const Layer *layer)
{
    const Value *value = &layer->args[MASK_VALUE];
    return value_is_number(value) ? value_number(value) : 0;
}

static bool is_shown(const float *x, int64_t n, float hidden)
{
    for (int64_t i = 0; i < n; i++)
        if (x[i] != hidden) return true;
    return false;
}

static void forward(const Forward *f)
{
    const Shape *shape = &f->in[0].shape;
    if (!shape->rank) {
        *f->impossible = true;
        return;
    }
    const int64_t features = shape->dim[shape->rank - 1], rows = shape_span_size(shape, 0, shape->rank - 1);
    for (int64_t row = 0; row < rows; row++) {
        const float *x = f->in[0].data + row * features;
        if (is_shown(x, features, (float)mask_value(f->layer)))
            memcpy(f->out[0].data + row * features, x, (size_t)features * sizeof *x);
    }
}

/* Whether a step is hidden hangs on all of its features. */
static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const Shape *shape = &t->in[0].shape;
    const int64_t features = shape->rank ? shape->dim[shape->rank - 1] : 1;
    TermList list = {.term = terms, .cap = cap};
    for (int64_t i = 0; i < features; i++) terms_add(&list, term_input(0, t->k / features * features + i, 1));
    return list.n;
}

static int64_t connections(const Trace *t)
{
    const Shape *shape = &t->in[0].shape;
    return dim_multiply(shape_size(shape), shape->rank ? shape->dim[shape->rank - 1] : 1);
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic != EXPLAIN_RULE) return;
    text_put(text, "x·[∃ x[i] ≠ ");
    formula_number(text, mask_value(t->layer));
    text_put_char(text, ']');
}

const LayerKind LAYER_masking = {
    .name = "Masking", .module = "keras.src.layers.core.masking",
    .params = PARAMS, .n_params = 1,
    .make = make, .infer = infer, .forward = forward, .trace = trace, .explain = explain, .mask = mask,
    .connections = connections, .rule = TRACE_DEPENDS, .built_at_make = true,
};
