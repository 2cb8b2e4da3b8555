/* What is done to numbers while they are still in the cache: activations and factors of channels, in place. */
#ifndef SHAPEFLOW_ENGINE_FINISH_H
#define SHAPEFLOW_ENGINE_FINISH_H

#include "engine/activation.h"

/* apply(x, n, how): n numbers, whole rows of the last axis. */
struct Finish {
    void      (*apply)(float *x, int64_t n, const void *how);
    const void *how;
};

/* One after the other. */
struct FinishList {
    const Finish *items;
    int           n;
};

void finish_apply(const FinishList *, float *x, int64_t n);

/* An elementwise activation. */
Finish finish_activation(const Activation *);

/* A layer's own activation, then forward->after, in the arena. */
FinishList finish_of(const Forward *, const Activation *, Arena *);

#endif
