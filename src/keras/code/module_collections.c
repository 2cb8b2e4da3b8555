/* collections: counters, deques, dictionaries with more. */
#include <string.h>

#include "keras/code/builtin.h"
#include "keras/code/container.h"
#include "keras/code/exception.h"
#include "keras/code/module_python.h"
#include "keras/code/named_tuple.h"

/* ---- dictionaries with more ---- */

static ValueDict *dict_of(const Given *given)
{
    return value_instance(given->self)->plain.dict;
}

static Value dict_instance(Evaluator *ev, const Class *class, ValueDict *dict)
{
    Instance *instance = instance_make(ev->arena, class);
    instance->plain = value_dict(ev->arena);
    if (dict) instance->plain.dict = dict;
    return value_of_instance(instance);
}

static Value filled_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    return dict_instance(ev, class, CLASS_DICT.construct(ev, &CLASS_DICT, args, n, span).dict);
}

static Value move_to_end(Evaluator *ev, const Given *given)
{
    ValueDict *dict = dict_of(given), old = *dict_copy(ev, dict).dict;
    const Value *found = dict_look(ev, dict, given->arg[0]);
    const bool last = !given->arg[1] || truth(ev, *given->arg[1]);
    if (!found) raise_key(ev, *given->arg[0]);
    const Value key = *given->arg[0], value = *found;
    dict->keys.n = dict->values.n = 0;
    if (!last) dict_put(ev, dict, key, value);
    for (size_t i = 0; i < old.keys.n; i++)
        if (!value_equal(&old.keys.items[i], &key)) dict_put(ev, dict, old.keys.items[i], old.values.items[i]);
    if (last) dict_put(ev, dict, key, value);
    return value_none();
}

static Value pop_item(Evaluator *ev, const Given *given)
{
    ValueDict *dict = dict_of(given);
    const bool last = !given->arg[0] || truth(ev, *given->arg[0]);
    if (!dict->keys.n) raise_error(ev, "KeyError", "'dictionary is empty'");
    const size_t at = last ? dict->keys.n - 1 : 0;
    const Value pair = value_pair(ev->arena, dict->keys.items[at], dict->values.items[at]);
    dict_remove(dict, &pair.list->items[0]);
    return pair;
}

static Value ordered_repr(Evaluator *ev, const Given *given)
{
    Value items;
    attribute_find(ev, value_instance(given->self)->plain, "items", &items);
    const Value pairs = call(ev, items, NULL, 0);
    return value_text(ev->arena, arena_print(ev->arena, "%s(%s)", value_instance(given->self)->class->name,
                                             dict_of(given)->keys.n ? repr_of(ev, pairs) : ""));
}

static const Class *const from_dict[] = {&CLASS_DICT};
static const Native ordered_methods[] = {
    {.name = "move_to_end", .params = "key last?", .call = move_to_end},
    {.name = "popitem", .params = "last?", .call = pop_item},
    {.name = "__repr__", .params = "", .call = ordered_repr},
    {0}};
static const Class class_ordered = {.name = "OrderedDict", .module = "collections", .construct = filled_construct, .bases = from_dict,
                                    .n_bases = 1, .methods = ordered_methods,
                                    .instance = {.type_name = "collections.OrderedDict", .repr = instance_repr}};

static Value default_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    const bool factory = n && !args[0].keyword;
    const Value made = filled_construct(ev, class, args + factory, n - factory, span);
    value_instance(&made)->args = factory ? args[0].value : value_none();
    return made;
}

static Value default_missing(Evaluator *ev, const Given *given)
{
    const Value factory = value_instance(given->self)->args;
    if (factory.kind == VALUE_NONE) raise_key(ev, *given->arg[0]);
    const Value made = call(ev, factory, NULL, 0);
    dict_put(ev, dict_of(given), *given->arg[0], made);
    return made;
}

static Value default_repr(Evaluator *ev, const Given *given)
{
    const Instance *instance = value_instance(given->self);
    return value_text(ev->arena, arena_print(ev->arena, "defaultdict(%s, %s)", repr_of(ev, instance->args), repr_of(ev, instance->plain)));
}

static const Native default_methods[] = {
    {.name = "__missing__", .params = "key", .call = default_missing},
    {.name = "__repr__", .params = "", .call = default_repr},
    {0}};
static const Class class_default = {.name = "defaultdict", .module = "collections", .construct = default_construct, .bases = from_dict,
                                    .n_bases = 1, .methods = default_methods,
                                    .instance = {.type_name = "collections.defaultdict", .repr = instance_repr}};

/* ---- counters ---- */

static void count_one(Evaluator *ev, ValueDict *counts, Value key, Value more)
{
    const Value *count = dict_look(ev, counts, &key);
    dict_put(ev, counts, key, count ? binary(ev, PY_ADD, *count, more) : more);
}

