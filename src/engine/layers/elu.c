/* ELU: x above zero, alpha·(eˣ − 1) below. */
#include "engine/activation.h"
#include "engine/layers/elementwise.h"
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

const LayerKind LAYER_elu = {
    .name = "ELU", .module = "keras.src.layers.activations.elu", PARAMS_OF(PARAMS), .make = make, .activation = elementwise_activation,
    ELEMENTWISE_KIND,
};
