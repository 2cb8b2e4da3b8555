/* EinsumDense's equation, bias_axes and output_shape: what they say of shapes, and in whose words they are refused. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_EINSUM_EQUATION_H
#define SHAPEFLOW_ENGINE_LAYERS_EINSUM_EQUATION_H

#include "base/error.h"
#include "engine/einsum.h"

/* As the constructor got them. */
typedef struct EinsumEquation {
    const char *text, *bias_axes;   /* "...x,xy->...y"; bias_axes NULL = no bias */
    Shape       partial;            /* output_shape: without the batch axis */
} EinsumEquation;

/* What follows for an input. */
typedef struct EinsumShapes {
    Shape   kernel, bias, out;
    int64_t input_axes[SHAPE_RANK_MAX], output_axes[SHAPE_RANK_MAX];   /* of the kernel */
    int     n_input_axes, n_output_axes;
} EinsumShapes;

bool einsum_equation_shapes(const EinsumEquation *, const Shape *in, Arena *, EinsumShapes *, Error *);

/* Letters for every axis: the elided ones have letters that the equation does not use. */
typedef struct EinsumLetters {
    char in[EINSUM_AXES + 1], kernel[EINSUM_AXES + 1], out[EINSUM_AXES + 1];
} EinsumLetters;

/* False where TensorFlow cannot compute the equation. */
bool einsum_equation_letters(const EinsumEquation *, const Shape *in, EinsumLetters *);
/* The shape of the numbers, of which output_shape need not tell the truth. False as above. */
bool einsum_equation_product(const EinsumEquation *, const Shape *in, const Shape *kernel, Shape *out);

#endif
