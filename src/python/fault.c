/* Python's explanations of common mistakes, where its grammar gives them. */
#include <string.h>

#include "python/parser.h"

/* Python 3.11 takes a beginning of "match", "case" or "_" for the whole. */
static bool token_is_soft_keyword(const Parser *parser, const Token *token)
{
    const char *text = parser->scanner.text + token->span.start;
    size_t length = (size_t)(token->span.end - token->span.start);
    if (token->code != TOKEN_NAME) return false;
    return strncmp("match", text, length) == 0 || strncmp("case", text, length) == 0 || strncmp("_", text, length) == 0;
}

static bool is_old_statement(const PyNode *node)
{
    return node->type == PY_NAME && (strcmp(node->name, "print") == 0 || strcmp(node->name, "exec") == 0);
}

static void refuse_old_statement(Parser *parser, const PyNode *name)
{
    if (!parser_attempt(parser, parse_star_expressions)) return;
    parser_fail(parser, (Span){name->span.start, parser->last_end},
                "Missing parentheses in call to '%s'. Did you mean %s(...)?", name->name, name->name);
}

static void star_expressions_run(Parser *parser, void *context)
{
    (void)context;
    parse_star_expressions(parser);
}

bool fault_explained(const Fault *fault)
{
    return strcmp(fault->message, "invalid syntax") != 0 && strcmp(fault->message, "f-string: invalid syntax") != 0;
}

/* Python looks behind a name for the argument of an old print statement, and tells what is wrong there. */
static void explain_behind_name(Parser *parser, int first)
{
    enum { DEPTH_ENOUGH = 100 };
    int at = parser->at, last_end = parser->last_end;
    const Token *name = &parser->line->token[first];
    if (name->code != TOKEN_NAME || name[1].code == SIGN_OPEN_ROUND || parser->depth > DEPTH_ENOUGH) return;
    parser->at = first + 1;
    if (!parser_try(parser, star_expressions_run, NULL) && fault_explained(&parser->fault)) parser_fail_again(parser);
    parser->at = at;
    parser->last_end = last_end;
}

void fault_two_expressions(Parser *parser, int first, const PyNode *left)
{
    const Token *token = &parser->line->token[first];
    if (parser->quiet || !expression_begins(parser_peek(parser))) return;
    if (is_old_statement(left)) refuse_old_statement(parser, left);
    bool prefix = token->code == TOKEN_NAME && token[1].code == TOKEN_STRING;
    int at = parser->at, last_end = parser->last_end;
    bool two = !prefix && !token_is_soft_keyword(parser, token) &&
               (parser_attempt(parser, parse_expression) || parser_attempt(parser, parse_disjunction));
    if (two && parser->line->token[parser->at - 1].level > 0) {
        parser_fail(parser, (Span){left->outer.start, parser->last_end}, "invalid syntax. Perhaps you forgot a comma?");
    }
    parser->at = at;
    parser->last_end = last_end;
    explain_behind_name(parser, first);
}

void fault_empty_subscript(Parser *parser, const PyNode *value)
{
    const Token *close = parser_peek(parser);
    if (close->code != SIGN_CLOSE_SQUARE || close->level == 0) return;
    Span both = {value->outer.start, close->span.end};
    parser_fail(parser, both, "invalid syntax. Perhaps you forgot a comma?");
}

static bool starts_list_or_tuple(const PyNode *node)
{
    bool group = node->outer.start != node->span.start;
    if (group) return false;
    return node->type == PY_LIST || node->type == PY_TUPLE || node->type == PY_TRUE || node->type == PY_NONE ||
           node->type == PY_FALSE || (node->type == PY_COMPREHENSION && node->number == PY_COMP_GENERATOR);
}

static bool is_bitwise_or(const PyNode *node)
{
    bool group = node->outer.start != node->span.start;
    return group || (node->type != PY_COMPARE && node->type != PY_BOOL_OP && node->type != PY_CONDITION &&
                     node->type != PY_LAMBDA && !(node->type == PY_UNARY && node->op == PY_NOT));
}

