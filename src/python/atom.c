/* Names, literals, brackets, and what follows them: calls, subscripts, attributes. */
#include "python/literal.h"
#include "python/parser.h"

static PyNode *parse_constant(Parser *parser, PyType type)
{
    PyNode *node = node_begin(parser, type);
    parser_take(parser);
    return node_end(parser, node);
}

static PyNode *parse_number(Parser *parser)
{
    PyNode *node = parse_constant(parser, PY_NUMBER);
    if (!literal_number(&parser->scanner, node)) parser_fail_scanner(parser);
    return node;
}

static PyNode *close_bracket(Parser *parser, PyNode *node, TokenCode bracket)
{
    parser_expect(parser, bracket);
    return node_end(parser, node);
}

/* Behind the first element and up to the bracket, which stays. */
static void parse_elements(Parser *parser, PyNode *node, PyNode *first, TokenCode bracket)
{
    List list = {0};
    PyNode *last = first;
    list_put(&list, first);
    while (parser_accept(parser, SIGN_COMMA)) {
        node->trailing_comma = parser_at(parser, bracket);
        if (node->trailing_comma) break;
        if (bracket != SIGN_CLOSE_ROUND) fault_elements(parser, first, parser->last_end);
        list_put(&list, last = parse_star_named_expression(parser));
    }
    if (bracket != SIGN_CLOSE_ROUND) fault_elements(parser, first, last->outer.end);
    node->list = list.first;
}

/* Behind the element: the clauses and the bracket. */
static PyNode *parse_rest(Parser *parser, PyNode *element, int start, PyComprehensionKind kind)
{
    static const uint8_t BRACKET[] = {
        [PY_COMP_LIST] = SIGN_CLOSE_SQUARE, [PY_COMP_SET] = SIGN_CLOSE_CURLY, [PY_COMP_DICT] = SIGN_CLOSE_CURLY,
        [PY_COMP_GENERATOR] = SIGN_CLOSE_ROUND,
    };
    return close_bracket(parser, parse_comprehension(parser, element, start, kind), (TokenCode)BRACKET[kind]);
}

static PyNode *parse_group(Parser *parser)
{
    PyNode *tuple = node_begin(parser, PY_TUPLE);
    parser_take(parser);
    if (parser_at(parser, SIGN_CLOSE_ROUND)) return close_bracket(parser, tuple, SIGN_CLOSE_ROUND);
    if (parser_at(parser, SIGN_DOUBLE_STAR)) fault_double_star(parser);
    bool yields = parser_at(parser, KEYWORD_YIELD);
    PyNode *first = yields ? parse_yield_or_star(parser) : parse_star_named_expression(parser);
    if (comprehension_begins(parser)) return parse_rest(parser, first, tuple->span.start, PY_COMP_GENERATOR);
    if (yields || !parser_at(parser, SIGN_COMMA)) {
        parser_expect(parser, SIGN_CLOSE_ROUND);
        if (first->type == PY_STARRED) parser_fail(parser, first->span, "cannot use starred expression here");
        first->outer = (Span){tuple->span.start, parser->last_end};
        return first;
    }
    parse_elements(parser, tuple, first, SIGN_CLOSE_ROUND);
    return close_bracket(parser, tuple, SIGN_CLOSE_ROUND);
}

static PyNode *parse_list(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_LIST);
    parser_take(parser);
    if (parser_at(parser, SIGN_CLOSE_SQUARE)) return close_bracket(parser, node, SIGN_CLOSE_SQUARE);
    PyNode *first = parse_star_named_expression(parser);
    if (comprehension_begins(parser)) return parse_rest(parser, first, node->span.start, PY_COMP_LIST);
    parse_elements(parser, node, first, SIGN_CLOSE_SQUARE);
    return close_bracket(parser, node, SIGN_CLOSE_SQUARE);
}

/* Python looks at the key of a later pair without its explanations. */
static PyNode *parse_later_key(Parser *parser)
{
    PyNode *key = parser->quiet ? NULL : parser_attempt(parser, parse_expression);
    if (!key && !parser->quiet) key = parser_attempt(parser, parse_disjunction);
    return key ? key : parse_expression(parser);
}

static PyNode *parse_pair(Parser *parser)
{
    PyNode *pair = node_begin(parser, PY_PAIR);
    if (parser_accept(parser, SIGN_DOUBLE_STAR)) {
        pair->b = parse_bitwise_or(parser);
        return node_end(parser, pair);
    }
    pair->a = parse_later_key(parser);
    fault_pair(parser, pair->a);
    parser_expect(parser, SIGN_COLON);
    pair->b = parse_expression(parser);
    return node_end(parser, pair);
}

static PyNode *parse_dict_comprehension(Parser *parser, const PyNode *pair, int start)
{
    Span sign = {pair->span.start, pair->span.start + 2};
    if (!pair->a) parser_fail(parser, sign, "dict unpacking cannot be used in dict comprehension");
    PyNode *node = parse_comprehension(parser, pair->a, start, PY_COMP_DICT);
    node->b = pair->b;
    return close_bracket(parser, node, SIGN_CLOSE_CURLY);
}

static PyNode *parse_dict(Parser *parser, PyNode *node, PyNode *first)
{
    if (comprehension_begins(parser)) return parse_dict_comprehension(parser, first, node->span.start);
    List list = {0};
    list_put(&list, first);
    while (parser_accept(parser, SIGN_COMMA)) {
        node->trailing_comma = parser_at(parser, SIGN_CLOSE_CURLY);
        if (node->trailing_comma) break;
        list_put(&list, parse_pair(parser));
    }
    node->list = list.first;
    return close_bracket(parser, node, SIGN_CLOSE_CURLY);
}

