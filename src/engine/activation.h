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
    const double *parameters;                /* one for each of params */
    bool opaque;                             /* a function of the text: what it gives is not known */
    bool halves;                             /* gives half as many numbers along its axis (glu), which Keras' shapes do not say */
};

const Activation *activation_find(const char *name);    /* aliases too ("swish"); NULL when there is none */
extern const Activation ACTIVATION_LINEAR;

/* One of the table with other parameters, in its order. */
const Activation *activation_with(Arena *, const char *name, const double *parameters);
/* Whether an output needs only its own sum. */
bool activation_elementwise(const Activation *);

/* Over a whole tensor, last axis where it matters. An opaque one changes nothing; one that halves shortens the tensor's shape. */
void activation_apply(const Activation *, Tensor *);
void activation_apply_axis(const Activation *, Tensor *, int axis);

#endif
