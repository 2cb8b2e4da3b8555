#include <string.h>

#include "keras/edit_parts.h"

/* ---- model.add(...) ---- */

/* "model.add(" and ")" around the layer; on one line without comments, whatever the neighbour looks like. */
static const char *added(const Reading *reading, Arena *arena, const Place *like, const char *code)
{
    const Span before = {like->statement.start, like->call.start}, after = {like->call.end, like->statement.end};
    const char *prefix = source_copy(reading, arena, before), *suffix = source_copy(reading, arena, after);
    if (strpbrk(prefix, "\r\n#") || strpbrk(suffix, "\r\n#")) {
        const char *open = strchr(prefix, '(');
        prefix = open ? arena_copy(arena, prefix, (size_t)(open + 1 - prefix)) : prefix;
        suffix = ")";
    }
    return arena_print(arena, "%s%s%s", prefix, code, suffix);
}

/* ---- items of a list ---- */

typedef struct Item {
    const PyNode *list, *before, *item;   /* before: the item in front of it, NULL for the first */
} Item;

static bool find_item(const Reading *reading, const Place *place, Item *item)
{
    *item = (Item){.list = source_list(reading, place->statement)};
    if (!item->list) return false;
    for (item->item = item->list->list; item->item; item->item = item->item->next) {
        if (item->item->outer.start <= place->statement.start && place->statement.end <= item->item->outer.end) return true;
        item->before = item->item;
    }
    return false;
}

static bool begins_line(const Reading *reading, int at) { return is_blank(reading, line_begin(reading, at), at); }

static const char *own_line(const Reading *reading, Arena *arena, int at)
{
    return arena_print(arena, ",%s%s", line_break(reading, at), indentation(reading, arena, at));
}

/* What stands between neighbours, comments left out. */
static const char *between(const Reading *reading, Arena *arena, const PyNode *a, const PyNode *b)
{
    const Span span = {a->outer.end, b->outer.start};
    if (!has_byte(reading, span, '#')) return source_copy(reading, arena, span);
    return begins_line(reading, b->outer.start) ? own_line(reading, arena, b->outer.start) : ", ";
}

static const char *separator(const Reading *reading, Arena *arena, const Item *item)
{
    if (item->before) return between(reading, arena, item->before, item->item);
    if (item->item->next) return between(reading, arena, item->item, item->item->next);
    const int at = item->item->outer.start;
    return begins_line(reading, at) ? own_line(reading, arena, at) : ", ";
}

static void item_before(const Reading *reading, const Item *item, const char *code, Edits *edits)
{
    const int at = item->item->outer.start;
    const bool on_line = begins_line(reading, at);
    const char *after = on_line ? own_line(reading, edits->arena, at) : separator(reading, edits->arena, item);
    edits_add(edits, (Span){at, at}, arena_print(edits->arena, "%s%s", code, after));
}

/* After an item: its comma and its comment stay on its line. */
static void item_after(const Reading *reading, const Item *item, const char *code, Edits *edits)
{
    Arena *arena = edits->arena;
    const int end = item->item->outer.end, comma = skip_blanks(reading, end);
    const bool trailing = comma < (int)reading->length && reading->text[comma] == ',';
    const int after = trailing ? comma + 1 : end;
    if (!begins_line(reading, item->item->outer.start) || !stands_alone(reading, (Span){item->item->outer.start, after})) {
        edits_add(edits, (Span){end, end}, arena_print(arena, "%s%s", separator(reading, arena, item), code));
        return;
    }
    const int at = line_end(reading, after);
    const char *line = own_line(reading, arena, item->item->outer.start) + 1;
    if (!trailing) edits_add(edits, (Span){end, end}, ",");
    edits_add(edits, (Span){at, at}, arena_print(arena, "%s%s%s", line, code, trailing ? "," : ""));
}

/* ---- x = Dense(4)(x) ---- */

/* The name may be given anew before the statement when nothing after it wants the old value. */
static bool may_rebind(const Reading *reading, const Application *a)
{
    if (!a->target || !a->source || !stands_alone(reading, a->statement->span)) return false;
    return strcmp(a->target, a->source) == 0 || !name_is_used(reading, a->source, a->statement->span.end, (int)reading->length);
}

static void wrap(const PyNode *expression, const char *code, Edits *edits)
{
    const Span span = expression->outer;
    edits_add(edits, (Span){span.start, span.start}, arena_print(edits->arena, "%s(", code));
    edits_add(edits, (Span){span.end, span.end}, ")");
}

static bool call_before(const Reading *reading, const Place *place, const char *code, Edits *edits)
{
    Application a;
    if (!application_of(reading, place, &a)) return false;
    if (may_rebind(reading, &a))
        line_before(reading, a.statement->span, arena_print(edits->arena, "%s = %s(%s)", a.source, code, a.source), edits);
    else wrap(a.argument, code, edits);
    return true;
}

static bool call_after(const Reading *reading, const Place *place, const char *code, Edits *edits)
{
    Application a;
    if (!application_of(reading, place, &a)) return false;
    if (a.target)
        line_following(reading, a.statement->span, arena_print(edits->arena, "%s = %s(%s)", a.target, code, a.target), edits);
    else wrap(a.call, code, edits);
    return true;
}

/* ---- all forms ---- */

