/* Numbers of float16 and bfloat16: kept as float32, rounded to the nearest that such a type can hold. Keras on TensorFlow rounds
 * after every operation inside a layer; here a layer computes in float32 from rounded inputs and weights, and its outputs are
 * rounded, which agrees to some units of the last place. */
#ifndef SHAPEFLOW_ENGINE_NARROW_H
#define SHAPEFLOW_ENGINE_NARROW_H

#include "engine/layer.h"

bool dtype_is_narrow(Dtype);
/* Ties to even; past the largest, infinity. Other types' numbers stay as they are. */
float narrow_number(float, Dtype);
/* In place, by the tensor's own type; integers of 8 and 16 bits wrap around, booleans become 0 and 1. */
void narrow_tensor(Tensor *);
/* The tensor in that type: a copy where it is another float. */
Tensor narrow_copy(Arena *, const Tensor *, Dtype);

/* What a layer computes with: floats cast to its own type. The tensors themselves where there is nothing to cast. */
const Tensor *narrow_inputs(Arena *, const Layer *, const Tensor *in, int n);
const Tensor *narrow_weights(Arena *, const Layer *, const Tensor *weights);

#endif
