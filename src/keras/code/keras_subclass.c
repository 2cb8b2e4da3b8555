#include "keras/code/keras_subclass.h"

#include <string.h>

#include "keras/code/array.h"
#include "keras/code/keras_attribute.h"
#include "keras/code/keras_call.h"
#include "keras/code/keras_class.h"
#include "keras/code/keras_lambda.h"
#include "keras/code/keras_model.h"
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

/* The arguments with a name that comes from the text's class, where none is given. */
static const Argument *with_name(Evaluator *ev, const Class *class, const Argument *args, int *n)
{
    Argument *named = ARENA_ARRAY(ev->arena, *n + 1, Argument);
    for (int i = 0; i < *n; i++) named[i] = args[i];
    if (find_keyword(args, *n, "name")) return named;
    named[(*n)++] = (Argument){"name", value_text(ev->arena, builder_name(ev->builder, class->name)), SPAN_NONE};
    return named;
}

static Layer *init_functional(Evaluator *ev, const Class *class, const Class *base, const Argument *args, int n)
{
    const Argument *named = with_name(ev, class, args, &n);
    return construct_model(ev, base, named, n, ev->span).layer;
}

static Layer *init_sequential(Evaluator *ev, const Class *class, const Class *base, const Argument *args, int n)
{
    const Argument *named = with_name(ev, class, args, &n);
    return construct_sequential(ev, base, named, n, ev->span).layer;
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
    const Argument *named = with_name(ev, class, args, &n);
    return layer_construct(ev, base->layer, named, n, ev->span).layer;
}

void subclass_start(Evaluator *ev, Value self, const Argument *args, int n)
{
    Instance *instance = value_instance(&self);
    const Class *class = instance->class, *base = keras_base(class);
    if (instance->layer || !base) return;
    if (base == &CLASS_KERAS_SEQUENTIAL) instance->layer = init_sequential(ev, class, base, args, n);
    else if (base->layer) instance->layer = init_kind(ev, class, base, args, n);
    else if (class->family == CLASS_MODEL && is_functional(args, n)) instance->layer = init_functional(ev, class, base, args, n);
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

/* ---- what the text wrote in the class ---- */

bool subclass_method(Evaluator *ev, const Instance *instance, const char *name, Value *method)
{
    return class_attribute(ev, instance->class, name, method, NULL) && !value_is(method, &OBJECT_NATIVE);
}

bool subclass_has(Evaluator *ev, const Instance *instance, const char *name)
{
    Value method;
    return subclass_method(ev, instance, name, &method);
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
void subclass_track(Evaluator *ev, Instance *instance)
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
        subclass_track(ev, instance);
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

/* ---- calling ---- */

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
                     (instance->class == &CLASS_KERAS_LAMBDA || subclass_method(ev, instance, "call", &method));
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
    if (instance->model->built || !subclass_has(ev, instance, "call")) return;
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
    if (!instance || !instance->layer || subclass_method(ev, instance, "build", &method)) return value_none();
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