static PyNode *parse_first_pair(Parser *parser, PyNode *key)
{
    PyNode *pair = node_begin_at(parser, PY_PAIR, key->outer.start);
    fault_pair(parser, key);
    parser_take(parser);
    pair->a = key;
    pair->b = parse_expression(parser);
    return node_end(parser, pair);
}

static PyNode *parse_curly(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_DICT);
    parser_take(parser);
    if (parser_at(parser, SIGN_CLOSE_CURLY)) return close_bracket(parser, node, SIGN_CLOSE_CURLY);
    if (parser_at(parser, SIGN_DOUBLE_STAR)) return parse_dict(parser, node, parse_pair(parser));
    PyNode *first = parse_star_named_expression(parser);
    bool bare_name = first->type == PY_NAMED && first->outer.start == first->span.start;
    bool key = parser_at(parser, SIGN_COLON) && first->type != PY_STARRED && !bare_name;
    if (key) return parse_dict(parser, node, parse_first_pair(parser, first));
    node->type = PY_SET;
    if (comprehension_begins(parser)) return parse_rest(parser, first, node->span.start, PY_COMP_SET);
    parse_elements(parser, node, first, SIGN_CLOSE_CURLY);
    return close_bracket(parser, node, SIGN_CLOSE_CURLY);
}

PyNode *parse_atom(Parser *parser)
{
    switch (parser_peek(parser)->code) {
    case TOKEN_NAME: return parse_name(parser, PY_NAME);
    case TOKEN_NUMBER: return parse_number(parser);
    case TOKEN_STRING: return parse_strings(parser);
    case KEYWORD_NONE: return parse_constant(parser, PY_NONE);
    case KEYWORD_TRUE: return parse_constant(parser, PY_TRUE);
    case KEYWORD_FALSE: return parse_constant(parser, PY_FALSE);
    case SIGN_ELLIPSIS: return parse_constant(parser, PY_ELLIPSIS);
    case SIGN_OPEN_ROUND: return parse_group(parser);
    case SIGN_OPEN_SQUARE: return parse_list(parser);
    case SIGN_OPEN_CURLY: return parse_curly(parser);
    }
    parser_fail_here(parser);
}

static bool slice_ends(const Parser *parser)
{
    return parser_at(parser, SIGN_COLON) || parser_at(parser, SIGN_COMMA) || parser_at(parser, SIGN_CLOSE_SQUARE);
}

static PyNode *parse_slice(Parser *parser)
{
    int start = parser_peek(parser)->span.start;
    if (parser_at(parser, SIGN_STAR)) return parse_star_named_expression(parser);
    PyNode *lower = parser_at(parser, SIGN_COLON) ? NULL : parse_named_expression(parser);
    if (!parser_at(parser, SIGN_COLON)) return lower;
    PyNode *node = node_begin_at(parser, PY_SLICE, start);
    parser_take(parser);
    node->a = lower;
    if (!slice_ends(parser)) node->b = parse_expression(parser);
    if (parser_accept(parser, SIGN_COLON) && !slice_ends(parser)) node->c = parse_expression(parser);
    return node_end(parser, node);
}

static PyNode *parse_slices(Parser *parser)
{
    PyNode *first = parse_slice(parser);
    if (!parser_at(parser, SIGN_COMMA) && first->type != PY_STARRED) return first;
    PyNode *node = node_begin_at(parser, PY_TUPLE, first->outer.start);
    List list = {0};
    list_put(&list, first);
    while (parser_accept(parser, SIGN_COMMA)) {
        node->trailing_comma = parser_at(parser, SIGN_CLOSE_SQUARE);
        if (node->trailing_comma) break;
        list_put(&list, parse_slice(parser));
    }
    node->list = list.first;
    return node_end(parser, node);
}

static PyNode *parse_subscript(Parser *parser, PyNode *value)
{
    PyNode *node = node_begin_at(parser, PY_SUBSCRIPT, value->outer.start);
    node->at = parser_take(parser)->span;
    node->a = value;
    fault_empty_subscript(parser, value);
    node->b = parse_slices(parser);
    node->at.end = parser_expect(parser, SIGN_CLOSE_SQUARE)->span.end;
    return node_end(parser, node);
}

static PyNode *parse_attribute(Parser *parser, PyNode *value)
{
    PyNode *node = node_begin_at(parser, PY_ATTRIBUTE, value->outer.start);
    parser_take(parser);
    node->a = value;
    node->at = parser_expect(parser, TOKEN_NAME)->span;
    node->name = parser_text(parser, node->at);
    return node_end(parser, node);
}

static PyNode *parse_call(Parser *parser, PyNode *function)
{
    PyNode *node = node_begin_at(parser, PY_CALL, function->outer.start);
    node->at = parser_take(parser)->span;
    node->a = function;
    parse_arguments(parser, node);
    node->at.end = parser->last_end;
    return node_end(parser, node);
}

PyNode *parse_primary(Parser *parser)
{
    PyNode *node = parse_atom(parser);
    for (;;) {
        switch (parser_peek(parser)->code) {
        case SIGN_DOT: node = parse_attribute(parser, node); break;
        case SIGN_OPEN_ROUND: node = parse_call(parser, node); break;
        case SIGN_OPEN_SQUARE: node = parse_subscript(parser, node); break;
        default: return node;
        }
    }
}
