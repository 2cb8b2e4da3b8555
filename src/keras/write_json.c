#include <string.h>

#include "engine/config.h"
#include "engine/constant.h"
#include "keras/code_writer.h"
#include "keras/graph_view.h"
#include "keras/json_write.h"
#include "keras/opaque.h"
#include "keras/write.h"

/* The file is put together as values, then printed. */
typedef struct Writer {
    Arena *arena;
} Writer;

static Value model_object(Writer *, const Model *);

static Value text(Writer *writer, const char *string) { return value_string(writer->arena, string, strlen(string)); }

static void set(Writer *writer, Value *dict, const char *key, Value value) { dict_set(writer->arena, dict->dict, text(writer, key), value); }

static Value object(Writer *writer, const char *module, const char *class_name, Value config)
{
    Value dict = value_dict(writer->arena);
    set(writer, &dict, "module", module ? text(writer, module) : value_none());
    set(writer, &dict, "class_name", text(writer, class_name));
    set(writer, &dict, "config", config);
    set(writer, &dict, "registered_name", value_none());
    return dict;
}

static Value policy(Writer *writer, const Value *name)
{
    Value config = value_dict(writer->arena);
    set(writer, &config, "name", name->kind == VALUE_STRING ? *name : text(writer, "float32"));
    return object(writer, "keras", "DTypePolicy", config);
}

/* ---- values ---- */

static Value written(Writer *, const Value *);
static Value layer_object(Writer *, const Layer *);

static Value written_list(Writer *writer, const ValueList *list)
{
    Value out = value_list(writer->arena, VALUE_LIST, list->n);
    for (size_t i = 0; i < list->n; i++) list_add(out.list, written(writer, &list->items[i]));
    return out;
}

static Value written_dict(Writer *writer, const ValueDict *dict)
{
    Value out = value_dict(writer->arena);
    for (size_t i = 0; i < dict->keys.n; i++) dict_set(writer->arena, out.dict, dict->keys.items[i], written(writer, &dict->values.items[i]));
    return out;
}

static Value written_config(Writer *writer, const ValueConfig *config)
{
    if (config->function && !config->custom) return text(writer, config->class_name);
    if (config->function) return object(writer, "builtins", "function", text(writer, config->class_name));
    return object(writer, config->module, config->class_name, written_dict(writer, &config->arguments));
}

/* Nested lists of an array's numbers; whole numbers for whole types. */
static Value array_list(Writer *writer, const Tensor *tensor, int axis, int64_t from)
{
    if (axis == tensor->shape.rank) {
        const double number = (double)tensor->data[from];
        if (tensor->dtype == DTYPE_BOOL) return value_bool(number != 0.0);
        return dtype_is_float(tensor->dtype) ? value_float(number) : value_int((int64_t)number);
    }
    const int64_t step = shape_span_size(&tensor->shape, axis + 1, tensor->shape.rank);
    Value list = value_list(writer->arena, VALUE_LIST, (size_t)tensor->shape.dim[axis]);
    for (int64_t i = 0; i < tensor->shape.dim[axis]; i++) list_add(list.list, array_list(writer, tensor, axis + 1, from + i * step));
    return list;
}

static Value special(Writer *writer, const char *class_name, Value config)
{
    Value dict = value_dict(writer->arena);
    set(writer, &dict, "class_name", text(writer, class_name));
    set(writer, &dict, "config", config);
    return dict;
}

static Value written_slice(Writer *writer, const SliceParts *slice)
{
    Value config = value_dict(writer->arena);
    set(writer, &config, "start", slice->start);
    set(writer, &config, "stop", slice->stop);
    set(writer, &config, "step", slice->step);
    return special(writer, "__slice__", config);
}

static Value written_array(Writer *writer, const Tensor *tensor)
{
    Value config = value_dict(writer->arena);
    set(writer, &config, "value", tensor->data ? array_list(writer, tensor, 0, 0) : value_none());
    set(writer, &config, "dtype", text(writer, dtype_name(tensor->dtype)));
    return special(writer, "__numpy__", config);
}

