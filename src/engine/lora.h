/* LoRA: two thin factors beside a frozen kernel, which is used and saved with their product added. */
#ifndef SHAPEFLOW_ENGINE_LORA_H
#define SHAPEFLOW_ENGINE_LORA_H

#include "engine/layer.h"

/* kernel (..., last) + scale · a (..., rank) · b (rank, last) */
typedef struct Lora {
    int64_t rank;
    double  scale;
    int     first;     /* the factors are weights[first] and weights[first + 1]; the kernel is weights[0] */
} Lora;

/* lora_rank and lora_alpha of the constructor, kept in layer->lora; NULL there without them. */
void lora_read(Maker *);
/* Adds "lora_<kernel>_a" and "lora_<kernel>_b" and freezes the kernel. Refuses a kernel that has a constraint. */
bool lora_build(Builder *, Layer *, const char *kernel, Error *);
/* Whether weight i is one of the two factors. */
bool lora_has(const Layer *, int i);
/* The kernel with the product added; its own numbers without LoRA. `weights` are those of the layer. */
const float *lora_kernel(Arena *, const Layer *, const Tensor *weights);

#endif
