/* itertools: made whole at once; what has no end is made long enough. */
#include "keras/code/module_python.h"

#include "keras/code/container.h"

static Value chain_call(Evaluator *ev, const Given *given)
{
    Value out = value_list(ev->arena, VALUE_LIST, 0);
    for (int i = 0; i < given->n_rest; i++) {
        const ValueList *items = iterate(ev, given->rest[i]);
        pay_items(ev, (int64_t)(out.list->n + items->n));
        for (size_t k = 0; k < items->n; k++) list_add(out.list, items->items[k]);
    }
    return value_iterator(ev->arena, "itertools.chain", out.list);
}

static Value repeat_call(Evaluator *ev, const Given *given)
{
    Value one = value_list(ev->arena, VALUE_LIST, 1);
    list_add(one.list, *given->arg[0]);
    const int64_t times = given->arg[1] ? whole_of(ev, *given->arg[1]) : ITEMS_MAX / 16;
    return value_iterator(ev->arena, "itertools.repeat", list_repeat(ev, one, times).list);
}

static Value count_call(Evaluator *ev, const Given *given)
{
    const int64_t start = given->arg[0] ? whole_of(ev, *given->arg[0]) : 0;
    const int64_t step = given->arg[1] ? whole_of(ev, *given->arg[1]) : 1;
    return value_range(ev->arena, start, step < 0 ? INT64_MIN : INT64_MAX, step ? step : 1);
}

static Value cycle_call(Evaluator *ev, const Given *given)
{
    const Value items = list_of(ev, VALUE_LIST, iterate(ev, *given->arg[0]));
    const int64_t times = items.list->n ? ITEMS_MAX / 64 / (int64_t)(items.list->n + 1) + 1 : 0;
    return value_iterator(ev->arena, "itertools.cycle", list_repeat(ev, items, times).list);
}

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
    return value_iterator(ev->arena, "itertools.product", out.list);
}

static Value islice_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    const int64_t first = whole_of(ev, *given->arg[1]), stop = given->arg[2] ? whole_of(ev, *given->arg[2]) : first;
    Value out = value_list(ev->arena, VALUE_LIST, 0);
    for (int64_t i = given->arg[2] ? first : 0; i >= 0 && i < stop && i < (int64_t)items->n; i++) list_add(out.list, items->items[i]);
    return value_iterator(ev->arena, "itertools.islice", out.list);
}

static const Native itertools_natives[] = {
    {.name = "chain", .params = "*iterables", .call = chain_call},
    {.name = "repeat", .params = "object times?", .call = repeat_call},
    {.name = "count", .params = "start? step?", .call = count_call},
    {.name = "cycle", .params = "iterable", .call = cycle_call},
    {.name = "product", .params = "*iterables repeat?", .call = product_call},
    {.name = "islice", .params = "iterable start stop? step?", .call = islice_call},
    {0}};
const ModuleTable MODULE_ITERTOOLS = {.path = "itertools", .natives = itertools_natives, .open = true};
