/* int, str, list ...: types that are called to make or convert values. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "keras/code/array.h"
#include "keras/code/builtin.h"
#include "keras/code/container.h"
#include "keras/code/exception.h"
#include "keras/code/keras_class.h"

/* The first positional argument, NULL when there is none. */
static const Value *only(Evaluator *ev, const Class *class, const Argument *args, int n, int most)
{
    if (n > most) raise_error(ev, "TypeError", "%s expected at most %d argument%s, got %d", class->name, most, most == 1 ? "" : "s", n);
    for (int i = 0; i < n; i++)
        if (!args[i].keyword) return &args[i].value;
    return n ? &args[0].value : NULL;
}

static const Value *first_unknown(const Argument *args, int n)
{
    for (int i = 0; i < n; i++)
        if (args[i].value.kind == VALUE_UNKNOWN) return &args[i].value;
    return NULL;
}

/* "1_000" has its underscores dropped, blanks around are allowed. */
static const char *number_text(Arena *arena, const ValueString *string)
{
    Text text = {.arena = arena};
    size_t from = strspn(string->bytes, " \t\r\n"), to = string->length;
    while (to > from && strchr(" \t\r\n", string->bytes[to - 1])) to--;
    for (; from < to; from++)
        if (string->bytes[from] != '_') text_put_char(&text, string->bytes[from]);
    return text_string(&text);
}

static int base_of_text(Evaluator *ev, const Argument *args, int n)
{
    int64_t base = 10;
    for (int i = 0; i < n; i++)
        if (i == 1 || (args[i].keyword && strcmp(args[i].keyword, "base") == 0)) base = whole_of(ev, args[i].value);
    return base == 0 || (base >= 2 && base <= 36) ? (int)base : 10;
}

static Value int_of_text(Evaluator *ev, const Value *value, int base)
{
    const char *text = number_text(ev->arena, &value->string);
    char *end;
    errno = 0;
    const long long n = strtoll(text, &end, base);
    if (end == text || *end)
        raise_error(ev, "ValueError", "invalid literal for int() with base %d: %s", base, repr_of(ev, *value));
    return value_int(n);
}

static Value int_of_float(Evaluator *ev, double x)
{
    if (isnan(x)) raise_error(ev, "ValueError", "cannot convert float NaN to integer");
    if (isinf(x)) raise_error(ev, "OverflowError", "cannot convert float infinity to integer");
    if (fabs(x) >= 9.2e18) return value_int(x < 0 ? INT64_MIN : INT64_MAX);
    return value_int((int64_t)x);
}

/* __int__ of the text's own class. */
static bool own_number(Evaluator *ev, Value value, const char *name, Value *out)
{
    Value method;
    const Instance *instance = value_instance(&value);
    if (!instance || !class_attribute(ev, instance->class, name, &method, NULL)) return false;
    *out = call(ev, value_method(ev->arena, value, method), NULL, 0);
    return true;
}

static Value int_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)span;
    int64_t whole;
    double x;
    Value made;
    if (first_unknown(args, n)) return *first_unknown(args, n);
    const Value *value = only(ev, class, args, n, 2);
    if (!value) return value_int(0);
    const Value plain = value_plain(*value);
    value = &plain;
    if (value->kind == VALUE_BOOL) return value_int(value->boolean);
    if (value->kind == VALUE_STRING) return int_of_text(ev, value, base_of_text(ev, args, n));
    if (value_integer(value, &whole)) return value_int(whole);
    if (scalar_number(value, &x)) return int_of_float(ev, x);
    if (own_number(ev, *value, "__int__", &made) || own_number(ev, *value, "__index__", &made)) return made;
    if (value_is(value, &OBJECT_BYTES)) return int_of_text(ev, value->object.data, base_of_text(ev, args, n));
    if (value->kind == VALUE_TENSOR) raise_symbolic(ev, "an int");
    if (value_is(value, &OBJECT_ARRAY)) return array_as_int(ev, *value);
    raise_error(ev, "TypeError", "int() argument must be a string, a bytes-like object or a real number, not '%s'", type_of(value));
}

