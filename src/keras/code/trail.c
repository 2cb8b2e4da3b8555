#include "keras/code/trail.h"

enum { USES_MAX = 4096 };

/* A statement of the text: what it uses, and whether the model comes from it. */
typedef struct Statement {
    const PyNode *node;
    bool          builds, needed;
    int           parent;      /* the statement around it, -1 = none */
    int          *uses;  size_t n_uses, uses_capacity;
} Statement;

struct Trail {
    Statement *statements;  size_t n, capacity;
    int       *slots;       size_t n_slots;      /* hash table by node, index + 1 */
};

Trail *trail_make(Evaluator *ev)
{
    return ARENA_NEW(ev->arena, Trail);
}

static int *slot_of(const Trail *trail, const PyNode *node)
{
    for (size_t at = (size_t)((uintptr_t)node >> 4);; at++) {
        int *slot = &trail->slots[at % trail->n_slots];
        if (!*slot || trail->statements[*slot - 1].node == node) return slot;
    }
}

static void slots_grow(Evaluator *ev, Trail *trail)
{
    trail->n_slots = trail->n_slots ? trail->n_slots * 2 : 128;
    trail->slots = ARENA_ARRAY(ev->arena, trail->n_slots, int);
    for (size_t i = 0; i < trail->n; i++) *slot_of(trail, trail->statements[i].node) = (int)i + 1;
}

static int parent_of(const Evaluator *ev, const PyNode *node)
{
    const Active *outer = ev->active;
    const bool around = outer && outer->node->span.start <= node->span.start && node->span.end <= outer->node->span.end;
    return around ? outer->statement : -1;
}

int trail_statement(Evaluator *ev, const PyNode *node)
{
    Trail *trail = ev->trail;
    if ((trail->n + 1) * 2 > trail->n_slots) slots_grow(ev, trail);
    int *slot = slot_of(trail, node);
    if (*slot) return *slot - 1;
    trail->statements = arena_grow(ev->arena, trail->statements, trail->n, &trail->capacity, trail->n + 1, sizeof(Statement));
    trail->statements[trail->n] = (Statement){.node = node, .parent = parent_of(ev, node)};
    *slot = (int)++trail->n;
    return *slot - 1;
}

void trail_use(Evaluator *ev, int bound_by)
{
    if (bound_by < 0 || !ev->active || ev->active->statement == bound_by) return;
    Statement *statement = &ev->trail->statements[ev->active->statement];
    for (size_t i = statement->n_uses; i-- > 0;)
        if (statement->uses[i] == bound_by) return;
    if (statement->n_uses >= USES_MAX) return;
    const size_t n = statement->n_uses++;
    statement->uses = arena_grow(ev->arena, statement->uses, n, &statement->uses_capacity, n + 1, sizeof(int));
    statement->uses[n] = bound_by;
}

void trail_builds(Evaluator *ev)
{
    for (const Active *active = ev->active; active; active = active->outer) ev->trail->statements[active->statement].builds = true;
}

/* ---- what is needed ---- */

static void need(Trail *trail, int i, int *stack, size_t *n)
{
    if (i < 0 || trail->statements[i].needed) return;
    trail->statements[i].needed = true;
    stack[(*n)++] = i;
}

static void need_all(Evaluator *ev)
{
    Trail *trail = ev->trail;
    int *stack = ARENA_ARRAY(ev->arena, trail->n, int);
    size_t n = 0;
    for (size_t i = 0; i < trail->n; i++)
        if (trail->statements[i].builds) need(trail, (int)i, stack, &n);
    while (n) {
        const Statement *statement = &trail->statements[stack[--n]];
        need(trail, statement->parent, stack, &n);
        for (size_t i = 0; i < statement->n_uses; i++) need(trail, statement->uses[i], stack, &n);
    }
}

/* ---- what is dimmed ---- */

typedef struct Dimmer {
    Evaluator *ev;
    size_t     capacity;
} Dimmer;

static bool is_needed(const Dimmer *dimmer, const PyNode *node)
{
    const Trail *trail = dimmer->ev->trail;
    const int slot = trail->n_slots ? *slot_of(trail, node) : 0;
    return slot && trail->statements[slot - 1].needed;
}

/* What has no effect to be shown dimmed, or decides where the others go. */
static bool is_neutral(const PyNode *node)
{
    const bool text = node->type == PY_EXPR && node->a->type == PY_STRING;
    return text || node->type == PY_RETURN || node->type == PY_PASS || node->type == PY_GLOBAL || node->type == PY_NONLOCAL ||
           node->type == PY_BREAK || node->type == PY_CONTINUE || node->type == PY_BAD;
}

static bool any_needed(const Dimmer *dimmer, const PyNode *list);

static bool needed_inside(const Dimmer *dimmer, const PyNode *node)
{
    if (is_needed(dimmer, node)) return true;
    if (any_needed(dimmer, node->list) || any_needed(dimmer, node->orelse) || any_needed(dimmer, node->final)) return true;
    for (const PyNode *handler = node->handlers; handler; handler = handler->next)
        if (any_needed(dimmer, handler->list)) return true;
    return false;
}

static bool is_block(const PyNode *node)
{
    return node->type == PY_IF || node->type == PY_FOR || node->type == PY_WHILE || node->type == PY_WITH || node->type == PY_TRY ||
           node->type == PY_FUNCTION || node->type == PY_CLASS;
}

static bool any_needed(const Dimmer *dimmer, const PyNode *list)
{
    for (; list; list = list->next)
        if (is_block(list) ? needed_inside(dimmer, list) : is_needed(dimmer, list)) return true;
    return false;
}

static void dim(Dimmer *dimmer, Span span)
{
    Reading *reading = dimmer->ev->reading;
    const size_t n = (size_t)reading->n_dimmed;
    reading->dimmed = arena_grow(dimmer->ev->arena, reading->dimmed, n, &dimmer->capacity, n + 1, sizeof(Span));
    reading->dimmed[reading->n_dimmed++] = span;
}

static void dim_list(Dimmer *dimmer, const PyNode *list)
{
    for (const PyNode *node = list; node; node = node->next) {
        if (is_neutral(node)) continue;
        if (!is_block(node)) {
            if (!is_needed(dimmer, node)) dim(dimmer, node->span);
            continue;
        }
        if (!needed_inside(dimmer, node)) { dim(dimmer, node->outer); continue; }
        dim_list(dimmer, node->list);
        dim_list(dimmer, node->orelse);
        dim_list(dimmer, node->final);
        for (const PyNode *handler = node->handlers; handler; handler = handler->next) dim_list(dimmer, handler->list);
    }
}

void trail_dim(Evaluator *ev)
{
    Dimmer dimmer = {.ev = ev};
    need_all(ev);
    if (ev->reading->tree) dim_list(&dimmer, ev->reading->tree->list);
}
