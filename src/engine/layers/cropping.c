/* Cropping1D, Cropping2D, Cropping3D. */
#include <inttypes.h>

#include "engine/layers/advice.h"
#include "engine/layers/formula.h"
#include "engine/layers/gather.h"
#include "engine/layers/spatial.h"

#define NO_PAIR VALUE_IS_TUPLE(2, VALUE_IS_INT(0), VALUE_IS_INT(0))
#define PAIR    VALUE_IS_TUPLE(2, VALUE_IS_INT(1), VALUE_IS_INT(1))
#define DATA_FORMAT {.name = "data_format", .type = PARAM_CHOICE, .choices = DATA_FORMAT_CHOICES}

static const ParamSpec PARAMS_1D[] = {{.name = "cropping", .type = PARAM_INTS, .fallback = VALUE_IS_ONES_2}};
static const ParamSpec PARAMS_2D[] = {
    {.name = "cropping", .type = PARAM_ANY, .fallback = VALUE_IS_TUPLE(2, NO_PAIR, NO_PAIR)}, DATA_FORMAT,
};
static const ParamSpec PARAMS_3D[] = {
    {.name = "cropping", .type = PARAM_ANY, .fallback = VALUE_IS_TUPLE(3, PAIR, PAIR, PAIR)}, DATA_FORMAT,
};

static int64_t length(const GatherConfig *config, int axis, int64_t in)
{
    return in - size_add(config->before[axis], config->after[axis]);
}

static int64_t cell(const GatherConfig *config, int axis, int64_t place)
{
    return size_add(place, config->before[axis]);
}

static bool read_pair(Maker *maker, GatherConfig *config)
{
    int64_t pair[2];
    if (!maker_ints(maker, "cropping", 2, true, pair)) return false;
    config->before[0] = pair[0];
    config->after[0] = pair[1];
    return true;
}

static bool make(Maker *maker)
{
    if (!layer_base(maker)) return false;
    GatherConfig *config = gather_begin(maker);
    config->length = length;
    config->cell = cell;
    if (config->axes == 1) {
        if (!read_pair(maker, config)) return false;
    } else if (!maker_data_format(maker, "data_format", &config->channels_first) ||
               !gather_read_pairs(maker, config, "cropping")) {
        return false;
    }
    layer_expect_rank(maker->builder, maker->layer, config->axes + 2);
    return true;
}

static bool refuse(Arena *arena, const Layer *layer, const Shape *in, int axis, Error *err)
{
    const GatherConfig *config = layer->config;
    const char *cropping = value_str_text(arena, &layer->args[0]), *shape = shape_text(arena, in);
    if (config->axes == 1)
        error_set(err, "ValueError", "`cropping` parameter of `Cropping1D` layer must be smaller than the input length. Received: "
                  "input_shape=%s, cropping=%s", shape, cropping);
    else
        error_set(err, "ValueError", "Values in `cropping` argument should be smaller than the corresponding spatial dimension of the "
                  "input. Received: input_shape=%s, cropping=%s", shape, cropping);
    const int64_t cells = in->dim[gather_axis(config, axis)];
    error_cause(err, "cause.crop_too_large", arena_print(arena, "%" PRId64, size_add(config->before[axis], config->after[axis])),
                arena_print(arena, "%" PRId64, cells), NULL);
    return error_fix(err, FIX_REMOVE_LAYER, NULL, NULL);
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const GatherConfig *config = layer->config;
    (void)call, (void)n_in;
    for (int i = 0; i < config->axes; i++) {
        const int64_t cells = in[0].shape.dim[gather_axis(config, i)];
        if (cells != DIM_NONE && length(config, i, cells) <= 0) return refuse(out->arena, layer, &in[0].shape, i, err);
    }
    outputs_add(out, gather_shape(config, &in[0].shape), layer->dtype);
    return true;
}

typedef struct ShapeSource {
    const GatherConfig *config;
    const Shape        *in;
} ShapeSource;

static void put_axis(Text *text, const void *source, int axis)
{
    const ShapeSource *from = source;
    const GatherConfig *config = from->config;
    const int64_t in = from->in->dim[gather_axis(config, axis)];
    if (in == DIM_NONE) return;
    text_print(text, "%" PRId64 " − %" PRId64 " − %" PRId64, in, config->before[axis], config->after[axis]);
    text_print(text, " = %" PRId64, length(config, axis, in));
}

static void explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    const GatherConfig *config = trace->layer->config;
    const ShapeSource source = {config, &trace->in[0].shape};
    switch (topic) {
    case EXPLAIN_TITLE: gather_explain_pairs(config, text); break;
    case EXPLAIN_PARAMS: break;
    case EXPLAIN_RULE: gather_explain_rule(trace, text); break;
    case EXPLAIN_SHAPE: formula_axes(text, config->axes, put_axis, &source); break;
    }
}

#define KIND(SYMBOL, NAME, MODULE, PARAM_LIST)                                                  \
    const LayerKind LAYER_##SYMBOL = {                                                          \
        .name = NAME, .module = "keras.src.layers.reshaping." MODULE,                           \
        .params = PARAM_LIST, .n_params = sizeof PARAM_LIST / sizeof *PARAM_LIST,               \
        .make = make, .infer = infer, .forward = gather_forward, .trace = gather_trace, .explain = explain, \
        .advise = advise_other_rank, .connections = gather_connections, .rule = TRACE_SUM,                                   \
    };

KIND(cropping1d, "Cropping1D", "cropping1d", PARAMS_1D)
KIND(cropping2d, "Cropping2D", "cropping2d", PARAMS_2D)
KIND(cropping3d, "Cropping3D", "cropping3d", PARAMS_3D)
