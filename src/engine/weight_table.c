#include "engine/weight_table.h"

#include "engine/initializer.h"
#include "engine/layer_parts.h"
#include "engine/narrow.h"

/* FNV-1a: the same path has the same numbers, whatever else is in the model. */
static uint64_t stream_of(const char *path)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (; *path; path++) hash = (hash ^ (unsigned char)*path) * UINT64_C(0x100000001B3);
    return hash;
}

Tensor weight_numbers(Arena *arena, const WeightSpec *weight, int64_t seed)
{
    if (weight->given) {
        const Tensor given = {.shape = weight->shape, .dtype = DTYPE_FLOAT32, .data = (float *)(uintptr_t)weight->given};
        Tensor tensor = narrow_copy(arena, &given, weight->dtype);
        tensor.dtype = weight->dtype;
        return tensor;
    }
    Tensor tensor = tensor_make(arena, weight->shape, weight->dtype);
    initializer_fill(arena, weight, seed, stream_of(weight->path), &tensor);
    narrow_tensor(&tensor);
    return tensor;
}

/* Every layer that numbers can pass: a model's layers, what finds its masks, what it wraps; once each. */
typedef struct Visit {
    Arena   *arena;
    Layer  **layers;
    size_t   n, capacity;
    uint64_t met[1024];    /* by id; those beyond are met again and again */
    int      highest;
} Visit;

static bool is_new(Visit *visit, const Layer *layer)
{
    const size_t word = (size_t)layer->id / 64;
    const uint64_t bit = UINT64_C(1) << (layer->id % 64);
    if (word >= sizeof visit->met / sizeof *visit->met) return true;
    if (visit->met[word] & bit) return false;
    visit->met[word] |= bit;
    return true;
}

static void visit_model(Visit *visit, const Model *model, int depth);

static void visit_layer(Visit *visit, Layer *layer, int depth)
{
    if (depth > LAYER_DEPTH_MAX || !is_new(visit, layer)) return;
    visit->layers = arena_grow(visit->arena, visit->layers, visit->n, &visit->capacity, visit->n + 1, sizeof(Layer *));
    visit->layers[visit->n++] = layer;
    visit->highest = layer->id > visit->highest ? layer->id : visit->highest;
    for (int i = 0; i < layer->n_children; i++) visit_layer(visit, layer->children[i], depth + 1);
    if (layer->model) visit_model(visit, layer->model, depth + 1);
}

static void visit_model(Visit *visit, const Model *model, int depth)
{
    for (int i = 0; i < model->n_steps; i++) {
        visit_layer(visit, model->steps[i].node->layer, depth);
        if (model->steps[i].node->inside) visit_model(visit, model->steps[i].node->inside, depth + 1);
    }
}

WeightTable weight_table_make(Arena *arena, const Plan *plan, int64_t seed)
{
    Visit visit = {.arena = arena};
    visit_layer(&visit, plan->model->self, 0);
    const WeightTable table = {.weights = ARENA_ARRAY(arena, visit.highest + 1, Tensor *),
                               .computed = ARENA_ARRAY(arena, visit.highest + 1, const Tensor *), .n = visit.highest + 1};
    for (size_t i = 0; i < visit.n; i++) {
        const Layer *layer = visit.layers[i];
        if (table.weights[layer->id]) continue;
        Tensor *weights = ARENA_ARRAY(arena, layer->n_weights, Tensor);
        table.weights[layer->id] = weights;
        for (int k = 0; k < layer->n_weights; k++) weights[k] = weight_numbers(arena, &layer->weights[k], seed);
        table.computed[layer->id] = narrow_weights(arena, layer, weights);
    }
    return table;
}

static bool weight_number(const WeightTable *table, const Layer *owner, int weight, int64_t at, double *number)
{
    if (weight < 0 || at < 0 || owner->id >= table->n || weight >= owner->n_weights || !table->weights[owner->id]) return false;
    const Tensor *tensor = &table->weights[owner->id][weight];
    if (!tensor->data || at >= shape_size(&tensor->shape)) return false;
    *number = (double)tensor->data[at];
    return true;
}

bool term_weight_number(const WeightTable *table, const Layer *layer, const Term *term, double *number)
{
    const Layer *owner = layer_of_term(layer, term);
    double factor = 1;
    if (!weight_number(table, owner, term->weight, term->at, number)) return false;
    if (term->factor && !weight_number(table, owner, term->factor - 1, term->factor_at, &factor)) return false;
    *number *= factor * term->scale;
    return true;
}
