#include "keras/json_graph.h"

#include <stdlib.h>
#include <string.h>

#include "engine/constant.h"
#include "engine/nest.h"
#include "keras/opaque.h"

/* Shared layers may stand before what feeds them, so that the list is gone through again; a file that makes that
 * take longer than this is nothing Keras wrote. */
enum { TRIES_MAX = 4 * 1000 * 1000 };

typedef struct GraphLayer {
    const char      *name;
    const Value     *dict;
    Layer           *layer;
    const ValueList *nodes;
    size_t           done;
} GraphLayer;

typedef struct Graph {
    JsonReader *reader;
    GraphLayer *layers;  int n;
    int        *slots;   size_t n_slots;   /* index + 1 by hash of the name; 0 = free */
    bool        missing;                   /* what was asked for has not been called yet */
} Graph;

static bool refuse(Graph *graph, const Value *at, const char *message)
{
    Error *err = graph->reader->err;
    error_set(err, "ValueError", "%s", message);
    if (err && !span_known(err->at)) err->span = err->at = at->span;
    return error_cause(err, "json.model", NULL);
}

static bool refuse_name(Graph *graph, const Value *at, const char *format, const char *name)
{
    Text text = {.arena = graph->reader->builder->arena};
    text_put(&text, format);
    text_put(&text, name);
    return refuse(graph, at, text_string(&text));
}

/* ---- layers by name ---- */

static int *slot_of(const Graph *graph, const char *name)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (const char *p = name; *p; p++) hash = (hash ^ (unsigned char)*p) * UINT64_C(1099511628211);
    size_t at = (size_t)(hash % graph->n_slots);
    while (graph->slots[at] && strcmp(graph->layers[graph->slots[at] - 1].name, name) != 0) at = (at + 1) % graph->n_slots;
    return &graph->slots[at];
}

static GraphLayer *find_layer(const Graph *graph, const char *name)
{
    const int index = *slot_of(graph, name);
    return index ? &graph->layers[index - 1] : NULL;
}

static const char *name_in(const Value *dict)
{
    const char *name = json_text(dict, "name");
    return name ? name : json_text(json_member(dict, "config"), "name");
}

static bool add_layer(Graph *graph, const Value *dict)
{
    GraphLayer *entry = &graph->layers[graph->n];
    const Value *nodes = json_member(dict, "inbound_nodes");
    *entry = (GraphLayer){.name = name_in(dict), .dict = dict};
    if (!entry->name) return refuse(graph, dict, "A layer of a Functional model's configuration needs a `name`.");
    if (nodes && nodes->kind != VALUE_LIST) return refuse(graph, nodes, "`inbound_nodes` must be a list.");
    entry->nodes = nodes ? nodes->list : NULL;
    int *slot = slot_of(graph, entry->name);
    if (*slot) return refuse_name(graph, dict, "All layer names should be unique. Used twice: ", entry->name);
    if (!json_make_layer(graph->reader, dict, entry->name, &entry->layer)) return false;
    *slot = ++graph->n;
    return true;
}

static bool add_layers(Graph *graph, const Value *layers)
{
    Arena *arena = graph->reader->builder->arena;
    if (layers->kind != VALUE_LIST) return refuse(graph, layers, "`layers` must be a list.");
    graph->layers = ARENA_ARRAY(arena, layers->list->n, GraphLayer);
    graph->n_slots = 2 * layers->list->n + 1;
    graph->slots = ARENA_ARRAY(arena, graph->n_slots, int);
    for (size_t i = 0; i < layers->list->n; i++)
        if (!add_layer(graph, &layers->list->items[i])) return false;
    return true;
}

/* ---- tensors: ["dense", 0, 0] is the first output of the first call of dense ---- */

static bool is_history(const Value *value)
{
    return value && value->kind == VALUE_LIST && value->list->n >= 3 && value->list->items[0].kind == VALUE_STRING
        && value_is_int(&value->list->items[1]) && value_is_int(&value->list->items[2]);
}

/* A Functional has been called once before anybody calls it. */
static bool is_called_before(const Graph *graph, const Layer *layer)
{
    return layer->model && (graph->reader->of_keras2 || layer->model->kind != MODEL_SEQUENTIAL);
}

