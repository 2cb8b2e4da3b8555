/* ReLU: max(0, x), with a slope below the threshold and a largest value where they are asked for. */
#include <math.h>

#include "engine/activation.h"
#include "engine/layers/elementwise.h"
#include "engine/layers/formula.h"
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

/* " : 0.25·(x − 0.5)": what becomes of numbers below the threshold. */
static void put_below(Text *text, double slope, double threshold)
{
    text_put(text, " : ");
    if (fabs(slope) < 1e-12) {
        text_put_char(text, '0');
        return;
    }
    formula_number(text, slope);
    if (threshold <= 0) {
        text_put(text, "·x");
        return;
    }
    text_put(text, "·(x − ");
    formula_number(text, threshold);
    text_put_char(text, ')');
}

/* "min(max(0, x), 6)", or "x ≥ 0.5 ? min(x, 6) : 0.25·(x − 0.5)" with a slope or a threshold. */
static void explain_rule(const double *parameters, Text *text)
{
    const double slope = parameters[0], most = parameters[1], threshold = parameters[2];
    const bool plain = fabs(slope) < 1e-12 && fabs(threshold) < 1e-12;
    if (!plain) {
        text_put(text, "x ≥ ");
        formula_number(text, threshold);
        text_put(text, " ? ");
    }
    if (!isnan(most)) text_put(text, "min(");
    text_put(text, plain ? "max(0, x)" : "x");
    if (!isnan(most)) {
        text_put(text, ", ");
        formula_number(text, most);
        text_put_char(text, ')');
    }
    if (!plain) put_below(text, slope, threshold);
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_RULE) explain_rule(layer_activation(t->layer)->parameters, text);
}

const LayerKind LAYER_relu = {
    .name = "ReLU", .module = "keras.src.layers.activations.relu", PARAMS_OF(PARAMS), .make = make, .activation = elementwise_activation,
    ELEMENTWISE_KIND, .explain = explain,
};
