#include "keras/code/container.h"

#include <string.h>

#include "keras/code/doubt.h"
#include "keras/code/exception.h"
#include "keras/code/operator.h"

/* ---- dictionaries ---- */

static bool hashable(const Value *value)
{
    return value->kind != VALUE_LIST && value->kind != VALUE_DICT && !value_is(value, &OBJECT_SET);
}

static void check_key(Evaluator *ev, const Value *key)
{
    if (!hashable(key)) raise_error(ev, "TypeError", "unhashable type: '%s'", type_of(key));
    if (key->kind == VALUE_TUPLE) walkable(ev, key);
}

/* Keys of the text's own classes may say themselves what they are equal to. */
static bool own_equality(const Value *key)
{
    const Instance *instance = value_instance(key);
    return instance && instance->plain.kind == VALUE_NONE && !instance->layer && instance->class->family == CLASS_PLAIN;
}

static int64_t dict_place(Evaluator *ev, const ValueDict *dict, const Value *key)
{
    const bool own = own_equality(key);
    const Value plain = value_plain(*key);
    for (size_t i = 0; i < dict->keys.n; i++) {
        const Value other = value_plain(dict->keys.items[i]);
        if (own ? values_equal(ev, other, plain) : value_equal(&other, &plain)) return (int64_t)i;
    }
    return -1;
}

void dict_put(Evaluator *ev, ValueDict *dict, Value key, Value value)
{
    check_key(ev, &key);
    pay(ev, 1 + (int64_t)dict->keys.n / 8);
    const int64_t at = value_instance(&key) ? dict_place(ev, dict, &key) : -1;
    if (at >= 0) dict->values.items[at] = value;
    else dict_set(ev->arena, dict, key, value);
}

const Value *dict_look(Evaluator *ev, const ValueDict *dict, const Value *key)
{
    check_key(ev, key);
    pay(ev, (int64_t)dict->keys.n / 8);
    const int64_t at = dict_place(ev, dict, key);
    return at < 0 ? NULL : &dict->values.items[at];
}

static void list_remove_at(ValueList *list, size_t at)
{
    memmove(&list->items[at], &list->items[at + 1], (list->n - at - 1) * sizeof(Value));
    list->n--;
}

bool dict_remove(ValueDict *dict, const Value *key)
{
    for (size_t i = 0; i < dict->keys.n; i++) {
        if (!value_equal(&dict->keys.items[i], key)) continue;
        list_remove_at(&dict->keys, i);
        list_remove_at(&dict->values, i);
        return true;
    }
    return false;
}

Value dict_copy(Evaluator *ev, const ValueDict *dict)
{
    Value copy = value_dict(ev->arena);
    pay_items(ev, (int64_t)dict->keys.n);
    for (size_t i = 0; i < dict->keys.n; i++) {
        list_add(&copy.dict->keys, dict->keys.items[i]);
        list_add(&copy.dict->values, dict->values.items[i]);
    }
    return copy;
}

/* Changed by what is not known. */
static Value lost(Evaluator *ev, const void *container)
{
    doubt_contents(ev, container);
    return unknown_here(ev, "cause.not_known_object");
}

static Value dict_get(Evaluator *ev, const Given *given)
{
    const Value *found = dict_look(ev, given->self->dict, given->arg[0]);
    if (found) return *found;
    return given->arg[1] ? *given->arg[1] : value_none();
}

static Value dict_keys(Evaluator *ev, const Given *given)
{
    return list_of(ev, VALUE_LIST, &given->self->dict->keys);
}

static Value dict_values(Evaluator *ev, const Given *given)
{
    return list_of(ev, VALUE_LIST, &given->self->dict->values);
}

static Value dict_items(Evaluator *ev, const Given *given)
{
    const ValueDict *dict = given->self->dict;
    Value items = value_list(ev->arena, VALUE_LIST, dict->keys.n);
    pay_items(ev, (int64_t)dict->keys.n);
    for (size_t i = 0; i < dict->keys.n; i++) list_add(items.list, value_pair(ev->arena, dict->keys.items[i], dict->values.items[i]));
    return items;
}

