/* Python's repr() and str() of values. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/layer.h"

/* Deeper is printed as Python prints a list that holds itself. */
enum { REPR_DEPTH_MAX = 100 };

/* The shortest digits that read back: digits without point in `digits`, value = 0.d1d2d3... * 10^*point. */
static void shortest_digits(double x, char *digits, int *point)
{
    char text[40];
    int precision = 0;
    do snprintf(text, sizeof text, "%.*e", precision, x);
    while (strtod(text, NULL) != x && precision++ < 17);
    const char *exponent = strchr(text, 'e');
    char *out = digits;
    for (const char *p = text; p < exponent; p++)
        if (*p >= '0' && *p <= '9') *out++ = *p;
    while (out > digits + 1 && out[-1] == '0') out--;
    *out = 0;
    *point = atoi(exponent + 1) + 1;
}

static void put_positional(Text *text, const char *digits, int point)
{
    const int n = (int)strlen(digits);
    if (point <= 0) text_put(text, "0.");
    for (int i = point; i < 0; i++) text_put_char(text, '0');
    for (int i = 0; i < n; i++) {
        if (i == point && i > 0) text_put_char(text, '.');
        text_put_char(text, digits[i]);
    }
    for (int i = n; i < point; i++) text_put_char(text, '0');
    if (point >= n) text_put(text, ".0");
}

void number_repr(Text *text, double x)
{
    if (isnan(x)) { text_put(text, "nan"); return; }
    if (signbit(x)) text_put_char(text, '-');
    if (isinf(x)) { text_put(text, "inf"); return; }
    char digits[40];
    int point = 1;
    shortest_digits(fabs(x), digits, &point);
    if (point > -4 && point <= 16) { put_positional(text, digits, point); return; }
    text_put_char(text, digits[0]);
    if (digits[1]) text_print(text, ".%s", digits + 1);
    text_print(text, "e%c%02d", point - 1 < 0 ? '-' : '+', abs(point - 1));
}

static void put_character(Text *text, unsigned char c, char quote)
{
    if (c == (unsigned char)quote || c == '\\') text_print(text, "\\%c", c);
    else if (c == '\n') text_put(text, "\\n");
    else if (c == '\r') text_put(text, "\\r");
    else if (c == '\t') text_put(text, "\\t");
    else if (c < 32 || c == 127) text_print(text, "\\x%02x", c);
    else text_put_char(text, (char)c);
}

static void string_repr(Text *text, const ValueString *string)
{
    const bool single = memchr(string->bytes, '\'', string->length), twice = memchr(string->bytes, '"', string->length);
    const char quote = single && !twice ? '"' : '\'';
    text_put_char(text, quote);
    for (size_t i = 0; i < string->length; i++) put_character(text, (unsigned char)string->bytes[i], quote);
    text_put_char(text, quote);
}

static void tensor_repr(Text *text, const KerasTensor *tensor)
{
    text_put(text, "<KerasTensor shape=");
    shape_print(text, &tensor->spec.shape);
    text_print(text, ", dtype=%s, sparse=False, ragged=False, name=%s>", dtype_name(tensor->spec.dtype), tensor->name);
}

static void layer_repr(Text *text, const Layer *layer)
{
    if (layer->kind->operation) text_print(text, "<Operation name=%s>", layer->name);
    else text_print(text, "<%s name=%s, built=%s>", layer->class_name, layer->name, layer->built ? "True" : "False");
}

static void config_repr(Text *text, const ValueConfig *config)
{
    if (config->class_itself) text_print(text, "<class '%s'>", config->type_name);
    else if (config->function) text_print(text, "<function %s>", config->class_name);
    else if (strcmp(config->class_name, "DTypePolicy") == 0 && dict_find(&config->arguments, "name"))
        text_print(text, "<DTypePolicy \"%s\">", dict_find(&config->arguments, "name")->string.bytes);
    else text_print(text, "<%s object>", config->type_name ? config->type_name : config->class_name);
}

