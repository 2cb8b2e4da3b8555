/* Convolutions in numbers, fast: maps with channels last, kernels as Keras keeps them. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_CONVOLVE_H
#define SHAPEFLOW_ENGINE_LAYERS_CONVOLVE_H

#include "engine/finish.h"
#include "engine/layers/window.h"

typedef struct Convolution {
    Window       window;
    int64_t      batch, channels, filters;   /* of all groups */
    int64_t      groups;
    const float *in;       /* (batch, cells of the window's axes, channels) */
    const float *kernel;
    const float *const *packed;   /* what convolve_pack made of it; NULL = nothing */
    const float *bias;     /* (filters); NULL = none */
    float       *out;      /* (batch, places of the window's axes, filters) */
    FinishList   finish;
} Convolution;

/* kernel: (taps, channels / groups, filters). */
void convolve(const Convolution *, Arena *scratch);
/* The kernel of each group in the order in which it is read, for more than one run. */
const float *const *convolve_pack(const Convolution *, Arena *);

/* Every channel by its own; kernel: (taps, channels, filters / channels). */
void convolve_depthwise(const Convolution *, Arena *scratch);

/* The window slides over the output: its cells are the output's, its places the input's. kernel: (taps, filters, channels). */
void convolve_transposed(const Convolution *, Arena *scratch);

#endif
