/* Items of anything iterable, truth, printed forms and other small questions to a value. */
#include <string.h>

#include "keras/code/array.h"
#include "keras/code/container.h"
#include "keras/code/evaluator.h"
#include "keras/code/keras_attribute.h"
#include "keras/code/module_enum.h"
#include "keras/code/named_tuple.h"
#include "keras/code/string_methods.h"

/* How large a value is to walk through; beyond the limits it is refused before anyone does. */
enum { WALK_DEPTH_MAX = 60, WALK_ITEMS_MAX = 200000 };

static void walk(Evaluator *ev, const Value *value, int depth, int *items)
{
    if (++*items > WALK_ITEMS_MAX || depth > WALK_DEPTH_MAX) raise_error(ev, "RecursionError", "maximum recursion depth exceeded");
    const ValueList *list = value_items(value);
    for (size_t i = 0; list && i < list->n; i++) walk(ev, &list->items[i], depth + 1, items);
    for (size_t i = 0; value->kind == VALUE_DICT && i < value->dict->keys.n; i++) {
        walk(ev, &value->dict->keys.items[i], depth + 1, items);
        walk(ev, &value->dict->values.items[i], depth + 1, items);
    }
}

void walkable(Evaluator *ev, const Value *value)
{
    int items = 0;
    walk(ev, value, 0, &items);
    pay(ev, items / 8);
}

/* ---- items ---- */

static ValueList *string_items(Evaluator *ev, const ValueString *string)
{
    pay_items(ev, (int64_t)string->length);
    const Value list = value_list(ev->arena, VALUE_LIST, string->length);
    for (size_t i = 0; i < string->length;) {
        size_t n = 1;
        while (i + n < string->length && ((unsigned char)string->bytes[i + n] & 0xC0) == 0x80) n++;
        list_add(list.list, value_string(ev->arena, string->bytes + i, n));
        i += n;
    }
    return list.list;
}

static ValueList *range_items(Evaluator *ev, const Range *range)
{
    pay_items(ev, range->n);
    const Value list = value_list(ev->arena, VALUE_LIST, (size_t)range->n);
    for (int64_t i = 0; i < range->n; i++) list_add(list.list, value_int(range_item(range, i)));
    return list.list;
}

static ValueList *iterator_items(Evaluator *ev, Iterator *iterator)
{
    const Value list = value_list(ev->arena, VALUE_LIST, 0);
    const size_t n = iterator->items ? iterator->items->n : (size_t)iterator->range->n;
    Value item;
    pay_items(ev, (int64_t)(n - iterator->next));
    while (iterator_next(iterator, &item)) list_add(list.list, item);
    return list.list;
}

/* What __next__ of the text's own class gives, until it raises StopIteration. */
static bool own_next(Evaluator *ev, Value next, Value *out)
{
    Catch catch;
    catch_begin(ev, &catch);
    if (setjmp(catch.here) == 0) {
        *out = call(ev, next, NULL, 0);
        catch_end(ev, &catch);
        return true;
    }
    catch_end(ev, &catch);
    if (ev->raised.limit || strcmp(ev->raised.error.exception, "StopIteration") != 0) raise_again(ev);
    return false;
}

static ValueList *own_items(Evaluator *ev, Value iterator)
{
    Value next, item, list = value_list(ev->arena, VALUE_LIST, 0);
    if (!attribute_find(ev, iterator, "__next__", &next))
        raise_error(ev, "TypeError", "iter() returned non-iterator of type '%s'", type_of(&iterator));
    if (next.kind == VALUE_UNKNOWN) return list.list;
    while (list.list->n < YIELDS_MAX && own_next(ev, next, &item)) list_add(list.list, item);
    return list.list;
}

/* Without __iter__ the items are those of __getitem__, from 0. */
static ValueList *indexed_items(Evaluator *ev, Value value)
{
    const Value list = value_list(ev->arena, VALUE_LIST, 0);
    Catch catch;
    catch_begin(ev, &catch);
    if (setjmp(catch.here) == 0) {
        while (list.list->n < YIELDS_MAX) list_add(list.list, subscript(ev, value, value_int((int64_t)list.list->n)));
        catch_end(ev, &catch);
        return list.list;
    }
    catch_end(ev, &catch);
    if (ev->raised.limit || strcmp(ev->raised.error.exception, "IndexError") != 0) raise_again(ev);
    return list.list;
}