static bool tensor_at(Graph *graph, const Value *history, int64_t first_call, Value *out)
{
    const Value *item = history->list->items;
    const GraphLayer *entry = find_layer(graph, item[0].string.bytes);
    if (!entry) return refuse_name(graph, history, "Unknown layer: ", item[0].string.bytes);
    const int64_t call = item[1].integer - (is_called_before(graph, entry->layer) && item[1].integer > 0 ? first_call : 0);
    graph->missing = call >= entry->layer->n_calls;
    if (graph->missing) return false;
    const Node *node = call < 0 ? NULL : entry->layer->calls[call];
    if (!node || item[2].integer < 0 || item[2].integer >= node->n_out)
        return refuse_name(graph, history, "Invalid Functional model configuration. Missing output of ", entry->name);
    *out = value_tensor(node->out[item[2].integer]);
    return true;
}

static bool resolve(Graph *graph, const Value *value, Value *out);

static bool resolve_items(Graph *graph, const Value *value, Value *out)
{
    *out = value_list(graph->reader->builder->arena, VALUE_LIST, value->list->n);
    for (size_t i = 0; i < value->list->n; i++) {
        Value item;
        if (!resolve(graph, &value->list->items[i], &item)) return false;
        list_add(out->list, item);
    }
    return true;
}

static bool resolve_members(Graph *graph, const Value *value, Value *out)
{
    Arena *arena = graph->reader->builder->arena;
    *out = value_dict(arena);
    for (size_t i = 0; i < value->dict->keys.n; i++) {
        Value item;
        if (!resolve(graph, &value->dict->values.items[i], &item)) return false;
        dict_set(arena, out->dict, value->dict->keys.items[i], item);
    }
    return true;
}

/* {"start": 1, "stop": null, "step": null} */
static bool is_slice(const Value *value)
{
    return value->kind == VALUE_DICT && value->dict->keys.n == 3 && json_member(value, "start") && json_member(value, "stop")
        && json_member(value, "step");
}

/* An argument of a call, tensors and all. */
static bool resolve(Graph *graph, const Value *value, Value *out)
{
    const char *class_name = json_text(value, "class_name");
    const Value *config = json_member(value, "config");
    if (class_name && strcmp(class_name, "__keras_tensor__") == 0) {
        const Value *history = json_member(config, "keras_history");
        if (!is_history(history)) return refuse(graph, value, "A tensor of a call needs its `keras_history`.");
        return tensor_at(graph, history, 0, out);
    }
    if (class_name && config) return json_convert(graph->reader, value, PARAM_ANY, out);
    if (graph->reader->legacy && is_history(value) && find_layer(graph, value->list->items[0].string.bytes))
        return tensor_at(graph, value, 1, out);
    if (class_name && strcmp(class_name, "__ellipsis__") == 0) return *out = value_ellipsis(), true;
    if (graph->reader->legacy && is_slice(value)) return json_slice(graph->reader, value, out);
    if (value->kind == VALUE_LIST) return resolve_items(graph, value, out);
    if (value->kind == VALUE_DICT) return resolve_members(graph, value, out);
    *out = *value;
    return true;
}

/* ---- calls ---- */

typedef struct CallArguments {
    Argument *item;
    int       n;
} CallArguments;

static void add_argument(CallArguments *args, const char *keyword, Value value)
{
    args->item[args->n++] = (Argument){.keyword = keyword, .value = value, .span = SPAN_NONE};
}

static bool add_keywords(Graph *graph, const Value *kwargs, CallArguments *args)
{
    Value value;
    for (size_t i = 0; kwargs && i < kwargs->dict->keys.n; i++) {
        if (!resolve(graph, &kwargs->dict->values.items[i], &value)) return false;
        add_argument(args, kwargs->dict->keys.items[i].string.bytes, value);
    }
    return true;
}

/* {"args": [...], "kwargs": {...}} */
static bool take_arguments(Graph *graph, const Value *node, CallArguments *args)
{
    const Value *positional = json_member(node, "args"), *kwargs = json_member(node, "kwargs");
    if (!positional || positional->kind != VALUE_LIST || (kwargs && kwargs->kind != VALUE_DICT))
        return refuse(graph, node, "Cannot deserialize the model (invalid config data?)");
    args->item = ARENA_ARRAY(graph->reader->builder->arena, positional->list->n + (kwargs ? kwargs->dict->keys.n : 0), Argument);
    for (size_t i = 0; i < positional->list->n; i++) {
        Value value;
        if (!resolve(graph, &positional->list->items[i], &value)) return false;
        add_argument(args, NULL, value);
    }
    return add_keywords(graph, kwargs, args);
}

/* ["_CONSTANT_VALUE", -1, 2.0, {...}]: a number where a tensor could stand. */
static bool is_constant(const Value *entry)
{
    return entry->kind == VALUE_LIST && entry->list->n >= 3 && entry->list->items[0].kind == VALUE_STRING
        && strcmp(entry->list->items[0].string.bytes, "_CONSTANT_VALUE") == 0;
}

