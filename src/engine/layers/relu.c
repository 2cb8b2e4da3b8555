/* ReLU: max(0, x), with a slope below the threshold and a largest value where they are asked for. */
#include <math.h>

#include "engine/activation.h"
#include "engine/layers/elementwise.h"
#include "engine/layers/params.h"
#include "engine/layers/slope.h"

static const ParamSpec PARAMS[] = {
    {.name = "max_value", .type = PARAM_FLOAT},
    {.name = "negative_slope", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)},
    {.name = "threshold", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)},
};

static bool is_negative(const Maker *m, const char *param)
{
    const Value *value = maker_arg(m, param);
    return value_is_number(value) && value_number(value) < 0;
}

static bool check_max(Maker *m)
{
    if (maker_is_none(m, "max_value")) return true;
    if (!slope_is_number(m, "max_value", "float")) return false;
    if (!is_negative(m, "max_value")) return true;
    maker_refuse(m, "max_value", "ValueError", "max_value of a ReLU layer cannot be a negative value. Received: max_value=%s",
                 maker_text(m, "max_value"));
    error_cause(m->err, "cause.negative_number", "max_value", maker_text(m, "max_value"), NULL);
    return slope_propose(m, "max_value");
}

static bool check_required(Maker *m, const char *param)
{
    if (!maker_is_none(m, param) && !slope_is_number(m, param, "float")) return false;
    if (!maker_is_none(m, param) && !is_negative(m, param)) return true;
    maker_refuse(m, param, "ValueError", "%s of a ReLU layer cannot be None or a negative value. Received: %s=%s", param, param,
                 maker_text(m, param));
    error_cause(m->err, "cause.negative_number", param, maker_text(m, param), NULL);
    return slope_propose(m, param);
}

static double number(const Maker *m, const char *param, double none)
{
    const Value *value = maker_arg(m, param);
    return value_is_number(value) ? value_number(value) : none;
}

static bool make(Maker *m)
{
    if (!layer_base(m) || !check_max(m) || !check_required(m, "negative_slope") || !check_required(m, "threshold")) return false;
    const double parameters[] = {number(m, "negative_slope", 0), number(m, "max_value", NAN), number(m, "threshold", 0)};
    m->layer->config = (void *)(uintptr_t)activation_with(m->builder->arena, "relu", parameters);
    return true;
}

const LayerKind LAYER_relu = {
    .name = "ReLU", .module = "keras.src.layers.activations.relu", PARAMS_OF(PARAMS), .make = make, .activation = elementwise_activation,
    ELEMENTWISE_KIND,
};