static Value written_constant(Writer *writer, const Value *value)
{
    if (value_is_object(value, &CONSTANT_SLICE)) return written_slice(writer, value->object.data);
    if (value_is_object(value, &CONSTANT_ELLIPSIS)) return special(writer, "__ellipsis__", value_dict(writer->arena));
    return value_is_object(value, &CONSTANT_ARRAY) ? written_array(writer, value->object.data) : value_none();
}

static Value written(Writer *writer, const Value *value)
{
    switch (value->kind) {
    case VALUE_TUPLE:
    case VALUE_LIST: return written_list(writer, value->list);
    case VALUE_DICT: return written_dict(writer, value->dict);
    case VALUE_CONFIG: return written_config(writer, value->config);
    case VALUE_LAYER: return layer_object(writer, value->layer);
    case VALUE_NONE:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_FLOAT:
    case VALUE_STRING: return *value;
    case VALUE_OBJECT: return written_constant(writer, value);
    case VALUE_TENSOR:
    case VALUE_UNKNOWN: return value_none();
    }
    return value_none();
}

/* ---- layers ---- */

static bool is_input(const Layer *layer) { return strcmp(layer->kind->name, "InputLayer") == 0; }

static bool is_base(const char *name)
{
    return strcmp(name, "name") == 0 || strcmp(name, "trainable") == 0 || strcmp(name, "dtype") == 0;
}

static void set_params(Writer *writer, const Layer *layer, Value *config)
{
    for (int i = 0; i < layer->kind->n_params; i++) {
        const ParamSpec *param = &layer->kind->params[i];
        if (!layer_saves(layer, i) || is_base(param->name)) continue;
        const Layer *wrapped = wrapped_layer(layer, i);
        set(writer, config, param->name, wrapped ? layer_object(writer, wrapped) : written(writer, &layer->args[i]));
    }
    if (layer->activity_regularizer.kind == VALUE_CONFIG && strcmp(layer->kind->name, "ActivityRegularization") != 0)
        set(writer, config, "activity_regularizer", written(writer, &layer->activity_regularizer));
}

static Value input_object(Writer *writer, const Layer *layer)
{
    const TensorSpec *spec = &layer->calls[0]->out[0]->spec;
    Value config = value_dict(writer->arena);
    const Value shape = value_shape(writer->arena, &spec->shape);
    set(writer, &config, "batch_shape", written(writer, &shape));
    set(writer, &config, "dtype", text(writer, dtype_name(spec->dtype)));
    set(writer, &config, "sparse", value_bool(false));
    set(writer, &config, "ragged", value_bool(false));
    set(writer, &config, "name", text(writer, layer->name));
    set(writer, &config, "optional", value_bool(false));
    return object(writer, "keras.layers", "InputLayer", config);
}

static Value operation_object(Writer *writer, const Layer *layer)
{
    Value config = value_dict(writer->arena);
    set(writer, &config, "name", text(writer, layer->name));
    set_params(writer, layer, &config);
    Value dict = object(writer, layer->kind->module, layer->kind->name, config);
    set(writer, &dict, "registered_name", text(writer, layer->kind->name));
    return dict;
}

/* Constructors without **kwargs take no `trainable`, and the type by its name. */
static Value base_config(Writer *writer, const Layer *layer)
{
    const bool plain = layer->kind->no_keywords && !layer->model;
    Value config = value_dict(writer->arena);
    set(writer, &config, "name", text(writer, layer->name));
    if (!plain) set(writer, &config, "trainable", value_bool(layer->trainable));
    set(writer, &config, "dtype", plain ? layer->dtype_policy : policy(writer, &layer->dtype_policy));
    return config;
}

static Value copy_dict(Writer *writer, const Value *dict)
{
    Value copy = value_dict(writer->arena);
    for (size_t i = 0; i < dict->dict->keys.n; i++)
        dict_set(writer->arena, copy.dict, dict->dict->keys.items[i], dict->dict->values.items[i]);
    return copy;
}

