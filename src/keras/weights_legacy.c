#include "keras/weights_legacy.h"


typedef struct LegacyGiving {
    Arena         *arena;
    const Archive *archive;
    Error         *err;
} LegacyGiving;

/* ---- the order of Keras 2: what is trained first ---- */

static WeightSpec *spec_of(const WeightRef *ref) { return &ref->layer->weights[ref->index]; }

static int add_those(const WeightRef *refs, int n, bool trainable, WeightSpec **specs)
{
    int found = 0;
    for (int i = 0; i < n; i++)
        if (spec_of(&refs[i])->trainable == trainable) specs[found++] = spec_of(&refs[i]);
    return found;
}

static int specs_of(Arena *arena, const Layer *layer, WeightSpec ***specs)
{
    int n = layer_weights(layer, NULL, 0);
    WeightRef *refs = ARENA_ARRAY(arena, n, WeightRef);
    layer_weights(layer, refs, n);
    *specs = ARENA_ARRAY(arena, n, WeightSpec *);
    if (layer_is_trainable(layer)) {
        const int trained = add_those(refs, n, true, *specs);
        add_those(refs, n, false, *specs + trained);
        return n;
    }
    for (int i = 0; i < n; i++) (*specs)[i] = spec_of(&refs[i]);
    return n;
}

/* ---- giving ---- */

static bool refuse_layers(const LegacyGiving *giving, const Model *model, int expected)
{
    error_set(giving->err, "ValueError",
              "Layer count mismatch when loading weights from file. Model expected %d layers, found %d saved layers.", expected,
              giving->archive->n_groups);
    return error_cause(giving->err, "archive.other_weights", model->self->name, NULL);
}

static bool refuse_count(const LegacyGiving *giving, int k, const Layer *layer, int expected)
{
    const StoredGroup *group = &giving->archive->groups[k];
    error_set(giving->err, "ValueError",
              "Weight count mismatch for layer #%d (named %s in the current model, %s in the save file). Layer expects %d weight(s). "
              "Received %d saved weight(s)", k, layer->name, group->name, expected, group->n);
    return error_cause(giving->err, "archive.other_weights", layer->name, NULL);
}

static bool refuse_shape(const LegacyGiving *giving, int k, const Layer *layer, const WeightSpec *spec, const Tensor *found)
{
    error_set(giving->err, "ValueError",
              "Shape mismatch in layer #%d (named %s)for weight %s. Weight expects shape %s. Received saved weight with shape %s", k,
              layer->name, spec->path ? spec->path : spec->name, shape_text(giving->arena, &spec->shape),
              shape_text(giving->arena, &found->shape));
    return error_cause(giving->err, "archive.other_weights", layer->name, NULL);
}

static bool give_layer(const LegacyGiving *giving, int k, const Layer *layer)
{
    WeightSpec **specs;
    const StoredGroup *group = &giving->archive->groups[k];
    const int n = specs_of(giving->arena, layer, &specs);
    if (n != group->n) return refuse_count(giving, k, layer, n);
    for (int i = 0; i < n; i++) {
        if (!shape_equal(&specs[i]->shape, &group->arrays[i].shape)) return refuse_shape(giving, k, layer, specs[i], &group->arrays[i]);
        specs[i]->given = group->arrays[i].data;
    }
    return true;
}

static int layers_with_weights(const Model *model, const Layer **layers)
{
    int n = 0;
    for (int i = 0; i < model->n_layers; i++)
        if (layer_weights(model->layers[i], NULL, 0)) layers[n++] = model->layers[i];
    return n;
}

bool weights_give_legacy(Arena *arena, Model *model, const Archive *archive, Error *err)
{
    const LegacyGiving giving = {.arena = arena, .archive = archive, .err = err};
    const Layer **layers = ARENA_ARRAY(arena, model->n_layers, const Layer *);
    const int n = layers_with_weights(model, layers);
    if (n != archive->n_groups) return refuse_layers(&giving, model, n);
    for (int i = 0; i < n; i++)
        if (!give_layer(&giving, i, layers[i])) return false;
    return true;
}
