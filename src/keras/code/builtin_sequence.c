/* len, range, zip, sorted ...: what is gone through. */
#include "keras/code/builtin_functions.h"

#include "keras/code/array.h"
#include "keras/code/builtin.h"
#include "keras/code/container.h"
#include "keras/code/module_enum.h"
#include "keras/code/operator.h"

/* ---- lengths and ranges ---- */

static Value instance_length(Evaluator *ev, Value value)
{
    Value method;
    const Instance *instance = value_instance(&value);
    const Value plain = value_plain(value);
    const bool own = class_attribute(ev, instance->class, "__len__", &method, NULL);
    if (!own && !value_instance(&plain)) return value_int((int64_t)iterate(ev, plain)->n);
    if (attribute_find(ev, value, "__len__", &method)) return call(ev, method, NULL, 0);
    raise_error(ev, "TypeError", "object of type '%s' has no len()", type_of(&value));
}

static Value length_of(Evaluator *ev, const Given *given)
{
    const Value value = *given->arg[0];
    if (value.kind == VALUE_DICT) return value_int((int64_t)value.dict->keys.n);
    if (value.kind == VALUE_STRING) return value_int((int64_t)iterate(ev, value)->n);
    if (value_items(&value)) return value_int((int64_t)value_items(&value)->n);
    if (value_is(&value, &OBJECT_RANGE)) return value_int(((Range *)value.object.data)->n);
    if (value_is(&value, &OBJECT_ARRAY)) return array_length(ev, value);
    if (value_is(&value, &OBJECT_BYTES)) return value_int((int64_t)((const Value *)value.object.data)->string.length);
    if (value_is(&value, &OBJECT_CLASS) && enum_dict(value.object.data)) return value_int((int64_t)enum_items(ev, value.object.data)->n);
    if (value_instance(&value)) return instance_length(ev, value);
    raise_error(ev, "TypeError", "object of type '%s' has no len()", type_of(&value));
}

/* Python 2's range. */
static Value xrange_call(Evaluator *ev, const Given *given)
{
    return call(ev, value_class(&CLASS_RANGE), given->written, given->n_written);
}

/* ---- going through ---- */

static Value enumerate_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    int64_t n = given->arg[1] ? whole_of(ev, *given->arg[1]) : 0;
    Value out = value_list(ev->arena, VALUE_LIST, items->n);
    pay_items(ev, (int64_t)items->n);
    for (size_t i = 0; i < items->n; i++) list_add(out.list, value_pair(ev->arena, value_int(n++), items->items[i]));
    return value_iterator(ev->arena, "enumerate", out.list);
}

/* What zip and map go through: lists, and ranges that may have no end. */
typedef struct Side {
    const ValueList *items;
    Iterator        *endless;
} Side;

static Side *sides_of(Evaluator *ev, const Given *given, size_t *shortest)
{
    Side *sides = ARENA_ARRAY(ev->arena, given->n_rest + 1, Side);
    *shortest = given->n_rest ? SIZE_MAX : 0;
    for (int i = 0; i < given->n_rest; i++) {
        Iterator *iterator = value_is(&given->rest[i], &OBJECT_ITERATOR) ? given->rest[i].object.data : NULL;
        if (iterator && iterator->range) { sides[i].endless = iterator; continue; }
        sides[i].items = iterate(ev, given->rest[i]);
        if (sides[i].items->n < *shortest) *shortest = sides[i].items->n;
    }
    return sides;
}

static Value side_item(const Side *side, size_t i)
{
    Value item = value_none();
    if (side->items) return side->items->items[i];
    iterator_next(side->endless, &item);
    return item;
}

static void check_strict(Evaluator *ev, const Given *given, const Side *sides)
{
    for (int i = 1; i < given->n_rest; i++) {
        if (!sides[i].items || !sides[0].items || sides[i].items->n == sides[0].items->n) continue;
        raise_error(ev, "ValueError", "zip() argument %d is %s than argument%s %s", i + 1, sides[i].items->n < sides[0].items->n ? "shorter" : "longer",
                    i == 1 ? "" : "s", i == 1 ? "1" : arena_print(ev->arena, "1-%d", i));
    }
}

static Value zip_call(Evaluator *ev, const Given *given)
{
    size_t n;
    const Side *sides = sides_of(ev, given, &n);
    if (given->arg[0] && truth(ev, *given->arg[0])) check_strict(ev, given, sides);
    pay_items(ev, n > ITEMS_MAX ? INT64_MAX : (int64_t)n);
    Value out = value_list(ev->arena, VALUE_LIST, n);
    for (size_t i = 0; i < n; i++) {
        Value tuple = value_list(ev->arena, VALUE_TUPLE, (size_t)given->n_rest);
        for (int k = 0; k < given->n_rest; k++) list_add(tuple.list, side_item(&sides[k], i));
        list_add(out.list, tuple);
    }
    return value_iterator(ev->arena, "zip", out.list);
}

