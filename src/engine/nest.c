#include "engine/nest.h"

#include <string.h>

enum { NEST_DEPTH_MAX = 50 };

static int compare_keys(const Value *a, const Value *b)
{
    if (a->kind == VALUE_STRING && b->kind == VALUE_STRING) return strcmp(a->string.bytes, b->string.bytes);
    if (value_is_number(a) && value_is_number(b)) return (value_number(a) > value_number(b)) - (value_number(a) < value_number(b));
    return 0;
}

/* Places of the keys in sorted order; few keys, so insertion. */
static size_t *sorted_keys(Arena *arena, const ValueDict *dict)
{
    size_t *order = ARENA_ARRAY(arena, dict->keys.n, size_t);
    for (size_t i = 0; i < dict->keys.n; i++) {
        size_t j = i;
        for (; j > 0 && compare_keys(&dict->keys.items[order[j - 1]], &dict->keys.items[i]) > 0; j--) order[j] = order[j - 1];
        order[j] = i;
    }
    return order;
}

static void add_leaves(Arena *arena, const Value *value, ValueList *leaves, int depth)
{
    if (depth > NEST_DEPTH_MAX) return;
    if (value->kind == VALUE_LIST || value->kind == VALUE_TUPLE) {
        for (size_t i = 0; i < value->list->n; i++) add_leaves(arena, &value->list->items[i], leaves, depth + 1);
    } else if (value->kind == VALUE_DICT) {
        const size_t *order = sorted_keys(arena, value->dict);
        for (size_t i = 0; i < value->dict->keys.n; i++)
            add_leaves(arena, &value->dict->values.items[order[i]], leaves, depth + 1);
    } else {
        list_add(leaves, *value);
    }
}

Value nest_leaves(Arena *arena, const Value *value)
{
    Value leaves = value_list(arena, VALUE_LIST, 1);
    add_leaves(arena, value, leaves.list, 0);
    return leaves;
}

static Value pack(Arena *arena, const Value *structure, const Value **next, int depth)
{
    if (depth > NEST_DEPTH_MAX) return value_none();
    if (structure->kind == VALUE_LIST || structure->kind == VALUE_TUPLE) {
        Value list = value_list(arena, structure->kind, structure->list->n);
        for (size_t i = 0; i < structure->list->n; i++)
            list_add(list.list, pack(arena, &structure->list->items[i], next, depth + 1));
        return list;
    }
    if (structure->kind == VALUE_DICT) {
        Value dict = value_dict(arena);
        const size_t *order = sorted_keys(arena, structure->dict);
        for (size_t i = 0; i < structure->dict->keys.n; i++) {
            const Value item = pack(arena, &structure->dict->values.items[order[i]], next, depth + 1);
            dict_set(arena, dict.dict, structure->dict->keys.items[order[i]], item);
        }
        return dict;
    }
    return *(*next)++;
}

Value nest_pack(Arena *arena, const Value *structure, const Value *leaves)
{
    return pack(arena, structure, &leaves, 0);
}
