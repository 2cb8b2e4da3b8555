/* Keras' Layer.__call__ on symbolic tensors. */
#include "engine/calling.h"

#include <string.h>

#include "engine/model.h"

KerasTensor *tensor_new(Builder *builder, TensorSpec spec, const char *name)
{
    KerasTensor *tensor = ARENA_NEW(builder->arena, KerasTensor);
    *tensor = (KerasTensor){.spec = spec, .name = name ? name : builder_name(builder, "KerasTensor"), .constant = VALUE_IS_NONE};
    return tensor;
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

/* Layers give tuples, models and operations lists. */
Value node_result(Arena *arena, const Node *node)
{
    const bool tuple = !node->layer->model && !node->layer->kind->operation && node->n_out > 1;
    if (node->structure.kind != VALUE_NONE) return node->structure;
    if (node->one_output) return value_tensor(node->out[0]);
    Value all = value_list(arena, tuple ? VALUE_TUPLE : VALUE_LIST, (size_t)node->n_out);
    for (int i = 0; i < node->n_out; i++) list_add(all.list, value_tensor(node->out[i]));
    return all;
}

void layer_record_call(Arena *arena, Layer *layer, Node *node)
{
    layer->calls = arena_grow(arena, layer->calls, (size_t)layer->n_calls, &layer->calls_capacity, (size_t)layer->n_calls + 1,
                              sizeof *layer->calls);
    layer->calls[layer->n_calls++] = node;
}

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
    const int training = calling_param(c, "training");
    if (training < 0 || c->bound.from[training] < 0 || calling_given_by_keyword(c, training)) return true;
    if (c->call.args[training].kind == VALUE_NONE) return true;
    dict_set(c->arena, c->keywords.dict, value_string(c->arena, "training", 8), c->call.args[training]);
    error_set(c->err, "TypeError", "multiple values for argument 'training'");
    error_cause(c->err, "cause.two_positional", c->layer->class_name, NULL);
    return calling_wrap_error(c);
}

/* Numbers that flow through a model are checked by each of its layers. */
static bool infer_outputs(Calling *c, Outputs *outputs)
{
    if (c->builder->eager && c->layer->model) return model_infer_eagerly(c->layer, &c->call, c->specs, c->n_in, outputs, c->err);
    return layer_infer(c->layer, &c->call, c->specs, c->n_in, outputs, c->err);
}

static Node *call_inside(Calling *c)
{
    if (!calling_check_positional(c) || !calling_bind(c)) return NULL;
    calling_flatten(c);
    calling_convert(c, 0);
    note_keywords(c);
    if (c->call.n && !layer_check_inputs(c->arena, c->layer, &c->call.args[0], c->err)) return NULL;
    const bool again = c->layer->built && c->layer->kind == &KIND_SUBCLASSED && c->builder->again;
    if (!calling_build(c)) return NULL;
    if (again) c->builder->again(c->builder->follower, c->layer);
    const int before = c->n_in;
    if (!c->layer->kind->operation) calling_populate_masks(c);
    calling_convert(c, before);
    if (!check_training(c)) return NULL;
    Outputs outputs = {.arena = c->arena, .structure = VALUE_IS_NONE};
    if (!infer_outputs(c, &outputs)) {
        calling_wrap_error(c);
        return NULL;
    }
    Node *node = record(c, &outputs);
    c->layer->built = true;
    if (!calling_set_masks(c, node) || !calling_look_inside(c, node)) return NULL;
    if (!c->builder->eager && !c->builder->quiet) layer_record_call(c->arena, c->layer, node);
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
    if (layer_too_deep(builder, err) || too_many_nodes(builder, err)) return NULL;
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