static void count_all(Evaluator *ev, ValueDict *counts, const Value *source)
{
    if (!source || source->kind == VALUE_NONE) return;
    const Value plain = value_plain(*source);
    const ValueList *items = iterate(ev, plain);
    for (size_t i = 0; i < items->n; i++)
        count_one(ev, counts, items->items[i], plain.kind == VALUE_DICT ? plain.dict->values.items[i] : value_int(1));
}

static Value counter_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    const int first = n && !args[0].keyword;
    const Value made = filled_construct(ev, class, args + first, n - first, span);
    count_all(ev, value_instance(&made)->plain.dict, first ? &args[0].value : NULL);
    return made;
}

static Value counter_update(Evaluator *ev, const Given *given)
{
    count_all(ev, dict_of(given), given->arg[0]);
    for (size_t i = 0; i < given->more->keys.n; i++) count_one(ev, dict_of(given), given->more->keys.items[i], given->more->values.items[i]);
    return value_none();
}

static Value counter_missing(Evaluator *ev, const Given *given)
{
    (void)ev, (void)given;
    return value_int(0);
}

/* Pairs, the most frequent first; those alike stay in order. */
static Value most_common(Evaluator *ev, const Given *given)
{
    const ValueDict *counts = dict_of(given);
    Value values = list_of(ev, VALUE_LIST, &counts->values), out = value_list(ev->arena, VALUE_LIST, 0);
    const bool all = !given->arg[0] || given->arg[0]->kind == VALUE_NONE;
    const size_t most = all ? counts->keys.n : (size_t)whole_of(ev, *given->arg[0]);
    bool *taken = ARENA_ARRAY(ev->arena, counts->keys.n + 1, bool);
    list_sort(ev, values.list, NULL, true);
    pay(ev, (int64_t)(counts->keys.n * counts->keys.n / 8));
    for (size_t i = 0; i < values.list->n && i < most; i++)
        for (size_t k = 0; k < counts->keys.n; k++) {
            if (taken[k] || !value_equal(&counts->values.items[k], &values.list->items[i])) continue;
            taken[k] = true;
            list_add(out.list, value_pair(ev->arena, counts->keys.items[k], counts->values.items[k]));
            break;
        }
    return out;
}

static Value counter_elements(Evaluator *ev, const Given *given)
{
    const ValueDict *counts = dict_of(given);
    Value out = value_list(ev->arena, VALUE_LIST, 0);
    for (size_t i = 0; i < counts->keys.n; i++) {
        const int64_t times = whole_of(ev, counts->values.items[i]);
        pay_items(ev, times);
        for (int64_t k = 0; k < times; k++) list_add(out.list, counts->keys.items[i]);
    }
    return value_iterator(ev->arena, "itertools.chain", out.list);
}

static Value counter_total(Evaluator *ev, const Given *given)
{
    Value sum = value_int(0);
    for (size_t i = 0; i < dict_of(given)->values.n; i++) sum = binary(ev, PY_ADD, sum, dict_of(given)->values.items[i]);
    return sum;
}

static Value counter_add(Evaluator *ev, const Given *given)
{
    const Instance *instance = value_instance(given->self);
    const Value out = dict_instance(ev, instance->class, dict_copy(ev, dict_of(given)).dict);
    count_all(ev, value_instance(&out)->plain.dict, given->arg[0]);
    return out;
}

static Value counter_repr(Evaluator *ev, const Given *given)
{
    Given all = *given;
    all.arg[0] = NULL;
    const Value pairs = most_common(ev, &all);
    Value dict = value_dict(ev->arena);
    dict_update_from(ev, dict.dict, pairs);
    return value_text(ev->arena, arena_print(ev->arena, "Counter(%s)", pairs.list->n ? repr_of(ev, dict) : ""));
}

static const Native counter_methods[] = {
    {.name = "update", .params = "iterable? | **more", .call = counter_update},
    {.name = "most_common", .params = "n?", .call = most_common},
    {.name = "elements", .params = "", .call = counter_elements},
    {.name = "total", .params = "", .call = counter_total},
    {.name = "__missing__", .params = "key", .call = counter_missing},
    {.name = "__add__", .params = "other", .call = counter_add},
    {.name = "__repr__", .params = "", .call = counter_repr},
    {0}};
static const Class class_counter = {.name = "Counter", .module = "collections", .construct = counter_construct, .bases = from_dict,
                                    .n_bases = 1, .methods = counter_methods,
                                    .instance = {.type_name = "collections.Counter", .repr = instance_repr}};

/* ---- deques: the longest they may be stands in `args` ---- */

static ValueList *deque_items(const Given *given)
{
    return value_instance(given->self)->plain.list;
}

