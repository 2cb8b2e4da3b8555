/* Attributes of anything. */
#include <string.h>

#include "keras/code/array.h"
#include "keras/code/builtin.h"
#include "keras/code/container.h"
#include "keras/code/evaluator.h"
#include "keras/code/keras_attribute.h"
#include "keras/code/keras_class.h"
#include "keras/code/keras_subclass.h"
#include "keras/code/module.h"
#include "keras/code/module_dataclasses.h"
#include "keras/code/module_enum.h"
#include "keras/code/named_tuple.h"
#include "keras/code/protocol.h"
#include "keras/code/string_methods.h"

/* ---- classes and instances ---- */

/* An object of the text's own class with __get__. */
static bool own_descriptor(Evaluator *ev, Value self, const Class *class, Value *value)
{
    Value method;
    const Instance *instance = value_instance(value);
    if (!instance || !class_own(instance->class) || !class_attribute(ev, instance->class, "__get__", &method, NULL)) return false;
    const Argument args[] = {{.value = self, .span = SPAN_NONE}, {.value = value_class(class), .span = SPAN_NONE}};
    *value = call(ev, value_method(ev->arena, *value, method), args, 2);
    return true;
}

/* A class attribute seen through an instance. */
static Value bound(Evaluator *ev, Value self, const Class *class, const char *name, Value value)
{
    if (value_is(&value, &OBJECT_FUNCTION) || value_is(&value, &OBJECT_NATIVE)) return value_method(ev->arena, self, value);
    if (own_descriptor(ev, self, class, &value) || !value_is(&value, &OBJECT_DESCRIPTOR)) return value;
    const Descriptor *descriptor = value.object.data;
    switch (descriptor->kind) {
    case DESCRIPTOR_PROPERTY: return call_one(ev, descriptor->function, self);
    case DESCRIPTOR_STATIC: return descriptor->function;
    case DESCRIPTOR_CLASS: return value_method(ev->arena, value_class(class), descriptor->function);
    case DESCRIPTOR_CACHED: break;
    }
    const Value made = call_one(ev, descriptor->function, self);
    if (value_instance(&self)) scope_set(value_instance(&self)->attributes, name, made);
    return made;
}

static bool instance_dict(Evaluator *ev, const Scope *scope, Value *out)
{
    *out = value_dict(ev->arena);
    for (size_t i = 0; i < scope->n; i++)
        if (!scope->bindings[i].deleted) dict_put(ev, out->dict, value_text(ev->arena, scope->bindings[i].name), scope->bindings[i].value);
    return true;
}

static bool exception_attribute(const Instance *instance, const char *name, Value *out)
{
    if (instance->class->family != CLASS_EXCEPTION) return false;
    if (strcmp(name, "args") == 0) *out = instance->args;
    else if (strcmp(name, "__cause__") == 0 || strcmp(name, "__context__") == 0 || strcmp(name, "__traceback__") == 0) *out = value_none();
    else return false;
    return true;
}

/* __getattr__ of the text's class. */
static bool own_getattr(Evaluator *ev, Value self, const char *name, Value *out)
{
    Value method;
    if (!class_attribute(ev, value_instance(&self)->class, "__getattr__", &method, NULL)) return false;
    *out = call_one(ev, value_method(ev->arena, self, method), value_text(ev->arena, name));
    return true;
}

static bool is_property(const Value *value)
{
    return value_is(value, &OBJECT_DESCRIPTOR) && ((const Descriptor *)value->object.data)->kind == DESCRIPTOR_PROPERTY;
}

