/* Singular values and vectors, with the signs that Eigen gives them. */
#ifndef SHAPEFLOW_ENGINE_OPERATIONS_SINGULAR_VALUES_H
#define SHAPEFLOW_ENGINE_OPERATIONS_SINGULAR_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* a = u·diag(values)·vᵀ */
typedef struct SingularValues {
    int64_t rows, columns, n;    /* n: the smaller of both */
    double *u;                   /* (rows, rows): columns */
    double *values;              /* n, the largest first */
    double *v;                   /* (columns, columns): columns */
} SingularValues;

/* Of a (rows, columns), which is used up. False where it holds what is no number. */
bool singular_values_find(double *a, int64_t rows, int64_t columns, SingularValues *, Arena *);

#endif
