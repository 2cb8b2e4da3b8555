#include "keras/code/builtin.h"

#include <string.h>

#include "keras/code/builtin_functions.h"
#include "keras/code/exception.h"
#include "keras/code/registry.h"

Value print_call(Evaluator *ev, const Given *given)
{
    (void)given;
    registry_print(ev);
    return value_none();
}

Value leave_program(Evaluator *ev, const Given *given)
{
    (void)given;
    raise_error(ev, "SystemExit", "%s", "");
}

static const Native program_functions[] = {
    {.name = "print", .params = "!*args **kwargs", .call = print_call},
    {.name = "globals", .params = "", .call = give_unknown, .data = "cause.not_known_function"},
    {.name = "locals", .params = "", .call = give_unknown, .data = "cause.not_known_function"},
    {.name = "eval", .params = "!*args", .call = give_unknown, .data = "cause.not_known_function"},
    {.name = "exec", .params = "!*args", .call = give_none},
    {.name = "compile", .params = "!*args **kwargs", .call = give_unknown, .data = "cause.not_known_function"},
    {.name = "__import__", .params = "!*args", .call = give_unknown, .data = "cause.not_known_function"},
    {.name = "help", .params = "!*args", .call = give_none},
    {.name = "display", .params = "!*args **kwargs", .call = give_none},
    {.name = "input", .params = "!prompt?", .call = give_unknown, .data = "cause.not_known_input"},
    {.name = "raw_input", .params = "!prompt?", .call = give_unknown, .data = "cause.not_known_input"},
    {.name = "open", .params = "!*args **kwargs", .call = give_unknown, .data = "cause.not_known_file"},
    {.name = "exit", .params = "!code?", .call = leave_program},
    {.name = "quit", .params = "!code?", .call = leave_program},
    {0}};

static const Native nothing_native = {.name = "object.__init__", .params = "!*args **kwargs", .call = give_none};

const Native *builtin_nothing(void)
{
    return &nothing_native;
}

static const struct { const char *name; const Class *class; } classes[] = {
    {"int", &CLASS_INT}, {"long", &CLASS_INT}, {"float", &CLASS_FLOAT}, {"str", &CLASS_STR}, {"unicode", &CLASS_STR},
    {"basestring", &CLASS_STR}, {"bool", &CLASS_BOOL}, {"list", &CLASS_LIST}, {"tuple", &CLASS_TUPLE}, {"dict", &CLASS_DICT},
    {"set", &CLASS_SET}, {"frozenset", &CLASS_FROZENSET}, {"bytes", &CLASS_BYTES}, {"bytearray", &CLASS_BYTES},
    {"type", &CLASS_TYPE}, {"object", &CLASS_OBJECT}, {"range", &CLASS_RANGE}, {"complex", &CLASS_NOT_KNOWN}, {"memoryview", &CLASS_NOT_KNOWN},
};

static const Native *const tables[] = {SEQUENCE_FUNCTIONS, NUMBER_FUNCTIONS, OBJECT_FUNCTIONS, TEXT_FUNCTIONS, program_functions};

enum { N_TABLES = sizeof tables / sizeof *tables, N_CLASSES = sizeof classes / sizeof *classes };

bool builtin_find(const char *name, Value *out)
{
    const Class *exception;
    for (size_t t = 0; t < N_TABLES; t++)
        if (native_find(tables[t], name, out)) return true;
    for (size_t i = 0; i < N_CLASSES; i++)
        if (strcmp(classes[i].name, name) == 0) { *out = value_class(classes[i].class); return true; }
    if (strcmp(name, "__name__") == 0) *out = (Value)VALUE_IS_TEXT("__main__");
    else if (strcmp(name, "__file__") == 0) *out = (Value)VALUE_IS_TEXT("script.py");
    else if (strcmp(name, "__doc__") == 0 || strcmp(name, "NotImplemented") == 0) *out = value_none();
    else if (strcmp(name, "Ellipsis") == 0) *out = value_ellipsis();
    else if (exception_class_find(name, &exception)) *out = value_class(exception);
    else return false;
    return true;
}

void builtin_offer_names(Nearest *nearest)
{
    for (size_t t = 0; t < N_TABLES; t++)
        for (const Native *native = tables[t]; native->name; native++) nearest_offer(nearest, native->name);
    for (size_t i = 0; i < N_CLASSES; i++) nearest_offer(nearest, classes[i].name);
    nearest_offer(nearest, "True");
    nearest_offer(nearest, "False");
    nearest_offer(nearest, "None");
}

static bool has_method(Evaluator *ev, const Value *value, const char *name)
{
    Value method;
    return attribute_find(ev, *value, name, &method);
}

static bool class_holds(Evaluator *ev, const Value *value, const Class *class)
{
    const Class *of = class_of(ev, value);
    const Value plain = value_plain(*value);
    if (class == &CLASS_OBJECT) return true;
    if (class == &CLASS_ITERABLE) return has_method(ev, value, "__iter__") || value_is(value, &OBJECT_ARRAY);
    if (class == &CLASS_SEQUENCE) return plain.kind == VALUE_LIST || plain.kind == VALUE_TUPLE || plain.kind == VALUE_STRING || value_is(value, &OBJECT_RANGE);
    if (class == &CLASS_MAPPING) return plain.kind == VALUE_DICT;
    if (class == &CLASS_CALLABLE) return value_callable(value) || has_method(ev, value, "__call__");
    return of && class_is(of, class);
}

bool instance_of(Evaluator *ev, const Value *value, const Value *classes_given)
{
    const ValueList *list = value_items(classes_given);
    const Class *class = classes_given->kind == VALUE_NONE ? &CLASS_NONE : value_as_class(classes_given);
    for (size_t i = 0; list && i < list->n; i++)
        if (instance_of(ev, value, &list->items[i])) return true;
    return class && class_holds(ev, value, class);
}

bool native_attribute(Evaluator *ev, Value value, const char *name, Value *out)
{
    const bool names = strcmp(name, "__name__") == 0 || strcmp(name, "__qualname__") == 0;
    if (!names) return false;
    const char *text = value_is(&value, &OBJECT_NATIVE) ? ((const Native *)value.object.data)->name : value.object.data;
    *out = value_text(ev->arena, text);
    return true;
}