static Value dict_pop(Evaluator *ev, const Given *given)
{
    if (given->arg[0] && given->arg[0]->kind == VALUE_UNKNOWN) return lost(ev, given->self->dict);
    doubt_changes(ev, given->self->dict, NULL);
    const Value *found = dict_look(ev, given->self->dict, given->arg[0]);
    if (!found && !given->arg[1]) raise_key(ev, *given->arg[0]);
    if (!found) return *given->arg[1];
    const Value value = *found;
    dict_remove(given->self->dict, given->arg[0]);
    return value;
}

static Value dict_setdefault(Evaluator *ev, const Given *given)
{
    if (given->arg[0] && given->arg[0]->kind == VALUE_UNKNOWN) return lost(ev, given->self->dict);
    doubt_changes(ev, given->self->dict, NULL);
    const Value *found = dict_look(ev, given->self->dict, given->arg[0]);
    if (found) return *found;
    const Value value = given->arg[1] ? *given->arg[1] : value_none();
    dict_put(ev, given->self->dict, *given->arg[0], value);
    return value;
}

void dict_update_from(Evaluator *ev, ValueDict *dict, Value source)
{
    source = value_plain(source);
    if (source.kind == VALUE_DICT) {
        const Value copy = dict_copy(ev, source.dict);
        for (size_t i = 0; i < copy.dict->keys.n; i++) dict_put(ev, dict, copy.dict->keys.items[i], copy.dict->values.items[i]);
        return;
    }
    const ValueList *pairs = iterate(ev, source);
    for (size_t i = 0; i < pairs->n; i++) {
        const ValueList *two = iterate(ev, pairs->items[i]);
        if (two->n != 2)
            raise_error(ev, "ValueError", "dictionary update sequence element #%zu has length %zu; 2 is required", i, two->n);
        dict_put(ev, dict, two->items[0], two->items[1]);
    }
}

static Value dict_update(Evaluator *ev, const Given *given)
{
    if (given->arg[0] && given->arg[0]->kind == VALUE_UNKNOWN) return lost(ev, given->self->dict);
    doubt_changes(ev, given->self->dict, NULL);
    if (given->arg[0]) dict_update_from(ev, given->self->dict, *given->arg[0]);
    for (size_t i = 0; i < given->more->keys.n; i++)
        dict_put(ev, given->self->dict, given->more->keys.items[i], given->more->values.items[i]);
    return value_none();
}

static Value dict_clear(Evaluator *ev, const Given *given)
{
    doubt_changes(ev, given->self->dict, NULL);
    given->self->dict->keys.n = given->self->dict->values.n = 0;
    return value_none();
}

static Value dict_copy_method(Evaluator *ev, const Given *given)
{
    return dict_copy(ev, given->self->dict);
}

static Value dict_popitem(Evaluator *ev, const Given *given)
{
    doubt_changes(ev, given->self->dict, NULL);
    ValueDict *dict = given->self->dict;
    if (!dict->keys.n) raise_error(ev, "KeyError", "'popitem(): dictionary is empty'");
    dict->values.n--;
    const size_t last = --dict->keys.n;
    return value_pair(ev->arena, dict->keys.items[last], dict->values.items[last]);
}

static const Native dict_methods[] = {
    {.name = "get", .params = "!key default?", .call = dict_get},
    {.name = "keys", .params = "", .call = dict_keys},
    {.name = "values", .params = "", .call = dict_values},
    {.name = "items", .params = "", .call = dict_items},
    {.name = "pop", .params = "!key default?", .call = dict_pop},
    {.name = "popitem", .params = "last?", .call = dict_popitem},
    {.name = "setdefault", .params = "!key default?", .call = dict_setdefault},
    {.name = "update", .params = "!other? | **more", .call = dict_update},
    {.name = "clear", .params = "", .call = dict_clear},
    {.name = "copy", .params = "", .call = dict_copy_method},
    /* Python 2 */
    {.name = "iteritems", .params = "", .call = dict_items},
    {.name = "iterkeys", .params = "", .call = dict_keys},
    {.name = "itervalues", .params = "", .call = dict_values},
    {0}};
