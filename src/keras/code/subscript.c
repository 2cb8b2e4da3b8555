/* x[i], x[a:b], x[k] = v. */
#include <string.h>

#include "keras/code/array.h"
#include "keras/code/container.h"
#include "keras/code/doubt.h"
#include "keras/code/evaluator.h"
#include "keras/code/exception.h"
#include "keras/code/keras_call.h"
#include "keras/code/module_enum.h"
#include "keras/code/slice.h"

static int64_t bound_of(Evaluator *ev, Value value, int64_t fallback, int64_t length, int64_t lowest)
{
    if (value.kind == VALUE_NONE) return fallback;
    int64_t at;
    if (!value_integer(&value, &at))
        raise_error(ev, "TypeError", "slice indices must be integers or None or have an __index__ method");
    if (at < 0) at = at < -length ? lowest : at + length;
    const int64_t highest = lowest < 0 ? length - 1 : length;
    return at > highest ? highest : at;
}

SliceRange slice_range(Evaluator *ev, const SliceParts *slice, int64_t length)
{
    SliceRange out = {.step = 1};
    if (slice->step.kind != VALUE_NONE && !value_integer(&slice->step, &out.step))
        raise_error(ev, "TypeError", "slice indices must be integers or None or have an __index__ method");
    if (out.step == 0) raise_error(ev, "ValueError", "slice step cannot be zero");
    const bool forward = out.step > 0;
    out.start = bound_of(ev, slice->start, forward ? 0 : length - 1, length, forward ? 0 : -1);
    const int64_t stop = bound_of(ev, slice->stop, forward ? length : -1, length, forward ? 0 : -1);
    if (forward && out.start < stop) out.n = (stop - out.start - 1) / out.step + 1;
    if (!forward && out.start > stop) out.n = out.step == INT64_MIN ? 1 : (out.start - stop - 1) / -out.step + 1;
    return out;
}

bool slice_known(const SliceParts *slice)
{
    return slice->start.kind != VALUE_UNKNOWN && slice->stop.kind != VALUE_UNKNOWN && slice->step.kind != VALUE_UNKNOWN;
}

static const Value *slice_unknown(const SliceParts *slice)
{
    if (slice->start.kind == VALUE_UNKNOWN) return &slice->start;
    return slice->stop.kind == VALUE_UNKNOWN ? &slice->stop : &slice->step;
}

static size_t item_at(Evaluator *ev, const Value *object, Value index, size_t n)
{
    const char *type = type_of(object);
    int64_t at = index_of(ev, index, arena_print(ev->arena, "%s indices", type));
    if (at < 0) at += (int64_t)n;
    if (at < 0 || at >= (int64_t)n)
        raise_error(ev, "IndexError", "%s index out of range", object->kind == VALUE_STRING ? "string" : type);
    return (size_t)at;
}

/* Where something is to be put. */
static size_t place_at(Evaluator *ev, const Value *object, Value index, size_t n)
{
    int64_t at;
    const bool beyond = value_integer(&index, &at) && (at >= (int64_t)n || at < -(int64_t)n);
    if (beyond) raise_error(ev, "IndexError", "list assignment index out of range");
    return item_at(ev, object, index, n);
}

static Value sliced(Evaluator *ev, const Value *object, const ValueList *items, const SliceParts *slice)
{
    const SliceRange range = slice_range(ev, slice, (int64_t)items->n);
    pay_items(ev, range.n);
    Value out = value_list(ev->arena, object->kind == VALUE_TUPLE ? VALUE_TUPLE : VALUE_LIST, (size_t)range.n);
    for (int64_t i = 0; i < range.n; i++) list_add(out.list, items->items[range.start + i * range.step]);
    return out;
}

static Value list_item(Evaluator *ev, Value object, Value index)
{
    if (value_is(&index, &CONSTANT_SLICE)) return sliced(ev, &object, object.list, index.object.data);
    return object.list->items[item_at(ev, &object, index, object.list->n)];
}

static Value characters_join(Evaluator *ev, const ValueList *characters)
{
    Text text = {.arena = ev->arena};
    for (size_t i = 0; i < characters->n; i++)
        text_put_bytes(&text, characters->items[i].string.bytes, characters->items[i].string.length);
    return value_string(ev->arena, text_string(&text), text.length);
}

static Value string_item(Evaluator *ev, Value object, Value index)
{
    const ValueList *characters = iterate(ev, object);
    if (!value_is(&index, &CONSTANT_SLICE)) return characters->items[item_at(ev, &object, index, characters->n)];
    return characters_join(ev, sliced(ev, &object, characters, index.object.data).list);
}

static Value dict_item(Evaluator *ev, Value object, Value key)
{
    const Value *value = dict_look(ev, object.dict, &key);
    if (!value) raise_key(ev, key);
    return *value;
}

