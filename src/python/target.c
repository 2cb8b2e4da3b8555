/* What may be assigned to, and Python's words for what may not. */
#include "python/parser.h"

static const char *const KIND[PY_OPAQUE + 1] = {
    [PY_NAME] = "name", [PY_ATTRIBUTE] = "attribute", [PY_SUBSCRIPT] = "subscript", [PY_STARRED] = "starred",
    [PY_LIST] = "list", [PY_TUPLE] = "tuple", [PY_LAMBDA] = "lambda", [PY_CALL] = "function call",
    [PY_BOOL_OP] = "expression", [PY_BINARY] = "expression", [PY_UNARY] = "expression",
    [PY_YIELD] = "yield expression", [PY_YIELD_FROM] = "yield expression", [PY_AWAIT] = "await expression",
    [PY_DICT] = "dict literal", [PY_SET] = "set display", [PY_FSTRING] = "f-string expression", [PY_NONE] = "None",
    [PY_TRUE] = "True", [PY_FALSE] = "False", [PY_ELLIPSIS] = "ellipsis", [PY_COMPARE] = "comparison",
    [PY_CONDITION] = "conditional expression", [PY_NAMED] = "named expression", [PY_NUMBER] = "literal",
    [PY_STRING] = "literal", [PY_OPAQUE] = "literal",
};

static const char *const COMPREHENSION_KIND[] = {
    [PY_COMP_LIST] = "list comprehension", [PY_COMP_SET] = "set comprehension",
    [PY_COMP_DICT] = "dict comprehension", [PY_COMP_GENERATOR] = "generator expression",
};

const char *expression_kind(const PyNode *node)
{
    return node->type == PY_COMPREHENSION ? COMPREHENSION_KIND[node->number] : KIND[node->type];
}

const PyNode *target_fault(const PyNode *node, PyType statement)
{
    if (node->type == PY_NAME || node->type == PY_ATTRIBUTE || node->type == PY_SUBSCRIPT) return NULL;
    if (node->type == PY_STARRED) return statement == PY_DELETE ? node : target_fault(node->a, statement);
    if (node->type == PY_COMPARE && statement == PY_FOR) {
        return node->list->op == PY_IN ? target_fault(node->a, statement) : NULL;
    }
    if (node->type != PY_LIST && node->type != PY_TUPLE) return node;
    for (const PyNode *part = node->list; part; part = part->next) {
        const PyNode *fault = target_fault(part, statement);
        if (fault) return fault;
    }
    return NULL;
}

static PyNode *parse_target_part(Parser *parser)
{
    if (!parser_at(parser, SIGN_STAR)) return parse_bitwise_or(parser);
    return parse_star_named_expression(parser);
}

PyNode *parse_targets(Parser *parser)
{
    int at = parser->at;
    PyNode *first = parse_target_part(parser), *targets = first;
    if (parser_at(parser, SIGN_COMMA)) {
        List list = {0};
        targets = node_begin_at(parser, PY_TUPLE, first->outer.start);
        list_put(&list, first);
        while (parser_accept(parser, SIGN_COMMA)) {
            targets->trailing_comma = parser_at(parser, KEYWORD_IN);
            if (targets->trailing_comma) break;
            list_put(&list, parse_target_part(parser));
        }
        targets->list = list.first;
        node_end(parser, targets);
    }
    if (target_fault(targets, PY_FOR) || !parser_at(parser, KEYWORD_IN)) fault_targets(parser, at);
    fault_starred_target(parser, targets);
    return targets;
}