static bool instance_attribute(Evaluator *ev, Value self, const char *name, Value *out)
{
    const Instance *instance = value_instance(&self);
    const Binding *binding = scope_find(instance->attributes, name);
    const bool of_class = class_attribute(ev, instance->class, name, out, NULL);
    if (binding && !binding->deleted && !(of_class && is_property(out))) {
        *out = binding->value;
        return true;
    }
    if (of_class) {
        *out = bound(ev, self, instance->class, name, *out);
        return true;
    }
    if (strcmp(name, "__class__") == 0) { *out = value_class(instance->class); return true; }
    if (strcmp(name, "__dict__") == 0) return instance_dict(ev, instance->attributes, out);
    if (exception_attribute(instance, name, out)) return true;
    if (named_tuple_attribute(ev, instance->class, name, out)) {
        if (value_is(out, &OBJECT_NATIVE)) *out = value_method(ev->arena, self, *out);
        return true;
    }
    if (instance->plain.kind != VALUE_NONE && attribute_find(ev, instance->plain, name, out)) return true;
    if (instance->layer && layer_attribute(ev, instance->layer, name, out)) return true;
    if (own_getattr(ev, self, name, out)) return true;
    if (instance->layer) return false;
    if (instance->class->family != CLASS_UNKNOWN && instance->class->family != CLASS_LAYER) return false;
    *out = unknown_here(ev, "cause.not_known_class");
    return true;
}

static Value class_list(Evaluator *ev, const Class *const *classes, int n)
{
    Value out = value_list(ev->arena, VALUE_TUPLE, (size_t)n);
    for (int i = 0; i < n; i++) list_add(out.list, value_class(classes[i]));
    return out;
}

static Value order_call(Evaluator *ev, const Given *given)
{
    const Class *class = value_as_class(given->self);
    Value order = class_list(ev, class->order ? class->order : &class, class->order ? class->n_order : 1);
    order.kind = VALUE_LIST;
    return order;
}

static const Native order_native = {.name = "mro", .params = "", .call = order_call};

/* What every class has. */
static bool class_self_attribute(Evaluator *ev, const Class *class, const char *name, Value *out)
{
    if (strcmp(name, "__name__") == 0 || strcmp(name, "__qualname__") == 0) *out = value_text(ev->arena, class->name);
    else if (strcmp(name, "__module__") == 0) *out = value_text(ev->arena, class->module);
    else if (strcmp(name, "__doc__") == 0) *out = value_none();
    else if (strcmp(name, "__dict__") == 0 && class->attributes) instance_dict(ev, class->attributes, out);
    else if (strcmp(name, "__bases__") == 0) *out = class_list(ev, class->bases, class->n_bases);
    else if (strcmp(name, "__mro__") == 0 && class->order) *out = class_list(ev, class->order, class->n_order);
    else if (strcmp(name, "mro") == 0) *out = value_method(ev->arena, value_class(class), value_native(&order_native));
    else return false;
    return true;
}

static bool class_object_attribute(Evaluator *ev, const Class *class, const char *name, Value *out)
{
    if (class_attribute(ev, class, name, out, NULL)) {
        if (own_descriptor(ev, value_none(), class, out) || !value_is(out, &OBJECT_DESCRIPTOR)) return true;
        const Descriptor *descriptor = out->object.data;
        if (descriptor->kind == DESCRIPTOR_CLASS) *out = value_method(ev->arena, value_class(class), descriptor->function);
        else if (descriptor->kind == DESCRIPTOR_STATIC) *out = descriptor->function;
        return true;
    }
    if (class_self_attribute(ev, class, name, out) || named_tuple_attribute(ev, class, name, out)) return true;
    for (int i = 0; i < (class->order ? class->n_order : 1); i++)
        if (plain_class_attribute(ev, class->order ? class->order[i] : class, name, out)) return true;
    return keras_class_attribute(ev, class, name, out);
}

/* ---- super ---- */

static Value new_call(Evaluator *ev, const Given *given)
{
    const Class *class = given->n_written ? value_as_class(&given->written[0].value) : NULL;
    return class && class_own(class) ? class_new(ev, class, given->written + 1, given->n_written - 1) : value_none();
}

static const Native new_native = {.name = "object.__new__", .params = "!*args **more", .call = new_call};

/* list.__init__ of what is a list too. */
static Value fill_call(Evaluator *ev, const Given *given)
{
    Value extend;
    Instance *instance = value_instance(given->self);
    const Value *plain = &instance->plain;
    const char *method = plain->kind == VALUE_LIST ? "extend" : "update";
    if (given->n_written && attribute_find(ev, *plain, method, &extend)) call(ev, extend, given->written, given->n_written);
    return value_none();
}

static const Native fill_native = {.name = "__init__", .params = "!*args **more", .call = fill_call};

