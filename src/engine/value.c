#include "engine/value.h"

#include <string.h>

#include "engine/layer.h"

Value value_none(void) { return (Value)VALUE_IS_NONE; }
Value value_bool(bool b) { return (Value){.kind = VALUE_BOOL, NO_SPAN, .boolean = b}; }
Value value_int(int64_t n) { return (Value)VALUE_IS_INT(n); }
Value value_float(double x) { return (Value)VALUE_IS_FLOAT(x); }
Value value_layer(Layer *layer) { return (Value){.kind = VALUE_LAYER, NO_SPAN, .layer = layer}; }
Value value_tensor(KerasTensor *tensor) { return (Value){.kind = VALUE_TENSOR, NO_SPAN, .tensor = tensor}; }

Value value_string(Arena *arena, const char *bytes, size_t length)
{
    return (Value){.kind = VALUE_STRING, NO_SPAN, .string = {arena_copy(arena, bytes, length), length}};
}

Value value_list(Arena *arena, ValueKind tuple_or_list, size_t capacity)
{
    ValueList *list = ARENA_NEW(arena, ValueList);
    *list = (ValueList){.arena = arena, .items = ARENA_ARRAY(arena, capacity, Value), .capacity = capacity};
    return (Value){.kind = tuple_or_list, NO_SPAN, .list = list};
}

Value value_ints(Arena *arena, ValueKind tuple_or_list, const int64_t *ints, int n)
{
    Value list = value_list(arena, tuple_or_list, (size_t)n);
    for (int i = 0; i < n; i++) list_add(list.list, value_int(ints[i]));
    return list;
}

Value value_dict(Arena *arena)
{
    ValueDict *dict = ARENA_NEW(arena, ValueDict);
    dict->keys.arena = dict->values.arena = arena;
    return (Value){.kind = VALUE_DICT, NO_SPAN, .dict = dict};
}

Value value_shape(Arena *arena, const Shape *shape)
{
    Value tuple = value_list(arena, VALUE_TUPLE, (size_t)shape->rank);
    for (int i = 0; i < shape->rank; i++)
        list_add(tuple.list, shape->dim[i] == DIM_NONE ? value_none() : value_int(shape->dim[i]));
    return tuple;
}

void list_add(ValueList *list, Value value)
{
    list->items = arena_grow(list->arena, list->items, list->n, &list->capacity, list->n + 1, sizeof(Value));
    list->items[list->n++] = value;
}

void dict_set(Arena *arena, ValueDict *dict, Value key, Value value)
{
    dict->keys.arena = dict->values.arena = arena;
    for (size_t i = 0; i < dict->keys.n; i++) {
        if (!value_equal(&dict->keys.items[i], &key)) continue;
        dict->values.items[i] = value;
        return;
    }
    list_add(&dict->keys, key);
    list_add(&dict->values, value);
}

const Value *dict_find(const ValueDict *dict, const char *key)
{
    for (size_t i = 0; i < dict->keys.n; i++)
        if (value_is_text(&dict->keys.items[i], key)) return &dict->values.items[i];
    return NULL;
}

bool value_is_int(const Value *value)
{
    return value->kind == VALUE_INT;
}

/* NumPy's scalars. */
static bool object_number(const Value *value, double *out)
{
    return value->kind == VALUE_OBJECT && value->object.kind->number && value->object.kind->number(value->object.data, out);
}

bool value_is_plain_number(const Value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_FLOAT || value->kind == VALUE_BOOL;
}

bool value_is_number(const Value *value)
{
    double number;
    return value_is_plain_number(value) || object_number(value, &number);
}

double value_number(const Value *value)
{
    if (value->kind == VALUE_FLOAT) return value->number;
    if (value->kind == VALUE_BOOL) return value->boolean ? 1 : 0;
    double number = 0;
    return object_number(value, &number) ? number : (double)value->integer;
}

bool value_integer(const Value *value, int64_t *out)
{
    if (value->kind == VALUE_INT) *out = value->integer;
    else if (value->kind != VALUE_OBJECT || !value->object.kind->integer) return false;
    else return value->object.kind->integer(value->object.data, out);
    return true;
}

static void add_letters(Arena *arena, const ValueString *string, ValueList *list)
{
    for (size_t i = 0, n; i < string->length; i += n) {
        for (n = 1; i + n < string->length && ((unsigned char)string->bytes[i + n] & 0xC0) == 0x80; n++) continue;
        list_add(list, value_string(arena, string->bytes + i, n));
    }
}

bool value_items_of(Arena *arena, const Value *value, Value *list)
{
    *list = value_list(arena, VALUE_LIST, 0);
    if (value->kind == VALUE_LIST || value->kind == VALUE_TUPLE) list->list = value->list;
    else if (value->kind == VALUE_DICT) list->list = &value->dict->keys;
    else if (value->kind == VALUE_STRING) add_letters(arena, &value->string, list->list);
    else if (value->kind != VALUE_OBJECT || !value->object.kind->items) return false;
    else return value->object.kind->items(arena, value->object.data, list->list);
    return true;
}

