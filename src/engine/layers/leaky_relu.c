/* LeakyReLU: a small slope below zero. */
#include "engine/activation.h"
#include "engine/layers/elementwise.h"
#include "engine/layers/formula.h"
#include "engine/layers/params.h"
#include "engine/layers/slope.h"

static const ParamSpec PARAMS[] = {{.name = "negative_slope", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.3)}};

/* Keras 2's name for the slope. */
static void take_alpha(Maker *m)
{
    const Value *alpha = dict_find(m->kwargs.dict, "alpha");
    if (!alpha) return;
    maker_set(m, "negative_slope", *alpha);
    Value rest = value_dict(m->builder->arena);
    for (size_t i = 0; i < m->kwargs.dict->keys.n; i++)
        if (!value_is_text(&m->kwargs.dict->keys.items[i], "alpha"))
            dict_set(m->builder->arena, rest.dict, m->kwargs.dict->keys.items[i], m->kwargs.dict->values.items[i]);
    m->kwargs = rest;
}

static bool make(Maker *m)
{
    take_alpha(m);
    if (!layer_base(m)) return false;
    const Value *slope = maker_arg(m, "negative_slope");
    if (slope->kind != VALUE_NONE && !slope_is_number(m, "negative_slope", "int")) return false;
    if (slope->kind == VALUE_NONE || (value_is_number(slope) && value_number(slope) < 0)) {
        maker_refuse(m, "negative_slope", "ValueError", "The negative_slope value of a Leaky ReLU layer cannot be None or negative value. "
                     "Expected a float. Received: negative_slope=%s", maker_text(m, "negative_slope"));
        error_cause(m->err, "cause.negative_number", "negative_slope", maker_text(m, "negative_slope"), NULL);
        return slope_propose(m, "negative_slope");
    }
    const double parameter = value_is_number(slope) ? value_number(slope) : 0.3;
    m->layer->config = (void *)(uintptr_t)activation_with(m->builder->arena, "leaky_relu", &parameter);
    return true;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic != EXPLAIN_RULE) return;
    text_put(text, "x > 0 ? x : ");
    formula_number(text, layer_activation(t->layer)->parameters[0]);
    text_put(text, "·x");
}

const LayerKind LAYER_leaky_relu = {
    .name = "LeakyReLU", .module = "keras.src.layers.activations.leaky_relu", PARAMS_OF(PARAMS), .make = make, .activation = elementwise_activation,
    ELEMENTWISE_KIND, .explain = explain,
};
