/* Statements that hold blocks. */
#include "python/parser.h"

enum { ELIF_MAX = 400 };

static void expect_colon(Parser *parser)
{
    if (!parser_at(parser, SIGN_COLON)) parser_fail(parser, parser_peek(parser)->span, "expected ':'");
}

static PyNode *parse_else(Parser *parser)
{
    parser_take(parser);
    expect_colon(parser);
    return parse_block(parser, NULL, "'else' statement", parser->scope);
}

static void parse_else_clause(Parser *parser, PyNode *node)
{
    if (clause_begins(parser, KEYWORD_ELSE)) parse_clause(parser, parse_else, &node->orelse);
}

static PyNode *parse_elif(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_IF);
    node->indent = parser->logical.indent;
    parser_take(parser);
    node->a = parse_named_expression(parser);
    node->list = parse_block(parser, node, "'elif' statement", parser->scope);
    return node_end(parser, node);
}

/* Closes an if and its elifs behind the last of them. */
static PyNode *end_chain(Parser *parser, PyNode *node, int elifs)
{
    if (elifs > 0) end_chain(parser, node->orelse, elifs - 1);
    return node_end(parser, node);
}

static PyNode *parse_if(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_IF), *last = node;
    int elifs = 0;
    parser_take(parser);
    node->a = parse_named_expression(parser);
    node->list = parse_block(parser, node, "'if' statement", parser->scope);
    while (elifs < ELIF_MAX && clause_begins(parser, KEYWORD_ELIF) && parse_clause(parser, parse_elif, &last->orelse)) {
        last = last->orelse;
        elifs++;
    }
    parse_else_clause(parser, last);
    return end_chain(parser, node, elifs);
}

static PyNode *parse_loop_body(Parser *parser, const PyNode *owner, const char *what)
{
    Scope inside = parser->scope;
    inside.loops++;
    return parse_block(parser, owner, what, inside);
}

static PyNode *parse_while(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_WHILE);
    parser_take(parser);
    node->a = parse_named_expression(parser);
    node->list = parse_loop_body(parser, node, "'while' statement");
    parse_else_clause(parser, node);
    return node_end(parser, node);
}

static PyNode *parse_for(Parser *parser, PyNode *node)
{
    node->type = PY_FOR;
    parser_take(parser);
    node->a = parse_targets(parser);
    parser_expect(parser, KEYWORD_IN);
    node->b = parse_star_expressions(parser);
    fault_lone_star(parser, node->b);
    node->list = parse_loop_body(parser, node, "'for' statement");
    parse_else_clause(parser, node);
    return node_end(parser, node);
}

static PyNode *parse_with_target(Parser *parser)
{
    PyNode *target = parser_at(parser, SIGN_STAR) ? parse_star_named_expression(parser) : parse_expression(parser);
    const PyNode *fault = target_fault(target, PY_WITH);
    bool ends = parser_at(parser, TOKEN_END) || parser_at(parser, SIGN_COMMA) || parser_at(parser, SIGN_CLOSE_ROUND) ||
                parser_at(parser, SIGN_COLON);
    if (!ends) parser_fail_here(parser);
    if (fault) parser_fail(parser, fault->span, "cannot assign to %s", expression_kind(fault));
    return target;
}

static PyNode *parse_with_item(Parser *parser)
{
    PyNode *item = node_begin(parser, PY_WITH_ITEM);
    item->a = parse_expression(parser);
    if (parser_accept(parser, KEYWORD_AS)) item->b = parse_with_target(parser);
    return node_end(parser, item);
}

static void parse_with_items(Parser *parser, void *context)
{
    List *items = context;
    parser_take(parser);
    do {
        if (items->n && parser_at(parser, SIGN_CLOSE_ROUND)) break;
        list_put(items, parse_with_item(parser));
    } while (parser_accept(parser, SIGN_COMMA));
    parser_expect(parser, SIGN_CLOSE_ROUND);
    if (!parser_at(parser, SIGN_COLON)) parser_fail_here(parser);
}

/* with (a as b, c): the brackets may as well belong to the first expression. */
static bool with_brackets(Parser *parser, List *items)
{
    if (!parser_at(parser, SIGN_OPEN_ROUND)) return false;
    List list = {0};
    bool quiet = parser->quiet;
    parser->quiet = true;
    bool done = parser_try(parser, parse_with_items, &list);
    parser->quiet = quiet;
    if (done) list_put(items, list.first);
    return done;
}

