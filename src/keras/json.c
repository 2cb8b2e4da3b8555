#include "keras/json.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A reader of its own, since a number must stay the int or float that it was written as, and NaN must pass. */
typedef struct Json {
    Arena      *arena;
    const char *text, *at, *end;
    int         depth;
    Error      *err;
} Json;

static bool json_value(Json *, Value *);

static int place(const Json *json, const char *at) { return (int)(at - json->text); }

/* Lines and columns count characters from 1, the place in brackets from 0. */
static bool refuse(Json *json, const char *at, const char *what)
{
    int line = 1, column = 1, character = 0;
    for (const char *p = json->text; p < at; p++) {
        if ((*p & 0xC0) == 0x80) continue;
        character++;
        column = *p == '\n' ? 1 : column + 1;
        line += *p == '\n';
    }
    error_set(json->err, "JSONDecodeError", "%s: line %d column %d (char %d)", what, line, column, character);
    if (json->err) json->err->span = json->err->at = (Span){place(json, at), place(json, at < json->end ? at + 1 : at)};
    return error_cause(json->err, "json.syntax", NULL);
}

static void skip_blanks(Json *json)
{
    while (json->at < json->end && (*json->at == ' ' || *json->at == '\t' || *json->at == '\n' || *json->at == '\r')) json->at++;
}

static bool take(Json *json, char c)
{
    skip_blanks(json);
    if (json->at == json->end || *json->at != c) return false;
    json->at++;
    return true;
}

/* ---- strings ---- */

static void put_code(Text *text, unsigned code)
{
    if (code < 0x80) {
        text_put_char(text, (char)code);
        return;
    }
    const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char LEAD[] = {0, 0xC0, 0xE0, 0xF0};
    text_put_char(text, (char)(LEAD[more] | code >> 6 * more));
    for (int i = more - 1; i >= 0; i--) text_put_char(text, (char)(0x80 | (code >> 6 * i & 63)));
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static bool take_hex(Json *json, unsigned *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++, json->at++) {
        const int digit = json->at < json->end ? hex_digit(*json->at) : -1;
        if (digit < 0) return refuse(json, json->at - i - 1, "Invalid \\uXXXX escape");
        *code = *code << 4 | (unsigned)digit;
    }
    return true;
}

