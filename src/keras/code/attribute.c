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
#include "keras/code/string_methods.h"

/* ---- classes and instances ---- */

/* A class attribute seen through an instance. */
static Value bound(Evaluator *ev, Value self, const Class *class, Value value)
{
    if (value_is(&value, &OBJECT_FUNCTION) || value_is(&value, &OBJECT_NATIVE)) return value_method(ev->arena, self, value);
    if (!value_is(&value, &OBJECT_DESCRIPTOR)) return value;
    const Descriptor *descriptor = value.object.data;
    if (descriptor->kind == DESCRIPTOR_PROPERTY) return call_one(ev, descriptor->function, self);
    if (descriptor->kind == DESCRIPTOR_STATIC) return descriptor->function;
    return value_method(ev->arena, value_class(class), descriptor->function);
}

static bool instance_dict(Evaluator *ev, const Instance *instance, Value *out)
{
    *out = value_dict(ev->arena);
    const Scope *scope = instance->attributes;
    for (size_t i = 0; i < scope->n; i++)
        if (!scope->bindings[i].deleted) dict_put(ev, out->dict, value_text(ev->arena, scope->bindings[i].name), scope->bindings[i].value);
    return true;
}

static bool exception_attribute(const Instance *instance, const char *name, Value *out)
{
    if (instance->class->family != CLASS_EXCEPTION || strcmp(name, "args") != 0) return false;
    *out = instance->args;
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

static bool instance_attribute(Evaluator *ev, Value self, const char *name, Value *out)
{
    const Instance *instance = value_instance(&self);
    const Binding *binding = scope_find(instance->attributes, name);
    if (binding) {
        *out = binding->value;
        return true;
    }
    if (class_attribute(ev, instance->class, name, out, NULL)) {
        *out = bound(ev, self, instance->class, *out);
        return true;
    }
    if (strcmp(name, "__class__") == 0) { *out = value_class(instance->class); return true; }
    if (strcmp(name, "__dict__") == 0) return instance_dict(ev, instance, out);
    if (exception_attribute(instance, name, out)) return true;
    if (instance->layer && layer_attribute(ev, instance->layer, name, out)) return true;
    if (own_getattr(ev, self, name, out)) return true;
    if (instance->layer) return false;
    if (instance->class->family != CLASS_UNKNOWN && instance->class->family != CLASS_LAYER) return false;
    *out = unknown_here(ev, "cause.not_known_class");
    return true;
}

static bool class_object_attribute(Evaluator *ev, const Class *class, const char *name, Value *out)
{
    if (class_attribute(ev, class, name, out, NULL)) {
        if (!value_is(out, &OBJECT_DESCRIPTOR)) return true;
        const Descriptor *descriptor = out->object.data;
        *out = descriptor->kind == DESCRIPTOR_CLASS ? value_method(ev->arena, value_class(class), descriptor->function)
                                                    : descriptor->function;
        return true;
    }
    if (strcmp(name, "__name__") == 0 || strcmp(name, "__qualname__") == 0) { *out = value_text(ev->arena, class->name); return true; }
    if (strcmp(name, "__module__") == 0) { *out = value_text(ev->arena, class->module); return true; }
    if (strcmp(name, "__doc__") == 0) { *out = value_none(); return true; }
    return keras_class_attribute(ev, class, name, out);
}

/* super(): the bases of the class the method stands in, bound to the instance. */
static bool super_attribute(Evaluator *ev, const Super *super, const char *name, Value *out)
{
    for (int i = 0; i < super->after->n_bases; i++) {
        if (!class_attribute(ev, super->after->bases[i], name, out, NULL)) continue;
        *out = bound(ev, super->self, super->after, *out);
        return true;
    }
    const Instance *instance = value_instance(&super->self);
    if (instance && instance->layer) return layer_attribute(ev, instance->layer, name, out);
    if (strcmp(name, "__init__") != 0 && super->after->family != CLASS_UNKNOWN) return false;
    *out = value_native(builtin_nothing());
    return true;
}

/* ---- the rest ---- */

static bool function_attribute(Evaluator *ev, Value value, const char *name, Value *out)
{
    const Function *function = value.object.data;
    if (strcmp(name, "__name__") == 0 || strcmp(name, "__qualname__") == 0) { *out = value_text(ev->arena, function->name); return true; }
    if (strcmp(name, "__doc__") == 0 || strcmp(name, "__wrapped__") == 0) { *out = value_none(); return true; }
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
    if (kind == &OBJECT_RANGE) return range_attribute(data, name, out);
    if (kind == &CONSTANT_SLICE) return slice_attribute(data, name, out);
    if (kind == &OBJECT_ARRAY || kind == &OBJECT_SCALAR) return array_attribute(ev, value, name, out);
    if (kind == &OBJECT_PARTIAL) return strcmp(name, "func") == 0 && (*out = ((Partial *)data)->function, true);
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

bool attribute_find(Evaluator *ev, Value value, const char *name, Value *out)
{
    if (plain_class(ev, value, name, out)) return true;
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

Value attribute(Evaluator *ev, Value value, const char *name)
{
    Value out;
    if (attribute_find(ev, value, name, &out)) return out;
    if (value_is(&value, &OBJECT_MODULE)) module_raise(ev, value.object.data, name);
    const Class *class = value_as_class(&value);
    if (class) raise_error(ev, "AttributeError", "type object '%s' has no attribute '%s'", class->name, name);
    attribute_raise(ev, value, name);
}

static void instance_set(Evaluator *ev, Value object, const char *name, Value value)
{
    Instance *instance = value_instance(&object);
    Value descriptor;
    if (class_attribute(ev, instance->class, name, &descriptor, NULL) && value_is(&descriptor, &OBJECT_DESCRIPTOR)) return;
    if (instance->layer && layer_attribute_set(ev, instance->layer, name, value)) return;
    if (scope_find(instance->attributes, name) == NULL) pay(ev, 4);
    scope_set(instance->attributes, name, value);
}

void attribute_set(Evaluator *ev, Value object, const char *name, Value value)
{
    if (object.kind == VALUE_UNKNOWN) return;
    const Class *class = value_as_class(&object);
    if (class && class->attributes) { scope_set(class->attributes, name, value); return; }
    if (value_instance(&object)) { instance_set(ev, object, name, value); return; }
    Value self;
    if (object.kind == VALUE_LAYER && subclass_instance(ev, object.layer, &self)) { instance_set(ev, self, name, value); return; }
    if (object.kind == VALUE_LAYER) { layer_attribute_set(ev, object.layer, name, value); return; }
    if (object.kind <= VALUE_DICT) attribute_raise(ev, object, name);
}
