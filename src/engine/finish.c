#include "engine/finish.h"

void finish_apply(const FinishList *list, float *x, int64_t n)
{
    for (int i = 0; i < list->n; i++) list->items[i].apply(x, n, list->items[i].how);
}

static void apply_activation(float *x, int64_t n, const void *how)
{
    const Activation *activation = how;
    activation->apply(x, n, activation->parameters);
}

Finish finish_activation(const Activation *activation)
{
    return (Finish){apply_activation, activation};
}

FinishList finish_of(const Forward *forward, const Activation *activation, Arena *arena)
{
    const bool own = activation->apply && activation != &ACTIVATION_LINEAR;
    const int after = forward->after ? forward->after->n : 0;
    Finish *items = ARENA_ROOM(arena, after + 1, Finish);
    if (own) items[0] = finish_activation(activation);
    for (int i = 0; i < after; i++) items[own + i] = forward->after->items[i];
    return (FinishList){items, own + after};
}
