/* Patterns of match statements: a PY_OPAQUE over the tree of the pattern, with the PY_NAME it binds in its list. */
#include "python/parser.h"

static PyNode *parse_pattern(Parser *parser, List *names);

static PyNode *pattern_begin(Parser *parser, PyPatternKind kind)
{
    PyNode *node = node_begin(parser, PY_PATTERN);
    node->number = (int)kind;
    return node;
}

/* The name, or NULL for _. */
static const char *bind_name(Parser *parser, List *names)
{
    PyNode *name = parse_name(parser, PY_NAME);
    if (name->name[0] == '_' && !name->name[1]) return NULL;
    list_put(names, name);
    return name->name;
}

static PyNode *parse_number(Parser *parser)
{
    if (!parser_at(parser, TOKEN_NUMBER)) parser_expect(parser, TOKEN_NUMBER);
    return parse_atom(parser);
}

static PyNode *parse_signed(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_UNARY);
    if (!parser_accept(parser, SIGN_MINUS)) return parse_number(parser);
    node->op = PY_MINUS;
    node->a = parse_number(parser);
    return node_end(parser, node);
}

/* -1, 2.5, 3 + 2j */
static PyNode *parse_number_pattern(Parser *parser)
{
    PyNode *sum = node_begin(parser, PY_BINARY);
    sum->a = parse_signed(parser);
    sum->op = parser_at(parser, SIGN_PLUS) ? PY_ADD : PY_SUB;
    if (!parser_accept(parser, SIGN_PLUS) && !parser_accept(parser, SIGN_MINUS)) return sum->a;
    sum->b = parse_number(parser);
    return node_end(parser, sum);
}

static PyNode *parse_star_or_pattern(Parser *parser, List *names)
{
    PyNode *node = pattern_begin(parser, PY_PATTERN_STAR);
    if (!parser_accept(parser, SIGN_STAR)) return parse_pattern(parser, names);
    node->name = bind_name(parser, names);
    return node_end(parser, node);
}

static PyNode *parse_sequence(Parser *parser, List *names, TokenCode end)
{
    PyNode *node = pattern_begin(parser, PY_PATTERN_SEQUENCE), *inside = NULL;
    List list = {0};
    parser_take(parser);
    bool group = end == SIGN_CLOSE_ROUND && !parser_at(parser, SIGN_STAR) && !parser_at(parser, end);
    while (!parser_at(parser, end)) {
        inside = parse_star_or_pattern(parser, names);
        list_put(&list, inside);
        if (!parser_accept(parser, SIGN_COMMA)) break;
        group = false;
    }
    parser_expect(parser, end);
    if (group) return inside;
    node->list = list.first;
    return node_end(parser, node);
}

/* a.b.c */
static PyNode *parse_dotted(Parser *parser)
{
    const int start = parser_peek(parser)->span.start;
    PyNode *node = parse_name(parser, PY_NAME);
    while (parser_accept(parser, SIGN_DOT)) {
        PyNode *attribute = node_begin_at(parser, PY_ATTRIBUTE, start);
        attribute->a = node;
        attribute->at = parser_expect(parser, TOKEN_NAME)->span;
        attribute->name = parser_text(parser, attribute->at);
        node = node_end(parser, attribute);
    }
    return node;
}

static PyNode *parse_key(Parser *parser)
{
    switch (parser_peek(parser)->code) {
    case TOKEN_STRING: return parse_strings(parser);
    case KEYWORD_NONE: case KEYWORD_TRUE: case KEYWORD_FALSE: return parse_atom(parser);
    case TOKEN_NUMBER: case SIGN_MINUS: return parse_number_pattern(parser);
    }
    PyNode *key = parse_dotted(parser);
    if (key->type == PY_NAME) parser_expect(parser, SIGN_DOT);
    return key;
}

static PyNode *parse_mapping(Parser *parser, List *names)
{
    PyNode *node = pattern_begin(parser, PY_PATTERN_MAPPING);
    List list = {0};
    parser_take(parser);
    while (!parser_at(parser, SIGN_CLOSE_CURLY)) {
        if (parser_accept(parser, SIGN_DOUBLE_STAR)) {
            node->name = bind_name(parser, names);
            parser_accept(parser, SIGN_COMMA);
            break;
        }
        PyNode *pair = node_begin(parser, PY_PAIR);
        pair->a = parse_key(parser);
        parser_expect(parser, SIGN_COLON);
        pair->b = parse_pattern(parser, names);
        list_put(&list, node_end(parser, pair));
        if (!parser_accept(parser, SIGN_COMMA)) break;
    }
    parser_expect(parser, SIGN_CLOSE_CURLY);
    node->list = list.first;
    return node_end(parser, node);
}

