#include "keras/code/keras_subclass.h"

#include <string.h>

#include "engine/layers/layers.h"
#include "keras/code/array.h"
#include "keras/code/keras_attribute.h"
#include "keras/code/keras_call.h"
#include "keras/code/keras_class.h"
#include "keras/code/keras_lambda.h"
#include "keras/code/keras_model.h"
#include "keras/code/places.h"
#include "keras/code/registry.h"
#include "keras/code/trail.h"
#include "keras/opaque.h"

struct Subclasses {
    Value *instances;  size_t n, capacity;
};

Subclasses *subclasses_make(Evaluator *ev)
{
    return ARENA_NEW(ev->arena, Subclasses);
}

bool subclass_instance(Evaluator *ev, const Layer *layer, Value *self)
{
    for (size_t i = 0; i < ev->subclasses->n; i++) {
        if (value_instance(&ev->subclasses->instances[i])->layer != layer) continue;
        *self = ev->subclasses->instances[i];
        return true;
    }
    return false;
}

static void register_instance(Evaluator *ev, Value self)
{
    Subclasses *all = ev->subclasses;
    pay(ev, (int64_t)all->n / 8);
    all->instances = arena_grow(ev->arena, all->instances, all->n, &all->capacity, all->n + 1, sizeof(Value));
    all->instances[all->n++] = self;
}

/* ---- super().__init__() ---- */

/* The nearest class of Keras that the class comes from. */
static const Class *keras_base(const Class *class)
{
    if (!class_own(class)) return class->layer || class->family == CLASS_MODEL || class->family == CLASS_LAYER ? class : NULL;
    for (int i = 0; i < class->n_bases; i++)
        if (keras_base(class->bases[i])) return keras_base(class->bases[i]);
    return NULL;
}

static const Argument *find_keyword(const Argument *args, int n, const char *keyword)
{
    for (int i = 0; i < n; i++)
        if (args[i].keyword && strcmp(args[i].keyword, keyword) == 0) return &args[i];
    return NULL;
}

static bool is_functional(const Argument *args, int n)
{
    int positional = 0;
    for (int i = 0; i < n; i++) positional += !args[i].keyword;
    const bool inputs = find_keyword(args, n, "inputs"), outputs = find_keyword(args, n, "outputs");
    return positional == 2 || (positional == 1 && outputs) || (inputs && outputs);
}

static Layer *init_functional(Evaluator *ev, const Class *base, const Argument *args, int n)
{
    return construct_model(ev, base, args, n, ev->span).layer;
}

static Model *make_own(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    int given;
    const Argument *arguments = engine_arguments(ev, NULL, 0, args, n, &given);
    Error error = error_make(ev);
    Model *model = subclassed_make(ev->builder, class->name, arguments, given, span, &error);
    if (!model) raise_fault(ev, &error);
    return model;
}

static Layer *init_own(Evaluator *ev, const Class *class, const Argument *args, int n)
{
    Model *model = make_own(ev, class, args, n, ev->span);
    if (class->family == CLASS_MODEL) registry_model(ev, model);
    trail_builds(ev);
    return model->self;
}

/* class Wide(layers.Dense): a Dense by another name. */
static Layer *init_kind(Evaluator *ev, const Class *class, const Class *base, const Argument *args, int n)
{
    Argument *named = ARENA_ARRAY(ev->arena, n + 1, Argument);
    for (int i = 0; i < n; i++) named[i] = args[i];
    const char *name = find_keyword(args, n, "name") ? NULL : builder_name(ev->builder, class->name);
    if (name) named[n] = (Argument){"name", value_text(ev->arena, name), SPAN_NONE};
    return layer_construct(ev, base->layer, named, n + (name != NULL), ev->span).layer;
}

void subclass_start(Evaluator *ev, Value self, const Argument *args, int n)
{
    Instance *instance = value_instance(&self);
    const Class *class = instance->class, *base = keras_base(class);
    if (instance->layer || !base) return;
    if (base == &CLASS_KERAS_SEQUENTIAL) instance->layer = construct_sequential(ev, base, args, n, ev->span).layer;
    else if (base->layer) instance->layer = init_kind(ev, class, base, args, n);
    else if (class->family == CLASS_MODEL && is_functional(args, n)) instance->layer = init_functional(ev, base, args, n);
    else instance->layer = init_own(ev, class, args, n);
    instance->model = instance->layer->model;
    instance->layer->class_name = class->name;
    instance->layer->type_name = arena_print(ev->arena, "%s.%s", class->module, class->name);
    register_instance(ev, self);
}