static ValueList *instance_items(Evaluator *ev, Value value)
{
    Value method;
    const Class *owner, *class = value_instance(&value)->class;
    if (class_attribute(ev, class, "__iter__", &method, &owner)) {
        const Value made = call(ev, value_method(ev->arena, value, method), NULL, 0);
        return value_instance(&made) && class_own(value_instance(&made)->class) ? own_items(ev, made) : iterate(ev, made);
    }
    const Value plain = value_plain(value);
    if (!value_instance(&plain)) return iterate(ev, plain);
    if (class_attribute(ev, class, "__getitem__", &method, &owner)) return indexed_items(ev, value);
    raise_error(ev, "TypeError", "'%s' object is not iterable", type_of(&value));
}

static ValueList *object_items(Evaluator *ev, Value value)
{
    const ObjectKind *kind = value.object.kind;
    if (kind == &OBJECT_SET) return value.object.data;
    if (kind == &OBJECT_RANGE) return range_items(ev, value.object.data);
    if (kind == &OBJECT_ITERATOR) return iterator_items(ev, value.object.data);
    if (kind == &OBJECT_ARRAY) return array_items(ev, value);
    if (kind == &OBJECT_CLASS && enum_dict(value.object.data)) return enum_items(ev, value.object.data);
    if (kind == &OBJECT_BYTES) return bytes_items(ev, value);
    if (value_instance(&value)) return instance_items(ev, value);
    raise_error(ev, "TypeError", "'%s' object is not iterable", type_of(&value));
}

ValueList *iterate(Evaluator *ev, Value value)
{
    switch (value.kind) {
    case VALUE_TUPLE:
    case VALUE_LIST: return value.list;
    case VALUE_DICT: return &value.dict->keys;
    case VALUE_STRING: return string_items(ev, &value.string);
    case VALUE_TENSOR: return tensor_items(ev, value.tensor);
    case VALUE_OBJECT: return object_items(ev, value);
    case VALUE_UNKNOWN: return value_list(ev->arena, VALUE_LIST, 0).list;
    case VALUE_NONE:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_FLOAT:
    case VALUE_LAYER:
    case VALUE_CONFIG: break;
    }
    raise_error(ev, "TypeError", "'%s' object is not iterable", type_of(&value));
}

/* ---- truth ---- */

static bool instance_truth(Evaluator *ev, Value value)
{
    Value method;
    const Value plain = value_plain(value);
    if (!value_instance(&plain) && !attribute_find(ev, value, "__bool__", &method)) return truth(ev, plain);
    if (attribute_find(ev, value, "__bool__", &method) || attribute_find(ev, value, "__len__", &method)) {
        const Value result = call(ev, method, NULL, 0);
        return value_instance(&result) || truth(ev, result);
    }
    return true;
}

bool truth(Evaluator *ev, Value value)
{
    if (value.kind == VALUE_TENSOR)
        raise_error(ev, "TypeError", "A symbolic KerasTensor cannot be used as a boolean.");
    if (value.kind != VALUE_OBJECT) return value_truth(&value);
    if (value_is(&value, &OBJECT_SET)) return value_items(&value)->n > 0;
    if (value_is(&value, &OBJECT_RANGE)) return ((Range *)value.object.data)->n > 0;
    if (value_is(&value, &OBJECT_BYTES)) return value_truth(value.object.data);
    if (value_is(&value, &OBJECT_ARRAY) || value_is(&value, &OBJECT_SCALAR)) return array_truth(ev, value);
    const Instance *instance = value_instance(&value);
    return !instance || instance->class->family != CLASS_PLAIN || instance_truth(ev, value);
}

/* ---- texts ---- */

