#include "keras/code/keras_subclass.h"

#include <string.h>

#include "engine/layers/layers.h"
#include "engine/nest.h"
#include "keras/code/array.h"
#include "keras/code/keras_call.h"
#include "keras/code/keras_class.h"
#include "keras/code/keras_model.h"
#include "keras/code/places.h"
#include "keras/code/registry.h"
#include "keras/code/trail.h"

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
    if (!class->node) return class->layer || class->family == CLASS_MODEL || class->family == CLASS_LAYER ? class : NULL;
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

static const char *given_name(const Argument *args, int n)
{
    const Argument *name = find_keyword(args, n, "name");
    return name && name->value.kind == VALUE_STRING ? name->value.string.bytes : NULL;
}

static Layer *init_own(Evaluator *ev, const Class *class, const Argument *args, int n)
{
    Error error = error_make(ev);
    Model *model = subclassed_make(ev->builder, class->name, given_name(args, n), ev->span, &error);
    if (!model) raise_fault(ev, &error);
    const Argument *trainable = find_keyword(args, n, "trainable");
    if (trainable && trainable->value.kind == VALUE_BOOL) layer_set_trainable(model->self, trainable->value.boolean);
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
    if (name) named[n] = (Argument){"name", value_string(ev->arena, name, strlen(name)), SPAN_NONE};
    return layer_construct(ev, base->layer, named, n + (name != NULL), ev->span).layer;
}

static void init(Evaluator *ev, Value self, const Argument *args, int n)
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
    instance->layer->type_name = arena_print(ev->arena, "__main__.%s", class->name);
    register_instance(ev, self);
}

/* Layer.__init__(self) has the instance among its arguments, super().__init__() does not. */
static Value init_call(Evaluator *ev, const Given *given)
{
    const bool unbound = !given->self && given->n_written && value_instance(&given->written[0].value);
    if (unbound) init(ev, given->written[0].value, given->written + 1, given->n_written - 1);
    else if (given->self && value_instance(given->self)) init(ev, *given->self, given->written, given->n_written);
    return value_none();
}

void subclass_finish(Evaluator *ev, Instance *instance)
{
    const bool keras = instance->class->family == CLASS_MODEL || instance->class->family == CLASS_LAYER;
    if (!keras || instance->layer || !keras_base(instance->class)) return;
    raise_error(ev, "RuntimeError", "In layer '%s', you forgot to call `super().__init__()` as the first statement in the `__init__()` "
                "method. Go add it!", instance->class->name);
}

/* Layer() and Model() themselves: nothing a model could be made of. */
Value construct_base_layer(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)class, (void)args, (void)n;
    return unknown(ev, "cause.not_known_class", source_text(ev, span), span);
}

/* ---- tracking ---- */

void subclass_track(Evaluator *ev, Instance *instance, Value value)
{
    const ValueList *list = value_items(&value);
    Layer *layer = layer_of(&value);
    if (!instance->model || instance->model->kind != MODEL_SUBCLASSED) return;
    pay(ev, 1);
    if (layer && layer != instance->layer) subclassed_track(ev->builder, instance->model, layer);
    for (size_t i = 0; list && i < list->n; i++)
        if (layer_of(&list->items[i])) subclass_track(ev, instance, list->items[i]);
    for (size_t i = 0; value.kind == VALUE_DICT && i < value.dict->values.n; i++)
        if (layer_of(&value.dict->values.items[i])) subclass_track(ev, instance, value.dict->values.items[i]);
}

/* ---- following call() ---- */

typedef struct Follower {
    Evaluator   *ev;
    Instance    *instance;
    KerasTensor *inputs[SHAPE_RANK_MAX];
    int          n;
} Follower;

static Value shape_value(Evaluator *ev, const Shape *shape)
{
    return value_shape(ev->arena, shape);
}

static Value input_for(Follower *follower, Shape shape, Dtype dtype)
{
    Evaluator *ev = follower->ev;
    const char *name = follower->n ? arena_print(ev->arena, "input_layer_%d", follower->n) : "input_layer";
    const char *type = dtype_name(dtype);
    const Argument args[] = {
        {"batch_shape", shape_value(ev, &shape), SPAN_NONE},
        {"dtype", value_string(ev->arena, type, strlen(type)), SPAN_NONE},
        {"name", value_string(ev->arena, name, strlen(name)), SPAN_NONE},
    };
    Error error = error_make(ev);
    Layer *layer = layer_make(ev->builder, &LAYER_input_layer, args, 3, ev->span, &error);
    if (!layer) raise_fault(ev, &error);
    layer->place = -1;
    KerasTensor *tensor = layer->calls[0]->out[0];
    if (follower->n == SHAPE_RANK_MAX) raise_error(ev, "ValueError", "too many inputs");
    follower->inputs[follower->n++] = tensor;
    return value_tensor(tensor);
}

