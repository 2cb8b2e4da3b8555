#include "engine/operations/eigenvalues.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "engine/operations/rotation.h"

/* A tridiagonal matrix on its way to a diagonal one, and the columns that turn with it. Computed in double, but each
 * decision falls as it does in single precision: the number of steps decides the signs. */
typedef struct Tridiagonal {
    int64_t n;
    double *diagonal, *beside;    /* n; n − 1 */
    double *columns;              /* (n, n) */
    bool    doubtful;             /* some decision could have fallen otherwise: the signs are not known */
} Tridiagonal;

/* ---- Householder: a symmetric matrix becomes tridiagonal ---- */

/* v (1, ...) and tau of the reflection that leaves of column c below row c one number, which is given back. */
static double reflection(const double *a, int64_t n, int64_t c, double *v, double *tau)
{
    double tail = 0;
    const double head = a[(c + 1) * n + c];
    for (int64_t r = c + 2; r < n; r++) tail += a[r * n + c] * a[r * n + c];
    *tau = 0;
    memset(v, 0, (size_t)n * sizeof *v);
    v[c + 1] = 1;
    if (tail <= (double)FLT_MIN) return head;
    const double length = sqrt(head * head + tail), left = head >= 0 ? -length : length;
    for (int64_t r = c + 2; r < n; r++) v[r] = a[r * n + c] / (head - left);
    *tau = (left - head) / left;
    return left;
}

/* rows `first` and on of (I − tau·v·vᵀ)·columns */
static void reflect_rows(double *columns, int64_t n, const double *v, int64_t first, double tau)
{
    for (int64_t c = 0; c < n; c++) {
        double sum = 0;
        for (int64_t r = first; r < n; r++) sum += v[r] * columns[r * n + c];
        for (int64_t r = first; r < n; r++) columns[r * n + c] -= tau * sum * v[r];
    }
}

static double lower(const double *a, int64_t n, int64_t r, int64_t c)
{
    return r >= c ? a[r * n + c] : a[c * n + r];
}

/* Both sides of the part below and right of `first` reflected; the lower half is kept. */
static void reflect_both(double *a, int64_t n, const double *v, int64_t first, double tau, double *w)
{
    double along = 0;
    for (int64_t r = first; r < n; r++) {
        w[r] = 0;
        for (int64_t c = first; c < n; c++) w[r] += tau * lower(a, n, r, c) * v[c];
    }
    for (int64_t r = first; r < n; r++) along += w[r] * v[r];
    for (int64_t r = first; r < n; r++) w[r] -= tau * along / 2 * v[r];
    for (int64_t r = first; r < n; r++)
        for (int64_t c = first; c <= r; c++) a[r * n + c] -= v[r] * w[c] + w[r] * v[c];
}

static void make_tridiagonal(double *a, Tridiagonal *t, Arena *arena)
{
    const int64_t n = t->n;
    double *v = ARENA_ARRAY(arena, n * n, double), *tau = ARENA_ARRAY(arena, n, double), *w = ARENA_ARRAY(arena, n, double);
    for (int64_t i = 0; i + 1 < n; i++) {
        t->diagonal[i] = a[i * n + i];
        t->beside[i] = reflection(a, n, i, v + i * n, &tau[i]);
        reflect_both(a, n, v + i * n, i + 1, tau[i], w);
    }
    t->diagonal[n - 1] = a[n * n - 1];
    memset(t->columns, 0, (size_t)(n * n) * sizeof *t->columns);
    for (int64_t i = 0; i < n; i++) t->columns[i * n + i] = 1;
    for (int64_t i = n - 2; i >= 0; i--) reflect_rows(t->columns, n, v + i * n, i + 1, tau[i]);
}

/* ---- implicit QR steps with Wilkinson's shift ---- */

/* Givens' rotation that turns (p, q) into (±length, 0). */
static Rotation givens(double p, double q)
{
    if (q == 0.0) return (Rotation){p < 0 ? -1 : 1, 0};
    if (p == 0.0) return (Rotation){0, q < 0 ? 1 : -1};
    if (fabs(p) > fabs(q)) {
        const double t = q / p, u = p < 0 ? -sqrt(1 + t * t) : sqrt(1 + t * t);
        return (Rotation){1 / u, -t / u};
    }
    const double t = p / q, u = q < 0 ? -sqrt(1 + t * t) : sqrt(1 + t * t);
    return (Rotation){t / u, -1 / u};
}

