#include "engine/layers/image_layer.h"

#include "engine/config.h"
#include "engine/layers/volume.h"

const ParamSpec IMAGE_CALL[2] = {
    {.name = "data", .type = PARAM_TENSORS, .required = true},
    {.name = "training", .type = PARAM_BOOL, .fallback = VALUE_IS_TRUE},
};

bool image_refuse_factor(Maker *maker)
{
    if (maker_is_none(maker, "factor")) return true;
    maker_refuse(maker, "factor", "ValueError", "Layer %s does not take a `factor` argument. Received: factor=%s",
                 maker->layer->class_name, maker_text(maker, "factor"));
    error_cause(maker->err, "cause.unknown_argument", "factor", maker->layer->class_name, NULL);
    return error_fix(maker->err, FIX_REMOVE_ARGUMENT, "factor", NULL);
}

int image_height_axis(const Shape *shape, bool channels_first)
{
    return (shape->rank == 4) + (channels_first ? 1 : 0);
}

bool image_shape(Arena *arena, const Shape *in, bool channels_first, const Value *height, const Value *width, Shape *out, Error *err)
{
    const int axis = image_height_axis(in, channels_first);
    if (in->rank < axis + 2) return error_set(err, "IndexError", "list assignment index out of range");
    Value tuple = value_shape(arena, in);
    tuple.list->items[axis] = *height;
    tuple.list->items[axis + 1] = *width;
    return shape_resolve(arena, &tuple, out, err) || error_cause(err, "cause.image_size", NULL);
}
