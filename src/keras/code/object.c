#include "keras/code/object.h"

#include <string.h>

#include "keras/code/evaluator.h"
#include "keras/code/exception.h"

Value value_object(const ObjectKind *kind, const void *data)
{
    return (Value){.kind = VALUE_OBJECT, NO_SPAN, .object = {kind, (void *)(uintptr_t)data}};
}

bool value_is(const Value *value, const ObjectKind *kind)
{
    return value->kind == VALUE_OBJECT && value->object.kind == kind;
}

/* ---- printed forms ---- */

static void function_repr(const void *object, Text *text)
{
    text_print(text, "<function %s>", ((const Function *)object)->name);
}

static void native_repr(const void *object, Text *text)
{
    text_print(text, "<built-in function %s>", ((const Native *)object)->name);
}

static void method_repr(const void *object, Text *text)
{
    const Method *method = object;
    text_put(text, "<bound method of ");
    value_repr(text, &method->self);
    text_put_char(text, '>');
}

static void class_repr(const void *object, Text *text)
{
    const Class *class = object;
    if (strcmp(class->module, "builtins") == 0) text_print(text, "<class '%s'>", class->name);
    else text_print(text, "<class '%s.%s'>", class->module, class->name);
}

static void module_repr(const void *object, Text *text)
{
    text_print(text, "<module '%s'>", ((const Module *)object)->path);
}

static void range_repr(const void *object, Text *text)
{
    const Range *range = object;
    text_print(text, "range(%lld, %lld", (long long)range->start, (long long)range->stop);
    if (range->step != 1) text_print(text, ", %lld", (long long)range->step);
    text_put_char(text, ')');
}

static void set_repr(const void *object, Text *text)
{
    const ValueList *items = object;
    if (!items->n) { text_put(text, "set()"); return; }
    for (size_t i = 0; i < items->n; i++) {
        text_put(text, i ? ", " : "{");
        value_repr(text, &items->items[i]);
    }
    text_put_char(text, '}');
}

static void iterator_repr(const void *object, Text *text)
{
    text_print(text, "<%s object>", ((const Iterator *)object)->type_name);
}

static void operation_repr(const void *object, Text *text)
{
    text_print(text, "<function %s>", (const char *)object);
}

static void unbound_repr(const void *object, Text *text)
{
    text_print(text, "<method '%s'>", ((const Native *)object)->name);
}

static void bytes_repr(const void *object, Text *text)
{
    text_put_char(text, 'b');
    value_repr(text, object);
}

/* ---- what the engine may iterate ---- */

static bool range_items(Arena *arena, const void *object, ValueList *list)
{
    (void)arena;
    const Range *range = object;
    for (int64_t i = 0; i < range->n && i < ITEMS_MAX; i++) list_add(list, value_int(range_item(range, i)));
    return true;
}

static bool set_items(Arena *arena, const void *object, ValueList *list)
{
    (void)arena;
    const ValueList *items = object;
    for (size_t i = 0; i < items->n; i++) list_add(list, items->items[i]);
    return true;
}

static bool iterator_items(Arena *arena, const void *object, ValueList *list)
{
    (void)arena;
    Iterator rest = *(const Iterator *)object;
    Value item;
    while (list->n < ITEMS_MAX && iterator_next(&rest, &item)) list_add(list, item);
    return true;
}

const ObjectKind OBJECT_FUNCTION = {.type_name = "function", .repr = function_repr, .callable = true};
const ObjectKind OBJECT_NATIVE = {.type_name = "builtin_function_or_method", .repr = native_repr, .callable = true};
const ObjectKind OBJECT_METHOD = {.type_name = "method", .repr = method_repr, .callable = true};
const ObjectKind OBJECT_CLASS = {.type_name = "type", .repr = class_repr, .callable = true};
const ObjectKind OBJECT_MODULE = {.type_name = "module", .repr = module_repr};
const ObjectKind OBJECT_RANGE = {.type_name = "range", .repr = range_repr, .items = range_items};
const ObjectKind OBJECT_SET = {.type_name = "set", .repr = set_repr, .items = set_items};
const ObjectKind OBJECT_ITERATOR = {.type_name = "iterator", .repr = iterator_repr, .items = iterator_items};
const ObjectKind OBJECT_PARTIAL = {.type_name = "functools.partial", .callable = true};
const ObjectKind OBJECT_SUPER = {.type_name = "super"};
const ObjectKind OBJECT_DESCRIPTOR = {.type_name = "property"};
const ObjectKind OBJECT_OPERATION = {.type_name = "function", .repr = operation_repr, .callable = true};
const ObjectKind OBJECT_UNBOUND = {.type_name = "method_descriptor", .repr = unbound_repr, .callable = true};
const ObjectKind OBJECT_BYTES = {.type_name = "bytes", .repr = bytes_repr};

void instance_repr(const void *object, Text *text)
{
    const Instance *instance = object;
    if (instance->plain.kind != VALUE_NONE) value_repr(text, &instance->plain);
    else text_print(text, "<%s.%s object>", instance->class->module, instance->class->name);
}

static bool instance_integer(const void *object, int64_t *out)
{
    return value_integer(&((const Instance *)object)->plain, out);
}

static bool instance_number(const void *object, double *out)
{
    const Value *plain = &((const Instance *)object)->plain;
    if (!value_is_plain_number(plain)) return false;
    *out = value_number(plain);
    return true;
}

