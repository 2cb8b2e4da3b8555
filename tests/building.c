#include "building.h"

#include <string.h>

void made_open(Made *made)
{
    memset(made, 0, sizeof *made);
    arena_open(&made->arena, 0);
    builder_make(&made->builder, &made->arena);
    made->error.arena = &made->arena;
}

void made_close(Made *made)
{
    arena_close(&made->arena);
}

Argument argument(const char *keyword, Value value)
{
    return (Argument){.keyword = keyword, .value = value, .span = SPAN_NONE};
}

Value text_value(const char *text)
{
    return (Value){.kind = VALUE_STRING, .span = SPAN_NONE, .string = {text, strlen(text)}};
}

Value ints_value(Arena *arena, int n, const int64_t *ints)
{
    Value tuple = value_list(arena, VALUE_TUPLE, (size_t)n);
    for (int i = 0; i < n; i++) list_add(tuple.list, ints[i] == DIM_NONE ? value_none() : value_int(ints[i]));
    return tuple;
}

Layer *make_layer(Made *made, const char *class_name, const Argument *args, int n)
{
    return layer_make(&made->builder, layer_kind_find(class_name), args, n, SPAN_NONE, &made->error);
}

bool add_layer(Made *made, Model *model, Layer *layer)
{
    const Value value = value_layer(layer);
    return layer && sequential_add(&made->builder, model, &value, true, &made->error);
}
