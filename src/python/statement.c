/* Statements that fit on one line. */
#include <string.h>

#include "base/text.h"
#include "python/parser.h"

static const uint8_t AUGMENTED[SIGN_BANG + 1] = {
    [SIGN_PLUS_ASSIGN] = PY_ADD, [SIGN_MINUS_ASSIGN] = PY_SUB, [SIGN_STAR_ASSIGN] = PY_MUL, [SIGN_POWER_ASSIGN] = PY_POW,
    [SIGN_SLASH_ASSIGN] = PY_DIV, [SIGN_DOUBLE_SLASH_ASSIGN] = PY_FLOOR_DIV, [SIGN_PERCENT_ASSIGN] = PY_MOD,
    [SIGN_AT_ASSIGN] = PY_MATMUL, [SIGN_AND_ASSIGN] = PY_BIT_AND, [SIGN_OR_ASSIGN] = PY_BIT_OR,
    [SIGN_XOR_ASSIGN] = PY_BIT_XOR, [SIGN_LSHIFT_ASSIGN] = PY_LSHIFT, [SIGN_RSHIFT_ASSIGN] = PY_RSHIFT,
};

static bool statement_ends(const Parser *parser)
{
    return parser_at(parser, TOKEN_END) || parser_at(parser, SIGN_SEMICOLON);
}

static PyNode *parse_word(Parser *parser, PyType type)
{
    PyNode *node = node_begin(parser, type);
    parser_take(parser);
    return node_end(parser, node);
}

static void refuse_jump(Parser *parser, const PyNode *node)
{
    parser_fail_late(parser, node->span, "'break', 'continue' and 'return' cannot appear in an except* block");
}

static PyNode *parse_loop_word(Parser *parser, PyType type)
{
    PyNode *node = parse_word(parser, type);
    if (parser->scope.loops) return node;
    if (parser->scope.in_group) refuse_jump(parser, node);
    parser_fail_late(parser, node->span, type == PY_BREAK ? "'break' outside loop" : "'continue' not properly in loop");
    return node;
}

static PyNode *parse_return(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_RETURN);
    parser_take(parser);
    if (!statement_ends(parser)) node->a = parse_star_expressions(parser);
    node_end(parser, node);
    if (parser->scope.in_group) refuse_jump(parser, node);
    if (parser->scope.function == FUNCTION_NONE) parser_fail_late(parser, node->span, "'return' outside function");
    fault_lone_star(parser, node->a);
    return node;
}

static PyNode *parse_raise(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_RAISE);
    parser_take(parser);
    if (!statement_ends(parser)) {
        node->a = parse_expression(parser);
        if (parser_accept(parser, KEYWORD_FROM)) node->b = parse_expression(parser);
    }
    return node_end(parser, node);
}

static PyNode *parse_assert(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_ASSERT);
    parser_take(parser);
    node->a = parse_expression(parser);
    if (parser_accept(parser, SIGN_COMMA)) node->b = parse_expression(parser);
    return node_end(parser, node);
}

static PyNode *parse_delete(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_DELETE);
    parser_take(parser);
    PyNode *targets = parse_star_expressions(parser);
    const PyNode *fault = target_fault(targets, PY_DELETE);
    if (fault) parser_fail(parser, fault->span, "cannot delete %s", expression_kind(fault));
    bool bare = targets->type == PY_TUPLE && parser->scanner.text[targets->span.start] != '(';
    node->list = bare ? targets->list : targets;
    node->trailing_comma = bare && targets->trailing_comma;
    return node_end(parser, node);
}

static PyNode *parse_names(Parser *parser, PyType type)
{
    PyNode *node = node_begin(parser, type);
    List list = {0};
    parser_take(parser);
    do list_put(&list, parse_name(parser, PY_NAME));
    while (parser_accept(parser, SIGN_COMMA));
    node->list = list.first;
    node_end(parser, node);
    bool misplaced = type == PY_NONLOCAL && parser->scope.function == FUNCTION_NONE && !parser->scope.in_class;
    if (misplaced) parser_fail_late(parser, node->span, "nonlocal declaration not allowed at module level");
    return node;
}

