#include "keras/code/keras_attribute.h"

#include <string.h>

#include "keras/code/array.h"
#include "keras/code/array_functions.h"
#include "keras/code/doubt.h"
#include "keras/code/keras_call.h"
#include "keras/code/keras_class.h"
#include "keras/code/keras_model.h"
#include "keras/code/suggest.h"
#include "keras/code/registry.h"
#include "keras/code/trail.h"

static bool is(const char *a, const char *b) { return strcmp(a, b) == 0; }

/* ---- methods of every layer ---- */

static Value set_weights_call(Evaluator *ev, const Given *given)
{
    if (given->arg[0]->kind == VALUE_UNKNOWN) return value_none();
    set_weights(ev, layer_of(given->self), *given->arg[0]);
    return value_none();
}

static Value weight_list(Evaluator *ev, const Layer *layer, bool (*wanted)(const WeightSpec *, const Layer *))
{
    const int n = layer_weights(layer, NULL, 0);
    WeightRef *refs = ARENA_ARRAY(ev->arena, n + 1, WeightRef);
    Value list = value_list(ev->arena, VALUE_LIST, (size_t)n);
    layer_weights(layer, refs, n);
    for (int i = 0; i < n; i++) {
        const WeightSpec *spec = &refs[i].layer->weights[refs[i].index];
        if (!wanted || wanted(spec, refs[i].layer)) list_add(list.list, value_array(ev, spec->shape, spec->dtype, NULL));
    }
    pay(ev, n);
    return list;
}

static bool learns(const WeightSpec *spec, const Layer *layer) { return spec->trainable && layer_is_trainable(layer); }
static bool is_fixed(const WeightSpec *spec, const Layer *layer) { return !learns(spec, layer); }

static Value get_weights_call(Evaluator *ev, const Given *given)
{
    return weight_list(ev, layer_of(given->self), NULL);
}

static Value count_params_call(Evaluator *ev, const Given *given)
{
    const Layer *layer = layer_of(given->self);
    if (!layer->built)
        raise_error(ev, "ValueError", "You tried to call `count_params` on layer '%s', but the layer isn't built. You can build it "
                    "manually via: `layer.build(input_shape)`.", layer->name);
    return value_int(layer_params(layer).all);
}

static Value build_call(Evaluator *ev, const Given *given)
{
    Layer *layer = layer_of(given->self);
    TensorSpec spec = {.dtype = layer->dtype};
    Error error = error_make(ev);
    if (!given->arg[0] || !value_known(given->arg[0])) return value_none();
    if (!shape_resolve(ev->arena, given->arg[0], &spec.shape, &error)) raise_fault(ev, &error);
    if (!layer_build(ev->builder, layer, &spec, 1, &error)) raise_fault(ev, &error);
    return value_none();
}

static Value compute_output_shape_call(Evaluator *ev, const Given *given)
{
    Layer *layer = layer_of(given->self);
    TensorSpec spec = {.dtype = layer->dtype};
    Error error = error_make(ev);
    Outputs outputs = {.arena = ev->arena, .structure = VALUE_IS_NONE};
    if (!value_known(given->arg[0])) return *given->arg[0];
    if (!shape_resolve(ev->arena, given->arg[0], &spec.shape, &error)) raise_fault(ev, &error);
    if (!layer->built && !layer_build(ev->builder, layer, &spec, 1, &error)) raise_fault(ev, &error);
    if (!layer_infer(layer, NULL, &spec, 1, &outputs, &error)) raise_fault(ev, &error);
    return outputs.n == 1 ? value_shape(ev->arena, &outputs.spec[0].shape) : unknown(ev, "cause.not_known_object", layer->name, ev->span);
}

static Value get_config_call(Evaluator *ev, const Given *given)
{
    const Layer *layer = layer_of(given->self);
    Value config = value_dict(ev->arena);
    dict_set(ev->arena, config.dict, value_text(ev->arena, "name"), value_text(ev->arena, layer->name));
    dict_set(ev->arena, config.dict, value_text(ev->arena, "trainable"), value_bool(layer->trainable));
    for (int i = 0; i < layer->kind->n_params; i++)
        if (layer->args && layer_saves(layer, i))
            dict_set(ev->arena, config.dict, value_text(ev->arena, layer->kind->params[i].name), layer->args[i]);
    return config;
}

