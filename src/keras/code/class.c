/* Classes of the text, and instances of any class. */
#include <string.h>

#include "keras/code/evaluator.h"
#include "keras/code/exception.h"
#include "keras/code/keras_subclass.h"
#include "keras/code/builtin.h"

enum { CLASS_DEPTH_MAX = 40 };

/* ---- the class statement ---- */

static const Class *base_of(Evaluator *ev, Value value)
{
    const Class *class = value_as_class(&value);
    if (class) return class;
    if (value.kind == VALUE_UNKNOWN) return &CLASS_NOT_KNOWN;
    if (value_is(&value, &OBJECT_NATIVE)) return &CLASS_NOT_KNOWN;
    raise_error(ev, "TypeError", "bases must be types");
}

static void class_bases(Evaluator *ev, Class *class)
{
    int n = 0;
    for (const PyNode *arg = class->node->args; arg; arg = arg->next) n++;
    const Class **bases = ARENA_ARRAY(ev->arena, n + 1, const Class *);
    for (const PyNode *arg = class->node->args; arg; arg = arg->next)
        if (!arg->name && !arg->number) bases[class->n_bases++] = base_of(ev, evaluate(ev, arg->a));
    if (!class->n_bases) bases[class->n_bases++] = &CLASS_OBJECT;
    class->bases = bases;
    for (int i = 0; i < class->n_bases; i++) {
        if (bases[i]->depth >= class->depth) class->depth = bases[i]->depth + 1;
        if (class->family == CLASS_PLAIN) class->family = bases[i]->family;
    }
    if (class->depth > CLASS_DEPTH_MAX) raise_error(ev, "RecursionError", "maximum recursion depth exceeded");
}

/* Methods know the class they stand in: for super(), and for messages ("Net.call"). */
static void own_method(Evaluator *ev, const Class *class, Value value)
{
    if (value_is(&value, &OBJECT_DESCRIPTOR)) value = ((Descriptor *)value.object.data)->function;
    if (!value_is(&value, &OBJECT_FUNCTION)) return;
    Function *function = value.object.data;
    if (function->owner || function->closure != class->attributes) return;
    function->owner = class;
    function->name = arena_print(ev->arena, "%s.%s", class->name, function->name);
}

static bool has_decorator(const PyNode *node, const char *name)
{
    for (const PyNode *decorator = node->decorators; decorator; decorator = decorator->next) {
        const PyNode *callee = decorator->type == PY_CALL ? decorator->a : decorator;
        if ((callee->type == PY_NAME || callee->type == PY_ATTRIBUTE) && strcmp(callee->name, name) == 0) return true;
    }
    return false;
}

/* "width: int = 3" in the body, in order. */
static void class_fields(Evaluator *ev, Class *class)
{
    int n = 0;
    for (const PyNode *node = class->node->list; node; node = node->next) n++;
    const char **fields = ARENA_ARRAY(ev->arena, n, const char *);
    for (const PyNode *node = class->node->list; node; node = node->next)
        if (node->type == PY_ANN_ASSIGN && node->a->type == PY_NAME) fields[class->n_fields++] = node->a->name;
    class->fields = fields;
}

Value class_statement(Evaluator *ev, const PyNode *node)
{
    Class *class = ARENA_NEW(ev->arena, Class);
    *class = (Class){.name = node->name, .module = "__main__", .node = node};
    class_bases(ev, class);
    class->attributes = scope_make(ev->arena, ev->scope);
    class->attributes->is_class = true;
    class->dataclass = has_decorator(node, "dataclass");
    if (class->dataclass || class_is(class, &CLASS_NAMED_TUPLE)) class_fields(ev, class);
    Scope *outer = ev->scope;
    Value result;
    ev->scope = class->attributes;
    execute(ev, node->list, &result);
    ev->scope = outer;
    for (size_t i = 0; i < class->attributes->n; i++) own_method(ev, class, class->attributes->bindings[i].value);
    class_instance_kind(class, ev->arena);
    return value_class(class);
}

/* ---- attributes ---- */

bool class_attribute(Evaluator *ev, const Class *class, const char *name, Value *out, const Class **owner)
{
    const Binding *binding = class->attributes ? scope_find(class->attributes, name) : NULL;
    if (owner) *owner = class;
    if (binding) *out = binding->value;
    if (binding || native_find(class->methods, name, out)) return true;
    for (int i = 0; i < class->n_bases; i++)
        if (class_attribute(ev, class->bases[i], name, out, owner)) return true;
    return false;
}

/* ---- instances ---- */

static void fields_set(Evaluator *ev, const Class *class, Instance *instance, const Argument *args, int n)
{
    int given = 0;
    for (int i = 0; i < n; i++) {
        const char *name = args[i].keyword;
        if (!name && given >= class->n_fields)
            raise_error(ev, "TypeError", "%s.__init__() takes %d positional arguments but %d were given", class->name,
                        class->n_fields + 1, n + 1);
        if (!name) name = class->fields[given++];
        scope_set(instance->attributes, name, args[i].value);
    }
    for (int i = 0; i < class->n_fields; i++) {
        Value value;
        if (scope_find(instance->attributes, class->fields[i])) continue;
        if (!class_attribute(ev, class, class->fields[i], &value, NULL))
            raise_error(ev, "TypeError", "%s.__init__() missing 1 required positional argument: '%s'", class->name, class->fields[i]);
        scope_set(instance->attributes, class->fields[i], value);
    }
}

static void instance_start(Evaluator *ev, Value self, const Argument *args, int n)
{
    Value initializer;
    Instance *instance = value_instance(&self);
    const Class *class = instance->class;
    if (class_attribute(ev, class, "__init__", &initializer, NULL)) {
        call(ev, value_method(ev->arena, self, initializer), args, n);
    } else if (class->n_fields) {
        fields_set(ev, class, instance, args, n);
    } else if (n && class->family == CLASS_PLAIN) {
        raise_error(ev, "TypeError", "%s() takes no arguments", class->name);
    }
}

static Value exception_args(Evaluator *ev, const Argument *args, int n)
{
    Value tuple = value_list(ev->arena, VALUE_TUPLE, (size_t)n);
    for (int i = 0; i < n; i++) list_add(tuple.list, args[i].value);
    return tuple;
}

Value class_call(Evaluator *ev, const Class *class, const Argument *args, int n)
{
    if (!class->node) return class->construct(ev, class, args, n, ev->span);
    Instance *instance = ARENA_NEW(ev->arena, Instance);
    *instance = (Instance){.class = class, .attributes = scope_make(ev->arena, NULL)};
    if (class->family == CLASS_EXCEPTION) instance->args = exception_args(ev, args, n);
    const Value self = value_object(&class->instance, instance);
    instance_start(ev, self, args, n);
    subclass_finish(ev, instance);
    return self;
}
