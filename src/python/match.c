/* match statements and their patterns. */
#include "python/parser.h"

static PyNode *parse_subject(Parser *parser)
{
    PyNode *first = parse_star_named_expression(parser);
    if (!parser_at(parser, SIGN_COMMA)) return first;
    PyNode *node = node_begin_at(parser, PY_TUPLE, first->outer.start);
    List list = {0};
    list_put(&list, first);
    while (parser_accept(parser, SIGN_COMMA)) {
        node->trailing_comma = parser_at(parser, SIGN_COLON);
        if (node->trailing_comma) break;
        list_put(&list, parse_star_named_expression(parser));
    }
    node->list = list.first;
    return node_end(parser, node);
}

static PyNode *parse_case(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_CASE);
    check_indentation(parser);
    node->indent = parser->logical.indent;
    if (!parser_at_word(parser, "case")) parser_fail_here(parser);
    parser_take(parser);
    node->a = parse_patterns(parser);
    if (parser_accept(parser, KEYWORD_IF)) node->b = parse_named_expression(parser);
    node->list = parse_block(parser, node, "'case' statement", parser->scope);
    return node_end(parser, node);
}

static void parse_case_line(Parser *parser, List *list)
{
    PyNode *node;
    if (parse_clause(parser, parse_case, &node)) list_put(list, node);
}

/* match is a name as well: it is the statement where nothing else can be meant. */
bool match_begins(const Parser *parser)
{
    if (!parser_at_word(parser, "match") || parser->logical.n < 2) return false;
    const Token *next = parser_peek_at(parser, 1);
    switch (next->code) {
    case TOKEN_NAME: case TOKEN_NUMBER: case TOKEN_STRING: case KEYWORD_NONE: case KEYWORD_TRUE: case KEYWORD_FALSE:
    case KEYWORD_LAMBDA: case KEYWORD_AWAIT: case SIGN_ELLIPSIS: case SIGN_OPEN_CURLY: case SIGN_INVERT:
        return true;
    case KEYWORD_NOT: return parser_peek_at(parser, 2)->code != KEYWORD_IN;
    case SIGN_OPEN_ROUND: case SIGN_OPEN_SQUARE: case SIGN_PLUS: case SIGN_MINUS: case SIGN_STAR:
        return parser->logical.token[parser->logical.n - 1].code == SIGN_COLON;
    }
    return false;
}

PyNode *parse_match(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_MATCH);
    int number = parser->logical.number;
    parser_take(parser);
    node->a = parse_subject(parser);
    if (parser_at(parser, TOKEN_END)) parser_fail(parser, parser_peek(parser)->span, "expected ':'");
    parser_expect(parser, SIGN_COLON);
    if (!parser_at(parser, TOKEN_END)) parser_fail_here(parser);
    check_waiting(parser, node);
    parser_raise_late(parser);
    parser_next_line(parser);
    node->list = parse_indented(parser, "'match' statement", number, parse_case_line);
    return node_end(parser, node);
}

