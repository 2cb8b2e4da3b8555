#include <string.h>

#include "keras/edit_parts.h"

/* ---- items ---- */

static const PyNode *item_in(const PyNode *list, Span span, const PyNode **before)
{
    *before = NULL;
    for (const PyNode *item = list->list; item; item = item->next) {
        if (item->outer.start <= span.start && span.end <= item->outer.end) return item;
        *before = item;
    }
    return NULL;
}

static int after_comma(const Reading *reading, int at)
{
    const int comma = skip_blanks(reading, at);
    return comma < (int)reading->length && reading->text[comma] == ',' ? comma + 1 : at;
}

/* Item, its comma and the blanks that part it from its neighbour; its whole lines where it has them alone. */
static Span item_span(const Reading *reading, const PyNode *item, const PyNode *before)
{
    const Span with_comma = {item->outer.start, after_comma(reading, item->outer.end)};
    if (stands_alone(reading, with_comma)) return (Span){line_begin(reading, item->outer.start), line_after(reading, with_comma.end)};
    if (item->next) return (Span){item->outer.start, item->next->outer.start};
    if (before && !has_byte(reading, (Span){before->outer.end, item->outer.start}, '#')) return (Span){before->outer.end, item->outer.end};
    return with_comma;
}

static bool remove_item(const Reading *reading, const Place *place, Edits *edits)
{
    const PyNode *list = source_list(reading, place->statement), *before;
    const PyNode *item = list ? item_in(list, place->statement, &before) : NULL;
    if (!item) return false;
    edits_add(edits, item_span(reading, item, before), "");
    return true;
}

/* ---- calls ---- */

static bool remove_call(const Reading *reading, const Place *place, Edits *edits)
{
    Application a;
    if (!application_of(reading, place, &a)) return false;
    if (a.target && a.source && strcmp(a.target, a.source) == 0) statement_remove(reading, a.statement->span, edits);
    else edits_add(edits, a.call->span, source_copy(reading, edits->arena, a.argument->outer));
    return true;
}

/* ---- all forms ---- */

/* What the first layer of a Sequential says about the input goes to the one that is first then. */
static void hand_on_input(const Reading *reading, const Layer *layer, const Place *place, Edits *edits)
{
    const ArgumentPlace *argument = input_argument(place);
    const char *why;
    const Home home = layer_home(reading, edits->arena, layer);
    if (!argument || place->form == PLACE_CALL || home.index != 0 || home.model->n_layers < 2) return;
    const Place *next = layer_place(reading, home.model->layers[1], &why);
    if (!next || input_argument(next)) return;
    argument_add(reading, next, argument->param, source_copy(reading, edits->arena, argument->value), edits);
}

bool place_remove(const Reading *reading, const Place *place, Edits *edits)
{
    switch (place->form) {
    case PLACE_ADD: statement_remove(reading, place->statement, edits); return true;
    case PLACE_ITEM: return remove_item(reading, place, edits);
    case PLACE_CALL: return remove_call(reading, place, edits);
    case PLACE_OTHER: return false;
    }
    return false;
}

bool edit_remove_layer(const Reading *reading, const Layer *layer, Edits *edits, const char **why)
{
    const Place *place = layer_place(reading, layer, why);
    if (!place) return false;
    *why = "edit.many_layers";
    if (place->times > 1) return false;
    hand_on_input(reading, layer, place, edits);
    if (place_remove(reading, place, edits)) return true;
    *why = "edit.no_place";
    edits->n = 0;
    return false;
}
