/* String literals side by side, and the fields of f-strings. */
#include <string.h>

#include "base/text.h"
#include "python/literal.h"
#include "python/parser.h"

enum { SPEC_NESTING_MAX = 2, FIELD_DEPTH_MAX = 24 };

typedef struct Pieces {
    Parser *parser;
    List    list;
    Text    words;      /* literal text since the last field */
    Span    span;       /* where that stands */
    int     nesting;    /* format specs within format specs */
} Pieces;

static void pieces_say(Pieces *pieces, const Quote *quote, int at, int end)
{
    if (at == end) return;
    size_t length;
    const char *words = literal_decode(&pieces->parser->scanner, quote, at, end, &length);
    if (!words) parser_fail_scanner(pieces->parser);
    if (!pieces->words.length) pieces->span.start = at;
    pieces->span.end = end;
    text_put_bytes(&pieces->words, words, length);
}

static PyNode *string_node(Pieces *pieces, Span span)
{
    PyNode *node = node_begin_at(pieces->parser, PY_STRING, span.start);
    node->span = node->outer = span;
    node->text = text_string(&pieces->words);
    node->length = pieces->words.length;
    pieces->words = (Text){.arena = pieces->parser->scanner.arena};
    return node;
}

static void pieces_flush(Pieces *pieces)
{
    if (pieces->words.length) list_put(&pieces->list, string_node(pieces, pieces->span));
}

static void read_format(Pieces *pieces, const Quote *quote, int at, int end);

typedef struct Field {
    Span inside;         /* of the braces */
    int  bang, colon;    /* -1: none */
    int  stop;           /* the end of the expression: bang, colon or the closing brace */
} Field;

static PyNode *parse_format_spec(Pieces *pieces, const Quote *quote, const Field *field)
{
    Parser *parser = pieces->parser;
    Span span = {field->colon + 1, field->inside.end};
    Pieces spec = {.parser = parser, .words = {.arena = parser->scanner.arena}, .nesting = pieces->nesting + 1};
    read_format(&spec, quote, span.start, span.end);
    pieces_flush(&spec);
    PyNode *node = node_begin_at(parser, PY_FSTRING, span.start);
    node->list = spec.list.first;
    node_end(parser, node);
    node->span = node->outer = span;
    return node;
}

static const char *read_conversion(Parser *parser, const Field *field)
{
    if (field->bang < 0) return NULL;
    Span at = {field->bang + 1, field->colon < 0 ? field->inside.end : field->colon};
    char c = (char)token_byte(&parser->scanner, at.start);
    bool known = at.end == at.start + 1 && (c == 's' || c == 'r' || c == 'a');
    if (!known) parser_fail(parser, at, "invalid conversion character: expected 's', 'r', or 'a'");
    return parser_text(parser, at);
}

/* The text of `{x = }` stands before the value. */
static bool take_debug_sign(Line *line)
{
    bool debug = line->n > 1 && line->token[line->n - 1].code == SIGN_ASSIGN;
    if (!debug) return false;
    line->n--;
    line->token[line->n].code = TOKEN_END;
    return true;
}

static _Noreturn void refuse_empty(Parser *parser, const Line *line)
{
    int at = token_skip_space(&parser->scanner, line->token[0].span.start);
    char c = (char)token_byte(&parser->scanner, at);
    if (c == '}') parser_fail(parser, (Span){at, at}, "empty expression not allowed");
    parser_fail(parser, (Span){at, at + 1}, "expression required before '%c'", c);
}

static PyNode *parse_field_expression(Parser *parser, Line *line)
{
    parser->line = line;
    parser->at = 0;
    if (line->fault.message) {
        bool backslash = strstr(line->fault.message, "line continuation") != NULL;
        parser->scanner.fault = line->fault;
        if (backslash) parser->scanner.fault.message = "f-string expression part cannot include a backslash";
        parser_fail_scanner(parser);
    }
    if (!line->n) refuse_empty(parser, line);
    PyNode *node = parse_yield_or_star(parser);
    if (!parser_at(parser, TOKEN_END)) parser_fail_here(parser);
    if (node->type == PY_STARRED) parser_fail(parser, node->span, "cannot use starred expression here");
    return node;
}

static PyNode *parse_field_value(Pieces *pieces, const Field *field, bool *debug)
{
    Parser *parser = pieces->parser;
    if (parser->fields >= FIELD_DEPTH_MAX) parser_fail(parser, field->inside, "expressions nested too deeply");
    Line *outer = parser->line, line = {0};
    int at = parser->at;
    parser->fields++;
    line_read_within(&parser->scanner, &line, field->inside.start, field->stop);
    *debug = take_debug_sign(&line);
    PyNode *value = parse_field_expression(parser, &line);
    parser->fields--;
    parser->line = outer;
    parser->at = at;
    return value;
}

