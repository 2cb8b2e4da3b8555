/* len, range, zip, sorted ...: what is gone through. */
#include "keras/code/builtin_functions.h"

#include "keras/code/array.h"
#include "keras/code/container.h"
#include "keras/code/operator.h"

/* ---- lengths and ranges ---- */

static Value length_of(Evaluator *ev, const Given *given)
{
    const Value value = *given->arg[0];
    Value method;
    if (value.kind == VALUE_DICT) return value_int((int64_t)value.dict->keys.n);
    if (value.kind == VALUE_STRING) return value_int((int64_t)iterate(ev, value)->n);
    if (value_items(&value)) return value_int((int64_t)value_items(&value)->n);
    if (value_is(&value, &OBJECT_RANGE)) return value_int(((Range *)value.object.data)->n);
    if (value_is(&value, &OBJECT_ARRAY)) return array_length(ev, value);
    if (value_instance(&value) && attribute_find(ev, value, "__len__", &method)) return call(ev, method, NULL, 0);
    if (value_instance(&value) && value_instance(&value)->args.kind == VALUE_TUPLE)
        return value_int((int64_t)value_instance(&value)->args.list->n);
    raise_error(ev, "TypeError", "object of type '%s' has no len()", type_of(&value));
}

static Value range_call(Evaluator *ev, const Given *given)
{
    const int64_t first = whole_of(ev, *given->arg[0]);
    const int64_t step = given->arg[2] ? whole_of(ev, *given->arg[2]) : 1;
    if (step == 0) raise_error(ev, "ValueError", "range() arg 3 must not be zero");
    if (!given->arg[1]) return value_range(ev->arena, 0, first, 1);
    return value_range(ev->arena, first, whole_of(ev, *given->arg[1]), step);
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

/* A range without end (itertools.count) gives as many as the others need. */
static size_t shortest(Evaluator *ev, const Given *given, const ValueList **lists)
{
    size_t n = SIZE_MAX;
    for (int i = 0; i < given->n_rest; i++) {
        const bool range = value_is(&given->rest[i], &OBJECT_RANGE);
        lists[i] = range ? NULL : iterate(ev, given->rest[i]);
        const size_t length = range ? (size_t)((Range *)given->rest[i].object.data)->n : lists[i]->n;
        if (length < n) n = length;
    }
    return given->n_rest ? n : 0;
}

static Value zip_call(Evaluator *ev, const Given *given)
{
    const ValueList **lists = ARENA_ARRAY(ev->arena, given->n_rest + 1, const ValueList *);
    const size_t n = shortest(ev, given, lists);
    pay_items(ev, (int64_t)n);
    Value out = value_list(ev->arena, VALUE_LIST, n);
    for (size_t i = 0; i < n; i++) {
        Value tuple = value_list(ev->arena, VALUE_TUPLE, (size_t)given->n_rest);
        for (int k = 0; k < given->n_rest; k++)
            list_add(tuple.list, lists[k] ? lists[k]->items[i] : value_int(range_item(given->rest[k].object.data, (int64_t)i)));
        list_add(out.list, tuple);
    }
    return value_iterator(ev->arena, "zip", out.list);
}

static Value map_call(Evaluator *ev, const Given *given)
{
    const ValueList **lists = ARENA_ARRAY(ev->arena, given->n_rest + 1, const ValueList *);
    const size_t n = shortest(ev, given, lists);
    Argument *args = ARENA_ARRAY(ev->arena, given->n_rest + 1, Argument);
    Value out = value_list(ev->arena, VALUE_LIST, 0);
    for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < given->n_rest; k++) {
            args[k] = (Argument){.span = SPAN_NONE};
            args[k].value = lists[k] ? lists[k]->items[i] : value_int(range_item(given->rest[k].object.data, (int64_t)i));
        }
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
    if (value_is(given->arg[0], &OBJECT_ITERATOR)) return *given->arg[0];
    return value_iterator(ev->arena, "iterator", list_of(ev, VALUE_LIST, iterate(ev, *given->arg[0])).list);
}

static Value next_call(Evaluator *ev, const Given *given)
{
    Value method;
    if (value_instance(given->arg[0]) && attribute_find(ev, *given->arg[0], "__next__", &method)) return call(ev, method, NULL, 0);
    if (!value_is(given->arg[0], &OBJECT_ITERATOR))
        raise_error(ev, "TypeError", "'%s' object is not an iterator", type_of(given->arg[0]));
    Iterator *iterator = given->arg[0]->object.data;
    if (iterator->next < iterator->items->n) return iterator->items->items[iterator->next++];
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
    {.name = "range", .params = "start stop? step?", .call = range_call},
    {.name = "xrange", .params = "start stop? step?", .call = range_call},
    {.name = "enumerate", .params = "iterable start?", .call = enumerate_call},
    {.name = "zip", .params = "*iterables strict?", .call = zip_call},
    {.name = "map", .params = "function *iterables", .call = map_call},
    {.name = "filter", .params = "function iterable", .call = filter_call},
    {.name = "sorted", .params = "iterable | key? reverse?", .call = sorted_call},
    {.name = "reversed", .params = "sequence", .call = reversed_call},
    {.name = "slice", .params = "!start stop? step?", .call = slice_call},
    {.name = "iter", .params = "iterable", .call = iter_call},
    {.name = "next", .params = "iterator default?", .call = next_call},
    {.name = "any", .params = "iterable", .call = any_call},
    {.name = "all", .params = "iterable", .call = any_call, .data = "all"},
    {0}};