static double shift(const Tridiagonal *t, int64_t end)
{
    const double half = (t->diagonal[end - 1] - t->diagonal[end]) * 0.5, e = t->beside[end - 1];
    if (half == 0.0) return t->diagonal[end] - fabs(e);
    const double h = hypot(half, e), away = half + (half > 0 ? h : -h);
    return e == 0.0 ? t->diagonal[end] : t->diagonal[end] - e * e / away;
}

/* The 2 by 2 block at k between two rotations. */
static void turn_block(Tridiagonal *t, int64_t k, Rotation r)
{
    double *d = t->diagonal + k, *e = t->beside + k;
    const double upper = r.s * d[0] + r.c * e[0], under = r.s * e[0] + r.c * d[1];
    d[0] = r.c * (r.c * d[0] - r.s * e[0]) - r.s * (r.c * e[0] - r.s * d[1]);
    d[1] = r.s * upper + r.c * under;
    e[0] = r.c * upper - r.s * under;
}

static Line column(const Tridiagonal *t, int64_t k)
{
    return (Line){t->columns + k, t->n, t->n};
}

static void qr_step(Tridiagonal *t, int64_t start, int64_t end)
{
    double x = t->diagonal[start] - shift(t, end), z = t->beside[start];
    for (int64_t k = start; k < end && z != 0.0; k++) {
        const Rotation r = givens(x, z);
        turn_block(t, k, r);
        if (k > start) t->beside[k - 1] = r.c * t->beside[k - 1] - r.s * z;
        x = t->beside[k];
        if (k + 1 < end) {
            z = -r.s * t->beside[k + 1];
            t->beside[k + 1] *= r.c;
        }
        rotation_apply(rotation_back(r), column(t, k), column(t, k + 1));
    }
}

static bool is_negligible(Tridiagonal *t, int64_t i)
{
    const double least = sqrt(fabs(t->diagonal[i]) + fabs(t->diagonal[i + 1])), scaled = fabs(t->beside[i] / (double)FLT_EPSILON);
    const bool negligible = fabs(t->beside[i]) < (double)FLT_MIN || scaled <= least;
    t->doubtful |= scaled > least * 0.25 && scaled < least * 4;
    return negligible;
}

/* Block after block from the end, until nothing stands beside the diagonal. */
static bool make_diagonal(Tridiagonal *t)
{
    int64_t start = 0, end = t->n - 1;
    for (int64_t step = 0; step <= 30 * t->n; step++) {
        for (int64_t i = start; i < end; i++)
            if (is_negligible(t, i)) t->beside[i] = 0;
        while (end > 0 && t->beside[end - 1] == 0.0) end--;
        if (end <= 0) return true;
        for (start = end - 1; start > 0 && t->beside[start - 1] != 0.0;) start--;
        qr_step(t, start, end);
    }
    return false;
}

static void sort(Tridiagonal *t)
{
    for (int64_t i = 0; i + 1 < t->n; i++) {
        int64_t least = i;
        for (int64_t k = i + 1; k < t->n; k++)
            if (t->diagonal[k] < t->diagonal[least]) least = k;
        if (least == i) continue;
        line_swap((Line){t->diagonal + i, 1, 1}, (Line){t->diagonal + least, 1, 1});
        line_swap(column(t, i), column(t, least));
    }
}

bool eigenvalues_find(double *a, int64_t n, Eigenvalues *out, Arena *arena)
{
    Tridiagonal t = {n, ARENA_ARRAY(arena, n, double), ARENA_ARRAY(arena, n, double), ARENA_ARRAY(arena, n * n, double), false};
    double scale = 0;
    for (int64_t i = 0; i < n * n; i++) scale = fmax(scale, fabs(lower(a, n, i / n, i % n)));
    if (!n || !isfinite(scale)) return false;
    for (int64_t i = 0; i < n * n && scale > 0; i++) a[i] /= scale;
    make_tridiagonal(a, &t, arena);
    if (!make_diagonal(&t)) return false;
    sort(&t);
    for (int64_t i = 0; i < n && scale > 0; i++) t.diagonal[i] *= scale;
    *out = (Eigenvalues){t.diagonal, t.columns, t.doubtful};
    return true;
}

bool eigenvalues_apart(const double *values, int64_t n)
{
    double largest = 0;
    for (int64_t i = 0; i < n; i++) largest = fmax(largest, fabs(values[i]));
    for (int64_t i = 0; i + 1 < n; i++)
        if (fabs(values[i + 1] - values[i]) <= 1e-3 * largest) return false;
    return true;
}
