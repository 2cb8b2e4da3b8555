/* AdaptiveMaxPooling1D to 3D, AdaptiveAveragePooling1D to 3D: as many boxes as the output is to be long. */
#include <string.h>

#include "engine/config.h"
#include "engine/layers/formula.h"
#include "engine/layers/pooling.h"
#include "engine/layers/spatial.h"

static const ParamSpec PARAMS[] = {
    {.name = "output_size", .type = PARAM_INTS, .required = true, .example = "1"},
    DATA_FORMAT,
};

int64_t adaptive_places(const PoolConfig *config, int axis, int64_t in)
{
    (void)in;
    return config->size[axis];
}

/* Box i of n goes from floor(i·in/n) to ceil((i + 1)·in/n): boxes may overlap by a cell. */
PoolRange adaptive_range(const PoolConfig *config, int axis, int64_t in, int64_t place)
{
    const int64_t n = config->size[axis];
    if (n <= 0) return (PoolRange){0, 0};
    return (PoolRange){size_multiply(place, in) / n, size_add(size_multiply(place + 1, in), n - 1) / n};
}

/* ---- make ---- */

static const char *const SIZE_WORDS[] = {
    "an integer or tuple of 1 integer", "an integer or (height, width) tuple", "an integer or (depth, height, width) tuple",
};

static bool refuse_size(Maker *maker, int axes)
{
    const Value *size = maker_arg(maker, "output_size");
    const bool list = size->kind == VALUE_TUPLE || size->kind == VALUE_LIST;
    if (axes == 1 && list)
        maker_refuse(maker, "output_size", "ValueError", "For 1D input, `output_size` tuple must have length 1. Received: %s",
                     maker_text(maker, "output_size"));
    else
        maker_refuse(maker, "output_size", "TypeError", "`output_size` must be %s. Received: %s of type <class '%s'>",
                     SIZE_WORDS[axes - 1], maker_text(maker, "output_size"), value_type(size));
    error_cause(maker->err, "cause.output_size", arena_print(maker->builder->arena, "%d", axes), NULL);
    return error_fix(maker->err, FIX_ARGUMENT, "output_size", "1");
}

/* The argument becomes a tuple; its items are looked at when shapes are. */
static bool read_size(Maker *maker, int axes)
{
    const Value *size = maker_arg(maker, "output_size");
    const bool list = size->kind == VALUE_TUPLE || size->kind == VALUE_LIST, one = size->kind == VALUE_INT || size->kind == VALUE_BOOL;
    if (!one && !(list && size->list->n == (size_t)axes)) return refuse_size(maker, axes);
    Value tuple = value_list(maker->builder->arena, VALUE_TUPLE, (size_t)axes);
    for (int i = 0; i < axes; i++) list_add(tuple.list, one ? *size : size->list->items[i]);
    maker_set(maker, "output_size", tuple);
    return true;
}

static bool read_data_format(Maker *maker, PoolConfig *config)
{
    const Value *value = maker_arg(maker, "data_format");
    const char *name = value_truth(value) ? maker_text(maker, "data_format") : maker->builder->image_data_format;
    config->channels_first = strcmp(name, "channels_first") == 0;
    if (!config->channels_first && strcmp(name, "channels_last") != 0) {
        maker_refuse(maker, "data_format", "ValueError", "Invalid data_format: %s. Expected 'channels_first' or 'channels_last'.", name);
        error_cause(maker->err, "cause.data_format", name, NULL);
        return error_fix(maker->err, FIX_REMOVE_ARGUMENT, "data_format", NULL);
    }
    maker_set(maker, "data_format", value_string(maker->builder->arena, name, strlen(name)));
    return true;
}

static bool make(Maker *maker)
{
    const int axes = kind_axes(maker->layer->kind);
    if (!read_size(maker, axes) || !layer_base(maker)) return false;
    PoolConfig *config = pool_begin(maker);
    for (int i = 0; i < axes; i++) value_integer(&maker_arg(maker, "output_size")->list->items[i], &config->size[i]);
    config->places = adaptive_places;
    config->range = adaptive_range;
    return read_data_format(maker, config);
}

/* ---- shapes ---- */

/* (batch, size..., channels) as Keras makes it from the argument; what is no size is refused as any shape's is. */
static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const PoolConfig *config = layer->config;
    const Shape *shape = &in[0].shape;
    Shape pooled;
    (void)call, (void)n_in;
    if (shape->rank < (config->channels_first ? 2 : 1)) return error_set(err, "IndexError", "tuple index out of range");
    const Shape ends = {.rank = 2, .dim = {shape->dim[0], shape->dim[volume_channel_axis(shape, config->channels_first)]}};
    Value tuple = value_shape(out->arena, &ends);
    const Value channels = tuple.list->items[1];
    if (!config->channels_first) tuple.list->n = 1;
    for (int i = 0; i < config->axes; i++) list_add(tuple.list, layer->args[0].list->items[i]);
    if (!config->channels_first) list_add(tuple.list, channels);
    if (!shape_resolve(out->arena, &tuple, &pooled, err)) {
        error_cause(err, "cause.output_size", arena_print(out->arena, "%d", config->axes), NULL);
        return error_fix(err, FIX_ARGUMENT, "output_size", "1");
    }
    outputs_add(out, pooled, layer->dtype);
    return true;
}

static void explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    const PoolConfig *config = trace->layer->config;
    if (topic == EXPLAIN_TITLE) formula_sizes(text, config->size, config->axes);
    if (topic == EXPLAIN_RULE) pool_explain_rule(trace, text);
}

#define KIND(SYMBOL, NAME, MODULE, RULE)                                                        \
    const LayerKind LAYER_##SYMBOL = {                                                          \
        .name = NAME, .module = "keras.src.layers.pooling." MODULE,                             \
        .params = PARAMS, .n_params = sizeof PARAMS / sizeof *PARAMS,                           \
        .make = make, .infer = infer, .forward = pool_forward, .fills = true, .trace = pool_trace, .explain = explain, \
        .connections = pool_connections, .rule = RULE,                                          \
    };

KIND(adaptive_max_pooling1d, "AdaptiveMaxPooling1D", "adaptive_max_pooling1d", TRACE_MAX)
KIND(adaptive_max_pooling2d, "AdaptiveMaxPooling2D", "adaptive_max_pooling2d", TRACE_MAX)
KIND(adaptive_max_pooling3d, "AdaptiveMaxPooling3D", "adaptive_max_pooling3d", TRACE_MAX)
KIND(adaptive_average_pooling1d, "AdaptiveAveragePooling1D", "adaptive_average_pooling1d", TRACE_SUM)
KIND(adaptive_average_pooling2d, "AdaptiveAveragePooling2D", "adaptive_average_pooling2d", TRACE_SUM)
KIND(adaptive_average_pooling3d, "AdaptiveAveragePooling3D", "adaptive_average_pooling3d", TRACE_SUM)
