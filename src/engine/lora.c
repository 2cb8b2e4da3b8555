#include "engine/lora.h"

#include <string.h>

#include "engine/config.h"

static Value *argument_of(const Layer *layer, const char *name)
{
    for (int i = 0; i < layer->kind->n_params; i++)
        if (strcmp(layer->kind->params[i].name, name) == 0) return &layer->args[i];
    return NULL;
}

void lora_read(Maker *maker)
{
    const Value *rank = maker_arg(maker, "lora_rank");
    if (rank->kind == VALUE_UNKNOWN || !value_truth(rank)) return;
    if (maker_is_none(maker, "lora_alpha")) maker_set(maker, "lora_alpha", *rank);
    maker->layer->lora = ARENA_NEW(maker->builder->arena, Lora);
}

static bool is_constrained(Arena *arena, const Layer *layer, const char *kernel)
{
    const Value *constraint = argument_of(layer, arena_print(arena, "%s_constraint", kernel));
    return constraint && constraint->kind != VALUE_NONE;
}

/* Keras speaks of "embedding constraints" and of "kernel constraints". */
static bool refuse_constraint(const char *kernel, Error *err)
{
    return error_set(err, "ValueError", "Lora is incompatible with %s constraints. In order to enable lora on this layer, remove the "
                     "`%s_constraint` argument.", strcmp(kernel, "embeddings") == 0 ? "embedding" : kernel, kernel);
}

static Value initializer(Arena *arena, const char *name)
{
    Value resolved;
    const Value text = value_string(arena, name, strlen(name));
    config_resolve(arena, "initializer", &text, &resolved, NULL);
    return resolved;
}

static bool add_factors(Builder *builder, Layer *layer, const char *kernel, Error *err)
{
    Lora *lora = layer->lora;
    Arena *arena = builder->arena;
    Shape a = layer->weights[0].shape;
    const Shape b = SHAPE(lora->rank, a.dim[a.rank - 1]);
    a.dim[a.rank - 1] = lora->rank;
    lora->first = layer->n_weights;
    if (!layer_add_typed_weight(builder, layer, arena_print(arena, "lora_%s_a", kernel), a, DTYPE_FLOAT32, initializer(arena, "he_uniform"), true, err) ||
        !layer_add_typed_weight(builder, layer, arena_print(arena, "lora_%s_b", kernel), b, DTYPE_FLOAT32, initializer(arena, "zeros"), true, err))
        return false;
    layer->weights[0].trainable = false;
    return true;
}

/* The rank as the last axis of a shape. */
static bool take_rank(Arena *arena, const Layer *layer, Error *err)
{
    const Shape *kernel = &layer->weights[0].shape;
    const Value *rank = argument_of(layer, "lora_rank");
    Value dims = value_list(arena, VALUE_TUPLE, (size_t)kernel->rank);
    Shape shape;
    for (int i = 0; i < kernel->rank - 1; i++) list_add(dims.list, value_int(kernel->dim[i]));
    list_add(dims.list, *rank);
    if (!shape_resolve(arena, &dims, &shape, err)) return false;
    layer->lora->rank = shape.dim[shape.rank - 1];
    return true;
}

static bool take_tensorflow_rank(const Layer *layer, Error *err)
{
    const Value *rank = argument_of(layer, "lora_rank");
    Lora *lora = layer->lora;
    if (rank->kind == VALUE_BOOL) lora->rank = rank->boolean;
    else if (!value_integer(rank, &lora->rank)) return error_set(err, "TypeError", "Dimension value must be integer or None");
    return lora->rank >= 0 || error_set(err, "ValueError", "Dimension %lld must be >= 0", (long long)lora->rank);
}

bool lora_build(Builder *builder, Layer *layer, const char *kernel, Error *err)
{
    if (!layer->lora) return true;
    if (is_constrained(builder->arena, layer, kernel)) return refuse_constraint(kernel, err);
    if (!take_rank(builder->arena, layer, err)) return false;
    layer->lora->scale = 1;
    *argument_of(layer, "lora_alpha") = *argument_of(layer, "lora_rank");
    return add_factors(builder, layer, kernel, err);
}

bool lora_build_scaled(Builder *builder, Layer *layer, const char *kernel, Error *err)
{
    Lora *lora = layer->lora;
    if (!lora) return true;
    if (is_constrained(builder->arena, layer, kernel)) return refuse_constraint(kernel, err);
    if (!take_tensorflow_rank(layer, err)) return false;
    const Value *alpha = argument_of(layer, "lora_alpha");
    lora->unscaled = !value_is_number(alpha);
    lora->scale = lora->unscaled ? 1 : value_number(alpha) / (double)lora->rank;
    return add_factors(builder, layer, kernel, err);
}

bool lora_has(const Layer *layer, int i)
{
    return layer->lora && layer->lora->first && i >= layer->lora->first && i < layer->lora->first + 2;
}

Term lora_term(const Layer *layer, int64_t from, int64_t at, int64_t r)
{
    const Lora *lora = layer->lora;
    const Shape *kernel = &layer->weights[0].shape;
    const int64_t last = kernel->dim[kernel->rank - 1];
    return (Term){.from = from, .weight = lora->first, .at = at / last * lora->rank + r, .child = -1, .scale = lora->scale,
                  .factor = lora->first + 2, .factor_at = r * last + at % last};
}

void lora_put_kernel(const Layer *layer, Text *text)
{
    text_put(text, layer->lora ? "(W + " : "W");
    if (!layer->lora) return;
    if (layer->lora->scale < 1 || layer->lora->scale > 1) text_print(text, "%g·", layer->lora->scale);
    text_put(text, "A·B)");
}

const float *lora_kernel(Arena *arena, const Layer *layer, const Tensor *weights)
{
    const Lora *lora = layer->lora;
    const Tensor *kernel = &weights[0];
    if (!lora) return kernel->data;
    const float *a = weights[lora->first].data, *b = weights[lora->first + 1].data;
    const int64_t n = shape_size(&kernel->shape), last = kernel->shape.dim[kernel->shape.rank - 1];
    float *sum = ARENA_ARRAY(arena, n, float);
    for (int64_t i = 0; i < n; i++) {
        double product = 0;
        for (int64_t r = 0; r < lora->rank; r++) product += (double)a[i / last * lora->rank + r] * (double)b[r * last + i % last];
        sum[i] = kernel->data[i] + (float)(lora->scale * product);
    }
    return sum;
}
