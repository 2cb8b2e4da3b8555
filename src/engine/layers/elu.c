/* ELU: x above zero, alpha·(eˣ − 1) below. */
#include "engine/activation.h"
#include "engine/layers/elementwise.h"
#include "engine/layers/formula.h"
#include "engine/layers/params.h"

static const ParamSpec PARAMS[] = {{.name = "alpha", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(1.0)}};

static bool make(Maker *m)
{
    if (!layer_base(m)) return false;
    const Value *alpha = maker_arg(m, "alpha");
    const double parameter = value_is_number(alpha) ? value_number(alpha) : 1;
    m->layer->config = (void *)(uintptr_t)activation_with(m->builder->arena, "elu", &parameter);
    return true;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const double alpha = layer_activation(t->layer)->parameters[0];
    if (topic != EXPLAIN_RULE) return;
    text_put(text, "x > 0 ? x : ");
    if (alpha < 1 || alpha > 1) {
        formula_number(text, alpha);
        text_put(text, "·(eˣ − 1)");
    } else text_put(text, "eˣ − 1");
}

const LayerKind LAYER_elu = {
    .name = "ELU", .module = "keras.src.layers.activations.elu", PARAMS_OF(PARAMS), .make = make, .activation = elementwise_activation,
    ELEMENTWISE_KIND, .explain = explain,
};
