#include "keras/code/builtin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keras/code/array.h"
#include "keras/code/container.h"
#include "keras/code/exception.h"
#include "keras/code/format.h"
#include "keras/code/operator.h"
#include "keras/code/registry.h"

static Value not_told(Evaluator *ev, const char *reason)
{
    return unknown(ev, reason, source_text(ev, ev->span), ev->span);
}

/* ---- output and input ---- */

Value print_call(Evaluator *ev, const Given *given)
{
    (void)given;
    registry_print(ev);
    return value_none();
}

static Value nothing(Evaluator *ev, const Given *given)
{
    (void)ev, (void)given;
    return value_none();
}

static Value asks(Evaluator *ev, const Given *given)
{
    (void)given;
    return not_told(ev, "cause.not_known_input");
}

static Value opens(Evaluator *ev, const Given *given)
{
    (void)given;
    return not_told(ev, "cause.not_known_file");
}

static Value runs(Evaluator *ev, const Given *given)
{
    (void)given;
    return not_told(ev, "cause.not_known_function");
}

static Value leaves(Evaluator *ev, const Given *given)
{
    (void)given;
    raise_error(ev, "SystemExit", "%s", "");
}

/* ---- lengths and ranges ---- */

static Value length_of(Evaluator *ev, const Given *given)
{
    const Value value = *given->arg[0];
    Value method;
    if (value.kind == VALUE_DICT) return value_int((int64_t)value.dict->keys.n);
    if (value.kind == VALUE_STRING) return value_int((int64_t)iterate(ev, value)->n);
    if (value_items(&value)) return value_int((int64_t)value_items(&value)->n);
    if (value_is(&value, &OBJECT_RANGE)) return value_int(((Range *)value.object.data)->n);
    if (value_is(&value, &OBJECT_ARRAY)) return array_length(ev, value);
    if (value_instance(&value) && attribute_find(ev, value, "__len__", &method)) return call(ev, method, NULL, 0);
    if (value_instance(&value) && value_instance(&value)->args.kind == VALUE_TUPLE)
        return value_int((int64_t)value_instance(&value)->args.list->n);
    raise_error(ev, "TypeError", "object of type '%s' has no len()", type_of(&value));
}

static int64_t range_argument(Evaluator *ev, const Value *value)
{
    int64_t n;
    if (value->kind == VALUE_BOOL) return value->boolean;
    if (value_integer(value, &n)) return n;
    raise_error(ev, "TypeError", "'%s' object cannot be interpreted as an integer", type_of(value));
}

static Value range_call(Evaluator *ev, const Given *given)
{
    const int64_t first = range_argument(ev, given->arg[0]);
    const int64_t step = given->arg[2] ? range_argument(ev, given->arg[2]) : 1;
    if (step == 0) raise_error(ev, "ValueError", "range() arg 3 must not be zero");
    if (!given->arg[1]) return value_range(ev->arena, 0, first, 1);
    return value_range(ev->arena, first, range_argument(ev, given->arg[1]), step);
}

/* ---- going through ---- */

static Value enumerate_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    int64_t n = given->arg[1] ? index_of(ev, *given->arg[1], "start") : 0;
    Value out = value_list(ev->arena, VALUE_LIST, items->n);
    pay_items(ev, (int64_t)items->n);
    for (size_t i = 0; i < items->n; i++) {
        Value pair = value_list(ev->arena, VALUE_TUPLE, 2);
        list_add(pair.list, value_int(n++));
        list_add(pair.list, items->items[i]);
        list_add(out.list, pair);
    }
    return value_iterator(ev->arena, "enumerate", out.list);
}

/* A range without end (itertools.count) gives as many as the others need. */
static size_t shortest(Evaluator *ev, const Given *given, const ValueList **lists)
{
    size_t n = SIZE_MAX;
    for (int i = 0; i < given->n_rest; i++) {
        const bool range = value_is(&given->rest[i], &OBJECT_RANGE);
        lists[i] = range ? NULL : iterate(ev, given->rest[i]);
        const size_t length = range ? (size_t)((Range *)given->rest[i].object.data)->n : lists[i]->n;
        if (length < n) n = length;
    }
    return given->n_rest ? n : 0;
}

