#include "keras/code/module_enum.h"

#include <string.h>

#include "keras/code/builtin.h"
#include "keras/code/container.h"
#include "keras/code/exception.h"
#include "keras/code/module_python.h"
#include "keras/code/operator.h"

/* ---- members ---- */

static const Value *member_part(const Value *member, const char *name)
{
    return &scope_find(value_instance(member)->attributes, name)->value;
}

static Value member_repr(Evaluator *ev, const Given *given)
{
    const Instance *member = value_instance(given->self);
    return value_text(ev->arena, arena_print(ev->arena, "<%s.%s: %s>", member->class->name, text_of(ev, *member_part(given->self, "name")),
                                             repr_of(ev, *member_part(given->self, "value"))));
}

static Value member_str(Evaluator *ev, const Given *given)
{
    const Instance *member = value_instance(given->self);
    return value_text(ev->arena, arena_print(ev->arena, "%s.%s", member->class->name, text_of(ev, *member_part(given->self, "name"))));
}

static Value plain_str(Evaluator *ev, const Given *given)
{
    return value_text(ev->arena, text_of(ev, value_instance(given->self)->plain));
}

static const Native member_methods[] = {
    {.name = "__repr__", .params = "", .call = member_repr},
    {.name = "__str__", .params = "", .call = member_str},
    {0}};
static const Native plain_methods[] = {{.name = "__str__", .params = "", .call = plain_str}, {0}};

/* ---- classes ---- */

static Value enum_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span);

#define ENUM(variable, text, plain_base) \
    static const Class variable; \
    static const Class *const variable##_bases[] = {&plain_base, &CLASS_ENUM}; \
    static const Class *const variable##_order[] = {&variable, &plain_base, &CLASS_ENUM, &CLASS_OBJECT}; \
    static const Class variable = {.name = text, .module = "enum", .construct = enum_construct, .bases = variable##_bases, .n_bases = 2, \
                                   .order = variable##_order, .n_order = 4, .methods = plain_methods, .instance = {.type_name = text}};
static const Class *const from_object[] = {&CLASS_OBJECT};
static const Class *const from_enum[] = {&CLASS_ENUM};
const Class CLASS_ENUM = {.name = "Enum", .module = "enum", .construct = enum_construct, .bases = from_object, .n_bases = 1,
                          .methods = member_methods, .instance = {.type_name = "Enum"}};
static const Class class_flag = {.name = "Flag", .module = "enum", .construct = enum_construct, .bases = from_enum, .n_bases = 1,
                                 .instance = {.type_name = "Flag"}};
ENUM(class_int_enum, "IntEnum", CLASS_INT)
ENUM(class_int_flag, "IntFlag", CLASS_INT)
ENUM(class_str_enum, "StrEnum", CLASS_STR)

static const ObjectKind automatic = {.type_name = "enum.auto"};

static Value auto_call(Evaluator *ev, const Given *given)
{
    (void)ev, (void)given;
    return value_object(&automatic, NULL);
}

/* Enum('Color', 'RED GREEN'), or pairs, or a dictionary. */
static Value enum_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    Value body = value_dict(ev->arena), names, bases = value_list(ev->arena, VALUE_LIST, 1);
    if (n < 2 || args[0].value.kind != VALUE_STRING || args[1].value.kind == VALUE_UNKNOWN)
        return unknown(ev, "cause.not_known_object", source_text(ev, span), span);
    names = args[1].value;
    if (names.kind == VALUE_STRING) names = call(ev, attribute(ev, names, "split"), NULL, 0);
    const ValueList *items = iterate(ev, names);
    for (size_t i = 0; i < items->n; i++) {
        const ValueList *pair = value_items(&items->items[i]);
        const Value count = value_int((int64_t)i + 1);
        if (names.kind == VALUE_DICT) dict_put(ev, body.dict, items->items[i], names.dict->values.items[i]);
        else if (pair && pair->n == 2) dict_put(ev, body.dict, pair->items[0], pair->items[1]);
        else dict_put(ev, body.dict, items->items[i], count);
    }
    list_add(bases.list, value_class(class));
    return class_make(ev, args[0].value.string.bytes, bases.list, body.dict);
}

/* ---- making members ---- */

typedef struct Members {
    Evaluator   *ev;
    Class       *class;
    const Class *plain;     /* int, str ...; NULL = none */
    ValueDict   *all;
    int64_t      highest;
} Members;

static const Class *plain_of(const Class *class)
{
    for (int i = 0; i < class->n_order; i++)
        if (class_is_plain(class->order[i])) return class->order[i];
    return NULL;
}

static bool is_member(const Binding *binding)
{
    const Value *value = &binding->value;
    if (binding->deleted || binding->name[0] == '_') return false;
    return !value_is(value, &OBJECT_FUNCTION) && !value_is(value, &OBJECT_DESCRIPTOR) && !value_is(value, &OBJECT_CLASS);
}

