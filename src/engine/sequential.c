/* keras.Sequential: layers one after the other. */
#include <string.h>

#include "engine/activation.h"
#include "engine/config.h"
#include "engine/layer_parts.h"
#include "engine/layers/layers.h"
#include "engine/model.h"
#include "engine/model_parts.h"
#include "engine/trace.h"

static const ParamSpec CONSTRUCTOR[] = {
    {.name = "layers", .type = PARAM_LAYERS},
    {.name = "trainable", .type = PARAM_BOOL, .fallback = VALUE_IS_TRUE},
    {.name = "name", .type = PARAM_STRING},
};

static bool is_input_layer(const Layer *layer)
{
    return layer->kind == &LAYER_input_layer;
}

static bool make(Maker *maker)
{
    if (!layer_base(maker)) return false;
    Model *model = ARENA_NEW(maker->builder->arena, Model);
    *model = (Model){.kind = MODEL_SEQUENTIAL, .self = maker->layer, .input_structure = VALUE_IS_NONE, .output_structure = VALUE_IS_NONE};
    maker->layer->model = model;
    return true;
}

static Model *make_empty(Builder *builder, const Argument *args, int n, Span span, Error *err)
{
    Layer *layer = layer_make(builder, &KIND_SEQUENTIAL, args, n, span, err);
    return layer ? layer->model : NULL;
}

Model *sequential_make(Builder *builder, const char *name, Span span, Error *err)
{
    if (!name) return make_empty(builder, NULL, 0, span, err);
    const Argument argument = {.keyword = "name", .value = value_string(builder->arena, name, strlen(name)), .span = SPAN_NONE};
    return make_empty(builder, &argument, 1, span, err);
}

/* ---- what may be added ---- */

/* ---- names met ---- */

/* From so many layers on names are sought by their hash: comparing each with each would take minutes. */
enum { NAMES_MANY = 1024, BITS_FOR_NAME = 64 };

static uint64_t *name_bit(const Model *model, const char *name, uint64_t *bit)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *name; name++) hash = (hash ^ (unsigned char)*name) * UINT64_C(1099511628211);
    const uint64_t at = (hash ^ hash >> 32) & (model->names_room - 1);
    *bit = UINT64_C(1) << at % 64;
    return &model->names_met[at / 64];
}

static void meet_name(Model *model, const char *name)
{
    uint64_t bit;
    *name_bit(model, name, &bit) |= bit;
}

static void meet_layer(Builder *builder, Model *model, const Layer *layer)
{
    const size_t n = (size_t)model->n_layers;
    if (n < NAMES_MANY) model->names_room = 0;
    if (n < NAMES_MANY) return;
    if (n * BITS_FOR_NAME <= model->names_room) {
        meet_name(model, layer->name);
        return;
    }
    model->names_room = model->names_room ? 2 * model->names_room : NAMES_MANY * 2 * BITS_FOR_NAME;
    model->names_met = ARENA_ARRAY(builder->arena, model->names_room / 64, uint64_t);
    for (size_t i = 0; i < n; i++) meet_name(model, model->layers[i]->name);
}

static bool name_is_new(const Model *model, const char *name)
{
    uint64_t bit;
    return model->n_layers >= NAMES_MANY && !(*name_bit(model, name, &bit) & bit);
}

static void put_layer(Builder *builder, Model *model, Layer *layer)
{
    if (is_input_layer(layer) && !model->n_layers && !model->input_layer) {
        model->input_layer = layer;
        model->explicit_input = true;
        return;
    }
    model->layers = arena_grow(builder->arena, model->layers, (size_t)model->n_layers, &model->layers_capacity,
                               (size_t)model->n_layers + 1, sizeof *model->layers);
    model->layers[model->n_layers++] = layer;
    meet_layer(builder, model, layer);
    model->self->children = model->layers;
    model->self->n_children = model->n_layers;
}

static bool is_empty(const Model *model)
{
    return !model->n_layers && !model->input_layer;
}