static PyNode *parse_with(Parser *parser, PyNode *node)
{
    List items = {0};
    node->type = PY_WITH;
    parser_take(parser);
    if (!with_brackets(parser, &items)) {
        do list_put(&items, parse_with_item(parser));
        while (parser_accept(parser, SIGN_COMMA));
    }
    node->items = items.first;
    node->list = parse_block(parser, node, "'with' statement", parser->scope);
    return node_end(parser, node);
}

static PyNode *parse_handler(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_HANDLER);
    node->indent = parser->logical.indent;
    parser_take(parser);
    node->number = parser_accept(parser, SIGN_STAR);
    if (node->number && (parser_at(parser, SIGN_COLON) || parser_at(parser, TOKEN_END))) {
        parser_fail(parser, parser_peek(parser)->span, "expected one or more exception types");
    }
    if (!parser_at(parser, SIGN_COLON) && !parser_at(parser, TOKEN_END)) node->a = parse_expression(parser);
    if (node->a && parser_at(parser, SIGN_COMMA)) fault_exception_list(parser, node->a);
    if (node->a && parser_accept(parser, KEYWORD_AS)) {
        node->at = parser_expect(parser, TOKEN_NAME)->span;
        node->name = parser_text(parser, node->at);
    }
    Scope inside = parser->scope;
    if (node->number) inside.in_group = true, inside.loops = 0;
    node->list = parse_block(parser, node, node->number ? "'except*' statement" : "'except' statement", inside);
    return node_end(parser, node);
}

static PyNode *parse_finally(Parser *parser)
{
    parser_take(parser);
    expect_colon(parser);
    return parse_block(parser, NULL, "'finally' statement", parser->scope);
}

/* How a further handler clashes with the first and the last one. */
static void check_handler(Parser *parser, const PyNode *first, const PyNode *last)
{
    const Token *word = parser_peek(parser), *next = parser_peek_at(parser, 1);
    if (!first || parser->logical.fault.message) return;
    bool group = next->code == SIGN_STAR;
    if (group != (first->number != 0)) {
        parser_fail(parser, (Span){word->span.start, group ? next->span.end : word->span.end},
                    "cannot have both 'except' and 'except*' on the same 'try'");
    }
    if (!last->a) parser_fail_late(parser, last->span, "default 'except:' must be last");
}

static void parse_handlers(Parser *parser, PyNode *node)
{
    List handlers = {0};
    PyNode *handler = NULL;
    while (clause_begins(parser, KEYWORD_EXCEPT)) {
        check_handler(parser, handlers.first, handler);
        if (!parse_clause(parser, parse_handler, &handler)) break;
        list_put(&handlers, handler);
    }
    node->handlers = handlers.first;
}

static PyNode *parse_try(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_TRY);
    parser_take(parser);
    expect_colon(parser);
    node->list = parse_block(parser, NULL, "'try' statement", parser->scope);
    parse_handlers(parser, node);
    if (node->handlers) parse_else_clause(parser, node);
    if (clause_begins(parser, KEYWORD_FINALLY)) parse_clause(parser, parse_finally, &node->final);
    const PyNode *fault;
    bool alone = !node->handlers && !node->final && !parser->broken;
    if (alone && !python_faults(node, &fault, 1)) {
        parser->line_kept = true;
        if (line_is_misplaced(parser)) check_indentation(parser);
        parser_fail(parser, line_place(parser), "expected 'except' or 'finally' block");
    }
    return node_end(parser, node);
}

/* [T, *Ts, **P: bound = default] of functions, classes and type aliases: taken, and not kept. */
void parse_type_parameters(Parser *parser)
{
    if (!parser_accept(parser, SIGN_OPEN_SQUARE)) return;
    do {
        if (parser_at(parser, SIGN_CLOSE_SQUARE)) break;
        if (!parser_accept(parser, SIGN_STAR)) parser_accept(parser, SIGN_DOUBLE_STAR);
        parser_expect(parser, TOKEN_NAME);
        if (parser_accept(parser, SIGN_COLON)) parse_expression(parser);
        if (parser_accept(parser, SIGN_ASSIGN)) parse_star_named_expression(parser);
    } while (parser_accept(parser, SIGN_COMMA));
    parser_expect(parser, SIGN_CLOSE_SQUARE);
}

static void read_defined_name(Parser *parser, PyNode *node)
{
    parser_take(parser);
    node->at = parser_expect(parser, TOKEN_NAME)->span;
    node->name = parser_text(parser, node->at);
    parse_type_parameters(parser);
}

