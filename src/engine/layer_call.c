/* Keras' Layer.__call__ on symbolic tensors. */
#include <string.h>

#include "engine/binding.h"
#include "engine/layer_parts.h"
#include "engine/layers/layers.h"
#include "engine/model_parts.h"

const ParamSpec CALL_INPUTS[1] = {{.name = "inputs", .type = PARAM_TENSORS, .required = true}};

/* What one call knows while it goes through its steps. */
typedef struct Calling {
    Builder        *builder;
    Arena          *arena;
    Layer          *layer;
    const Argument *args;      int n_args;
    Span            span;
    Error          *err;
    const ParamSpec *params;
    Bound           bound;
    Call            call;
    KerasTensor   **in;        int n_in, n_linked;
    TensorSpec     *specs;     /* of `in`, as the layer sees them: floats in its own type */
    Value           previous_mask;
    Value           keywords;  /* what call() gets as keywords, for the words of a refusal */
} Calling;

KerasTensor *tensor_new(Builder *builder, TensorSpec spec, const char *name)
{
    KerasTensor *tensor = ARENA_NEW(builder->arena, KerasTensor);
    *tensor = (KerasTensor){.spec = spec, .name = name ? name : builder_name(builder, "KerasTensor"), .constant = VALUE_IS_NONE};
    return tensor;
}

const char *scope_enter(Builder *builder, Layer *layer)
{
    const char *outer = builder->scope;
    if (!layer->parent_path) layer->parent_path = outer;
    const char *parent = layer->parent_path;
    builder->scope = *parent ? arena_print(builder->arena, "%s/%s", parent, layer->name) : layer->name;
    return outer;
}

void scope_leave(Builder *builder, const char *outer)
{
    builder->scope = outer;
}

/* ---- arguments ---- */

static bool is_symbolic(const Value *value)
{
    return value->kind == VALUE_TENSOR;
}

/* Functional models and operations take anything by place. */
static bool takes_anything(const Layer *layer)
{
    return layer->kind->operation || (layer->model && layer->model->kind == MODEL_FUNCTIONAL);
}

static bool check_positional(Calling *c)
{
    if (takes_anything(c->layer)) return true;
    for (int i = 0; i < c->n_args; i++) {
        if (c->args[i].keyword) continue;
        const Value leaves = nest_leaves(c->arena, &c->args[i].value);
        for (size_t j = 0; j < leaves.list->n; j++) {
            const Value *leaf = &leaves.list->items[j];
            if (is_symbolic(leaf) || leaf->kind == VALUE_NONE || leaf->kind == VALUE_UNKNOWN) continue;
            const char *text = value_str_text(c->arena, leaf);
            error_set(c->err, "ValueError", "Only input tensors may be passed as positional arguments. The following argument value "
                      "should be passed as a keyword argument: %s (of type <class '%s'>)", text, value_type(leaf));
            if (c->err) c->err->at = c->args[i].span;
            return error_cause(c->err, "cause.not_a_tensor", text, NULL);
        }
    }
    return true;
}

/* A nest with tensors and other things in it; None counts as neither. */
static bool is_mixed(Arena *arena, const Value *value, bool *tensors)
{
    const Value leaves = nest_leaves(arena, value);
    size_t symbolic = 0, absent = 0;
    for (size_t i = 0; i < leaves.list->n; i++) {
        symbolic += is_symbolic(&leaves.list->items[i]);
        absent += leaves.list->items[i].kind == VALUE_NONE;
    }
    *tensors = leaves.list->n > 0 && symbolic + absent == leaves.list->n;
    return symbolic > 0 && !*tensors;
}

/* An argument that is a tensor or a nest of them. */
static bool is_tensor_argument(Arena *arena, const Value *value)
{
    bool tensors = false;
    if (is_symbolic(value)) return true;
    return value_is_nest(value) && !is_mixed(arena, value, &tensors) && tensors;
}

