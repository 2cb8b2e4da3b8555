/* copy. */
#include "keras/code/module_python.h"

#include "keras/code/container.h"
#include "keras/code/module_enum.h"

static Value copied(Evaluator *ev, Value value, bool deep, int depth);

static Value instance_copied(Evaluator *ev, const Instance *instance, bool deep, int depth)
{
    Instance *copy = instance_make(ev->arena, instance->class);
    const Scope *scope = instance->attributes;
    copy->args = instance->args;
    copy->plain = copied(ev, instance->plain, deep, depth + 1);
    for (size_t i = 0; i < scope->n; i++) {
        const Binding *binding = &scope->bindings[i];
        if (!binding->deleted) scope_set(copy->attributes, binding->name, deep ? copied(ev, binding->value, true, depth + 1) : binding->value);
    }
    return value_of_instance(copy);
}

/* A list or dictionary of its own; layers and the like stay the same. */
static Value copied(Evaluator *ev, Value value, bool deep, int depth)
{
    pay(ev, 1);
    if (depth > 50) raise_error(ev, "RecursionError", "maximum recursion depth exceeded");
    if (value.kind == VALUE_LIST || (value.kind == VALUE_TUPLE && deep)) {
        Value out = list_of(ev, value.kind, value.list);
        for (size_t i = 0; deep && i < out.list->n; i++) out.list->items[i] = copied(ev, out.list->items[i], true, depth + 1);
        return out;
    }
    const Instance *instance = value_instance(&value);
    if (instance && instance->class->family == CLASS_PLAIN && !enum_dict(instance->class)) return instance_copied(ev, instance, deep, depth);
    if (value.kind != VALUE_DICT) return value;
    Value out = dict_copy(ev, value.dict);
    for (size_t i = 0; deep && i < out.dict->values.n; i++) out.dict->values.items[i] = copied(ev, out.dict->values.items[i], true, depth + 1);
    return out;
}

static Value copy_call(Evaluator *ev, const Given *given)
{
    const bool deep = given->native->data != NULL;
    if (deep) walkable(ev, given->arg[0]);
    return copied(ev, *given->arg[0], deep, 0);
}

static const Native copy_natives[] = {
    {.name = "copy", .params = "x", .call = copy_call},
    {.name = "deepcopy", .params = "x memo?", .call = copy_call, .data = "deep"},
    {0}};
const ModuleTable MODULE_COPY = {.path = "copy", .natives = copy_natives};
