#include "keras/code/places.h"

#include <string.h>

struct Places {
    const PyNode **calls;       /* of each place */
    size_t         n, places_capacity, calls_capacity;
    int           *slots;       size_t n_slots;     /* hash table over calls, index + 1 */
};

Places *places_make(Evaluator *ev)
{
    return ARENA_NEW(ev->arena, Places);
}

static int *slot_of(const Places *places, const PyNode *call)
{
    for (size_t at = (size_t)((uintptr_t)call >> 4);; at++) {
        int *slot = &places->slots[at % places->n_slots];
        if (!*slot || places->calls[*slot - 1] == call) return slot;
    }
}

static void slots_grow(Evaluator *ev, Places *places)
{
    places->n_slots = places->n_slots ? places->n_slots * 2 : 64;
    places->slots = ARENA_ARRAY(ev->arena, places->n_slots, int);
    for (size_t i = 0; i < places->n; i++) *slot_of(places, places->calls[i]) = (int)i + 1;
}

/* ---- how the layer stands in the text ---- */

static bool is_add(const PyNode *statement, const PyNode *call)
{
    if (statement->type != PY_EXPR || statement->a->type != PY_CALL) return false;
    const PyNode *outer = statement->a;
    return outer->a->type == PY_ATTRIBUTE && strcmp(outer->a->name, "add") == 0 && outer->args && !outer->args->next &&
           outer->args->a == call;
}

static bool is_call(const PyNode *statement, const PyNode *call)
{
    if (statement->type != PY_ASSIGN || statement->a->type != PY_CALL) return false;
    return statement->a->a == call;
}

/* Not so for the body of a lambda, which runs in another statement. */
static bool contains(const PyNode *statement, const PyNode *call)
{
    return statement->span.start <= call->span.start && call->span.end <= statement->span.end;
}

static void place_form(const Evaluator *ev, const PyNode *call, Place *place)
{
    const PyNode *statement = ev->active && contains(ev->active->node, call) ? ev->active->node : NULL;
    place->form = PLACE_OTHER;
    place->statement = statement ? statement->span : call->outer;
    if (ev->item == call) {
        place->form = PLACE_ITEM;
        place->statement = call->outer;
    } else if (statement && is_add(statement, call)) {
        place->form = PLACE_ADD;
    } else if (statement && is_call(statement, call)) {
        place->form = PLACE_CALL;
    }
}

/* ---- arguments ---- */

static const char *param_name(const LayerKind *kind, const PyNode *arg, int position)
{
    if (arg->name) return arg->name;
    return position < kind->n_params ? kind->params[position].name : NULL;
}

/* The value an argument of the call got: arguments after * and ** come as several. */
static const Argument *argument_at(const Argument *args, int n, Span span)
{
    for (int i = 0; i < n; i++)
        if (args[i].span.start == span.start && args[i].span.end == span.end) return &args[i];
    return NULL;
}

static Span literal_of(const Value *value)
{
    return value->kind <= VALUE_DICT ? value->span : SPAN_NONE;
}

static void place_arguments(Evaluator *ev, const LayerKind *kind, const PyNode *call, const Argument *args, int n, Place *place)
{
    int count = 0, position = 0;
    bool starred = false;
    for (const PyNode *arg = call->args; arg; arg = arg->next) count++;
    place->args = ARENA_ARRAY(ev->arena, count, ArgumentPlace);
    for (const PyNode *arg = call->args; arg; arg = arg->next) {
        starred = starred || arg->number;
        const bool positional = !arg->name;
        const char *param = arg->number || (positional && starred) ? NULL : param_name(kind, arg, position++);
        const Argument *given = argument_at(args, n, arg->span);
        if (!param || !given) continue;
        place->args[place->n_args++] = (ArgumentPlace){
            .param = param, .whole = arg->span, .value = arg->a->outer, .literal = literal_of(&given->value), .positional = positional};
    }
}

/* ---- making ---- */

static int closing_bracket(const Reading *reading, Span call)
{
    return call.end > call.start && reading->text[call.end - 1] == ')' ? call.end - 1 : call.end;
}

/* The first bracket after the callee, over blanks and closing brackets around it. */
static int opening_bracket(const Reading *reading, const PyNode *call)
{
    int at = call->a->outer.end;
    while (at < call->span.end && reading->text[at] != '(') at++;
    return at + 1;
}

static int place_new(Evaluator *ev, const PyNode *call)
{
    Reading *reading = ev->reading;
    Places *places = ev->places;
    const size_t n = places->n++;
    reading->places = arena_grow(ev->arena, reading->places, n, &places->places_capacity, n + 1, sizeof(Place));
    places->calls = arena_grow(ev->arena, places->calls, n, &places->calls_capacity, n + 1, sizeof *places->calls);
    places->calls[n] = call;
    reading->n_places = (int)n + 1;
    return (int)n;
}

int place_made(Evaluator *ev, const LayerKind *kind, const Argument *args, int n)
{
    const PyNode *call = ev->call;
    Places *places = ev->places;
    if (!call) return -1;
    if ((places->n + 1) * 2 > places->n_slots) slots_grow(ev, places);
    int *slot = slot_of(places, call);
    if (*slot) {
        ev->reading->places[*slot - 1].times++;
        return *slot - 1;
    }
    const int index = place_new(ev, call);
    *slot = index + 1;
    Place *place = &ev->reading->places[index];
    *place = (Place){.call = call->span, .callee = call->a->outer, .times = 1};
    place->inside = (Span){opening_bracket(ev->reading, call), closing_bracket(ev->reading, call->span)};
    place_form(ev, call, place);
    place_arguments(ev, kind, call, args, n, place);
    return index;
}

/* What stands in a loop or in a function called several times can only have its arguments changed. */
void places_finish(Evaluator *ev)
{
    for (int i = 0; i < ev->reading->n_places; i++) {
        Place *place = &ev->reading->places[i];
        if (place->times > 1) place->form = PLACE_OTHER;
    }
}
