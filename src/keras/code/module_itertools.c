/* itertools: made whole at once; what has no end is made long enough. */
#include "keras/code/module_python.h"

#include <string.h>

#include "keras/code/container.h"
#include "keras/code/exception.h"
#include "keras/code/operator.h"

static Value iterator_of(Evaluator *ev, const Given *given, Value list)
{
    return value_iterator(ev->arena, arena_print(ev->arena, "itertools.%s", given->native->name), list.list);
}

static Value new_list(Evaluator *ev)
{
    return value_list(ev->arena, VALUE_LIST, 0);
}

static void add(Evaluator *ev, Value list, Value item)
{
    pay_items(ev, 1 + (int64_t)list.list->n / 64);
    list_add(list.list, item);
}

/* ---- joined, repeated, counted ---- */

static Value chain_lists(Evaluator *ev, const Given *given, const Value *lists, int n)
{
    const Value out = new_list(ev);
    for (int i = 0; i < n; i++) {
        if (lists[i].kind == VALUE_UNKNOWN) return lists[i];
        const ValueList *items = iterate(ev, lists[i]);
        for (size_t k = 0; k < items->n; k++) add(ev, out, items->items[k]);
    }
    return iterator_of(ev, given, out);
}

static Value from_iterable_call(Evaluator *ev, const Given *given)
{
    const ValueList *lists = iterate(ev, *given->arg[0]);
    return chain_lists(ev, given, lists->items, (int)lists->n);
}

static const Native chain_methods[] = {{.name = "from_iterable", .params = "iterable", .call = from_iterable_call}, {0}};

static Value chain_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    static const Native chain = {.name = "chain"};
    const Given given = {.native = &chain};
    Value *lists = ARENA_ARRAY(ev->arena, n + 1, Value);
    (void)class, (void)span;
    for (int i = 0; i < n; i++) lists[i] = args[i].value;
    return chain_lists(ev, &given, lists, n);
}

static const Class *const from_object[] = {&CLASS_OBJECT};
static const Class class_chain = {.name = "chain", .module = "itertools", .construct = chain_construct, .bases = from_object, .n_bases = 1,
                                  .methods = chain_methods, .instance = {.type_name = "itertools.chain"}};

static Value repeat_call(Evaluator *ev, const Given *given)
{
    const Value one = new_list(ev);
    list_add(one.list, *given->arg[0]);
    return iterator_of(ev, given, list_repeat(ev, one, given->arg[1] ? whole_of(ev, *given->arg[1]) : ITEMS_MAX / 16));
}

static Value count_call(Evaluator *ev, const Given *given)
{
    const int64_t start = given->arg[0] ? whole_of(ev, *given->arg[0]) : 0;
    const int64_t step = given->arg[1] ? whole_of(ev, *given->arg[1]) : 1;
    const Value range = value_range(ev->arena, start, step < 0 ? INT64_MIN : INT64_MAX, step ? step : 1);
    Iterator *iterator = ARENA_NEW(ev->arena, Iterator);
    *iterator = (Iterator){.type_name = "itertools.count", .range = range.object.data};
    return value_object(&OBJECT_ITERATOR, iterator);
}

static Value cycle_call(Evaluator *ev, const Given *given)
{
    const Value items = list_of(ev, VALUE_LIST, iterate(ev, *given->arg[0]));
    const int64_t times = items.list->n ? ITEMS_MAX / 64 / (int64_t)(items.list->n + 1) + 1 : 0;
    return iterator_of(ev, given, list_repeat(ev, items, times));
}

/* ---- ways to choose ---- */

/* Every way to take one of each: the last changes fastest. */
static Value product_call(Evaluator *ev, const Given *given)
{
    const int64_t repeat = given->arg[0] ? whole_of(ev, *given->arg[0]) : 1;
    const int64_t n = size_multiply(given->n_rest, repeat < 0 ? 0 : repeat);
    pay_items(ev, n);
    const ValueList **lists = ARENA_ARRAY(ev->arena, n + 1, const ValueList *);
    int64_t total = 1;
    for (int64_t i = 0; i < n; i++) {
        lists[i] = i < given->n_rest ? list_of(ev, VALUE_LIST, iterate(ev, given->rest[i])).list : lists[i - given->n_rest];
        total = size_multiply(total, (int64_t)lists[i]->n);
    }
    pay_items(ev, size_multiply(total, n + 1));
    Value out = value_list(ev->arena, VALUE_LIST, (size_t)total);
    for (int64_t k = 0; k < total; k++) {
        Value tuple = value_list(ev->arena, VALUE_TUPLE, (size_t)n);
        tuple.list->n = (size_t)n;
        for (int64_t i = n, rest = k; i-- > 0; rest /= (int64_t)lists[i]->n) tuple.list->items[i] = lists[i]->items[rest % (int64_t)lists[i]->n];
        list_add(out.list, tuple);
    }
    return iterator_of(ev, given, out);
}