static bool own_text(Evaluator *ev, Value value, const char *method_name, const char **out)
{
    Value method;
    const Instance *instance = value_instance(&value);
    if (!instance || !class_attribute(ev, instance->class, method_name, &method, NULL)) return false;
    const Value text = call(ev, value_method(ev->arena, value, method), NULL, 0);
    if (text.kind != VALUE_STRING) return false;
    *out = text.string.bytes;
    return true;
}

static void put_repr(Evaluator *ev, Text *text, const Value *value);

static void put_instance(Evaluator *ev, Text *text, const Value *value)
{
    const char *own;
    const Instance *instance = value_instance(value);
    if (own_text(ev, *value, "__repr__", &own) || (own = named_tuple_repr(ev, instance)) != NULL) text_put(text, own);
    else if (instance->plain.kind != VALUE_NONE) put_repr(ev, text, &instance->plain);
    else value_repr(text, value);
}

/* Instances inside lists and dictionaries have their own words too. */
static void put_repr(Evaluator *ev, Text *text, const Value *value)
{
    const ValueList *items = value->kind == VALUE_LIST || value->kind == VALUE_TUPLE ? value->list : NULL;
    if (items) text_put(text, value->kind == VALUE_LIST ? "[" : "(");
    for (size_t i = 0; items && i < items->n; i++) {
        if (i) text_put(text, ", ");
        put_repr(ev, text, &items->items[i]);
    }
    if (items) {
        text_put(text, value->kind == VALUE_LIST ? "]" : items->n == 1 ? ",)" : ")");
    } else if (value->kind == VALUE_DICT) {
        for (size_t i = 0; i < value->dict->keys.n; i++) {
            text_put(text, i ? ", " : "{");
            put_repr(ev, text, &value->dict->keys.items[i]);
            text_put(text, ": ");
            put_repr(ev, text, &value->dict->values.items[i]);
        }
        text_put(text, value->dict->keys.n ? "}" : "{}");
    } else if (value_instance(value)) {
        put_instance(ev, text, value);
    } else {
        value_repr(text, value);
    }
}

const char *repr_of(Evaluator *ev, Value value)
{
    Text text = {.arena = ev->arena};
    walkable(ev, &value);
    put_repr(ev, &text, &value);
    return text_string(&text);
}

static const char *repr_or_str(Evaluator *ev, Value value)
{
    const bool container = value.kind == VALUE_LIST || value.kind == VALUE_TUPLE || value.kind == VALUE_DICT || value_instance(&value);
    return container ? repr_of(ev, value) : value_str_text(ev->arena, &value);
}

const char *text_of(Evaluator *ev, Value value)
{
    const char *own;
    if (own_text(ev, value, "__str__", &own)) return own;
    if (value.kind == VALUE_STRING) return value.string.bytes;
    walkable(ev, &value);
    const Instance *instance = value_instance(&value);
    if (instance && instance->plain.kind == VALUE_STRING) return instance->plain.string.bytes;
    return instance && instance->class->family == CLASS_EXCEPTION ? value_str_text(ev->arena, &value) : repr_or_str(ev, value);
}

const char *type_of(const Value *value)
{
    return value_class_name(value);
}

/* __index__ of the text's own class. */
static bool own_whole(Evaluator *ev, Value value, int64_t *out)
{
    Value method;
    const Instance *instance = value_instance(&value);
    if (!instance || !class_attribute(ev, instance->class, "__index__", &method, NULL)) return false;
    const Value whole = call(ev, value_method(ev->arena, value, method), NULL, 0);
    return value_integer(&whole, out);
}

int64_t whole_of(Evaluator *ev, Value value)
{
    int64_t whole;
    if (value.kind == VALUE_BOOL) return value.boolean;
    if (value_integer(&value, &whole)) return whole;
    if (own_whole(ev, value, &whole)) return whole;
    raise_error(ev, "TypeError", "'%s' object cannot be interpreted as an integer", type_of(&value));
}

int64_t index_of(Evaluator *ev, Value value, const char *what)
{
    int64_t index;
    if (value.kind == VALUE_BOOL) return value.boolean;
    if (value_integer(&value, &index) || own_whole(ev, value, &index)) return index;
    raise_error(ev, "TypeError", "%s must be integers or slices, not %s", what, type_of(&value));
}