static Value float_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)span;
    double x;
    Value made;
    if (first_unknown(args, n)) return *first_unknown(args, n);
    const Value *value = only(ev, class, args, n, 1);
    if (!value) return value_float(0);
    const Value plain = value_plain(*value);
    value = &plain;
    if (scalar_number(value, &x)) return value_float(x);
    if (own_number(ev, *value, "__float__", &made)) return made;
    if (value->kind == VALUE_TENSOR) raise_symbolic(ev, "a float");
    if (value_is(value, &OBJECT_ARRAY)) return array_as_float(ev, *value);
    if (value->kind != VALUE_STRING)
        raise_error(ev, "TypeError", "float() argument must be a string or a real number, not '%s'", type_of(value));
    const char *text = number_text(ev->arena, &value->string);
    char *end;
    x = strtod(text, &end);
    if (end == text || *end || strpbrk(text, "xX"))
        raise_error(ev, "ValueError", "could not convert string to float: %s", repr_of(ev, *value));
    return value_float(x);
}

double float_of(Evaluator *ev, Value value)
{
    const Argument arg = {.value = value, .span = SPAN_NONE};
    double x;
    if (scalar_number(&value, &x)) return x;
    const Value made = float_construct(ev, &CLASS_FLOAT, &arg, 1, SPAN_NONE);
    return made.kind == VALUE_FLOAT ? made.number : (double)NAN;
}

static Value str_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)span;
    const Value *value = only(ev, class, args, n, 3);
    if (!value) return value_string(ev->arena, "", 0);
    if (value->kind == VALUE_UNKNOWN || value->kind == VALUE_STRING) return *value;
    const char *text = text_of(ev, *value);
    return value_text(ev->arena, text);
}

static Value bool_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)span;
    const Value *value = only(ev, class, args, n, 1);
    if (!value) return value_bool(false);
    return value->kind == VALUE_UNKNOWN ? *value : value_bool(truth(ev, *value));
}

static Value sequence_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)span;
    const ValueKind kind = class == &CLASS_LIST ? VALUE_LIST : VALUE_TUPLE;
    const Value *value = only(ev, class, args, n, 1);
    if (!value) return value_list(ev->arena, kind, 0);
    return value->kind == VALUE_UNKNOWN ? *value : list_of(ev, kind, iterate(ev, *value));
}

static Value set_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)span;
    const Value *value = only(ev, class, args, n, 1);
    if (!value) return value_set(ev->arena);
    return value->kind == VALUE_UNKNOWN ? *value : set_of(ev, iterate(ev, *value));
}

static Value dict_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)class, (void)span;
    Value dict = value_dict(ev->arena);
    for (int i = 0; i < n; i++) {
        const Value value = args[i].value;
        if (args[i].keyword) dict_put(ev, dict.dict, value_text(ev->arena, args[i].keyword), value);
        else if (value.kind == VALUE_UNKNOWN) return value;
        else dict_update_from(ev, dict.dict, value);
    }
    return dict;
}

/* bytes(3), bytes([1, 2]), bytes('a', 'utf-8') */
static Value bytes_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    int64_t length;
    (void)class, (void)span;
    if (!n) return value_bytes(ev->arena, "", 0);
    if (first_unknown(args, n)) return *first_unknown(args, n);
    const Value value = args[0].value;
    if (value.kind == VALUE_STRING) return value_bytes(ev->arena, value.string.bytes, value.string.length);
    if (value_is(&value, &OBJECT_BYTES)) return value;
    if (value_integer(&value, &length)) {
        pay_items(ev, length);
        const size_t zeros = length > 0 ? (size_t)length : 0;
        return value_bytes(ev->arena, arena_array(ev->arena, zeros + 1, 1), zeros);
    }
    const ValueList *items = iterate(ev, value);
    char *bytes = arena_array(ev->arena, items->n + 1, 1);
    for (size_t i = 0; i < items->n; i++) {
        const int64_t byte = whole_of(ev, items->items[i]);
        if (byte < 0 || byte > 255) raise_error(ev, "ValueError", "bytes must be in range(0, 256)");
        bytes[i] = (char)byte;
    }
    return value_bytes(ev->arena, bytes, items->n);
}