static Value range_sliced(Evaluator *ev, const Range *range, const SliceParts *slice)
{
    const SliceRange part = slice_range(ev, slice, range->n);
    const int64_t start = range_item(range, part.start);
    if (part.n <= 1) return value_range(ev->arena, start, part.n ? start + 1 : start, 1);
    return value_range(ev->arena, start, range_item(range, part.start + part.n * part.step), range->step * part.step);
}

static Value range_at(Evaluator *ev, const Range *range, Value index)
{
    if (value_is(&index, &CONSTANT_SLICE)) return range_sliced(ev, range, index.object.data);
    int64_t at = index_of(ev, index, "range indices");
    if (at < 0) at += range->n;
    if (at < 0 || at >= range->n) raise_error(ev, "IndexError", "range object index out of range");
    return value_int(range_item(range, at));
}

/* __missing__ of defaultdict, Counter and the text's own. */
static Value dict_instance_item(Evaluator *ev, Value object, Value key)
{
    Value missing;
    const Instance *instance = value_instance(&object);
    const Value *found = dict_look(ev, instance->plain.dict, &key);
    if (found) return *found;
    if (!class_attribute(ev, instance->class, "__missing__", &missing, NULL)) raise_key(ev, key);
    return call_one(ev, value_method(ev->arena, object, missing), key);
}

static Value enum_item(Evaluator *ev, const Class *class, Value name)
{
    const Value *member = dict_look(ev, enum_dict(class), &name);
    if (!member) raise_key(ev, name);
    return *member;
}

/* A number, or bytes of a slice. */
static Value bytes_item(Evaluator *ev, Value bytes, Value index)
{
    const ValueString *string = &((const Value *)bytes.object.data)->string;
    if (!value_is(&index, &CONSTANT_SLICE)) return value_int((unsigned char)string->bytes[item_at(ev, &bytes, index, string->length)]);
    const SliceRange range = slice_range(ev, index.object.data, (int64_t)string->length);
    Text text = {.arena = ev->arena};
    for (int64_t i = 0; i < range.n; i++) text_put_char(&text, string->bytes[range.start + i * range.step]);
    return value_bytes(ev->arena, text_string(&text), text.length);
}

static Value object_item(Evaluator *ev, Value object, Value index)
{
    Value method;
    const Instance *instance = value_instance(&object);
    if (value_is(&object, &OBJECT_ARRAY)) return array_item(ev, object, index);
    if (value_is(&object, &OBJECT_RANGE)) return range_at(ev, object.object.data, index);
    if (value_is(&object, &OBJECT_CLASS) && enum_dict(object.object.data)) return enum_item(ev, object.object.data, index);
    if (value_is(&object, &OBJECT_CLASS)) return object;    /* list[int]: an annotation */
    if (value_is(&object, &OBJECT_BYTES)) return bytes_item(ev, object, index);
    if (instance && class_attribute(ev, instance->class, "__getitem__", &method, NULL)) return call_one(ev, attribute(ev, object, "__getitem__"), index);
    if (instance && instance->plain.kind == VALUE_DICT) return dict_instance_item(ev, object, index);
    if (instance && instance->plain.kind != VALUE_NONE) return subscript(ev, instance->plain, index);
    if (instance && attribute_find(ev, object, "__getitem__", &method)) return call_one(ev, method, index);
    raise_error(ev, "TypeError", "'%s' object is not subscriptable", type_of(&object));
}

Value subscript(Evaluator *ev, Value object, Value index)
{
    if (object.kind == VALUE_UNKNOWN) return object;
    if (index.kind == VALUE_UNKNOWN) return index;
    const bool vague = value_is(&index, &CONSTANT_SLICE) && !slice_known(index.object.data);
    if (vague && !value_is(&object, &OBJECT_ARRAY)) return *slice_unknown(index.object.data);
    switch (object.kind) {
    case VALUE_TUPLE:
    case VALUE_LIST: return list_item(ev, object, index);
    case VALUE_STRING: return string_item(ev, object, index);
    case VALUE_DICT: return dict_item(ev, object, index);
    case VALUE_TENSOR: return tensor_item(ev, object, index);
    case VALUE_OBJECT: return object_item(ev, object, index);
    case VALUE_NONE:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_FLOAT:
    case VALUE_LAYER:
    case VALUE_CONFIG:
    case VALUE_UNKNOWN: break;
    }
    raise_error(ev, "TypeError", "'%s' object is not subscriptable", type_of(&object));
}

/* ---- changing ---- */

