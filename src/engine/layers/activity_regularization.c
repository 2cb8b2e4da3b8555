/* ActivityRegularization: adds to the loss in training; its output is its input. */
#include "engine/config.h"
#include "engine/layers/elementwise.h"

static const ParamSpec PARAMS[] = {
    {.name = "l1", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)},
    {.name = "l2", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)},
};

/* activity_regularizer=L1L2(l1, l2), which is refused as that class refuses; given by hand it comes twice. */
static bool make(Maker *maker)
{
    const Argument strengths[2] = {
        {.keyword = "l1", .value = *maker_arg(maker, "l1"), .span = SPAN_NONE},
        {.keyword = "l2", .value = *maker_arg(maker, "l2"), .span = SPAN_NONE},
    };
    Value regularizer;
    if (!config_make(maker->builder->arena, config_find("keras.regularizers", "L1L2"), strengths, 2, &regularizer, maker->err))
        return error_cause(maker->err, "cause.regularizer", NULL);
    if (dict_find(maker->kwargs.dict, "activity_regularizer"))
        return maker_refuse(maker, "activity_regularizer", "TypeError",
                            "keras.src.layers.layer.Layer.__init__() got multiple values for keyword argument 'activity_regularizer'");
    if (!layer_base(maker)) return false;
    maker->layer->activity_regularizer = regularizer;
    return true;
}

static void explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    (void)trace;
    if (topic == EXPLAIN_RULE) text_put_char(text, 'x');
}

const LayerKind LAYER_activity_regularization = {
    .name = "ActivityRegularization", .module = "keras.src.layers.regularization.activity_regularization",
    .params = PARAMS, .n_params = sizeof PARAMS / sizeof *PARAMS,
    .make = make, .forward = elementwise_forward, .trace = elementwise_trace, .connections = elementwise_connections,
    .explain = explain, .rule = TRACE_SUM, .keeps_mask = true, .elementwise = true, .built_at_make = true,
};