static Value range_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)class, (void)span;
    if (first_unknown(args, n)) return *first_unknown(args, n);
    if (n < 1 || n > 3) raise_error(ev, "TypeError", "range expected at %s, got %d", n ? "most 3 arguments" : "least 1 argument", n);
    const int64_t first = whole_of(ev, args[0].value), stop = n > 1 ? whole_of(ev, args[1].value) : 0;
    const int64_t step = n > 2 ? whole_of(ev, args[2].value) : 1;
    if (step == 0) raise_error(ev, "ValueError", "range() arg 3 must not be zero");
    return n == 1 ? value_range(ev->arena, 0, first, 1) : value_range(ev->arena, first, stop, step);
}

static Value type_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)class;
    const ValueList *bases = n == 3 ? value_items(&args[1].value) : NULL;
    const bool makes = bases && args[0].value.kind == VALUE_STRING && args[2].value.kind == VALUE_DICT;
    if (makes) return class_make(ev, args[0].value.string.bytes, bases, args[2].value.dict);
    const Class *of = n == 1 ? class_of(ev, &args[0].value) : NULL;
    if (n == 1 && args[0].value.kind == VALUE_UNKNOWN) return args[0].value;
    return of ? value_class(of) : unknown(ev, "cause.not_known_object", source_text(ev, span), span);
}

static Value not_known_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)class, (void)args, (void)n;
    return unknown(ev, "cause.not_known_class", source_text(ev, span), span);
}

static Value fromkeys_call(Evaluator *ev, const Given *given)
{
    const ValueList *keys = iterate(ev, *given->arg[0]);
    Value dict = value_dict(ev->arena);
    for (size_t i = 0; i < keys->n; i++) dict_put(ev, dict.dict, keys->items[i], given->arg[1] ? *given->arg[1] : value_none());
    return dict;
}

/* str.maketrans({'a': 'b'}), str.maketrans('ab', 'xy', 'z') */
static Value maketrans_call(Evaluator *ev, const Given *given)
{
    Value table = value_dict(ev->arena);
    if (!given->arg[1]) return *given->arg[0];
    const ValueList *from = iterate(ev, *given->arg[0]), *to = iterate(ev, *given->arg[1]), *none = given->arg[2] ? iterate(ev, *given->arg[2]) : NULL;
    if (from->n != to->n) raise_error(ev, "ValueError", "the first two maketrans arguments must have equal length");
    for (size_t i = 0; i < from->n; i++) dict_put(ev, table.dict, from->items[i], to->items[i]);
    for (size_t i = 0; none && i < none->n; i++) dict_put(ev, table.dict, none->items[i], value_none());
    return table;
}

static const Native dict_class_methods[] = {{.name = "fromkeys", .params = "iterable value?", .call = fromkeys_call}, {0}};
static const Native str_class_methods[] = {{.name = "maketrans", .params = "x y? z?", .call = maketrans_call}, {0}};

static const Class *const from_object[] = {&CLASS_OBJECT};
static const Class *const from_tuple[] = {&CLASS_TUPLE};
static const Class *const from_int[] = {&CLASS_INT};

#define TYPE(text, function) \
    {.name = text, .module = "builtins", .construct = function, .bases = from_object, .n_bases = 1, .instance = {.type_name = text}}

const Class CLASS_INT = TYPE("int", int_construct);
const Class CLASS_FLOAT = TYPE("float", float_construct);
#define TYPE_WITH(text, function, table) \
    {.name = text, .module = "builtins", .construct = function, .bases = from_object, .n_bases = 1, .methods = table, \
     .instance = {.type_name = text}}
const Class CLASS_STR = TYPE_WITH("str", str_construct, str_class_methods);
const Class CLASS_LIST = TYPE("list", sequence_construct);
const Class CLASS_TUPLE = TYPE("tuple", sequence_construct);
const Class CLASS_DICT = TYPE_WITH("dict", dict_construct, dict_class_methods);
const Class CLASS_RANGE = TYPE("range", range_construct);
const Class CLASS_SET = TYPE("set", set_construct);
const Class CLASS_FROZENSET = TYPE("frozenset", set_construct);
const Class CLASS_BYTES = TYPE("bytes", bytes_construct);
const Class CLASS_TYPE = TYPE("type", type_construct);
const Class CLASS_NONE = TYPE("NoneType", not_known_construct);
const Class CLASS_FUNCTION = TYPE("function", not_known_construct);
const Class CLASS_BOOL = {.name = "bool", .module = "builtins", .construct = bool_construct, .bases = from_int, .n_bases = 1,
                          .instance = {.type_name = "bool"}};