/* input_shape= of the first layer stands for an Input. */
static bool add_input_of(Builder *builder, Model *model, const Layer *layer, Error *err)
{
    if (!is_empty(model) || layer->input_shape.kind == VALUE_NONE) return true;
    const Argument shape = {.keyword = "shape", .value = layer->input_shape, .span = layer->input_shape.span};
    builder->depth++;
    Layer *input = layer_make(builder, &LAYER_input_layer, &shape, 1, layer->span, err);
    builder->depth--;
    if (!input) return false;
    const Value added = value_layer(input);
    return sequential_add(builder, model, &added, true, err);
}

/* What a learner meant: a name of an activation, a class without parentheses, a shape, a list inside the list. */
static bool propose_layer(Builder *builder, const Value *given, Error *err)
{
    Arena *arena = builder->arena;
    const char *text = value_repr_text(arena, given);
    if (!span_known(given->span)) return false;
    if (given->kind == VALUE_STRING && activation_find(given->string.bytes))
        return error_fix_at(err, given->span, arena_print(arena, "Activation(%s)", text));
    if (given->kind == VALUE_INT && given->integer > 0) return error_fix_at(err, given->span, arena_print(arena, "Dense(%s)", text));
    Shape shape;
    if (given->kind == VALUE_TUPLE && shape_resolve(arena, given, &shape, NULL))
        return error_fix_at(err, given->span, arena_print(arena, "Input(%s)", text));
    return false;
}

static bool refuse_no_layer(Builder *builder, const Value *given, Error *err)
{
    const char *text = value_str_text(builder->arena, given);
    error_set(err, "ValueError", "Only instances of `keras.Layer` can be added to a Sequential model. Received: %s (of type "
              "<class '%s'>)", text, value_type(given));
    if (err && err->set) err->at = given->span;
    error_cause(err, "cause.no_layer", text, NULL);
    return propose_layer(builder, given, err);
}

static bool name_is_free(const Model *model, const Layer *layer)
{
    if (model->input_layer && model->input_layer != layer && strcmp(model->input_layer->name, layer->name) == 0) return false;
    if (name_is_new(model, layer->name)) return true;
    for (int i = 0; i < model->n_layers; i++)
        if (model->layers[i] != layer && strcmp(model->layers[i]->name, layer->name) == 0) return false;
    return true;
}

static bool refuse_name(Builder *builder, const Layer *layer, Error *err)
{
    error_set(err, "ValueError", "All layers added to a Sequential model should have unique names. Name '%s' is already the name of a "
              "layer in this model. Update the `name` argument to pass a unique name.", layer->name);
    error_cause(err, "cause.name_twice", layer->name, NULL);
    error_fix(err, FIX_REMOVE_ARGUMENT, "name", NULL);
    error_fix(err, FIX_ARGUMENT, "name", arena_print(builder->arena, "'%s_2'", layer->name));
    return layer_blame(err, layer);
}

static bool refuse_second_input(Builder *builder, const Model *model, const Layer *layer, Error *err)
{
    const char *shape = shape_text(builder->arena, &model->input_layer->calls[0]->out[0]->spec.shape);
    error_set(err, "ValueError", "Sequential model '%s' has already been configured to use input shape %s. You cannot add a different "
              "Input layer to it.", model->self->name, shape);
    error_cause(err, "cause.second_input", shape, NULL);
    error_fix(err, FIX_REMOVE_LAYER, NULL, NULL);
    return layer_blame(err, layer);
}

static Layer *layer_given(const Value *given)
{
    if (given->kind == VALUE_LAYER && !given->layer->kind->operation) return given->layer;
    if (given->kind != VALUE_TENSOR || !given->tensor->node) return NULL;
    Layer *origin = given->tensor->node->layer;
    return is_input_layer(origin) ? origin : NULL;
}

static void forget_graph(Model *model)
{
    model->built = model->self->built = false;
    model->n_steps = model->n_tensors = model->n_inputs = model->n_outputs = 0;
    model->inner = NULL;
}

