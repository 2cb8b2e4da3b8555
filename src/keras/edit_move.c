#include <string.h>

#include "keras/edit_parts.h"

/* Layers change places by changing their texts: what stands around them, commas and comments too, stays. */

static bool may_change(const Reading *reading, const Layer *layer, const char **why)
{
    const Place *place = layer_place(reading, layer, why);
    if (!place) return false;
    *why = "edit.many_layers";
    return place->times <= 1 && place->form != PLACE_OTHER;
}

static int consumers(const Model *model, const Layer *layer)
{
    int n = 0;
    for (int i = 0; i < model->n_steps; i++) {
        const Node *node = model->steps[i].node;
        for (int k = 0; k < node->n_linked; k++) n += node->in[k]->node && node->in[k]->node->layer == layer;
    }
    return n;
}

/* b takes what a gives, and nobody else does. */
static bool follows(const Model *model, const Layer *a, const Layer *b)
{
    if (model->kind == MODEL_SEQUENTIAL) return true;
    if (a->n_calls != 1 || b->n_calls != 1 || b->calls[0]->n_linked != 1) return false;
    const Node *source = b->calls[0]->in[0]->node;
    return source && source->layer == a && consumers(model, a) == 1;
}

static const char *without(const Reading *reading, Arena *arena, Span call, Span cut)
{
    return arena_print(arena, "%s%s", source_copy(reading, arena, (Span){call.start, cut.start}),
                       source_copy(reading, arena, (Span){cut.end, call.end}));
}

typedef struct Move {
    Layer *const *layers;   /* of the model they are in */
    const char **code;      /* of each layer, by its place now */
    const char  *input;     /* "input_shape=(3, 2)" of the first; NULL = it has none */
} Move;

static void take_code(const Reading *reading, Move *move, int i, Edits *edits)
{
    const char *why;
    const Place *place = layer_place(reading, move->layers[i], &why);
    const ArgumentPlace *argument = i == 0 ? input_argument(place) : NULL;
    Edits cut = {.arena = edits->arena};
    if (argument && argument_remove(reading, place, argument->param, &cut, &why)) {
        move->input = source_copy(reading, edits->arena, argument->whole);
        move->code[i] = without(reading, edits->arena, place->call, cut.edit[0].span);
    } else {
        move->code[i] = source_copy(reading, edits->arena, place->call);
    }
}

static void put_code(const Reading *reading, const Move *move, int at, int from, Edits *edits)
{
    const char *code = at == 0 && move->input ? code_with(edits->arena, move->code[from], move->input) : move->code[from];
    edits_add(edits, reading->places[move->layers[at]->place].call, code);
}

bool edit_move_layer(const Reading *reading, const Layer *layer, int by, Edits *edits, const char **why)
{
    const Home home = layer_home(reading, edits->arena, layer);
    const Model *model = home.model;
    const int from = home.index, to = from + by;
    *why = "edit.no_place";
    if (!model || by == 0) return false;
    *why = "edit.at_end";
    if (to < 0 || to >= model->n_layers) return false;
    const int low = from < to ? from : to, high = from < to ? to : from, step = by > 0 ? 1 : -1;
    Move move = {.layers = model->layers, .code = ARENA_ARRAY(edits->arena, model->n_layers, const char *)};
    for (int i = low; i <= high; i++)
        if (!may_change(reading, model->layers[i], why)) return false;
    *why = "edit.no_line";
    for (int i = low; i < high; i++)
        if (!follows(model, model->layers[i], model->layers[i + 1])) return false;
    for (int i = low; i <= high; i++) take_code(reading, &move, i, edits);
    for (int i = from; i != to; i += step) put_code(reading, &move, i, i + step, edits);
    put_code(reading, &move, to, from, edits);
    return true;
}
