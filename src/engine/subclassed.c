/* class Net(keras.Model): its layers are its attributes, its graph what its call() did with one set of inputs. */
#include <string.h>

#include "engine/layer_parts.h"
#include "engine/model_parts.h"
#include "engine/network.h"
#include "engine/trace.h"

static const ParamSpec CONSTRUCTOR[] = {{.name = ""}};

Model *subclassed_make(Builder *builder, const char *class_name, const Argument *args, int n, Span span, Error *err)
{
    Layer *layer = layer_make_as(builder, &KIND_SUBCLASSED, class_name, args, n, span, err);
    if (!layer) return NULL;
    layer->type_name = arena_print(builder->arena, "__main__.%s", class_name);
    Model *model = ARENA_NEW(builder->arena, Model);
    *model = (Model){.kind = MODEL_SUBCLASSED, .self = layer, .input_structure = VALUE_IS_NONE, .output_structure = VALUE_IS_NONE};
    layer->model = model;
    return model;
}

static bool is_tracked(const Model *model, const Layer *layer)
{
    for (int i = 0; i < model->n_layers; i++)
        if (model->layers[i] == layer) return true;
    return false;
}

void subclassed_track(Builder *builder, Model *model, Layer *layer)
{
    if (is_tracked(model, layer)) return;
    model->layers = arena_grow(builder->arena, model->layers, (size_t)model->n_layers, &model->layers_capacity,
                               (size_t)model->n_layers + 1, sizeof *model->layers);
    model->layers[model->n_layers++] = layer;
    model->self->children = model->layers;
    model->self->n_children = model->n_layers;
}

static void find_called(Builder *builder, Model *model)
{
    Network network;
    if (!network_find(builder, model->inputs, model->n_inputs, model->outputs, model->n_outputs, &network, NULL)) return;
    if (network_unreached(&network, model->inputs, model->n_inputs, model->outputs, model->n_outputs)) return;
    model->called = network.layers;
    model->n_called = network.n_layers;
}

const Model *model_as_functional(Arena *arena, const Model *model)
{
    Model *functional = ARENA_NEW(arena, Model);
    *functional = *model;
    functional->kind = MODEL_FUNCTIONAL;
    functional->layers = model->called;
    functional->n_layers = model->n_called;
    return functional;
}

static Value structure_of(Arena *arena, KerasTensor **inputs, int n)
{
    if (n == 1) return value_tensor(inputs[0]);
    Value list = value_list(arena, VALUE_LIST, (size_t)n);
    for (int i = 0; i < n; i++) list_add(list.list, value_tensor(inputs[i]));
    return list;
}

bool subclassed_record(Builder *builder, Model *model, KerasTensor **inputs, int n, Value outputs, Error *err)
{
    const Value leaves = nest_leaves(builder->arena, &outputs);
    KerasTensor **ends = ARENA_ARRAY(builder->arena, leaves.list->n, KerasTensor *);
    for (size_t i = 0; i < leaves.list->n; i++) {
        const Value *leaf = &leaves.list->items[i];
        if (leaf->kind != VALUE_TENSOR)
            return error_set(err, "ValueError", "All operation outputs must be tensors. Operation <%s name=%s, built=True> returned a "
                             "non-tensor. Non-tensor received: %s", model->self->class_name, model->self->name,
                             value_str_text(builder->arena, leaf));
        ends[i] = leaf->tensor;
    }
    model_keep_graph(builder, model, inputs, n, ends, (int)leaves.list->n);
    model->input_structure = structure_of(builder->arena, inputs, n);
    model->output_structure = outputs;
    model->built = model->self->built = true;
    find_called(builder, model);
    return true;
}

/* Its graph comes from whoever reads its call(). */
static bool follow(Builder *builder, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    if (layer->model->built || !builder->follow) return true;
    return builder->follow(builder->follower, layer, call, in, n_in, err);
}

const LayerKind KIND_SUBCLASSED = {
    .name = "Model",
    .module = "keras.src.models.model",
    .constructor = "Layer",
    .params = CONSTRUCTOR,
    .call_params = MODEL_CALL_PARAMS,
    .n_call_params = 3,
    .build = follow,
    .infer = model_infer,
    .infer_numbers = model_infer_numbers,
    .forward = model_forward,
    .trace = model_trace,
    .connections = model_connections,
    .rule = TRACE_DEPENDS,
};