static bool object_method(Evaluator *ev, const Super *super, const Class *class, const char *name, Value *out)
{
    const Instance *instance = value_instance(&super->self);
    const bool fills = instance && (instance->plain.kind == VALUE_LIST || instance->plain.kind == VALUE_DICT || value_is(&instance->plain, &OBJECT_SET));
    if (strcmp(name, "__new__") == 0) *out = value_native(&new_native);
    else if (strcmp(name, "__init__") == 0 && fills) *out = value_method(ev->arena, super->self, value_native(&fill_native));
    else if (strcmp(name, "__init__") == 0 || strcmp(name, "__init_subclass__") == 0) *out = value_native(builtin_nothing());
    else if (class->family == CLASS_UNKNOWN) *out = value_native(builtin_nothing());
    else return false;
    return true;
}

/* super(): what stands behind the class of the method in the order of the instance's class, bound to the instance. */
static bool super_attribute(Evaluator *ev, const Super *super, const char *name, Value *out)
{
    const Instance *instance = value_instance(&super->self);
    const Class *self_class = value_as_class(&super->self), *class = instance ? instance->class : self_class ? self_class : super->after;
    if (!class_is(class, super->after)) class = super->after;
    if (class_attribute_after(ev, class, super->after, name, out)) {
        const bool plain_function = self_class && !value_is(out, &OBJECT_DESCRIPTOR);
        if (!plain_function) *out = bound(ev, super->self, class, name, *out);
        return true;
    }
    if (instance && instance->layer) return layer_attribute(ev, instance->layer, name, out);
    if (object_method(ev, super, class, name, out)) return true;
    return instance && instance->plain.kind != VALUE_NONE && attribute_find(ev, instance->plain, name, out);
}

/* ---- the rest ---- */

static Value documentation(Evaluator *ev, const Function *function)
{
    const PyNode *first = function->node->list;
    return first && first->type == PY_EXPR && first->a->type == PY_STRING ? evaluate(ev, first->a) : value_none();
}

static bool function_attribute(Evaluator *ev, Value value, const char *name, Value *out)
{
    const Function *function = value.object.data;
    const Binding *own = function->attributes ? scope_find(function->attributes, name) : NULL;
    const char *dot = strrchr(function->name, '.');
    if (own && !own->deleted) { *out = own->value; return true; }
    if (strcmp(name, "__name__") == 0) { *out = value_text(ev->arena, dot ? dot + 1 : function->name); return true; }
    if (strcmp(name, "__qualname__") == 0) { *out = value_text(ev->arena, function->name); return true; }
    if (strcmp(name, "__doc__") == 0) { *out = documentation(ev, function); return true; }
    if (strcmp(name, "__wrapped__") == 0) { *out = value_none(); return true; }
    if (strcmp(name, "__call__") == 0) { *out = value; return true; }
    if (strncmp(name, "__", 2) != 0) return false;
    *out = unknown_here(ev, "cause.not_known_function");
    return true;
}

static bool number_attribute(Evaluator *ev, Value value, const char *name, Value *out)
{
    if (strcmp(name, "real") == 0) { *out = value; return true; }
    if (strcmp(name, "imag") == 0) { *out = value_int(0); return true; }
    return method_find(ev, NUMBER_METHODS, value, name, out);
}

static bool range_attribute(const Range *range, const char *name, Value *out)
{
    if (strcmp(name, "start") == 0) *out = value_int(range->start);
    else if (strcmp(name, "stop") == 0) *out = value_int(range->stop);
    else if (strcmp(name, "step") == 0) *out = value_int(range->step);
    else return false;
    return true;
}

static bool slice_attribute(const SliceParts *slice, const char *name, Value *out)
{
    if (strcmp(name, "start") == 0) *out = slice->start;
    else if (strcmp(name, "stop") == 0) *out = slice->stop;
    else if (strcmp(name, "step") == 0) *out = slice->step;
    else return false;
    return true;
}

/* @x.setter def x(self, value): the property with it. */
static Value setter_call(Evaluator *ev, const Given *given)
{
    const Descriptor *old = given->self->object.data;
    return value_descriptor(ev->arena, old->kind, old->function, *given->arg[0]);
}

static const Native descriptor_methods[] = {
    {.name = "setter", .params = "!fset", .call = setter_call},
    {.name = "getter", .params = "!fget", .call = give_self},
    {.name = "deleter", .params = "!fdel", .call = give_self},
    {0}};