/* Layer.__init__(self) has the instance among its arguments, super().__init__() does not. */
static Value init_call(Evaluator *ev, const Given *given)
{
    const bool unbound = !given->self && given->n_written && value_instance(&given->written[0].value);
    if (unbound) subclass_start(ev, given->written[0].value, given->written + 1, given->n_written - 1);
    else if (given->self && value_instance(given->self)) subclass_start(ev, *given->self, given->written, given->n_written);
    return value_none();
}

void subclass_finish(Evaluator *ev, Instance *instance)
{
    if (instance->layer) instance->layer->span = ev->span;    /* Net(), not the super().__init__() in it */
    const bool keras = instance->class->family == CLASS_MODEL || instance->class->family == CLASS_LAYER;
    if (!keras || instance->layer || !keras_base(instance->class)) return;
    raise_error(ev, "RuntimeError", "In layer '%s', you forgot to call `super().__init__()` as the first statement in the `__init__()` "
                "method. Go add it!", instance->class->name);
}

/* Layer() or Model() itself: it has no call(). */
Value construct_base_layer(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    if (class->family == CLASS_PLAIN) return unknown(ev, "cause.not_known_class", source_text(ev, span), span);
    Instance *instance = instance_make(ev->arena, class);
    const Value self = value_of_instance(instance);
    subclass_start(ev, self, args, n);
    instance->layer->type_name = class->instance.type_name;
    return self;
}

/* ---- tracking ---- */

static void track(Evaluator *ev, Instance *instance, const Value *value, int depth)
{
    const ValueList *list = value_items(value);
    Layer *layer = layer_of(value);
    pay(ev, 1);
    if (layer && layer != instance->layer) subclassed_track(ev->builder, instance->model, layer);
    if (depth > 10) return;
    for (size_t i = 0; list && i < list->n; i++) track(ev, instance, &list->items[i], depth + 1);
    for (size_t i = 0; value->kind == VALUE_DICT && i < value->dict->values.n; i++)
        track(ev, instance, &value->dict->values.items[i], depth + 1);
}

/* Layers are tracked in the order of attributes; those in a list when the list got them, which is seen only now. */
static void track_all(Evaluator *ev, Instance *instance)
{
    if (!instance->model || instance->model->kind != MODEL_SUBCLASSED) return;
    for (size_t i = 0; i < instance->attributes->n; i++) {
        const Binding *binding = &instance->attributes->bindings[i];
        if (!binding->deleted) track(ev, instance, &binding->value, 0);
    }
}

/* ---- attributes, as files of weights name them ---- */

/* The layers of the value and how they are nested; what is no layer is left out. */
static Value layers_in(Evaluator *ev, const Value *value, int depth)
{
    const ValueList *list = value->kind == VALUE_DICT ? &value->dict->values : value_items(value);
    Value out = value_list(ev->arena, VALUE_LIST, 0);
    Layer *layer = layer_of(value);
    pay(ev, 1);
    if (layer) return value_layer(layer);
    for (size_t i = 0; list && depth < 10 && i < list->n; i++) {
        const Value inner = layers_in(ev, &list->items[i], depth + 1);
        if (inner.kind == VALUE_LAYER || value_items(&list->items[i]) || list->items[i].kind == VALUE_DICT) list_add(out.list, inner);
    }
    return out;
}

static Value tracked_layers(Evaluator *ev, const Model *model)
{
    Value out = value_list(ev->arena, VALUE_LIST, (size_t)model->n_layers);
    for (int i = 0; i < model->n_layers; i++) list_add(out.list, value_layer(model->layers[i]));
    return out;
}

/* A model, other than a layer, has all its layers in model.layers too. */
static void keep_attributes(Evaluator *ev, const Instance *instance)
{
    Model *model = instance->model;
    if (!model || model->kind != MODEL_SUBCLASSED) return;
    model->attributes = ARENA_ARRAY(ev->arena, instance->attributes->n + 1, ModelAttribute);
    model->n_attributes = 0;
    for (size_t i = 0; i < instance->attributes->n; i++) {
        const Binding *binding = &instance->attributes->bindings[i];
        if (!binding->deleted) model->attributes[model->n_attributes++] = (ModelAttribute){binding->name, layers_in(ev, &binding->value, 0)};
    }
    if (instance->class->family == CLASS_MODEL)
        model->attributes[model->n_attributes++] = (ModelAttribute){"layers", tracked_layers(ev, model)};
}