static bool fail(Model *model, int good)
{
    model->faulty = true;
    model->n_good = good;
    return false;
}

/* A refused model is drawn up to its fault: shapes of what was added before, found without a word. */
static bool fail_before(Builder *builder, Model *model)
{
    if (!model->built && model->input_layer && model->n_layers && sequential_rebuild(builder, model, NULL))
        return fail(model, model->n_layers);
    return fail(model, model->faulty ? model->n_good : model->n_layers);
}

bool sequential_add(Builder *builder, Model *model, const Value *given, bool rebuild, Error *err)
{
    if (given->kind == VALUE_LAYER && !add_input_of(builder, model, given->layer, err)) return fail_before(builder, model);
    Layer *layer = layer_given(given);
    if (!layer) refuse_no_layer(builder, given, err);
    else if (!name_is_free(model, layer)) refuse_name(builder, layer, err);
    else if (is_input_layer(layer) && model->input_layer) refuse_second_input(builder, model, layer, err);
    if (err && err->set) return fail_before(builder, model);
    if (!layer) return false;
    put_layer(builder, model, layer);
    if (rebuild) return sequential_rebuild(builder, model, err);
    forget_graph(model);
    return true;
}

bool sequential_pop(Builder *builder, Model *model, bool rebuild, Error *err)
{
    if (is_empty(model)) return error_set(err, "IndexError", "pop from empty list");
    if (model->n_layers) model->self->n_children = --model->n_layers;
    else model->input_layer = NULL;
    forget_graph(model);
    if (!rebuild) return true;
    if (is_empty(model)) return error_set(err, "IndexError", "list index out of range");
    return sequential_rebuild(builder, model, err);
}

/* ---- build ---- */

static bool refuse_empty(const Model *model, Error *err)
{
    error_set(err, "ValueError", "Sequential model %s cannot be built because it has no layers. Call `model.add(layer)`.",
              model->self->name);
    return error_cause(err, "cause.no_layers", NULL);
}

static bool check_input_shape(Builder *builder, const Model *model, const Shape *shape, Error *err)
{
    const Shape *own = &model->input_layer->calls[0]->out[0]->spec.shape;
    if (shape_equal(own, shape)) return true;
    error_set(err, "ValueError", "Sequential model '%s' has already been configured to use input shape %s. You cannot build it with "
              "input_shape %s", model->self->name, shape_text(builder->arena, own), shape_text(builder->arena, shape));
    return error_cause(err, "cause.other_input_shape", shape_text(builder->arena, own), shape_text(builder->arena, shape), NULL);
}

/* The InputLayer that Keras puts in front when data or build() tells the shape. */
static bool make_input(Builder *builder, Model *model, const Shape *shape, Error *err)
{
    const char *dtype = dtype_name(model->layers[0]->dtype);
    const Argument args[] = {
        {.keyword = "batch_shape", .value = value_shape(builder->arena, shape), .span = SPAN_NONE},
        {.keyword = "dtype", .value = value_string(builder->arena, dtype, strlen(dtype)), .span = SPAN_NONE},
    };
    builder->depth++;
    model->input_layer = layer_make(builder, &LAYER_input_layer, args, 2, SPAN_NONE, err);
    builder->depth--;
    return model->input_layer != NULL;
}

/* Masks make a graph of their own beside the layers. */
static void keep_crooked(Builder *builder, Model *model, const Node *last)
{
    KerasTensor *input = model->input_layer->calls[0]->out[0];
    model_keep_graph(builder, model, &input, 1, last->out, last->n_out);
    model->n_straight = 0;
}

/* A call that took no names but those of its outputs: made again, it would come out the same. */
static bool is_plain(const Node *node)
{
    return node->names == node->n_out && node->n_in == node->n_linked;
}

/* add() calls every layer again. Calls that would come out the same are kept, and only the names they would take are given away;
 * of those the last is the one that may be told in a refusal. Returns how many layers are done. */