static Value zip_call(Evaluator *ev, const Given *given)
{
    const ValueList **lists = ARENA_ARRAY(ev->arena, given->n_rest + 1, const ValueList *);
    const size_t n = shortest(ev, given, lists);
    pay_items(ev, (int64_t)n);
    Value out = value_list(ev->arena, VALUE_LIST, n);
    for (size_t i = 0; i < n; i++) {
        Value tuple = value_list(ev->arena, VALUE_TUPLE, (size_t)given->n_rest);
        for (int k = 0; k < given->n_rest; k++)
            list_add(tuple.list, lists[k] ? lists[k]->items[i] : value_int(range_item(given->rest[k].object.data, (int64_t)i)));
        list_add(out.list, tuple);
    }
    return value_iterator(ev->arena, "zip", out.list);
}

static Value map_call(Evaluator *ev, const Given *given)
{
    const ValueList **lists = ARENA_ARRAY(ev->arena, given->n_rest + 1, const ValueList *);
    const size_t n = shortest(ev, given, lists);
    Argument *args = ARENA_ARRAY(ev->arena, given->n_rest + 1, Argument);
    Value out = value_list(ev->arena, VALUE_LIST, 0);
    for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < given->n_rest; k++) {
            args[k] = (Argument){.span = SPAN_NONE};
            args[k].value = lists[k] ? lists[k]->items[i] : value_int(range_item(given->rest[k].object.data, (int64_t)i));
        }
        list_add(out.list, call(ev, *given->arg[0], args, given->n_rest));
    }
    return value_iterator(ev->arena, "map", out.list);
}

static Value filter_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[1]);
    Value out = value_list(ev->arena, VALUE_LIST, 0);
    for (size_t i = 0; i < items->n; i++) {
        const Value item = items->items[i];
        const Value keep = given->arg[0]->kind == VALUE_NONE ? item : call_one(ev, *given->arg[0], item);
        if (keep.kind == VALUE_UNKNOWN) return keep;
        if (truth(ev, keep)) list_add(out.list, item);
    }
    return value_iterator(ev->arena, "filter", out.list);
}

static Value sorted_call(Evaluator *ev, const Given *given)
{
    Value list = list_of(ev, VALUE_LIST, iterate(ev, *given->arg[0]));
    list_sort(ev, list.list, given->arg[1], given->arg[2] && truth(ev, *given->arg[2]));
    return list;
}

static Value reversed_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    Value out = value_list(ev->arena, VALUE_LIST, items->n);
    pay_items(ev, (int64_t)items->n);
    for (size_t i = items->n; i > 0; i--) list_add(out.list, items->items[i - 1]);
    return value_iterator(ev->arena, "list_reverseiterator", out.list);
}

static Value slice_call(Evaluator *ev, const Given *given)
{
    Slice *slice = ARENA_NEW(ev->arena, Slice);
    const Value first = *given->arg[0], none = value_none();
    *slice = (Slice){none, first, none};
    if (given->arg[1]) *slice = (Slice){first, *given->arg[1], given->arg[2] ? *given->arg[2] : none};
    return value_object(&OBJECT_SLICE, slice);
}

static Value iter_call(Evaluator *ev, const Given *given)
{
    if (value_is(given->arg[0], &OBJECT_ITERATOR)) return *given->arg[0];
    return value_iterator(ev->arena, "iterator", list_of(ev, VALUE_LIST, iterate(ev, *given->arg[0])).list);
}

static Value next_call(Evaluator *ev, const Given *given)
{
    Value method;
    if (value_instance(given->arg[0]) && attribute_find(ev, *given->arg[0], "__next__", &method)) return call(ev, method, NULL, 0);
    if (!value_is(given->arg[0], &OBJECT_ITERATOR))
        raise_error(ev, "TypeError", "'%s' object is not an iterator", type_of(given->arg[0]));
    Iterator *iterator = given->arg[0]->object.data;
    if (iterator->next < iterator->items->n) return iterator->items->items[iterator->next++];
    if (given->arg[1]) return *given->arg[1];
    raise_error(ev, "StopIteration", "%s", "");
}

/* ---- arithmetic ---- */