/* It has no place of its own: it stands within the braces of its field. */
static void say_debug(Pieces *pieces, const Field *field)
{
    const Quote raw = {.raw = true};
    int brace = field->inside.start - 1, start = pieces->words.length ? pieces->span.start : brace;
    pieces_say(pieces, &raw, field->inside.start, field->stop);
    pieces->span = (Span){start, brace};
}

static void parse_field(Pieces *pieces, const Quote *quote, const Field *field)
{
    Parser *parser = pieces->parser;
    Span braces = {field->inside.start - 1, field->inside.end + 1};
    bool debug = false;
    int last_end = parser->last_end;
    PyNode *value = parse_field_value(pieces, field, &debug);
    if (debug) say_debug(pieces, field);
    pieces_flush(pieces);
    PyNode *node = node_begin_at(parser, PY_FORMAT, braces.start);
    node->a = value;
    node->name = read_conversion(parser, field);
    if (debug && field->bang < 0 && field->colon < 0) node->name = "r";
    if (field->colon >= 0) node->b = parse_format_spec(pieces, quote, field);
    node_end(parser, node);
    node->span = node->outer = braces;
    parser->last_end = last_end;
    list_put(&pieces->list, node);
}

static int read_field(Pieces *pieces, const Quote *quote, int at, int end)
{
    Parser *parser = pieces->parser;
    if (parser->scanner.text[at] == '}') parser_fail(parser, (Span){at, at + 1}, "single '}' is not allowed");
    Field field = {.inside = {at + 1, end}};
    int close = field_end(&parser->scanner, at, end, &field.bang, &field.colon);
    if (close < 0) {
        field_refuse(&parser->scanner, at, end);
        parser_fail_scanner(parser);
    }
    if (pieces->nesting >= SPEC_NESTING_MAX) parser_fail(parser, (Span){at, end}, "expressions nested too deeply");
    field.inside.end = close - 1;
    field.stop = field.bang >= 0 ? field.bang : field.colon >= 0 ? field.colon : field.inside.end;
    parse_field(pieces, quote, &field);
    return close;
}

/* The end of the literal text at `at`: a brace that is not doubled, or the end. */
static int literal_end(const Scanner *scanner, const Quote *quote, int at, int end)
{
    while (at < end) {
        unsigned char c = token_byte(scanner, at);
        if (c == '{' || c == '}') return at;
        at = c == '\\' ? format_skip_escape(scanner, quote, at) : at + 1;
    }
    return end;
}

/* Literal text and fields in [at, end) of an f-string or a format spec. */
static void read_format(Pieces *pieces, const Quote *quote, int at, int end)
{
    Parser *parser = pieces->parser;
    while (at < end) {
        int stop = literal_end(&parser->scanner, quote, at, end);
        if (stop > end) stop = end;
        bool doubled = stop + 1 < end && parser->scanner.text[stop] == parser->scanner.text[stop + 1];
        pieces_say(pieces, quote, at, doubled ? stop + 1 : stop);
        if (stop >= end) return;
        if (doubled) at = stop + 2;
        else at = read_field(pieces, quote, stop, end);
    }
}

static void read_literal(Pieces *pieces, Span token, bool *format, bool *bytes)
{
    Scanner *scanner = &pieces->parser->scanner;
    Quote quote;
    quote_read(scanner, token.start, &quote);
    int end = token.end - (quote.triple ? 3 : 1);
    *format |= quote.format;
    *bytes = quote.bytes;
    if (!quote.format) {
        pieces_say(pieces, &quote, quote.inside, end);
        return;
    }
    pieces->parser->formats++;
    read_format(pieces, &quote, quote.inside, end);
    pieces->parser->formats--;
}

PyNode *parse_strings(Parser *parser)
{
    Span span = parser_peek(parser)->span;
    Pieces pieces = {.parser = parser, .words = {.arena = parser->scanner.arena}};
    bool format = false, bytes = false;
    for (int n = 0; parser_at(parser, TOKEN_STRING); n++) {
        bool mine = false;
        read_literal(&pieces, parser_peek(parser)->span, &format, &mine);
        if (n > 0 && mine != bytes) parser_fail(parser, span, "cannot mix bytes and nonbytes literals");
        bytes = mine;
        span.end = parser_take(parser)->span.end;
    }
    if (!format) {
        PyNode *node = string_node(&pieces, span);
        node->is_bytes = bytes;
        return node;
    }
    pieces_flush(&pieces);
    PyNode *node = node_begin_at(parser, PY_FSTRING, span.start);
    node->list = pieces.list.first;
    return node_end(parser, node);
}