static void finish_all(Evaluator *ev)
{
    for (size_t i = 0; i < ev->subclasses->n; i++) {
        Instance *instance = value_instance(&ev->subclasses->instances[i]);
        track_all(ev, instance);
        keep_attributes(ev, instance);
    }
}

/* A text that used up its steps has none left for this. */
void subclasses_finish(Evaluator *ev)
{
    Catch catch;
    catch_begin(ev, &catch);
    if (setjmp(catch.here) == 0) finish_all(ev);
    catch_end(ev, &catch);
}

/* ---- following call() ---- */

typedef struct Follower {
    Evaluator        *ev;
    Instance         *instance;
    const TensorSpec *in;     int n_in, at;     /* what comes in, and how much of it is used */
    KerasTensor     **inputs;
} Follower;

static Value input_for(Follower *follower)
{
    Evaluator *ev = follower->ev;
    if (follower->at == follower->n_in) raise_error(ev, "ValueError", "too many inputs");
    const TensorSpec *spec = &follower->in[follower->at];
    const char *name = follower->at ? arena_print(ev->arena, "input_layer_%d", follower->at) : "input_layer";
    const char *type = dtype_name(spec->dtype);
    const Argument args[] = {
        {"batch_shape", value_shape(ev->arena, &spec->shape), SPAN_NONE},
        {"dtype", value_text(ev->arena, type), SPAN_NONE},
        {"name", value_text(ev->arena, name), SPAN_NONE},
    };
    Error error = error_make(ev);
    ev->builder->quiet++;
    Layer *layer = layer_make(ev->builder, &LAYER_input_layer, args, 3, ev->span, &error);
    ev->builder->quiet--;
    if (!layer) raise_fault(ev, &error);
    layer->place = -1;
    KerasTensor *tensor = layer->calls[0]->out[0];
    follower->inputs[follower->at++] = tensor;
    return value_tensor(tensor);
}

/* The argument with an Input in the place of every tensor and array. */
static Value with_inputs(Follower *follower, Value value)
{
    if (value.kind == VALUE_TENSOR || value_is(&value, &OBJECT_ARRAY)) return input_for(follower);
    if (value.kind != VALUE_LIST && value.kind != VALUE_TUPLE) return value;
    Value out = value_list(follower->ev->arena, value.kind, value.list->n);
    for (size_t i = 0; i < value.list->n; i++) list_add(out.list, with_inputs(follower, value.list->items[i]));
    return out;
}

static bool own_method(Evaluator *ev, const Instance *instance, const char *name, Value *method)
{
    return class_attribute(ev, instance->class, name, method, NULL) && !value_is(method, &OBJECT_NATIVE);
}

static void call_own_build(Evaluator *ev, Value self, const Follower *follower)
{
    Value method;
    Instance *instance = value_instance(&self);
    if (instance->own_built || !own_method(ev, instance, "build", &method) || !follower->n_in) return;
    instance->own_built = true;
    call_one(ev, value_method(ev->arena, self, method), value_shape(ev->arena, &follower->in[0].shape));
}

/* The arguments as the text gave them, when it called the layer itself; else what the engine calls it with. */
static const Argument *followed_arguments(Evaluator *ev, Follower *follower, const Call *call, int *n)
{
    const Instance *instance = follower->instance;
    Argument *args = ARENA_ARRAY(ev->arena, instance->n_given + 1, Argument);
    *n = instance->given ? instance->n_given : 1;
    if (!instance->given) args[0] = (Argument){.value = call->args[0], .span = SPAN_NONE};
    for (int i = 0; i < instance->n_given; i++) args[i] = instance->given[i];
    for (int i = 0; i < *n; i++) args[i].value = with_inputs(follower, args[i].value);
    return args;
}

static Value told_shape(Evaluator *ev, Value self, const Follower *follower)
{
    Value method;
    if (follower->instance->class == &CLASS_KERAS_LAMBDA) return lambda_shape(ev, follower->instance, &follower->in[0].shape);
    if (!own_method(ev, value_instance(&self), "compute_output_shape", &method)) return value_none();
    return call_one(ev, value_method(ev->arena, self, method), value_shape(ev->arena, &follower->in[0].shape));
}