static bool partial_attribute(Evaluator *ev, const Partial *partial, const char *name, Value *out)
{
    const bool keywords = strcmp(name, "keywords") == 0;
    if (strcmp(name, "func") == 0) { *out = partial->function; return true; }
    if (!keywords && strcmp(name, "args") != 0) return false;
    *out = keywords ? value_dict(ev->arena) : value_list(ev->arena, VALUE_TUPLE, 0);
    for (int i = 0; i < partial->n; i++) {
        const Argument *arg = &partial->args[i];
        if (keywords && arg->keyword) dict_put(ev, out->dict, value_text(ev->arena, arg->keyword), arg->value);
        if (!keywords && !arg->keyword) list_add(out->list, arg->value);
    }
    return true;
}

static bool object_attribute(Evaluator *ev, Value value, const char *name, Value *out)
{
    const ObjectKind *kind = value.object.kind;
    void *data = value.object.data;
    if (kind == &OBJECT_MODULE) return module_attribute(ev, data, name, out);
    if (kind == &OBJECT_CLASS) return class_object_attribute(ev, data, name, out);
    if (kind == &OBJECT_SUPER) return super_attribute(ev, data, name, out);
    if (kind == &OBJECT_FUNCTION) return function_attribute(ev, value, name, out);
    if (kind == &OBJECT_METHOD) return attribute_find(ev, ((Method *)data)->function, name, out);
    if (kind == &OBJECT_NATIVE || kind == &OBJECT_OPERATION) return native_attribute(ev, value, name, out);
    if (kind == &OBJECT_SET) return method_find(ev, SET_METHODS, value, name, out);
    if (kind == &OBJECT_RANGE) return range_attribute(data, name, out) || method_find(ev, RANGE_METHODS, value, name, out);
    if (kind == &CONSTANT_SLICE) return slice_attribute(data, name, out);
    if (kind == &OBJECT_ARRAY || kind == &OBJECT_SCALAR) return array_attribute(ev, value, name, out);
    if (kind == &OBJECT_PARTIAL) return partial_attribute(ev, data, name, out);
    if (kind == &OBJECT_DESCRIPTOR) return method_find(ev, descriptor_methods, value, name, out);
    if (kind == &OBJECT_ITERATOR) return false;
    if (kind == &OBJECT_BYTES) return method_find(ev, BYTES_METHODS, value, name, out);
    if (field_attribute(ev, &value, name, out)) return true;
    if (value_instance(&value)) return instance_attribute(ev, value, name, out);
    *out = unknown_here(ev, "cause.not_known_object");
    return true;
}

/* A layer that is an instance of the text's own class has the attributes of that instance. */
static bool layer_value_attribute(Evaluator *ev, Layer *layer, const char *name, Value *out)
{
    Value self;
    if (subclass_instance(ev, layer, &self)) return instance_attribute(ev, self, name, out);
    return layer_attribute(ev, layer, name, out);
}

static bool plain_class(Evaluator *ev, Value value, const char *name, Value *out)
{
    if (value.kind > VALUE_DICT || strcmp(name, "__class__") != 0) return false;
    *out = value_class(class_of(ev, &value));
    return true;
}

static bool value_attribute(Evaluator *ev, Value value, const char *name, Value *out)
{
    switch (value.kind) {
    case VALUE_STRING: return method_find(ev, STRING_METHODS, value, name, out);
    case VALUE_TUPLE: return method_find(ev, TUPLE_METHODS, value, name, out);
    case VALUE_LIST: return method_find(ev, LIST_METHODS, value, name, out);
    case VALUE_DICT: return method_find(ev, DICT_METHODS, value, name, out);
    case VALUE_LAYER: return layer_value_attribute(ev, value.layer, name, out);
    case VALUE_TENSOR: return tensor_attribute(ev, value.tensor, name, out);
    case VALUE_CONFIG: return config_attribute(ev, value, name, out);
    case VALUE_OBJECT: return object_attribute(ev, value, name, out);
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_FLOAT: return number_attribute(ev, value, name, out);
    case VALUE_UNKNOWN: *out = value; return true;
    case VALUE_NONE: break;
    }
    return false;
}