static int param_index(const Calling *c, const char *name)
{
    for (int i = 0; i < c->call.n; i++)
        if (strcmp(c->params[i].name, name) == 0) return i;
    return -1;
}

/* `training` goes through every layer, whether its call() takes it or not. */
static int drop_training(const Calling *c, Argument *kept)
{
    int n = 0;
    for (int i = 0; i < c->n_args; i++)
        if (!c->args[i].keyword || strcmp(c->args[i].keyword, "training") != 0 || param_index(c, "training") >= 0)
            kept[n++] = c->args[i];
    return n;
}

static bool bind_arguments(Calling *c)
{
    c->params = kind_call_params(c->layer->kind, &c->call.n);
    const Signature signature = {.name = "call", .params = c->params, .n_params = c->call.n};
    Argument *kept = ARENA_ARRAY(c->arena, c->n_args, Argument);
    const int n = drop_training(c, kept);
    if (!bind_inspected(c->arena, &signature, kept, n, &c->bound, c->err)) return false;
    c->call.args = c->bound.values;
    c->call.tensors = ARENA_ARRAY(c->arena, c->call.n, TensorRange);
    for (int i = 0; i < c->call.n; i++) {
        bool tensors;
        if (value_is_nest(&c->call.args[i]) && is_mixed(c->arena, &c->call.args[i], &tensors))
            return error_set(c->err, "ValueError", "In a nested call() argument, you cannot mix tensors and non-tensors. Received "
                             "invalid mixed argument: %s=%s", c->params[i].name, value_str_text(c->arena, &c->call.args[i]));
    }
    return true;
}

/* ---- the flat list of inputs ---- */

static void add_input(Calling *c, KerasTensor *tensor)
{
    KerasTensor **in = ARENA_ARRAY(c->arena, c->n_in + 1, KerasTensor *);
    if (c->n_in) memcpy(in, c->in, (size_t)c->n_in * sizeof *in);
    in[c->n_in++] = tensor;
    c->in = in;
}

static void add_argument_inputs(Calling *c, int param)
{
    const Value leaves = nest_leaves(c->arena, &c->call.args[param]);
    const int first = c->n_in;
    for (size_t i = 0; i < leaves.list->n; i++)
        if (is_symbolic(&leaves.list->items[i])) add_input(c, leaves.list->items[i].tensor);
    c->call.tensors[param] = (TensorRange){first, c->n_in - first};
}

static bool given_by_keyword(const Calling *c, int param)
{
    return c->bound.from[param] >= 0 && c->args[c->bound.from[param]].keyword;
}

/* Positional ones in order, then keywords by name, as Keras' nodes keep them. */
static void flatten_inputs(Calling *c)
{
    int *keywords = ARENA_ARRAY(c->arena, c->call.n, int), n = 0;
    for (int i = 0; i < c->call.n; i++) {
        if (!given_by_keyword(c, i)) {
            add_argument_inputs(c, i);
            continue;
        }
        int j = n++;
        for (; j > 0 && strcmp(c->params[keywords[j - 1]].name, c->params[i].name) > 0; j--) keywords[j] = keywords[j - 1];
        keywords[j] = i;
    }
    for (int i = 0; i < n; i++) add_argument_inputs(c, keywords[i]);
    c->n_linked = c->n_in;
}

/* Floats of another type than the layer's are cast first; the cast is no part of the graph, but takes names. */
static TensorSpec converted(Calling *c, const KerasTensor *tensor)
{
    TensorSpec spec = tensor->spec;
    if (takes_anything(c->layer)) return spec;
    if (!c->layer->autocast || !dtype_is_float(spec.dtype) || spec.dtype == c->layer->dtype) return spec;
    if (!c->builder->eager) {
        builder_name(c->builder, "Cast");
        builder_name(c->builder, "KerasTensor");
    }
    spec.dtype = c->layer->dtype;
    return spec;
}

