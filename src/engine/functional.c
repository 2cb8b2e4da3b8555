/* keras.Model(inputs, outputs): the calls between two sets of tensors. */
#include "engine/layer_parts.h"
#include "engine/layers/layers.h"
#include "engine/model_parts.h"

static const ParamSpec CONSTRUCTOR[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true},
    {.name = "outputs", .type = PARAM_TENSORS, .required = true},
    {.name = "name", .type = PARAM_STRING},
};

static Layer *make_layer(Builder *builder, Model *model)
{
    Layer *layer = ARENA_NEW(builder->arena, Layer);
    *layer = (Layer){
        .kind = &KIND_FUNCTIONAL, .class_name = "Functional", .type_name = "keras.src.models.functional.Functional",
        .name = builder_name(builder, "Functional"), .span = SPAN_NONE, .place = -1, .model = model, .built = true,
        .trainable = true, .autocast = true, .dtype = builder->floatx, .variable_dtype = builder->floatx, .id = builder->layers++,
    };
    return layer;
}

/* What Functional.input_spec says: the shape but for the batch axis, an axis of length 1 at the end more or less. */
static void add_specs(Builder *builder, Layer *layer, const Model *model)
{
    for (int i = 0; i < model->n_inputs; i++) {
        const KerasTensor *input = model->inputs[i];
        InputSpec *spec = layer_add_input_spec(builder, layer);
        spec->name = input->node->layer->name;
        spec->exact = spec->squeeze = true;
        spec->shape = input->spec.shape;
        if (spec->shape.rank) spec->shape.dim[0] = DIM_NONE;
        spec->ndim = spec->shape.rank;
    }
}

Layer *functional_around(Builder *builder, Model *model)
{
    Layer *layer = make_layer(builder, model);
    add_specs(builder, layer, model);
    return layer;
}

const LayerKind KIND_FUNCTIONAL = {
    .name = "Functional",
    .module = "keras.src.models.functional",
    .params = CONSTRUCTOR,
    .n_params = 3,
    .call_params = MODEL_CALL_PARAMS,
    .n_call_params = 3,
    .infer = model_infer,
    .forward = model_forward,
    .built_at_make = true,
    .rule = TRACE_DEPENDS,
};
