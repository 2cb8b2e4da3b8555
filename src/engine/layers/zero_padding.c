/* ZeroPadding1D, ZeroPadding2D, ZeroPadding3D. */
#include "engine/config.h"
#include "engine/layers/border.h"

#define PAIR VALUE_IS_TUPLE(2, VALUE_IS_INT(1), VALUE_IS_INT(1))

static const ParamSpec PARAMS_1D[] = {PARAM_WITH("padding", PARAM_INTS, VALUE_IS_INT(1)), DATA_FORMAT};
static const ParamSpec PARAMS_2D[] = {PARAM_WITH("padding", PARAM_ANY, VALUE_IS_ONES_2), DATA_FORMAT};
static const ParamSpec PARAMS_3D[] = {PARAM_WITH("padding", PARAM_ANY, VALUE_IS_TUPLE(3, PAIR, PAIR, PAIR)), DATA_FORMAT};

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

static bool make(Maker *maker)
{
    return border_make(maker, "padding", &(const GatherConfig){.length = length, .cell = cell});
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

const LayerKind LAYER_zero_padding1d = {BORDER_KIND("ZeroPadding1D", "zero_padding1d", PARAMS_1D), .forward = forward};
const LayerKind LAYER_zero_padding2d = {BORDER_KIND("ZeroPadding2D", "zero_padding2d", PARAMS_2D), .forward = forward};
const LayerKind LAYER_zero_padding3d = {BORDER_KIND("ZeroPadding3D", "zero_padding3d", PARAMS_3D), .forward = forward};
