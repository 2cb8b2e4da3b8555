/* Shapes and types of what a layer gives. */
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
    error_set(err, "AttributeError", "'%s' object has no attribute 'shape'", value_type(&call->args[0]));
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

bool layer_infer_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *outputs, Error *err)
{
    if (layer->kind->infer_numbers) return layer->kind->infer_numbers(layer, call, in, n_in, outputs, err);
    return layer_infer(layer, call, in, n_in, outputs, err);
}
