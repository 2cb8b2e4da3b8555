/* keras.activations by name: values and formulae. */
#ifndef SHAPEFLOW_ENGINE_ACTIVATION_H
#define SHAPEFLOW_ENGINE_ACTIVATION_H

#include "engine/layer.h"

struct Activation {
    const char *name;                        /* "relu" */
    /* In place over n numbers; NULL for those over an axis. */
    void (*apply)(float *x, int64_t n, const double *parameters);
    /* Over the last axis of length n (softmax, log_softmax, sparsemax ...); NULL for the elementwise. */
    void (*apply_axis)(float *x, int64_t n, int64_t stride, const double *parameters);
    const char *formula;                     /* "max(0, x)" */
    const ParamSpec *params; int n_params;   /* alpha, negative_slope ... */
};

const Activation *activation_find(const char *name);    /* aliases too ("swish"); NULL when there is none */
extern const Activation ACTIVATION_LINEAR;

/* Over a whole tensor, last axis where it matters. */
void activation_apply(const Activation *, Tensor *);

#endif