static Value automatic_value(const Members *members, const char *name)
{
    const bool flags = class_is(members->class, &class_flag) || class_is(members->class, &class_int_flag);
    if (class_is(members->class, &class_str_enum)) {
        char *lower = arena_copy(members->ev->arena, name, strlen(name));
        for (char *c = lower; *c; c++)
            if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
        return value_text(members->ev->arena, lower);
    }
    return value_int(flags ? (members->highest ? members->highest * 2 : 1) : members->highest + 1);
}

static const Value *member_of_value(Evaluator *ev, const ValueDict *all, Value value)
{
    for (size_t i = 0; i < all->values.n; i++)
        if (values_equal(ev, *member_part(&all->values.items[i], "value"), value)) return &all->values.items[i];
    return NULL;
}

static void member_start(const Members *members, Value member, Value value)
{
    Evaluator *ev = members->ev;
    Value method;
    const Class *owner;
    if (!class_attribute(ev, members->class, "__init__", &method, &owner) || !class_own(owner)) return;
    const ValueList *items = value.kind == VALUE_TUPLE ? value.list : NULL;
    const size_t n = items ? items->n : 1;
    Argument *args = ARENA_ARRAY(ev->arena, n + 1, Argument);
    for (size_t i = 0; i < n; i++) args[i] = (Argument){.value = items ? items->items[i] : value, .span = SPAN_NONE};
    call(ev, value_method(ev->arena, member, method), args, (int)n);
}

static Value member_make(const Members *members, const char *name, Value value)
{
    Evaluator *ev = members->ev;
    Instance *member = instance_make(ev->arena, members->class);
    const Argument arg = {.value = value, .span = SPAN_NONE};
    if (members->plain && value.kind != VALUE_UNKNOWN) member->plain = members->plain->construct(ev, members->plain, &arg, 1, ev->span);
    const Value text = value_text(ev->arena, name);
    scope_set(member->attributes, "name", text);
    scope_set(member->attributes, "value", value);
    scope_set(member->attributes, "_name_", text);
    scope_set(member->attributes, "_value_", value);
    const Value made = value_of_instance(member);
    member_start(members, made, value);
    return made;
}

static void member_add(Members *members, Binding *binding)
{
    Evaluator *ev = members->ev;
    int64_t whole;
    const Value value = value_is(&binding->value, &automatic) ? automatic_value(members, binding->name) : binding->value;
    const Value *same = member_of_value(ev, members->all, value);
    if (value_integer(&value, &whole) && whole > members->highest) members->highest = whole;
    const Value member = same ? *same : member_make(members, binding->name, value);
    binding->value = member;
    dict_put(ev, members->all, value_text(ev->arena, binding->name), member);
}

void enum_members(Evaluator *ev, Class *class)
{
    const Value all = value_dict(ev->arena);
    Members members = {ev, class, plain_of(class), all.dict, 0};
    for (size_t i = 0; i < class->attributes->n; i++)
        if (is_member(&class->attributes->bindings[i])) member_add(&members, &class->attributes->bindings[i]);
    if (all.dict->keys.n) scope_set(class->attributes, "__members__", all);
}

/* ---- looking for members ---- */

const ValueDict *enum_dict(const Class *class)
{
    const Binding *binding = class_own(class) && class_is(class, &CLASS_ENUM) ? scope_find(class->attributes, "__members__") : NULL;
    return binding ? binding->value.dict : NULL;
}

ValueList *enum_items(Evaluator *ev, const Class *class)
{
    const ValueDict *all = enum_dict(class);
    Value out = value_list(ev->arena, VALUE_LIST, 0);
    for (size_t i = 0; all && i < all->values.n; i++)
        if (value_equal(member_part(&all->values.items[i], "name"), &all->keys.items[i])) list_add(out.list, all->values.items[i]);
    return out.list;
}

Value enum_find(Evaluator *ev, const Class *class, const Argument *args, int n)
{
    const ValueDict *all = enum_dict(class);
    if (!all) return enum_construct(ev, class, args, n, ev->span);
    if (!n) raise_error(ev, "TypeError", "EnumType.__call__() missing 1 required positional argument: 'value'");
    if (args[0].value.kind == VALUE_UNKNOWN) return args[0].value;
    const Instance *instance = value_instance(&args[0].value);
    if (instance && instance->class == class) return args[0].value;
    const Value *found = member_of_value(ev, all, args[0].value);
    if (!found) raise_error(ev, "ValueError", "%s is not a valid %s", repr_of(ev, args[0].value), class->name);
    return *found;
}

void enum_raise(Evaluator *ev, const Class *class, const char *name)
{
    (void)class;
    raise_error(ev, "AttributeError", "%s", name);
}

static const Native enum_natives[] = {
    {.name = "auto", .params = "", .call = auto_call},
    {.name = "unique", .params = "!enumeration", .call = give_first},
    {0}};
static const ModuleClass enum_classes[] = {{"Enum", &CLASS_ENUM}, {"IntEnum", &class_int_enum}, {"StrEnum", &class_str_enum},
                                           {"Flag", &class_flag}, {"IntFlag", &class_int_flag}, {0}};
const ModuleTable MODULE_ENUM = {.path = "enum", .natives = enum_natives, .classes = enum_classes, .open = true};
