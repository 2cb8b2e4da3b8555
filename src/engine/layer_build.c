/* The first call builds: weights, below the layer's own path. */
#include <string.h>

#include "engine/calling.h"
#include "engine/layers/layers.h"

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

bool layer_too_deep(Builder *builder, Error *err)
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

/* Attention over several tensors has the shape of each told by name; cells, which take states too, have their input's alone. */
static bool takes_several(const LayerKind *kind)
{
    return kind->n_call_params > 1 && strcmp(kind->call_params[0].name, "query") == 0;
}

static bool is_mask(const char *param) { return strstr(param, "mask") != NULL; }

static Value shapes_by_name(Arena *arena, const LayerKind *kind, const Call *call, const TensorSpec *in)
{
    Value shapes = value_dict(arena);
    for (int i = 0; i < call->n && i < kind->n_call_params; i++) {
        const char *name = arena_print(arena, "%s_shape", kind->call_params[i].name);
        if (call->tensors[i].n == 1 && !is_mask(kind->call_params[i].name))
            dict_set(arena, shapes.dict, value_string(arena, name, strlen(name)), value_shape(arena, &in[call->tensors[i].first].shape));
    }
    return shapes;
}

static void record_shapes(Builder *builder, Layer *layer, const Call *call, const TensorSpec *in)
{
    Arena *arena = builder->arena;
    const bool several = call && takes_several(layer->kind);
    layer->build_config = value_dict(arena);
    if (several) dict_set(arena, layer->build_config.dict, value_string(arena, "shapes_dict", 11), shapes_by_name(arena, layer->kind, call, in));
    else dict_set(arena, layer->build_config.dict, value_string(arena, "input_shape", 11), call_shapes(arena, call, in));
    layer->build_shape = in[0].shape;
}

static bool build_inside(Builder *builder, Layer *layer, const Call *call, const TensorSpec *in, int n, Error *err)
{
    if (n > 0 && !layer->kind->built_at_make) record_shapes(builder, layer, call, in);
    if (layer->kind->build && !layer->kind->build(builder, layer, call, in, n, err)) return false;
    layer->built = true;
    return true;
}

static bool build_scoped(Builder *builder, Layer *layer, const Call *call, const TensorSpec *in, int n, Error *err)
{
    if (layer_too_deep(builder, err)) return false;
    builder->depth++;
    const int quiet = builder->quiet;
    const char *outer = scope_enter(builder, layer);
    builder->quiet = 0;
    const bool built = build_inside(builder, layer, call, in, n, err);
    builder->quiet = quiet;
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

bool calling_build(Calling *c)
{
    if (c->layer->built) return true;
    if (!build_scoped(c->builder, c->layer, &c->call, c->specs, c->n_in, c->err)) {
        propose_sizes(c);
        return c->layer->kind == &KIND_SUBCLASSED && c->builder->in_call ? calling_wrap_error(c) : false;
    }
    return !c->layer->kind->build || layer_check_inputs(c->arena, c->layer, &c->call.args[0], c->err);
}