static bool take_legacy_entry(Graph *graph, const Value *entry, Value *out)
{
    if (is_constant(entry)) return *out = entry->list->items[2], true;
    if (!is_history(entry)) return refuse(graph, entry, "Cannot deserialize the model (invalid config data?)");
    return tensor_at(graph, entry, 1, out);
}

static const Value *keywords_of(const Value *entry)
{
    const Value *last = entry->kind == VALUE_LIST && entry->list->n > 3 ? &entry->list->items[3] : NULL;
    return last && last->kind == VALUE_DICT ? last : NULL;
}

/* Keras 2: [["dense", 0, 0, {"mask": ["embedding", 0, 0]}], ...]; several tensors are one list. */
static bool take_legacy_arguments(Graph *graph, const Value *node, CallArguments *args)
{
    Arena *arena = graph->reader->builder->arena;
    const ValueList *entries = node->list;
    const Value *kwargs = NULL;
    Value inputs = value_list(arena, VALUE_LIST, entries->n);
    for (size_t i = 0; i < entries->n; i++) {
        Value input;
        if (!take_legacy_entry(graph, &entries->items[i], &input)) return false;
        list_add(inputs.list, input);
        if (keywords_of(&entries->items[i])) kwargs = keywords_of(&entries->items[i]);
    }
    args->item = ARENA_ARRAY(arena, 1 + (kwargs ? kwargs->dict->keys.n : 0), Argument);
    add_argument(args, NULL, entries->n == 1 ? inputs.list->items[0] : inputs);
    return add_keywords(graph, kwargs, args);
}

/* What TensorFlow calls y, b or slice_spec stands second here. */
static bool take_operand(Graph *graph, const Value *keywords, CallArguments *args)
{
    Value operand;
    for (size_t i = 0; keywords && i < keywords->dict->keys.n; i++) {
        if (strcmp(keywords->dict->keys.items[i].string.bytes, "name") == 0) continue;
        if (args->n == 2 || !resolve(graph, &keywords->dict->values.items[i], &operand))
            return args->n == 2 ? refuse(graph, keywords, "Cannot deserialize the model (invalid config data?)") : false;
        add_argument(args, NULL, operand);
    }
    return true;
}

/* ["reshape", 0, 0, {"y": 2, "name": null}] */
static bool take_operation_arguments(Graph *graph, const Value *entry, CallArguments *args)
{
    Value input;
    if (!take_legacy_entry(graph, entry, &input)) return false;
    args->item = ARENA_ARRAY(graph->reader->builder->arena, 2, Argument);
    add_argument(args, NULL, input);
    return take_operand(graph, keywords_of(entry), args);
}

static bool take_node(Graph *graph, const Value *node, CallArguments *args)
{
    if (node->kind != VALUE_LIST) return take_arguments(graph, node, args);
    const bool operation = is_constant(node) || is_history(node);
    return operation ? take_operation_arguments(graph, node, args) : take_legacy_arguments(graph, node, args);
}

/* Of a layer whose call is not known only the tensors count. */
static void keep_tensors(Graph *graph, CallArguments *args)
{
    Arena *arena = graph->reader->builder->arena;
    Value tensors = value_list(arena, VALUE_LIST, 1);
    for (int i = 0; i < args->n; i++) {
        const Value leaves = nest_leaves(arena, &args->item[i].value);
        for (size_t k = 0; k < leaves.list->n; k++)
            if (leaves.list->items[k].kind == VALUE_TENSOR) list_add(tensors.list, leaves.list->items[k]);
    }
    args->n = 0;
    args->item = ARENA_NEW(arena, Argument);
    add_argument(args, NULL, tensors.list->n == 1 ? tensors.list->items[0] : tensors);
}

static bool call_layer(Graph *graph, GraphLayer *entry, const Value *node)
{
    CallArguments args = {0};
    graph->missing = false;
    if (!take_node(graph, node, &args)) return false;
    if (layer_is_opaque(entry->layer)) {
        if (!opaque_known(entry->layer)) return json_refuse_opaque(graph->reader, entry->dict, entry->layer);
        keep_tensors(graph, &args);
    }
    return layer_call(graph->reader->builder, entry->layer, args.item, args.n, SPAN_NONE, graph->reader->err) != NULL;
}

/* As many calls of one layer as can be made now. */
static bool call_ready(Graph *graph, GraphLayer *entry, bool *progress, int *tries)
{
    while (entry->nodes && entry->done < entry->nodes->n) {
        if (--*tries < 0) return refuse(graph, entry->dict, "The calls of this model stand in no usable order.");
        if (!call_layer(graph, entry, &entry->nodes->items[entry->done])) return graph->missing;
        entry->done++;
        *progress = true;
    }
    return true;
}

