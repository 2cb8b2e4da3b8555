#include "keras/code/keras_follow.h"

#include <string.h>

#include "engine/layers/layers.h"
#include "keras/code/array.h"
#include "keras/code/keras_call.h"
#include "keras/code/keras_class.h"
#include "keras/code/keras_lambda.h"
#include "keras/code/keras_subclass.h"
#include "keras/opaque.h"

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

static void call_own_build(Evaluator *ev, Value self, const Follower *follower)
{
    Value method;
    Instance *instance = value_instance(&self);
    if (instance->own_built || !subclass_method(ev, instance, "build", &method) || !follower->n_in) return;
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
    if (!subclass_method(ev, value_instance(&self), "compute_output_shape", &method)) return value_none();
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
    if (!subclass_method(ev, follower->instance, "call", &method)) raise_no_call(ev, follower->instance);
    return call(ev, value_method(ev->arena, self, method), args, n);
}

/* ---- how often Keras runs call() ---- */

/* Without a build() of its own a layer with unbuilt layers inside is built by running its call(). */
static bool built_by_running(Evaluator *ev, const Instance *instance)
{
    if (instance->layer->built || subclass_has(ev, instance, "build")) return false;
    for (int i = 0; i < instance->model->n_layers; i++)
        if (!instance->model->layers[i]->built) return true;
    return false;
}

/* On symbols call() is run for the shape it gives, unless the text tells the shape. */
static bool run_for_shape(Evaluator *ev, const Instance *instance)
{
    return ev->builder->eager || ev->following > 1 || !subclass_has(ev, instance, "compute_output_shape");
}

void follow_again(void *evaluator, const Layer *layer)
{
    Evaluator *ev = evaluator;
    Value self;
    if ((ev->builder->quiet && !ev->following) || !subclass_instance(ev, layer, &self)) return;
    const Instance *instance = value_instance(&self);
    if (run_for_shape(ev, instance)) builder_repeat_names(ev->builder, instance->names);
}

void follow_names_once(Evaluator *ev, const Layer *layer, NameCounts before)
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
    if (!subclass_method(ev, instance, "call", &method) || !value_is(&method, &OBJECT_FUNCTION)) return;
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
    if (!subclass_has(ev, follower->instance, "compute_output_shape")) return apply(ev, self, made, follower);
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
    subclass_track(ev, instance);
    const int runs = built_by_running(ev, instance) + run_for_shape(ev, instance);
    const NameCounts before = builder_names(ev->builder), outer = ev->once;
    ev->once = (NameCounts){0};
    ev->builder->quiet += runs == 0 || ev->marking;
    Value out = applied(ev, self, made, follower);
    ev->builder->quiet -= runs == 0 || ev->marking;
    instance->names = builder_names_sum(ev->builder, builder_names_since(ev->builder, before), ev->once, -1);
    ev->once = outer;
    if (runs == 2 && !ev->marking) builder_repeat_names(ev->builder, instance->names);
    if (out.kind == VALUE_NONE && subclass_has(ev, instance, "compute_output_shape")) out = unknown_here(ev, "cause.not_known_function");
    instance->gives_none = out.kind == VALUE_NONE;
    if (!value_known(&out) || out.kind == VALUE_NONE) out = opaque_result(ev, self, follower);
    if (out.kind == VALUE_UNKNOWN) {
        const Argument result = {.keyword = instance->class->name, .value = out, .span = SPAN_NONE};
        raise_unknown(ev, &result, out.unknown);
    }
    subclass_track(ev, instance);
    Error error = error_make(ev);
    if (!subclassed_record(ev->builder, instance->model, follower->inputs, follower->at, out, &error)) raise_fault(ev, &error);
}

/* The engine asks while it builds the layer; no exception may pass through it. */
bool follow_call(void *evaluator, Layer *layer, const Call *made, const TensorSpec *in, int n_in, Error *err)
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