const Native *const DICT_METHODS = dict_methods;

/* ---- lists ---- */

Value list_of(Evaluator *ev, ValueKind kind, const ValueList *items)
{
    pay_items(ev, (int64_t)items->n);
    Value list = value_list(ev->arena, kind, items->n);
    if (items->n) memcpy(list.list->items, items->items, items->n * sizeof(Value));
    list.list->n = items->n;
    return list;
}

Value list_repeat(Evaluator *ev, Value list, int64_t times)
{
    if (times < 0) times = 0;
    const int64_t n = size_multiply((int64_t)list.list->n, times);
    pay_items(ev, n);
    Value out = value_list(ev->arena, list.kind, (size_t)n);
    for (int64_t i = 0; i < n; i++) list_add(out.list, list.list->items[(size_t)i % list.list->n]);
    return out;
}

Value list_join(Evaluator *ev, Value a, Value b)
{
    pay_items(ev, (int64_t)(a.list->n + b.list->n));
    Value out = value_list(ev->arena, a.kind, a.list->n + b.list->n);
    for (size_t i = 0; i < a.list->n; i++) list_add(out.list, a.list->items[i]);
    for (size_t i = 0; i < b.list->n; i++) list_add(out.list, b.list->items[i]);
    return out;
}

static const Value *first_item(const Value *value)
{
    const ValueList *list = value_items(value);
    return list && list->n ? &list->items[0] : NULL;
}

static Value list_append(Evaluator *ev, const Given *given)
{
    if (doubt_changes(ev, given->self->list, given->arg[0])) return value_none();
    pay_items(ev, (int64_t)given->self->list->n / 64);
    list_add(given->self->list, *given->arg[0]);
    return value_none();
}

static Value list_extend(Evaluator *ev, const Given *given)
{
    if (given->arg[0] && given->arg[0]->kind == VALUE_UNKNOWN) return lost(ev, given->self->list);
    if (doubt_changes(ev, given->self->list, first_item(given->arg[0]))) return value_none();
    const ValueList *more = iterate(ev, *given->arg[0]);
    const size_t n = more->n;
    pay_items(ev, (int64_t)(given->self->list->n + n));
    for (size_t i = 0; i < n; i++) list_add(given->self->list, more->items[i]);
    return value_none();
}

static Value list_insert(Evaluator *ev, const Given *given)
{
    if (given->arg[0] && given->arg[0]->kind == VALUE_UNKNOWN) return lost(ev, given->self->list);
    if (doubt_changes(ev, given->self->list, given->arg[1])) return value_none();
    ValueList *list = given->self->list;
    int64_t at = whole_of(ev, *given->arg[0]), n = (int64_t)list->n;
    if (at < 0) at += n;
    at = at < 0 ? 0 : at > n ? n : at;
    list_add(list, *given->arg[1]);
    pay(ev, n / 16);
    memmove(&list->items[at + 1], &list->items[at], (size_t)(n - at) * sizeof(Value));
    list->items[at] = *given->arg[1];
    return value_none();
}

static Value list_pop(Evaluator *ev, const Given *given)
{
    if (given->arg[0] && given->arg[0]->kind == VALUE_UNKNOWN) return lost(ev, given->self->list);
    doubt_changes(ev, given->self->list, NULL);
    ValueList *list = given->self->list;
    int64_t at = given->arg[0] ? whole_of(ev, *given->arg[0]) : -1;
    if (!list->n) raise_error(ev, "IndexError", "pop from empty list");
    if (at < 0) at += (int64_t)list->n;
    if (at < 0 || at >= (int64_t)list->n) raise_error(ev, "IndexError", "pop index out of range");
    const Value value = list->items[at];
    pay(ev, ((int64_t)list->n - at) / 16);
    list_remove_at(list, (size_t)at);
    return value;
}

