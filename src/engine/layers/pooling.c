/* MaxPooling1D to 3D, AveragePooling1D to 3D. */
#include <inttypes.h>

#include "engine/layers/advice.h"
#include "engine/layers/formula.h"
#include "engine/layers/pooling.h"
#include "engine/layers/spatial.h"

#define PARAM_NEEDED .required = true, .example = "2"
#define PARAMS(...)                                                                            \
    {.name = "pool_size", .type = PARAM_INTS, __VA_ARGS__},                                    \
    {.name = "strides", .type = PARAM_INTS},                                                   \
    {.name = "padding", .type = PARAM_CHOICE, .choices = PADDING_CHOICES, .fallback = VALUE_IS_TEXT("valid")}, \
    DATA_FORMAT,                                                                               \
    {.name = "name", .type = PARAM_STRING}

static const ParamSpec MAX_1D[] = {PARAMS(.fallback = VALUE_IS_INT(2))};
static const ParamSpec MAX_2D[] = {PARAMS(.fallback = VALUE_IS_TWOS_2)};
static const ParamSpec MAX_3D[] = {PARAMS(.fallback = VALUE_IS_TWOS_3)};
static const ParamSpec AVERAGE[] = {PARAMS(PARAM_NEEDED)};

int64_t pooling_places(const PoolConfig *config, int axis, int64_t in)
{
    return window_places(in, config->size[axis], config->stride[axis], 1, config->padding);
}

PoolRange pooling_range(const PoolConfig *config, int axis, int64_t in, int64_t place)
{
    const WindowAxis along = window_axis(in, config->size[axis], config->stride[axis], 1, config->padding);
    const WindowTaps taps = window_taps(&along, place);
    return (PoolRange){window_cell(&along, place, taps.first), window_cell(&along, place, taps.end)};
}

/* Strides that are not given are the pool's size, as written. */
static bool read_strides(Maker *maker, PoolConfig *config, Value written_size)
{
    if (maker_is_none(maker, "strides")) maker_set(maker, "strides", written_size);
    return maker_ints(maker, "strides", config->axes, true, config->stride);
}

static bool make(Maker *maker)
{
    if (!layer_base(maker)) return false;
    PoolConfig *config = pool_begin(maker);
    const Value written_size = *maker_arg(maker, "pool_size");
    config->places = pooling_places;
    config->range = pooling_range;
    if (!maker_ints(maker, "pool_size", config->axes, false, config->size) || !read_strides(maker, config, written_size))
        return false;
    config->padding_value = maker_arg(maker, "padding");
    if (value_is_text(config->padding_value, "same")) config->padding = config->axes == 3 ? WINDOW_CENTRED : WINDOW_SAME;
    if (!maker_data_format(maker, "data_format", &config->channels_first)) return false;
    layer_expect_rank(maker->builder, maker->layer, config->axes + 2);
    return true;
}

/* ---- shapes ---- */

/* NumPy's array of the input's shape as Keras leaves it: unknown axes of the maps are -1 by then. */
static const char *shape_array(Arena *arena, const PoolConfig *config, const Shape *in)
{
    Text text = {.arena = arena};
    if (shape_known(in)) {
        print_array(&text, in->dim, in->rank);
        return text_string(&text);
    }
    const int first = volume_first_axis(config->channels_first);
    for (int i = 0; i < in->rank; i++) {
        text_put_char(&text, i ? ' ' : '[');
        const bool map = i >= first && i < first + config->axes;
        if (in->dim[i] == DIM_NONE && !map) text_put(&text, "None");
        else text_print(&text, "%" PRId64, in->dim[i]);
    }
    text_put_char(&text, ']');
    return text_string(&text);
}

static bool refuse_empty(Arena *arena, const PoolConfig *config, const Shape *in, int axis, Error *err)
{
    const TooLarge window = {.in = in, .channels_first = config->channels_first, .size_param = "pool_size", .axes = config->axes,
                             .size = config->size};
    Text size = {.arena = arena};
    print_array(&size, config->size, config->axes);
    const Value strides = value_ints(arena, VALUE_TUPLE, config->stride, config->axes);
    error_set(err, "ValueError", "Computed output size would be zero or negative. Received: `inputs.shape=%s`, `pool_size=%s`, "
              "`strides=%s`, `padding=valid`.", shape_array(arena, config, in), text_string(&size), value_str_text(arena, &strides));
    const int64_t cells = in->dim[volume_first_axis(config->channels_first) + axis];
    error_cause(err, "cause.window_too_large", arena_print(arena, "%" PRId64, config->size[axis]),
                arena_print(arena, "%" PRId64, cells), NULL);
    advise_window(arena, &window, err);
    return error_fix(err, FIX_REMOVE_LAYER, NULL, NULL);
}

static bool refuse_padding(Arena *arena, const PoolConfig *config, Error *err)
{
    const char *padding = value_str_text(arena, config->padding_value);
    error_set(err, "ValueError", "Argument `padding` must be either 'valid' or 'same'. Received: padding=%s", padding);
    error_cause(err, "cause.padding", padding, NULL);
    error_fix(err, FIX_ARGUMENT, "padding", "'same'");
    return error_fix(err, FIX_REMOVE_ARGUMENT, "padding", NULL);
}

