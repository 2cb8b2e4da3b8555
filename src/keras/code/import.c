#include "keras/code/import.h"

#include <string.h>

#include "keras/code/module.h"
#include "keras/code/registry.h"

static bool known_root(const char *path)
{
    const size_t n = strcspn(path, ".");
    return (n == 5 && strncmp(path, "keras", n) == 0) || (n == 5 && strncmp(path, "numpy", n) == 0);
}

/* A module of the tables, or something unknown for those we know nothing of. */
static Value module_of(Evaluator *ev, const char *written, Span span)
{
    const char *path = module_canonical(ev->arena, written);
    if (module_exists(path)) return value_module(ev->arena, path);
    if (strcmp(path, "keras") != 0 && known_root(path) && strncmp(path, "keras.", 6) == 0) {
        Error error = error_make(ev);
        error_set(&error, "ModuleNotFoundError", "No module named '%s'", written);
        error.at = span;
        raise_fault(ev, &error);
    }
    return unknown(ev, "cause.not_known_module", written, span);
}

/* import a.b.c binds a; import a.b.c as d binds the module itself. */
static void import_module(Evaluator *ev, const PyNode *alias)
{
    const size_t n = strcspn(alias->name, ".");
    const Value module = module_of(ev, alias->name, alias->span);
    if (alias->text) { name_bind(ev, alias->text, module); return; }
    const char *root = arena_copy(ev->arena, alias->name, n);
    Value known;
    const bool again = name_known(ev, root, &known) && known.kind == VALUE_UNKNOWN;
    if (!again) name_bind(ev, root, module_of(ev, root, alias->span));
}

static _Noreturn void raise_import(Evaluator *ev, const char *path, const char *written, const PyNode *alias)
{
    Nearest nearest = nearest_begin(alias->name);
    Error error = error_make(ev);
    error_set(&error, "ImportError", "cannot import name '%s' from '%s'", alias->name, written);
    error.at = (Span){alias->span.start, alias->span.start + (int)strlen(alias->name)};
    module_offer_names(&nearest, path);
    suggest(&nearest, error.at, &error);
    raise_fault(ev, &error);
}

static Value imported(Evaluator *ev, const char *path, const char *written, const PyNode *alias)
{
    Value value;
    if (module_find(ev, path, alias->name, &value)) return value;
    const char *inner = module_canonical(ev->arena, arena_print(ev->arena, "%s.%s", path, alias->name));
    if (module_exists(inner) && strcmp(inner, path) != 0) return value_module(ev->arena, inner);
    if (module_exists(path)) raise_import(ev, path, written, alias);
    return unknown(ev, "cause.not_known_module", arena_print(ev->arena, "%s.%s", written, alias->name), alias->span);
}

static void import_from(Evaluator *ev, const PyNode *node)
{
    if (strcmp(node->name, "__future__") == 0) {
        for (const PyNode *alias = node->list; alias; alias = alias->next)
            ev->defers_annotations = ev->defers_annotations || strcmp(alias->name, "annotations") == 0;
        return;
    }
    const char *path = module_canonical(ev->arena, node->name);
    const Value module = node->number ? value_none() : module_of(ev, node->name, node->span);
    for (const PyNode *alias = node->list; alias; alias = alias->next) {
        const char *name = alias->text ? alias->text : alias->name;
        if (strcmp(alias->name, "*") == 0) registry_star(ev, path, module);
        else if (node->number || module.kind == VALUE_UNKNOWN)
            name_bind(ev, name, unknown(ev, "cause.not_known_module", arena_print(ev->arena, "%s.%s", node->name, alias->name), alias->span));
        else name_bind(ev, name, imported(ev, path, node->name, alias));
    }
}

void import_statement(Evaluator *ev, const PyNode *node)
{
    if (node->type == PY_IMPORT_FROM) { import_from(ev, node); return; }
    for (const PyNode *alias = node->list; alias; alias = alias->next) import_module(ev, alias);
}
