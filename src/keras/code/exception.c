#include "keras/code/exception.h"

#include <string.h>

#include "keras/code/evaluator.h"

static const char *exception_message(const Instance *instance, Arena *arena)
{
    const ValueList *args = instance->args.kind == VALUE_TUPLE ? instance->args.list : NULL;
    if (!args || args->n == 0) return "";
    return args->n == 1 ? value_str_text(arena, &args->items[0]) : value_repr_text(arena, &instance->args);
}

static void exception_str(const void *object, Text *text)
{
    const Instance *instance = object;
    const bool one = instance->args.kind == VALUE_TUPLE && instance->args.list->n == 1;
    if (one && strcmp(instance->class->name, "KeyError") == 0) value_repr(text, &instance->args.list->items[0]);
    else text_put(text, exception_message(object, text->arena));
}

static void exception_repr(const void *object, Text *text)
{
    const Instance *instance = object;
    text_put(text, instance->class->name);
    const bool several = instance->args.kind == VALUE_TUPLE && instance->args.list->n != 1;
    if (several) value_repr(text, &instance->args);
    else if (instance->args.kind == VALUE_TUPLE)
        text_print(text, "(%s)", value_repr_text(text->arena, &instance->args.list->items[0]));
    else text_put(text, "()");
}

static Value exception_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)span;
    Instance *instance = instance_make(ev->arena, class);
    instance->args = value_list(ev->arena, VALUE_TUPLE, (size_t)n);
    for (int i = 0; i < n; i++) list_add(instance->args.list, args[i].value);
    return value_of_instance(instance);
}

/* BaseException.__init__ of a class of the text. */
static Value init_call(Evaluator *ev, const Given *given)
{
    Instance *instance = given->self ? value_instance(given->self) : NULL;
    if (!instance) return value_none();
    instance->args = value_list(ev->arena, VALUE_TUPLE, (size_t)given->n_rest);
    for (int i = 0; i < given->n_rest; i++) list_add(instance->args.list, given->rest[i]);
    return value_none();
}

static const Native exception_methods[] = {
    {.name = "__init__", .params = "!*args", .call = init_call},
    {.name = "with_traceback", .params = "!tb", .call = give_self},
    {.name = "add_note", .params = "!note", .call = give_none},
    {0}};

#define EXCEPTION(variable, text_name, ...) \
    const Class variable = {.name = text_name, .module = "builtins", .construct = exception_construct, .methods = exception_methods, \
        .family = CLASS_EXCEPTION, .bases = (const Class *const[]){__VA_ARGS__}, .n_bases = 1, \
        .instance = {.type_name = text_name, .repr = exception_repr, .str = exception_str}};

static Value object_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)args, (void)span;
    if (n) raise_error(ev, "TypeError", "%s() takes no arguments", class->name);
    Instance *instance = instance_make(ev->arena, class);
    return value_of_instance(instance);
}

/* object.__setattr__(self, name, value), and super().__setattr__(name, value). */
static Value setattr_call(Evaluator *ev, const Given *given)
{
    const int from = given->self ? 0 : 1;
    const Instance *instance = given->n_rest >= from + 2 ? value_instance(from ? &given->rest[0] : given->self) : NULL;
    (void)ev;
    if (instance && given->rest[from].kind == VALUE_STRING)
        scope_set(instance->attributes, given->rest[from].string.bytes, given->rest[from + 1]);
    return value_none();
}

static const Native object_methods[] = {{.name = "__setattr__", .params = "!*args", .call = setattr_call}, {0}};
const Class CLASS_OBJECT = {.name = "object", .module = "builtins", .construct = object_construct, .methods = object_methods,
                            .instance = {.type_name = "object"}};
EXCEPTION(CLASS_BASE_EXCEPTION, "BaseException", &CLASS_OBJECT)
EXCEPTION(CLASS_EXCEPTION_ROOT, "Exception", &CLASS_BASE_EXCEPTION)

/* clang-format off */
#define ROOT CLASS_EXCEPTION_ROOT
#define EXCEPTIONS(X) \
    X(SystemExit, CLASS_BASE_EXCEPTION) X(KeyboardInterrupt, CLASS_BASE_EXCEPTION) X(GeneratorExit, CLASS_BASE_EXCEPTION) \
    X(ArithmeticError, ROOT) X(AssertionError, ROOT) X(AttributeError, ROOT) X(BufferError, ROOT) X(EOFError, ROOT) \
    X(ImportError, ROOT) X(LookupError, ROOT) X(MemoryError, ROOT) X(NameError, ROOT) X(OSError, ROOT) \
    X(ReferenceError, ROOT) X(RuntimeError, ROOT) X(StopIteration, ROOT) X(SyntaxError, ROOT) X(SystemError, ROOT) \
    X(TypeError, ROOT) X(ValueError, ROOT) X(Warning, ROOT)
#define DERIVED_EXCEPTIONS(X) \
    X(ZeroDivisionError, class_ArithmeticError) X(OverflowError, class_ArithmeticError) \
    X(FloatingPointError, class_ArithmeticError) X(ModuleNotFoundError, class_ImportError) X(IndexError, class_LookupError) \
    X(KeyError, class_LookupError) X(UnboundLocalError, class_NameError) X(FileNotFoundError, class_OSError) \
    X(FileExistsError, class_OSError) X(PermissionError, class_OSError) X(TimeoutError, class_OSError) \
    X(ConnectionError, class_OSError) X(NotADirectoryError, class_OSError) X(IsADirectoryError, class_OSError) \
    X(NotImplementedError, class_RuntimeError) X(RecursionError, class_RuntimeError) X(IndentationError, class_SyntaxError) \
    X(UnicodeError, class_ValueError) X(DeprecationWarning, class_Warning) X(FutureWarning, class_Warning) \
    X(UserWarning, class_Warning) X(RuntimeWarning, class_Warning) X(PendingDeprecationWarning, class_Warning) \
    X(ImportWarning, class_Warning) X(ResourceWarning, class_Warning) X(FrozenInstanceError, class_AttributeError) \
    X(JSONDecodeError, class_ValueError)
/* clang-format on */

#define X(name, base) static EXCEPTION(class_##name, #name, &base)
EXCEPTIONS(X)
DERIVED_EXCEPTIONS(X)
#undef X

static const Class *const exceptions[] = {
#define X(name, base) &class_##name,
    &CLASS_BASE_EXCEPTION, &CLASS_EXCEPTION_ROOT, EXCEPTIONS(X) DERIVED_EXCEPTIONS(X)
#undef X
};

bool exception_class_find(const char *name, const Class **class)
{
    if (strcmp(name, "IOError") == 0 || strcmp(name, "EnvironmentError") == 0) name = "OSError";
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++) {
        if (strcmp(exceptions[i]->name, name) != 0) continue;
        *class = exceptions[i];
        return true;
    }
    return false;
}

const Class *exception_class(const char *name)
{
    const Class *class = &CLASS_EXCEPTION_ROOT;
    exception_class_find(name, &class);
    return class;
}

Value exception_make(Evaluator *ev, const Class *class, const char *message)
{
    const Argument argument = {.value = value_text(ev->arena, message), .span = SPAN_NONE};
    return exception_construct(ev, class, &argument, 1, SPAN_NONE);
}

void raise_key(Evaluator *ev, Value key)
{
    const Argument argument = {.value = key, .span = SPAN_NONE};
    walkable(ev, &key);
    raise_value(ev, exception_construct(ev, exception_class("KeyError"), &argument, 1, SPAN_NONE));
}