static int64_t list_position(Evaluator *ev, const ValueList *list, Value value)
{
    pay(ev, (int64_t)list->n / 4);
    for (size_t i = 0; i < list->n; i++)
        if (values_equal(ev, list->items[i], value)) return (int64_t)i;
    return -1;
}

static Value list_remove(Evaluator *ev, const Given *given)
{
    if (given->arg[0] && given->arg[0]->kind == VALUE_UNKNOWN) return lost(ev, given->self->list);
    doubt_changes(ev, given->self->list, NULL);
    const int64_t at = list_position(ev, given->self->list, *given->arg[0]);
    if (at < 0) raise_error(ev, "ValueError", "list.remove(x): x not in list");
    list_remove_at(given->self->list, (size_t)at);
    return value_none();
}

static Value list_index(Evaluator *ev, const Given *given)
{
    const int64_t at = list_position(ev, given->self->list, *given->arg[0]);
    if (at < 0) raise_error(ev, "ValueError", "%s is not in list", repr_of(ev, *given->arg[0]));
    return value_int(at);
}

static Value list_count(Evaluator *ev, const Given *given)
{
    const ValueList *list = given->self->list;
    int64_t n = 0;
    pay(ev, (int64_t)list->n / 4);
    for (size_t i = 0; i < list->n; i++) n += values_equal(ev, list->items[i], *given->arg[0]);
    return value_int(n);
}

static Value list_reverse(Evaluator *ev, const Given *given)
{
    doubt_changes(ev, given->self->list, NULL);
    ValueList *list = given->self->list;
    pay_items(ev, (int64_t)list->n);
    for (size_t i = 0; i < list->n / 2; i++) {
        const Value swap = list->items[i];
        list->items[i] = list->items[list->n - 1 - i];
        list->items[list->n - 1 - i] = swap;
    }
    return value_none();
}

static Value list_clear(Evaluator *ev, const Given *given)
{
    doubt_changes(ev, given->self->list, NULL);
    given->self->list->n = 0;
    return value_none();
}

static Value list_copy(Evaluator *ev, const Given *given)
{
    return list_of(ev, VALUE_LIST, given->self->list);
}

/* Merge sort: Python's order is stable. */
typedef struct Sorting {
    Evaluator *ev;
    Value     *values, *keys, *spare_values, *spare_keys;
    bool       reverse;
} Sorting;

static bool goes_first(const Sorting *s, size_t left, size_t right)
{
    if (s->reverse) return !value_before(s->ev, s->keys[left], s->keys[right]);
    return !value_before(s->ev, s->keys[right], s->keys[left]);
}

static void sort_part(Sorting *s, size_t from, size_t to)
{
    if (to - from < 2) return;
    const size_t middle = from + (to - from) / 2;
    sort_part(s, from, middle);
    sort_part(s, middle, to);
    pay(s->ev, (int64_t)(to - from));
    for (size_t i = from, left = from, right = middle; i < to; i++) {
        const bool take_left = right == to || (left < middle && goes_first(s, left, right));
        const size_t at = take_left ? left++ : right++;
        s->spare_values[i] = s->values[at];
        s->spare_keys[i] = s->keys[at];
    }
    memcpy(s->values + from, s->spare_values + from, (to - from) * sizeof(Value));
    memcpy(s->keys + from, s->spare_keys + from, (to - from) * sizeof(Value));
}

