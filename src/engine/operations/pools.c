/* Pools: max_pool, average_pool, and those that make so many boxes of each axis, adaptive_max_pool and adaptive_average_pool. */
#include <string.h>

#include "engine/config.h"
#include "engine/layers/pooling.h"
#include "engine/operations/windowed.h"

static const ParamSpec CALL[] = {{.name = "inputs", .type = PARAM_TENSORS, .required = true}};
static const ParamSpec PARAMS[] = {
    {.name = "pool_size", .type = PARAM_INTS, .required = true}, {.name = "strides", .type = PARAM_INTS}, WINDOWED_PADDING, WINDOWED_DATA_FORMAT,
};
static const ParamSpec ADAPTIVE_PARAMS[] = {{.name = "output_size", .type = PARAM_INTS, .required = true}, WINDOWED_DATA_FORMAT};

typedef struct Form {
    bool average, adaptive;
} Form;

static bool is_adaptive(const Layer *layer) { return ((const Form *)layer->kind->family)->adaptive; }

static bool read_windows(const Layer *layer, PoolConfig *config, Error *err)
{
    const Value *size = operation_arg(layer, "pool_size"), *strides = operation_arg(layer, "strides");
    if (value_is_text(config->padding_value, "same")) config->padding = config->axes == 3 ? WINDOW_CENTRED : WINDOW_SAME;
    bool good = windowed_ints(size, config->axes, config->size);
    good = good && windowed_ints(strides->kind == VALUE_NONE ? size : strides, config->axes, config->stride);
    for (int i = 0; i < config->axes; i++) good = good && config->size[i] > 0 && config->stride[i] >= 0;
    return good || (err && error_set(err, "ValueError", "operands could not be broadcast together: pool_size=%s, strides=%s",
                                     value_str_text(err->arena, size), value_str_text(err->arena, strides)));
}

/* Sizes of the output stand where those of the window would. */
static bool read_boxes(const Layer *layer, PoolConfig *config)
{
    config->places = adaptive_places;
    config->range = adaptive_range;
    const Value *size = operation_arg(layer, "output_size");
    const bool more = config->axes == 1 && size->kind == VALUE_TUPLE && size->list->n;    /* along one axis nobody looks at the rest */
    bool good = windowed_ints(more ? &size->list->items[0] : size, config->axes, config->size);
    for (int i = 0; i < config->axes; i++) good = good && config->size[i] > 0;
    return good;
}

static PoolConfig begin(const Layer *layer, int axes)
{
    return (PoolConfig){
        .axes = axes, .average = ((const Form *)layer->kind->family)->average, .channels_first = windowed_channels_first(layer),
        .padding_value = operation_arg(layer, "padding"), .places = pooling_places, .range = pooling_range,
    };
}

static bool pool_of(const Layer *layer, const Shape *in, PoolConfig *config, Error *err)
{
    *config = begin(layer, in->rank - 2);
    if (config->axes < 1 || config->axes > WINDOW_AXES) return windowed_refuse_rank(in, err);
    return is_adaptive(layer) ? read_boxes(layer, config) : read_windows(layer, config, err);
}

/* Sizes for other axes than there are make a shape all the same, which has no numbers. */
static bool infer_pool(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Value *size = operation_arg(layer, "pool_size");
    Shape wide = in[0].shape, shape;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    PoolConfig config = begin(layer, size->kind == VALUE_TUPLE || size->kind == VALUE_LIST ? (int)size->list->n : wide.rank - 2);
    if (config.axes < 0 || config.axes > WINDOW_AXES || wide.rank > WINDOW_AXES + 2) return windowed_refuse_rank(&wide, err);
    if (!read_windows(layer, &config, err) || !pooling_broadcast(&config, &wide, err)) return false;
    if (!pooling_shape(out->arena, &config, &wide, &shape, err)) return false;
    outputs_add(out, shape, in[0].dtype);
    return true;
}

static bool make_adaptive(Maker *m)
{
    if (maker_is_none(m, "data_format")) maker_set(m, "data_format", value_string(m->builder->arena, m->builder->image_data_format,
                                                                                strlen(m->builder->image_data_format)));
    return layer_base(m);
}

