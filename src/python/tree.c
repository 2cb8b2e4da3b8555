#include "python/tree.h"

#include <limits.h>
#include <string.h>

#include "python/parser.h"

enum { PATIENCE_LEAST = 65536, PATIENCE_TIMES = 8 };

/* How many bytes of it the text begins with. */
static int byte_order_mark(const char *text, int length)
{
    return length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

PyNode *python_parse(Arena *arena, const char *text, size_t length)
{
    int bytes = length > INT_MAX - 1 ? INT_MAX - 1 : (int)length;
    Parser parser = {.scanner = {.arena = arena, .text = text, .length = bytes, .line = 1}};
    parser.scanner.patience = (int64_t)bytes * PATIENCE_TIMES + PATIENCE_LEAST;
    parser.logical.next = byte_order_mark(text, bytes);
    parser_next_line(&parser);
    PyNode *module = node_begin_at(&parser, PY_MODULE, 0);
    List list = {0};
    while (!parser.logical.ends_text) parse_statement_line(&parser, &list);
    module->list = list.first;
    parser.last_end = bytes;
    return node_end(&parser, module);
}

typedef struct Faults {
    const PyNode **node;
    int            n, cap;
} Faults;

static void gather(Faults *faults, const PyNode *list)
{
    for (; list; list = list->next) {
        if (list->type == PY_BAD) {
            if (faults->n < faults->cap) faults->node[faults->n] = list;
            faults->n++;
        }
        if (list->type > PY_CASE) continue;
        gather(faults, list->list);
        gather(faults, list->handlers);
        gather(faults, list->orelse);
        gather(faults, list->final);
    }
}

int python_faults(const PyNode *module, const PyNode **faults, int cap)
{
    Faults found = {faults, 0, cap};
    gather(&found, module->list);
    return found.n;
}

int node_count(const PyNode *node)
{
    int n = 0;
    for (; node; node = node->next) n++;
    return n;
}

const PyNode *node_nth(const PyNode *node, int n)
{
    while (node && n-- > 0) node = node->next;
    return node;
}
