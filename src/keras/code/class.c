/* Classes of the text, and instances of any class. */
#include <string.h>

#include "keras/code/builtin.h"
#include "keras/code/evaluator.h"
#include "keras/code/exception.h"
#include "keras/code/keras_subclass.h"
#include "keras/code/module_enum.h"
#include "keras/code/named_tuple.h"

enum { CLASS_DEPTH_MAX = 40, CLASS_ORDER_MAX = 400 };

/* ---- bases ---- */

static const Class *base_of(Evaluator *ev, Value value)
{
    const Class *class = value_as_class(&value);
    if (class) return class;
    if (value.kind == VALUE_UNKNOWN || value_is(&value, &OBJECT_NATIVE)) return &CLASS_NOT_KNOWN;
    raise_error(ev, "TypeError", "bases must be types");
}

static void class_bases(Evaluator *ev, Class *class, const ValueList *given)
{
    const Class **bases = ARENA_ARRAY(ev->arena, given->n + 1, const Class *);
    for (size_t i = 0; i < given->n; i++) bases[class->n_bases++] = base_of(ev, given->items[i]);
    if (!class->n_bases) bases[class->n_bases++] = &CLASS_OBJECT;
    class->bases = bases;
    for (int i = 0; i < class->n_bases; i++) {
        if (bases[i]->depth >= class->depth) class->depth = bases[i]->depth + 1;
        if (class->family == CLASS_PLAIN) class->family = bases[i]->family;
    }
    if (class->depth > CLASS_DEPTH_MAX) raise_error(ev, "RecursionError", "maximum recursion depth exceeded");
}

/* ---- the order in which attributes are looked for: C3 ---- */

typedef struct Order {
    const Class *const *items;
    int                 n;
} Order;

static int class_count(const Class *class)
{
    return class->order ? class->n_order : 1 + (class->n_bases ? class_count(class->bases[0]) : 0);
}

/* Classes that are not the text's have one base at most. */
static Order order_of(Arena *arena, const Class *class)
{
    if (class->order) return (Order){class->order, class->n_order};
    const int n = class_count(class);
    const Class **items = ARENA_ARRAY(arena, n, const Class *);
    for (int i = 0; i < n; i++, class = class->n_bases ? class->bases[0] : class) items[i] = class;
    return (Order){items, n};
}

static bool stands_later(const Order *orders, int n, const Class *class)
{
    for (int i = 0; i < n; i++)
        for (int k = 1; k < orders[i].n; k++)
            if (orders[i].items[k] == class) return true;
    return false;
}

static const Class *next_in_order(const Order *orders, int n)
{
    for (int i = 0; i < n; i++)
        if (orders[i].n && !stands_later(orders, n, orders[i].items[0])) return orders[i].items[0];
    return NULL;
}

static void drop_first(Order *orders, int n, const Class *class)
{
    for (int i = 0; i < n; i++)
        if (orders[i].n && orders[i].items[0] == class) orders[i] = (Order){orders[i].items + 1, orders[i].n - 1};
}

static _Noreturn void raise_no_order(Evaluator *ev, const Class *class)
{
    Text names = {.arena = ev->arena};
    for (int i = 0; i < class->n_bases; i++) text_print(&names, "%s%s", i ? ", " : "", class->bases[i]->name);
    raise_error(ev, "TypeError", "Cannot create a consistent method resolution order (MRO) for bases %s", text_string(&names));
}

static void class_order(Evaluator *ev, Class *class)
{
    const int n = class->n_bases + 1;
    Order *orders = ARENA_ARRAY(ev->arena, n, Order);
    int left = 0, most = 1;
    for (int i = 0; i < class->n_bases; i++) most += (orders[i] = order_of(ev->arena, class->bases[i])).n;
    orders[n - 1] = (Order){class->bases, class->n_bases};
    if (most > CLASS_ORDER_MAX) raise_error(ev, "RecursionError", "maximum recursion depth exceeded");
    pay(ev, most * n);
    const Class **order = ARENA_ARRAY(ev->arena, most, const Class *);
    order[class->n_order++] = class;
    for (const Class *next; (next = next_in_order(orders, n)); drop_first(orders, n, next)) order[class->n_order++] = next;
    for (int i = 0; i < n; i++) left += orders[i].n;
    if (left) raise_no_order(ev, class);
    class->order = order;
}

/* ---- the class statement ---- */

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

/* "width: int = 3" in the body, in order. */
static void class_fields(Evaluator *ev, Class *class)
{
    int n = 0;
    for (const PyNode *node = class->node->list; node; node = node->next) n++;
    const char **fields = ARENA_ARRAY(ev->arena, n + 1, const char *);
    for (const PyNode *node = class->node->list; node; node = node->next)
        if (node->type == PY_ANN_ASSIGN && node->a->type == PY_NAME) fields[class->n_fields++] = node->a->name;
    class->fields = fields;
}

