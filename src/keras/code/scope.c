#include "keras/code/scope.h"

#include <string.h>

Scope *scope_make(Arena *arena, Scope *outer)
{
    Scope *scope = ARENA_NEW(arena, Scope);
    scope->arena = arena;
    scope->outer = outer;
    return scope;
}

static size_t name_hash(const char *name)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *name; name++) hash = (hash ^ (unsigned char)*name) * UINT64_C(1099511628211);
    return (size_t)(hash ^ (hash >> 32));
}

/* The slot of the name, or the free one where it would go. */
static int *slot_of(const Scope *scope, const char *name)
{
    for (size_t at = name_hash(name);; at++) {
        int *slot = &scope->slots[at % scope->n_slots];
        if (!*slot || strcmp(scope->bindings[*slot - 1].name, name) == 0) return slot;
    }
}

static void slots_grow(Scope *scope)
{
    scope->n_slots = scope->n_slots ? scope->n_slots * 2 : 16;
    scope->slots = ARENA_ARRAY(scope->arena, scope->n_slots, int);
    for (size_t i = 0; i < scope->n; i++) *slot_of(scope, scope->bindings[i].name) = (int)i + 1;
}

Binding *scope_find(const Scope *scope, const char *name)
{
    if (!scope->n_slots) return NULL;
    const int slot = *slot_of(scope, name);
    if (!slot || scope->bindings[slot - 1].deleted) return NULL;
    return &scope->bindings[slot - 1];
}

Binding *scope_set(Scope *scope, const char *name, Value value)
{
    if (scope->n * 2 >= scope->n_slots) slots_grow(scope);
    int *slot = slot_of(scope, name);
    if (!*slot) {
        scope->bindings = arena_grow(scope->arena, scope->bindings, scope->n, &scope->capacity, scope->n + 1, sizeof(Binding));
        *slot = (int)++scope->n;
    }
    Binding *binding = &scope->bindings[*slot - 1];
    *binding = (Binding){.name = name, .value = value, .by = -1};
    return binding;
}

void scope_declare(Scope *scope, const char *name, NameRule rule)
{
    const size_t n = scope->n_declared;
    scope->declared = arena_grow(scope->arena, scope->declared, n, &scope->declared_capacity, n + 1, sizeof(const char *));
    scope->rules = arena_grow(scope->arena, scope->rules, n, &scope->rules_capacity, n + 1, sizeof(NameRule));
    scope->declared[n] = name;
    scope->rules[n] = rule;
    scope->n_declared++;
}

NameRule scope_rule(const Scope *scope, const char *name)
{
    for (size_t i = 0; i < scope->n_declared; i++)
        if (strcmp(scope->declared[i], name) == 0) return scope->rules[i];
    return NAME_HERE;
}
