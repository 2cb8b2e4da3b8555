/* keras.Model(inputs, outputs): the calls between two sets of tensors, in Keras' order of layers. */
#include <string.h>

#include "engine/binding.h"
#include "engine/layer_parts.h"
#include "engine/layers/layers.h"
#include "engine/model_parts.h"
#include "engine/network.h"
#include "engine/trace.h"

static const ParamSpec CONSTRUCTOR[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true, .unsaved = true},
    {.name = "outputs", .type = PARAM_TENSORS, .required = true, .unsaved = true},
    {.name = "name", .type = PARAM_STRING},
};

/* ---- the model as a layer ---- */

/* What Functional.input_spec says: the shape but for the batch axis, an axis of length 1 at the end more or less. */
static void add_spec(Builder *builder, Layer *layer, const KerasTensor *input, const char *name)
{
    const Layer *source = input->node->layer;
    InputSpec *spec = layer_add_input_spec(builder, layer);
    spec->name = name ? name : source->name;
    spec->exact = spec->squeeze = true;
    spec->shape = input->spec.shape;
    if (spec->shape.rank) spec->shape.dim[0] = DIM_NONE;
    spec->ndim = spec->shape.rank;
    spec->optional = source->kind == &LAYER_input_layer && value_truth(&source->args[INPUT_OPTIONAL]);
}

static bool is_flat_dict(const Value *structure)
{
    if (structure->kind != VALUE_DICT) return false;
    for (size_t i = 0; i < structure->dict->values.n; i++)
        if (structure->dict->values.items[i].kind != VALUE_TENSOR) return false;
    return true;
}

/* A plain dict is told by its sorted keys, which is the order of the flat inputs; a deep one is not checked. */
static void add_specs(Builder *builder, Layer *layer, const Model *model)
{
    const Value *structure = &model->input_structure;
    if (structure->kind == VALUE_DICT && !is_flat_dict(structure)) return;
    for (int i = 0; i < model->n_inputs; i++) {
        const char *name = NULL;
        for (size_t k = 0; structure->kind == VALUE_DICT && k < structure->dict->keys.n; k++)
            if (structure->dict->values.items[k].tensor == model->inputs[i]) name = value_str_text(builder->arena, &structure->dict->keys.items[k]);
        add_spec(builder, layer, model->inputs[i], name);
    }
}

static Layer *make_layer(Builder *builder, Model *model, const char *name, Span span, Error *err)
{
    const Argument argument = {.keyword = "name", .value = name ? value_string(builder->arena, name, strlen(name)) : value_none(), .span = SPAN_NONE};
    const Argument args[] = {{.value = value_none(), .span = SPAN_NONE}, {.value = value_none(), .span = SPAN_NONE}, argument};
    Layer *layer = layer_make(builder, &KIND_FUNCTIONAL, args, 3, span, err);
    if (!layer) return NULL;
    layer->model = model;
    layer->parent_path = NULL;
    return layer;
}

Layer *functional_around(Builder *builder, Model *model)
{
    builder->depth++;
    Layer *layer = make_layer(builder, model, NULL, SPAN_NONE, NULL);
    builder->depth--;
    add_specs(builder, layer, model);
    return layer;
}

/* ---- what is refused before the graph is looked at ---- */

static bool check_tensors(Arena *arena, const char *what, const Value *structure, const Value *leaves, Error *err)
{
    for (size_t i = 0; i < leaves->list->n; i++) {
        const Value *leaf = &leaves->list->items[i];
        if (leaf->kind == VALUE_TENSOR) continue;
        error_set(err, "ValueError", "All `%s` values must be KerasTensors. Received: %s=%s including invalid value %s of type <class '%s'>",
                  what, what, value_str_text(arena, structure), value_str_text(arena, leaf), value_type(leaf));
        return error_cause(err, "cause.model_no_tensor", what, value_str_text(arena, leaf), NULL);
    }
    return true;
}

static bool check_not_empty(Arena *arena, const char *what, const Value *leaves, const Value *inputs, const Value *outputs, Error *err)
{
    if (leaves->list->n) return true;
    error_set(err, "ValueError", "`%s` argument cannot be empty. Received:\ninputs=%s\noutputs=%s", what, value_str_text(arena, inputs),
              value_str_text(arena, outputs));
    return error_cause(err, "cause.model_empty", what, NULL);
}

static KerasTensor **tensors_of(Arena *arena, const Value *leaves)
{
    KerasTensor **tensors = ARENA_ARRAY(arena, leaves->list->n, KerasTensor *);
    for (size_t i = 0; i < leaves->list->n; i++) tensors[i] = leaves->list->items[i].tensor;
    return tensors;
}

/* "1", "a.0": where an output stands in the structure of outputs. */
static bool path_of(Arena *arena, const Value *structure, const KerasTensor *tensor, const char *path, const char **found)
{
    if (structure->kind == VALUE_TENSOR && structure->tensor == tensor) {
        *found = path;
        return true;
    }
    const char *dot = *path ? "." : "";
    if (structure->kind == VALUE_LIST || structure->kind == VALUE_TUPLE)
        for (size_t i = 0; i < structure->list->n; i++)
            if (path_of(arena, &structure->list->items[i], tensor, arena_print(arena, "%s%s%d", path, dot, (int)i), found)) return true;
    if (structure->kind == VALUE_DICT)
        for (size_t i = 0; i < structure->dict->keys.n; i++)
            if (path_of(arena, &structure->dict->values.items[i], tensor,
                        arena_print(arena, "%s%s%s", path, dot, value_str_text(arena, &structure->dict->keys.items[i])), found))
                return true;
    return false;
}