static Value custom_object(Writer *writer, const Layer *layer)
{
    const Value *source = opaque_source(layer);
    if (source) return copy_dict(writer, source);
    Value dict = object(writer, NULL, layer->class_name, base_config(writer, layer));
    set(writer, &dict, "registered_name", text(writer, layer->class_name));
    return dict;
}

static Value layer_object(Writer *writer, const Layer *layer)
{
    if (layer->model) return model_object(writer, layer->model);
    if (is_input(layer)) return input_object(writer, layer);
    if (layer->kind->operation) return operation_object(writer, layer);
    if (layer_is_opaque(layer)) return custom_object(writer, layer);
    Value config = base_config(writer, layer);
    set_params(writer, layer, &config);
    Value dict = object(writer, "keras.layers", public_class(layer), config);
    if (layer->build_config.kind == VALUE_DICT) set(writer, &dict, "build_config", written(writer, &layer->build_config));
    return dict;
}

/* ---- calls of a graph ---- */

typedef struct Graph {
    Writer   *writer;
    GraphView view;
} Graph;

static Value history(Graph *graph, const KerasTensor *tensor, int first_call)
{
    const int call = call_index_in(&graph->view, tensor->node) + first_call;
    Value list = value_list(graph->writer->arena, VALUE_LIST, 3);
    list_add(list.list, text(graph->writer, tensor->node->layer->name));
    list_add(list.list, value_int(call));
    list_add(list.list, value_int(tensor->index));
    return list;
}

static Value tensor_object(Graph *graph, const KerasTensor *tensor)
{
    Writer *writer = graph->writer;
    Value config = value_dict(writer->arena), dict = value_dict(writer->arena);
    const Value shape = value_shape(writer->arena, &tensor->spec.shape);
    set(writer, &config, "shape", written(writer, &shape));
    set(writer, &config, "dtype", text(writer, dtype_name(tensor->spec.dtype)));
    set(writer, &config, "keras_history", history(graph, tensor, 0));
    set(writer, &dict, "class_name", text(writer, "__keras_tensor__"));
    set(writer, &dict, "config", config);
    return dict;
}

static Value call_value(Graph *graph, const Value *value)
{
    if (value->kind == VALUE_TENSOR)
        return value->tensor->node ? tensor_object(graph, value->tensor) : written(graph->writer, &value->tensor->constant);
    if (value->kind != VALUE_LIST && value->kind != VALUE_TUPLE) return written(graph->writer, value);
    Value list = value_list(graph->writer->arena, VALUE_LIST, value->list->n);
    for (size_t i = 0; i < value->list->n; i++) list_add(list.list, call_value(graph, &value->list->items[i]));
    return list;
}

static bool is_positional(const LayerKind *kind, int i)
{
    if (i == 0 || !kind->call_params) return true;
    return kind->call_params[i].required && (kind->operation || kind->call_params[i].type == PARAM_TENSORS);
}

static bool is_nothing(const Value *value)
{
    if (value->kind != VALUE_LIST && value->kind != VALUE_TUPLE) return value->kind == VALUE_NONE;
    for (size_t i = 0; i < value->list->n; i++)
        if (!is_nothing(&value->list->items[i])) return false;
    return true;
}

static bool is_said(const ParamSpec *param, const Value *value)
{
    return !value_equal(value, &param->fallback) && !(is_nothing(value) && param->fallback.kind == VALUE_NONE);
}

static Value call_object(Graph *graph, const Node *node)
{
    Writer *writer = graph->writer;
    const LayerKind *kind = node->layer->kind;
    Value args = value_list(writer->arena, VALUE_LIST, 1), kwargs = value_dict(writer->arena), dict = value_dict(writer->arena);
    for (int i = 0; i < node->call.n; i++) {
        const Value *value = &node->call.args[i];
        if (is_positional(kind, i)) list_add(args.list, call_value(graph, value));
        else if (is_said(&kind->call_params[i], value)) set(writer, &kwargs, kind->call_params[i].name, call_value(graph, value));
    }
    set(writer, &dict, "args", args);
    set(writer, &dict, "kwargs", kwargs);
    return dict;
}

