#include "keras/code/doubt.h"

#include <string.h>

typedef struct Branch {
    Binding *bindings; size_t n;    /* names of the scope after it */
    Flow     flow;
    bool     raised;
    Value    result;
} Branch;

static Binding *bindings_copy(Evaluator *ev, size_t *n)
{
    const Scope *scope = ev->scope;
    *n = scope->n;
    pay(ev, (int64_t)scope->n);
    Binding *copy = ARENA_ARRAY(ev->arena, scope->n, Binding);
    if (scope->n) memcpy(copy, scope->bindings, scope->n * sizeof(Binding));
    return copy;
}

/* Names bound since are unbound again, but keep their slots. */
static void bindings_restore(Scope *scope, const Binding *bindings, size_t n)
{
    for (size_t i = 0; i < scope->n; i++) {
        if (i < n) scope->bindings[i] = bindings[i];
        else scope->bindings[i].deleted = true;
    }
}

static void branch_run(Evaluator *ev, const PyNode *statements, Branch *branch)
{
    Catch catch;
    catch_begin(ev, &catch);
    if (!ev->doubt++) ev->doubt_layers = ev->builder->layers;
    if (setjmp(catch.here) == 0) {
        branch->flow = execute(ev, statements, &branch->result);
        catch_end(ev, &catch);
    } else {
        catch_end(ev, &catch);
        if (ev->raised.limit) raise_again(ev);
        branch->raised = ev->broken = true;
    }
    branch->bindings = bindings_copy(ev, &branch->n);
}

static const Binding *binding_at(const Binding *bindings, size_t n, size_t i)
{
    return i < n && !bindings[i].deleted ? &bindings[i] : NULL;
}

static bool plain(const Value *value)
{
    return value->kind <= VALUE_DICT;
}

static Value merged(Evaluator *ev, const PyNode *test, const Binding *first, const Binding *second)
{
    if (!first || !second) return first ? first->value : second->value;
    if (value_equal(&first->value, &second->value)) return first->value;
    if (first->value.kind == VALUE_UNKNOWN || first->value.kind == VALUE_NONE) return second->value;
    if (second->value.kind == VALUE_UNKNOWN || second->value.kind == VALUE_NONE) return first->value;
    if (!plain(&first->value) || !plain(&second->value)) return first->value;
    return unknown(ev, "cause.not_known_condition", source_text(ev, test->span), test->span);
}

static void merge(Evaluator *ev, const PyNode *test, const Branch *first, const Branch *second)
{
    Scope *scope = ev->scope;
    for (size_t i = 0; i < scope->n; i++) {
        const Binding *a = binding_at(first->bindings, first->n, i), *b = binding_at(second->bindings, second->n, i);
        if (!a && !b) continue;
        const Value value = merged(ev, test, a, b);
        scope->bindings[i] = a ? *a : *b;
        scope->bindings[i].value = value;
    }
}

static bool branch_left(const Branch *branch)
{
    return branch->raised || branch->flow != FLOW_NEXT;
}

/* A model or tensor returned in a doubtful branch is taken when nothing after it returns another. */
static void remember_result(Evaluator *ev, const Branch *branch)
{
    if (branch->flow == FLOW_RETURN && !plain(&branch->result)) ev->doubtful_result = branch->result;
}

/* ---- containers ---- */

static void add_doubted(Evaluator *ev, const void *container)
{
    const size_t n = ev->n_doubted++;
    ev->doubted = arena_grow(ev->arena, ev->doubted, n, &ev->doubted_capacity, n + 1, sizeof *ev->doubted);
    ev->doubted[n] = container;
}

bool doubt_changes(Evaluator *ev, const void *container, const Value *item)
{
    if (!ev->doubt) return false;
    if (item && (item->kind == VALUE_LAYER || item->kind == VALUE_TENSOR)) {
        note(ev, "note.doubtful_add", source_text(ev, ev->span), NULL, ev->span);
        return true;
    }
    add_doubted(ev, container);
    return false;
}

static const void *container_of(const Value *value)
{
    if (value->kind == VALUE_DICT) return value->dict;
    return value->kind == VALUE_TUPLE ? NULL : value_items(value);
}

static bool is_doubted(const Evaluator *ev, const void *container)
{
    for (size_t i = 0; container && i < ev->n_doubted; i++)
        if (ev->doubted[i] == container) return true;
    return false;
}

static void forget_contents(Evaluator *ev, Span why)
{
    if (ev->doubt || !ev->n_doubted) return;
    for (Scope *scope = ev->scope; scope; scope = scope->outer)
        for (size_t i = 0; i < scope->n; i++) {
            Value *value = &scope->bindings[i].value;
            pay(ev, 1 + (int64_t)ev->n_doubted / 8);
            if (is_doubted(ev, container_of(value)))
                *value = unknown(ev, "cause.not_known_condition", source_text(ev, why), why);
        }
    ev->n_doubted = 0;
}

void doubt_contents(Evaluator *ev, const void *container)
{
    add_doubted(ev, container);
    forget_contents(ev, ev->span);
}

static Flow branches(Evaluator *ev, const PyNode *test, const PyNode *body, const PyNode *orelse, Value *result)
{
    size_t n;
    const Binding *before = bindings_copy(ev, &n);
    Branch yes = {.result = value_none()}, no = {.result = value_none()};
    branch_run(ev, body, &yes);
    bindings_restore(ev->scope, before, n);
    branch_run(ev, orelse, &no);
    remember_result(ev, &no);
    remember_result(ev, &yes);
    if (branch_left(&yes) && branch_left(&no) && (yes.flow == FLOW_RETURN || no.flow == FLOW_RETURN)) {
        *result = yes.flow == FLOW_RETURN && (no.flow != FLOW_RETURN || yes.result.kind != VALUE_UNKNOWN) ? yes.result : no.result;
        return FLOW_RETURN;
    }
    if (branch_left(&yes)) bindings_restore(ev->scope, no.bindings, no.n);
    else if (branch_left(&no)) bindings_restore(ev->scope, yes.bindings, yes.n);
    else if (orelse) merge(ev, test, &yes, &no);
    else merge(ev, test, &no, &yes);
    return FLOW_NEXT;
}

Flow doubt_branches(Evaluator *ev, const PyNode *test, const PyNode *body, const PyNode *orelse, Value *result)
{
    const Flow flow = branches(ev, test, body, orelse, result);
    forget_contents(ev, test->span);
    return flow;
}

bool doubt_spares(const Evaluator *ev, const Layer *layer)
{
    return ev->doubt > 0 && layer->id < ev->doubt_layers;
}