/* What call() does could not be followed, but the text tells the shape that comes out. */
static Value opaque_result(Evaluator *ev, Value self, const Follower *follower)
{
    const Value shape = told_shape(ev, self, follower);
    const Instance *instance = value_instance(&self);
    TensorSpec spec = {.dtype = instance->layer->dtype};
    Error error = error_make(ev);
    if (instance->gives_none) return value_tensor(follower->inputs[0]);    /* nobody will look at it */
    if (!value_items(&shape) || !value_known(&shape)) return unknown(ev, "cause.not_known_call", instance->class->name, ev->span);
    if (!shape_resolve(ev->arena, &shape, &spec.shape, &error)) raise_fault(ev, &error);
    Layer *inside = opaque_make(ev->builder, instance->class->name, "call", ev->span, &error);
    if (!inside) raise_fault(ev, &error);
    opaque_output(ev->builder, inside, 0, 0, spec);
    inside->place = -1;
    const Argument arg = {.value = value_tensor(follower->inputs[0]), .span = SPAN_NONE};
    return layer_call_plain(ev, inside, &arg, 1);
}

static _Noreturn void raise_no_call(Evaluator *ev, const Instance *instance)
{
    const bool model = instance->class->family == CLASS_MODEL;
    raise_error(ev, "NotImplementedError", model ? "Model %s does not have a `call()` method implemented."
                                                 : "Layer %s does not have a `call` method implemented.", instance->class->name);
}

static Value apply(Evaluator *ev, Value self, const Call *made, Follower *follower)
{
    Value method;
    int n;
    const Argument *args = followed_arguments(ev, follower, made, &n);
    ev->builder->in_call = true;
    if (follower->instance->class == &CLASS_KERAS_LAMBDA) return lambda_apply(ev, follower->instance, args[0].value);
    if (!own_method(ev, follower->instance, "call", &method)) raise_no_call(ev, follower->instance);
    return call(ev, value_method(ev->arena, self, method), args, n);
}

/* ---- how often Keras runs call() ---- */

static bool has_own(Evaluator *ev, const Instance *instance, const char *name)
{
    Value method;
    return own_method(ev, instance, name, &method);
}

/* Without a build() of its own a layer with unbuilt layers inside is built by running its call(). */
static bool built_by_running(Evaluator *ev, const Instance *instance)
{
    if (instance->layer->built || has_own(ev, instance, "build")) return false;
    for (int i = 0; i < instance->model->n_layers; i++)
        if (!instance->model->layers[i]->built) return true;
    return false;
}

/* On symbols call() is run for the shape it gives, unless the text tells the shape. */
static bool run_for_shape(Evaluator *ev, const Instance *instance)
{
    return ev->builder->eager || ev->following > 1 || !has_own(ev, instance, "compute_output_shape");
}

void subclass_again(void *evaluator, const Layer *layer)
{
    Evaluator *ev = evaluator;
    Value self;
    if ((ev->builder->quiet && !ev->following) || !subclass_instance(ev, layer, &self)) return;
    const Instance *instance = value_instance(&self);
    if (run_for_shape(ev, instance)) builder_repeat_names(ev->builder, instance->names);
}

void subclass_names_once(Evaluator *ev, const Layer *layer, NameCounts before)
{
    Value self;
    NameCounts taken = builder_names_since(ev->builder, before);
    if (subclass_instance(ev, layer, &self)) taken = builder_names_sum(ev->builder, taken, value_instance(&self)->names, -1);
    ev->once = builder_names_sum(ev->builder, ev->once, taken, 1);
}

/* ---- what failed ---- */

/* As Keras tells what fails while it runs call() on symbols. */
static void tell_failure(const Evaluator *ev, const Instance *instance, Error *err)
{
    const char *name = instance->class->name;
    if (instance->class == &CLASS_KERAS_LAMBDA) {
        err->exception = "NotImplementedError";
        err->message = "We could not automatically infer the shape of the Lambda's output. Please specify the `output_shape` argument for "
                       "this Lambda layer.";
        return;
    }
    err->message = arena_print(ev->arena, "Could not automatically infer the output shape / dtype of '%s' (of type %s). Either the `%s.call()` "
                               "method is incorrect, or you need to implement the `%s.compute_output_spec() / compute_output_shape()` method. "
                               "Error encountered:\n\n%s", instance->layer->name, name, name, name, err->message);
}

