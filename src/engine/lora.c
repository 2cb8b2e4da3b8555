#include "engine/lora.h"

#include <string.h>

#include "engine/config.h"

void lora_read(Maker *maker)
{
    const Value *rank = maker_arg(maker, "lora_rank"), *alpha = maker_arg(maker, "lora_alpha");
    if (!value_is_int(rank) || rank->integer <= 0) return;
    if (alpha->kind == VALUE_NONE) maker_set(maker, "lora_alpha", *rank);
    Lora *lora = ARENA_NEW(maker->builder->arena, Lora);
    lora->rank = rank->integer;
    lora->scale = value_is_number(alpha) ? value_number(alpha) / (double)lora->rank : 1;
    maker->layer->lora = lora;
}

static bool is_constrained(Arena *arena, const Layer *layer, const char *kernel)
{
    const char *name = arena_print(arena, "%s_constraint", kernel);
    for (int i = 0; i < layer->kind->n_params; i++)
        if (strcmp(layer->kind->params[i].name, name) == 0) return layer->args[i].kind != VALUE_NONE;
    return false;
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

bool lora_build(Builder *builder, Layer *layer, const char *kernel, Error *err)
{
    Lora *lora = layer->lora;
    Arena *arena = builder->arena;
    if (!lora) return true;
    if (is_constrained(arena, layer, kernel)) return refuse_constraint(kernel, err);
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

bool lora_has(const Layer *layer, int i)
{
    return layer->lora && layer->lora->first && i >= layer->lora->first && i < layer->lora->first + 2;
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
