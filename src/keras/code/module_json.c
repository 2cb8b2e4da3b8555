/* json: texts of it become values, and values texts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "keras/code/builtin.h"
#include "keras/code/container.h"
#include "keras/code/module_python.h"

enum { JSON_DEPTH_MAX = 60 };

/* ---- reading ---- */

typedef struct Reader {
    Evaluator  *ev;
    const char *text, *at, *end;
    int         depth;
} Reader;

static _Noreturn void fail(const Reader *reader, const char *what, const char *at)
{
    int line = 1;
    const char *start = reader->text;
    for (const char *c = reader->text; c < at; c++)
        if (*c == '\n') { line++; start = c + 1; }
    raise_error(reader->ev, "JSONDecodeError", "%s: line %d column %d (char %d)", what, line, (int)(at - start) + 1, (int)(at - reader->text));
}

static void skip_blanks(Reader *reader)
{
    while (reader->at < reader->end && strchr(" \t\r\n", *reader->at)) reader->at++;
}

static bool take(Reader *reader, char c)
{
    skip_blanks(reader);
    if (reader->at >= reader->end || *reader->at != c) return false;
    reader->at++;
    return true;
}

static void put_character(Text *text, unsigned code)
{
    if (code < 0x80) { text_put_char(text, (char)code); return; }
    if (code < 0x800) {
        text_put_char(text, (char)(0xC0 | code >> 6));
    } else {
        text_put_char(text, (char)(0xE0 | code >> 12));
        text_put_char(text, (char)(0x80 | ((code >> 6) & 0x3F)));
    }
    text_put_char(text, (char)(0x80 | (code & 0x3F)));
}

static void read_escape(Reader *reader, Text *text)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char c = reader->at < reader->end ? *reader->at++ : 0;
    const char *found = c ? strchr(from, c) : NULL;
    if (found) { text_put_char(text, to[found - from]); return; }
    if (c != 'u' || reader->end - reader->at < 4) fail(reader, "Invalid \\escape", reader->at - 2);
    const char *digits = arena_copy(reader->ev->arena, reader->at, 4);
    put_character(text, (unsigned)strtoul(digits, NULL, 16));
    reader->at += 4;
}

static Value read_string(Reader *reader)
{
    const char *start = reader->at++;
    Text text = {.arena = reader->ev->arena};
    while (reader->at < reader->end && *reader->at != '"') {
        if (*reader->at == '\n') fail(reader, "Invalid control character at", reader->at);
        if (*reader->at == '\\') { reader->at++; read_escape(reader, &text); }
        else text_put_char(&text, *reader->at++);
    }
    if (reader->at >= reader->end) fail(reader, "Unterminated string starting at", start);
    reader->at++;
    return value_string(reader->ev->arena, text_string(&text), text.length);
}

static Value read_value(Reader *reader);

static Value read_list(Reader *reader)
{
    Value list = value_list(reader->ev->arena, VALUE_LIST, 0);
    reader->at++;
    if (take(reader, ']')) return list;
    do list_add(list.list, read_value(reader)); while (take(reader, ','));
    if (!take(reader, ']')) fail(reader, "Expecting ',' delimiter", reader->at);
    return list;
}

static Value read_dict(Reader *reader)
{
    Value dict = value_dict(reader->ev->arena);
    reader->at++;
    if (take(reader, '}')) return dict;
    do {
        skip_blanks(reader);
        if (reader->at >= reader->end || *reader->at != '"') fail(reader, "Expecting property name enclosed in double quotes", reader->at);
        const Value key = read_string(reader);
        if (!take(reader, ':')) fail(reader, "Expecting ':' delimiter", reader->at);
        dict_put(reader->ev, dict.dict, key, read_value(reader));
    } while (take(reader, ','));
    if (!take(reader, '}')) fail(reader, "Expecting ',' delimiter", reader->at);
    return dict;
}

static Value read_number(Reader *reader)
{
    const size_t n = strspn(reader->at, "-+.eE0123456789");
    const char *text = arena_copy(reader->ev->arena, reader->at, n);
    char *end;
    const double x = strtod(text, &end);
    if (!n || end == text || (*text != '-' && (*text < '0' || *text > '9'))) fail(reader, "Expecting value", reader->at);
    reader->at += end - text;
    if (!memchr(text, '.', n) && !memchr(text, 'e', n) && !memchr(text, 'E', n)) return value_int(strtoll(text, NULL, 10));
    return value_float(x);
}

static bool read_word(Reader *reader, const char *word)
{
    const size_t n = strlen(word);
    if ((size_t)(reader->end - reader->at) < n || memcmp(reader->at, word, n) != 0) return false;
    reader->at += n;
    return true;
}

static Value read_value(Reader *reader)
{
    pay(reader->ev, 4);
    if (++reader->depth > JSON_DEPTH_MAX) raise_error(reader->ev, "RecursionError", "maximum recursion depth exceeded");
    skip_blanks(reader);
    const char c = reader->at < reader->end ? *reader->at : 0;
    Value value;
    if (c == '"') value = read_string(reader);
    else if (c == '[') value = read_list(reader);
    else if (c == '{') value = read_dict(reader);
    else if (read_word(reader, "null")) value = value_none();
    else if (read_word(reader, "true")) value = value_bool(true);
    else if (read_word(reader, "false")) value = value_bool(false);
    else if (read_word(reader, "NaN")) value = value_float(NAN);
    else if (read_word(reader, "Infinity")) value = value_float(HUGE_VAL);
    else value = read_number(reader);
    reader->depth--;
    return value;
}

