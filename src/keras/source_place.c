#include <string.h>

#include "keras/source.h"

/* ---- a layer's place from the tree alone, for a constructor that was refused ---- */

static const char *last_name(const PyNode *callee)
{
    if (callee->type == PY_NAME || callee->type == PY_ATTRIBUTE) return callee->name;
    return NULL;
}

static bool is_add(const PyNode *statement, Span call)
{
    const PyNode *outer = statement->type == PY_EXPR ? statement->a : NULL;
    if (!outer || outer->type != PY_CALL || outer->a->type != PY_ATTRIBUTE || strcmp(outer->a->name, "add") != 0) return false;
    const PyNode *argument = outer->args && !outer->args->next ? outer->args->a : NULL;
    return argument && argument->span.start == call.start && argument->span.end == call.end;
}

static void find_form(const Reading *reading, Place *place)
{
    const PyNode *block, *statement = source_statement(reading, place->call, &block);
    place->form = PLACE_OTHER;
    place->statement = statement ? statement->span : place->call;
    if (!statement) return;
    if (is_add(statement, place->call)) {
        place->form = PLACE_ADD;
    } else if (source_list(reading, place->call)) {
        place->form = PLACE_ITEM;
        place->statement = place->call;
    } else if (source_application(reading, place->call)) {
        place->form = PLACE_CALL;
    }
}

static const char *param_at(const LayerKind *kind, int position)
{
    return kind && position < kind->n_params ? kind->params[position].name : NULL;
}

static void find_arguments(Arena *arena, const LayerKind *kind, const PyNode *call, Place *place)
{
    int n = 0, position = 0;
    for (const PyNode *arg = call->args; arg; arg = arg->next) n++;
    place->args = ARENA_ARRAY(arena, n, ArgumentPlace);
    for (const PyNode *arg = call->args; arg; arg = arg->next) {
        const char *param = arg->name ? arg->name : arg->number ? NULL : param_at(kind, position++);
        if (!param) continue;
        place->args[place->n_args++] = (ArgumentPlace){.param = param, .whole = arg->span, .value = arg->a->outer,
                                                       .literal = SPAN_NONE, .positional = !arg->name};
    }
}

bool place_at(const Reading *reading, Arena *arena, Span span, Place *place)
{
    const PyNode *call = span_known(span) ? source_node(reading, PY_CALL, span) : NULL;
    if (!call) return false;
    const char *name = last_name(call->a);
    *place = (Place){.call = call->span, .callee = call->a->outer, .times = 1};
    place->inside = (Span){call->at.start + 1, call->at.end - 1};
    find_form(reading, place);
    const LayerKind *kind = name ? layer_kind_find(strcmp(name, "Input") == 0 ? "InputLayer" : name) : NULL;
    find_arguments(arena, kind, call, place);
    return true;
}