static Value extreme(Evaluator *ev, const Given *given, bool largest)
{
    const ValueList rest = {.items = (Value *)(uintptr_t)given->rest, .n = (size_t)given->n_rest};
    const ValueList *items = given->n_rest == 1 ? iterate(ev, given->rest[0]) : &rest;
    const Value *key = given->arg[0] && given->arg[0]->kind != VALUE_NONE ? given->arg[0] : NULL;
    if (!items->n && given->arg[1]) return *given->arg[1];
    if (!items->n) raise_error(ev, "ValueError", "%s() arg is an empty sequence", given->native->name);
    Value best = items->items[0], best_key = key ? call_one(ev, *key, best) : best;
    for (size_t i = 1; i < items->n; i++) {
        const Value item = items->items[i], item_key = key ? call_one(ev, *key, item) : item;
        if (item_key.kind == VALUE_UNKNOWN) return item_key;
        pay(ev, 1);
        const bool better = largest ? value_before(ev, best_key, item_key) : value_before(ev, item_key, best_key);
        if (!better) continue;
        best = item;
        best_key = item_key;
    }
    return best;
}

static Value min_call(Evaluator *ev, const Given *given) { return extreme(ev, given, false); }
static Value max_call(Evaluator *ev, const Given *given) { return extreme(ev, given, true); }

static Value sum_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    Value sum = given->arg[1] ? *given->arg[1] : value_int(0);
    for (size_t i = 0; i < items->n; i++) sum = binary(ev, PY_ADD, sum, items->items[i]);
    return sum;
}

static Value abs_call(Evaluator *ev, const Given *given)
{
    const Value value = *given->arg[0];
    Value method;
    if (value.kind == VALUE_FLOAT) return value_float(fabs(value.number));
    if (value.kind == VALUE_INT || value.kind == VALUE_BOOL) {
        const int64_t n = index_of(ev, value, "abs");
        return n < 0 ? unary(ev, PY_MINUS, value_int(n)) : value_int(n);
    }
    if (value_is(&value, &OBJECT_ARRAY) || value_is(&value, &OBJECT_SCALAR) || value.kind == VALUE_TENSOR)
        return array_or_tensor_function(ev, "absolute", value);
    if (value_instance(&value) && attribute_find(ev, value, "__abs__", &method)) return call(ev, method, NULL, 0);
    raise_error(ev, "TypeError", "bad operand type for abs(): '%s'", type_of(&value));
}

static double rounded(Arena *arena, double x, int64_t digits)
{
    if (digits < 0) {
        const double scale = pow(10, (double)-digits);
        return nearbyint(x / scale) * scale;
    }
    return digits > 300 ? x : strtod(arena_print(arena, "%.*f", (int)digits, x), NULL);
}

static Value round_whole(Evaluator *ev, int64_t n, int64_t digits)
{
    if (digits >= 0 || digits < -18) return value_int(digits < 0 ? 0 : n);
    const Argument whole = {.value = value_float(rounded(ev->arena, (double)n, digits)), .span = SPAN_NONE};
    return CLASS_INT.construct(ev, &CLASS_INT, &whole, 1, ev->span);
}

static Value round_call(Evaluator *ev, const Given *given)
{
    const Value value = *given->arg[0];
    const bool digits = given->arg[1] && given->arg[1]->kind != VALUE_NONE;
    double x;
    const bool whole = value.kind == VALUE_INT || value.kind == VALUE_BOOL;
    if (whole && digits) return round_whole(ev, index_of(ev, value, "round"), index_of(ev, *given->arg[1], "ndigits"));
    if (whole) return value_int(index_of(ev, value, "round"));
    if (!scalar_number(&value, &x)) raise_error(ev, "TypeError", "type %s doesn't define __round__ method", type_of(&value));
    if (digits) return value_float(rounded(ev->arena, x, index_of(ev, *given->arg[1], "ndigits")));
    const Argument nearest = {.value = value_float(nearbyint(x)), .span = SPAN_NONE};
    return CLASS_INT.construct(ev, &CLASS_INT, &nearest, 1, ev->span);
}

static Value pow_call(Evaluator *ev, const Given *given)
{
    const Value power = binary(ev, PY_POW, *given->arg[0], *given->arg[1]);
    return given->arg[2] && given->arg[2]->kind != VALUE_NONE ? binary(ev, PY_MOD, power, *given->arg[2]) : power;
}

static Value divmod_call(Evaluator *ev, const Given *given)
{
    Value out = value_list(ev->arena, VALUE_TUPLE, 2);
    list_add(out.list, binary(ev, PY_FLOOR_DIV, *given->arg[0], *given->arg[1]));
    list_add(out.list, binary(ev, PY_MOD, *given->arg[0], *given->arg[1]));
    return out;
}

