/* Shapes and types of what a layer gives. */
#include "engine/activation.h"
#include "engine/layer_parts.h"

void outputs_add(Outputs *outputs, Shape shape, Dtype dtype)
{
    outputs->spec = arena_grow(outputs->arena, outputs->spec, (size_t)outputs->n, &outputs->capacity, (size_t)outputs->n + 1,
                               sizeof *outputs->spec);
    outputs->spec[outputs->n++] = (TensorSpec){shape, dtype};
}

bool call_takes_one(const Call *call, Error *err)
{
    if (!value_is_nest(&call->args[0])) return true;
    error_set(err, "AttributeError", "'%s' object has no attribute 'shape'", value_class_name(&call->args[0]));
    return error_cause(err, "cause.list_of_one", NULL);
}

bool layer_infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *outputs, Error *err)
{
    Call plain;
    if (!call) {
        plain = layer_plain_call(outputs->arena, layer, n_in);
        call = &plain;
    }
    if (layer->kind->infer) return layer->kind->infer(layer, call, in, n_in, outputs, err);
    if (n_in) outputs_add(outputs, in[0].shape, layer->dtype);
    return true;
}

/* What Keras says when glu cannot share an axis out. */
static bool halve(const Layer *layer, Outputs *outputs, Error *err)
{
    if (!layer_activation(layer)->halves || !outputs->n || !outputs->spec[0].shape.rank) return true;
    Shape *shape = &outputs->spec[0].shape;
    int64_t *last = &shape->dim[shape->rank - 1];
    if (*last % 2)
        return error_set(err, "ValueError", "axis size must be divisible by 2. Received: x.shape=%s with axis=-1", shape_text(outputs->arena, shape));
    *last /= 2;
    return true;
}

bool layer_infer_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *outputs, Error *err)
{
    Call plain;
    if (!call) {
        plain = layer_plain_call(outputs->arena, layer, n_in);
        call = &plain;
    }
    const bool own = layer->kind->infer_numbers != NULL;
    if (own ? !layer->kind->infer_numbers(layer, call, in, n_in, outputs, err) : !layer_infer(layer, call, in, n_in, outputs, err)) return false;
    return halve(layer, outputs, err);
}

Tensor layer_output(Arena *arena, const Layer *layer, Shape shape, Dtype dtype)
{
    if (layer_activation(layer)->halves && shape.rank) shape.dim[shape.rank - 1] *= 2;
    if (!layer->kind->fills) return tensor_make(arena, shape, dtype);
    return (Tensor){.shape = shape, .dtype = dtype, .data = ARENA_ROOM(arena, shape_size(&shape), float)};
}
