#include "keras/json_write.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static unsigned next_code(const unsigned char **at, const unsigned char *end)
{
    const unsigned char first = *(*at)++;
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
    unsigned code = more == 3 ? first & 7u : more == 2 ? first & 15u : more == 1 ? first & 31u : first;
    if (more == 0 && first >= 0x80) return 0xFFFD;
    for (int i = 0; i < more; i++) {
        if (*at == end || (**at & 0xC0) != 0x80) return 0xFFFD;
        code = code << 6 | (*(*at)++ & 63u);
    }
    return code > 0x10FFFF ? 0xFFFD : code;
}

static void put_code(Text *text, unsigned code)
{
    static const char NAMED[] = "\"\\\n\r\t\b\f", LETTER[] = "\"\\nrtbf";
    const char *named = code && code < 0x80 ? strchr(NAMED, (int)code) : NULL;
    if (named) text_print(text, "\\%c", LETTER[named - NAMED]);
    else if (code >= 0x20 && code < 0x7F) text_put_char(text, (char)code);
    else if (code < 0x10000) text_print(text, "\\u%04x", code);
    else text_print(text, "\\u%04x\\u%04x", 0xD800 + ((code - 0x10000) >> 10), 0xDC00 + ((code - 0x10000) & 0x3FF));
}

void json_put_string(Text *text, const char *bytes, size_t length)
{
    const unsigned char *at = (const unsigned char *)bytes, *end = at + length;
    text_put_char(text, '"');
    while (at < end) put_code(text, next_code(&at, end));
    text_put_char(text, '"');
}

void json_put_text(Text *text, const char *string) { json_put_string(text, string, strlen(string)); }

static void put_number(Text *text, double number)
{
    if (isnan(number)) text_put(text, "NaN");
    else if (isinf(number)) text_put(text, number > 0 ? "Infinity" : "-Infinity");
    else number_repr(text, number);
}

static void put_items(Text *text, const ValueList *list)
{
    text_put_char(text, '[');
    for (size_t i = 0; i < list->n; i++) {
        if (i) text_put(text, ", ");
        json_put_value(text, &list->items[i]);
    }
    text_put_char(text, ']');
}

static void put_members(Text *text, const ValueDict *dict)
{
    text_put_char(text, '{');
    for (size_t i = 0; i < dict->keys.n; i++) {
        if (i) text_put(text, ", ");
        json_put_text(text, value_str_text(text->arena, &dict->keys.items[i]));
        text_put(text, ": ");
        json_put_value(text, &dict->values.items[i]);
    }
    text_put_char(text, '}');
}

void json_put_value(Text *text, const Value *value)
{
    switch (value->kind) {
    case VALUE_NONE: text_put(text, "null"); break;
    case VALUE_BOOL: text_put(text, value->boolean ? "true" : "false"); break;
    case VALUE_INT: text_print(text, "%" PRId64, value->integer); break;
    case VALUE_FLOAT: put_number(text, value->number); break;
    case VALUE_STRING: json_put_string(text, value->string.bytes, value->string.length); break;
    case VALUE_TUPLE:
    case VALUE_LIST: put_items(text, value->list); break;
    case VALUE_DICT: put_members(text, value->dict); break;
    case VALUE_LAYER:
    case VALUE_TENSOR:
    case VALUE_CONFIG:
    case VALUE_OBJECT:
    case VALUE_UNKNOWN: text_put(text, "null"); break;
    }
}
