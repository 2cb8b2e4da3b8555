#include "keras/store_path.h"

#include <stdlib.h>
#include <string.h>

#include "engine/lora.h"

enum { DEPTH_MAX = 64 };

/* What Keras calls the attribute that holds a child; `child` is the child's own name, NULL = any. */
static const struct { const char *owner, *child, *attribute; } ATTRIBUTES[] = {
    {"MultiHeadAttention", "query", "query_dense"},
    {"MultiHeadAttention", "key", "key_dense"},
    {"MultiHeadAttention", "value", "value_dense"},
    {"MultiHeadAttention", "attention_output", "output_dense"},
    {"GroupedQueryAttention", "query", "_query_dense"},
    {"GroupedQueryAttention", "key", "_key_dense"},
    {"GroupedQueryAttention", "value", "_value_dense"},
    {"GroupedQueryAttention", "attention_output", "_output_dense"},
    {"RNN", NULL, "cell"},
    {"SimpleRNN", NULL, "cell"},
    {"LSTM", NULL, "cell"},
    {"GRU", NULL, "cell"},
    {"ConvLSTM1D", NULL, "cell"},
    {"ConvLSTM2D", NULL, "cell"},
    {"ConvLSTM3D", NULL, "cell"},
    {"TimeDistributed", NULL, "layer"},
    {"SpectralNormalization", NULL, "layer"},
    {"Wrapper", NULL, "layer"},
};

/* ---- lists ---- */

typedef struct ClassCount {
    const char *name;
    int         n;
} ClassCount;

typedef struct Listing {      /* one list of layers: "dense", "dense_1" ... */
    Arena      *arena;
    const char *path;
    ClassCount *counts;  size_t n, capacity;
} Listing;

static ClassCount *count_of(Listing *listing, const char *name)
{
    for (size_t i = 0; i < listing->n; i++)
        if (strcmp(listing->counts[i].name, name) == 0) return &listing->counts[i];
    listing->counts = arena_grow(listing->arena, listing->counts, listing->n, &listing->capacity, listing->n + 1, sizeof *listing->counts);
    listing->counts[listing->n] = (ClassCount){.name = name};
    return &listing->counts[listing->n++];
}

static const char *listing_next(Listing *listing, const char *class_name)
{
    const char *name = snake_case(listing->arena, class_name);
    const int before = count_of(listing, name)->n++;
    if (!before) return arena_print(listing->arena, "%s/%s", listing->path, name);
    return arena_print(listing->arena, "%s/%s_%d", listing->path, name, before);
}

static const char *join(Arena *arena, const char *path, const char *attribute)
{
    return *path ? arena_print(arena, "%s/%s", path, attribute) : attribute;
}

/* ---- the walk ---- */

typedef struct Walk {
    StorePlaces *places;
    bool        *met;      /* by layer id */
    int          n_met, depth;
    bool         written;  /* of an archive that is written here */
} Walk;

static void walk_layer(Walk *, Layer *, const char *path);

static void walk_list(Walk *walk, Layer **layers, int n, const char *path)
{
    Listing listing = {.arena = walk->places->arena, .path = path};
    for (int i = 0; i < n; i++)
        if (!layers[i]->kind->operation) walk_layer(walk, layers[i], listing_next(&listing, layers[i]->class_name));
}

static const char *attribute_of(const Layer *owner, const Layer *child)
{
    for (size_t i = 0; i < sizeof ATTRIBUTES / sizeof *ATTRIBUTES; i++) {
        if (strcmp(ATTRIBUTES[i].owner, owner->kind->name) != 0) continue;
        if (!ATTRIBUTES[i].child || strcmp(ATTRIBUTES[i].child, child->name) == 0) return ATTRIBUTES[i].attribute;
    }
    return NULL;
}

static void walk_children(Walk *walk, const Layer *layer, const char *path)
{
    Arena *arena = walk->places->arena;
    for (int i = 0; i < layer->n_children; i++) {
        const char *attribute = attribute_of(layer, layer->children[i]);
        if (attribute) walk_layer(walk, layer->children[i], join(arena, path, attribute));
    }
}

/* Keras takes attributes in the order of the alphabet: of a layer that is both, the backward place counts. */
static void walk_directions(Walk *walk, const Layer *layer, const char *path)
{
    Arena *arena = walk->places->arena;
    if (layer->n_children != 2) return;
    walk_layer(walk, layer->children[1], join(arena, path, "backward_layer"));
    walk_layer(walk, layer->children[0], join(arena, path, "forward_layer"));
}