/* a.b.c, without the spaces it may be written with. */
static const char *read_dotted_name(Parser *parser)
{
    Text name = {.arena = parser->scanner.arena};
    do {
        if (name.length) text_put_char(&name, '.');
        Span span = parser_expect(parser, TOKEN_NAME)->span;
        text_put_bytes(&name, parser->scanner.text + span.start, (size_t)(span.end - span.start));
    } while (parser_accept(parser, SIGN_DOT));
    return text_string(&name);
}

static void read_as_name(Parser *parser, PyNode *alias)
{
    if (!parser_accept(parser, KEYWORD_AS)) return;
    alias->at = parser_expect(parser, TOKEN_NAME)->span;
    alias->text = parser_text(parser, alias->at);
    alias->length = strlen(alias->text);
}

static PyNode *parse_import(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_IMPORT);
    List list = {0};
    parser_take(parser);
    do {
        PyNode *alias = node_begin(parser, PY_ALIAS);
        alias->name = read_dotted_name(parser);
        alias->at = (Span){alias->span.start, parser->last_end};
        read_as_name(parser, alias);
        list_put(&list, node_end(parser, alias));
    } while (parser_accept(parser, SIGN_COMMA));
    node->list = list.first;
    return node_end(parser, node);
}

static PyNode *parse_from_alias(Parser *parser)
{
    PyNode *alias = parse_name(parser, PY_ALIAS);
    read_as_name(parser, alias);
    return node_end(parser, alias);
}

static void parse_from_aliases(Parser *parser, PyNode *node)
{
    List list = {0};
    bool brackets = parser_accept(parser, SIGN_OPEN_ROUND);
    do {
        node->trailing_comma = list.n && (parser_at(parser, SIGN_CLOSE_ROUND) || parser_at(parser, TOKEN_END));
        if (node->trailing_comma) break;
        list_put(&list, parse_from_alias(parser));
    } while (parser_accept(parser, SIGN_COMMA));
    if (brackets) parser_expect(parser, SIGN_CLOSE_ROUND);
    else if (node->trailing_comma) {
        parser_fail(parser, parser_peek(parser)->span, "trailing comma not allowed without surrounding parentheses");
    }
    node->list = list.first;
}

static PyNode *parse_all_names(Parser *parser)
{
    PyNode *alias = parse_word(parser, PY_ALIAS);
    alias->name = "*";
    alias->at = alias->span;
    bool inside = parser->scope.function != FUNCTION_NONE || parser->scope.in_class;
    if (inside) parser_fail_late(parser, alias->span, "import * only allowed at module level");
    return alias;
}

static const char *const FUTURE[] = {
    "nested_scopes", "generators", "division", "absolute_import", "with_statement", "print_function", "unicode_literals",
    "barry_as_FLUFL", "generator_stop", "annotations",
};

static bool is_future(const char *name)
{
    for (size_t i = 0; i < sizeof FUTURE / sizeof *FUTURE; i++) {
        if (strcmp(name, FUTURE[i]) == 0) return true;
    }
    return false;
}

static void check_future(Parser *parser, const PyNode *node)
{
    if (parser->future_over || parser->blocks) {
        parser_fail_late(parser, node->span, "from __future__ imports must occur at the beginning of the file");
    }
    for (const PyNode *alias = node->list; alias; alias = alias->next) {
        if (strcmp(alias->name, "braces") == 0) parser_fail_late(parser, node->span, "not a chance");
        if (!is_future(alias->name)) parser_fail_late(parser, node->span, "future feature %s is not defined", alias->name);
    }
}

static PyNode *parse_from(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_IMPORT_FROM);
    parser_take(parser);
    for (;; parser_take(parser)) {
        if (parser_at(parser, SIGN_DOT)) node->number++;
        else if (parser_at(parser, SIGN_ELLIPSIS)) node->number += 3;
        else break;
    }
    bool named = !node->number || parser_at(parser, TOKEN_NAME);
    node->at = parser_peek(parser)->span;
    node->name = named ? read_dotted_name(parser) : "";
    if (named) node->at.end = parser->last_end;
    parser_expect(parser, KEYWORD_IMPORT);
    if (parser_at(parser, SIGN_STAR)) node->list = parse_all_names(parser);
    else parse_from_aliases(parser, node);
    node_end(parser, node);
    if (strcmp(node->name, "__future__") == 0 && !node->number) check_future(parser, node);
    return node;
}

