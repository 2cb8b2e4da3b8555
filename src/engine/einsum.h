/* Sums of products along named axes: einsum("abc,cd->abd", x, y) for two operands. */
#ifndef SHAPEFLOW_ENGINE_EINSUM_H
#define SHAPEFLOW_ENGINE_EINSUM_H

#include "engine/tensor.h"

enum { EINSUM_AXES = 2 * SHAPE_RANK_MAX };

/* Axes are single letters, one for each axis of a tensor; no ellipsis. A letter in x and y but not in out is summed over. */
typedef struct Einsum {
    const char *x, *y, *out;
} Einsum;

/* Letters of all axes, those of out first; the sizes, and what one step along each means in x, y and out. */
typedef struct EinsumAxes {
    int     n, n_out;
    char    letter[EINSUM_AXES];
    int64_t size[EINSUM_AXES], x_step[EINSUM_AXES], y_step[EINSUM_AXES], out_step[EINSUM_AXES];
} EinsumAxes;

/* False when letters and ranks, or sizes of the same letter, do not agree. An axis of 1 stretches. */
bool einsum_axes(const Einsum *, const Shape *x, const Shape *y, const Shape *out, EinsumAxes *);

/* out has its shape and zeroed memory. False as einsum_axes. */
bool einsum(const Einsum *, const Tensor *x, const Tensor *y, Tensor *out);

/* One product of an output. */
typedef struct EinsumTerm {
    int64_t x, y;
} EinsumTerm;

/* The products that make output k: how many, and those from `first` on, at most cap. */
int64_t einsum_terms(const EinsumAxes *, int64_t k, int64_t first, EinsumTerm *, int64_t cap);

#endif