/* Those from the given one on; masks come later than the rest and are never floats. */
static void convert_inputs(Calling *c, int from)
{
    TensorSpec *specs = ARENA_ARRAY(c->arena, c->n_in, TensorSpec);
    if (from) memcpy(specs, c->specs, (size_t)from * sizeof *specs);
    for (int i = from; i < c->n_in; i++) specs[i] = converted(c, c->in[i]);
    c->specs = specs;
}

/* ---- build ---- */

static bool too_deep(Builder *builder, Error *err)
{
    if (builder->depth < LAYER_DEPTH_MAX) return false;
    error_set(err, "RecursionError", "maximum recursion depth exceeded");
    error_cause(err, "cause.too_deep", NULL);
    return true;
}

Value call_shapes(Arena *arena, const Call *call, const TensorSpec *in)
{
    if (!call || !value_is_nest(&call->args[0])) return value_shape(arena, &in[0].shape);
    Value leaves = nest_leaves(arena, &call->args[0]);
    for (size_t i = 0, k = 0; i < leaves.list->n; i++)
        leaves.list->items[i] = is_symbolic(&leaves.list->items[i]) ? value_shape(arena, &in[k++].shape) : value_none();
    return nest_pack(arena, &call->args[0], leaves.list->items);
}

static bool build_inside(Builder *builder, Layer *layer, const Call *call, const TensorSpec *in, int n, Error *err)
{
    if (n > 0 && !layer->kind->built_at_make) {
        Value config = value_dict(builder->arena);
        dict_set(builder->arena, config.dict, value_string(builder->arena, "input_shape", 11), call_shapes(builder->arena, call, in));
        layer->build_config = config;
        layer->build_shape = in[0].shape;
    }
    if (layer->kind->build && !layer->kind->build(builder, layer, call, in, n, err)) return false;
    layer->built = true;
    return true;
}

static bool build_scoped(Builder *builder, Layer *layer, const Call *call, const TensorSpec *in, int n, Error *err)
{
    if (too_deep(builder, err)) return false;
    builder->depth++;
    const char *outer = scope_enter(builder, layer);
    const bool built = build_inside(builder, layer, call, in, n, err);
    scope_leave(builder, outer);
    builder->depth--;
    return built;
}

Call layer_plain_call(Arena *arena, const Layer *layer, int n_in)
{
    Call call;
    const ParamSpec *params = kind_call_params(layer->kind, &call.n);
    call.args = ARENA_ARRAY(arena, call.n, Value);
    call.tensors = ARENA_ARRAY(arena, call.n, TensorRange);
    for (int i = 0; i < call.n; i++) call.args[i] = params[i].fallback;
    if (call.n) call.tensors[0] = (TensorRange){0, n_in};
    return call;
}

bool layer_build(Builder *builder, Layer *layer, const TensorSpec *in, int n, Error *err)
{
    const Call call = layer_plain_call(builder->arena, layer, n);
    return build_scoped(builder, layer, &call, in, n, err);
}

bool layer_build_child(Builder *builder, Layer *child, const TensorSpec *in, int n, Error *err)
{
    return child->built || layer_build(builder, child, in, n, err);
}

static bool build_once(Calling *c)
{
    if (c->layer->built) return true;
    if (!build_scoped(c->builder, c->layer, &c->call, c->specs, c->n_in, c->err)) return false;
    return !c->layer->kind->build || layer_check_inputs(c->arena, c->layer, &c->call.args[0], c->err);
}

/* ---- what would mend an axis that is not known ---- */

/* None in the shape of the Input that all comes from becomes a number. */
static void propose_known_axes(const Layer *source, Error *err)
{
    const Value *shape = &source->args[0];
    if (source->kind != &LAYER_input_layer || (shape->kind != VALUE_TUPLE && shape->kind != VALUE_LIST)) return;
    for (size_t i = 0; i < shape->list->n; i++)
        if (shape->list->items[i].kind == VALUE_NONE && span_known(shape->list->items[i].span))
            error_fix_at(err, shape->list->items[i].span, "10");
}