static Value calls_of(Graph *graph, const Layer *layer)
{
    Value nodes = value_list(graph->writer->arena, VALUE_LIST, 1);
    const Node *const *calls;
    const int n = view_calls(&graph->view, layer, &calls);
    for (int i = 0; i < n; i++)
        if (calls[i]->n_in) list_add(nodes.list, call_object(graph, calls[i]));
    return nodes;
}

/* Functional models used as layers count their calls from 1 here. */
static Value end(Graph *graph, const Value *value)
{
    if (value->kind == VALUE_TENSOR) {
        const Model *model = value->tensor->node->layer->model;
        return history(graph, value->tensor, model && model->kind == MODEL_FUNCTIONAL);
    }
    Writer *writer = graph->writer;
    const bool is_dict = value->kind == VALUE_DICT;
    const ValueList *items = is_dict ? &value->dict->values : value->list;
    Value out = is_dict ? value_dict(writer->arena) : value_list(writer->arena, VALUE_LIST, items->n);
    for (size_t i = 0; i < items->n; i++) {
        const Value item = end(graph, &items->items[i]);
        if (is_dict) dict_set(writer->arena, out.dict, value->dict->keys.items[i], item);
        else list_add(out.list, item);
    }
    return out;
}

/* ---- models ---- */

static Value sequential_object(Writer *writer, const Model *model)
{
    Value config = base_config(writer, model->self);
    Value layers = value_list(writer->arena, VALUE_LIST, (size_t)model->n_layers + 1);
    if (model->input_layer) list_add(layers.list, layer_object(writer, model->input_layer));
    for (int i = 0; i < model->n_layers; i++) list_add(layers.list, layer_object(writer, model->layers[i]));
    set(writer, &config, "layers", layers);
    if (model->built && model->n_inputs) {
        const Value shape = value_shape(writer->arena, &model->inputs[0]->spec.shape);
        set(writer, &config, "build_input_shape", written(writer, &shape));
    }
    return object(writer, "keras", "Sequential", config);
}

static Value functional_object(Writer *writer, const Model *model)
{
    Graph graph = {.writer = writer};
    Value config = value_dict(writer->arena), layers = value_list(writer->arena, VALUE_LIST, (size_t)model->n_layers);
    view_make(&graph.view, writer->arena, model, edge_is_linked);
    for (int i = 0; i < graph.view.n_layers; i++) {
        const Layer *layer = graph.view.layers[i];
        Value dict = layer_object(writer, layer);
        set(writer, &dict, "name", text(writer, layer->name));
        set(writer, &dict, "inbound_nodes", calls_of(&graph, layer));
        list_add(layers.list, dict);
    }
    set(writer, &config, "name", text(writer, model->self->name));
    set(writer, &config, "trainable", value_bool(model->self->trainable));
    set(writer, &config, "layers", layers);
    set(writer, &config, "input_layers", end(&graph, &model->input_structure));
    set(writer, &config, "output_layers", end(&graph, &model->output_structure));
    Value dict = object(writer, "keras.src.models.functional", "Functional", config);
    set(writer, &dict, "registered_name", text(writer, "Functional"));
    return dict;
}

static Value model_object(Writer *writer, const Model *model)
{
    if (model->kind == MODEL_SEQUENTIAL) return sequential_object(writer, model);
    if (model->kind == MODEL_FUNCTIONAL) return functional_object(writer, model);
    if (model->n_called) return functional_object(writer, model_as_functional(writer->arena, model));
    return object(writer, NULL, model->self->class_name, base_config(writer, model->self));
}

void write_json(Text *out, const Model *model)
{
    Writer writer = {.arena = out->arena};
    const Value value = model_object(&writer, model);
    json_put_value(out, &value);
}
