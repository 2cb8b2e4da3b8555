/* Patterns of match statements: checked, and kept as PY_OPAQUE with the PY_NAME they bind in its list. */
#include "python/parser.h"

/* Returns where the pattern stands, parentheses around all of it not counted. */
static Span parse_pattern(Parser *parser, List *names);

static void bind_name(Parser *parser, List *names)
{
    PyNode *name = parse_name(parser, PY_NAME);
    if (name->name[0] != '_' || name->name[1]) list_put(names, name);
}

static void parse_number_pattern(Parser *parser)
{
    parser_accept(parser, SIGN_MINUS);
    parser_expect(parser, TOKEN_NUMBER);
    if (parser_accept(parser, SIGN_PLUS) || parser_accept(parser, SIGN_MINUS)) parser_expect(parser, TOKEN_NUMBER);
}

static Span parse_star_or_pattern(Parser *parser, List *names)
{
    int start = parser_peek(parser)->span.start;
    if (!parser_accept(parser, SIGN_STAR)) return parse_pattern(parser, names);
    bind_name(parser, names);
    return (Span){start, parser->last_end};
}

static Span parse_sequence(Parser *parser, List *names, TokenCode end)
{
    int start = parser_take(parser)->span.start;
    bool group = end == SIGN_CLOSE_ROUND && !parser_at(parser, SIGN_STAR) && !parser_at(parser, end);
    Span inside = SPAN_NONE;
    while (!parser_at(parser, end)) {
        inside = parse_star_or_pattern(parser, names);
        if (!parser_accept(parser, SIGN_COMMA)) break;
        group = false;
    }
    parser_expect(parser, end);
    return group ? inside : (Span){start, parser->last_end};
}

static void parse_key(Parser *parser)
{
    switch (parser_peek(parser)->code) {
    case TOKEN_STRING: parse_strings(parser); return;
    case KEYWORD_NONE: case KEYWORD_TRUE: case KEYWORD_FALSE: parser_take(parser); return;
    case TOKEN_NUMBER: case SIGN_MINUS: parse_number_pattern(parser); return;
    }
    parser_expect(parser, TOKEN_NAME);
    do parser_expect(parser, SIGN_DOT), parser_expect(parser, TOKEN_NAME);
    while (parser_at(parser, SIGN_DOT));
}

static void parse_mapping(Parser *parser, List *names)
{
    while (!parser_at(parser, SIGN_CLOSE_CURLY)) {
        if (parser_accept(parser, SIGN_DOUBLE_STAR)) {
            bind_name(parser, names);
            parser_accept(parser, SIGN_COMMA);
            break;
        }
        parse_key(parser);
        parser_expect(parser, SIGN_COLON);
        parse_pattern(parser, names);
        if (!parser_accept(parser, SIGN_COMMA)) break;
    }
    parser_expect(parser, SIGN_CLOSE_CURLY);
}

static void parse_class_arguments(Parser *parser, List *names)
{
    Span first = SPAN_NONE;
    bool keywords = false;
    while (!parser_at(parser, SIGN_CLOSE_ROUND)) {
        bool keyword = parser_at(parser, TOKEN_NAME) && parser_peek_at(parser, 1)->code == SIGN_ASSIGN;
        int start = parser_peek(parser)->span.start;
        if (keyword) parser_take(parser), parser_take(parser);
        parse_pattern(parser, names);
        if (!keyword && keywords && !span_known(first)) first = (Span){start, parser->last_end};
        keywords |= keyword;
        if (!parser_accept(parser, SIGN_COMMA)) break;
    }
    if (span_known(first)) parser_fail(parser, first, "positional patterns follow keyword patterns");
    parser_expect(parser, SIGN_CLOSE_ROUND);
}

/* A capture, a.b (a value), or A(...) (a class). */
static void parse_name_pattern(Parser *parser, List *names)
{
    TokenCode next = (TokenCode)parser_peek_at(parser, 1)->code;
    if (next != SIGN_DOT && next != SIGN_OPEN_ROUND) {
        bind_name(parser, names);
        return;
    }
    parser_take(parser);
    while (parser_accept(parser, SIGN_DOT)) parser_expect(parser, TOKEN_NAME);
    if (parser_accept(parser, SIGN_OPEN_ROUND)) parse_class_arguments(parser, names);
}

static Span parse_closed_pattern(Parser *parser, List *names)
{
    int start = parser_peek(parser)->span.start;
    switch (parser_peek(parser)->code) {
    case TOKEN_NUMBER: case SIGN_MINUS: parse_number_pattern(parser); break;
    case TOKEN_STRING: parse_strings(parser); break;
    case KEYWORD_NONE: case KEYWORD_TRUE: case KEYWORD_FALSE: parser_take(parser); break;
    case TOKEN_NAME: parse_name_pattern(parser, names); break;
    case SIGN_OPEN_ROUND: return parse_sequence(parser, names, SIGN_CLOSE_ROUND);
    case SIGN_OPEN_SQUARE: return parse_sequence(parser, names, SIGN_CLOSE_SQUARE);
    case SIGN_OPEN_CURLY: parser_take(parser); parse_mapping(parser, names); break;
    default: parser_fail_here(parser);
    }
    return (Span){start, parser->last_end};
}

static void parse_as_name(Parser *parser, List *names)
{
    if (parser_at_word(parser, "_")) parser_fail(parser, parser_peek(parser)->span, "cannot use '_' as a target");
    if (parser_at(parser, TOKEN_NAME)) bind_name(parser, names);
    else parser_fail(parser, parse_expression(parser)->span, "invalid pattern target");
}

static Span parse_pattern(Parser *parser, List *names)
{
    int start = parser_peek(parser)->span.start, alternatives = 0;
    Span span;
    parser_enter(parser);
    do {
        span = parse_closed_pattern(parser, names);
        alternatives++;
    } while (parser_accept(parser, SIGN_OR));
    bool as = parser_accept(parser, KEYWORD_AS);
    if (as) parse_as_name(parser, names);
    parser_leave(parser);
    return as || alternatives > 1 ? (Span){start, parser->last_end} : span;
}

PyNode *parse_patterns(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_OPAQUE);
    List names = {0};
    Span span = parse_star_or_pattern(parser, &names);
    bool several = parser_at(parser, SIGN_COMMA);
    while (parser_accept(parser, SIGN_COMMA)) {
        if (parser_at(parser, SIGN_COLON) || parser_at(parser, KEYWORD_IF)) break;
        parse_star_or_pattern(parser, &names);
    }
    node->list = names.first;
    node_end(parser, node);
    if (!several) node->span = span;
    return node;
}