/* Pooling over the unknown axis makes what Flatten cannot. */
static void propose_pooling(const Node *node, Error *err)
{
    if (strcmp(node->layer->kind->name, "Flatten") != 0 || !span_known(node->layer->span)) return;
    const int rank = node->in[0]->spec.shape.rank;
    if (rank == 3) error_fix_at(err, node->layer->span, "GlobalAveragePooling1D()");
    if (rank == 4) error_fix_at(err, node->layer->span, "GlobalAveragePooling2D()");
}

static void propose_sizes(const Calling *c)
{
    if (!c->err || !c->err->cause || strcmp(c->err->cause, "cause.unknown_axis") != 0 || !c->n_in) return;
    const Node *node = c->in[0]->node;
    for (int depth = 0; node && node->n_in && depth < 1000; depth++) {
        propose_pooling(node, c->err);
        node = node->in[0]->node;
    }
    if (node) propose_known_axes(node->layer, c->err);
}

/* ---- masks ---- */

static Value masks_of(Arena *arena, const Value *tensors)
{
    Value leaves = nest_leaves(arena, tensors);
    for (size_t i = 0; i < leaves.list->n; i++) {
        Value *leaf = &leaves.list->items[i];
        *leaf = is_symbolic(leaf) && leaf->tensor->mask ? value_tensor(leaf->tensor->mask) : value_none();
    }
    return nest_pack(arena, tensors, leaves.list->items);
}

static void populate(Calling *c, int param, const Value *tensors, bool linked)
{
    Value mask = masks_of(c->arena, tensors);
    dict_set(c->arena, c->keywords.dict, value_string(c->arena, c->params[param].name, strlen(c->params[param].name)), mask);
    c->call.args[param] = mask;
    add_argument_inputs(c, param);
    if (linked) c->n_linked = c->n_in;
}

/* Keras hands the call's own keywords on when a lone tensor of the right type was given, and a changed copy otherwise: only
 * in the first case does a mask found on the tensor become an edge of the graph. */
static bool masks_are_linked(const Calling *c)
{
    if (c->layer->model && c->layer->model->kind == MODEL_FUNCTIONAL) return true;
    return c->n_args == 1 && !c->args[0].keyword && is_symbolic(&c->args[0].value) &&
           c->args[0].value.tensor->spec.dtype == c->layer->dtype;
}

static void populate_masks(Calling *c)
{
    int tensors = 0, only = -1;
    const bool linked = masks_are_linked(c);
    for (int i = 0; i < c->call.n; i++) {
        if (!is_tensor_argument(c->arena, &c->call.args[i])) continue;
        if (!tensors++) only = i;
    }
    const int mask = param_index(c, "mask");
    if (tensors == 1 && mask >= 0 && c->call.args[mask].kind == VALUE_NONE) {
        const Value inputs = c->call.args[only];
        populate(c, mask, &inputs, linked);
    }
    for (int i = 0; tensors > 1 && i < c->call.n; i++) {
        if (!is_tensor_argument(c->arena, &c->call.args[i])) continue;
        const int own = param_index(c, arena_print(c->arena, "%s_mask", c->params[i].name));
        const Value inputs = c->call.args[i];
        if (own >= 0 && c->call.args[own].kind == VALUE_NONE) populate(c, own, &inputs, linked);
    }
    c->previous_mask = mask >= 0 && c->call.args[mask].kind != VALUE_NONE ? c->call.args[mask] : masks_of(c->arena, &c->call.args[0]);
}

static bool all_masked(const Node *node)
{
    for (int i = 0; i < node->n_out; i++)
        if (!node->out[i]->mask) return false;
    return true;
}

