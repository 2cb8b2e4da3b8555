/* NumPy's .npy: little or big endian, C or Fortran order, floats, integers and booleans. */
#ifndef SHAPEFLOW_KERAS_NPY_H
#define SHAPEFLOW_KERAS_NPY_H

#include "engine/tensor.h"
#include "base/error.h"

/* numbers_max: refuse more. Object arrays (pickles) are refused, never opened. */
bool npy_read(Arena *, const void *bytes, size_t length, int64_t numbers_max, Tensor *, Error *);
/* Version 1.0, "<f4", C order. */
void npy_write(Text *, const Tensor *);

#endif
