/* Products of matrices, blocked for the caches and written for the machine's widest vectors. */
#ifndef SHAPEFLOW_ENGINE_MATMUL_H
#define SHAPEFLOW_ENGINE_MATMUL_H

#include <stdint.h>

#include "base/arena.h"

/* The left matrix, asked for block by block, so that the patches of an image never lie out all at once.
 * Copies columns [column, column + columns) of rows [row, row + rows) to `to`, rows `step` apart. */
typedef struct MatmulLeft {
    const void *source;
    void (*copy)(const void *source, int64_t row, int64_t rows, int64_t column, int64_t columns, float *to, int64_t step);
} MatmulLeft;

/* (rows, columns) = (rows, inner)·(inner, columns) + bias. */
typedef struct Matmul {
    int64_t      rows, inner, columns;
    MatmulLeft   left;
    const float *right;               /* (inner, columns), wherever the steps put them */
    int64_t      right_row_step, right_column_step;
    const float *bias;                /* one for each column; NULL = none */
    float       *out;
    int64_t      out_step;            /* from row to row */
} Matmul;

void matmul(const Matmul *, Arena *scratch);

/* Rows that lie in memory `step` apart. */
typedef struct MatmulRows {
    const float *data;
    int64_t      step;
} MatmulRows;
MatmulLeft matmul_rows(const MatmulRows *);

/* sum[i] += factor·x[i]: the inner loop of what is no matrix product. */
void matmul_add_scaled(float *sum, const float *x, float factor, int64_t n);

#endif