static bool set_masks(Calling *c, Node *node)
{
    if (!c->layer->supports_masking || all_masked(node)) return true;
    const Value leaves = nest_leaves(c->arena, &c->previous_mask);
    KerasTensor **masks = ARENA_ARRAY(c->arena, leaves.list->n + 1, KerasTensor *);
    for (size_t i = 0; i < leaves.list->n; i++)
        masks[i] = is_symbolic(&leaves.list->items[i]) ? leaves.list->items[i].tensor : NULL;
    if (c->layer->kind->mask) {
        KerasTensor *mask = c->layer->kind->mask(c->builder, c->layer, node, masks, c->err);
        if (c->err && c->err->set) return false;
        if (node->n_out && mask && !node->out[0]->mask) node->out[0]->mask = mask;
        return true;
    }
    for (size_t i = 0; i < leaves.list->n && i < (size_t)node->n_out; i++)
        if (!node->out[i]->mask) node->out[i]->mask = masks[i];
    return true;
}

/* ---- shapes ---- */

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

/* "('<KerasTensor ...>',)": the arguments as Keras lists them under a refusal. */
static const char *printed_arguments(const Calling *c)
{
    Value tuple = value_list(c->arena, VALUE_TUPLE, (size_t)c->n_args);
    for (int i = 0; i < c->n_args; i++) {
        if (c->args[i].keyword) continue;
        Value leaves = nest_leaves(c->arena, &c->args[i].value);
        for (size_t j = 0; j < leaves.list->n; j++) {
            const char *text = value_repr_text(c->arena, &leaves.list->items[j]);
            leaves.list->items[j] = value_string(c->arena, text, strlen(text));
        }
        list_add(tuple.list, nest_pack(c->arena, &c->args[i].value, leaves.list->items));
    }
    return value_repr_text(c->arena, &tuple);
}

static const char *printed_keywords(const Calling *c)
{
    if (!c->keywords.dict->keys.n) return "<class 'inspect._empty'>";
    Value leaves = nest_leaves(c->arena, &c->keywords);
    for (size_t j = 0; j < leaves.list->n; j++) {
        const char *text = value_repr_text(c->arena, &leaves.list->items[j]);
        leaves.list->items[j] = value_string(c->arena, text, strlen(text));
    }
    const Value packed = nest_pack(c->arena, &c->keywords, leaves.list->items);
    return value_repr_text(c->arena, &packed);
}

/* Keras wraps what goes wrong inside call(); operations are mostly called without. */
static bool wrap_error(const Calling *c)
{
    if (!c->err || c->layer->kind->operation) return false;
    c->err->message = arena_print(c->arena, "Exception encountered when calling %s.call().\n\n%s\n\nArguments received by %s.call():\n"
                                  "  • args=%s\n  • kwargs=%s", c->layer->class_name, c->err->message, c->layer->class_name,
                                  printed_arguments(c), printed_keywords(c));
    return false;
}

static Node *record(Calling *c, const Outputs *outputs)
{
    Builder *builder = c->builder;
    Node *node = ARENA_NEW(c->arena, Node);
    *node = (Node){
        .layer = c->layer, .call = c->call, .in = c->in, .n_in = c->n_in, .n_linked = c->n_linked,
        .out = ARENA_ARRAY(c->arena, outputs->n, KerasTensor *), .n_out = outputs->n,
        .one_output = outputs->n == 1 && !outputs->list, .structure = outputs->structure, .order = builder->order++, .span = c->span,
    };
    for (int i = 0; i < outputs->n; i++) {
        node->out[i] = tensor_new(builder, outputs->spec[i], builder->eager ? "array" : NULL);
        node->out[i]->node = node;
        node->out[i]->index = i;
    }
    return node;
}

void layer_record_call(Arena *arena, Layer *layer, Node *node)
{
    layer->calls = arena_grow(arena, layer->calls, (size_t)layer->n_calls, &layer->calls_capacity, (size_t)layer->n_calls + 1,
                              sizeof *layer->calls);
    layer->calls[layer->n_calls++] = node;
}

/* ---- the whole call ---- */

static void note_keywords(Calling *c)
{
    c->keywords = value_dict(c->arena);
    for (int i = 0; i < c->n_args; i++)
        if (c->args[i].keyword)
            dict_set(c->arena, c->keywords.dict, value_string(c->arena, c->args[i].keyword, strlen(c->args[i].keyword)), c->args[i].value);
}

