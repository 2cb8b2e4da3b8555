/* Expressions, from lambda and if-else down to powers, by precedence climbing. */
#include <string.h>

#include "python/parser.h"

enum { LEVEL_BIT_OR = 1, LEVEL_BIT_XOR, LEVEL_BIT_AND, LEVEL_SHIFT, LEVEL_SUM, LEVEL_TERM };

typedef struct Operator {
    uint8_t op, level;
} Operator;

static const Operator BINARY[] = {
    [SIGN_OR] = {PY_BIT_OR, LEVEL_BIT_OR},     [SIGN_XOR] = {PY_BIT_XOR, LEVEL_BIT_XOR},
    [SIGN_AND] = {PY_BIT_AND, LEVEL_BIT_AND},  [SIGN_LSHIFT] = {PY_LSHIFT, LEVEL_SHIFT},
    [SIGN_RSHIFT] = {PY_RSHIFT, LEVEL_SHIFT},  [SIGN_PLUS] = {PY_ADD, LEVEL_SUM},
    [SIGN_MINUS] = {PY_SUB, LEVEL_SUM},        [SIGN_STAR] = {PY_MUL, LEVEL_TERM},
    [SIGN_SLASH] = {PY_DIV, LEVEL_TERM},       [SIGN_DOUBLE_SLASH] = {PY_FLOOR_DIV, LEVEL_TERM},
    [SIGN_PERCENT] = {PY_MOD, LEVEL_TERM},     [SIGN_AT] = {PY_MATMUL, LEVEL_TERM},
    [SIGN_BANG] = {PY_OP_NONE, 0},
};

static const uint8_t UNARY[SIGN_BANG + 1] = {[SIGN_PLUS] = PY_PLUS, [SIGN_MINUS] = PY_MINUS, [SIGN_INVERT] = PY_INVERT};

static const uint8_t COMPARISON[SIGN_BANG + 1] = {
    [SIGN_EQ] = PY_EQ, [SIGN_NE] = PY_NE, [SIGN_LT] = PY_LT, [SIGN_LE] = PY_LE, [SIGN_GT] = PY_GT, [SIGN_GE] = PY_GE,
    [KEYWORD_IN] = PY_IN, [KEYWORD_IS] = PY_IS, [KEYWORD_NOT] = PY_NOT_IN,
};

static PyNode *parse_factor(Parser *parser);

static PyNode *parse_await(Parser *parser)
{
    if (!parser_at(parser, KEYWORD_AWAIT)) return parse_primary(parser);
    PyNode *node = node_begin(parser, PY_AWAIT);
    parser_take(parser);
    node->a = parse_primary(parser);
    parser->waits = true;
    return node_end(parser, node);
}

static PyNode *parse_power(Parser *parser)
{
    PyNode *base = parse_await(parser);
    if (!parser_at(parser, SIGN_DOUBLE_STAR)) return base;
    PyNode *node = node_begin_at(parser, PY_BINARY, base->outer.start);
    node->op = PY_POW;
    node->at = parser_take(parser)->span;
    node->a = base;
    parser_enter(parser);
    node->b = parse_factor(parser);
    parser_leave(parser);
    return node_end(parser, node);
}

static PyNode *parse_factor(Parser *parser)
{
    PyOp op = (PyOp)UNARY[parser_peek(parser)->code];
    if (!op) return parse_power(parser);
    PyNode *node = node_begin(parser, PY_UNARY);
    node->op = op;
    node->at = parser_take(parser)->span;
    parser_enter(parser);
    node->a = parse_factor(parser);
    parser_leave(parser);
    return node_end(parser, node);
}

static PyNode *parse_binary(Parser *parser, int level)
{
    PyNode *left = parse_factor(parser);
    for (;;) {
        Operator operator = BINARY[parser_peek(parser)->code];
        if (operator.level < level) return left;
        PyNode *node = node_begin_at(parser, PY_BINARY, left->outer.start);
        node->op = (PyOp)operator.op;
        node->at = parser_take(parser)->span;
        node->a = left;
        node->b = parse_binary(parser, operator.level + 1);
        left = node_end(parser, node);
    }
}