typedef enum Choice { CHOOSE_COMBINATIONS, CHOOSE_REPEATED, CHOOSE_PERMUTATIONS } Choice;

typedef struct Chooser {
    Evaluator       *ev;
    const ValueList *items;
    Choice           choice;
    size_t           length, at[32];
    Value            out;
} Chooser;

static bool taken(const Chooser *chooser, size_t depth, size_t i)
{
    for (size_t k = 0; k < depth; k++)
        if (chooser->at[k] == i) return true;
    return false;
}

static void choose(Chooser *chooser, size_t depth, size_t from)
{
    if (depth == chooser->length) {
        Value tuple = value_list(chooser->ev->arena, VALUE_TUPLE, depth);
        for (size_t k = 0; k < depth; k++) list_add(tuple.list, chooser->items->items[chooser->at[k]]);
        add(chooser->ev, chooser->out, tuple);
        return;
    }
    const bool any = chooser->choice == CHOOSE_PERMUTATIONS;
    for (size_t i = any ? 0 : from; i < chooser->items->n; i++) {
        pay(chooser->ev, 1);
        if (any && taken(chooser, depth, i)) continue;
        chooser->at[depth] = i;
        choose(chooser, depth + 1, chooser->choice == CHOOSE_REPEATED ? i : i + 1);
    }
}

static const Choice combinations = CHOOSE_COMBINATIONS, repeated = CHOOSE_REPEATED, permutations = CHOOSE_PERMUTATIONS;

static Value choose_call(Evaluator *ev, const Given *given)
{
    const Value items = list_of(ev, VALUE_LIST, iterate(ev, *given->arg[0]));
    Chooser chooser = {ev, items.list, *(const Choice *)given->native->data, items.list->n, {0}, new_list(ev)};
    if (given->arg[1] && given->arg[1]->kind != VALUE_NONE) {
        const int64_t length = whole_of(ev, *given->arg[1]);
        if (length < 0) raise_error(ev, "ValueError", "r must be non-negative");
        chooser.length = (size_t)length;
    }
    if (chooser.length >= sizeof chooser.at / sizeof *chooser.at) raise_error(ev, "MemoryError", "%s", "");
    choose(&chooser, 0, 0);
    return iterator_of(ev, given, chooser.out);
}

/* ---- parts ---- */

/* Of an iterator only what is asked for is taken. */
static Value islice_call(Evaluator *ev, const Given *given)
{
    const bool bounds = given->arg[2] != NULL, endless = given->arg[bounds ? 2 : 1]->kind == VALUE_NONE;
    const int64_t start = bounds && given->arg[1]->kind != VALUE_NONE ? whole_of(ev, *given->arg[1]) : 0;
    const int64_t stop = endless ? ITEMS_MAX : whole_of(ev, *given->arg[bounds ? 2 : 1]), step = given->arg[3] ? whole_of(ev, *given->arg[3]) : 1;
    Iterator *iterator = value_is(given->arg[0], &OBJECT_ITERATOR) ? given->arg[0]->object.data : NULL;
    const ValueList *items = iterator ? NULL : iterate(ev, *given->arg[0]);
    const Value out = new_list(ev);
    Value item;
    if (step < 1) raise_error(ev, "ValueError", "Step for islice() must be a positive integer or None.");
    for (int64_t i = 0; i < stop; i++) {
        if (iterator ? !iterator_next(iterator, &item) : i >= (int64_t)items->n) break;
        if (!iterator) item = items->items[i];
        if (i >= start && (i - start) % step == 0) add(ev, out, item);
    }
    return iterator_of(ev, given, out);
}

static Value while_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[1]);
    const bool takes = given->native->data == NULL;
    const Value out = new_list(ev);
    bool holds = true;
    for (size_t i = 0; i < items->n; i++) {
        holds = holds && truth(ev, call_one(ev, *given->arg[0], items->items[i]));
        if (holds == takes) add(ev, out, items->items[i]);
    }
    return iterator_of(ev, given, out);
}

static Value filterfalse_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[1]);
    const Value out = new_list(ev);
    for (size_t i = 0; i < items->n; i++) {
        const Value item = items->items[i];
        if (!truth(ev, given->arg[0]->kind == VALUE_NONE ? item : call_one(ev, *given->arg[0], item))) add(ev, out, item);
    }
    return iterator_of(ev, given, out);
}

static Value compress_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]), *selectors = iterate(ev, *given->arg[1]);
    const Value out = new_list(ev);
    for (size_t i = 0; i < items->n && i < selectors->n; i++)
        if (truth(ev, selectors->items[i])) add(ev, out, items->items[i]);
    return iterator_of(ev, given, out);
}

/* ---- side by side ---- */

static Value pairwise_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    const Value out = new_list(ev);
    for (size_t i = 0; i + 1 < items->n; i++) add(ev, out, value_pair(ev->arena, items->items[i], items->items[i + 1]));
    return iterator_of(ev, given, out);
}