static void parse_class_arguments(Parser *parser, List *names, PyNode *class)
{
    Span first = SPAN_NONE;
    List list = {0};
    bool keywords = false;
    while (!parser_at(parser, SIGN_CLOSE_ROUND)) {
        bool keyword = parser_at(parser, TOKEN_NAME) && parser_peek_at(parser, 1)->code == SIGN_ASSIGN;
        PyNode *arg = node_begin(parser, PY_ARG);
        if (keyword) {
            arg->at = parser_take(parser)->span;
            arg->name = parser_text(parser, arg->at);
            parser_take(parser);
        }
        arg->a = parse_pattern(parser, names);
        list_put(&list, node_end(parser, arg));
        if (!keyword && keywords && !span_known(first)) first = arg->span;
        keywords |= keyword;
        if (!parser_accept(parser, SIGN_COMMA)) break;
    }
    if (span_known(first)) parser_fail(parser, first, "positional patterns follow keyword patterns");
    parser_expect(parser, SIGN_CLOSE_ROUND);
    class->args = list.first;
}

/* A capture, a.b (a value), or A(...) (a class). */
static PyNode *parse_name_pattern(Parser *parser, List *names)
{
    TokenCode next = (TokenCode)parser_peek_at(parser, 1)->code;
    PyNode *node = pattern_begin(parser, PY_PATTERN_CAPTURE);
    if (next != SIGN_DOT && next != SIGN_OPEN_ROUND) {
        node->name = bind_name(parser, names);
        return node_end(parser, node);
    }
    node->a = parse_dotted(parser);
    node->number = PY_PATTERN_VALUE;
    if (parser_accept(parser, SIGN_OPEN_ROUND)) {
        node->number = PY_PATTERN_CLASS;
        parse_class_arguments(parser, names, node);
    }
    return node_end(parser, node);
}

static PyNode *parse_value_pattern(Parser *parser, PyNode *(*rule)(Parser *))
{
    PyNode *node = pattern_begin(parser, PY_PATTERN_VALUE);
    node->a = rule(parser);
    return node_end(parser, node);
}

static PyNode *parse_closed_pattern(Parser *parser, List *names)
{
    switch (parser_peek(parser)->code) {
    case TOKEN_NUMBER: case SIGN_MINUS: return parse_value_pattern(parser, parse_number_pattern);
    case TOKEN_STRING: return parse_value_pattern(parser, parse_strings);
    case KEYWORD_NONE: case KEYWORD_TRUE: case KEYWORD_FALSE: return parse_value_pattern(parser, parse_atom);
    case TOKEN_NAME: return parse_name_pattern(parser, names);
    case SIGN_OPEN_ROUND: return parse_sequence(parser, names, SIGN_CLOSE_ROUND);
    case SIGN_OPEN_SQUARE: return parse_sequence(parser, names, SIGN_CLOSE_SQUARE);
    case SIGN_OPEN_CURLY: return parse_mapping(parser, names);
    }
    parser_fail_here(parser);
}

static const char *parse_as_name(Parser *parser, List *names)
{
    if (parser_at_word(parser, "_")) parser_fail(parser, parser_peek(parser)->span, "cannot use '_' as a target");
    if (!parser_at(parser, TOKEN_NAME)) parser_fail(parser, parse_expression(parser)->span, "invalid pattern target");
    return bind_name(parser, names);
}

static PyNode *parse_alternatives(Parser *parser, List *names)
{
    PyNode *node = pattern_begin(parser, PY_PATTERN_OR), *first = parse_closed_pattern(parser, names);
    List list = {0};
    if (!parser_at(parser, SIGN_OR)) return first;
    list_put(&list, first);
    while (parser_accept(parser, SIGN_OR)) list_put(&list, parse_closed_pattern(parser, names));
    node->list = list.first;
    return node_end(parser, node);
}

static PyNode *parse_pattern(Parser *parser, List *names)
{
    PyNode *node = pattern_begin(parser, PY_PATTERN_AS);
    parser_enter(parser);
    node->a = parse_alternatives(parser, names);
    const bool as = parser_accept(parser, KEYWORD_AS);
    if (as) node->name = parse_as_name(parser, names);
    parser_leave(parser);
    return as ? node_end(parser, node) : node->a;
}

PyNode *parse_patterns(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_OPAQUE), *sequence = pattern_begin(parser, PY_PATTERN_SEQUENCE);
    List names = {0}, list = {0};
    PyNode *first = parse_star_or_pattern(parser, &names);
    bool several = parser_at(parser, SIGN_COMMA);
    list_put(&list, first);
    while (parser_accept(parser, SIGN_COMMA)) {
        if (parser_at(parser, SIGN_COLON) || parser_at(parser, KEYWORD_IF)) break;
        list_put(&list, parse_star_or_pattern(parser, &names));
    }
    node->list = names.first;
    sequence->list = list.first;
    node->a = several ? node_end(parser, sequence) : first;
    node_end(parser, node);
    if (!several) node->span = first->span;
    return node;
}