static bool refuse_unconnected(Arena *arena, const Value *outputs, const KerasTensor *tensor, Error *err)
{
    const char *path = "";
    path_of(arena, outputs, tensor, "", &path);
    error_set(err, "ValueError", "Output with path `%s` is not connected to `inputs`", path);
    return error_cause(err, "cause.not_connected", NULL);
}

/* ---- the constructor ---- */

static bool find_graph(Builder *builder, Model *model, Error *err)
{
    Network network;
    if (!network_find(builder, model->inputs, model->n_inputs, model->outputs, model->n_outputs, &network, err)) return false;
    model->layers = network.layers;
    model->n_layers = network.n_layers;
    const KerasTensor *lost = network_unreached(&network, model->inputs, model->n_inputs, model->outputs, model->n_outputs);
    if (lost) return refuse_unconnected(builder->arena, &model->output_structure, lost, err);
    return true;
}

static bool construct(Builder *builder, Model *model, const char *name, Span span, Error *err)
{
    Arena *arena = builder->arena;
    const Value in = nest_leaves(arena, &model->input_structure), out = nest_leaves(arena, &model->output_structure);
    if (!check_tensors(arena, "inputs", &model->input_structure, &in, err)) return false;
    if (!check_tensors(arena, "outputs", &model->output_structure, &out, err)) return false;
    model->inputs = tensors_of(arena, &in);
    model->outputs = tensors_of(arena, &out);
    model->n_inputs = (int)in.list->n;
    model->n_outputs = (int)out.list->n;
    if (!network_clone(builder, model, err)) return false;
    model->self = make_layer(builder, model, name, span, err);
    if (!model->self) return false;
    if (!check_not_empty(arena, "inputs", &in, &model->input_structure, &model->output_structure, err)) return false;
    if (!check_not_empty(arena, "outputs", &out, &model->input_structure, &model->output_structure, err)) return false;
    return find_graph(builder, model, err);
}

Model *functional_make(Builder *builder, Value inputs, Value outputs, const char *name, Span span, Error *err)
{
    Model *model = ARENA_NEW(builder->arena, Model);
    *model = (Model){.kind = MODEL_FUNCTIONAL, .input_structure = inputs, .output_structure = outputs};
    if (!construct(builder, model, name, span, err)) {
        if (err && !span_known(err->span)) err->span = span;
        return NULL;
    }
    model_keep_graph(builder, model, model->inputs, model->n_inputs, model->outputs, model->n_outputs);
    model->self->children = model->layers;
    model->self->n_children = model->n_layers;
    model->built = true;
    add_specs(builder, model->self, model);
    return model;
}

/* ---- keras.Model(...) as written ---- */

static const Argument *given(const Argument *args, int n, const char *keyword, int position)
{
    for (int i = 0, at = 0; i < n; i++)
        if (args[i].keyword ? strcmp(args[i].keyword, keyword) == 0 : at++ == position) return &args[i];
    return NULL;
}

static int positional(const Argument *args, int n)
{
    int count = 0;
    for (int i = 0; i < n; i++) count += !args[i].keyword;
    return count;
}

/* Without inputs and outputs Model takes what every layer takes, and says so in a layer's words. */
static Model *refuse_arguments(Builder *builder, const Argument *args, int n, Span span, Error *err)
{
    static const ParamSpec none[1] = {{.name = ""}};
    const Signature signature = {.name = "Layer.__init__", .params = none, .receiver = true, .keywords = true};
    Bound bound;
    if (bind_call(builder->arena, &signature, args, n, &bound, err))
        error_set(err, "ValueError", "Unrecognized keyword arguments passed to Model: %s", value_repr_text(builder->arena, &bound.rest));
    error_cause(err, "cause.model_arguments", NULL);
    if (err && !span_known(err->span)) err->span = span;
    return NULL;
}

static bool is_plain(const Argument *args, int n)
{
    for (int i = 0; i < n; i++)
        if (!args[i].keyword || !layer_takes(args[i].keyword)) return false;
    return true;
}

Model *model_construct(Builder *builder, const Argument *args, int n, Span span, Error *err)
{
    const Argument *inputs = given(args, n, "inputs", 0), *outputs = given(args, n, "outputs", 1), *name = given(args, n, "name", 2);
    const Argument *trainable = given(args, n, "trainable", -1);
    if (is_plain(args, n)) return subclassed_make(builder, "Model", args, n, span, err);
    if (!inputs || !outputs || positional(args, n) > 2) return refuse_arguments(builder, args, n, span, err);
    if (name && name->value.kind != VALUE_STRING && name->value.kind != VALUE_NONE) {
        error_set(err, "ValueError", "Argument `name` must be a string and cannot contain character `/`. Received: name=%s (of type <class "
                  "'%s'>)", value_str_text(builder->arena, &name->value), value_type(&name->value));
        return NULL;
    }
    Model *model = functional_make(builder, inputs->value, outputs->value, name && name->value.kind == VALUE_STRING ? name->value.string.bytes : NULL,
                                   span, err);
    if (model && trainable && trainable->value.kind != VALUE_NONE) layer_set_trainable(model->self, value_truth(&trainable->value));
    return model;
}

const LayerKind KIND_FUNCTIONAL = {
    .name = "Functional",
    .module = "keras.src.models.functional",
    .params = CONSTRUCTOR,
    .n_params = 3,
    .call_params = MODEL_CALL_PARAMS,
    .n_call_params = 3,
    .infer = model_infer,
    .infer_numbers = model_infer_numbers,
    .forward = model_forward,
    .trace = model_trace,
    .connections = model_connections,
    .built_at_make = true,
    .rule = TRACE_DEPENDS,
};