PyNode *parse_bitwise_or(Parser *parser)
{
    return parse_binary(parser, LEVEL_BIT_OR);
}

/* PY_OP_NONE where the next tokens are no comparison; takes them otherwise. */
static PyOp comparison_take(Parser *parser, Span *at)
{
    const Token *token = parser_peek(parser);
    PyOp op = (PyOp)COMPARISON[token->code];
    if (op == PY_NOT_IN && parser_peek_at(parser, 1)->code != KEYWORD_IN) {
        parser->half_not = parser->at;
        return PY_OP_NONE;
    }
    if (!op) return PY_OP_NONE;
    *at = parser_take(parser)->span;
    bool two = op == PY_NOT_IN || (op == PY_IS && parser_at(parser, KEYWORD_NOT));
    if (two) at->end = parser_take(parser)->span.end;
    return two && op == PY_IS ? PY_IS_NOT : op;
}

static PyNode *parse_comparison(Parser *parser)
{
    PyNode *left = parse_bitwise_or(parser);
    List list = {0};
    Span at;
    for (PyOp op; (op = comparison_take(parser, &at)) != PY_OP_NONE;) {
        PyNode *comparator = node_begin_at(parser, PY_COMPARATOR, at.start);
        comparator->op = op;
        comparator->at = at;
        comparator->a = parse_bitwise_or(parser);
        list_put(&list, node_end(parser, comparator));
    }
    if (!list.n) return left;
    PyNode *node = node_begin_at(parser, PY_COMPARE, left->outer.start);
    node->a = left;
    node->list = list.first;
    return node_end(parser, node);
}

static PyNode *parse_inversion(Parser *parser)
{
    if (!parser_at(parser, KEYWORD_NOT)) return parse_comparison(parser);
    PyNode *node = node_begin(parser, PY_UNARY);
    node->op = PY_NOT;
    node->at = parser_take(parser)->span;
    parser_enter(parser);
    node->a = parse_inversion(parser);
    parser_leave(parser);
    return node_end(parser, node);
}

static PyNode *parse_bool_op(Parser *parser, TokenCode word, PyOp op, PyNode *(*part)(Parser *))
{
    PyNode *first = part(parser);
    if (!parser_at(parser, word)) return first;
    PyNode *node = node_begin_at(parser, PY_BOOL_OP, first->outer.start);
    List list = {0};
    list_put(&list, first);
    node->op = op;
    node->at = parser_peek(parser)->span;
    while (parser_accept(parser, word)) list_put(&list, part(parser));
    node->list = list.first;
    return node_end(parser, node);
}

static PyNode *parse_conjunction(Parser *parser)
{
    return parse_bool_op(parser, KEYWORD_AND, PY_AND, parse_inversion);
}

PyNode *parse_disjunction(Parser *parser)
{
    return parse_bool_op(parser, KEYWORD_OR, PY_OR, parse_conjunction);
}

bool expression_begins(const Token *token)
{
    switch (token->code) {
    case TOKEN_NAME: case TOKEN_NUMBER: case TOKEN_STRING: case KEYWORD_NONE: case KEYWORD_TRUE: case KEYWORD_FALSE:
    case KEYWORD_NOT: case KEYWORD_LAMBDA: case KEYWORD_AWAIT: case SIGN_ELLIPSIS: case SIGN_OPEN_ROUND:
    case SIGN_OPEN_SQUARE: case SIGN_OPEN_CURLY: case SIGN_PLUS: case SIGN_MINUS: case SIGN_INVERT:
        return true;
    }
    return false;
}

static _Noreturn void refuse_half(Parser *parser, const PyNode *body)
{
    parser_fail(parser, (Span){body->outer.start, parser->last_end}, "expected 'else' after 'if' expression");
}

static void disjunction_run(Parser *parser, void *context)
{
    *(PyNode **)context = parse_disjunction(parser);
}

