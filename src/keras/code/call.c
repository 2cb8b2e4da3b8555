/* Calling anything. */
#include <string.h>

#include "keras/code/evaluator.h"
#include "keras/code/keras_call.h"
#include "keras/code/keras_subclass.h"

static Argument *args_after(Evaluator *ev, Value first, const Argument *args, int n)
{
    Argument *all = ARENA_ARRAY(ev->arena, n + 1, Argument);
    all[0] = (Argument){.value = first, .span = SPAN_NONE};
    if (n) memcpy(all + 1, args, (size_t)n * sizeof *args);
    return all;
}

/* layer.build(shape) by the text: it is not to be built again. */
static void note_build(const Method *method)
{
    Instance *instance = value_instance(&method->self);
    if (!instance || !instance->layer || !value_is(&method->function, &OBJECT_FUNCTION)) return;
    const Function *function = method->function.object.data;
    if (strcmp(function->node->type == PY_FUNCTION ? function->node->name : "", "build") == 0) instance->own_built = true;
}

static Value method_call(Evaluator *ev, const Method *method, const Argument *args, int n)
{
    if (value_is(&method->function, &OBJECT_NATIVE))
        return native_call(ev, method->function.object.data, &method->self, args, n);
    note_build(method);
    return call(ev, method->function, args_after(ev, method->self, args, n), n + 1);
}

/* functools.partial: its keywords are replaced by later ones of the same name. */
static Value partial_call(Evaluator *ev, const Partial *partial, const Argument *args, int n)
{
    Argument *all = ARENA_ARRAY(ev->arena, partial->n + n, Argument);
    int total = 0;
    for (int i = 0; i < partial->n; i++) {
        bool replaced = false;
        for (int j = 0; j < n && partial->args[i].keyword; j++)
            replaced = replaced || (args[j].keyword && strcmp(args[j].keyword, partial->args[i].keyword) == 0);
        if (!replaced) all[total++] = partial->args[i];
    }
    for (int i = 0; i < n; i++) all[total++] = args[i];
    return call(ev, partial->function, all, total);
}

static Value instance_call(Evaluator *ev, Value self, const Argument *args, int n)
{
    Instance *instance = value_instance(&self);
    Value method;
    if (instance->layer) return subclass_call(ev, self, args, n);
    if (class_attribute(ev, instance->class, "__call__", &method, NULL))
        return call(ev, value_method(ev->arena, self, method), args, n);
    if (instance->class->family == CLASS_UNKNOWN)
        return unknown_here(ev, "cause.not_known_class");
    raise_error(ev, "TypeError", "'%s' object is not callable", type_of(&self));
}

/* str.upper('a'): the first argument is what the method is of. */
static Value unbound_call(Evaluator *ev, const Native *native, const Argument *args, int n)
{
    if (!n || args[0].keyword) raise_error(ev, "TypeError", "unbound method %s() needs an argument", native->name);
    const Value self = value_plain(args[0].value);
    return native_call(ev, native, &self, args + 1, n - 1);
}

static Value object_call(Evaluator *ev, Value callee, const Argument *args, int n)
{
    const ObjectKind *kind = callee.object.kind;
    void *data = callee.object.data;
    if (kind == &OBJECT_FUNCTION) return function_call(ev, data, args, n);
    if (kind == &OBJECT_NATIVE) return native_call(ev, data, NULL, args, n);
    if (kind == &OBJECT_UNBOUND) return unbound_call(ev, data, args, n);
    if (kind == &OBJECT_METHOD) return method_call(ev, data, args, n);
    if (kind == &OBJECT_CLASS) return class_call(ev, data, args, n);
    if (kind == &OBJECT_PARTIAL) return partial_call(ev, data, args, n);
    if (kind == &OBJECT_OPERATION) return operation_call(ev, data, args, n);
    if (kind == &OBJECT_DESCRIPTOR) return call(ev, ((Descriptor *)data)->function, args, n);
    if (value_instance(&callee)) return instance_call(ev, callee, args, n);
    raise_error(ev, "TypeError", "'%s' object is not callable", type_of(&callee));
}

Value call(Evaluator *ev, Value callee, const Argument *args, int n)
{
    pay(ev, 1 + n);
    if (++ev->nesting > NESTING_MAX) raise_error(ev, "RecursionError", "maximum recursion depth exceeded");
    Value result = callee;
    if (callee.kind == VALUE_LAYER) result = layer_call_value(ev, callee.layer, args, n);
    else if (callee.kind == VALUE_CONFIG) result = config_call(ev, callee.config, args, n);
    else if (callee.kind == VALUE_OBJECT) result = object_call(ev, callee, args, n);
    else if (callee.kind != VALUE_UNKNOWN) raise_error(ev, "TypeError", "'%s' object is not callable", type_of(&callee));
    ev->nesting--;
    return result;
}

Value call_one(Evaluator *ev, Value callee, Value argument)
{
    const Argument arg = {.value = argument, .span = SPAN_NONE};
    return call(ev, callee, &arg, 1);
}