static void list_replace(Evaluator *ev, ValueList *list, SliceRange range, const ValueList *with)
{
    const ValueList old = *list;
    pay_items(ev, (int64_t)(old.n + with->n));
    const Value made = value_list(ev->arena, VALUE_LIST, old.n + with->n);
    for (int64_t i = 0; i < range.start; i++) list_add(made.list, old.items[i]);
    for (size_t i = 0; i < with->n; i++) list_add(made.list, with->items[i]);
    for (size_t i = (size_t)(range.start + range.n); i < old.n; i++) list_add(made.list, old.items[i]);
    *list = *made.list;
}

static void list_set(Evaluator *ev, Value object, Value index, Value value)
{
    if (!value_is(&index, &CONSTANT_SLICE)) {
        object.list->items[place_at(ev, &object, index, object.list->n)] = value;
        return;
    }
    const SliceRange range = slice_range(ev, index.object.data, (int64_t)object.list->n);
    const ValueList *with = iterate(ev, value);
    if (range.step == 1) { list_replace(ev, object.list, range, with); return; }
    if ((int64_t)with->n != range.n)
        raise_error(ev, "ValueError", "attempt to assign sequence of size %zu to extended slice of size %lld", with->n, (long long)range.n);
    for (int64_t i = 0; i < range.n; i++) object.list->items[range.start + i * range.step] = with->items[i];
}

void subscript_set(Evaluator *ev, Value object, Value index, Value value)
{
    Value method;
    if (object.kind == VALUE_UNKNOWN) return;
    const bool vague = index.kind == VALUE_UNKNOWN || (value_is(&index, &CONSTANT_SLICE) && !slice_known(index.object.data));
    if (vague && object.kind == VALUE_LIST) doubt_contents(ev, object.list);
    if (vague && object.kind == VALUE_DICT) doubt_contents(ev, object.dict);
    if (vague) return;
    if (object.kind == VALUE_LIST) {
        if (!doubt_changes(ev, object.list, &value)) list_set(ev, object, index, value);
        return;
    }
    if (object.kind == VALUE_DICT) {
        if (!doubt_changes(ev, object.dict, &value)) dict_put(ev, object.dict, index, value);
        return;
    }
    if (value_is(&object, &OBJECT_ARRAY)) { array_set(ev, object, index, value); return; }
    const Instance *instance = value_instance(&object);
    const bool own = instance && class_attribute(ev, instance->class, "__setitem__", &method, NULL);
    if (instance && !own && instance->plain.kind != VALUE_NONE) { subscript_set(ev, instance->plain, index, value); return; }
    if (instance && attribute_find(ev, object, "__setitem__", &method)) {
        const Argument args[] = {{.value = index, .span = SPAN_NONE}, {.value = value, .span = SPAN_NONE}};
        call(ev, method, args, 2);
        return;
    }
    raise_error(ev, "TypeError", "'%s' object does not support item assignment", type_of(&object));
}

static void list_delete(Evaluator *ev, ValueList *list, SliceRange range)
{
    const ValueList nothing = {.arena = ev->arena};
    if (range.step == 1) { list_replace(ev, list, range, &nothing); return; }
    bool *gone = ARENA_ARRAY(ev->arena, list->n + 1, bool);
    size_t n = 0;
    for (int64_t i = 0; i < range.n; i++) gone[range.start + i * range.step] = true;
    for (size_t i = 0; i < list->n; i++)
        if (!gone[i]) list->items[n++] = list->items[i];
    list->n = n;
}

static void instance_delete(Evaluator *ev, Value object, Value index)
{
    Value method;
    const Instance *instance = value_instance(&object);
    const bool own = class_attribute(ev, instance->class, "__delitem__", &method, NULL);
    if (own) call_one(ev, value_method(ev->arena, object, method), index);
    else if (instance->plain.kind != VALUE_NONE) subscript_delete(ev, instance->plain, index);
}

void subscript_delete(Evaluator *ev, Value object, Value index)
{
    const ValueList nothing = {.arena = ev->arena};
    if (object.kind == VALUE_UNKNOWN || index.kind == VALUE_UNKNOWN) return;
    if (object.kind == VALUE_DICT) {
        if (!dict_remove(object.dict, &index)) raise_key(ev, index);
    } else if (object.kind == VALUE_LIST && value_is(&index, &CONSTANT_SLICE)) {
        list_delete(ev, object.list, slice_range(ev, index.object.data, (int64_t)object.list->n));
    } else if (object.kind == VALUE_LIST) {
        const int64_t at = (int64_t)place_at(ev, &object, index, object.list->n);
        list_replace(ev, object.list, (SliceRange){at, 1, 1}, &nothing);
    } else if (value_instance(&object)) {
        instance_delete(ev, object, index);
    } else {
        raise_error(ev, "TypeError", "'%s' object doesn't support item deletion", type_of(&object));
    }
}