static Value call_call(Evaluator *ev, const Given *given)
{
    return layer_call_plain(ev, layer_of(given->self), given->written, given->n_written);
}

/* Embedding(mask_zero=True) and Masking make masks; other layers hand on what they got. */
static Value compute_mask_call(Evaluator *ev, const Given *given)
{
    Layer *layer = layer_of(given->self);
    const bool masking = strcmp(layer->kind->name, "Masking") == 0, embedding = strcmp(layer->kind->name, "Embedding") == 0;
    Value flag, hidden = value_int(0);
    if (layer->model) return unknown_here(ev, "cause.not_known_object");
    if (!masking && !embedding) return given->arg[1] ? *given->arg[1] : value_none();
    if (embedding && (!layer_attribute(ev, layer, "mask_zero", &flag) || flag.kind != VALUE_BOOL || !flag.boolean)) return value_none();
    if (masking) layer_attribute(ev, layer, "mask_value", &hidden);
    const Argument args[] = {{.value = *given->arg[0], .span = SPAN_NONE}, {.value = hidden, .span = SPAN_NONE}};
    const Value differs = operation_call(ev, "not_equal", args, 2);
    const Argument any[] = {{.value = differs, .span = SPAN_NONE}, {.keyword = "axis", .value = value_int(-1), .span = SPAN_NONE}};
    return masking ? operation_call(ev, "any", any, 2) : differs;
}

static const Native layer_methods[] = {
    {.name = "set_weights", .params = "!weights", .call = set_weights_call},
    {.name = "get_weights", .params = "", .call = get_weights_call},
    {.name = "count_params", .params = "", .call = count_params_call},
    {.name = "build", .params = "!input_shape? *more", .call = build_call},
    {.name = "compute_output_shape", .params = "!input_shape *more", .call = compute_output_shape_call},
    {.name = "get_config", .params = "", .call = get_config_call},
    {.name = "call", .params = "!*args **more", .call = call_call},
    {.name = "__call__", .params = "!*args **more", .call = call_call},
    {.name = "add_loss", .params = "!*args **more", .call = give_none},
    {.name = "add_metric", .params = "!*args **more", .call = give_none},
    {.name = "adapt", .params = "!*args **more", .call = give_none},
    {.name = "reset_state", .params = "!*args **more", .call = give_none},
    {.name = "reset_states", .params = "!*args **more", .call = give_none},
    {.name = "compute_mask", .params = "inputs previous_mask?", .call = compute_mask_call},
    {.name = "get_initial_state", .params = "!*args **more", .call = give_unknown, .data = "cause.not_known_numbers"},
    {0}};

/* ---- tensors at the ends ---- */

static Value one_or_list(Evaluator *ev, KerasTensor *const *tensors, int n)
{
    if (n == 1) return value_tensor(tensors[0]);
    Value list = value_list(ev->arena, VALUE_LIST, (size_t)n);
    for (int i = 0; i < n; i++) list_add(list.list, value_tensor(tensors[i]));
    return list;
}

static Value tensor_list(Evaluator *ev, KerasTensor *const *tensors, int n)
{
    Value list = value_list(ev->arena, VALUE_LIST, (size_t)n);
    for (int i = 0; i < n; i++) list_add(list.list, value_tensor(tensors[i]));
    return list;
}

static Value called_end(Evaluator *ev, const Layer *layer, const char *which)
{
    if (!layer->n_calls)
        raise_error(ev, "AttributeError", "The layer %s has never been called and thus has no defined %s.", layer->name, which);
    const Node *node = layer->calls[0];
    if (is(which, "output")) return one_or_list(ev, node->out, node->n_out);
    return node->n_in ? one_or_list(ev, node->in, node->n_linked) : one_or_list(ev, node->out, node->n_out);
}

static Value shapes_of(Evaluator *ev, KerasTensor *const *tensors, int n)
{
    if (n == 1) return value_shape(ev->arena, &tensors[0]->spec.shape);
    Value list = value_list(ev->arena, VALUE_LIST, (size_t)n);
    for (int i = 0; i < n; i++) list_add(list.list, value_shape(ev->arena, &tensors[i]->spec.shape));
    return list;
}

