/* Products by OpenBLAS, in builds that have it (cmake -DOPENBLAS=ON). It pays where the machine's vectors are not known here: with
 * AVX2 both take the same time, with AVX-512 OpenBLAS takes 1.3 to 2 times as long, with 4 floats in a vector 0.4 times. */
#ifndef SHAPEFLOW_ENGINE_BLAS_H
#define SHAPEFLOW_ENGINE_BLAS_H

#include "engine/matmul.h"

/* Rows in one piece, on a machine where it pays. */
bool blas_takes(const Matmul *);
/* All but `finish`. */
void blas_run(const Matmul *);

#endif