/* After \u. A surrogate without its partner becomes the replacement character. */
static bool take_unicode(Json *json, Text *text)
{
    unsigned high, low;
    if (!take_hex(json, &high)) return false;
    if (high >= 0xD800 && high < 0xDC00 && json->end - json->at >= 6 && json->at[0] == '\\' && json->at[1] == 'u') {
        const char *before = json->at;
        json->at += 2;
        if (!take_hex(json, &low)) return false;
        if (low >= 0xDC00 && low < 0xE000) {
            put_code(text, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
            return true;
        }
        json->at = before;
    }
    put_code(text, high >= 0xD800 && high < 0xE000 ? 0xFFFD : high);
    return true;
}

static bool take_escape(Json *json, Text *text)
{
    static const char FROM[] = "\"\\/bfnrt", TO[] = "\"\\/\b\f\n\r\t";
    const char c = json->at < json->end ? *json->at : 0;
    const char *known = c ? strchr(FROM, c) : NULL;
    if (c == 'u') {
        json->at++;
        return take_unicode(json, text);
    }
    if (!known) return refuse(json, json->at - 1, "Invalid \\escape");
    json->at++;
    text_put_char(text, TO[known - FROM]);
    return true;
}

static bool plain_byte(char c) { return c != '"' && c != '\\' && (unsigned char)c >= 0x20; }

/* At the opening quote. */
static bool take_string(Json *json, Value *out)
{
    const char *begin = json->at++;
    Text text = {.arena = json->arena};
    for (;;) {
        const char *run = json->at;
        while (json->at < json->end && plain_byte(*json->at)) json->at++;
        if (json->at == json->end) return refuse(json, begin, "Unterminated string starting at");
        if (*json->at == '"' && !text.length) {
            *out = value_string(json->arena, run, (size_t)(json->at - run));
            break;
        }
        text_put_bytes(&text, run, (size_t)(json->at - run));
        if (*json->at == '"') {
            *out = value_string(json->arena, text_string(&text), text.length);
            break;
        }
        if (*json->at != '\\') return refuse(json, json->at, "Invalid control character at");
        json->at++;
        if (!take_escape(json, &text)) return false;
    }
    json->at++;
    return true;
}

/* ---- numbers and words ---- */

static const char *skip_digits(const Json *json, const char *at)
{
    while (at < json->end && *at >= '0' && *at <= '9') at++;
    return at;
}

/* The end of a number, NULL where there is none; *whole: no point and no exponent. */
static const char *number_end(const Json *json, bool *whole)
{
    const char *at = json->at;
    if (at < json->end && *at == '-') at++;
    const char *digits = at;
    at = at < json->end && *at == '0' ? at + 1 : skip_digits(json, at);
    if (at == digits) return NULL;
    const char *integer = at;
    if (at + 1 < json->end && *at == '.' && at[1] >= '0' && at[1] <= '9') at = skip_digits(json, at + 1);
    if (at < json->end && (*at == 'e' || *at == 'E')) {
        const char *exponent = at + 1 < json->end && (at[1] == '+' || at[1] == '-') ? at + 2 : at + 1;
        if (skip_digits(json, exponent) > exponent) at = skip_digits(json, exponent);
    }
    *whole = at == integer;
    return at;
}

static int64_t whole_number(const char *at, const char *end)
{
    const bool negative = *at == '-';
    int64_t number = 0;
    for (at += negative; at < end; at++) {
        const int digit = *at - '0';
        if (number > (INT64_MAX - digit) / 10) return negative ? INT64_MIN : INT64_MAX;
        number = number * 10 + digit;
    }
    return negative ? -number : number;
}

static bool take_number(Json *json, Value *out)
{
    bool whole;
    const char *end = number_end(json, &whole);
    if (!end) return refuse(json, json->at, "Expecting value");
    if (whole) {
        *out = value_int(whole_number(json->at, end));
    } else {
        char *digits = arena_copy(json->arena, json->at, (size_t)(end - json->at));
        *out = value_float(strtod(digits, NULL));
    }
    json->at = end;
    return true;
}

static bool take_word(Json *json, Value *out)
{
    const struct { const char *word; Value value; } words[] = {
        {"null", value_none()}, {"true", value_bool(true)}, {"false", value_bool(false)}, {"NaN", value_float((double)NAN)},
        {"Infinity", value_float((double)INFINITY)}, {"-Infinity", value_float(-(double)INFINITY)},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const size_t length = strlen(words[i].word);
        if ((size_t)(json->end - json->at) < length || memcmp(json->at, words[i].word, length) != 0) continue;
        json->at += length;
        *out = words[i].value;
        return true;
    }
    return false;
}

/* ---- lists and objects ---- */

static bool take_items(Json *json, Value *out)
{
    *out = value_list(json->arena, VALUE_LIST, 0);
    if (take(json, ']')) return true;
    do {
        Value item;
        if (!json_value(json, &item)) return false;
        list_add(out->list, item);
    } while (take(json, ','));
    return take(json, ']') || refuse(json, json->at, "Expecting ',' delimiter");
}

static bool take_member(Json *json, ValueDict *dict)
{
    Value key, value;
    skip_blanks(json);
    if (json->at == json->end || *json->at != '"') return refuse(json, json->at, "Expecting property name enclosed in double quotes");
    const char *begin = json->at;
    if (!take_string(json, &key)) return false;
    key.span = (Span){place(json, begin), place(json, json->at)};
    if (dict->keys.n == JSON_KEYS_MAX) return refuse(json, begin, "Too many keys in one object");
    if (!take(json, ':')) return refuse(json, json->at, "Expecting ':' delimiter");
    if (!json_value(json, &value)) return false;
    dict_set(json->arena, dict, key, value);
    return true;
}

static bool take_members(Json *json, Value *out)
{
    *out = value_dict(json->arena);
    if (take(json, '}')) return true;
    do
        if (!take_member(json, out->dict)) return false;
    while (take(json, ','));
    return take(json, '}') || refuse(json, json->at, "Expecting ',' delimiter");
}

static bool take_nested(Json *json, Value *out)
{
    if (json->depth == JSON_DEPTH_MAX) return refuse(json, json->at, "Too many lists and objects in one another");
    json->depth++;
    const bool list = *json->at++ == '[';
    const bool good = list ? take_items(json, out) : take_members(json, out);
    json->depth--;
    return good;
}

static bool take_any(Json *json, Value *out)
{
    if (json->at == json->end) return refuse(json, json->at, "Expecting value");
    if (*json->at == '"') return take_string(json, out);
    if (*json->at == '[' || *json->at == '{') return take_nested(json, out);
    return take_word(json, out) || take_number(json, out);
}

static bool json_value(Json *json, Value *out)
{
    skip_blanks(json);
    const char *begin = json->at;
    if (!take_any(json, out)) return false;
    out->span = (Span){place(json, begin), place(json, json->at)};
    return true;
}

/* ---- the whole ---- */

static const char *skip_character(const unsigned char *at, const unsigned char *end)
{
    const int more = *at < 0x80 ? 0 : *at >= 0xF0 && *at < 0xF5 ? 3 : *at >= 0xE0 ? 2 : 1;
    const bool lead = *at < 0x80 || (*at >= 0xC2 && *at < 0xF5);
    if (!lead || end - at <= more) return NULL;
    for (int i = 1; i <= more; i++)
        if ((at[i] & 0xC0) != 0x80) return NULL;
    return (const char *)at + more + 1;
}

static bool check_utf8(Json *json)
{
    for (const char *at = json->text, *next; at < json->end; at = next) {
        next = (unsigned char)*at < 0x80 ? at + 1 : skip_character((const unsigned char *)at, (const unsigned char *)json->end);
        if (next) continue;
        error_set(json->err, "UnicodeDecodeError", "'utf-8' codec can't decode byte 0x%02x in position %d", (unsigned char)*at,
                  place(json, at));
        return error_cause(json->err, "json.syntax", NULL);
    }
    return true;
}

bool json_read(Arena *arena, const char *text, size_t length, Value *out, Error *err)
{
    Json json = {.arena = arena, .text = text, .at = text, .end = length ? text + length : text, .err = err};
    if (length > JSON_BYTES_MAX) {
        error_set(err, "MemoryError", "%zu bytes of JSON", length);
        return error_cause(err, "json.size", NULL);
    }
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) json.at += 3;
    if (!check_utf8(&json) || !json_value(&json, out)) return false;
    skip_blanks(&json);
    return json.at == json.end || refuse(&json, json.at, "Extra data");
}
