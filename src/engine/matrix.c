#include "engine/matrix.h"

#include <string.h>

static void begin_row(float *row, const float *bias, int64_t columns)
{
    if (bias) memcpy(row, bias, (size_t)columns * sizeof *row);
    else memset(row, 0, (size_t)columns * sizeof *row);
}

void matrix_multiply(const float *a, const float *b, const float *bias, float *restrict out, int64_t rows, int64_t inner, int64_t columns)
{
    for (int64_t i = 0; i < rows; i++) {
        float *restrict row = out + i * columns;
        begin_row(row, bias, columns);
        for (int64_t k = 0; k < inner; k++) {
            const float x = a[i * inner + k];
            const float *weights = b + k * columns;
            for (int64_t j = 0; j < columns; j++) row[j] += x * weights[j];
        }
    }
}