/* The argument with an Input in the place of every tensor and array. */
static Value with_inputs(Follower *follower, Value value)
{
    const Array *array = array_of(&value);
    if (value.kind == VALUE_TENSOR) return input_for(follower, value.tensor->spec.shape, value.tensor->spec.dtype);
    if (array) return input_for(follower, array->shape, array->dtype == DTYPE_FLOAT64 ? DTYPE_FLOAT32 : array->dtype);
    if (value.kind != VALUE_LIST && value.kind != VALUE_TUPLE) return value;
    Value out = value_list(follower->ev->arena, value.kind, value.list->n);
    for (size_t i = 0; i < value.list->n; i++) list_add(out.list, with_inputs(follower, value.list->items[i]));
    return out;
}

static Value follow_call(Follower *follower, Value method, Value self, const Argument *args, int n)
{
    Evaluator *ev = follower->ev;
    const char *scope = ev->builder->scope;
    Catch catch;
    catch_begin(ev, &catch);
    ev->builder->scope = follower->instance->layer->name;
    follower->instance->following = true;
    ev->following++;
    if (setjmp(catch.here) == 0) {
        const Value out = call(ev, value_method(ev->arena, self, method), args, n);
        catch_end(ev, &catch);
        ev->builder->scope = scope;
        follower->instance->following = false;
        ev->following--;
        return out;
    }
    catch_end(ev, &catch);
    ev->builder->scope = scope;
    follower->instance->following = false;
    ev->following--;
    raise_again(ev);
}

static void build_own(Evaluator *ev, Value self, const KerasTensor *input)
{
    Value method;
    const Instance *instance = value_instance(&self);
    if (!input || !class_attribute(ev, instance->class, "build", &method, NULL) || value_is(&method, &OBJECT_NATIVE)) return;
    call_one(ev, value_method(ev->arena, self, method), shape_value(ev, &input->spec.shape));
}

/* True when call() was followed to tensors, and the model has its graph. */
static bool follow(Evaluator *ev, Value self, Value method, const Argument *args, int n)
{
    Follower follower = {.ev = ev, .instance = value_instance(&self)};
    Argument *inner = ARENA_ARRAY(ev->arena, n + 1, Argument);
    for (int i = 0; i < n; i++) {
        inner[i] = args[i];
        inner[i].value = with_inputs(&follower, args[i].value);
    }
    build_own(ev, self, follower.n ? follower.inputs[0] : NULL);
    const Value out = follow_call(&follower, method, self, inner, n);
    Error error = error_make(ev);
    if (!value_known(&out)) return false;
    if (!subclassed_record(ev->builder, follower.instance->model, follower.inputs, follower.n, out, &error)) raise_fault(ev, &error);
    if (follower.instance->class->family == CLASS_MODEL) registry_model(ev, follower.instance->model);
    return true;
}

static bool own_call(Evaluator *ev, const Instance *instance, Value *method)
{
    return instance->model && instance->model->kind == MODEL_SUBCLASSED &&
           class_attribute(ev, instance->class, "call", method, NULL) && !value_is(method, &OBJECT_NATIVE);
}

Value subclass_call(Evaluator *ev, Value self, const Argument *args, int n)
{
    Value method;
    Instance *instance = value_instance(&self);
    if (!own_call(ev, instance, &method)) return layer_call_plain(ev, instance->layer, args, n);
    if (instance->following) raise_error(ev, "RecursionError", "maximum recursion depth exceeded");
    for (int i = 0; i < n; i++)
        if (args[i].value.kind == VALUE_UNKNOWN) return args[i].value;
    if (!instance->model->built && !follow(ev, self, method, args, n))
        return unknown(ev, "cause.not_known_call", instance->class->name, ev->span);
    return layer_call_plain(ev, instance->layer, args, n ? 1 : 0);
}

void subclass_build(Evaluator *ev, Value self, const Shape *shapes, int n)
{
    Value method, list = value_list(ev->arena, VALUE_LIST, (size_t)n);
    const Instance *instance = value_instance(&self);
    if (!own_call(ev, instance, &method) || instance->model->built) return;
    for (int i = 0; i < n; i++) list_add(list.list, value_array(ev, shapes[i], DTYPE_FLOAT32, NULL));
    const Argument arg = {.value = n == 1 ? list.list->items[0] : list, .span = SPAN_NONE};
    follow(ev, self, method, &arg, 1);
}

/* ---- what super() has ---- */

static Value nothing_call(Evaluator *ev, const Given *given)
{
    (void)ev, (void)given;
    return value_none();
}

static Value config_call_base(Evaluator *ev, const Given *given)
{
    (void)given;
    return value_dict(ev->arena);
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
    {.name = "build", .params = "!*args **more", .call = nothing_call}, \
    {.name = "get_config", .params = "", .call = config_call_base}, \
    {.name = "add_weight", .params = "!shape? initializer? dtype? trainable? name? **more", .call = add_weight_call}, \
    {.name = "add_loss", .params = "!*args **more", .call = nothing_call}

const Native LAYER_BASE_METHODS[] = {BASE_METHODS, {0}};
const Native MODEL_BASE_METHODS[] = {
    {.name = "__init__", .params = "!*args **more", .call = init_call},
    {.name = "get_config", .params = "", .call = config_call_base},
    {0}};
const Native SEQUENTIAL_BASE_METHODS[] = {
    {.name = "__init__", .params = "!*args **more", .call = init_call},
    {0}};
