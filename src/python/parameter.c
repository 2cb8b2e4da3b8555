/* The parameters of functions and lambdas. */
#include "python/parser.h"

typedef struct Parameters {
    List      list;
    NameSet   names;
    TokenCode end;        /* ")" of a function, ":" of a lambda, which has no annotations */
    bool      slash, star, defaults, keywords;
    Span      star_at;
} Parameters;

static void read_annotation(Parser *parser, const Parameters *parameters, PyNode *node)
{
    if (parameters->end == SIGN_COLON || !parser_accept(parser, SIGN_COLON)) return;
    bool unpacked = node->number == PY_VAR_POSITIONAL && parser_at(parser, SIGN_STAR);
    node->b = unpacked ? parse_star_named_expression(parser) : parse_expression(parser);
}

static void refuse_no_default(Parser *parser, const Parameters *parameters, const PyNode *node)
{
    bool late = node->number == PY_POSITIONAL && parameters->defaults;
    bool ends = parser_at(parser, SIGN_COMMA) || parser_at(parser, parameters->end);
    Span at = {node->at.start, parser->last_end};
    if (late && ends) parser_fail(parser, at, "non-default argument follows default argument");
}

static void read_default(Parser *parser, Parameters *parameters, PyNode *node)
{
    const Token *sign = parser_peek(parser);
    if (!parser_at(parser, SIGN_ASSIGN)) {
        refuse_no_default(parser, parameters, node);
        return;
    }
    bool collects = node->number == PY_VAR_POSITIONAL || node->number == PY_VAR_KEYWORD;
    const char *kind = node->number == PY_VAR_POSITIONAL ? "positional" : "keyword";
    if (collects) parser_fail(parser, sign->span, "var-%s argument cannot have default value", kind);
    parser_take(parser);
    if (parser_at(parser, SIGN_COMMA) || parser_at(parser, SIGN_CLOSE_ROUND)) {
        parser_fail(parser, sign->span, "expected default value expression");
    }
    node->a = parse_expression(parser);
    parameters->defaults |= node->number == PY_POSITIONAL;
}

static void parse_parameter(Parser *parser, Parameters *parameters, PyParamKind kind, int start)
{
    PyNode *node = parse_name(parser, PY_PARAM);
    node->number = (int)kind;
    read_annotation(parser, parameters, node);
    read_default(parser, parameters, node);
    node->span.start = node->outer.start = start;
    list_put(&parameters->list, node_end(parser, node));
    if (!name_set_add(parser->scanner.arena, &parameters->names, node->name)) {
        parser_fail_late(parser, node->at, "duplicate argument '%s' in function definition", node->name);
    }
}

static void parse_slash(Parser *parser, Parameters *parameters)
{
    Span at = parser_take(parser)->span;
    if (parameters->slash) parser_fail(parser, at, "/ may appear only once");
    if (parameters->star) parser_fail(parser, at, "/ must be ahead of *");
    if (!parameters->list.n) parser_fail(parser, at, "at least one argument must precede /");
    if (parser_at(parser, SIGN_STAR)) parser_fail(parser, parser_peek(parser)->span, "expected comma between / and *");
    for (PyNode *node = parameters->list.first; node; node = node->next) node->number = PY_POSITIONAL_ONLY;
    parameters->slash = true;
}

static void parse_star(Parser *parser, Parameters *parameters)
{
    Span at = parser_take(parser)->span;
    if (parameters->star) parser_fail(parser, at, "* argument may appear only once");
    parameters->star = true;
    parameters->star_at = at;
    if (parser_at(parser, TOKEN_NAME)) {
        parse_parameter(parser, parameters, PY_VAR_POSITIONAL, at.start);
        return;
    }
    TokenCode after = (TokenCode)parser_peek_at(parser, 1)->code;
    bool bare = parser_at(parser, parameters->end) ||
                (parser_at(parser, SIGN_COMMA) && (after == parameters->end || after == SIGN_DOUBLE_STAR));
    if (bare) parser_fail(parser, at, "named arguments must follow bare *");
    if (!parser_at(parser, SIGN_COMMA)) parser_fail_here(parser);
}

static void parse_double_star(Parser *parser, Parameters *parameters)
{
    Span at = parser_take(parser)->span;
    parse_parameter(parser, parameters, PY_VAR_KEYWORD, at.start);
    parameters->keywords = true;
}

static void refuse_after_keywords(Parser *parser, const Parameters *parameters)
{
    if (!parameters->keywords) return;
    Span at = parser_peek(parser)->span;
    bool named = parser_at(parser, TOKEN_NAME) || parser_at(parser, SIGN_STAR) || parser_at(parser, SIGN_DOUBLE_STAR) ||
                 parser_at(parser, SIGN_SLASH);
    if (named) parser_fail(parser, at, "arguments cannot follow var-keyword argument");
    parser_fail_here(parser);
}

static void refuse_brackets(Parser *parser, const Parameters *parameters)
{
    int first = parser->at;
    Span at = parser_take(parser)->span;
    bool names = parser_at(parser, TOKEN_NAME);
    while (parser_accept(parser, TOKEN_NAME) && parser_accept(parser, SIGN_COMMA)) continue;
    if (!names || !parser_at(parser, SIGN_CLOSE_ROUND)) {
        parser->at = first;
        parser_fail_here(parser);
    }
    at.end = parser_take(parser)->span.end;
    const char *what = parameters->end == SIGN_COLON ? "Lambda expression" : "Function";
    parser_fail(parser, at, "%s parameters cannot be parenthesized", what);
}

static void parse_one(Parser *parser, Parameters *parameters)
{
    refuse_after_keywords(parser, parameters);
    switch (parser_peek(parser)->code) {
    case SIGN_SLASH: parse_slash(parser, parameters); return;
    case SIGN_STAR: parse_star(parser, parameters); return;
    case SIGN_DOUBLE_STAR: parse_double_star(parser, parameters); return;
    case SIGN_OPEN_ROUND: refuse_brackets(parser, parameters); return;
    }
    PyParamKind kind = parameters->star ? PY_KEYWORD_ONLY : PY_POSITIONAL;
    parse_parameter(parser, parameters, kind, parser_peek(parser)->span.start);
}

void parse_parameters(Parser *parser, PyNode *function, TokenCode end)
{
    Parameters parameters = {.end = end};
    while (!parser_at(parser, end)) {
        parse_one(parser, &parameters);
        function->trailing_comma = parser_accept(parser, SIGN_COMMA);
        if (!function->trailing_comma) break;
    }
    if (!parser_at(parser, end)) parser_fail_here(parser);
    function->params = parameters.list.first;
}
