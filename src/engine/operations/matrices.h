/* Operations on the last two axes, example by example: what those of linear algebra share. */
#ifndef SHAPEFLOW_ENGINE_OPERATIONS_MATRICES_H
#define SHAPEFLOW_ENGINE_OPERATIONS_MATRICES_H

#include "engine/operations/operand.h"
#include "engine/operations/operation.h"

enum { MATRICES_OUT = 3 };

/* The matrices of one example, rows by rows; numbers are computed in double. */
typedef struct Matrices {
    const Layer *layer;
    Dtype        dtype;
    int64_t      rows, columns, right;     /* right: columns of b; 1 for a vector */
    double      *a, *b;                    /* may be changed */
    float       *out[MATRICES_OUT];
    Arena       *scratch;
} Matrices;

/* False where there is no answer, or several. */
typedef bool Compute(const Matrices *);

typedef struct Algebra {
    Compute    *compute;
    const char *rule;
} Algebra;

void    matrices_forward(const Forward *);
int64_t matrices_trace(const Trace *, Term *, int64_t cap);
void    matrices_explain(const Trace *, ExplainTopic, Text *);

/* _assert_2d and _assert_square. */
bool matrices_check(const Shape *, Error *);
bool matrices_check_square(const Shape *, Error *);
/* min(rows, columns), which Python refuses of None. */
bool matrices_least(const Shape *, int64_t *least, Error *);
/* The shape with other rows and columns; without both. */
Shape matrices_shape(const Shape *, int64_t rows, int64_t columns);
Shape matrices_batch(const Shape *);

double *matrix_unit(Arena *, int64_t n);
void    matrix_give(float *out, const double *numbers, int64_t n);
/* Householder's reflection I − scale·v·vᵀ of rows `first` and on. */
void    matrix_reflect(double *matrix, int64_t columns, const double *v, int64_t first, int64_t rows, double scale);

#define MATRIX(FUNCTION, NAME, MODULE, PARAMS_OF_CALL, COMPUTE, RULE_TEXT, ...)                                     \
    const LayerKind OPERATION_##FUNCTION = {                                                                        \
        OPERATION(NAME, MODULE), TAKES(PARAMS_OF_CALL), .forward = matrices_forward, .trace = matrices_trace,       \
        .explain = matrices_explain, .rule = TRACE_DEPENDS, .family = &(const Algebra){COMPUTE, RULE_TEXT}, __VA_ARGS__ \
    }

#endif