static Value any_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    const bool wanted = given->native->data == NULL;
    for (size_t i = 0; i < items->n; i++) {
        if (items->items[i].kind == VALUE_UNKNOWN) return items->items[i];
        if (truth(ev, items->items[i]) == wanted) return value_bool(wanted);
    }
    return value_bool(!wanted);
}

/* ---- questions to objects ---- */

static Value isinstance_call(Evaluator *ev, const Given *given)
{
    return value_bool(instance_of(ev, given->arg[0], given->arg[1]));
}

static Value issubclass_call(Evaluator *ev, const Given *given)
{
    const Class *class = value_as_class(given->arg[0]);
    const ValueList *bases = value_items(given->arg[1]);
    if (!class) raise_error(ev, "TypeError", "issubclass() arg 1 must be a class");
    for (size_t i = 0; bases && i < bases->n; i++) {
        const Class *base = value_as_class(&bases->items[i]);
        if (base && class_is(class, base)) return value_bool(true);
    }
    const Class *base = value_as_class(given->arg[1]);
    return value_bool(base && class_is(class, base));
}

static Value hasattr_call(Evaluator *ev, const Given *given)
{
    Value found;
    if (given->arg[1]->kind != VALUE_STRING) raise_error(ev, "TypeError", "attribute name must be string");
    if (!attribute_find(ev, *given->arg[0], given->arg[1]->string.bytes, &found)) return value_bool(false);
    return found.kind == VALUE_UNKNOWN ? found : value_bool(true);
}

static Value getattr_call(Evaluator *ev, const Given *given)
{
    Value found;
    if (given->arg[1]->kind != VALUE_STRING) raise_error(ev, "TypeError", "attribute name must be string");
    if (attribute_find(ev, *given->arg[0], given->arg[1]->string.bytes, &found)) return found;
    return given->arg[2] ? *given->arg[2] : attribute(ev, *given->arg[0], given->arg[1]->string.bytes);
}

static Value setattr_call(Evaluator *ev, const Given *given)
{
    if (given->arg[1]->kind == VALUE_STRING) attribute_set(ev, *given->arg[0], given->arg[1]->string.bytes, *given->arg[2]);
    return value_none();
}

static Value callable_call(Evaluator *ev, const Given *given)
{
    Value method;
    const Instance *instance = value_instance(given->arg[0]);
    const bool own = instance && class_attribute(ev, instance->class, "__call__", &method, NULL);
    return value_bool(own || (instance && instance->layer) || value_callable(given->arg[0]));
}

static Value vars_call(Evaluator *ev, const Given *given)
{
    return given->arg[0] ? attribute(ev, *given->arg[0], "__dict__") : not_told(ev, "cause.not_known_function");
}

static Value id_call(Evaluator *ev, const Given *given)
{
    (void)given;
    return not_told(ev, "cause.not_known_object");
}

/* The class the running method stands in, and its first argument. */
static Value super_call(Evaluator *ev, const Given *given)
{
    Super *super = ARENA_NEW(ev->arena, Super);
    if (given->arg[1] && value_as_class(given->arg[0])) {
        *super = (Super){value_as_class(given->arg[0]), *given->arg[1]};
        return value_object(&OBJECT_SUPER, super);
    }
    const Function *function = ev->function;
    if (!function || !function->owner || !function->node->params) raise_error(ev, "RuntimeError", "super(): no arguments");
    Value self = value_none();
    name_known(ev, function->node->params->name, &self);
    *super = (Super){function->owner, self};
    return value_object(&OBJECT_SUPER, super);
}

/* ---- texts ---- */

static Value repr_call(Evaluator *ev, const Given *given)
{
    const char *text = repr_of(ev, *given->arg[0]);
    return value_string(ev->arena, text, strlen(text));
}

static Value format_call(Evaluator *ev, const Given *given)
{
    const ValueString none = {"", 0};
    const bool spec = given->arg[1] && given->arg[1]->kind == VALUE_STRING;
    return format_value(ev, *given->arg[0], spec ? given->arg[1]->string : none);
}

static Value based(Evaluator *ev, const Given *given)
{
    const char *spec = given->native->data;
    const Value whole = value_int(range_argument(ev, given->arg[0]));
    return format_value(ev, whole, (ValueString){spec, strlen(spec)});
}