void fault_assignment_within(Parser *parser, const PyNode *left)
{
    if (parser->quiet) return;
    if (parser_at(parser, SIGN_NAMED)) {
        int at = parser->at++;
        if (parser_attempt(parser, parse_expression)) {
            parser_fail(parser, left->span, "cannot use assignment expressions with %s", expression_kind(left));
        }
        parser->at = at;
        parser_fail_here(parser);
    }
    if (!parser_at(parser, SIGN_ASSIGN) || !is_bitwise_or(left) || starts_list_or_tuple(left)) return;
    int at = parser->at++, last_end = parser->last_end;
    bool closed = parser_attempt(parser, parse_bitwise_or) && !parser_at(parser, SIGN_ASSIGN) && !parser_at(parser, SIGN_NAMED);
    bool named = left->type == PY_NAME && left->outer.start == left->span.start;
    if (closed && named) {
        Span both = {left->span.start, parser->last_end};
        parser_fail(parser, both, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
    }
    if (closed) {
        parser_fail(parser, left->span, "cannot assign to %s here. Maybe you meant '==' instead of '='?",
                    expression_kind(left));
    }
    parser->at = at;
    parser->last_end = last_end;
}

void fault_argument(Parser *parser, int first, const PyNode *left)
{
    if (parser->quiet || !parser_at(parser, SIGN_ASSIGN)) return;
    const Token *token = &parser->line->token[first];
    Span at = {left->span.start, parser_peek(parser)->span.end};
    bool constant = token->code == KEYWORD_TRUE || token->code == KEYWORD_FALSE || token->code == KEYWORD_NONE;
    if (constant && token[1].code == SIGN_ASSIGN) parser_fail(parser, at, "cannot assign to %s", expression_kind(left));
    parser_fail(parser, at, "expression cannot contain assignment, perhaps you meant \"==\"?");
}

void fault_pair(Parser *parser, const PyNode *key)
{
    if (parser->quiet) return;
    if (!parser_at(parser, SIGN_COLON)) {
        parser_fail(parser, (Span){key->outer.end - 1, key->outer.end}, "':' expected after dictionary key");
    }
    const Token *colon = parser_peek(parser), *value = parser_peek_at(parser, 1);
    if (value->code == SIGN_CLOSE_CURLY || value->code == SIGN_COMMA) {
        parser_fail(parser, colon->span, "expression expected after dictionary key and ':'");
    }
    if (value->code == SIGN_STAR) parser_fail(parser, value->span, "cannot use a starred expression in a dictionary value");
}

void fault_exception_list(Parser *parser, const PyNode *first)
{
    int at = parser->at;
    parser_take(parser);
    bool list = parser_attempt(parser, parse_star_expressions) != NULL;
    if (list && parser_accept(parser, KEYWORD_AS)) list = parser_accept(parser, TOKEN_NAME);
    if (list && parser_at(parser, SIGN_COLON)) {
        parser_fail(parser, first->span, "multiple exception types must be parenthesized");
    }
    parser->at = at;
}

void fault_double_star(Parser *parser)
{
    Span at = parser_peek(parser)->span;
    int first = parser->at++;
    bool closed = parser_attempt(parser, parse_expression) && parser_at(parser, SIGN_CLOSE_ROUND);
    if (closed) parser_fail(parser, at, "cannot use double starred expression here");
    parser->at = first;
    parser_fail_here(parser);
}

static PyNode *parse_clauses_alone(Parser *parser)
{
    PyNode element = {0};
    return parse_comprehension(parser, &element, 0, PY_COMP_LIST);
}

void fault_elements(Parser *parser, const PyNode *first, int end)
{
    if (parser->quiet || !comprehension_begins(parser) || !parser_attempt(parser, parse_clauses_alone)) return;
    Span at = {first->outer.start, end};
    parser_fail(parser, at, "did you forget parentheses around the comprehension target?");
}

void fault_targets(Parser *parser, int first)
{
    int at = parser->at;
    if (parser->quiet) return;
    parser->at = first;
    const PyNode *targets = parse_star_expressions(parser);
    const PyNode *fault = target_fault(targets, PY_FOR);
    if (fault) parser_fail(parser, fault->span, "cannot assign to %s", expression_kind(fault));
    parser->at = at;
}

void fault_lone_star(Parser *parser, const PyNode *node)
{
    if (node && node->type == PY_STARRED) parser_fail_late(parser, node->span, "can't use starred expression here");
}

static void refuse_stars(Parser *parser, const PyNode *target)
{
    int stars = 0;
    for (const PyNode *part = target->list; part; part = part->next) {
        stars += part->type == PY_STARRED;
        if (part->type == PY_LIST || part->type == PY_TUPLE) refuse_stars(parser, part);
    }
    if (stars > 1) parser_fail_late(parser, target->span, "multiple starred expressions in assignment");
}

void fault_starred_target(Parser *parser, const PyNode *target)
{
    if (target->type == PY_STARRED) {
        parser_fail_late(parser, target->span, "starred assignment target must be in a list or tuple");
    }
    if (target->type == PY_LIST || target->type == PY_TUPLE) refuse_stars(parser, target);
}
