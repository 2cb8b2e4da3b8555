/* Cropping1D, Cropping2D, Cropping3D. */
#include <inttypes.h>

#include "engine/layers/border.h"

#define NO_PAIR VALUE_IS_TUPLE(2, VALUE_IS_INT(0), VALUE_IS_INT(0))
#define PAIR    VALUE_IS_TUPLE(2, VALUE_IS_INT(1), VALUE_IS_INT(1))

static const ParamSpec PARAMS_1D[] = {PARAM_WITH("cropping", PARAM_INTS, VALUE_IS_ONES_2)};
static const ParamSpec PARAMS_2D[] = {PARAM_WITH("cropping", PARAM_ANY, VALUE_IS_TUPLE(2, NO_PAIR, NO_PAIR)), DATA_FORMAT};
static const ParamSpec PARAMS_3D[] = {PARAM_WITH("cropping", PARAM_ANY, VALUE_IS_TUPLE(3, PAIR, PAIR, PAIR)), DATA_FORMAT};

static int64_t length(const GatherConfig *config, int axis, int64_t in)
{
    return in - size_add(config->before[axis], config->after[axis]);
}

static int64_t cell(const GatherConfig *config, int axis, int64_t place)
{
    return size_add(place, config->before[axis]);
}

static bool make(Maker *maker)
{
    return border_make(maker, "cropping", &(const GatherConfig){.length = length, .cell = cell, .cuts = true});
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

const LayerKind LAYER_cropping1d = {BORDER_KIND("Cropping1D", "cropping1d", PARAMS_1D), .forward = gather_forward};
const LayerKind LAYER_cropping2d = {BORDER_KIND("Cropping2D", "cropping2d", PARAMS_2D), .forward = gather_forward};
const LayerKind LAYER_cropping3d = {BORDER_KIND("Cropping3D", "cropping3d", PARAMS_3D), .forward = gather_forward};