static bool is_ours(const Raised *raised)
{
    const char *cause = raised->error.cause;
    return raised->limit || strcmp(raised->error.exception, "UnknownValue") == 0 || (cause && strstr(cause, "not_known"));
}

/* ---- what call() takes ---- */

/* Keras binds the arguments before it runs call(), in the words of inspect.signature(call).bind(...). */
static void bind_call(Evaluator *ev, const Function *call, const Argument *args, int n)
{
    int positional = -1, given = 0;
    bool rest = false;
    for (int i = 0; i < n; i++) given += !args[i].keyword;
    for (const PyNode *param = call->node->params; param; param = param->next) {
        rest = rest || param->number == PY_VAR_POSITIONAL;
        if (param->number != PY_POSITIONAL && param->number != PY_POSITIONAL_ONLY) continue;
        if (positional++ < 0 || param->a) continue;
        bool named = positional <= given;
        for (int i = 0; i < n && !named; i++) named = args[i].keyword && strcmp(args[i].keyword, param->name) == 0;
        if (!named) raise_error(ev, "TypeError", "missing a required argument: '%s'", param->name);
    }
    if (given > positional && !rest) raise_error(ev, "TypeError", "too many positional arguments");
}

/* The only caller beside the text is a Sequential: one tensor goes from layer to layer. */
static void bind_one(Evaluator *ev, const Instance *instance, const Function *call)
{
    Text required = {.arena = ev->arena};
    int positional = -1, n = 0;
    for (const PyNode *param = call->node->params; param; param = param->next) {
        if (param->number == PY_VAR_POSITIONAL) return;
        if (param->number != PY_POSITIONAL && param->number != PY_POSITIONAL_ONLY) continue;
        if (positional++ >= 0 && !param->a) text_print(&required, "%s<Parameter \"%s\">", n++ ? ", " : "", param->name);
    }
    if (positional < 1)
        raise_error(ev, "ValueError", "Layers added to a Sequential model should have a single positional argument, the input tensor. Layer %s "
                    "has no positional arguments.", instance->class->name);
    if (n > 1)
        raise_error(ev, "ValueError", "Layers added to a Sequential model can only have a single required positional argument, the input "
                    "tensor. Layer %s has multiple required positional arguments: [%s]", instance->class->name, text_string(&required));
}

static void check_call(Evaluator *ev, const Instance *instance)
{
    Value method;
    if (!own_method(ev, instance, "call", &method) || !value_is(&method, &OBJECT_FUNCTION)) return;
    if (instance->given) bind_call(ev, method.object.data, instance->given, instance->n_given);
    else bind_one(ev, instance, method.object.data);
}

/* ---- following ---- */

static bool gives_shape(Evaluator *ev, const Value *out, const Value *told)
{
    if (out->kind != VALUE_TENSOR) return false;
    Value shape = value_shape(ev->arena, &out->tensor->spec.shape);
    shape.kind = told->kind;
    return value_equal(&shape, told);
}

/* A Lambda that is told its output_shape is taken at its word: what the function does is looked at only where it agrees. */
static Value lambda_result(Evaluator *ev, Value self, const Call *made, Follower *follower, const Value *told)
{
    Catch catch;
    Value out = unknown_here(ev, "cause.not_known_function");
    catch_begin(ev, &catch);
    if (setjmp(catch.here) == 0) out = apply(ev, self, made, follower);
    catch_end(ev, &catch);
    return gives_shape(ev, &out, told) ? out : unknown_here(ev, "cause.not_known_function");
}

/* What call() gives; unknown when it fails and the text tells the shape, for then Keras never runs it. */
static Value applied(Evaluator *ev, Value self, const Call *made, Follower *follower)
{
    Catch catch;
    const bool lambda = follower->instance->class == &CLASS_KERAS_LAMBDA && follower->n_in;
    const Value told = lambda ? told_shape(ev, self, follower) : value_none();
    if (told.kind != VALUE_NONE) return lambda_result(ev, self, made, follower, &told);
    if (!has_own(ev, follower->instance, "compute_output_shape")) return apply(ev, self, made, follower);
    catch_begin(ev, &catch);
    if (setjmp(catch.here) == 0) {
        const Value out = apply(ev, self, made, follower);
        catch_end(ev, &catch);
        return out;
    }
    catch_end(ev, &catch);
    if (ev->raised.limit) raise_again(ev);
    return unknown_here(ev, "cause.not_known_function");
}