static void add_place(StorePlaces *places, Layer *layer, const char *path)
{
    const size_t n = (size_t)places->n;
    places->items = arena_grow(places->arena, places->items, n, &places->capacity, n + 1, sizeof *places->items);
    places->items[places->n++] = (StorePlace){.layer = layer, .path = path};
}

static void walk_value(Walk *walk, const Value *value, const char *path)
{
    Listing listing = {.arena = walk->places->arena, .path = path};
    const ValueList *list = value->kind == VALUE_LIST ? value->list : NULL;
    if (value->kind == VALUE_LAYER) walk_layer(walk, value->layer, path);
    for (size_t i = 0; list && i < list->n; i++) {
        const Value *item = &list->items[i];
        walk_value(walk, item, listing_next(&listing, item->kind == VALUE_LAYER ? item->layer->class_name : "Container"));
    }
}

/* By the alphabet, private ones last. */
static int compare_attributes(const void *a, const void *b)
{
    const char *one = ((const ModelAttribute *)a)->name, *other = ((const ModelAttribute *)b)->name;
    if ((*one == '_') != (*other == '_')) return *one == '_' ? 1 : -1;
    return strcmp(one, other);
}

static void walk_attributes(Walk *walk, const Model *model, const char *path)
{
    Arena *arena = walk->places->arena;
    const size_t n = (size_t)model->n_attributes;
    ModelAttribute *sorted = ARENA_ARRAY(arena, n + 1, ModelAttribute);
    for (size_t i = 0; i < n; i++) sorted[i] = model->attributes[i];
    qsort(sorted, n, sizeof *sorted, compare_attributes);
    for (size_t i = 0; i < n; i++) walk_value(walk, &sorted[i].value, join(arena, path, sorted[i].name));
}

static void walk_model(Walk *walk, const Model *model, const char *path)
{
    const char *layers = join(walk->places->arena, path, "layers");
    if (model->kind != MODEL_SUBCLASSED) walk_list(walk, model->layers, model->n_layers, layers);
    else if (walk->written) walk_list(walk, model->called, model->n_called, layers);
    else walk_attributes(walk, model, path);
}

static void walk_inside(Walk *walk, const Layer *layer, const char *path)
{
    Arena *arena = walk->places->arena;
    if (layer->model) walk_model(walk, layer->model, path);
    else if (strcmp(layer->kind->name, "Bidirectional") == 0) walk_directions(walk, layer, path);
    else if (strcmp(layer->kind->name, "StackedRNNCells") == 0) walk_list(walk, layer->children, layer->n_children, join(arena, path, "cells"));
    else walk_children(walk, layer, path);
}

static void walk_layer(Walk *walk, Layer *layer, const char *path)
{
    if (walk->depth >= DEPTH_MAX || layer->id < 0 || layer->id >= walk->n_met || walk->met[layer->id]) return;
    walk->met[layer->id] = true;
    add_place(walk->places, layer, path);
    walk->depth++;
    walk_inside(walk, layer, path);
    walk->depth--;
}

/* ---- ids ---- */

static int highest_id(const Layer *layer, int depth)
{
    int highest = layer->id;
    for (int i = 0; depth < DEPTH_MAX && i < layer->n_children; i++) {
        const int id = highest_id(layer->children[i], depth + 1);
        if (id > highest) highest = id;
    }
    return highest;
}

static void walk_whole(StorePlaces *places, const Model *model, bool written)
{
    const int n = highest_id(model->self, 0) + 1;
    Walk walk = {.places = places, .met = ARENA_ARRAY(places->arena, n, bool), .n_met = n, .written = written};
    walk_layer(&walk, model->self, "");
}

void store_places(StorePlaces *places, const Model *model) { walk_whole(places, model, false); }
void store_places_written(StorePlaces *places, const Model *model) { walk_whole(places, model, true); }

int place_weights(Arena *arena, const Layer *layer, WeightSpec ***weights)
{
    int n = 0;
    WeightSpec **specs = *weights = ARENA_ARRAY(arena, layer->n_weights + 1, WeightSpec *);
    if (layer->adopted) specs[n++] = &layer->adopted->weights[layer->adopted_weight];
    for (int i = 0; i < layer->n_weights; i++)
        if (!lora_has(layer, i)) specs[n++] = &layer->weights[i];
    return n;
}
