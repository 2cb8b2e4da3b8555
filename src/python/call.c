/* The arguments of calls and classes. */
#include <string.h>

#include "python/parser.h"

typedef struct Arguments {
    List    list;
    NameSet keywords;
    bool    has_keyword, has_unpacking;   /* name=..., **... */
    const char *misplaced;                /* what an argument by position stands after */
} Arguments;

static PyNode *parse_starred_argument(Parser *parser, Arguments *arguments, int stars)
{
    PyNode *node = node_begin(parser, PY_ARG);
    const Token *sign = parser_take(parser);
    node->number = stars;
    node->a = parse_expression(parser);
    if (stars == 1 && arguments->has_unpacking) {
        parser_fail(parser, sign->span, "iterable argument unpacking follows keyword argument unpacking");
    }
    arguments->has_unpacking |= stars == 2;
    return node_end(parser, node);
}

static PyNode *parse_keyword_argument(Parser *parser, Arguments *arguments)
{
    PyNode *node = parse_name(parser, PY_ARG);
    Span head = {node->at.start, parser_take(parser)->span.end};
    node->a = parse_expression(parser);
    if (comprehension_begins(parser)) {
        parser_fail(parser, head, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
    }
    arguments->has_keyword = true;
    node_end(parser, node);
    if (!name_set_add(parser->scanner.arena, &arguments->keywords, node->name)) {
        parser_fail_late(parser, node->span, "keyword argument repeated: %s", node->name);
    }
    return node;
}

static PyNode *parse_generator_argument(Parser *parser, const Arguments *arguments, const PyNode *call, PyNode *element)
{
    PyNode *node = parse_comprehension(parser, element, call->at.start, PY_COMP_GENERATOR);
    const Span bare = {element->outer.start, parser->last_end};
    bool among_others = arguments->list.n || parser_at(parser, SIGN_COMMA);
    if (among_others) parser_fail(parser, bare, "Generator expression must be parenthesized");
    if (!parser_at(parser, SIGN_CLOSE_ROUND)) parser_fail_here(parser);
    node->span.end = node->outer.end = parser_peek(parser)->span.end;
    return node;
}

static void note_order(Arguments *arguments)
{
    if (arguments->misplaced) return;
    arguments->misplaced = arguments->has_unpacking ? "keyword argument unpacking" : "keyword argument";
}

static PyNode *parse_positional_argument(Parser *parser, const Arguments *arguments, const PyNode *call)
{
    PyNode *node = node_begin(parser, PY_ARG);
    int first = parser->at;
    node->a = parser_peek_at(parser, 1)->code == SIGN_NAMED ? parse_named_expression(parser) : parse_expression(parser);
    fault_argument(parser, first, node->a);
    if (comprehension_begins(parser)) node->a = parse_generator_argument(parser, arguments, call, node->a);
    node_end(parser, node);
    node->span = node->outer = node->a->outer;
    return node;
}

typedef struct Misplaced {
    Arguments    *arguments;
    const PyNode *call;
    PyNode       *node;
} Misplaced;

static void misplaced_run(Parser *parser, void *context)
{
    Misplaced *misplaced = context;
    misplaced->node = parse_positional_argument(parser, misplaced->arguments, misplaced->call);
}

/* Behind a keyword: where even the argument does not parse, its first name is one all the same. */
static PyNode *parse_misplaced_argument(Parser *parser, Arguments *arguments, const PyNode *call)
{
    Misplaced misplaced = {.arguments = arguments, .call = call};
    bool takes_place = arguments->misplaced || parser_at(parser, TOKEN_NAME);
    note_order(arguments);
    if (parser_try(parser, misplaced_run, &misplaced)) return misplaced.node;
    if (!takes_place || fault_explained(&parser->fault)) parser_fail_again(parser);
    parser_fail(parser, parser->fault.at, "positional argument follows %s", arguments->misplaced);
}

static PyNode *parse_argument(Parser *parser, Arguments *arguments, const PyNode *call)
{
    if (parser_at(parser, SIGN_STAR)) return parse_starred_argument(parser, arguments, 1);
    if (parser_at(parser, SIGN_DOUBLE_STAR)) return parse_starred_argument(parser, arguments, 2);
    bool keyword = parser_at(parser, TOKEN_NAME) && parser_peek_at(parser, 1)->code == SIGN_ASSIGN;
    if (keyword) return parse_keyword_argument(parser, arguments);
    bool late = arguments->has_keyword || arguments->has_unpacking;
    if (late) return parse_misplaced_argument(parser, arguments, call);
    return parse_positional_argument(parser, arguments, call);
}

void parse_arguments(Parser *parser, PyNode *call)
{
    Arguments arguments = {0};
    while (!parser_at(parser, SIGN_CLOSE_ROUND)) {
        list_put(&arguments.list, parse_argument(parser, &arguments, call));
        call->trailing_comma = false;
        if (parser_at(parser, SIGN_CLOSE_ROUND) || (arguments.misplaced && !parser_at(parser, SIGN_COMMA))) break;
        parser_expect(parser, SIGN_COMMA);
        call->trailing_comma = true;
    }
    if (arguments.misplaced) {
        parser_fail(parser, parser_peek(parser)->span, "positional argument follows %s", arguments.misplaced);
    }
    parser_expect(parser, SIGN_CLOSE_ROUND);
    call->args = arguments.list.first;
}
