#include "engine/operations/singular_values.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "engine/operations/rotation.h"

/* A matrix by rows. */
typedef struct Grid {
    double *x;
    int64_t rows, columns;
} Grid;

static Line row_of(const Grid *g, int64_t r) { return (Line){g->x + r * g->columns, g->columns, 1}; }
static Line column_of(const Grid *g, int64_t c) { return (Line){g->x + c, g->rows, g->columns}; }

static Grid unit(Arena *arena, int64_t n)
{
    Grid g = {ARENA_ARRAY(arena, n * n, double), n, n};
    memset(g.x, 0, (size_t)(n * n) * sizeof *g.x);
    for (int64_t i = 0; i < n; i++) g.x[i * n + i] = 1;
    return g;
}

/* ---- QR with pivots: a tall matrix becomes square ---- */

/* Rows `first` and on of (I − tau·v·vᵀ)·g, from column `from`. */
static void reflect(const Grid *g, const double *v, double tau, int64_t first, int64_t from)
{
    for (int64_t c = from; c < g->columns; c++) {
        double sum = 0;
        for (int64_t r = first; r < g->rows; r++) sum += v[r] * g->x[r * g->columns + c];
        for (int64_t r = first; r < g->rows; r++) g->x[r * g->columns + c] -= tau * sum * v[r];
    }
}

static double square_sum(const Grid *g, int64_t c, int64_t first)
{
    double sum = 0;
    for (int64_t r = first; r < g->rows; r++) sum += g->x[r * g->columns + c] * g->x[r * g->columns + c];
    return sum;
}

/* v (1, ...) and tau of the reflection that empties column k below row k. */
static double reflection(const Grid *g, int64_t k, double *v)
{
    const double head = g->x[k * g->columns + k], tail = square_sum(g, k, k + 1);
    memset(v, 0, (size_t)g->rows * sizeof *v);
    v[k] = 1;
    if (tail <= (double)FLT_MIN) return 0;
    const double length = sqrt(head * head + tail), left = head >= 0 ? -length : length;
    for (int64_t r = k + 1; r < g->rows; r++) v[r] = g->x[r * g->columns + k] / (head - left);
    return (left - head) / left;
}

static int64_t longest_column(const Grid *g, int64_t k)
{
    int64_t best = k;
    for (int64_t c = k + 1; c < g->columns; c++)
        if (square_sum(g, c, k) > square_sum(g, best, k)) best = c;
    return best;
}

/* a (rows >= columns) becomes R; q its reflections, order the columns as they were swapped. */
static void triangulate(const Grid *a, const Grid *q, const Grid *order, Arena *arena)
{
    double *v = ARENA_ARRAY(arena, a->rows * a->columns, double), *tau = ARENA_ARRAY(arena, a->columns, double);
    for (int64_t k = 0; k < a->columns; k++) {
        const int64_t best = longest_column(a, k);
        if (best != k) line_swap(column_of(a, k), column_of(a, best)), line_swap(column_of(order, k), column_of(order, best));
        tau[k] = reflection(a, k, v + k * a->rows);
        reflect(a, v + k * a->rows, tau[k], k, k);
    }
    for (int64_t k = a->columns - 1; k >= 0; k--) reflect(q, v + k * a->rows, tau[k], k, 0);
}

/* ---- Jacobi: rotations from both sides empty what is beside the diagonal ---- */

/* The rotation that makes ((x, y), (y, z)) diagonal. */
static Rotation jacobi(double x, double y, double z)
{
    if (2 * fabs(y) < (double)FLT_MIN) return (Rotation){1, 0};
    const double tau = (x - z) / (2 * fabs(y)), w = sqrt(tau * tau + 1), t = tau > 0 ? 1 / (tau + w) : 1 / (tau - w);
    const double c = 1 / sqrt(t * t + 1);
    return (Rotation){c, (t > 0 ? -1 : 1) * (y > 0 ? 1 : -1) * fabs(t) * c};
}