static bool is_done(const Graph *graph)
{
    for (int i = 0; i < graph->n; i++)
        if (graph->layers[i].nodes && graph->layers[i].done < graph->layers[i].nodes->n) return false;
    return true;
}

static bool call_all(Graph *graph, const Value *dict)
{
    int tries = TRIES_MAX;
    while (!is_done(graph)) {
        bool progress = false;
        for (int i = 0; i < graph->n; i++)
            if (!call_ready(graph, &graph->layers[i], &progress, &tries)) return false;
        if (!progress)
            return refuse(graph, dict, "Invalid Functional model configuration. The graph of the Functional model either has loops "
                                       "or disconnected nodes.");
    }
    return true;
}

/* ---- what tensors of calls say about the layers they come from ---- */

static void tell_shapes(Graph *graph, const Value *value)
{
    const Value *config = json_member(value, "config"), *history = json_member(config, "keras_history");
    Shape shape;
    if (is_history(history) && json_shape(json_member(config, "shape"), &shape)) {
        const Value *item = history->list->items;
        const GraphLayer *entry = find_layer(graph, item[0].string.bytes);
        const char *dtype = json_text(config, "dtype");
        if (entry && layer_is_opaque(entry->layer) && item[1].integer <= INT32_MAX && item[2].integer <= INT32_MAX)
            opaque_output(graph->reader->builder, entry->layer, (int)item[1].integer, (int)item[2].integer,
                          (TensorSpec){shape, dtype ? dtype_find(dtype) : DTYPE_FLOAT32});
        return;
    }
    if (value->kind != VALUE_LIST && value->kind != VALUE_DICT) return;
    const ValueList *items = value->kind == VALUE_DICT ? &value->dict->values : value->list;
    for (size_t i = 0; i < items->n; i++) tell_shapes(graph, &items->items[i]);
}

static void tell_opaque(Graph *graph)
{
    bool any = false;
    for (int i = 0; i < graph->n; i++) any |= layer_is_opaque(graph->layers[i].layer);
    for (int i = 0; any && i < graph->n; i++)
        for (size_t k = 0; graph->layers[i].nodes && k < graph->layers[i].nodes->n; k++)
            tell_shapes(graph, &graph->layers[i].nodes->items[k]);
}

/* ---- the model ---- */

/* Models used as layers count their calls from 1 here. */
static bool resolve_ends(Graph *graph, const Value *value, Value *out)
{
    if (is_history(value)) {
        if (tensor_at(graph, value, 1, out)) return true;
        return graph->missing ? refuse(graph, value, "Invalid Functional model configuration. An input or output is missing.") : false;
    }
    if (value->kind != VALUE_LIST && value->kind != VALUE_DICT)
        return refuse(graph, value, "`input_layers` and `output_layers` must be lists.");
    const bool dict = value->kind == VALUE_DICT;
    const ValueList *items = dict ? &value->dict->values : value->list;
    Arena *arena = graph->reader->builder->arena;
    *out = dict ? value_dict(arena) : value_list(arena, VALUE_LIST, items->n);
    for (size_t i = 0; i < items->n; i++) {
        Value item;
        if (!resolve_ends(graph, &items->items[i], &item)) return false;
        if (dict) dict_set(arena, out->dict, value->dict->keys.items[i], item);
        else list_add(out->list, item);
    }
    return true;
}

static bool finish(Graph *graph, const Value *dict, const Value *config, Model **out)
{
    const Value *inputs = json_member(config, "input_layers"), *trainable = json_member(config, "trainable");
    Value in, outs;
    if (!inputs) return refuse(graph, dict, "A Functional model configuration needs its `input_layers`.");
    if (!resolve_ends(graph, inputs, &in) || !resolve_ends(graph, json_member(config, "output_layers"), &outs)) return false;
    *out = functional_make(graph->reader->builder, in, outs, json_text(config, "name"), dict->span, graph->reader->err);
    if (!*out) return false;
    if (trainable && trainable->kind == VALUE_BOOL) (*out)->self->trainable = trainable->boolean;
    return true;
}

bool json_make_graph(JsonReader *reader, const Value *dict, const Value *config, Model **out)
{
    Graph graph = {.reader = reader};
    if (!add_layers(&graph, json_member(config, "layers"))) return false;
    tell_opaque(&graph);
    return call_all(&graph, dict) && finish(&graph, dict, config, out);
}