static Value loads_call(Evaluator *ev, const Given *given)
{
    if (given->arg[0]->kind != VALUE_STRING)
        raise_error(ev, "TypeError", "the JSON object must be str, bytes or bytearray, not %s", type_of(given->arg[0]));
    const ValueString *text = &given->arg[0]->string;
    Reader reader = {ev, text->bytes, text->bytes, text->bytes + text->length, 0};
    const Value value = read_value(&reader);
    skip_blanks(&reader);
    if (reader.at < reader.end) fail(&reader, "Extra data", reader.at);
    return value;
}

/* ---- writing ---- */

typedef struct Writer {
    Evaluator *ev;
    Text       text;
    int        indent, depth;
    bool       sorted;
} Writer;

static void new_line(Writer *writer)
{
    if (writer->indent < 0) return;
    text_put_char(&writer->text, '\n');
    for (int i = 0; i < writer->indent * writer->depth; i++) text_put_char(&writer->text, ' ');
}

static void write_string(Writer *writer, const ValueString *string)
{
    static const char from[] = "\"\\\n\r\t", to[] = "\"\\nrt";
    text_put_char(&writer->text, '"');
    for (size_t i = 0; i < string->length; i++) {
        const char c = string->bytes[i], *found = c ? strchr(from, c) : NULL;
        if (found) { text_put_char(&writer->text, '\\'); text_put_char(&writer->text, to[found - from]); }
        else text_put_char(&writer->text, c);
    }
    text_put_char(&writer->text, '"');
}

static void write_value(Writer *writer, Value value);

static void begin_item(Writer *writer, size_t i)
{
    if (i) text_put(&writer->text, writer->indent < 0 ? ", " : ",");
    new_line(writer);
}

static void write_list(Writer *writer, const ValueList *list)
{
    text_put_char(&writer->text, '[');
    writer->depth++;
    for (size_t i = 0; i < list->n; i++) {
        begin_item(writer, i);
        write_value(writer, list->items[i]);
    }
    writer->depth--;
    if (list->n) new_line(writer);
    text_put_char(&writer->text, ']');
}

static void write_dict(Writer *writer, const ValueDict *dict)
{
    Value keys = list_of(writer->ev, VALUE_LIST, &dict->keys);
    if (writer->sorted) list_sort(writer->ev, keys.list, NULL, false);
    text_put_char(&writer->text, '{');
    writer->depth++;
    for (size_t i = 0; i < keys.list->n; i++) {
        const Value name = value_text(writer->ev->arena, text_of(writer->ev, keys.list->items[i]));
        begin_item(writer, i);
        write_string(writer, &name.string);
        text_put(&writer->text, ": ");
        write_value(writer, *dict_look(writer->ev, dict, &keys.list->items[i]));
    }
    writer->depth--;
    if (keys.list->n) new_line(writer);
    text_put_char(&writer->text, '}');
}

static void write_value(Writer *writer, Value value)
{
    value = value_plain(value);
    if (value.kind == VALUE_NONE) text_put(&writer->text, "null");
    else if (value.kind == VALUE_BOOL) text_put(&writer->text, value.boolean ? "true" : "false");
    else if (value.kind == VALUE_STRING) write_string(writer, &value.string);
    else if (value.kind == VALUE_LIST || value.kind == VALUE_TUPLE) write_list(writer, value.list);
    else if (value.kind == VALUE_DICT) write_dict(writer, value.dict);
    else if (value.kind == VALUE_INT || value.kind == VALUE_FLOAT) text_put(&writer->text, repr_of(writer->ev, value));
    else raise_error(writer->ev, "TypeError", "Object of type %s is not JSON serializable", type_of(&value));
}

static Value dumps_call(Evaluator *ev, const Given *given)
{
    Writer writer = {.ev = ev, .text = {.arena = ev->arena}, .indent = -1};
    if (!value_known(given->arg[0])) return unknown_here(ev, "cause.not_known_object");
    if (given->arg[1] && given->arg[1]->kind != VALUE_NONE) writer.indent = (int)(whole_of(ev, *given->arg[1]) & 0xFF);
    writer.sorted = given->arg[2] && truth(ev, *given->arg[2]);
    walkable(ev, given->arg[0]);
    write_value(&writer, *given->arg[0]);
    return value_string(ev->arena, text_string(&writer.text), writer.text.length);
}

static const Native json_natives[] = {
    {.name = "loads", .params = "s **more", .call = loads_call},
    {.name = "dumps", .params = "!obj | indent? sort_keys? **more", .call = dumps_call},
    {.name = "load", .params = "!*args **more", .call = give_unknown, .data = "cause.not_known_file"},
    {.name = "dump", .params = "!*args **more", .call = give_none},
    {0}};
const ModuleTable MODULE_JSON = {.path = "json", .natives = json_natives, .open = true};
