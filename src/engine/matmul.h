/* Products of matrices, blocked for the caches; the left one may be the patches of an image, read where they lie. */
#ifndef SHAPEFLOW_ENGINE_MATMUL_H
#define SHAPEFLOW_ENGINE_MATMUL_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/finish.h"

/* Rows that lie `step` apart. Those of patches come in lines, each with a place of its own, and each row in pieces, which lie
 * alike in all rows: number k of piece p of row r of line l is data[line_at[l] + r·step + piece_at[p] + k]. */
typedef struct MatmulLeft {
    const float   *data;
    int64_t        step;
    const int64_t *line_at;    int64_t lines;    /* none = one, at 0 */
    const int64_t *piece_at;   int64_t pieces;
} MatmulLeft;

/* finish((rows, inner)·(inner, columns) + bias). */
typedef struct Matmul {
    int64_t      rows, inner, columns;   /* of all lines, of all pieces */
    MatmulLeft   left;
    const float *right;                  /* (inner, columns), wherever the steps put them */
    int64_t      right_row_step, right_column_step;
    const float *packed;                 /* what matmul_pack made of it; NULL = packed on the way */
    const float *bias;                   /* one for each column; NULL = none */
    FinishList   finish;                 /* of whole rows when out_step is columns */
    float       *out;
    int64_t      out_step;               /* from row to row */
} Matmul;

void matmul(const Matmul *, Arena *scratch);

/* Whether a packed right matrix is of use: with few rows it is not. */
bool   matmul_packs(const Matmul *);
/* The right matrix in the order in which it is read, for a product that is made more than once: counts and steps matter, what
 * pointers of the left one point to does not. */
float *matmul_pack(const Matmul *, Arena *);

/* sum[i] += factor·x[i]: the inner loop of what is no matrix product. */
void matmul_add_scaled(float *sum, const float *x, float factor, int64_t n);

#endif
