/* What only Python's compiler refuses: yield and await where nothing can wait. */
#include "python/parser.h"

typedef struct Place {
    FunctionKind  function;
    const PyNode *comprehension;   /* the innermost around it, its first iterable not counted */
} Place;

static void walk(Parser *parser, const PyNode *node, Place place);

static void walk_list(Parser *parser, const PyNode *list, Place place)
{
    for (; list; list = list->next) walk(parser, list, place);
}

static void check_yield(Parser *parser, const PyNode *node, Place place)
{
    const PyNode *comprehension = place.comprehension;
    if (comprehension) parser_fail_late(parser, node->span, "'yield' inside %s", expression_kind(comprehension));
    if (place.function == FUNCTION_NONE) parser_fail_late(parser, node->span, "'yield' outside function");
    if (node->type == PY_YIELD_FROM && place.function == FUNCTION_ASYNC) {
        parser_fail_late(parser, node->span, "'yield from' inside async function");
    }
}

static void refuse_async_comprehension(Parser *parser, const PyNode *node)
{
    parser_fail_late(parser, node->span, "asynchronous comprehension outside of an asynchronous function");
}

static void check_await(Parser *parser, const PyNode *node, Place place)
{
    if (place.function == FUNCTION_ASYNC) return;
    if (place.comprehension) refuse_async_comprehension(parser, place.comprehension);
    parser_fail_late(parser, node->span, "'await' outside %sfunction", place.function ? "async " : "");
}

/* The first iterable is evaluated outside; a generator waits for itself. */
static void walk_comprehension(Parser *parser, const PyNode *node, Place outer)
{
    bool waits = node->number == PY_COMP_GENERATOR;
    Place inner = {.function = waits ? FUNCTION_ASYNC : outer.function, .comprehension = node};
    walk(parser, node->list->b, outer);
    for (const PyNode *clause = node->list; clause; clause = clause->next) {
        if (clause->is_async && inner.function != FUNCTION_ASYNC) refuse_async_comprehension(parser, node);
        walk(parser, clause->a, inner);
        if (clause != node->list) walk(parser, clause->b, inner);
        walk_list(parser, clause->list, inner);
    }
    walk(parser, node->a, inner);
    walk(parser, node->b, inner);
}

static void walk_lambda(Parser *parser, const PyNode *node, Place outer)
{
    walk_list(parser, node->params, outer);
    walk(parser, node->a, (Place){.function = FUNCTION_PLAIN});
}

static void walk(Parser *parser, const PyNode *node, Place place)
{
    if (!node) return;
    if (node->type == PY_COMPREHENSION) walk_comprehension(parser, node, place);
    if (node->type == PY_LAMBDA) walk_lambda(parser, node, place);
    if (node->type == PY_COMPREHENSION || node->type == PY_LAMBDA) return;
    if (node->type == PY_YIELD || node->type == PY_YIELD_FROM) check_yield(parser, node, place);
    if (node->type == PY_AWAIT) check_await(parser, node, place);
    walk(parser, node->a, place);
    walk(parser, node->b, place);
    walk(parser, node->c, place);
    walk_list(parser, node->list, place);
    walk_list(parser, node->args, place);
    walk_list(parser, node->params, place);
    walk_list(parser, node->items, place);
}

void check_waiting(Parser *parser, const PyNode *node)
{
    if (!parser->waits) return;
    parser->waits = false;
    walk(parser, node, (Place){.function = parser->scope.function});
}
