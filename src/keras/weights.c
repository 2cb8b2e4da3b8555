#include "keras/weights.h"

#include <stdlib.h>
#include <string.h>

#include "engine/lora.h"
#include "keras/container.h"
#include "keras/opaque.h"
#include "keras/store_path.h"
#include "keras/weights_legacy.h"

/* ---- groups by name ---- */

static int compare_groups(const void *a, const void *b) { return strcmp(((const StoredGroup *)a)->name, ((const StoredGroup *)b)->name); }

static StoredGroup *groups_sorted(Arena *arena, const Archive *archive)
{
    StoredGroup *groups = ARENA_ARRAY(arena, archive->n_groups, StoredGroup);
    if (archive->n_groups) {
        memcpy(groups, archive->groups, (size_t)archive->n_groups * sizeof *groups);
        qsort(groups, (size_t)archive->n_groups, sizeof *groups, compare_groups);
    }
    return groups;
}

typedef struct Giving {
    Arena       *arena;
    StoredGroup *groups;  int n;       /* sorted by name */
    Error       *err;
} Giving;

static const StoredGroup *group_named(const Giving *giving, const char *name)
{
    const StoredGroup wanted = {.name = name};
    return giving->n ? bsearch(&wanted, giving->groups, (size_t)giving->n, sizeof wanted, compare_groups) : NULL;
}

/* The parts of attention were private in Keras 2: "layers/attention/_query_dense". */
static const StoredGroup *group_find(const Giving *giving, const char *name)
{
    static const StoredGroup EMPTY = {.name = ""};
    const StoredGroup *found = group_named(giving, name);
    const char *slash = strrchr(name, '/');
    if (!found && slash) found = group_named(giving, arena_print(giving->arena, "%.*s/_%s", (int)(slash - name), name, slash + 1));
    return found ? found : &EMPTY;
}

/* ---- refusals ---- */

static const char *names_of(Arena *arena, WeightSpec *const *weights, int n)
{
    Text names = {.arena = arena};
    for (int i = 0; i < n; i++) text_print(&names, "%s'%s'", i ? ", " : "", weights[i]->name);
    return text_string(&names);
}

static bool refuse_count(const Giving *giving, const Layer *layer, WeightSpec *const *weights, int n, int found)
{
    error_set(giving->err, "ValueError", "Layer '%s' expected %d variables, but received %d variables during loading. Expected: [%s]",
              layer->name, n, found, names_of(giving->arena, weights, n));
    return error_cause(giving->err, "archive.other_weights", layer->name, NULL);
}

static bool refuse_shape(const Giving *giving, const Layer *layer, const WeightSpec *weight, const Tensor *found)
{
    error_set(giving->err, "ValueError",
              "The shape of the target variable and the shape of the target value in `variable.assign(value)` must match. "
              "variable.shape=%s, Received: value.shape=%s. Target variable: %s",
              shape_text(giving->arena, &weight->shape), shape_text(giving->arena, &found->shape), weight->path ? weight->path : weight->name);
    return error_cause(giving->err, "archive.other_weights", layer->name, NULL);
}

/* ---- giving ---- */

/* What LoRA had learned is in the kernel that was kept. */
static void clear_factors(Arena *arena, const Layer *layer)
{
    for (int i = 0; i < layer->n_weights; i++)
        if (lora_has(layer, i)) layer->weights[i].given = ARENA_ARRAY(arena, shape_size(&layer->weights[i].shape), float);
}

static bool give_layer(const Giving *giving, const Layer *layer, const StoredGroup *group)
{
    WeightSpec **weights;
    const int n = place_weights(giving->arena, layer, &weights);
    if (layer->lora ? group->n < n : group->n != n) return refuse_count(giving, layer, weights, n, group->n);
    for (int i = 0; i < n; i++) {
        if (!shape_equal(&weights[i]->shape, &group->arrays[i].shape)) return refuse_shape(giving, layer, weights[i], &group->arrays[i]);
        weights[i]->given = group->arrays[i].data;
    }
    clear_factors(giving->arena, layer);
    return true;
}

/* A model that is too large for numbers needs none. */
static bool do_without(const StorePlaces *places, Error *err)
{
    int64_t numbers = 0;
    for (int i = 0; i < places->n; i++)
        for (int k = 0; k < places->items[i].layer->n_weights; k++)
            numbers = size_add(numbers, shape_size(&places->items[i].layer->weights[k].shape));
    if (numbers > CONTAINER_NUMBERS_MAX) return true;
    error_set(err, "MemoryError", "%s", "");
    return error_cause(err, "archive.too_large", NULL);
}

bool weights_give(Arena *arena, Model *model, const Archive *archive, Error *err)
{
    StorePlaces places = {.arena = arena};
    const Giving giving = {.arena = arena, .groups = groups_sorted(arena, archive), .n = archive->n_groups, .err = err};
    store_places(&places, model);
    if (archive->without_numbers) return do_without(&places, err);
    if (archive->legacy) return weights_give_legacy(arena, model, archive, err);
    for (int i = 0; i < places.n; i++) {
        const Layer *layer = places.items[i].layer;
        if (layer_is_opaque(layer)) continue;
        if (!give_layer(&giving, layer, group_find(&giving, places.items[i].path))) return false;
    }
    return true;
}
