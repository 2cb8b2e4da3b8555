/* Products of matrices, the one hot spot of a forward pass. */
#ifndef SHAPEFLOW_ENGINE_MATRIX_H
#define SHAPEFLOW_ENGINE_MATRIX_H

#include <stdint.h>

/* out(rows, columns) = a(rows, inner) · b(inner, columns) + bias(columns), all row-major; bias may be NULL. */
void matrix_multiply(const float *a, const float *b, const float *bias, float *out, int64_t rows, int64_t inner, int64_t columns);

#endif