/* call() gets `training` as a keyword even when it was given by position. */
static bool check_training(Calling *c)
{
    const int training = param_index(c, "training");
    if (training < 0 || c->bound.from[training] < 0 || given_by_keyword(c, training)) return true;
    if (c->call.args[training].kind == VALUE_NONE) return true;
    dict_set(c->arena, c->keywords.dict, value_string(c->arena, "training", 8), c->call.args[training]);
    error_set(c->err, "TypeError", "multiple values for argument 'training'");
    error_cause(c->err, "cause.two_positional", c->layer->class_name, NULL);
    return wrap_error(c);
}

/* Numbers that flow through a model are checked by each of its layers. */
static bool infer_outputs(Calling *c, Outputs *outputs)
{
    if (c->builder->eager && c->layer->model) return model_infer_eagerly(c->layer, &c->call, c->specs, c->n_in, outputs, c->err);
    return layer_infer(c->layer, &c->call, c->specs, c->n_in, outputs, c->err);
}

static Node *call_inside(Calling *c)
{
    if (!check_positional(c) || !bind_arguments(c)) return NULL;
    flatten_inputs(c);
    convert_inputs(c, 0);
    note_keywords(c);
    if (c->call.n && !layer_check_inputs(c->arena, c->layer, &c->call.args[0], c->err)) return NULL;
    if (!build_once(c)) {
        propose_sizes(c);
        return NULL;
    }
    const int before = c->n_in;
    if (!c->layer->kind->operation) populate_masks(c);
    convert_inputs(c, before);
    if (!check_training(c)) return NULL;
    Outputs outputs = {.arena = c->arena, .structure = VALUE_IS_NONE};
    if (!infer_outputs(c, &outputs)) {
        wrap_error(c);
        return NULL;
    }
    Node *node = record(c, &outputs);
    c->layer->built = true;
    if (!set_masks(c, node)) return NULL;
    if (!c->builder->eager) layer_record_call(c->arena, c->layer, node);
    return node;
}

bool layer_blame(Error *err, const Layer *layer)
{
    if (!err || err->layer_class) return false;
    err->layer_class = layer->class_name;
    err->layer_name = layer->name;
    err->layer_span = layer->span;
    if (!span_known(err->at)) err->at = layer->span;
    return false;
}

static void place_error(Error *err, const Layer *layer, Span span)
{
    layer_blame(err, layer);
    if (err && !span_known(err->span)) err->span = span;
}

static bool too_many_nodes(Builder *builder, Error *err)
{
    if (builder->nodes++ < NODES_MAX) return false;
    error_set(err, "MemoryError", "too many layer calls");
    error_cause(err, "cause.too_many_calls", NULL);
    return true;
}

Node *layer_call(Builder *builder, Layer *layer, const Argument *args, int n, Span span, Error *err)
{
    Calling calling = {.builder = builder, .arena = builder->arena, .layer = layer, .args = args, .n_args = n, .span = span, .err = err};
    if (too_deep(builder, err) || too_many_nodes(builder, err)) return NULL;
    builder->depth++;
    const int named = builder->named;
    const char *outer = scope_enter(builder, layer);
    Node *node = call_inside(&calling);
    if (node) node->names = builder->named - named;
    scope_leave(builder, outer);
    builder->depth--;
    if (!node) place_error(err, layer, span);
    return node;
}

Node *layer_apply(Builder *builder, Layer *layer, Value inputs, Error *err)
{
    const Argument argument = {.value = inputs, .span = SPAN_NONE};
    return layer_call(builder, layer, &argument, 1, SPAN_NONE, err);
}

KerasTensor *operation_apply(Builder *builder, const char *function_name, const Argument *args, int n, Error *err)
{
    const LayerKind *kind = operation_find(function_name);
    Layer *operation = kind ? layer_make(builder, kind, NULL, 0, SPAN_NONE, err) : NULL;
    Node *node = operation ? layer_call(builder, operation, args, n, SPAN_NONE, err) : NULL;
    return node ? node->out[0] : NULL;
}