static void follow(Evaluator *ev, Value self, const Call *made, Follower *follower)
{
    Instance *instance = follower->instance;
    check_call(ev, instance);
    call_own_build(ev, self, follower);
    track_all(ev, instance);
    const int runs = built_by_running(ev, instance) + run_for_shape(ev, instance);
    const NameCounts before = builder_names(ev->builder), outer = ev->once;
    ev->once = (NameCounts){0};
    ev->builder->quiet += runs == 0 || ev->marking;
    Value out = applied(ev, self, made, follower);
    ev->builder->quiet -= runs == 0 || ev->marking;
    instance->names = builder_names_sum(ev->builder, builder_names_since(ev->builder, before), ev->once, -1);
    ev->once = outer;
    if (runs == 2 && !ev->marking) builder_repeat_names(ev->builder, instance->names);
    if (out.kind == VALUE_NONE && has_own(ev, instance, "compute_output_shape")) out = unknown_here(ev, "cause.not_known_function");
    instance->gives_none = out.kind == VALUE_NONE;
    if (!value_known(&out) || out.kind == VALUE_NONE) out = opaque_result(ev, self, follower);
    if (out.kind == VALUE_UNKNOWN) {
        const Argument result = {.keyword = instance->class->name, .value = out, .span = SPAN_NONE};
        raise_unknown(ev, &result, out.unknown);
    }
    track_all(ev, instance);
    Error error = error_make(ev);
    if (!subclassed_record(ev->builder, instance->model, follower->inputs, follower->at, out, &error)) raise_fault(ev, &error);
}

/* The engine asks while it builds the layer; no exception may pass through it. */
bool subclass_follow(void *evaluator, Layer *layer, const Call *made, const TensorSpec *in, int n_in, Error *err)
{
    Evaluator *ev = evaluator;
    Value self;
    Catch catch;
    if (!subclass_instance(ev, layer, &self)) return true;
    Follower follower = {.ev = ev, .instance = value_instance(&self), .in = in, .n_in = n_in};
    follower.inputs = ARENA_ARRAY(ev->arena, n_in + 1, KerasTensor *);
    const bool eager = ev->builder->eager, symbolic = !eager && !ev->following, in_call = ev->builder->in_call;
    const int quiet = ev->builder->quiet;
    catch_begin(ev, &catch);
    ev->builder->in_call = false;
    ev->builder->quiet = 0;
    ev->following++;
    const bool followed = setjmp(catch.here) == 0;
    if (followed) follow(ev, self, made, &follower);
    catch_end(ev, &catch);
    ev->builder->eager = eager;
    ev->builder->quiet = quiet;
    if (followed) {
        ev->builder->in_call = in_call;
        return true;
    }
    const bool told = ev->builder->in_call && !is_ours(&ev->raised);
    if (told && symbolic) tell_failure(ev, follower.instance, &ev->raised.error);
    ev->builder->in_call = told;
    if (err) *err = ev->raised.error;
    return false;
}

/* Several tensors as several arguments go to the engine as one list. */
static Argument as_one(Evaluator *ev, const Argument *args, int n)
{
    Value list = value_list(ev->arena, VALUE_LIST, (size_t)n);
    for (int i = 0; i < n; i++)
        if (args[i].value.kind == VALUE_TENSOR || value_is(&args[i].value, &OBJECT_ARRAY)) list_add(list.list, args[i].value);
    if (list.list->n < 2) return args[0];
    return (Argument){.value = list, .span = args[0].span};
}

Value subclass_call(Evaluator *ev, Value self, const Argument *args, int n)
{
    Value method;
    Instance *instance = value_instance(&self);
    const bool own = instance->model && instance->model->kind == MODEL_SUBCLASSED &&
                     (instance->class == &CLASS_KERAS_LAMBDA || own_method(ev, instance, "call", &method));
    if (!own || !n) return layer_call_plain(ev, instance->layer, args, n);
    const Argument *outer = instance->given;
    const int n_outer = instance->n_given;
    const Argument one = as_one(ev, args, n);
    instance->given = args;
    instance->n_given = n;
    const Value out = layer_call_plain(ev, instance->layer, &one, 1);
    instance->given = outer;
    instance->n_given = n_outer;
    instance->model->only_marked = false;
    if (instance->class->family == CLASS_MODEL && instance->model->built) registry_model(ev, instance->model);
    return instance->gives_none ? value_none() : out;
}

