/* types. */
#include "keras/code/exception.h"
#include "keras/code/module_python.h"

static Value namespace_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    Instance *instance = instance_make(ev->arena, class);
    (void)span;
    for (int i = 0; i < n; i++)
        if (args[i].keyword) scope_set(instance->attributes, args[i].keyword, args[i].value);
    return value_of_instance(instance);
}

static Value namespace_repr(Evaluator *ev, const Given *given)
{
    const Scope *scope = value_instance(given->self)->attributes;
    Text text = {.arena = ev->arena};
    int n = 0;
    text_put(&text, "namespace(");
    for (size_t i = 0; i < scope->n; i++)
        if (!scope->bindings[i].deleted) text_print(&text, "%s%s=%s", n++ ? ", " : "", scope->bindings[i].name, repr_of(ev, scope->bindings[i].value));
    text_put_char(&text, ')');
    return value_text(ev->arena, text_string(&text));
}

static const Class *const from_object[] = {&CLASS_OBJECT};
static const Native namespace_methods[] = {{.name = "__repr__", .params = "", .call = namespace_repr}, {0}};
static const Class class_namespace = {.name = "SimpleNamespace", .module = "types", .construct = namespace_construct, .bases = from_object,
                                      .n_bases = 1, .methods = namespace_methods,
                                      .instance = {.type_name = "types.SimpleNamespace", .repr = instance_repr}};
static const ModuleClass types_classes[] = {{"SimpleNamespace", &class_namespace}, {0}};
const ModuleTable MODULE_TYPES = {.path = "types", .classes = types_classes, .open = true};