static Value chr_call(Evaluator *ev, const Given *given)
{
    const int64_t c = range_argument(ev, given->arg[0]);
    char bytes[5] = {0};
    if (c < 0 || c > 0x10FFFF) raise_error(ev, "ValueError", "chr() arg not in range(0x110000)");
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    if (n == 1) bytes[0] = (char)c;
    for (size_t i = n; n > 1 && i-- > 0;) {
        const unsigned lead = n == 2 ? 0xC0 : n == 3 ? 0xE0 : 0xF0, part = (unsigned)(c >> (6 * (n - 1 - i))) & 0x3F;
        bytes[i] = (char)(i ? 0x80 | part : lead | part);
    }
    return value_string(ev->arena, bytes, n);
}

static Value ord_call(Evaluator *ev, const Given *given)
{
    if (given->arg[0]->kind != VALUE_STRING || iterate(ev, *given->arg[0])->n != 1)
        raise_error(ev, "TypeError", "ord() expected a character");
    const unsigned char *c = (const unsigned char *)given->arg[0]->string.bytes;
    const size_t n = given->arg[0]->string.length;
    if (n == 1) return value_int(c[0]);
    int64_t code = n == 2 ? c[0] & 0x1F : n == 3 ? c[0] & 0x0F : c[0] & 0x07;
    for (size_t i = 1; i < n; i++) code = code << 6 | (c[i] & 0x3F);
    return value_int(code);
}

static const Native natives[] = {
    {.name = "print", .params = "!*args **kwargs", .call = print_call},
    {.name = "len", .params = "obj", .call = length_of},
    {.name = "range", .params = "start stop? step?", .call = range_call},
    {.name = "xrange", .params = "start stop? step?", .call = range_call},
    {.name = "enumerate", .params = "iterable start?", .call = enumerate_call},
    {.name = "zip", .params = "*iterables strict?", .call = zip_call},
    {.name = "map", .params = "function *iterables", .call = map_call},
    {.name = "filter", .params = "function iterable", .call = filter_call},
    {.name = "sorted", .params = "iterable | key? reverse?", .call = sorted_call},
    {.name = "reversed", .params = "sequence", .call = reversed_call},
    {.name = "slice", .params = "!start stop? step?", .call = slice_call},
    {.name = "iter", .params = "iterable", .call = iter_call},
    {.name = "next", .params = "iterator default?", .call = next_call},
    {.name = "min", .params = "*args key? default?", .call = min_call},
    {.name = "max", .params = "*args key? default?", .call = max_call},
    {.name = "sum", .params = "iterable start?", .call = sum_call},
    {.name = "abs", .params = "x", .call = abs_call},
    {.name = "round", .params = "number ndigits?", .call = round_call},
    {.name = "pow", .params = "base exp mod?", .call = pow_call},
    {.name = "divmod", .params = "x y", .call = divmod_call},
    {.name = "any", .params = "iterable", .call = any_call},
    {.name = "all", .params = "iterable", .call = any_call, .data = "all"},
    {.name = "isinstance", .params = "object classinfo", .call = isinstance_call},
    {.name = "issubclass", .params = "class classinfo", .call = issubclass_call},
    {.name = "hasattr", .params = "object name", .call = hasattr_call},
    {.name = "getattr", .params = "object name default?", .call = getattr_call},
    {.name = "setattr", .params = "!object name value", .call = setattr_call},
    {.name = "delattr", .params = "!object name", .call = nothing},
    {.name = "callable", .params = "object", .call = callable_call},
    {.name = "vars", .params = "object?", .call = vars_call},
    {.name = "id", .params = "!object", .call = id_call},
    {.name = "hash", .params = "!object", .call = id_call},
    {.name = "dir", .params = "!*args", .call = id_call},
    {.name = "globals", .params = "", .call = runs},
    {.name = "locals", .params = "", .call = runs},
    {.name = "eval", .params = "!*args", .call = runs},
    {.name = "exec", .params = "!*args", .call = nothing},
    {.name = "compile", .params = "!*args **kwargs", .call = runs},
    {.name = "__import__", .params = "!*args", .call = runs},
    {.name = "help", .params = "!*args", .call = nothing},
    {.name = "display", .params = "!*args **kwargs", .call = nothing},
    {.name = "input", .params = "!prompt?", .call = asks},
    {.name = "raw_input", .params = "!prompt?", .call = asks},
    {.name = "open", .params = "!*args **kwargs", .call = opens},
    {.name = "exit", .params = "!code?", .call = leaves},
    {.name = "quit", .params = "!code?", .call = leaves},
    {.name = "super", .params = "!type? object?", .call = super_call},
    {.name = "repr", .params = "object", .call = repr_call},
    {.name = "ascii", .params = "object", .call = repr_call},
    {.name = "format", .params = "value format_spec?", .call = format_call},
    {.name = "bin", .params = "number", .call = based, .data = "#b"},
    {.name = "oct", .params = "number", .call = based, .data = "#o"},
    {.name = "hex", .params = "number", .call = based, .data = "#x"},
    {.name = "chr", .params = "i", .call = chr_call},
    {.name = "ord", .params = "c", .call = ord_call},
};