static Value zip_longest_call(Evaluator *ev, const Given *given)
{
    const ValueList **lists = ARENA_ARRAY(ev->arena, given->n_rest + 1, const ValueList *);
    const Value out = new_list(ev), fill = given->arg[0] ? *given->arg[0] : value_none();
    size_t n = 0;
    for (int k = 0; k < given->n_rest; k++) {
        lists[k] = iterate(ev, given->rest[k]);
        if (lists[k]->n > n) n = lists[k]->n;
    }
    for (size_t i = 0; i < n; i++) {
        Value tuple = value_list(ev->arena, VALUE_TUPLE, (size_t)given->n_rest);
        for (int k = 0; k < given->n_rest; k++) list_add(tuple.list, i < lists[k]->n ? lists[k]->items[i] : fill);
        add(ev, out, tuple);
    }
    return iterator_of(ev, given, out);
}

static Value tee_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    const int64_t n = given->arg[1] ? whole_of(ev, *given->arg[1]) : 2;
    pay_items(ev, n < 0 ? 0 : n);
    Value out = value_list(ev->arena, VALUE_TUPLE, 0);
    for (int64_t i = 0; i < n; i++) list_add(out.list, iterator_of(ev, given, list_of(ev, VALUE_LIST, items)));
    return out;
}

/* ---- computed ---- */

static Value accumulate_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    const bool initial = given->arg[2] && given->arg[2]->kind != VALUE_NONE;
    const Value out = new_list(ev);
    Value sum = initial ? *given->arg[2] : value_none();
    if (initial) add(ev, out, sum);
    for (size_t i = 0; i < items->n; i++) {
        const Argument args[] = {{.value = sum, .span = SPAN_NONE}, {.value = items->items[i], .span = SPAN_NONE}};
        const bool first = i == 0 && !initial, own = given->arg[1] && given->arg[1]->kind != VALUE_NONE;
        sum = first ? items->items[i] : own ? call(ev, *given->arg[1], args, 2) : binary(ev, PY_ADD, sum, items->items[i]);
        add(ev, out, sum);
    }
    return iterator_of(ev, given, out);
}

static Value starmap_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[1]);
    const Value out = new_list(ev);
    for (size_t i = 0; i < items->n; i++) {
        const ValueList *tuple = iterate(ev, items->items[i]);
        Argument *args = ARENA_ARRAY(ev->arena, tuple->n + 1, Argument);
        for (size_t k = 0; k < tuple->n; k++) args[k] = (Argument){.value = tuple->items[k], .span = SPAN_NONE};
        add(ev, out, call(ev, *given->arg[0], args, (int)tuple->n));
    }
    return iterator_of(ev, given, out);
}

static Value groupby_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    const Value out = new_list(ev);
    const bool own = given->arg[1] && given->arg[1]->kind != VALUE_NONE;
    Value last = value_none(), group = value_none();
    for (size_t i = 0; i < items->n; i++) {
        const Value key = own ? call_one(ev, *given->arg[1], items->items[i]) : items->items[i];
        if (i == 0 || !values_equal(ev, key, last)) {
            group = new_list(ev);
            add(ev, out, value_pair(ev->arena, key, value_iterator(ev->arena, "itertools._grouper", group.list)));
        }
        list_add(group.list, items->items[i]);
        last = key;
    }
    return iterator_of(ev, given, out);
}

static const Native itertools_natives[] = {
    {.name = "repeat", .params = "object times?", .call = repeat_call},
    {.name = "count", .params = "start? step?", .call = count_call},
    {.name = "cycle", .params = "iterable", .call = cycle_call},
    {.name = "product", .params = "*iterables repeat?", .call = product_call},
    {.name = "combinations", .params = "iterable r", .call = choose_call, .data = &combinations},
    {.name = "combinations_with_replacement", .params = "iterable r", .call = choose_call, .data = &repeated},
    {.name = "permutations", .params = "iterable r?", .call = choose_call, .data = &permutations},
    {.name = "islice", .params = "iterable start stop? step?", .call = islice_call},
    {.name = "takewhile", .params = "predicate iterable", .call = while_call},
    {.name = "dropwhile", .params = "predicate iterable", .call = while_call, .data = "drop"},
    {.name = "filterfalse", .params = "predicate iterable", .call = filterfalse_call},
    {.name = "compress", .params = "data selectors", .call = compress_call},
    {.name = "pairwise", .params = "iterable", .call = pairwise_call},
    {.name = "zip_longest", .params = "*iterables fillvalue?", .call = zip_longest_call},
    {.name = "tee", .params = "iterable n?", .call = tee_call},
    {.name = "accumulate", .params = "iterable func? | initial?", .call = accumulate_call},
    {.name = "starmap", .params = "function iterable", .call = starmap_call},
    {.name = "groupby", .params = "iterable key?", .call = groupby_call},
    {0}};
static const ModuleClass itertools_classes[] = {{"chain", &class_chain}, {0}};
const ModuleTable MODULE_ITERTOOLS = {.path = "itertools", .natives = itertools_natives, .classes = itertools_classes, .open = true};
