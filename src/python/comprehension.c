/* for ... in ... if ... within brackets. */
#include "python/parser.h"

bool comprehension_begins(const Parser *parser)
{
    return parser_at(parser, KEYWORD_FOR) ||
           (parser_at(parser, KEYWORD_ASYNC) && parser_peek_at(parser, 1)->code == KEYWORD_FOR);
}

static PyNode *parse_for_clause(Parser *parser)
{
    PyNode *clause = node_begin(parser, PY_CLAUSE);
    List conditions = {0};
    clause->is_async = parser_accept(parser, KEYWORD_ASYNC);
    parser->waits |= clause->is_async;
    parser_expect(parser, KEYWORD_FOR);
    clause->a = parse_targets(parser);
    parser_expect(parser, KEYWORD_IN);
    clause->b = parse_disjunction(parser);
    while (parser_accept(parser, KEYWORD_IF)) list_put(&conditions, parse_disjunction(parser));
    clause->list = conditions.first;
    return node_end(parser, clause);
}

PyNode *parse_comprehension(Parser *parser, PyNode *element, int start, PyComprehensionKind kind)
{
    PyNode *node = node_begin_at(parser, PY_COMPREHENSION, start);
    List clauses = {0};
    node->number = kind;
    node->a = element;
    if (element->type == PY_STARRED) {
        parser_fail(parser, element->span, "iterable unpacking cannot be used in comprehension");
    }
    while (comprehension_begins(parser)) list_put(&clauses, parse_for_clause(parser));
    node->list = clauses.first;
    return node_end(parser, node);
}