void list_sort(Evaluator *ev, ValueList *list, const Value *key, bool reverse)
{
    Sorting s = {.ev = ev, .values = list_of(ev, VALUE_LIST, list).list->items, .keys = ARENA_ARRAY(ev->arena, list->n, Value),
                 .spare_values = ARENA_ARRAY(ev->arena, list->n, Value), .spare_keys = ARENA_ARRAY(ev->arena, list->n, Value),
                 .reverse = reverse};
    const size_t n = list->n;
    const bool by_key = key && key->kind != VALUE_NONE;
    for (size_t i = 0; i < n; i++) s.keys[i] = by_key ? call_one(ev, *key, s.values[i]) : s.values[i];
    sort_part(&s, 0, n);
    if (list->n == n && n) memcpy(list->items, s.values, n * sizeof(Value));
}

static Value list_sort_method(Evaluator *ev, const Given *given)
{
    const bool reverse = given->arg[1] && truth(ev, *given->arg[1]);
    list_sort(ev, given->self->list, given->arg[0], reverse);
    return value_none();
}

static const Native list_methods[] = {
    {.name = "append", .params = "!object", .call = list_append},
    {.name = "extend", .params = "!iterable", .call = list_extend},
    {.name = "insert", .params = "!index object", .call = list_insert},
    {.name = "pop", .params = "!index?", .call = list_pop},
    {.name = "remove", .params = "!value", .call = list_remove},
    {.name = "index", .params = "value start? stop?", .call = list_index},
    {.name = "count", .params = "value", .call = list_count},
    {.name = "reverse", .params = "", .call = list_reverse},
    {.name = "clear", .params = "", .call = list_clear},
    {.name = "copy", .params = "", .call = list_copy},
    {.name = "sort", .params = "| key? reverse?", .call = list_sort_method},
    {0}};
const Native *const LIST_METHODS = list_methods;

static Value tuple_as_list(Evaluator *ev, const Given *given)
{
    return list_of(ev, VALUE_LIST, given->self->list);
}

static const Native tuple_methods[] = {
    {.name = "index", .params = "value start? stop?", .call = list_index},
    {.name = "count", .params = "value", .call = list_count},
    {.name = "as_list", .params = "", .call = tuple_as_list},    /* tf.TensorShape's, which is a tuple here */
    {0}};
const Native *const TUPLE_METHODS = tuple_methods;

static Value range_index(Evaluator *ev, const Given *given)
{
    const Value list = list_of(ev, VALUE_LIST, iterate(ev, *given->self));
    const int64_t at = list_position(ev, list.list, *given->arg[0]);
    if (at < 0) raise_error(ev, "ValueError", "%s is not in range", repr_of(ev, *given->arg[0]));
    return value_int(at);
}

static Value range_count(Evaluator *ev, const Given *given)
{
    return compare(ev, PY_IN, *given->arg[0], *given->self).boolean ? value_int(1) : value_int(0);
}

static const Native range_methods[] = {
    {.name = "index", .params = "value", .call = range_index},
    {.name = "count", .params = "value", .call = range_count},
    {0}};
const Native *const RANGE_METHODS = range_methods;

/* ---- sets ---- */

Value set_of(Evaluator *ev, const ValueList *items)
{
    Value set = value_set(ev->arena);
    for (size_t i = 0; i < items->n; i++) {
        check_key(ev, &items->items[i]);
        pay(ev, 1 + (int64_t)value_items(&set)->n / 8);
        set_add(value_items(&set), items->items[i]);
    }
    return set;
}

static Value set_add_method(Evaluator *ev, const Given *given)
{
    if (given->arg[0] && given->arg[0]->kind == VALUE_UNKNOWN) return lost(ev, value_items(given->self));
    doubt_changes(ev, value_items(given->self), NULL);
    check_key(ev, given->arg[0]);
    pay(ev, (int64_t)value_items(given->self)->n / 8);
    set_add(value_items(given->self), *given->arg[0]);
    return value_none();
}