/* A stride of 0: Python divides when an axis is unknown, NumPy (which gives infinity or no number) when all are known. */
static bool refuse_zero_stride(const PoolConfig *config, const Shape *in, int axis, Error *err)
{
    const int64_t cells = in->dim[volume_first_axis(config->channels_first) + axis];
    const int64_t rest = cells - (config->padding == WINDOW_VALID ? config->size[axis] : 1);
    if (!shape_known(in)) error_set(err, "ZeroDivisionError", "division by zero");
    else if (rest == 0) error_set(err, "ValueError", "cannot convert float NaN to integer");
    else error_set(err, "OverflowError", "cannot convert float infinity to integer");
    error_cause(err, "cause.stride_zero", NULL);
    return error_fix(err, FIX_REMOVE_ARGUMENT, "strides", NULL);
}

static bool check_axis(Arena *arena, const PoolConfig *config, const Shape *in, int axis, Error *err)
{
    const int64_t cells = in->dim[volume_first_axis(config->channels_first) + axis];
    const bool valid = config->padding == WINDOW_VALID;
    if (config->stride[axis] == 0 && (!shape_known(in) || !valid || cells >= config->size[axis]))
        return refuse_zero_stride(config, in, axis, err);
    return cells == DIM_NONE || !valid || cells >= config->size[axis] || refuse_empty(arena, config, in, axis, err);
}

bool pooling_shape(Arena *arena, const PoolConfig *config, const Shape *in, Shape *shape, Error *err)
{
    *shape = *in;
    if (!value_is_text(config->padding_value, "valid") && !value_is_text(config->padding_value, "same"))
        return refuse_padding(arena, config, err);
    for (int i = 0; i < config->axes; i++) {
        int64_t *dim = &shape->dim[volume_first_axis(config->channels_first) + i];
        if (!check_axis(arena, config, in, i, err)) return false;
        *dim = pooling_places(config, i, *dim);
    }
    return true;
}

bool pooling_broadcast(PoolConfig *config, Shape *shape, Error *err)
{
    const int given = shape->rank > 2 ? shape->rank - 2 : 0, taken = config->axes, first = volume_first_axis(config->channels_first);
    if (given == taken) return true;
    if ((given != 1 && taken != 1) || given > POOL_AXES)
        return error_set(err, "ValueError", "operands could not be broadcast together with shapes (%d,) (%d,) ", given, taken);
    for (int i = 1; i < given; i++) {
        config->size[i] = config->size[0];
        config->stride[i] = config->stride[0];
    }
    if (given == 1) {
        const int64_t cells = shape->dim[first], channels = shape->dim[2];
        *shape = (Shape){.rank = taken + 2, .dim = {shape->dim[0], shape->dim[1]}};
        for (int i = 0; i < taken; i++) shape->dim[first + i] = cells;
        if (!config->channels_first) shape->dim[taken + 1] = channels;
    }
    config->axes = shape->rank - 2;
    return true;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    PoolConfig config = *(const PoolConfig *)layer->config;
    Shape wide = in[0].shape, shape;
    (void)call, (void)n_in;
    if (!pooling_broadcast(&config, &wide, err) || !pooling_shape(out->arena, &config, &wide, &shape, err)) return false;
    outputs_add(out, shape, layer->dtype);
    return true;
}

/* ---- explanations ---- */

static void put_axis(Text *text, const Trace *trace, int axis)
{
    const PoolConfig *config = trace->layer->config;
    const int64_t in = trace->in[0].shape.dim[volume_first_axis(config->channels_first) + axis];
    if (in == DIM_NONE) return;
    const WindowAxis along = window_axis(in, config->size[axis], config->stride[axis], 1, config->padding);
    formula_places(text, &along, config->padding);
}

static void explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    const PoolConfig *config = trace->layer->config;
    switch (topic) {
    case EXPLAIN_TITLE: formula_sizes(text, config->size, config->axes); break;
    case EXPLAIN_PARAMS: break;
    case EXPLAIN_RULE: pool_explain_rule(trace, text); break;
    case EXPLAIN_SHAPE: formula_axes(text, config->axes, put_axis, trace); break;
    }
}

#define KIND(SYMBOL, NAME, MODULE, PARAM_LIST, RULE)                                            \
    const LayerKind LAYER_##SYMBOL = {                                                          \
        .name = NAME, .module = "keras.src.layers.pooling." MODULE,                             \
        .params = PARAM_LIST, .n_params = sizeof PARAM_LIST / sizeof *PARAM_LIST,               \
        .make = make, .infer = infer, .forward = pool_forward, .fills = true, .trace = pool_trace, .explain = explain, \
        .advise = advise_other_rank, .connections = pool_connections, .rule = RULE, .built_at_make = true,                   \
    };

KIND(max_pooling1d, "MaxPooling1D", "max_pooling1d", MAX_1D, TRACE_MAX)
KIND(max_pooling2d, "MaxPooling2D", "max_pooling2d", MAX_2D, TRACE_MAX)
KIND(max_pooling3d, "MaxPooling3D", "max_pooling3d", MAX_3D, TRACE_MAX)
KIND(average_pooling1d, "AveragePooling1D", "average_pooling1d", AVERAGE, TRACE_SUM)
KIND(average_pooling2d, "AveragePooling2D", "average_pooling2d", AVERAGE, TRACE_SUM)
KIND(average_pooling3d, "AveragePooling3D", "average_pooling3d", AVERAGE, TRACE_SUM)
