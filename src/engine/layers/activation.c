/* Activation: a function of keras.activations as a layer. */
#include "engine/activation.h"

#include "engine/layers/elementwise.h"

static const ParamSpec PARAMS[] = {{.name = "activation", .type = PARAM_ACTIVATION, .required = true, .example = "'relu'"}};

static bool make(Maker *m)
{
    const Activation **activation = ARENA_NEW(m->builder->arena, const Activation *);
    m->layer->config = activation;
    return layer_base(m) && maker_activation(m, "activation", activation);
}

static const Activation *activation(const Layer *layer)
{
    return *(const Activation *const *)layer->config;
}

/* A function over an axis needs the whole row. */
static TraceRule rule_of(const Layer *layer)
{
    return activation_elementwise(activation(layer)) ? TRACE_SUM : TRACE_DEPENDS;
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    if (rule_of(t->layer) == TRACE_SUM || !t->in[0].shape.rank) return elementwise_trace(t, terms, cap);
    const Shape *shape = &t->in[0].shape;
    if (!shape_size(shape)) return 0;
    const int64_t n = shape->dim[shape->rank - 1], first = t->k / n * n;
    for (int64_t i = 0; i < n && i < cap; i++)
        terms[i] = (Term){.from = first + i, .weight = -1, .at = -1, .child = -1, .scale = 1};
    return n;
}

static int64_t connections(const Trace *t)
{
    return size_multiply(shape_size(&t->out[0].shape), trace(t, NULL, 0));
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_TITLE) text_put(text, activation(t->layer)->name);
    elementwise_explain(t, topic, text);
}

const LayerKind LAYER_activation = {
    .name = "Activation",
    .module = "keras.src.layers.activations.activation",
    .params = PARAMS,
    .n_params = 1,
    .make = make,
    .forward = elementwise_forward,
    .follow = elementwise_follow,
    .fills = true,
    .trace = trace,
    .connections = connections,
    .explain = explain,
    .numbers = elementwise_numbers,
    .activation = activation,
    .rule_of = rule_of,
    .keeps_mask = true,
    .elementwise = true,
    .built_at_make = true,
};