/* Python 2's print statement: what follows can be no call and no arithmetic. */
static bool print_statement_begins(const Parser *parser)
{
    if (!parser_at_word(parser, "print")) return false;
    const Token *word = parser_peek(parser), *next = parser_peek_at(parser, 1), *after = parser_peek_at(parser, 2);
    bool apart = next->span.start > word->span.end;
    switch (next->code) {
    case TOKEN_END: case SIGN_SEMICOLON: case SIGN_RSHIFT: return true;
    case KEYWORD_NOT: return after->code != KEYWORD_IN;
    case SIGN_OPEN_ROUND: return false;
    case SIGN_OPEN_SQUARE: return apart;
    case SIGN_PLUS: case SIGN_MINUS: return apart && after->span.start == next->span.end;
    }
    return expression_begins(next);
}

static void pass_print(Parser *parser, void *context)
{
    (void)context;
    parser_accept(parser, SIGN_RSHIFT);
    if (!statement_ends(parser)) parse_star_expressions(parser);
    if (!statement_ends(parser)) parser_fail_here(parser);
}

/* Where Python 2 would not understand the rest either, Python 3's words for the statement stand. */
static void refuse_print(Parser *parser, const PyNode *node)
{
    int at = parser->at;
    if (!parser_try(parser, pass_print, NULL)) {
        if (fault_explained(&parser->fault)) parser_fail_again(parser);
        parser_fail(parser, node->span, "Missing parentheses in call to 'print'. Did you mean print(...)?");
    }
    parser->at = at;
}

static PyNode *parse_print(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_PRINT);
    List list = {0};
    parser_take(parser);
    refuse_print(parser, node);
    bool more = !statement_ends(parser);
    if (parser_accept(parser, SIGN_RSHIFT)) {
        node->a = parse_expression(parser);
        more = parser_accept(parser, SIGN_COMMA);
    }
    while (more) {
        list_put(&list, parse_expression(parser));
        more = parser_accept(parser, SIGN_COMMA);
        node->trailing_comma = more && statement_ends(parser);
        if (node->trailing_comma) break;
    }
    node->list = list.first;
    return node_end(parser, node);
}

static bool type_alias_begins(const Parser *parser)
{
    if (!parser_at_word(parser, "type") || parser_peek_at(parser, 1)->code != TOKEN_NAME) return false;
    TokenCode after = (TokenCode)parser_peek_at(parser, 2)->code;
    return after == SIGN_ASSIGN || after == SIGN_OPEN_SQUARE;
}

static PyNode *parse_type_alias(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_TYPE_ALIAS);
    parser_take(parser);
    node->at = parser_expect(parser, TOKEN_NAME)->span;
    node->name = parser_text(parser, node->at);
    parse_type_parameters(parser);
    parser_expect(parser, SIGN_ASSIGN);
    node->a = parse_expression(parser);
    return node_end(parser, node);
}

static bool is_grouped(const PyNode *node)
{
    return node->outer.start != node->span.start;
}

static void refuse_annotation(Parser *parser, const PyNode *target)
{
    bool display = target->type == PY_LIST || target->type == PY_TUPLE;
    bool starred = target->type == PY_STARRED;
    parser_take(parser);
    parse_expression(parser);
    if (starred) parser_fail_here(parser);
    if (!display) parser_fail(parser, target->span, "illegal target for annotation");
    parser_fail(parser, target->span, "only single target (not %s) can be annotated", expression_kind(target));
}

static PyNode *parse_annotated(Parser *parser, PyNode *target)
{
    bool fits = target->type == PY_NAME || target->type == PY_ATTRIBUTE || target->type == PY_SUBSCRIPT;
    if (!fits) refuse_annotation(parser, target);
    PyNode *node = node_begin_at(parser, PY_ANN_ASSIGN, target->outer.start);
    parser_take(parser);
    node->a = target;
    node->b = parse_expression(parser);
    if (parser_accept(parser, SIGN_ASSIGN)) node->c = parse_yield_or_star(parser);
    fault_lone_star(parser, node->c);
    return node_end(parser, node);
}

