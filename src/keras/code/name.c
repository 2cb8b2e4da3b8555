/* Names: looking up, binding, and what to say when there is none. */
#include "keras/code/builtin.h"
#include "keras/code/evaluator.h"
#include "keras/code/module.h"
#include "keras/code/suggest.h"
#include "keras/code/registry.h"
#include "keras/code/trail.h"

/* Class bodies are not seen from the functions in them. */
static Binding *binding_find(const Evaluator *ev, const char *name)
{
    if (scope_rule(ev->scope, name) == NAME_GLOBAL) return scope_find(ev->globals, name);
    for (const Scope *scope = ev->scope; scope; scope = scope->outer) {
        if (scope->is_class && scope != ev->scope) continue;
        Binding *binding = scope_find(scope, name);
        if (binding) return binding;
        if (scope->locals && scope_find(scope->locals, name)) return NULL;
    }
    return NULL;
}

/* Bound further down in the function, so that it hides what other scopes have. */
static bool is_unbound_local(const Evaluator *ev, const char *name)
{
    return ev->scope->locals && scope_find(ev->scope->locals, name) && scope_rule(ev->scope, name) == NAME_HERE;
}

bool name_known(const Evaluator *ev, const char *name, Value *out)
{
    const Binding *binding = binding_find(ev, name);
    if (!binding) return builtin_find(name, out);
    *out = binding->value;
    return true;
}

static void offer_scope_names(const Evaluator *ev, Nearest *nearest)
{
    for (const Scope *scope = ev->scope; scope; scope = scope->outer)
        for (size_t i = 0; i < scope->n; i++)
            if (!scope->bindings[i].deleted) nearest_offer(nearest, scope->bindings[i].name);
}

/* fit(X, y) of a lecture note, without the lines that load X and y. */
static Value refused_name(Evaluator *ev, const PyNode *node, const Error *error)
{
    if (!ev->beside) raise_fault(ev, error);
    fault_add(ev, error);
    return unknown(ev, "cause.not_known_object", node->name, node->span);
}

static Value missing_name(Evaluator *ev, const PyNode *node)
{
    Error error = error_make(ev);
    error_set(&error, "NameError", "name '%s' is not defined", node->name);
    error.span = error.at = node->span;
    if (module_import_fix(ev, node->name, &error)) return refused_name(ev, node, &error);
    Nearest nearest = nearest_begin(node->name);
    offer_scope_names(ev, &nearest);
    module_offer_names(&nearest, "keras.layers");
    module_offer_names(&nearest, "keras");
    builtin_offer_names(&nearest);
    suggest(&nearest, node->span, &error);
    return refused_name(ev, node, &error);
}

Value name_value(Evaluator *ev, const PyNode *node)
{
    const Binding *binding = binding_find(ev, node->name);
    Value value;
    if (binding) {
        trail_use(ev, binding->by);
        return binding->value;
    }
    if (is_unbound_local(ev, node->name) && !ev->broken && !ev->doubt)
        raise_error(ev, "UnboundLocalError", "cannot access local variable '%s' where it is not associated with a value", node->name);
    if (builtin_find(node->name, &value) || registry_star_find(ev, node->name, &value)) return value;
    if (module_implied(ev, node->name, node->span, &value)) return value;
    if (ev->broken) return unknown(ev, "cause.not_known_syntax", node->name, node->span);
    return missing_name(ev, node);
}

static Scope *scope_for(Evaluator *ev, const char *name)
{
    const NameRule rule = scope_rule(ev->scope, name);
    if (rule == NAME_GLOBAL) return ev->globals;
    if (rule == NAME_HERE) return ev->scope;
    for (Scope *scope = ev->scope->outer; scope; scope = scope->outer)
        if (!scope->is_class && scope_find(scope, name)) return scope;
    return ev->scope;
}

void name_bind(Evaluator *ev, const char *name, Value value)
{
    Binding *binding = scope_set(scope_for(ev, name), name, value);
    if (ev->active) binding->by = ev->active->statement;
    registry_named(ev, name, value);
}