/* Rows p and q, then columns p and q, of work; u and v go along. */
static void turn(const Grid *work, const Grid *u, const Grid *v, int64_t p, int64_t q)
{
    const double *x = work->x;
    const int64_t n = work->columns;
    const double sum = x[p * n + p] + x[q * n + q], difference = x[q * n + p] - x[p * n + q], ratio = sum / difference;
    const Rotation first = fabs(difference) < (double)FLT_MIN ? (Rotation){1, 0}
                                                              : (Rotation){ratio / sqrt(1 + ratio * ratio), 1 / sqrt(1 + ratio * ratio)};
    const double upper = first.c * x[p * n + p] + first.s * x[q * n + p], side = first.c * x[p * n + q] + first.s * x[q * n + q];
    const double under = first.c * x[q * n + q] - first.s * x[p * n + q];
    const Rotation right = jacobi(upper, side, under);
    const Rotation left = {first.c * right.c + first.s * right.s, first.s * right.c - first.c * right.s};
    rotation_apply(left, row_of(work, p), row_of(work, q));
    rotation_apply(left, column_of(u, p), column_of(u, q));
    rotation_apply(rotation_back(right), column_of(work, p), column_of(work, q));
    rotation_apply(rotation_back(right), column_of(v, p), column_of(v, q));
}

static double largest_on_diagonal(const Grid *work)
{
    double largest = 0;
    for (int64_t i = 0; i < work->rows; i++) largest = fmax(largest, fabs(work->x[i * work->columns + i]));
    return largest;
}

/* Whether anything was left to turn. */
static bool sweep(const Grid *work, const Grid *u, const Grid *v, double *largest)
{
    const int64_t n = work->columns;
    bool turned = false;
    for (int64_t p = 1; p < n; p++)
        for (int64_t q = 0; q < p; q++) {
            const double least = fmax((double)FLT_MIN, 2 * (double)FLT_EPSILON * *largest);
            if (fabs(work->x[p * n + q]) <= least && fabs(work->x[q * n + p]) <= least) continue;
            turn(work, u, v, p, q);
            turned = true;
            *largest = fmax(*largest, fmax(fabs(work->x[p * n + p]), fabs(work->x[q * n + q])));
        }
    return turned;
}

/* The diagonal as values that are not negative, the largest first. */
static void give_values(const Grid *work, const Grid *u, const Grid *v, double *values)
{
    const int64_t n = work->columns;
    for (int64_t i = 0; i < n; i++) {
        values[i] = fabs(work->x[i * n + i]);
        for (int64_t r = 0; work->x[i * n + i] < 0 && r < u->rows; r++) u->x[r * u->columns + i] *= -1;
    }
    for (int64_t i = 0; i < n; i++) {
        int64_t best = i;
        for (int64_t k = i + 1; k < n; k++)
            if (values[k] > values[best]) best = k;
        if (best == i) continue;
        line_swap((Line){values + i, 1, 1}, (Line){values + best, 1, 1});
        line_swap(column_of(u, i), column_of(u, best));
        line_swap(column_of(v, i), column_of(v, best));
    }
}

/* A square matrix that has the same values: itself, or R of a tall one, which a wide one is when it lies on its side. */
static Grid squared(const Grid *a, const Grid *u, const Grid *v, Arena *arena)
{
    const bool wide = a->columns > a->rows;
    const int64_t n = wide ? a->rows : a->columns, m = wide ? a->columns : a->rows;
    Grid tall = {ARENA_ARRAY(arena, m * n, double), m, n}, work = {ARENA_ARRAY(arena, n * n, double), n, n};
    for (int64_t i = 0; i < m * n; i++) tall.x[i] = wide ? a->x[i % n * a->columns + i / n] : a->x[i];
    if (m == n) return tall;
    triangulate(&tall, wide ? v : u, wide ? u : v, arena);
    for (int64_t r = 0; r < n; r++)
        for (int64_t c = 0; c < n; c++) work.x[wide ? c * n + r : r * n + c] = c < r ? 0 : tall.x[r * n + c];
    return work;
}

bool singular_values_find(double *a, int64_t rows, int64_t columns, SingularValues *out, Arena *arena)
{
    enum { SWEEPS = 60 };
    const Grid given = {a, rows, columns};
    double scale = 0, largest;
    for (int64_t i = 0; i < rows * columns; i++) scale = fmax(scale, fabs(a[i]));
    if (!isfinite(scale)) return false;
    for (int64_t i = 0; i < rows * columns && scale > 0; i++) a[i] /= scale;
    const Grid u = unit(arena, rows), v = unit(arena, columns), work = squared(&given, &u, &v, arena);
    *out = (SingularValues){rows, columns, work.columns, u.x, ARENA_ARRAY(arena, work.columns + 1, double), v.x};
    largest = largest_on_diagonal(&work);
    for (int i = 0; i < SWEEPS && sweep(&work, &u, &v, &largest); i++) {}
    give_values(&work, &u, &v, out->values);
    for (int64_t i = 0; i < out->n && scale > 0; i++) out->values[i] *= scale;
    return true;
}