static void result_run(Parser *parser, void *function)
{
    ((PyNode *)function)->a = parse_expression(parser);
}

static PyNode *parse_function(Parser *parser, PyNode *node)
{
    node->type = PY_FUNCTION;
    read_defined_name(parser, node);
    if (!parser_at(parser, SIGN_OPEN_ROUND)) parser_fail(parser, parser_peek(parser)->span, "expected '('");
    parser_take(parser);
    parse_parameters(parser, node, SIGN_CLOSE_ROUND);
    parser_expect(parser, SIGN_CLOSE_ROUND);
    Span arrow = parser_peek(parser)->span;
    if (parser_accept(parser, SIGN_ARROW) && !parser_try(parser, result_run, node)) {
        parser_fail(parser, arrow, "expected ':'");
    }
    expect_colon(parser);
    Scope inside = {.function = node->is_async ? FUNCTION_ASYNC : FUNCTION_PLAIN};
    node->list = parse_block(parser, node, "function definition", inside);
    return node_end(parser, node);
}

static PyNode *parse_class(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_CLASS);
    read_defined_name(parser, node);
    Span name = node->at;
    node->at = parser_peek(parser)->span;
    if (parser_accept(parser, SIGN_OPEN_ROUND)) parse_arguments(parser, node);
    node->at = name;
    node->list = parse_block(parser, node, "class definition", (Scope){.in_class = true});
    return node_end(parser, node);
}

static void refuse_plain(Parser *parser, const PyNode *node, const char *what)
{
    Span words = {node->span.start, parser_peek(parser)->span.end};
    if (parser->scope.function != FUNCTION_ASYNC) parser_fail_late(parser, words, "'async %s' outside async function", what);
}

static PyNode *parse_async(Parser *parser)
{
    PyNode *node = node_begin(parser, PY_FUNCTION);
    node->is_async = true;
    parser_take(parser);
    switch (parser_peek(parser)->code) {
    case KEYWORD_DEF: return parse_function(parser, node);
    case KEYWORD_FOR: refuse_plain(parser, node, "for"); return parse_for(parser, node);
    case KEYWORD_WITH: refuse_plain(parser, node, "with"); return parse_with(parser, node);
    }
    parser_fail_here(parser);
}

static void check_decorated(Parser *parser)
{
    bool inside = parser->logical.column >= parser->block.column || line_is_misplaced(parser);
    if (!parser->logical.ends_text && inside) check_indentation(parser);
    else if (parser->blocks) parser_fail_as(parser, "IndentationError", line_place(parser), "unexpected unindent");
}

static PyNode *parse_decorated(Parser *parser)
{
    int start = parser_peek(parser)->span.start;
    List decorators = {0};
    while (parser_accept(parser, SIGN_AT)) {
        PyNode *decorator = parse_named_expression(parser);
        list_put(&decorators, decorator);
        check_waiting(parser, decorator);
        if (!parser_at(parser, TOKEN_END)) parser_fail_here(parser);
        parser_raise_late(parser);
        parser_next_line(parser);
        check_line(parser);
        check_decorated(parser);
    }
    int ahead = parser_at(parser, KEYWORD_ASYNC);
    TokenCode what = (TokenCode)parser_peek_at(parser, ahead)->code;
    if (what != KEYWORD_DEF && (ahead || what != KEYWORD_CLASS)) parser_fail_here(parser);
    PyNode *node = parse_compound(parser);
    node->decorators = decorators.first;
    node_end(parser, node);
    node->outer.start = start;
    return node;
}

PyNode *parse_compound(Parser *parser)
{
    switch (parser_peek(parser)->code) {
    case KEYWORD_IF: return parse_if(parser);
    case KEYWORD_WHILE: return parse_while(parser);
    case KEYWORD_FOR: return parse_for(parser, node_begin(parser, PY_FOR));
    case KEYWORD_TRY: return parse_try(parser);
    case KEYWORD_WITH: return parse_with(parser, node_begin(parser, PY_WITH));
    case KEYWORD_DEF: return parse_function(parser, node_begin(parser, PY_FUNCTION));
    case KEYWORD_CLASS: return parse_class(parser);
    case KEYWORD_ASYNC: return parse_async(parser);
    case SIGN_AT: return parse_decorated(parser);
    }
    return match_begins(parser) ? parse_match(parser) : NULL;
}