static PyNode *parse_augmented(Parser *parser, PyNode *target)
{
    bool fits = target->type == PY_NAME || target->type == PY_ATTRIBUTE || target->type == PY_SUBSCRIPT;
    PyNode *node = node_begin_at(parser, PY_AUG_ASSIGN, target->outer.start);
    node->a = target;
    node->op = (PyOp)AUGMENTED[parser_peek(parser)->code];
    node->at = parser_take(parser)->span;
    node->b = parse_yield_or_star(parser);
    fault_lone_star(parser, node->b);
    if (!fits) {
        parser_fail(parser, target->span, "'%s' is an illegal expression for augmented assignment", expression_kind(target));
    }
    return node_end(parser, node);
}

/* The next token is "=", and what stands before it cannot be assigned to. Python first looks at every part of the
 * statement as if it were a comparison with the wrong sign. */
static _Noreturn void refuse_target(Parser *parser, int first, const PyNode *target)
{
    bool yields = target->type == PY_YIELD || target->type == PY_YIELD_FROM;
    if (yields && !is_grouped(target)) parser_fail(parser, target->span, "assignment to yield expression not possible");
    parser->at = first;
    do parse_star_named_expression(parser);
    while (parser_accept(parser, SIGN_COMMA));
    const PyNode *fault = target_fault(target, PY_ASSIGN);
    parser_fail(parser, fault->span, "cannot assign to %s", expression_kind(fault));
}

static PyNode *parse_assignment(Parser *parser, int first, PyNode *left)
{
    PyNode *node = node_begin_at(parser, PY_ASSIGN, left->outer.start);
    List targets = {0};
    node->at = parser_peek(parser)->span;
    while (parser_at(parser, SIGN_ASSIGN)) {
        if (target_fault(left, PY_ASSIGN)) refuse_target(parser, first, left);
        fault_starred_target(parser, left);
        parser_take(parser);
        list_put(&targets, left);
        left = parse_yield_or_star(parser);
    }
    fault_lone_star(parser, left);
    node->list = targets.first;
    node->a = left;
    return node_end(parser, node);
}

static PyNode *parse_expression_statement(Parser *parser)
{
    int first = parser->at;
    PyNode *left = parse_yield_or_star(parser);
    if (parser_at(parser, SIGN_COLON)) return parse_annotated(parser, left);
    if (parser_at(parser, SIGN_ASSIGN)) return parse_assignment(parser, first, left);
    if (AUGMENTED[parser_peek(parser)->code]) return parse_augmented(parser, left);
    PyNode *node = node_begin_at(parser, PY_EXPR, left->outer.start);
    fault_lone_star(parser, left);
    node->a = left;
    return node_end(parser, node);
}

static PyNode *parse_simple_statement(Parser *parser)
{
    switch (parser_peek(parser)->code) {
    case KEYWORD_PASS: return parse_word(parser, PY_PASS);
    case KEYWORD_BREAK: return parse_loop_word(parser, PY_BREAK);
    case KEYWORD_CONTINUE: return parse_loop_word(parser, PY_CONTINUE);
    case KEYWORD_RETURN: return parse_return(parser);
    case KEYWORD_RAISE: return parse_raise(parser);
    case KEYWORD_ASSERT: return parse_assert(parser);
    case KEYWORD_DEL: return parse_delete(parser);
    case KEYWORD_GLOBAL: return parse_names(parser, PY_GLOBAL);
    case KEYWORD_NONLOCAL: return parse_names(parser, PY_NONLOCAL);
    case KEYWORD_IMPORT: return parse_import(parser);
    case KEYWORD_FROM: return parse_from(parser);
    }
    if (print_statement_begins(parser)) return parse_print(parser);
    if (type_alias_begins(parser)) return parse_type_alias(parser);
    return parse_expression_statement(parser);
}

/* What may stand before from __future__ import: a docstring, and its like. */
static bool before_future(const PyNode *node)
{
    if (node->type == PY_EXPR) return node->a->type == PY_STRING;
    return node->type == PY_IMPORT_FROM && !node->number && strcmp(node->name, "__future__") == 0;
}

void parse_simple_statements(Parser *parser, List *list)
{
    do {
        PyNode *node = parse_simple_statement(parser);
        node->indent = parser->logical.indent;
        list_put(list, node);
        check_waiting(parser, node);
        if (!statement_ends(parser)) parser_fail_here(parser);
        parser->future_over |= !before_future(node);
    } while (parser_accept(parser, SIGN_SEMICOLON) && !parser_at(parser, TOKEN_END));
    parser_raise_late(parser);
}
