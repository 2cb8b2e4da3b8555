/* LoRA: two thin factors beside a frozen kernel, which is used and saved with their product added. */
#ifndef SHAPEFLOW_ENGINE_LORA_H
#define SHAPEFLOW_ENGINE_LORA_H

#include "engine/layer.h"

/* kernel (..., last) + scale · a (..., rank) · b (rank, last) */
typedef struct Lora {
    int64_t rank;
    double  scale;
    bool    unscaled;  /* lora_alpha is no number: Keras takes it and cannot compute */
    int     first;     /* the factors are weights[first] and weights[first + 1]; the kernel is weights[0] */
} Lora;

/* lora_rank and lora_alpha of the constructor, kept in layer->lora; NULL there without them. */
void lora_read(Maker *);
/* Adds "lora_<kernel>_a" and "lora_<kernel>_b" and freezes the kernel. Refuses a kernel that has a constraint, and what is no
 * rank. Keras forgets lora_alpha on the way: the scale is 1. */
bool lora_build(Builder *, Layer *, const char *kernel, Error *);
/* The same where Keras minds lora_alpha, and TensorFlow the rank. */
bool lora_build_scaled(Builder *, Layer *, const char *kernel, Error *);
/* Whether weight i is one of the two factors. */
bool lora_has(const Layer *, int i);
/* Beside in[0][from]·kernel[at]: what the r-th column of one factor and row of the other add, of `rank` such terms. */
Term lora_term(const Layer *, int64_t from, int64_t at, int64_t r);
/* "W", or "(W + 0.5·A·B)". */
void lora_put_kernel(const Layer *, Text *);
/* The kernel with the product added; its own numbers without LoRA. `weights` are those of the layer. */
const float *lora_kernel(Arena *, const Layer *, const Tensor *weights);

#endif