static Value map_call(Evaluator *ev, const Given *given)
{
    size_t n;
    const Side *sides = sides_of(ev, given, &n);
    Value out = value_list(ev->arena, VALUE_LIST, 0);
    pay_items(ev, n > ITEMS_MAX ? INT64_MAX : (int64_t)n);
    for (size_t i = 0; i < n; i++) {
        Argument *args = ARENA_ARRAY(ev->arena, given->n_rest + 1, Argument);
        for (int k = 0; k < given->n_rest; k++) args[k] = (Argument){.value = side_item(&sides[k], i), .span = SPAN_NONE};
        list_add(out.list, call(ev, *given->arg[0], args, given->n_rest));
    }
    return value_iterator(ev->arena, "map", out.list);
}

static Value filter_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[1]);
    Value out = value_list(ev->arena, VALUE_LIST, 0);
    for (size_t i = 0; i < items->n; i++) {
        const Value item = items->items[i];
        const Value keep = given->arg[0]->kind == VALUE_NONE ? item : call_one(ev, *given->arg[0], item);
        if (keep.kind == VALUE_UNKNOWN) return keep;
        if (truth(ev, keep)) list_add(out.list, item);
    }
    return value_iterator(ev->arena, "filter", out.list);
}

static Value sorted_call(Evaluator *ev, const Given *given)
{
    Value list = list_of(ev, VALUE_LIST, iterate(ev, *given->arg[0]));
    list_sort(ev, list.list, given->arg[1], given->arg[2] && truth(ev, *given->arg[2]));
    return list;
}

static Value reversed_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    Value out = value_list(ev->arena, VALUE_LIST, items->n);
    pay_items(ev, (int64_t)items->n);
    for (size_t i = items->n; i > 0; i--) list_add(out.list, items->items[i - 1]);
    return value_iterator(ev->arena, "list_reverseiterator", out.list);
}

static Value slice_call(Evaluator *ev, const Given *given)
{
    const Value first = *given->arg[0], none = value_none();
    if (!given->arg[1]) return value_slice(ev->arena, none, first, none);
    return value_slice(ev->arena, first, *given->arg[1], given->arg[2] ? *given->arg[2] : none);
}

static Value iter_call(Evaluator *ev, const Given *given)
{
    const Value value = *given->arg[0];
    Value method;
    if (value_is(&value, &OBJECT_ITERATOR)) return value;
    if (value_instance(&value) && attribute_find(ev, value, "__iter__", &method)) return call(ev, method, NULL, 0);
    return value_iterator(ev->arena, "iterator", list_of(ev, VALUE_LIST, iterate(ev, value)).list);
}

static Value next_call(Evaluator *ev, const Given *given)
{
    Value method, item;
    if (value_instance(given->arg[0]) && attribute_find(ev, *given->arg[0], "__next__", &method)) return call(ev, method, NULL, 0);
    if (!value_is(given->arg[0], &OBJECT_ITERATOR))
        raise_error(ev, "TypeError", "'%s' object is not an iterator", type_of(given->arg[0]));
    if (iterator_next(given->arg[0]->object.data, &item)) return item;
    if (given->arg[1]) return *given->arg[1];
    raise_error(ev, "StopIteration", "%s", "");
}

static Value any_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    const bool wanted = given->native->data == NULL;
    for (size_t i = 0; i < items->n; i++) {
        if (items->items[i].kind == VALUE_UNKNOWN) return items->items[i];
        if (truth(ev, items->items[i]) == wanted) return value_bool(wanted);
    }
    return value_bool(!wanted);
}

const Native SEQUENCE_FUNCTIONS[] = {
    {.name = "len", .params = "obj", .call = length_of},
    {.name = "xrange", .params = "*args", .call = xrange_call},
    {.name = "enumerate", .params = "iterable start?", .call = enumerate_call},
    {.name = "zip", .params = "*iterables strict?", .call = zip_call},
    {.name = "map", .params = "function *iterables", .call = map_call},
    {.name = "filter", .params = "function iterable", .call = filter_call},
    {.name = "sorted", .params = "iterable | key? reverse?", .call = sorted_call},
    {.name = "reversed", .params = "sequence", .call = reversed_call},
    {.name = "slice", .params = "!start stop? step?", .call = slice_call},
    {.name = "iter", .params = "iterable sentinel?", .call = iter_call},
    {.name = "next", .params = "iterator default?", .call = next_call},
    {.name = "any", .params = "iterable", .call = any_call},
    {.name = "all", .params = "iterable", .call = any_call, .data = "all"},
    {0}};