/* The test of a condition; where it breaks off, Python has seen the good beginning of it, and no else. */
static PyNode *parse_test(Parser *parser, const PyNode *body)
{
    PyNode *test = NULL;
    if (parser->quiet) return parse_disjunction(parser);
    if (parser_try(parser, disjunction_run, &test)) return test;
    const Fault fault = parser->fault;
    if (!fault_explained(&fault) && parser_attempt(parser, parse_bitwise_or)) refuse_half(parser, body);
    parser->fault = fault;
    parser_fail_again(parser);
}

static PyNode *parse_conditional(Parser *parser)
{
    int first = parser->at;
    PyNode *body = parse_disjunction(parser);
    fault_two_expressions(parser, first, body);
    if (!parser_at(parser, KEYWORD_IF)) return body;
    PyNode *node = node_begin_at(parser, PY_CONDITION, body->outer.start);
    node->at = parser_take(parser)->span;
    node->a = body;
    node->b = parse_test(parser, body);
    if (!parser_at(parser, KEYWORD_ELSE) && !parser_at(parser, SIGN_COLON)) refuse_half(parser, body);
    parser_expect(parser, KEYWORD_ELSE);
    node->c = parse_expression(parser);
    return node_end(parser, node);
}

PyNode *parse_lambda(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_LAMBDA);
    parser_take(parser);
    parse_parameters(parser, node, SIGN_COLON);
    parser_expect(parser, SIGN_COLON);
    node->a = parse_expression(parser);
    return node_end(parser, node);
}

PyNode *parse_expression(Parser *parser)
{
    parser_enter(parser);
    PyNode *node = parser_at(parser, KEYWORD_LAMBDA) ? parse_lambda(parser) : parse_conditional(parser);
    parser_leave(parser);
    return node;
}

static PyNode *parse_named(Parser *parser)
{
    PyNode *node = parse_name(parser, PY_NAMED);
    parser_take(parser);
    node->a = parse_expression(parser);
    return node_end(parser, node);
}

PyNode *parse_named_expression(Parser *parser)
{
    if (parser_at(parser, TOKEN_NAME) && parser_peek_at(parser, 1)->code == SIGN_NAMED) return parse_named(parser);
    PyNode *node = parse_expression(parser);
    fault_assignment_within(parser, node);
    return node;
}

static PyNode *parse_star(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_STARRED);
    parser_take(parser);
    node->a = parse_bitwise_or(parser);
    return node_end(parser, node);
}

static PyNode *parse_star_expression(Parser *parser)
{
    return parser_at(parser, SIGN_STAR) ? parse_star(parser) : parse_expression(parser);
}

PyNode *parse_star_named_expression(Parser *parser)
{
    return parser_at(parser, SIGN_STAR) ? parse_star(parser) : parse_named_expression(parser);
}

PyNode *parse_star_expressions(Parser *parser)
{
    PyNode *first = parse_star_expression(parser);
    if (!parser_at(parser, SIGN_COMMA)) return first;
    PyNode *node = node_begin_at(parser, PY_TUPLE, first->outer.start);
    List list = {0};
    list_put(&list, first);
    while (parser_accept(parser, SIGN_COMMA)) {
        node->trailing_comma = !expression_begins(parser_peek(parser)) && !parser_at(parser, SIGN_STAR);
        if (node->trailing_comma) break;
        list_put(&list, parse_star_expression(parser));
    }
    node->list = list.first;
    return node_end(parser, node);
}

static PyNode *parse_yield(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_YIELD);
    node->at = parser_take(parser)->span;
    if (parser_accept(parser, KEYWORD_FROM)) {
        node->type = PY_YIELD_FROM;
        node->a = parse_expression(parser);
    } else if (expression_begins(parser_peek(parser)) || parser_at(parser, SIGN_STAR)) {
        node->a = parse_star_expressions(parser);
    }
    parser->waits = true;
    fault_lone_star(parser, node->a);
    return node_end(parser, node);
}

PyNode *parse_yield_or_star(Parser *parser)
{
    return parser_at(parser, KEYWORD_YIELD) ? parse_yield(parser) : parse_star_expressions(parser);
}