bool value_is_array(const Value *value)
{
    return value->kind == VALUE_OBJECT && value->object.kind->array;
}

bool value_is_nest(const Value *value)
{
    return value->kind == VALUE_LIST || value->kind == VALUE_TUPLE || value->kind == VALUE_DICT;
}

bool value_callable(const Value *value)
{
    switch (value->kind) {
    case VALUE_LAYER:
    case VALUE_CONFIG:
    case VALUE_UNKNOWN: return true;
    case VALUE_OBJECT: return value->object.kind->callable;
    case VALUE_NONE:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_FLOAT:
    case VALUE_STRING:
    case VALUE_TUPLE:
    case VALUE_LIST:
    case VALUE_DICT:
    case VALUE_TENSOR: break;
    }
    return false;
}

bool value_is_text(const Value *value, const char *text)
{
    if (value->kind != VALUE_STRING) return false;
    return value->string.length == strlen(text) && memcmp(value->string.bytes, text, value->string.length) == 0;
}

bool value_truth(const Value *value)
{
    switch (value->kind) {
    case VALUE_NONE: return false;
    case VALUE_BOOL: return value->boolean;
    case VALUE_INT: return value->integer != 0;
    case VALUE_FLOAT: return value->number < 0 || value->number > 0 || value->number != value->number;
    case VALUE_STRING: return value->string.length > 0;
    case VALUE_TUPLE:
    case VALUE_LIST: return value->list->n > 0;
    case VALUE_DICT: return value->dict->keys.n > 0;
    case VALUE_LAYER:
    case VALUE_TENSOR:
    case VALUE_CONFIG:
    case VALUE_OBJECT:
    case VALUE_UNKNOWN: return true;
    }
    return true;
}

/* A Python list can hold itself; nothing honest is nested deeper. */
enum { NESTING_MAX = 200 };

static bool equal_at(const Value *a, const Value *b, int depth);

static bool lists_equal(const ValueList *a, const ValueList *b, int depth)
{
    if (a->n != b->n) return false;
    for (size_t i = 0; i < a->n; i++)
        if (!equal_at(&a->items[i], &b->items[i], depth)) return false;
    return true;
}

static bool dicts_equal(const ValueDict *a, const ValueDict *b, int depth)
{
    if (a->keys.n != b->keys.n) return false;
    for (size_t i = 0; i < a->keys.n; i++) {
        size_t j = 0;
        while (j < b->keys.n && !equal_at(&a->keys.items[i], &b->keys.items[j], depth)) j++;
        if (j == b->keys.n || !equal_at(&a->values.items[i], &b->values.items[j], depth)) return false;
    }
    return true;
}

static bool numbers_equal(const Value *a, const Value *b)
{
    if (a->kind == VALUE_INT && b->kind == VALUE_INT) return a->integer == b->integer;
    const double x = value_number(a), y = value_number(b);
    return x >= y && x <= y;
}

static bool equal_at(const Value *a, const Value *b, int depth)
{
    if (depth > NESTING_MAX) return false;
    if (value_is_plain_number(a) && value_is_plain_number(b)) return numbers_equal(a, b);
    if (a->kind != b->kind) return false;
    switch (a->kind) {
    case VALUE_NONE: return true;
    case VALUE_STRING: return a->string.length == b->string.length &&
                              memcmp(a->string.bytes, b->string.bytes, a->string.length) == 0;
    case VALUE_TUPLE:
    case VALUE_LIST: return a->list == b->list || lists_equal(a->list, b->list, depth + 1);
    case VALUE_DICT: return a->dict == b->dict || dicts_equal(a->dict, b->dict, depth + 1);
    case VALUE_LAYER: return a->layer == b->layer;
    case VALUE_TENSOR: return a->tensor == b->tensor;
    case VALUE_CONFIG: return a->config == b->config;
    case VALUE_OBJECT: return a->object.data == b->object.data;
    case VALUE_UNKNOWN: return a->unknown == b->unknown;
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_FLOAT: break;
    }
    return false;
}

bool value_equal(const Value *a, const Value *b)
{
    return equal_at(a, b, 0);
}

static bool known_at(const Value *value, int depth);

static bool list_known(const ValueList *list, int depth)
{
    for (size_t i = 0; i < list->n; i++)
        if (!known_at(&list->items[i], depth)) return false;
    return true;
}

static bool known_at(const Value *value, int depth)
{
    if (value->kind == VALUE_UNKNOWN || depth > NESTING_MAX) return false;
    if (value->kind == VALUE_TUPLE || value->kind == VALUE_LIST) return list_known(value->list, depth + 1);
    if (value->kind == VALUE_DICT)
        return list_known(&value->dict->keys, depth + 1) && list_known(&value->dict->values, depth + 1);
    return true;
}

bool value_known(const Value *value)
{
    return known_at(value, 0);
}