bool place_insert(const Reading *reading, const Place *place, const char *code, Edits *edits)
{
    Item item;
    switch (place->form) {
    case PLACE_ADD: line_before(reading, place->statement, added(reading, edits->arena, place, code), edits); return true;
    case PLACE_ITEM:
        if (!find_item(reading, place, &item)) return false;
        item_before(reading, &item, code, edits);
        return true;
    case PLACE_CALL: return call_before(reading, place, code, edits);
    case PLACE_OTHER: return false;
    }
    return false;
}

static bool insert_after(const Reading *reading, const Place *place, const char *code, Edits *edits)
{
    Item item;
    switch (place->form) {
    case PLACE_ADD: line_following(reading, place->statement, added(reading, edits->arena, place, code), edits); return true;
    case PLACE_ITEM:
        if (!find_item(reading, place, &item)) return false;
        item_after(reading, &item, code, edits);
        return true;
    case PLACE_CALL: return call_after(reading, place, code, edits);
    case PLACE_OTHER: return false;
    }
    return false;
}

/* Where a new layer goes: before a layer that has a place, else after one (the last, or the one before a model that has none). */
typedef struct Anchor {
    const Place *before, *after;
} Anchor;

static const Place *placed(const Reading *reading, const Model *model, int index)
{
    const char *why;
    return model && index >= 0 && index < model->n_layers ? layer_place(reading, model->layers[index], &why) : NULL;
}

/* Sequential([features, head]): a model inside has no constructor here, but it has its item. */
static const Place *item_place(const Reading *reading, int index, Arena *arena)
{
    const Span span = reading->shown >= 0 ? reading->models[reading->shown].span : SPAN_NONE;
    const PyNode *call = span_known(span) ? source_node(reading, PY_CALL, span) : NULL;
    const PyNode *item = call && call->args && call->args->a && call->args->a->type == PY_LIST ? call->args->a->list : NULL;
    if (!item || node_count(item) != reading->model->n_layers || !reading->n_places) return NULL;
    while (index-- > 0) item = item->next;
    Place *place = ARENA_NEW(arena, Place);
    *place = (Place){.form = PLACE_ITEM, .call = item->span, .callee = reading->places[0].callee, .statement = item->outer, .times = 1};
    return place;
}

/* x = features(x): a model inside a graph has the place of its one call, whose function stands for its constructor. */
static const Place *call_place(const Reading *reading, const Home *home, Arena *arena)
{
    const Node *only = NULL;
    for (int i = 0; i < home->model->n_steps; i++) {
        if (home->model->steps[i].node->layer != home->model->layers[home->index]) continue;
        if (only) return NULL;
        only = home->model->steps[i].node;
    }
    const PyNode *call = only && span_known(only->span) ? source_node(reading, PY_CALL, only->span) : NULL;
    if (!call || !reading->n_places) return NULL;
    Place *place = ARENA_NEW(arena, Place);
    *place = (Place){.form = PLACE_CALL, .call = call->a->span, .callee = reading->places[0].callee, .statement = call->span, .times = 1};
    return place;
}

/* Of a model that was made without a constructor here. */
static const Place *model_place(const Reading *reading, const Home *home, Arena *arena)
{
    if (!home->model) return NULL;
    if (home->model->kind == MODEL_FUNCTIONAL) return call_place(reading, home, arena);
    return home->model == reading->model ? item_place(reading, home->index, arena) : NULL;
}

static Anchor find_anchor(const Reading *reading, const Layer *before, Arena *arena)
{
    Anchor anchor = {0};
    const char *why;
    const Home end = {.model = reading->model, .index = reading->model ? reading->model->n_layers : 0};
    const Home home = before ? layer_home(reading, arena, before) : end;
    if (before) anchor.before = layer_place(reading, before, &why);
    if (before && !anchor.before) anchor.before = model_place(reading, &home, arena);
    if (!anchor.before && (!before || (home.model && home.model->kind == MODEL_SEQUENTIAL))) anchor.after = placed(reading, home.model, home.index - 1);
    return anchor;
}

/* The new first layer of a Sequential takes over what the old one says about the input. */
static const char *take_input(const Reading *reading, const Layer *before, const Place *place, const char *code, Edits *edits)
{
    const ArgumentPlace *argument = input_argument(place);
    const char *why;
    if (!argument || place->form == PLACE_CALL || layer_home(reading, edits->arena, before).index != 0) return code;
    const char *text = source_copy(reading, edits->arena, argument->whole);
    return argument_remove(reading, place, argument->param, edits, &why) ? code_with(edits->arena, code, text) : code;
}

bool edit_insert_layer(const Reading *reading, const Layer *before, const char *code, Edits *edits, const char **why)
{
    const Anchor anchor = find_anchor(reading, before, edits->arena);
    const Place *place = anchor.before ? anchor.before : anchor.after;
    *why = "edit.no_place";
    if (!place) return false;
    *why = "edit.many_layers";
    if (place->times > 1 || place->form == PLACE_OTHER) return false;
    const char *own = code_as(reading, place, code, edits);
    if (anchor.before) own = take_input(reading, before, place, own, edits);
    if (anchor.before ? place_insert(reading, place, own, edits) : insert_after(reading, place, own, edits)) return true;
    edits->n = 0;
    return false;
}