static const Native nothing_native = {.name = "object.__init__", .params = "!*args **kwargs", .call = nothing};

const Native *builtin_nothing(void)
{
    return &nothing_native;
}

static const struct { const char *name; const Class *class; } classes[] = {
    {"int", &CLASS_INT}, {"long", &CLASS_INT}, {"float", &CLASS_FLOAT}, {"str", &CLASS_STR}, {"unicode", &CLASS_STR},
    {"basestring", &CLASS_STR}, {"bool", &CLASS_BOOL}, {"list", &CLASS_LIST}, {"tuple", &CLASS_TUPLE}, {"dict", &CLASS_DICT},
    {"set", &CLASS_SET}, {"frozenset", &CLASS_FROZENSET}, {"bytes", &CLASS_BYTES}, {"bytearray", &CLASS_BYTES},
    {"type", &CLASS_TYPE}, {"object", &CLASS_OBJECT}, {"property", &CLASS_NOT_KNOWN}, {"staticmethod", &CLASS_NOT_KNOWN},
    {"classmethod", &CLASS_NOT_KNOWN}, {"complex", &CLASS_NOT_KNOWN}, {"memoryview", &CLASS_NOT_KNOWN},
};

enum { N_NATIVES = sizeof natives / sizeof *natives, N_CLASSES = sizeof classes / sizeof *classes };

bool builtin_find(const char *name, Value *out)
{
    const Class *exception;
    for (size_t i = 0; i < N_NATIVES; i++)
        if (strcmp(natives[i].name, name) == 0) { *out = value_native(&natives[i]); return true; }
    for (size_t i = 0; i < N_CLASSES; i++)
        if (strcmp(classes[i].name, name) == 0) { *out = value_class(classes[i].class); return true; }
    if (strcmp(name, "__name__") == 0) *out = (Value)VALUE_IS_TEXT("__main__");
    else if (strcmp(name, "__file__") == 0) *out = (Value)VALUE_IS_TEXT("script.py");
    else if (strcmp(name, "__doc__") == 0 || strcmp(name, "NotImplemented") == 0) *out = value_none();
    else if (exception_class_find(name, &exception)) *out = value_class(exception);
    else return false;
    return true;
}

void builtin_offer_names(Nearest *nearest)
{
    for (size_t i = 0; i < N_NATIVES; i++) nearest_offer(nearest, natives[i].name);
    for (size_t i = 0; i < N_CLASSES; i++) nearest_offer(nearest, classes[i].name);
    nearest_offer(nearest, "True");
    nearest_offer(nearest, "False");
    nearest_offer(nearest, "None");
}

static bool class_holds(Evaluator *ev, const Value *value, const Class *class)
{
    const Class *of = class_of(ev, value);
    if (class == &CLASS_OBJECT) return true;
    return of && class_is(of, class);
}

bool instance_of(Evaluator *ev, const Value *value, const Value *classes_given)
{
    const ValueList *list = value_items(classes_given);
    const Class *class = value_as_class(classes_given);
    for (size_t i = 0; list && i < list->n; i++)
        if (instance_of(ev, value, &list->items[i])) return true;
    return class && class_holds(ev, value, class);
}

bool native_attribute(Evaluator *ev, Value value, const char *name, Value *out)
{
    const bool names = strcmp(name, "__name__") == 0 || strcmp(name, "__qualname__") == 0;
    if (!names) return false;
    const char *text = value_is(&value, &OBJECT_NATIVE) ? ((const Native *)value.object.data)->name : value.object.data;
    *out = value_string(ev->arena, text, strlen(text));
    return true;
}