static void check_built(Evaluator *ev, const Model *model, const char *what)
{
    if (model->built) return;
    raise_error(ev, "AttributeError", "Sequential model '%s' has no defined %s yet.", model->self->name, what);
}

static bool model_end(Evaluator *ev, const Model *model, const char *name, Value *out)
{
    const bool graph = model->kind != MODEL_SEQUENTIAL && model->built;
    if (is(name, "inputs")) { check_built(ev, model, "inputs"); *out = tensor_list(ev, model->inputs, model->n_inputs); }
    else if (is(name, "outputs")) { check_built(ev, model, "outputs"); *out = tensor_list(ev, model->outputs, model->n_outputs); }
    else if (is(name, "input_shape")) { check_built(ev, model, "input shape"); *out = shapes_of(ev, model->inputs, model->n_inputs); }
    else if (is(name, "output_shape")) { check_built(ev, model, "output shape"); *out = shapes_of(ev, model->outputs, model->n_outputs); }
    else if (is(name, "input")) *out = graph ? model->input_structure : called_end(ev, model->self, "input");
    else if (is(name, "output")) *out = graph ? model->output_structure : called_end(ev, model->self, "output");
    else return false;
    return true;
}

static bool model_attribute(Evaluator *ev, Model *model, const char *name, Value *out)
{
    static const char *const trained[] = {"history", "optimizer", "loss", "metrics", "metrics_names", "stop_training", "losses"};
    if (is(name, "layers")) { *out = model_layers(ev, model); return true; }
    if (model_end(ev, model, name, out) || method_find(ev, MODEL_METHODS, value_layer(model->self), name, out)) return true;
    if (model->kind == MODEL_SEQUENTIAL && method_find(ev, SEQUENTIAL_METHODS, value_layer(model->self), name, out)) return true;
    for (size_t i = 0; i < sizeof trained / sizeof *trained; i++) {
        if (!is(name, trained[i])) continue;
        *out = unknown_here(ev, "cause.not_known_numbers");
        return true;
    }
    return false;
}

/* ---- attributes of layers ---- */

/* kernel, bias, units, cell ...: weights, arguments and wrapped layers. */
static bool own_attribute(Evaluator *ev, const Layer *layer, const char *name, Value *out)
{
    for (int i = 0; i < layer->n_weights; i++) {
        if (!is(layer->weights[i].name, name)) continue;
        *out = value_array(ev, layer->weights[i].shape, layer->weights[i].dtype, NULL);
        return true;
    }
    for (int i = 0; layer->args && i < layer->kind->n_params; i++) {
        if (!is(layer->kind->params[i].name, name)) continue;
        *out = layer->args[i];
        out->span = SPAN_NONE;
        return true;
    }
    const bool wraps = is(name, "layer") || is(name, "cell") || is(name, "forward_layer");
    if (wraps && layer->n_children) { *out = value_layer(layer->children[0]); return true; }
    if (is(name, "backward_layer") && layer->n_children > 1) { *out = value_layer(layer->children[1]); return true; }
    return false;
}

static bool weight_attribute(Evaluator *ev, const Layer *layer, const char *name, Value *out)
{
    if (is(name, "weights") || is(name, "variables")) *out = weight_list(ev, layer, NULL);
    else if (is(name, "trainable_weights") || is(name, "trainable_variables")) *out = weight_list(ev, layer, learns);
    else if (is(name, "non_trainable_weights") || is(name, "non_trainable_variables")) *out = weight_list(ev, layer, is_fixed);
    else if (is(name, "losses") || is(name, "metrics") || is(name, "updates")) *out = value_list(ev->arena, VALUE_LIST, 0);
    else return false;
    return true;
}

static bool base_attribute(Evaluator *ev, const Layer *layer, const char *name, Value *out)
{
    if (is(name, "name")) *out = value_text(ev->arena, layer->name);
    else if (is(name, "trainable")) *out = value_bool(layer->trainable);
    else if (is(name, "built")) *out = value_bool(layer->built);
    else if (is(name, "dtype") || is(name, "variable_dtype") || is(name, "compute_dtype")) *out = value_text(ev->arena, dtype_name(layer->dtype));
    else if (is(name, "dtype_policy")) *out = layer->dtype_policy;
    else if (is(name, "supports_masking")) *out = value_bool(layer->supports_masking);
    else if (is(name, "__class__")) *out = value_class(layer_class_of(ev, layer));
    else if (is(name, "input_spec") || is(name, "__doc__") || is(name, "activity_regularizer")) *out = value_none();
    else return false;
    return true;
}