static int keep_calls(Builder *builder, Model *model, Node *input)
{
    int done = 0, names = 0;
    const int known = model->n_straight;
    if (known < 1 || model->steps[0].node != input) return 0;
    while (done < model->n_layers && done + 1 < known && model->steps[done + 1].node->layer == model->layers[done])
        names += model->steps[++done].node->n_out;
    const Node *last = model->steps[done].node;
    model->n_steps = done + 1;
    model->n_tensors = model->steps[done].first + last->n_out;
    if (!done) return 0;
    builder_skip_names(builder, "KerasTensor", names - last->n_out);
    for (int i = 0; i < last->n_out; i++) last->out[i]->name = builder_name(builder, "KerasTensor");
    return done;
}

/* "[<Parameter "query">, <Parameter "value">]"; n is how many there are. */
static const char *required_parameters(Arena *arena, const LayerKind *kind, int *n)
{
    int n_params;
    const ParamSpec *params = kind_call_params(kind, &n_params);
    Text text = {.arena = arena};
    *n = 0;
    for (int i = 0; i < n_params; i++)
        if (params[i].required && !params[i].keyword_only) text_print(&text, "%s<Parameter \"%s\">", (*n)++ ? ", " : "[", params[i].name);
    text_put(&text, *n ? "]" : "[]");
    return text_string(&text);
}

/* Python's TypeError for a missing argument is told as what it means here: only one tensor goes from layer to layer. */
static void explain_type_error(Builder *builder, const Layer *layer, Error *err)
{
    int n;
    const char *required = required_parameters(builder->arena, layer->kind, &n);
    const bool none = layer->kind->call_params && !layer->kind->n_call_params;
    if (!err || !err->set || strcmp(err->exception, "TypeError") != 0 || (n < 2 && !none)) return;
    err->exception = "ValueError";
    err->cause = NULL;
    if (none) {
        err->message = arena_print(builder->arena, "Layers added to a Sequential model should have a single positional argument, the input "
                                   "tensor. Layer %s has no positional arguments.", layer->class_name);
        error_cause(err, "cause.input_in_the_middle", NULL);
        return;
    }
    err->message = arena_print(builder->arena, "Layers added to a Sequential model can only have a single required positional argument, the "
                               "input tensor. Layer %s has multiple required positional arguments: %s", layer->class_name, required);
    error_cause(err, "cause.several_tensors", layer->class_name, NULL);
}

/* Calls the layers in turn; what comes before a fault stays. */
static bool call_layers(Builder *builder, Model *model, Error *err)
{
    Node *node = model->input_layer->calls[0];
    int i = keep_calls(builder, model, node);
    bool straight = true;
    if (!model->n_steps) model_append_step(builder, model, node);
    node = model->steps[i].node;
    Value x = node_result(builder->arena, node);
    for (; i < model->n_layers; i++) {
        const Argument argument = {.value = x, .span = SPAN_NONE};
        Node *next = layer_call(builder, model->layers[i], &argument, 1, SPAN_NONE, err);
        if (!next) {
            explain_type_error(builder, model->layers[i], err);
            break;
        }
        straight &= is_plain(next);
        if (straight) model_append_step(builder, model, next);
        node = next;
        x = node_result(builder->arena, node);
    }
    model->n_straight = model->n_steps;
    model->output_structure = x;
    model->input_structure = value_tensor(model->input_layer->calls[0]->out[0]);
    if (straight) model_close_steps(builder, model);
    else keep_crooked(builder, model, node);
    return i == model->n_layers || fail(model, i);
}

/* A layer without call() cannot be called; Keras leaves such a model without a graph. */
static bool lacks_call(Error *err)
{
    if (!err || !err->set || strcmp(err->exception, "NotImplementedError") != 0) return false;
    *err = (Error){.arena = err->arena, .span = SPAN_NONE, .at = SPAN_NONE, .layer_span = SPAN_NONE};
    return true;
}

