#include "keras/code/locals.h"

#include <string.h>

static void add(Scope *locals, const char *name)
{
    scope_set(locals, name, value_none());
}

static void add_target(Scope *locals, const PyNode *target)
{
    if (!target) return;
    if (target->type == PY_NAME) add(locals, target->name);
    else if (target->type == PY_STARRED) add_target(locals, target->a);
    else if (target->type == PY_TUPLE || target->type == PY_LIST)
        for (const PyNode *item = target->list; item; item = item->next) add_target(locals, item);
}

static void add_aliases(Scope *locals, const PyNode *alias)
{
    for (; alias; alias = alias->next) {
        const char *name = alias->text ? alias->text : alias->name;
        if (strcmp(name, "*") != 0) add(locals, arena_copy(locals->arena, name, alias->text ? strlen(name) : strcspn(name, ".")));
    }
}

static void add_list(Scope *locals, const PyNode *list);

static void add_statement(Scope *locals, const PyNode *node)
{
    switch ((int)node->type) {
    case PY_ASSIGN:
        for (const PyNode *target = node->list; target; target = target->next) add_target(locals, target);
        return;
    case PY_AUG_ASSIGN:
    case PY_FOR: add_target(locals, node->a); break;
    case PY_ANN_ASSIGN:
        if (node->c) add_target(locals, node->a);
        return;
    case PY_IMPORT:
    case PY_IMPORT_FROM: add_aliases(locals, node->list); return;
    case PY_FUNCTION:
    case PY_CLASS: add(locals, node->name); return;
    case PY_WITH:
        for (const PyNode *item = node->items; item; item = item->next) add_target(locals, item->b);
        break;
    case PY_MATCH:
        for (const PyNode *option = node->list; option; option = option->next) {
            for (const PyNode *name = option->a->list; name; name = name->next) add(locals, name->name);
            add_list(locals, option->list);
        }
        return;
    case PY_IF:
    case PY_WHILE:
    case PY_TRY: break;
    default: return;
    }
    add_list(locals, node->type == PY_AUG_ASSIGN ? NULL : node->list);
    add_list(locals, node->orelse);
    add_list(locals, node->final);
    for (const PyNode *handler = node->handlers; handler; handler = handler->next) {
        if (handler->name) add(locals, handler->name);
        add_list(locals, handler->list);
    }
}

static void add_list(Scope *locals, const PyNode *list)
{
    for (; list; list = list->next) add_statement(locals, list);
}

static void drop_declared(Scope *locals, const PyNode *list)
{
    for (; list; list = list->next) {
        const bool declares = list->type == PY_GLOBAL || list->type == PY_NONLOCAL;
        for (const PyNode *name = declares ? list->list : NULL; name; name = name->next) {
            Binding *binding = scope_find(locals, name->name);
            if (binding) binding->deleted = true;
        }
        const bool block = list->type == PY_IF || list->type == PY_FOR || list->type == PY_WHILE || list->type == PY_WITH || list->type == PY_TRY;
        if (block) drop_declared(locals, list->list);
        if (block) drop_declared(locals, list->orelse);
    }
}

Scope *locals_find(Arena *arena, const PyNode *body)
{
    Scope *locals = scope_make(arena, NULL);
    add_list(locals, body);
    drop_declared(locals, body);
    return locals;
}