bool attribute_find(Evaluator *ev, Value value, const char *name, Value *out)
{
    return plain_class(ev, value, name, out) || value_attribute(ev, value, name, out) || protocol_attribute(ev, value, name, out);
}

Value attribute(Evaluator *ev, Value value, const char *name)
{
    Value out;
    if (attribute_find(ev, value, name, &out)) return out;
    if (value_is(&value, &OBJECT_MODULE)) module_raise(ev, value.object.data, name);
    const Class *class = value_as_class(&value);
    if (class && enum_dict(class)) enum_raise(ev, class, name);
    if (class) raise_error(ev, "AttributeError", "type object '%s' has no attribute '%s'", class->name, name);
    attribute_raise(ev, value, name);
}

/* ---- setting and deleting ---- */

static bool property_set(Evaluator *ev, Value object, const char *name, Value value)
{
    Value found;
    const Class *class = value_instance(&object)->class;
    if (!class_attribute(ev, class, name, &found, NULL) || !is_property(&found)) return false;
    const Descriptor *property = found.object.data;
    if (property->setter.kind == VALUE_NONE)
        raise_error(ev, "AttributeError", "property '%s' of '%s' object has no setter", name, class->name);
    const Argument args[] = {{.value = object, .span = SPAN_NONE}, {.value = value, .span = SPAN_NONE}};
    call(ev, property->setter, args, 2);
    return true;
}

static bool own_setattr(Evaluator *ev, Value object, const char *name, Value value)
{
    Value method;
    const Class *class = value_instance(&object)->class, *owner;
    if (!class_attribute(ev, class, "__setattr__", &method, &owner) || !class_own(owner)) return false;
    const Argument args[] = {{.value = value_text(ev->arena, name), .span = SPAN_NONE}, {.value = value, .span = SPAN_NONE}};
    call(ev, value_method(ev->arena, object, method), args, 2);
    return true;
}

static void instance_set(Evaluator *ev, Value object, const char *name, Value value)
{
    Instance *instance = value_instance(&object);
    if (own_setattr(ev, object, name, value) || property_set(ev, object, name, value)) return;
    if (dataclass_frozen(instance->class)) raise_error(ev, "FrozenInstanceError", "cannot assign to field '%s'", name);
    if (instance->plain.kind == VALUE_TUPLE && !class_own(instance->class)) raise_error(ev, "AttributeError", "can't set attribute");
    if (instance->layer && layer_attribute_set(ev, instance->layer, name, value)) return;
    if (scope_find(instance->attributes, name) == NULL) pay(ev, 4);
    scope_set(instance->attributes, name, value);
}

static void function_set(Evaluator *ev, Function *function, const char *name, Value value)
{
    if (!function->attributes) function->attributes = scope_make(ev->arena, NULL);
    scope_set(function->attributes, name, value);
}

void attribute_set(Evaluator *ev, Value object, const char *name, Value value)
{
    if (object.kind == VALUE_UNKNOWN) return;
    const Class *class = value_as_class(&object);
    if (class && class->attributes) { scope_set(class->attributes, name, value); return; }
    if (value_instance(&object)) { instance_set(ev, object, name, value); return; }
    if (value_is(&object, &OBJECT_FUNCTION)) { function_set(ev, object.object.data, name, value); return; }
    Value self;
    if (object.kind == VALUE_LAYER && subclass_instance(ev, object.layer, &self)) { instance_set(ev, self, name, value); return; }
    if (object.kind == VALUE_LAYER) { layer_attribute_set(ev, object.layer, name, value); return; }
    if (object.kind <= VALUE_DICT) attribute_raise(ev, object, name);
}

void attribute_delete(Evaluator *ev, Value object, const char *name)
{
    const Instance *instance = value_instance(&object);
    const Class *class = value_as_class(&object);
    const Scope *scope = instance ? instance->attributes : class ? class->attributes : NULL;
    Binding *binding = scope ? scope_find(scope, name) : NULL;
    if (binding && !binding->deleted) binding->deleted = true;
    else if (instance && !instance->layer) raise_error(ev, "AttributeError", "'%s' object has no attribute '%s'", type_of(&object), name);
}
