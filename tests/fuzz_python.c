/* Whatever the bytes are: the tree stands in the text, is no deeper than promised, and costs no more than it may. */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "python/tree.h"

enum { BYTES_MAX = 1 << 20, MEMORY_TIMES = 2000, MEMORY_LEAST = 1 << 20 };

static void require(bool fact)
{
    if (!fact) abort();
}

static bool within(Span inner, Span outer)
{
    return inner.start >= outer.start && inner.start <= inner.end && inner.end <= outer.end;
}

static void check_node(const PyNode *node, Span around, int depth);

static void check_list(const PyNode *list, Span around, int depth)
{
    int last = around.start;
    for (; list; list = list->next) {
        check_node(list, around, depth);
        require(list->outer.start >= last);
        last = list->outer.end;
    }
}

static void check_one(const PyNode *node, Span around, int depth)
{
    if (node) check_node(node, around, depth);
}

static void check_words(const PyNode *node, Span around)
{
    if (node->type == PY_BAD) require(node->text && node->name && node->text[0]);
    if (node->type == PY_BAD) require(node->at.start >= 0 && node->at.start <= node->at.end);
    else if (span_known(node->at)) require(within(node->at, around));
    if (node->type == PY_STRING) require(node->text && !node->text[node->length]);
    if (node->type == PY_NAME) require(node->name && node->name[0]);
}

static void check_node(const PyNode *node, Span around, int depth)
{
    require(depth <= PY_HEIGHT_MAX);
    require(within(node->span, node->outer) && within(node->outer, around));
    check_words(node, node->outer);
    check_one(node->a, node->outer, depth + 1);
    check_one(node->b, node->outer, depth + 1);
    check_one(node->c, node->outer, depth + 1);
    check_list(node->list, node->outer, depth + 1);
    check_list(node->args, node->outer, depth + 1);
    check_list(node->params, node->outer, depth + 1);
    check_list(node->items, node->outer, depth + 1);
    check_list(node->handlers, node->outer, depth + 1);
    check_list(node->orelse, node->outer, depth + 1);
    check_list(node->final, node->outer, depth + 1);
    check_list(node->decorators, node->outer, depth + 1);
}

static void check_tokens(const PyTokens *tokens, int length)
{
    int last = 0;
    for (size_t i = 0; i < tokens->n; i++) {
        Span span = tokens->token[i].span;
        require(span.start >= last && span.end >= span.start && span.end <= length);
        last = span.end;
    }
    require(tokens->n && tokens->token[tokens->n - 1].type == PY_TOKEN_END);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > BYTES_MAX) return 0;
    char *text = malloc(size ? size : 1);   /* its own block, so that a byte too far is seen */
    require(text);
    if (size) memcpy(text, data, size);
    Arena arena;
    arena_open(&arena, size * MEMORY_TIMES + MEMORY_LEAST);
    PyTokens tokens = {0};
    const PyNode *module = python_parse(&arena, text, size), *faults[4];
    check_node(module, (Span){0, (int)size}, 0);
    python_faults(module, faults, 4);
    python_tokens(&arena, text, size, &tokens);
    check_tokens(&tokens, (int)size);
    arena_close(&arena);
    free(text);
    return 0;
}
