/* functools. */
#include "keras/code/module_python.h"


static Value partial_call(Evaluator *ev, const Given *given)
{
    return value_partial(ev->arena, *given->arg[0], given->written + 1, given->n_written - 1);
}

static Value reduce_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[1]);
    size_t i = 0;
    if (!given->arg[2] && !items->n) raise_error(ev, "TypeError", "reduce() of empty iterable with no initial value");
    Value result = given->arg[2] ? *given->arg[2] : items->items[i++];
    for (; i < items->n; i++) {
        const Argument args[] = {{.value = result, .span = SPAN_NONE}, {.value = items->items[i], .span = SPAN_NONE}};
        result = call(ev, *given->arg[0], args, 2);
    }
    return result;
}

/* ---- decorators ---- */

static const Native give_back = {.name = "decorator", .params = "!f", .call = give_first};

/* @lru_cache, and @lru_cache(maxsize=None): what is called twice gives the same. */
static Value cache_call(Evaluator *ev, const Given *given)
{
    (void)ev;
    const bool function = given->arg[0] && value_callable(given->arg[0]);
    return function ? *given->arg[0] : value_native(&give_back);
}

static Value rename_call(Evaluator *ev, const Given *given)
{
    (void)ev;
    if (value_is(given->arg[0], &OBJECT_FUNCTION) && value_is(given->arg[1], &OBJECT_FUNCTION))
        ((Function *)given->arg[1]->object.data)->name = ((const Function *)given->arg[0]->object.data)->name;
    return *given->arg[1];
}

static const Native rename_native = {.name = "update_wrapper", .params = "!wrapped wrapper", .call = rename_call};

/* @wraps(f): the function under it by the name of f. */
static Value wraps_call(Evaluator *ev, const Given *given)
{
    const Argument wrapped = {.value = *given->arg[0], .span = SPAN_NONE};
    return value_partial(ev->arena, value_native(&rename_native), &wrapped, 1);
}

static Value cached_property_call(Evaluator *ev, const Given *given)
{
    return value_descriptor(ev->arena, DESCRIPTOR_CACHED, *given->arg[0], value_none());
}

static const Native functools_natives[] = {
    {.name = "partial", .params = "!func *args **more", .call = partial_call},
    {.name = "reduce", .params = "function iterable initial?", .call = reduce_call},
    {.name = "lru_cache", .params = "!maxsize? typed?", .call = cache_call},
    {.name = "cache", .params = "!f?", .call = cache_call},
    {.name = "wraps", .params = "!wrapped assigned? updated?", .call = wraps_call},
    {.name = "cached_property", .params = "!func", .call = cached_property_call},
    {.name = "total_ordering", .params = "!cls", .call = give_first},
    {.name = "singledispatch", .params = "!f", .call = give_unknown, .data = "cause.not_known_function"},
    {0}};
const ModuleTable MODULE_FUNCTOOLS = {.path = "functools", .natives = functools_natives, .open = true};
