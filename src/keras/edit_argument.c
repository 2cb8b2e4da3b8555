#include <string.h>

#include "keras/edit_parts.h"

static const PyNode *call_of(const Reading *reading, const Place *place) { return source_node(reading, PY_CALL, place->call); }

/* ---- a new argument goes last, by name ---- */

static const char *separator(const Reading *reading, Arena *arena, const PyNode *last)
{
    if (!is_blank(reading, line_begin(reading, last->span.start), last->span.start)) return ", ";
    return arena_print(arena, ",%s%s", line_break(reading, last->span.start), indentation(reading, arena, last->span.start));
}

bool argument_add(const Reading *reading, const Place *place, const char *param, const char *code, Edits *edits)
{
    const PyNode *call = call_of(reading, place);
    if (!call) return false;
    const int n = node_count(call->args);
    if (n == 0) {
        const Span at = {place->inside.start, place->inside.start};
        edits_add(edits, at, arena_print(edits->arena, "%s=%s", param, code));
        return true;
    }
    const PyNode *last = node_nth(call->args, n - 1);
    edits_add(edits, (Span){last->span.end, last->span.end},
              arena_print(edits->arena, "%s%s=%s", separator(reading, edits->arena, last), param, code));
    return true;
}

/* Brothers made in one place may have got their values from different ones. */
static Span literal_of(const Layer *layer, const Place *place, const ArgumentPlace *argument)
{
    if (place->times <= 1) return argument->literal;
    for (int i = 0; i < layer->kind->n_params; i++)
        if (strcmp(layer->kind->params[i].name, argument->param) == 0) return layer->args[i].span;
    return SPAN_NONE;
}

bool edit_argument(const Reading *reading, const Layer *layer, const char *param, const char *code, Edits *edits, const char **why)
{
    const Place *place = layer_place(reading, layer, why);
    if (!place) return false;
    const ArgumentPlace *argument = argument_of(place, param);
    if (argument) {
        const Span literal = literal_of(layer, place, argument);
        edits_add(edits, span_known(literal) ? literal : argument->value, code);
        return true;
    }
    *why = "edit.no_place";
    return argument_add(reading, place, param, code, edits);
}

/* ---- removing: one comma goes with the argument ---- */

static int after_comma(const Reading *reading, int at)
{
    at = skip_blanks(reading, at);
    return at < (int)reading->length && reading->text[at] == ',' ? at + 1 : -1;
}

static Span removed_span(const Reading *reading, const PyNode *call, const PyNode *arg, const PyNode *before)
{
    if (arg->next) return (Span){arg->span.start, arg->next->span.start};
    if (before && !has_byte(reading, (Span){before->span.end, arg->span.start}, '#')) return (Span){before->span.end, arg->span.end};
    const int comma = call->trailing_comma ? after_comma(reading, arg->span.end) : -1;
    return (Span){arg->span.start, comma > 0 ? comma : arg->span.end};
}

static bool followed_by_positional(const PyNode *arg)
{
    for (const PyNode *next = arg->next; next; next = next->next)
        if (!next->name && next->number == 0) return true;
    return false;
}

bool argument_remove(const Reading *reading, const Place *place, const char *param, Edits *edits, const char **why)
{
    const ArgumentPlace *argument = argument_of(place, param);
    const PyNode *call = call_of(reading, place), *before = NULL, *arg = call ? call->args : NULL;
    *why = "edit.no_argument";
    if (!argument) return false;
    while (arg && (arg->outer.start > argument->whole.start || arg->outer.end < argument->whole.end)) before = arg, arg = arg->next;
    if (!arg) return false;
    *why = "edit.positional";
    if (!arg->name && followed_by_positional(arg)) return false;
    edits_add(edits, removed_span(reading, call, arg, before), "");
    return true;
}

bool edit_remove_argument(const Reading *reading, const Layer *layer, const char *param, Edits *edits, const char **why)
{
    const Place *place = layer_place(reading, layer, why);
    return place && argument_remove(reading, place, param, edits, why);
}