const Class CLASS_NOT_KNOWN = {.name = "object", .module = "builtins", .construct = not_known_construct,
                               .family = CLASS_UNKNOWN, .instance = {.type_name = "object"}};
const Class CLASS_NAMED_TUPLE = {.name = "NamedTuple", .module = "typing", .construct = not_known_construct,
                                 .bases = from_tuple, .n_bases = 1, .instance = {.type_name = "NamedTuple"}};

#define ABSTRACT(text) \
    {.name = text, .module = "collections.abc", .construct = not_known_construct, .bases = from_object, .n_bases = 1, .instance = {.type_name = text}}
const Class CLASS_ITERABLE = ABSTRACT("Iterable"), CLASS_SEQUENCE = ABSTRACT("Sequence"), CLASS_MAPPING = ABSTRACT("Mapping"),
            CLASS_CALLABLE = ABSTRACT("Callable");
const Class CLASS_ABC = {.name = "ABC", .module = "abc", .construct = not_known_construct, .bases = from_object, .n_bases = 1,
                         .instance = {.type_name = "ABC"}};

bool class_is_plain(const Class *class)
{
    static const Class *const plain[] = {&CLASS_INT, &CLASS_FLOAT, &CLASS_STR, &CLASS_LIST, &CLASS_TUPLE, &CLASS_DICT, &CLASS_SET,
                                         &CLASS_FROZENSET};
    for (size_t i = 0; i < sizeof plain / sizeof *plain && !class_own(class); i++)
        if (class_is(class, plain[i])) return class->module[0] != 'e';    /* enum's classes make members, no data */
    return false;
}

static const Class class_native = TYPE("builtin_function_or_method", not_known_construct), class_property = TYPE("property", not_known_construct);

static const Class *iterator_class(const Value *value)
{
    static const struct { const char *name; Class class; } kinds[] = {
        {"generator", TYPE("generator", not_known_construct)}, {"zip", TYPE("zip", not_known_construct)},
        {"map", TYPE("map", not_known_construct)}, {"filter", TYPE("filter", not_known_construct)},
        {"enumerate", TYPE("enumerate", not_known_construct)}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(((const Iterator *)value->object.data)->type_name, kinds[i].name) == 0) return &kinds[i].class;
    return NULL;
}

const Class *class_of(Evaluator *ev, const Value *value)
{
    const Instance *instance = value_instance(value);
    switch (value->kind) {
    case VALUE_NONE: return &CLASS_NONE;
    case VALUE_BOOL: return &CLASS_BOOL;
    case VALUE_INT: return &CLASS_INT;
    case VALUE_FLOAT: return &CLASS_FLOAT;
    case VALUE_STRING: return &CLASS_STR;
    case VALUE_TUPLE: return &CLASS_TUPLE;
    case VALUE_LIST: return &CLASS_LIST;
    case VALUE_DICT: return &CLASS_DICT;
    case VALUE_LAYER: return layer_class_of(ev, value->layer);
    case VALUE_TENSOR: return &CLASS_KERAS_TENSOR;
    case VALUE_OBJECT:
        if (instance) return instance->class;
        if (value->object.kind == &OBJECT_SET) return &CLASS_SET;
        if (value->object.kind == &OBJECT_CLASS) return &CLASS_TYPE;
        if (value->object.kind == &OBJECT_ARRAY) return &CLASS_NDARRAY;
        if (value->object.kind == &OBJECT_BYTES) return &CLASS_BYTES;
        if (value->object.kind == &OBJECT_RANGE) return &CLASS_RANGE;
        if (value->object.kind == &OBJECT_ITERATOR) return iterator_class(value);
        if (value->object.kind == &OBJECT_NATIVE) return &class_native;
        if (value->object.kind == &OBJECT_DESCRIPTOR) return &class_property;
        return value->object.kind->callable ? &CLASS_FUNCTION : NULL;
    case VALUE_CONFIG: return value->config->function ? &CLASS_FUNCTION : config_class_of(ev, value->config);
    case VALUE_UNKNOWN: break;
    }
    return NULL;
}
