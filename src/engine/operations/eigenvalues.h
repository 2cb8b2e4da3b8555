/* Eigenvalues and eigenvectors of symmetric matrices, with the signs that Eigen gives them. */
#ifndef SHAPEFLOW_ENGINE_OPERATIONS_EIGENVALUES_H
#define SHAPEFLOW_ENGINE_OPERATIONS_EIGENVALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct Eigenvalues {
    double *values;     /* n, the smallest first */
    double *vectors;    /* (n, n): columns */
    bool    doubtful;   /* their signs could be the other ones */
} Eigenvalues;

/* Of the lower half of a (n, n), which is used up. False where it does not settle. */
bool eigenvalues_find(double *a, int64_t n, Eigenvalues *, Arena *);
/* Whether no two values are so near each other that their vectors may be any. */
bool eigenvalues_apart(const double *values, int64_t n);

#endif