bool layer_attribute(Evaluator *ev, Layer *layer, const char *name, Value *out)
{
    if (base_attribute(ev, layer, name, out) || (layer->model && model_attribute(ev, layer->model, name, out))) return true;
    if (weight_attribute(ev, layer, name, out) || own_attribute(ev, layer, name, out)) return true;
    if (method_find(ev, layer_methods, value_layer(layer), name, out)) return true;
    if (!is(name, "input") && !is(name, "output")) return false;
    *out = called_end(ev, layer, name);
    return true;
}

static void set_trainable(Evaluator *ev, Layer *layer, Value value)
{
    if (value.kind == VALUE_UNKNOWN || doubt_spares(ev, layer)) return;
    layer_set_trainable(layer, truth(ev, value));
    if (layer->model) registry_model(ev, layer->model);
    trail_builds(ev);
}

static void set_name(Evaluator *ev, Layer *layer, Value value)
{
    if (value.kind != VALUE_STRING || doubt_spares(ev, layer)) return;
    layer->name = value.string.bytes;
    trail_builds(ev);
}

static bool among(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (is(names[i], name)) return true;
    return false;
}

/* Properties that only tell. */
static bool only_tells(const Layer *layer, const char *name)
{
    static const char *const of_all[] = {
        "weights", "trainable_weights", "non_trainable_weights", "variables", "trainable_variables", "non_trainable_variables",
        "metrics", "metrics_variables", "losses", "input", "output", "dtype", "compute_dtype", "variable_dtype", "input_dtype",
        "path", "quantization_mode"};
    static const char *const of_graphs[] = {"inputs", "outputs", "input_shape", "output_shape"};
    const bool graph = layer->model && layer->model->kind != MODEL_SUBCLASSED;
    return among(of_all, sizeof of_all / sizeof *of_all, name) || (graph && among(of_graphs, sizeof of_graphs / sizeof *of_graphs, name));
}

static void refuse_setting(Evaluator *ev, const Layer *layer, const char *name)
{
    if (only_tells(layer, name)) raise_error(ev, "AttributeError", "property '%s' of '%s' object has no setter", name, layer->class_name);
    if (!is(name, "layers") || layer_class_of(ev, layer)->family != CLASS_MODEL) return;
    if (layer->model->kind == MODEL_SEQUENTIAL)
        raise_error(ev, "AttributeError", "`Sequential.layers` attribute is reserved and should not be used. Use `add()` and `pop()` to "
                    "change the layers in this model.");
    raise_error(ev, "AttributeError", "`Model.layers` attribute is reserved and should not be used. Please use another name.");
}

bool layer_attribute_set(Evaluator *ev, Layer *layer, const char *name, Value value)
{
    refuse_setting(ev, layer, name);
    if (is(name, "trainable")) set_trainable(ev, layer, value);
    else if (is(name, "name") || is(name, "_name")) set_name(ev, layer, value);
    else return false;
    return true;
}

/* ---- tensors ---- */

static bool tensor_method(Evaluator *ev, KerasTensor *tensor, const char *name, Value *out)
{
    if (!is(name, "reshape") && !is(name, "squeeze")) return false;
    Partial *partial = ARENA_NEW(ev->arena, Partial);
    Argument *self = ARENA_NEW(ev->arena, Argument);
    *self = (Argument){.value = value_tensor(tensor), .span = SPAN_NONE};
    *partial = (Partial){value_object(&OBJECT_OPERATION, name), self, 1};
    *out = value_object(&OBJECT_PARTIAL, partial);
    return true;
}

static Value get_shape_call(Evaluator *ev, const Given *given)
{
    return value_shape(ev->arena, &given->self->tensor->spec.shape);
}

static const Native get_shape = {.name = "get_shape", .params = "", .call = get_shape_call};