/* Keras looks at nothing here; what the layers would be is worth a picture all the same. */
void subclass_build(Evaluator *ev, Value self, const Shape *shapes, int n)
{
    Value list = value_list(ev->arena, VALUE_LIST, (size_t)n);
    const Instance *instance = value_instance(&self);
    if (instance->model->built || !has_own(ev, instance, "call")) return;
    for (int i = 0; i < n; i++) list_add(list.list, value_array(ev, shapes[i], DTYPE_FLOAT32, NULL));
    const Argument arg = {.value = n == 1 ? list.list->items[0] : list, .span = SPAN_NONE};
    const bool outer = ev->marking;
    ev->marking = true;
    subclass_call(ev, self, &arg, 1);
    ev->marking = outer;
    instance->model->only_marked = true;
}

/* ---- what super() has ---- */

/* model.build(shape); of super().build(shape) inside the class' own build() nothing comes. */
static Value build_call_base(Evaluator *ev, const Given *given)
{
    Value method;
    const Instance *instance = given->self ? value_instance(given->self) : NULL;
    if (!instance || !instance->layer || own_method(ev, instance, "build", &method)) return value_none();
    if (!layer_attribute(ev, instance->layer, "build", &method)) return value_none();
    return call(ev, method, given->written, given->n_written);
}

static Value config_call_base(Evaluator *ev, const Given *given)
{
    Value config = value_dict(ev->arena);
    const Instance *instance = given->self ? value_instance(given->self) : NULL;
    if (!instance || !instance->layer) return config;
    dict_set(ev->arena, config.dict, value_text(ev->arena, "name"), value_text(ev->arena, instance->layer->name));
    dict_set(ev->arena, config.dict, value_text(ev->arena, "trainable"), value_bool(instance->layer->trainable));
    dict_set(ev->arena, config.dict, value_text(ev->arena, "dtype"), value_text(ev->arena, dtype_name(instance->layer->dtype)));
    return config;
}

static Value add_weight_call(Evaluator *ev, const Given *given)
{
    const Instance *instance = given->self ? value_instance(given->self) : NULL;
    Shape shape = {0};
    Error error = error_make(ev);
    const Value *name = given->arg[4], *trainable = given->arg[3], *initializer = given->arg[1];
    const char *text = name && name->kind == VALUE_STRING ? name->string.bytes : "variable";
    if (!instance || !instance->layer) return value_none();
    if (given->arg[0] && !value_known(given->arg[0])) return *given->arg[0];
    if (given->arg[0] && !shape_resolve(ev->arena, given->arg[0], &shape, &error)) raise_fault(ev, &error);
    const Value start = initializer ? engine_value(ev, *initializer) : value_none();
    Value resolved = value_none();
    if (start.kind != VALUE_NONE && value_known(&start) && !config_resolve(ev->arena, "initializer", &start, &resolved, &error)) raise_fault(ev, &error);
    const bool learned = !trainable || trainable->kind != VALUE_BOOL || trainable->boolean;
    if (!layer_add_weight(ev->builder, instance->layer, text, shape, resolved, learned, &error)) raise_fault(ev, &error);
    return value_array(ev, shape, instance->layer->dtype, NULL);
}

#define BASE_METHODS \
    {.name = "__init__", .params = "!*args **more", .call = init_call}, \
    {.name = "build", .params = "!*args **more", .call = build_call_base}, \
    {.name = "get_config", .params = "", .call = config_call_base}, \
    {.name = "add_weight", .params = "!shape? initializer? dtype? trainable? name? **more", .call = add_weight_call}, \
    {.name = "add_loss", .params = "!*args **more", .call = give_none}

const Native LAYER_BASE_METHODS[] = {BASE_METHODS, {0}};
const Native MODEL_BASE_METHODS[] = {
    {.name = "__init__", .params = "!*args **more", .call = init_call},
    {.name = "get_config", .params = "", .call = config_call_base},
    {0}};
const Native SEQUENTIAL_BASE_METHODS[] = {
    {.name = "__init__", .params = "!*args **more", .call = init_call},
    {0}};
