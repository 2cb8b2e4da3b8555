/* functools. */
#include "keras/code/module_python.h"

static Value partial_call(Evaluator *ev, const Given *given)
{
    Partial *partial = ARENA_NEW(ev->arena, Partial);
    *partial = (Partial){.function = *given->arg[0], .args = ARENA_ARRAY(ev->arena, given->n_written, Argument)};
    for (int i = 1; i < given->n_written; i++) partial->args[partial->n++] = given->written[i];
    return value_object(&OBJECT_PARTIAL, partial);
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

static const Native decorate_nothing = {.name = "decorator", .params = "!f", .call = give_first};

/* @wraps(f) gives back what stands under it. */
static Value wraps_call(Evaluator *ev, const Given *given)
{
    (void)ev, (void)given;
    return value_native(&decorate_nothing);
}

static const Native functools_natives[] = {
    {.name = "partial", .params = "!func *args **more", .call = partial_call},
    {.name = "reduce", .params = "function iterable initial?", .call = reduce_call},
    {.name = "lru_cache", .params = "!f?", .call = give_first},
    {.name = "wraps", .params = "!wrapped assigned? updated?", .call = wraps_call},
    {0}};
const ModuleTable MODULE_FUNCTOOLS = {.path = "functools", .natives = functools_natives, .open = true};