static bool build_graph(Builder *builder, Model *model, const Shape *shape, Error *err)
{
    if (is_empty(model)) return refuse_empty(model, err);
    if (model->input_layer && !check_input_shape(builder, model, shape, err)) return false;
    if (!model->input_layer && !make_input(builder, model, shape, err)) return false;
    forget_graph(model);
    if (!call_layers(builder, model, err)) {
        model->built = false;
        return lacks_call(err);
    }
    model->inner = functional_around(builder, model);
    model->built = true;
    return true;
}

/* The graph is made of symbols and known to Keras, whatever goes on around. */
static bool build_openly(Builder *builder, Model *model, const Shape *shape, Error *err)
{
    const int quiet = builder->quiet;
    const bool eager = builder->eager;
    builder->quiet = 0;
    builder->eager = false;
    const bool done = build_graph(builder, model, shape, err);
    builder->quiet = quiet;
    builder->eager = eager;
    return done;
}

bool sequential_build(Builder *builder, Model *model, const Shape *shape, Error *err)
{
    const char *outer = scope_enter(builder, model->self);
    const bool done = build_openly(builder, model, shape, err);
    scope_leave(builder, outer);
    model->self->built = done && model->built;
    return done;
}

/* The shape a first layer brings along: models know theirs. */
static const Shape *first_shape(const Model *model)
{
    if (model->input_layer) return &model->input_layer->calls[0]->out[0]->spec.shape;
    const Model *first = model->n_layers ? model->layers[0]->model : NULL;
    return first && first->built && first->n_inputs == 1 ? &first->inputs[0]->spec.shape : NULL;
}

bool sequential_rebuild(Builder *builder, Model *model, Error *err)
{
    forget_graph(model);
    const int in_list = model->n_layers + (model->input_layer != NULL);
    const Shape *shape = first_shape(model);
    if (!shape || in_list < 2) return true;
    const Shape copy = *shape;
    return sequential_build(builder, model, &copy, err);
}

/* ---- the whole constructor ---- */

/* `for layer in layers`: what can be gone through. */
static bool items_of(Arena *arena, const Value *layers, Value *items, Error *err)
{
    *items = value_list(arena, VALUE_LIST, 0);
    if (layers->kind == VALUE_TENSOR) return error_set(err, "TypeError", "A symbolic KerasTensor cannot be used as a boolean.");
    if (!value_truth(layers) || value_items_of(arena, layers, items)) return true;
    const char *type = layers->kind == VALUE_LAYER ? layers->layer->class_name : value_type(layers);
    error_set(err, "TypeError", "'%s' object is not iterable", type);
    error_cause(err, "cause.not_a_list", type, NULL);
    if (err && span_known(layers->span) && layers->kind == VALUE_LAYER) err->at = layers->span;
    return false;
}

static bool add_all(Builder *builder, Model *model, const Value *layers, Error *err)
{
    Value items;
    if (!items_of(builder->arena, layers, &items, err)) return fail(model, 0);
    for (size_t i = 0; i < items.list->n; i++)
        if (!sequential_add(builder, model, &items.list->items[i], false, err)) return false;
    return !items.list->n || sequential_rebuild(builder, model, err);
}

Model *sequential_construct(Builder *builder, const Argument *args, int n, Span span, Error *err)
{
    Model *model = make_empty(builder, args, n, span, err);
    if (model && !add_all(builder, model, &model->self->args[0], err) && err && !span_known(err->span)) err->span = span;
    return model;
}

/* ---- a Sequential as a layer ---- */

static bool build(Builder *builder, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    if (n_in != 1 || value_is_nest(&call->args[0])) return true;
    return build_openly(builder, layer->model, &in[0].shape, err);
}

const LayerKind KIND_SEQUENTIAL = {
    .name = "Sequential",
    .module = "keras.src.models.sequential",
    .params = CONSTRUCTOR,
    .n_params = 3,
    .no_keywords = true,
    .call_params = MODEL_CALL_PARAMS,
    .n_call_params = 3,
    .make = make,
    .build = build,
    .infer = model_infer,
    .infer_numbers = model_infer_numbers,
    .forward = model_forward,
    .trace = model_trace,
    .connections = model_connections,
    .rule = TRACE_DEPENDS,
};
