/* contextlib. */
#include <string.h>

#include "keras/code/exception.h"
#include "keras/code/module_python.h"

static const Class *const from_object[] = {&CLASS_OBJECT};

static Value manager_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    Instance *manager = instance_make(ev->arena, class);
    (void)span;
    manager->args = value_list(ev->arena, VALUE_TUPLE, (size_t)n);
    for (int i = 0; i < n; i++) list_add(manager->args.list, args[i].value);
    return value_of_instance(manager);
}

static Value first_enter(Evaluator *ev, const Given *given)
{
    const ValueList *args = value_instance(given->self)->args.list;
    (void)ev;
    return args->n ? args->items[0] : value_none();
}

/* True swallows the exception. */
static Value suppress_exit(Evaluator *ev, const Given *given)
{
    const Value *exception = given->arg[1];
    return value_bool(exception && exception->kind != VALUE_NONE && instance_of(ev, exception, &value_instance(given->self)->args));
}

static const Native nothing_methods[] = {
    {.name = "__enter__", .params = "", .call = first_enter},
    {.name = "__exit__", .params = "!*args", .call = give_none},
    {0}};
static const Native suppress_methods[] = {
    {.name = "__enter__", .params = "", .call = give_none},
    {.name = "__exit__", .params = "!type? value? traceback?", .call = suppress_exit},
    {0}};

#define MANAGER(text, table) \
    {.name = text, .module = "contextlib", .construct = manager_construct, .bases = from_object, .n_bases = 1, .methods = table, \
     .instance = {.type_name = "contextlib." text, .repr = instance_repr}}
static const Class class_nothing = MANAGER("nullcontext", nothing_methods), class_suppress = MANAGER("suppress", suppress_methods),
                   class_closing = MANAGER("closing", nothing_methods), class_redirect = MANAGER("redirect_stdout", nothing_methods);

/* ---- @contextmanager ---- */

static Value yielded_enter(Evaluator *ev, const Given *given)
{
    const Value made = value_instance(given->self)->args;
    Value item;
    if (made.kind == VALUE_UNKNOWN) return made;
    if (!value_is(&made, &OBJECT_ITERATOR) || !iterator_next(made.object.data, &item))
        raise_error(ev, "RuntimeError", "generator didn't yield");
    return item;
}

static const Native yielded_methods[] = {
    {.name = "__enter__", .params = "", .call = yielded_enter},
    {.name = "__exit__", .params = "!*args", .call = give_none},
    {0}};
static const Class class_yielded = MANAGER("_GeneratorContextManager", yielded_methods);

static Value make_manager(Evaluator *ev, const Given *given)
{
    Instance *manager = instance_make(ev->arena, &class_yielded);
    manager->args = call(ev, given->written[0].value, given->written + 1, given->n_written - 1);
    return value_of_instance(manager);
}

static const Native manager_native = {.name = "contextmanager", .params = "!*args **more", .call = make_manager};

/* The generator runs to its end at once: what stands behind the yield is done before the body of the with. */
static Value contextmanager_call(Evaluator *ev, const Given *given)
{
    const Argument function = {.value = *given->arg[0], .span = SPAN_NONE};
    return value_partial(ev->arena, value_native(&manager_native), &function, 1);
}

static const Native contextlib_natives[] = {
    {.name = "contextmanager", .params = "!func", .call = contextmanager_call},
    {0}};
static const ModuleClass contextlib_classes[] = {{"nullcontext", &class_nothing}, {"suppress", &class_suppress}, {"closing", &class_closing},
                                                 {"redirect_stdout", &class_redirect}, {"redirect_stderr", &class_redirect}, {0}};
const ModuleTable MODULE_CONTEXTLIB = {.path = "contextlib", .natives = contextlib_natives, .classes = contextlib_classes, .open = true};
