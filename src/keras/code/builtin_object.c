/* isinstance, getattr, super ...: what is asked of an object. */
#include "keras/code/builtin_functions.h"

#include "keras/code/builtin.h"

/* A class, None (of int | None), something unknown, or a tuple of these. */
static bool is_class_info(const Value *value)
{
    const ValueList *list = value->kind == VALUE_TUPLE ? value->list : NULL;
    for (size_t i = 0; list && i < list->n; i++)
        if (!is_class_info(&list->items[i])) return false;
    return list || value_as_class(value) || value->kind == VALUE_NONE || value->kind == VALUE_UNKNOWN || value_callable(value);
}

static Value isinstance_call(Evaluator *ev, const Given *given)
{
    if (!is_class_info(given->arg[1])) raise_error(ev, "TypeError", "isinstance() arg 2 must be a type, a tuple of types, or a union");
    return value_bool(instance_of(ev, given->arg[0], given->arg[1]));
}

static Value issubclass_call(Evaluator *ev, const Given *given)
{
    const Class *class = value_as_class(given->arg[0]);
    const ValueList *bases = value_items(given->arg[1]);
    if (!class) raise_error(ev, "TypeError", "issubclass() arg 1 must be a class");
    for (size_t i = 0; bases && i < bases->n; i++) {
        const Class *base = value_as_class(&bases->items[i]);
        if (base && class_is(class, base)) return value_bool(true);
    }
    const Class *base = value_as_class(given->arg[1]);
    return value_bool(base && class_is(class, base));
}

static Value hasattr_call(Evaluator *ev, const Given *given)
{
    Value found;
    if (given->arg[1]->kind != VALUE_STRING) raise_error(ev, "TypeError", "attribute name must be string");
    if (!attribute_find(ev, *given->arg[0], given->arg[1]->string.bytes, &found)) return value_bool(false);
    return found.kind == VALUE_UNKNOWN ? found : value_bool(true);
}

static Value getattr_call(Evaluator *ev, const Given *given)
{
    Value found;
    if (given->arg[1]->kind != VALUE_STRING) raise_error(ev, "TypeError", "attribute name must be string");
    if (attribute_find(ev, *given->arg[0], given->arg[1]->string.bytes, &found)) return found;
    return given->arg[2] ? *given->arg[2] : attribute(ev, *given->arg[0], given->arg[1]->string.bytes);
}

static Value setattr_call(Evaluator *ev, const Given *given)
{
    if (given->arg[1]->kind == VALUE_STRING) attribute_set(ev, *given->arg[0], given->arg[1]->string.bytes, *given->arg[2]);
    return value_none();
}

static Value delattr_call(Evaluator *ev, const Given *given)
{
    if (given->arg[1]->kind == VALUE_STRING) attribute_delete(ev, *given->arg[0], given->arg[1]->string.bytes);
    return value_none();
}

static Value callable_call(Evaluator *ev, const Given *given)
{
    Value method;
    const Instance *instance = value_instance(given->arg[0]);
    const bool own = instance && class_attribute(ev, instance->class, "__call__", &method, NULL);
    return value_bool(own || (instance && instance->layer) || value_callable(given->arg[0]));
}

static Value vars_call(Evaluator *ev, const Given *given)
{
    return given->arg[0] ? attribute(ev, *given->arg[0], "__dict__") : unknown_here(ev, "cause.not_known_function");
}

/* The class the running method stands in, and its first argument. */
static Value super_call(Evaluator *ev, const Given *given)
{
    Super *super = ARENA_NEW(ev->arena, Super);
    if (given->arg[1] && value_as_class(given->arg[0])) {
        *super = (Super){value_as_class(given->arg[0]), *given->arg[1]};
        return value_object(&OBJECT_SUPER, super);
    }
    const Function *function = ev->function;
    while (function && !function->owner && function->outer) function = function->outer;
    if (!function || !function->owner || !function->node->params) raise_error(ev, "RuntimeError", "super(): no arguments");
    Value self = value_none();
    name_known(ev, function->node->params->name, &self);
    *super = (Super){function->owner, self};
    return value_object(&OBJECT_SUPER, super);
}

static Value property_call(Evaluator *ev, const Given *given)
{
    const Value none = value_none();
    return value_descriptor(ev->arena, DESCRIPTOR_PROPERTY, given->arg[0] ? *given->arg[0] : none, given->arg[1] ? *given->arg[1] : none);
}

static const DescriptorKind of_class = DESCRIPTOR_CLASS, of_none = DESCRIPTOR_STATIC;

static Value described_call(Evaluator *ev, const Given *given)
{
    return value_descriptor(ev->arena, *(const DescriptorKind *)given->native->data, *given->arg[0], value_none());
}

const Native OBJECT_FUNCTIONS[] = {
    {.name = "property", .params = "!fget? fset? fdel? doc?", .call = property_call},
    {.name = "classmethod", .params = "!f", .call = described_call, .data = &of_class},
    {.name = "staticmethod", .params = "!f", .call = described_call, .data = &of_none},
    {.name = "isinstance", .params = "object classinfo", .call = isinstance_call},
    {.name = "issubclass", .params = "class classinfo", .call = issubclass_call},
    {.name = "hasattr", .params = "object name", .call = hasattr_call},
    {.name = "getattr", .params = "object name default?", .call = getattr_call},
    {.name = "setattr", .params = "!object name value", .call = setattr_call},
    {.name = "delattr", .params = "!object name", .call = delattr_call},
    {.name = "callable", .params = "object", .call = callable_call},
    {.name = "vars", .params = "object?", .call = vars_call},
    {.name = "id", .params = "!object", .call = give_unknown, .data = "cause.not_known_object"},
    {.name = "hash", .params = "!object", .call = give_unknown, .data = "cause.not_known_object"},
    {.name = "dir", .params = "!*args", .call = give_unknown, .data = "cause.not_known_object"},
    {.name = "super", .params = "!type? object?", .call = super_call},
    {0}};