static void deque_drop(ValueList *list, size_t at)
{
    memmove(&list->items[at], &list->items[at + 1], (list->n - at - 1) * sizeof(Value));
    list->n--;
}

static void deque_put(Evaluator *ev, const Instance *deque, Value item, bool left)
{
    ValueList *list = deque->plain.list;
    int64_t most;
    pay_items(ev, (int64_t)list->n / 8 + 1);
    list_add(list, item);
    if (left) memmove(&list->items[1], &list->items[0], (list->n - 1) * sizeof(Value));
    if (left) list->items[0] = item;
    if (value_integer(&deque->args, &most) && (int64_t)list->n > most) deque_drop(list, left ? list->n - 1 : 0);
}

static Value deque_append(Evaluator *ev, const Given *given)
{
    deque_put(ev, value_instance(given->self), *given->arg[0], given->native->data != NULL);
    return value_none();
}

static Value deque_extend(Evaluator *ev, const Given *given)
{
    const Value items = list_of(ev, VALUE_LIST, iterate(ev, *given->arg[0]));
    for (size_t i = 0; i < items.list->n; i++) deque_put(ev, value_instance(given->self), items.list->items[i], given->native->data != NULL);
    return value_none();
}

static Value deque_pop(Evaluator *ev, const Given *given)
{
    ValueList *list = deque_items(given);
    const size_t at = given->native->data || !list->n ? 0 : list->n - 1;
    if (!list->n) raise_error(ev, "IndexError", "pop from an empty deque");
    const Value item = list->items[at];
    deque_drop(list, at);
    return item;
}

static Value deque_rotate(Evaluator *ev, const Given *given)
{
    ValueList *list = deque_items(given);
    const int64_t n = (int64_t)list->n, by = given->arg[0] ? whole_of(ev, *given->arg[0]) : 1;
    if (!n) return value_none();
    const Value old = list_of(ev, VALUE_LIST, list);
    const int64_t shift = ((by % n) + n) % n;
    for (int64_t i = 0; i < n; i++) list->items[(i + shift) % n] = old.list->items[i];
    return value_none();
}

static Value deque_repr(Evaluator *ev, const Given *given)
{
    const Instance *deque = value_instance(given->self);
    const char *most = deque->args.kind == VALUE_NONE ? "" : arena_print(ev->arena, ", maxlen=%s", repr_of(ev, deque->args));
    return value_text(ev->arena, arena_print(ev->arena, "deque(%s%s)", repr_of(ev, deque->plain), most));
}

static Value deque_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)span;
    Instance *deque = instance_make(ev->arena, class);
    const ValueList nothing = {.arena = ev->arena};
    const Value *items = NULL, *most = NULL;
    for (int i = 0; i < n; i++) {
        const bool limit = args[i].keyword ? strcmp(args[i].keyword, "maxlen") == 0 : i == 1;
        *(limit ? &most : &items) = &args[i].value;
    }
    deque->plain = list_of(ev, VALUE_LIST, &nothing);
    deque->args = most ? *most : value_none();
    const ValueList *given = items ? iterate(ev, *items) : &nothing;
    for (size_t i = 0; i < given->n; i++) deque_put(ev, deque, given->items[i], false);
    return value_of_instance(deque);
}

static const Class *const from_object[] = {&CLASS_OBJECT};
static const Native deque_methods[] = {
    {.name = "append", .params = "!x", .call = deque_append},
    {.name = "appendleft", .params = "!x", .call = deque_append, .data = "left"},
    {.name = "extend", .params = "iterable", .call = deque_extend},
    {.name = "extendleft", .params = "iterable", .call = deque_extend, .data = "left"},
    {.name = "pop", .params = "", .call = deque_pop},
    {.name = "popleft", .params = "", .call = deque_pop, .data = "left"},
    {.name = "rotate", .params = "n?", .call = deque_rotate},
    {.name = "__repr__", .params = "", .call = deque_repr},
    {0}};
static const Class class_deque = {.name = "deque", .module = "collections", .construct = deque_construct, .bases = from_object,
                                  .n_bases = 1, .methods = deque_methods,
                                  .instance = {.type_name = "collections.deque", .repr = instance_repr}};

static bool collections_find(Evaluator *ev, const char *name, Value *out)
{
    (void)ev;
    if (strcmp(name, "namedtuple") != 0) return false;
    *out = value_native(&NAMED_TUPLE);
    return true;
}

static const ModuleClass collections_classes[] = {
    {"OrderedDict", &class_ordered}, {"defaultdict", &class_default}, {"Counter", &class_counter}, {"deque", &class_deque}, {0}};
const ModuleTable MODULE_COLLECTIONS = {.path = "collections", .classes = collections_classes, .submodules = " abc ",
                                        .find = collections_find, .open = true};
