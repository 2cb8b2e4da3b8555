/* Activation: a function of keras.activations as a layer. */
#include "engine/activation.h"

#include <string.h>

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

static void forward(const Forward *f)
{
    memcpy(f->out[0].data, f->in[0].data, (size_t)shape_size(&f->out[0].shape) * sizeof(float));
    activation_apply(activation(f->layer), &f->out[0]);
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    if (cap > 0) terms[0] = (Term){.from = t->k, .weight = -1, .at = -1, .child = -1, .scale = 1};
    return 1;
}

static int64_t connections(const Trace *t)
{
    return shape_size(&t->out[0].shape);
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_TITLE) text_put(text, activation(t->layer)->name);
    if (topic == EXPLAIN_RULE) text_put(text, activation(t->layer)->formula);
}

const LayerKind LAYER_activation = {
    .name = "Activation",
    .module = "keras.src.layers.activations.activation",
    .params = PARAMS,
    .n_params = 1,
    .make = make,
    .forward = forward,
    .trace = trace,
    .connections = connections,
    .explain = explain,
    .activation = activation,
    .rule = TRACE_SUM,
    .keeps_mask = true,
    .elementwise = true,
    .built_at_make = true,
};