bool tensor_attribute(Evaluator *ev, KerasTensor *tensor, const char *name, Value *out)
{
    if (is(name, "shape") || is(name, "_keras_shape")) *out = value_shape(ev->arena, &tensor->spec.shape);
    else if (is(name, "dtype")) *out = value_text(ev->arena, dtype_name(tensor->spec.dtype));
    else if (is(name, "name")) *out = value_text(ev->arena, tensor->name);
    else if (is(name, "ndim")) *out = value_int(tensor->spec.shape.rank);
    else if (is(name, "sparse") || is(name, "ragged")) *out = value_bool(false);
    else if (is(name, "get_shape")) *out = value_method(ev->arena, value_tensor(tensor), value_native(&get_shape));
    else return tensor_method(ev, tensor, name, out);
    return true;
}

ValueList *tensor_items(Evaluator *ev, const KerasTensor *tensor)
{
    (void)tensor;
    raise_error(ev, "NotImplementedError", "Iterating over a symbolic KerasTensor is not supported.");
}

/* ---- small objects ---- */

static Value config_dict(Evaluator *ev, const Given *given)
{
    Value dict = value_dict(ev->arena);
    const ValueDict *arguments = &given->self->config->arguments;
    for (size_t i = 0; i < arguments->keys.n; i++) dict_set(ev->arena, dict.dict, arguments->keys.items[i], arguments->values.items[i]);
    return dict;
}

static const Native get_config = {.name = "get_config", .params = "", .call = config_dict};

bool config_attribute(Evaluator *ev, Value value, const char *name, Value *out)
{
    const Value *argument = dict_find(&value.config->arguments, name);
    if (argument) *out = *argument;
    else if (is(name, "__name__") || is(name, "name")) *out = value_text(ev->arena, value.config->class_name);
    else if (is(name, "get_config")) *out = value_method(ev->arena, value, value_native(&get_config));
    else *out = unknown_here(ev, "cause.not_known_object");
    return true;
}

/* ---- none of that name ---- */

static void offer_methods(Nearest *nearest, const Native *methods)
{
    for (; methods->name; methods++) nearest_offer(nearest, methods->name);
}

static void offer_layer_names(Nearest *nearest, const Layer *layer)
{
    static const char *const names[] = {"name", "trainable", "built", "dtype", "weights", "input", "output", "layers", "inputs", "outputs",
                                        "input_shape", "output_shape", "trainable_weights"};
    offer_methods(nearest, layer_methods);
    if (layer->model) offer_methods(nearest, MODEL_METHODS);
    if (layer->model && layer->model->kind == MODEL_SEQUENTIAL) offer_methods(nearest, SEQUENTIAL_METHODS);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (layer->model || i < 7) nearest_offer(nearest, names[i]);
    for (int i = 0; i < layer->kind->n_params; i++) nearest_offer(nearest, layer->kind->params[i].name);
}

/* Weights that say what they wait for: those that a quantized layer has under another name. */
static bool needs_building(const Layer *layer, const char *name)
{
    static const char *const kernels[] = {"Dense", "EinsumDense", "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"};
    if (strcmp(name, "embeddings") == 0) return strcmp(layer->kind->name, "Embedding") == 0;
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels && strcmp(name, "kernel") == 0; i++)
        if (strcmp(layer->kind->name, kernels[i]) == 0) return true;
    return false;
}

void attribute_raise(Evaluator *ev, Value value, const char *name)
{
    Nearest nearest = nearest_begin(name);
    Error error = error_make(ev);
    const char *type = value.kind == VALUE_TENSOR && ev->following ? "SymbolicTensor" : type_of(&value);    /* as TensorFlow has it there */
    if (value.kind == VALUE_LAYER && needs_building(value.layer, name))
        raise_error(ev, "AttributeError", "You must build the layer before accessing `%s`.", name);
    error_set(&error, "AttributeError", "'%s' object has no attribute '%s'", type, name);
    error.at = ev->span;
    if (value.kind == VALUE_LAYER) offer_layer_names(&nearest, value.layer);
    if (value.kind == VALUE_NONE) error_cause(&error, "cause.none_attribute", name, NULL);
    suggest(&nearest, ev->span, &error);
    raise_fault(ev, &error);
}