void class_instance_kind(Class *class, Arena *arena)
{
    if (class->family == CLASS_EXCEPTION) class->instance = CLASS_EXCEPTION_ROOT.instance;
    else class->instance = (ObjectKind){.repr = instance_repr, .integer = instance_integer, .number = instance_number};
    class->instance.type_name = arena_print(arena, "%s.%s", class->module, class->name);
}

/* ---- making and taking apart ---- */

Value value_native(const Native *native) { return value_object(&OBJECT_NATIVE, native); }
Value value_class(const Class *class) { return value_object(&OBJECT_CLASS, class); }

Value value_module(Arena *arena, const char *path)
{
    Module *module = ARENA_NEW(arena, Module);
    module->path = arena_copy(arena, path, strlen(path));
    return value_object(&OBJECT_MODULE, module);
}

Value value_method(Arena *arena, Value self, Value function)
{
    Method *method = ARENA_NEW(arena, Method);
    *method = (Method){self, function};
    return value_object(&OBJECT_METHOD, method);
}

Value value_text(Arena *arena, const char *text)
{
    return value_string(arena, text, strlen(text));
}

Value value_pair(Arena *arena, Value first, Value second)
{
    Value pair = value_list(arena, VALUE_TUPLE, 2);
    list_add(pair.list, first);
    list_add(pair.list, second);
    return pair;
}

Value value_bytes(Arena *arena, const char *bytes, size_t length)
{
    Value *string = ARENA_NEW(arena, Value);
    *string = value_string(arena, bytes, length);
    return value_object(&OBJECT_BYTES, string);
}

Value value_set(Arena *arena)
{
    return value_object(&OBJECT_SET, value_list(arena, VALUE_LIST, 0).list);
}

static int64_t range_count(int64_t start, int64_t stop, int64_t step)
{
    if (step > 0 && start < stop) return (int64_t)(((uint64_t)stop - (uint64_t)start - 1) / (uint64_t)step + 1);
    if (step < 0 && start > stop) return (int64_t)(((uint64_t)start - (uint64_t)stop - 1) / (0 - (uint64_t)step) + 1);
    return 0;
}

Value value_range(Arena *arena, int64_t start, int64_t stop, int64_t step)
{
    Range *range = ARENA_NEW(arena, Range);
    int64_t n = range_count(start, stop, step);
    *range = (Range){start, stop, step, n < 0 ? INT64_MAX : n};
    return value_object(&OBJECT_RANGE, range);
}

int64_t range_item(const Range *range, int64_t i)
{
    return (int64_t)((uint64_t)range->start + (uint64_t)i * (uint64_t)range->step);
}

Value value_iterator(Arena *arena, const char *type_name, ValueList *items)
{
    Iterator *iterator = ARENA_NEW(arena, Iterator);
    *iterator = (Iterator){.type_name = type_name, .items = items};
    return value_object(&OBJECT_ITERATOR, iterator);
}

bool iterator_next(Iterator *iterator, Value *out)
{
    const size_t n = iterator->items ? iterator->items->n : (size_t)iterator->range->n, i = iterator->next;
    if (i >= n) return false;
    *out = iterator->items ? iterator->items->items[i] : value_int(range_item(iterator->range, (int64_t)i));
    iterator->next++;
    return true;
}

Value value_partial(Arena *arena, Value function, const Argument *args, int n)
{
    Partial *partial = ARENA_NEW(arena, Partial);
    *partial = (Partial){.function = function, .args = ARENA_ARRAY(arena, n + 1, Argument), .n = n};
    for (int i = 0; i < n; i++) partial->args[i] = args[i];
    return value_object(&OBJECT_PARTIAL, partial);
}

Value value_descriptor(Arena *arena, DescriptorKind kind, Value function, Value setter)
{
    Descriptor *descriptor = ARENA_NEW(arena, Descriptor);
    *descriptor = (Descriptor){kind, function, setter};
    return value_object(&OBJECT_DESCRIPTOR, descriptor);
}

Instance *instance_make(Arena *arena, const Class *class)
{
    Instance *instance = ARENA_NEW(arena, Instance);
    *instance = (Instance){.class = class, .attributes = scope_make(arena, NULL)};
    return instance;
}

Value value_of_instance(const Instance *instance)
{
    return value_object(&instance->class->instance, instance);
}

Instance *value_instance(const Value *value)
{
    if (value->kind != VALUE_OBJECT) return NULL;
    const ObjectKind *kind = value->object.kind;
    const bool is = kind->repr == instance_repr || kind->repr == CLASS_EXCEPTION_ROOT.instance.repr || kind == &CLASS_OBJECT.instance;
    return is ? value->object.data : NULL;
}

const Class *value_as_class(const Value *value)
{
    return value_is(value, &OBJECT_CLASS) ? value->object.data : NULL;
}

Value value_plain(Value value)
{
    const Instance *instance = value_instance(&value);
    return instance && instance->plain.kind != VALUE_NONE ? instance->plain : value;
}

ValueList *value_items(const Value *value)
{
    if (value->kind == VALUE_TUPLE || value->kind == VALUE_LIST) return value->list;
    return value_is(value, &OBJECT_SET) ? value->object.data : NULL;
}

bool set_add(ValueList *items, Value value)
{
    for (size_t i = 0; i < items->n; i++)
        if (value_equal(&items->items[i], &value)) return false;
    list_add(items, value);
    return true;
}

bool class_own(const Class *class)
{
    return !class->construct;
}

bool class_is(const Class *class, const Class *base)
{
    if (class == base) return true;
    for (int i = 0; i < class->n_bases; i++)
        if (class_is(class->bases[i], base)) return true;
    return false;
}
