/* ZeroPadding1D, ZeroPadding2D, ZeroPadding3D. */
#include <inttypes.h>

#include "engine/config.h"
#include "engine/layers/advice.h"
#include "engine/layers/formula.h"
#include "engine/layers/gather.h"
#include "engine/layers/spatial.h"

#define PAIR VALUE_IS_TUPLE(2, VALUE_IS_INT(1), VALUE_IS_INT(1))
#define DATA_FORMAT {.name = "data_format", .type = PARAM_CHOICE, .choices = DATA_FORMAT_CHOICES}

static const ParamSpec PARAMS_1D[] = {{.name = "padding", .type = PARAM_INTS, .fallback = VALUE_IS_INT(1)}, DATA_FORMAT};
static const ParamSpec PARAMS_2D[] = {{.name = "padding", .type = PARAM_ANY, .fallback = VALUE_IS_ONES_2}, DATA_FORMAT};
static const ParamSpec PARAMS_3D[] = {
    {.name = "padding", .type = PARAM_ANY, .fallback = VALUE_IS_TUPLE(3, PAIR, PAIR, PAIR)}, DATA_FORMAT,
};

static int64_t add(int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum)) return b > 0 ? INT64_MAX : INT64_MIN;
    return sum;
}

static int64_t length(const GatherConfig *config, int axis, int64_t in)
{
    return add(add(in, config->before[axis]), config->after[axis]);
}

static int64_t cell(const GatherConfig *config, int axis, int64_t place)
{
    return place - config->before[axis];
}

static bool read_pair(Maker *maker, GatherConfig *config)
{
    int64_t pair[2];
    if (!maker_ints(maker, "padding", 2, true, pair)) return false;
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
    if (!maker_data_format(maker, "data_format", &config->channels_first)) return false;
    if (config->axes == 1 ? !read_pair(maker, config) : !gather_read_pairs(maker, config, "padding")) return false;
    layer_expect_rank(maker->builder, maker->layer, config->axes + 2);
    return true;
}

/* Negative padding, which an int may ask for, can leave less than nothing. */
static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const GatherConfig *config = layer->config;
    Shape shape = in[0].shape, known;
    Value tuple = value_shape(out->arena, &shape);
    (void)call, (void)n_in;
    for (int i = 0; i < config->axes; i++) {
        const int axis = gather_axis(config, i);
        if (shape.dim[axis] != DIM_NONE) tuple.list->items[axis] = value_int(length(config, i, shape.dim[axis]));
    }
    if (!shape_resolve(out->arena, &tuple, &known, err)) return error_cause(err, "cause.padding_negative", NULL);
    outputs_add(out, known, layer->dtype);
    return true;
}

/* TensorFlow pads with nothing less than nothing. */
static void forward(const Forward *forward)
{
    const GatherConfig *config = forward->layer->config;
    for (int i = 0; i < config->axes; i++) *forward->impossible |= config->before[i] < 0 || config->after[i] < 0;
    gather_forward(forward);
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
    text_print(text, "%" PRId64 " + ", in);
    formula_integer(text, config->before[axis]);
    text_put(text, " + ");
    formula_integer(text, config->after[axis]);
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
        .make = make, .infer = infer, .forward = forward, .trace = gather_trace, .explain = explain, \
        .advise = advise_other_rank, .connections = gather_connections, .rule = TRACE_SUM,                                   \
    };

KIND(zero_padding1d, "ZeroPadding1D", "zero_padding1d", PARAMS_1D)
KIND(zero_padding2d, "ZeroPadding2D", "zero_padding2d", PARAMS_2D)
KIND(zero_padding3d, "ZeroPadding3D", "zero_padding3d", PARAMS_3D)
