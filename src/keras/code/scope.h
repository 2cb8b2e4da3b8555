/* Names and their values: of the module, of a function's call, of a class or an instance. */
#ifndef SHAPEFLOW_KERAS_CODE_SCOPE_H
#define SHAPEFLOW_KERAS_CODE_SCOPE_H

#include "engine/value.h"

typedef struct Binding {
    const char *name;
    Value       value;
    int         by;        /* the statement that bound it, -1 = none; see trail.h */
    bool        deleted;
} Binding;

typedef enum NameRule { NAME_HERE, NAME_GLOBAL, NAME_NONLOCAL } NameRule;

typedef struct Scope Scope;
struct Scope {
    Arena   *arena;
    Scope   *outer;        /* where it stands in the text; NULL for the module */
    Binding *bindings;     size_t n, capacity;     /* in order of first binding */
    int     *slots;        size_t n_slots;         /* hash table over bindings, index + 1; 0 = free */
    const char **declared; NameRule *rules; size_t n_declared, declared_capacity, rules_capacity;   /* global, nonlocal */
    bool     is_class;     /* not seen from functions inside */
    const Scope *locals;   /* of a function's call: names its body binds, see locals.h; else NULL */
};

Scope *scope_make(Arena *, Scope *outer);
Binding *scope_find(const Scope *, const char *name);       /* here only; NULL when absent */
Binding *scope_set(Scope *, const char *name, Value);       /* here only */
void scope_declare(Scope *, const char *name, NameRule);
NameRule scope_rule(const Scope *, const char *name);

#endif