static void class_body(Evaluator *ev, Class *class)
{
    Scope *outer = ev->scope;
    Value result;
    class->attributes = scope_make(ev->arena, outer);
    class->attributes->is_class = true;
    ev->scope = class->attributes;
    execute(ev, class->node->list, &result);
    ev->scope = outer;
}

/* __init_subclass__ of the base, and __set_name__ of what stands in the body. */
static void class_announce(Evaluator *ev, const Class *class)
{
    Value hook;
    const Scope *scope = class->attributes;
    for (size_t i = 0; i < scope->n; i++) {
        const Instance *instance = value_instance(&scope->bindings[i].value);
        if (!instance || !class_own(instance->class) || !class_attribute(ev, instance->class, "__set_name__", &hook, NULL)) continue;
        const Argument args[] = {{.value = scope->bindings[i].value, .span = SPAN_NONE}, {.value = value_class(class), .span = SPAN_NONE},
                                 {.value = value_text(ev->arena, scope->bindings[i].name), .span = SPAN_NONE}};
        call(ev, hook, args, 3);
    }
    if (!class_attribute_after(ev, class, class, "__init_subclass__", &hook)) return;
    Argument *args = ARENA_ARRAY(ev->arena, 1, Argument);
    int n = 0;
    args[n++] = (Argument){.value = value_class(class), .span = SPAN_NONE};
    for (const PyNode *arg = class->node ? class->node->args : NULL; arg; arg = arg->next) {
        if (!arg->name || strcmp(arg->name, "metaclass") == 0) continue;
        Argument *more = ARENA_ARRAY(ev->arena, n + 1, Argument);
        memcpy(more, args, (size_t)n * sizeof *args);
        more[n++] = (Argument){arg->name, evaluate(ev, arg->a), arg->span};
        args = more;
    }
    if (value_is(&hook, &OBJECT_DESCRIPTOR)) hook = ((Descriptor *)hook.object.data)->function;
    call(ev, hook, args, n);
}

static Value class_finish(Evaluator *ev, Class *class)
{
    for (size_t i = 0; i < class->attributes->n; i++) own_method(ev, class, class->attributes->bindings[i].value);
    class_instance_kind(class, ev->arena);
    if (class_is(class, &CLASS_ENUM)) enum_members(ev, class);
    class_announce(ev, class);
    return value_class(class);
}

Value class_statement(Evaluator *ev, const PyNode *node)
{
    Class *class = ARENA_NEW(ev->arena, Class);
    Value bases = value_list(ev->arena, VALUE_LIST, 0);
    for (const PyNode *arg = node->args; arg; arg = arg->next)
        if (!arg->name && !arg->number) list_add(bases.list, evaluate(ev, arg->a));
    *class = (Class){.name = node->name, .module = "__main__", .node = node};
    class_bases(ev, class, bases.list);
    class_order(ev, class);
    class_body(ev, class);
    if (class_is(class, &CLASS_NAMED_TUPLE)) class_fields(ev, class);
    return class_finish(ev, class);
}

Value class_make(Evaluator *ev, const char *name, const ValueList *bases, const ValueDict *body)
{
    Class *class = ARENA_NEW(ev->arena, Class);
    *class = (Class){.name = name, .module = "__main__"};
    class_bases(ev, class, bases);
    class_order(ev, class);
    class->attributes = scope_make(ev->arena, NULL);
    class->attributes->is_class = true;
    for (size_t i = 0; i < body->keys.n; i++)
        if (body->keys.items[i].kind == VALUE_STRING) scope_set(class->attributes, body->keys.items[i].string.bytes, body->values.items[i]);
    return class_finish(ev, class);
}

/* ---- attributes ---- */

static bool here(const Class *class, const char *name, Value *out)
{
    const Binding *binding = class->attributes ? scope_find(class->attributes, name) : NULL;
    if (binding && !binding->deleted) *out = binding->value;
    return (binding && !binding->deleted) || native_find(class->methods, name, out);
}

bool class_attribute(Evaluator *ev, const Class *class, const char *name, Value *out, const Class **owner)
{
    const Class *const self[] = {class};
    const Class *const *order = class->order ? class->order : self;
    const int n = class->order ? class->n_order : 1;
    for (int i = 0; i < n; i++) {
        if (owner) *owner = order[i];
        if (here(order[i], name, out)) return true;
    }
    return !class->order && class->n_bases && class_attribute(ev, class->bases[0], name, out, owner);
}

bool class_attribute_after(Evaluator *ev, const Class *class, const Class *after, const char *name, Value *out)
{
    int i = 0;
    if (!class->order) return class->n_bases && class_attribute(ev, class->bases[0], name, out, NULL);
    while (i < class->n_order && class->order[i] != after) i++;
    for (i++; i < class->n_order; i++)
        if (here(class->order[i], name, out)) return true;
    return false;
}

