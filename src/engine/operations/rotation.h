/* Rotations of two rows or columns of a matrix: what eigenvalues and singular values are found with. */
#ifndef SHAPEFLOW_ENGINE_OPERATIONS_ROTATION_H
#define SHAPEFLOW_ENGINE_OPERATIONS_ROTATION_H

#include <stdint.h>

typedef struct Rotation {
    double c, s;
} Rotation;

/* Numbers of a row or column, `step` apart. */
typedef struct Line {
    double *first;
    int64_t n, step;
} Line;

/* (x, y) becomes (c·x + s·y, c·y − s·x). */
static inline void rotation_apply(Rotation r, Line x, Line y)
{
    for (int64_t i = 0; i < x.n; i++) {
        double *a = &x.first[i * x.step], *b = &y.first[i * y.step];
        const double before = *a;
        *a = r.c * before + r.s * *b;
        *b = r.c * *b - r.s * before;
    }
}

static inline void line_swap(Line x, Line y)
{
    for (int64_t i = 0; i < x.n; i++) {
        const double before = x.first[i * x.step];
        x.first[i * x.step] = y.first[i * y.step];
        y.first[i * y.step] = before;
    }
}

static inline Rotation rotation_back(Rotation r)
{
    return (Rotation){r.c, -r.s};
}

#endif