static Value set_update(Evaluator *ev, const Given *given)
{
    if (given->arg[0] && given->arg[0]->kind == VALUE_UNKNOWN) return lost(ev, value_items(given->self));
    doubt_changes(ev, value_items(given->self), NULL);
    ValueList *set = value_items(given->self);
    const Value more = set_of(ev, iterate(ev, *given->arg[0]));
    for (size_t i = 0; i < value_items(&more)->n; i++) {
        pay(ev, (int64_t)set->n / 8);
        set_add(set, value_items(&more)->items[i]);
    }
    return value_none();
}

static Value set_discard(Evaluator *ev, const Given *given)
{
    if (given->arg[0] && given->arg[0]->kind == VALUE_UNKNOWN) return lost(ev, value_items(given->self));
    doubt_changes(ev, value_items(given->self), NULL);
    const int64_t at = list_position(ev, value_items(given->self), *given->arg[0]);
    if (at >= 0) list_remove_at(value_items(given->self), (size_t)at);
    else if (given->native->data) raise_key(ev, *given->arg[0]);
    return value_none();
}

static const PyOp op_union = PY_BIT_OR, op_intersection = PY_BIT_AND, op_difference = PY_SUB, op_symmetric = PY_BIT_XOR,
                  op_subset = PY_LE, op_superset = PY_GE;

static Value set_combine(Evaluator *ev, const Given *given)
{
    const PyOp op = *(const PyOp *)given->native->data;
    const Value other = set_of(ev, iterate(ev, *given->arg[0]));
    return op == PY_LE || op == PY_GE ? compare(ev, op, *given->self, other) : binary(ev, op, *given->self, other);
}

static Value set_keep(Evaluator *ev, const Given *given)
{
    const Value kept = set_combine(ev, given);
    doubt_changes(ev, value_items(given->self), NULL);
    *value_items(given->self) = *value_items(&kept);
    return value_none();
}

static Value set_isdisjoint(Evaluator *ev, const Given *given)
{
    const Value shared = binary(ev, PY_BIT_AND, *given->self, set_of(ev, iterate(ev, *given->arg[0])));
    return value_bool(value_items(&shared)->n == 0);
}

static Value set_pop(Evaluator *ev, const Given *given)
{
    ValueList *set = value_items(given->self);
    if (!set->n) raise_error(ev, "KeyError", "'pop from an empty set'");
    doubt_changes(ev, set, NULL);
    const Value item = set->items[0];
    list_remove_at(set, 0);
    return item;
}

static Value set_clear(Evaluator *ev, const Given *given)
{
    doubt_changes(ev, value_items(given->self), NULL);
    value_items(given->self)->n = 0;
    return value_none();
}

static Value set_copy(Evaluator *ev, const Given *given)
{
    return set_of(ev, value_items(given->self));
}

static const Native set_methods[] = {
    {.name = "add", .params = "!item", .call = set_add_method},
    {.name = "update", .params = "!iterable", .call = set_update},
    {.name = "discard", .params = "!item", .call = set_discard},
    {.name = "remove", .params = "!item", .call = set_discard, .data = "KeyError"},
    {.name = "union", .params = "iterable", .call = set_combine, .data = &op_union},
    {.name = "intersection", .params = "iterable", .call = set_combine, .data = &op_intersection},
    {.name = "difference", .params = "iterable", .call = set_combine, .data = &op_difference},
    {.name = "symmetric_difference", .params = "iterable", .call = set_combine, .data = &op_symmetric},
    {.name = "issubset", .params = "iterable", .call = set_combine, .data = &op_subset},
    {.name = "issuperset", .params = "iterable", .call = set_combine, .data = &op_superset},
    {.name = "copy", .params = "", .call = set_copy},
    {.name = "isdisjoint", .params = "iterable", .call = set_isdisjoint},
    {.name = "pop", .params = "", .call = set_pop},
    {.name = "clear", .params = "", .call = set_clear},
    {.name = "intersection_update", .params = "iterable", .call = set_keep, .data = &op_intersection},
    {.name = "difference_update", .params = "iterable", .call = set_keep, .data = &op_difference},
    {0}};
const Native *const SET_METHODS = set_methods;
