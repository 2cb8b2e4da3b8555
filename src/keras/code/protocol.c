#include "keras/code/protocol.h"

#include <string.h>

#include "keras/code/builtin.h"
#include "keras/code/builtin_functions.h"
#include "keras/code/container.h"
#include "keras/code/string_methods.h"

static Value with_self(const Given *given)
{
    return value_plain(*given->self);
}

static Value length_call(Evaluator *ev, const Given *given)
{
    Value len;
    native_find(SEQUENCE_FUNCTIONS, "len", &len);
    return call_one(ev, len, with_self(given));
}

static Value iter_call(Evaluator *ev, const Given *given)
{
    Value iter;
    native_find(SEQUENCE_FUNCTIONS, "iter", &iter);
    return call_one(ev, iter, with_self(given));
}

static Value next_call(Evaluator *ev, const Given *given)
{
    Value next;
    native_find(SEQUENCE_FUNCTIONS, "next", &next);
    return call_one(ev, next, *given->self);
}

static Value get_call(Evaluator *ev, const Given *given) { return subscript(ev, with_self(given), *given->arg[0]); }
static Value contains_call(Evaluator *ev, const Given *given) { return compare(ev, PY_IN, *given->arg[0], with_self(given)); }

static Value set_call(Evaluator *ev, const Given *given)
{
    subscript_set(ev, with_self(given), *given->arg[0], *given->arg[1]);
    return value_none();
}

static Value delete_call(Evaluator *ev, const Given *given)
{
    subscript_delete(ev, with_self(given), *given->arg[0]);
    return value_none();
}

static Value text_call(Evaluator *ev, const Given *given)
{
    const Value self = with_self(given);
    return value_text(ev->arena, given->native->data ? repr_of(ev, self) : text_of(ev, self));
}

static const struct { const char *name; PyOp op; } operators[] = {
    {"__add__", PY_ADD}, {"__sub__", PY_SUB}, {"__mul__", PY_MUL}, {"__truediv__", PY_DIV}, {"__floordiv__", PY_FLOOR_DIV},
    {"__mod__", PY_MOD}, {"__pow__", PY_POW}, {"__and__", PY_BIT_AND}, {"__or__", PY_BIT_OR}, {"__xor__", PY_BIT_XOR}};
static const struct { const char *name; PyOp op; } comparisons[] = {
    {"__eq__", PY_EQ}, {"__ne__", PY_NE}, {"__lt__", PY_LT}, {"__le__", PY_LE}, {"__gt__", PY_GT}, {"__ge__", PY_GE}};

static Value operator_call(Evaluator *ev, const Given *given)
{
    const Value self = with_self(given), other = value_plain(*given->arg[0]);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (strcmp(operators[i].name, given->native->name) == 0) return binary(ev, operators[i].op, self, other);
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++)
        if (strcmp(comparisons[i].name, given->native->name) == 0) return compare(ev, comparisons[i].op, self, other);
    return value_none();
}

#define OPERATOR(text) {.name = text, .params = "other", .call = operator_call}
static const Native equality[] = {OPERATOR("__eq__"), OPERATOR("__ne__"),
                                  {.name = "__str__", .params = "", .call = text_call},
                                  {.name = "__repr__", .params = "", .call = text_call, .data = "repr"}, {0}};
static const Native orders[] = {OPERATOR("__lt__"), OPERATOR("__le__"), OPERATOR("__gt__"), OPERATOR("__ge__"), {0}};
static const Native numbers[] = {OPERATOR("__add__"), OPERATOR("__sub__"), OPERATOR("__mul__"), OPERATOR("__truediv__"),
                                 OPERATOR("__floordiv__"), OPERATOR("__mod__"), OPERATOR("__pow__"), {0}};
static const Native sequences[] = {OPERATOR("__add__"), OPERATOR("__mul__"), {0}};
static const Native sets[] = {OPERATOR("__and__"), OPERATOR("__or__"), OPERATOR("__sub__"), OPERATOR("__xor__"), {0}};
static const Native iterables[] = {{.name = "__iter__", .params = "", .call = iter_call},
                                   {.name = "__contains__", .params = "key", .call = contains_call},
                                   {.name = "__len__", .params = "", .call = length_call}, {0}};
static const Native items[] = {{.name = "__getitem__", .params = "key", .call = get_call}, {0}};
static const Native changes[] = {{.name = "__setitem__", .params = "!key value", .call = set_call},
                                 {.name = "__delitem__", .params = "!key", .call = delete_call}, {0}};
static const Native iterators[] = {{.name = "__next__", .params = "", .call = next_call},
                                   {.name = "__iter__", .params = "", .call = give_self}, {0}};

static bool any_of(const Native *const *tables, const char *name, Value *out)
{
    for (; *tables; tables++)
        if (native_find(*tables, name, out)) return true;
    return false;
}

static const Native *const *tables_of(const Class *class)
{
    static const Native *const number[] = {numbers, orders, equality, NULL}, *const text[] = {sequences, iterables, items, orders, equality, NULL},
        *const list[] = {sequences, iterables, items, changes, orders, equality, NULL}, *const tuple[] = {sequences, iterables, items, orders, equality, NULL},
        *const dict[] = {iterables, items, changes, equality, NULL}, *const set[] = {sets, iterables, orders, equality, NULL},
        *const none[] = {equality, NULL};
    if (class == &CLASS_INT || class == &CLASS_FLOAT || class == &CLASS_BOOL) return number;
    if (class == &CLASS_STR) return text;
    if (class == &CLASS_LIST) return list;
    if (class == &CLASS_TUPLE) return tuple;
    if (class == &CLASS_DICT) return dict;
    return class == &CLASS_SET || class == &CLASS_FROZENSET ? set : none;
}

bool protocol_attribute(Evaluator *ev, Value value, const char *name, Value *out)
{
    static const Native *const iterator[] = {iterators, NULL}, *const range[] = {iterables, items, NULL};
    const Native *const *tables = value.kind <= VALUE_DICT || value_is(&value, &OBJECT_SET) ? tables_of(class_of(ev, &value)) : NULL;
    if (name[0] != '_' || name[1] != '_') return false;
    if (value_is(&value, &OBJECT_ITERATOR)) tables = iterator;
    if (value_is(&value, &OBJECT_RANGE)) tables = range;
    if (strcmp(name, "__call__") == 0 && value_callable(&value)) { *out = value; return true; }
    if (!tables || !any_of(tables, name, out)) return false;
    *out = value_method(ev->arena, value, *out);
    return true;
}

static const Native *methods_of(const Class *class)
{
    if (class == &CLASS_STR) return STRING_METHODS;
    if (class == &CLASS_LIST) return LIST_METHODS;
    if (class == &CLASS_TUPLE) return TUPLE_METHODS;
    if (class == &CLASS_DICT) return DICT_METHODS;
    if (class == &CLASS_SET || class == &CLASS_FROZENSET) return SET_METHODS;
    return class == &CLASS_INT || class == &CLASS_FLOAT || class == &CLASS_BOOL ? NUMBER_METHODS : NULL;
}

bool plain_class_attribute(Evaluator *ev, const Class *class, const char *name, Value *out)
{
    (void)ev;
    if (!native_find(methods_of(class), name, out) && !any_of(tables_of(class), name, out)) return false;
    *out = value_object(&OBJECT_UNBOUND, out->object.data);
    return true;
}