/* The axes before the sizes are as many as Python's slices leave: with channels last one too many. */
static bool infer_adaptive(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Value *size = operation_arg(layer, "output_size");
    const Shape *shape = &in[0].shape;
    const bool last = value_is_text(operation_arg(layer, "data_format"), "channels_last");
    Shape pooled;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (last && size->kind != VALUE_TUPLE && size->kind != VALUE_LIST)
        return error_set(err, "TypeError", "object of type '%s' has no len()", value_class_name(size));
    if (size->kind != VALUE_TUPLE) return error_set(err, "TypeError", "can only concatenate tuple (not \"%s\") to tuple", value_type(size));
    if (shape->rank < (last ? 1 : 2)) return error_set(err, "IndexError", "tuple index out of range");
    const int kept = last ? shape->rank - (int)size->list->n : 2;
    const Shape before = shape_slice(shape, 0, kept > 0 ? kept : 0), channels = shape_slice(shape, shape->rank - 1, shape->rank);
    Value axes = value_shape(out->arena, &before);
    for (size_t i = 0; i < size->list->n; i++) list_add(axes.list, size->list->items[i]);
    if (last) list_add(axes.list, value_shape(out->arena, &channels).list->items[0]);
    if (!shape_resolve(out->arena, &axes, &pooled, err)) return false;
    outputs_add(out, pooled, in[0].dtype);
    return true;
}

static bool infer_adaptive_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    PoolConfig config;
    (void)n_in, (void)call, (void)err;
    if (!pool_of(layer, &in[0].shape, &config, NULL)) return false;
    Shape shape = in[0].shape;
    for (int i = 0; i < config.axes; i++) shape.dim[volume_first_axis(config.channels_first) + i] = config.size[i];
    outputs_add(out, shape, in[0].dtype);
    return true;
}

/* A layer that pools as the operation does. */
static Layer pooling_layer(const Layer *layer, PoolConfig *config)
{
    Layer pooling = *layer;
    pooling.config = config;
    return pooling;
}

static void forward_pool(const Forward *f)
{
    PoolConfig config;
    if (!pool_of(f->layer, &f->in[0].shape, &config, NULL)) {
        *f->impossible = true;
        return;
    }
    const Layer pooling = pooling_layer(f->layer, &config);
    Forward inner = *f;
    inner.layer = &pooling;
    pool_forward(&inner);
}

static int64_t trace_pool(const Trace *t, Term *terms, int64_t cap)
{
    PoolConfig config;
    pool_of(t->layer, &t->in[0].shape, &config, NULL);
    const Layer pooling = pooling_layer(t->layer, &config);
    Trace inner = *t;
    inner.layer = &pooling;
    return pool_trace(&inner, terms, cap);
}

static void explain_pool(const Trace *t, ExplainTopic topic, Text *text)
{
    PoolConfig config;
    if (topic != EXPLAIN_RULE || !pool_of(t->layer, &t->in[0].shape, &config, NULL)) return;
    const Layer pooling = pooling_layer(t->layer, &config);
    Trace inner = *t;
    inner.layer = &pooling;
    pool_explain_rule(&inner, text);
}

#define POOL(FUNCTION, NAME, RULE, IS_AVERAGE, IS_ADAPTIVE, ...)                                                    \
    const LayerKind OPERATION_##FUNCTION = {                                                                        \
        OPERATION(NAME, "nn"), TAKES(CALL), .forward = forward_pool, .trace = trace_pool, .explain = explain_pool, .rule = RULE, \
        .family = &(const Form){IS_AVERAGE, IS_ADAPTIVE}, __VA_ARGS__                                               \
    }
#define WINDOWS MADE_WITH(PARAMS), .make = windowed_make, .infer = infer_pool
#define BOXES   MADE_WITH(ADAPTIVE_PARAMS), .make = make_adaptive, .infer = infer_adaptive, .infer_numbers = infer_adaptive_numbers

POOL(max_pool, "MaxPool", TRACE_MAX, false, false, WINDOWS);
POOL(average_pool, "AveragePool", TRACE_SUM, true, false, WINDOWS);
POOL(adaptive_max_pool, "AdaptiveMaxPool", TRACE_MAX, false, true, BOXES);
POOL(adaptive_average_pool, "AdaptiveAveragePool", TRACE_SUM, true, true, BOXES);