/* ---- instances ---- */

static Value exception_args(Evaluator *ev, const Argument *args, int n)
{
    Value tuple = value_list(ev->arena, VALUE_TUPLE, (size_t)n);
    for (int i = 0; i < n; i++)
        if (!args[i].keyword) list_add(tuple.list, args[i].value);
    return tuple;
}

/* The class of Python's, or named tuple, whose data the instances are too. */
static const Class *plain_class(const Class *class)
{
    for (int i = 0; i < class->n_order; i++)
        if (class->order[i]->n_fields || class_is_plain(class->order[i])) return class->order[i];
    return NULL;
}

/* Numbers and texts are what they are from the start; an __init__ of the text fills lists and dictionaries. */
static void instance_plain(Evaluator *ev, Instance *instance, const Class *base, const Argument *args, int n)
{
    Value method;
    const bool filled = class_attribute(ev, instance->class, "__init__", &method, NULL) &&
                        (base == &CLASS_LIST || base == &CLASS_SET || class_is(base, &CLASS_DICT));
    if (base->n_fields) { named_tuple_fill(ev, instance, base, args, n); return; }
    const Value made = base->construct(ev, base, args, filled ? 0 : n, ev->span);
    instance->plain = value_plain(made);
    if (value_instance(&made)) instance->args = value_instance(&made)->args;
}

Value class_new(Evaluator *ev, const Class *class, const Argument *args, int n)
{
    Instance *instance = instance_make(ev->arena, class);
    const Class *base = plain_class(class);
    if (class->family == CLASS_EXCEPTION) instance->args = exception_args(ev, args, n);
    if (base) instance_plain(ev, instance, base, args, n);
    return value_of_instance(instance);
}

static void instance_start(Evaluator *ev, Value self, const Argument *args, int n)
{
    Value method;
    const Class *class = value_instance(&self)->class;
    if (class_attribute(ev, class, "__init__", &method, NULL)) {
        const Value result = call(ev, value_method(ev->arena, self, method), args, n);
        if (result.kind != VALUE_NONE && result.kind != VALUE_UNKNOWN)
            raise_error(ev, "TypeError", "__init__() should return None, not '%s'", type_of(&result));
    } else if (n && class->family == CLASS_PLAIN && !plain_class(class) && !class_attribute(ev, class, "__new__", &method, NULL)) {
        raise_error(ev, "TypeError", "%s() takes no arguments", class->name);
    }
}

static void check_abstract(Evaluator *ev, const Class *class)
{
    Value now;
    Text names = {.arena = ev->arena};
    int n = 0;
    for (int i = 0; i < class->n_order; i++) {
        const Scope *scope = class->order[i]->attributes;
        for (size_t k = 0; scope && k < scope->n; k++) {
            Value value = scope->bindings[k].value;
            if (value_is(&value, &OBJECT_DESCRIPTOR)) value = ((Descriptor *)value.object.data)->function;
            if (!value_is(&value, &OBJECT_FUNCTION) || !((Function *)value.object.data)->abstract) continue;
            if (!class_attribute(ev, class, scope->bindings[k].name, &now, NULL)) continue;
            if (value_is(&now, &OBJECT_DESCRIPTOR)) now = ((Descriptor *)now.object.data)->function;
            if (value_is(&now, &OBJECT_FUNCTION) && now.object.data == value.object.data)
                text_print(&names, "%s%s", n++ ? ", " : "", scope->bindings[k].name);
        }
    }
    if (n && class_is(class, &CLASS_ABC))
        raise_error(ev, "TypeError", "Can't instantiate abstract class %s with abstract method%s %s", class->name, n == 1 ? "" : "s",
                    text_string(&names));
}

Value class_call(Evaluator *ev, const Class *class, const Argument *args, int n)
{
    Value new;
    const Class *owner;
    if (!class_own(class)) return class->construct(ev, class, args, n, ev->span);
    if (class_is(class, &CLASS_ENUM)) return enum_find(ev, class, args, n);
    check_abstract(ev, class);
    Value self;
    if (class_attribute(ev, class, "__new__", &new, &owner) && class_own(owner)) {
        Argument *all = ARENA_ARRAY(ev->arena, n + 1, Argument);
        all[0] = (Argument){.value = value_class(class), .span = SPAN_NONE};
        if (n) memcpy(all + 1, args, (size_t)n * sizeof *args);
        if (value_is(&new, &OBJECT_DESCRIPTOR)) new = ((Descriptor *)new.object.data)->function;
        self = call(ev, new, all, n + 1);
    } else {
        self = class_new(ev, class, args, n);
    }
    Instance *instance = value_instance(&self);
    if (!instance || !class_is(instance->class, class)) return self;
    const Span span = ev->span;
    instance_start(ev, self, args, n);
    ev->span = span;
    subclass_finish(ev, instance);
    return self;
}