static void object_repr(Text *text, const Value *value)
{
    if (value->object.kind->repr) value->object.kind->repr(value->object.data, text);
    else text_print(text, "<%s object>", value->object.kind->type_name);
}

static void repr_at(Text *text, const Value *value, int depth);

static void items_repr(Text *text, const ValueList *list, const char *open, const char *close, int depth)
{
    text_put(text, open);
    for (size_t i = 0; i < list->n; i++) {
        if (i) text_put(text, ", ");
        repr_at(text, &list->items[i], depth + 1);
    }
    text_put(text, close);
}

static void dict_repr(Text *text, const ValueDict *dict, int depth)
{
    text_put_char(text, '{');
    for (size_t i = 0; i < dict->keys.n; i++) {
        if (i) text_put(text, ", ");
        repr_at(text, &dict->keys.items[i], depth + 1);
        text_put(text, ": ");
        repr_at(text, &dict->values.items[i], depth + 1);
    }
    text_put_char(text, '}');
}

static void repr_at(Text *text, const Value *value, int depth)
{
    if (depth > REPR_DEPTH_MAX) { text_put(text, "..."); return; }
    switch (value->kind) {
    case VALUE_NONE: text_put(text, "None"); break;
    case VALUE_BOOL: text_put(text, value->boolean ? "True" : "False"); break;
    case VALUE_INT: text_print(text, "%lld", (long long)value->integer); break;
    case VALUE_FLOAT: number_repr(text, value->number); break;
    case VALUE_STRING: string_repr(text, &value->string); break;
    case VALUE_TUPLE: items_repr(text, value->list, "(", value->list->n == 1 ? ",)" : ")", depth); break;
    case VALUE_LIST: items_repr(text, value->list, "[", "]", depth); break;
    case VALUE_DICT: dict_repr(text, value->dict, depth); break;
    case VALUE_LAYER: layer_repr(text, value->layer); break;
    case VALUE_TENSOR: tensor_repr(text, value->tensor); break;
    case VALUE_CONFIG: config_repr(text, value->config); break;
    case VALUE_OBJECT: object_repr(text, value); break;
    case VALUE_UNKNOWN: text_put(text, value->unknown->name ? value->unknown->name : "?"); break;
    }
}

void value_repr(Text *text, const Value *value)
{
    repr_at(text, value, 0);
}

void value_str(Text *text, const Value *value)
{
    if (value->kind == VALUE_STRING) text_put_bytes(text, value->string.bytes, value->string.length);
    else if (value->kind == VALUE_OBJECT && value->object.kind->str) value->object.kind->str(value->object.data, text);
    else value_repr(text, value);
}

const char *value_repr_text(Arena *arena, const Value *value)
{
    Text text = {.arena = arena};
    value_repr(&text, value);
    return text_string(&text);
}

const char *value_str_text(Arena *arena, const Value *value)
{
    Text text = {.arena = arena};
    value_str(&text, value);
    return text_string(&text);
}

const char *value_type(const Value *value)
{
    switch (value->kind) {
    case VALUE_NONE: return "NoneType";
    case VALUE_BOOL: return "bool";
    case VALUE_INT: return "int";
    case VALUE_FLOAT: return "float";
    case VALUE_STRING: return "str";
    case VALUE_TUPLE: return "tuple";
    case VALUE_LIST: return "list";
    case VALUE_DICT: return "dict";
    case VALUE_LAYER: return value->layer->type_name;
    case VALUE_TENSOR: return "keras.src.backend.common.keras_tensor.KerasTensor";
    case VALUE_CONFIG:
        if (value->config->class_itself) return "type";
        if (value->config->function) return "function";
        return value->config->type_name ? value->config->type_name : value->config->class_name;
    case VALUE_OBJECT: return value->object.kind->type_name;
    case VALUE_UNKNOWN: break;
    }
    return "object";
}

const char *value_class_name(const Value *value)
{
    const char *name = value_type(value), *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}
