/* Inverses and what goes with them: det, logdet, slogdet, inv, cholesky, cholesky_inverse, solve, solve_triangular, lu_factor. */
#include <math.h>
#include <string.h>

#include "engine/operations/matrices.h"

static const ParamSpec AB[] = {{.name = "a", .required = true}, {.name = "b", .required = true}};
static const ParamSpec UPPER[] = {{.name = "upper", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}};
static const ParamSpec LOWER[] = {{.name = "lower", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}};

/* ---- shapes ---- */

static bool infer_square(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err) || !matrices_check_square(&in[0].shape, err)) return false;
    outputs_add(out, in[0].shape, in[0].dtype);
    return true;
}

static bool infer_scalar(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err) || !matrices_check_square(&in[0].shape, err)) return false;
    outputs_add(out, matrices_batch(&in[0].shape), in[0].dtype);
    return true;
}

static bool infer_logdet(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err)) return false;
    outputs_add(out, in[0].shape.rank < 2 ? (Shape){0} : matrices_batch(&in[0].shape), in[0].dtype);
    return true;
}

/* One sign for all in Keras' words; numbers have one for each matrix. */
static bool infer_slogdet(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err)) return false;
    outputs_add(out, (Shape){0}, in[0].dtype);
    outputs_add(out, matrices_batch(&in[0].shape), in[0].dtype);
    return out->list = true;
}

static bool infer_slogdet_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err) || !matrices_check_square(&in[0].shape, err)) return false;
    for (int i = 0; i < 2; i++) outputs_add(out, matrices_batch(&in[0].shape), in[0].dtype);
    return out->list = true;
}

static bool infer_lu(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    int64_t least;
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err) || !matrices_check(&in[0].shape, err) || !matrices_least(&in[0].shape, &least, err)) return false;
    Shape pivots = shape_without(&in[0].shape, in[0].shape.rank - 1);
    pivots.dim[pivots.rank - 1] = least;
    outputs_add(out, in[0].shape, in[0].dtype);
    outputs_add(out, pivots, in[0].dtype);
    return out->list = true;
}

static bool refuse_pair(const Shape *a, const Shape *b, const char *wanted, Error *err)
{
    return err && error_set(err, "ValueError", "%s Received: a.shape=%s, b.shape=%s", wanted, shape_text(err->arena, a), shape_text(err->arena, b));
}

static bool infer_solve(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand a = operand_of(call, in, 0), b = operand_of(call, in, 1);
    const Shape *left = &a.spec.shape, *right = &b.spec.shape;
    (void)layer, (void)n_in;
    if (!matrices_check_square(left, err)) return false;
    if (!right->rank) return error_set(err, "ValueError", "Expected input to have rank >= 1. Received scalar input.");
    const int64_t rows = left->dim[left->rank - 2];
    if (left->rank == right->rank && right->dim[right->rank - 2] != rows)
        return refuse_pair(left, right, "Incompatible shapes between `a` and `b`. Expected `a.shape[-2] == b.shape[-2]`.", err);
    if (left->rank == right->rank + 1 && right->dim[right->rank - 1] != left->dim[left->rank - 1])
        return refuse_pair(left, right, "Incompatible shapes between `a` and `b`. Expected `a.shape[-1] == b.shape[-1]`.", err);
    outputs_add(out, *right, b.spec.dtype);
    return true;
}

/* ---- numbers ---- */

/* What elimination works on: a becomes both triangles, b goes along. */
typedef struct Elimination {
    double *a;   int64_t n;
    double *b;   int64_t right;
    int64_t *rows;                  /* which row ended where; NULL = nobody asks */
} Elimination;

static void swap_rows(double *matrix, int64_t columns, int64_t r, int64_t s)
{
    for (int64_t c = 0; c < columns; c++) {
        const double swap = matrix[r * columns + c];
        matrix[r * columns + c] = matrix[s * columns + c], matrix[s * columns + c] = swap;
    }
}

static void swap_into(Elimination *e, int64_t c, int64_t pivot)
{
    swap_rows(e->a, e->n, c, pivot);
    swap_rows(e->b, e->right, c, pivot);
    if (!e->rows) return;
    const int64_t swap = e->rows[c];
    e->rows[c] = e->rows[pivot], e->rows[pivot] = swap;
}

/* Gauss with the largest pivot. The determinant, 0 where there is no inverse. */
static double eliminate(Elimination e)
{
    const int64_t n = e.n;
    double *a = e.a, determinant = 1;
    for (int64_t c = 0; c < n; c++) {
        int64_t pivot = c;
        for (int64_t r = c + 1; r < n; r++)
            if (fabs(a[r * n + c]) > fabs(a[pivot * n + c])) pivot = r;
        if (a[pivot * n + c] == 0.0) return 0;
        if (pivot != c) swap_into(&e, c, pivot), determinant = -determinant;
        determinant *= a[c * n + c];
        for (int64_t r = c + 1; r < n; r++) {
            const double factor = a[r * n + c] /= a[c * n + c];
            for (int64_t i = c + 1; i < n; i++) a[r * n + i] -= factor * a[c * n + i];
            for (int64_t i = 0; i < e.right; i++) e.b[r * e.right + i] -= factor * e.b[c * e.right + i];
        }
    }
    return determinant;
}

/* Of an upper triangle, into b. */
static void substitute_up(const double *a, int64_t n, double *b, int64_t right)
{
    for (int64_t r = n - 1; r >= 0; r--)
        for (int64_t i = 0; i < right; i++) {
            for (int64_t c = r + 1; c < n; c++) b[r * right + i] -= a[r * n + c] * b[c * right + i];
            b[r * right + i] /= a[r * n + r];
        }
}

static void substitute_down(const double *a, int64_t n, double *b, int64_t right)
{
    for (int64_t r = 0; r < n; r++)
        for (int64_t i = 0; i < right; i++) {
            for (int64_t c = 0; c < r; c++) b[r * right + i] -= a[r * n + c] * b[c * right + i];
            b[r * right + i] /= a[r * n + r];
        }
}

static bool determinant(const Matrices *m)
{
    m->out[0][0] = (float)eliminate((Elimination){.a = m->a, .n = m->rows});
    return true;
}

static bool log_determinant(const Matrices *m)
{
    m->out[0][0] = (float)log(eliminate((Elimination){.a = m->a, .n = m->rows}));
    return true;
}

static bool inverse(const Matrices *m)
{
    double *unit = matrix_unit(m->scratch, m->rows);
    if (eliminate((Elimination){m->a, m->rows, unit, m->rows, NULL}) == 0.0) return false;
    substitute_up(m->a, m->rows, unit, m->rows);
    matrix_give(m->out[0], unit, m->rows * m->rows);
    return true;
}

static bool solve(const Matrices *m)
{
    if (eliminate((Elimination){m->a, m->rows, m->b, m->right, NULL}) == 0.0) return false;
    substitute_up(m->a, m->rows, m->b, m->right);
    matrix_give(m->out[0], m->b, m->rows * m->right);
    return true;
}

static bool solve_triangular(const Matrices *m)
{
    if (value_truth(operation_arg(m->layer, "lower"))) substitute_down(m->a, m->rows, m->b, m->right);
    else substitute_up(m->a, m->rows, m->b, m->right);
    matrix_give(m->out[0], m->b, m->rows * m->right);
    return true;
}

/* A = L·Lᵗ; TensorFlow looks at the lower half alone. */
static bool cholesky(const Matrices *m)
{
    const int64_t n = m->rows;
    const bool upper = value_truth(operation_arg(m->layer, "upper"));
    for (int64_t c = 0; c < n; c++)
        for (int64_t r = c; r < n; r++) {
            double rest = m->a[r * n + c];
            for (int64_t i = 0; i < c; i++) rest -= m->a[r * n + i] * m->a[c * n + i];
            if (r == c && rest <= 0) return false;
            m->a[r * n + c] = r == c ? sqrt(rest) : rest / m->a[c * n + c];
        }
    for (int64_t r = 0; r < n; r++)
        for (int64_t c = 0; c < n; c++) m->out[0][r * n + c] = (float)(upper ? (c < r ? 0 : m->a[c * n + r]) : c > r ? 0 : m->a[r * n + c]);
    return true;
}

/* The inverse of l·lᵗ (of uᵗ·u, which TensorFlow takes as u·uᵗ's): the triangle's inverse with itself. */
static bool cholesky_inverse(const Matrices *m)
{
    const int64_t n = m->rows;
    const bool upper = value_truth(operation_arg(m->layer, "upper"));
    double *unit = matrix_unit(m->scratch, n);
    if (upper) substitute_up(m->a, n, unit, n);
    else substitute_down(m->a, n, unit, n);
    for (int64_t k = 0; k < n * n; k++) {
        double sum = 0;
        for (int64_t i = 0; i < n; i++) sum += upper ? unit[k / n * n + i] * unit[k % n * n + i] : unit[i * n + k / n] * unit[i * n + k % n];
        m->out[0][k] = (float)sum;
    }
    return true;
}

static bool sign_and_log(const Matrices *m)
{
    const double determinant = eliminate((Elimination){.a = m->a, .n = m->rows});
    m->out[0][0] = (float)((determinant > 0) - (determinant < 0));
    m->out[1][0] = (float)log(fabs(determinant));
    return true;
}

static bool lu_factor(const Matrices *m)
{
    const int64_t n = m->rows;
    int64_t *rows = ARENA_ARRAY(m->scratch, n, int64_t);
    for (int64_t i = 0; i < n; i++) rows[i] = i;
    if (n != m->columns || eliminate((Elimination){.a = m->a, .n = n, .rows = rows}) == 0.0) return false;
    matrix_give(m->out[0], m->a, n * n);
    for (int64_t i = 0; i < n; i++) m->out[1][rows[i]] = (float)i;
    return true;
}

MATRIX(det, "Det", "linalg", OPERATION_X, determinant, "|x|", .infer = infer_scalar);
MATRIX(logdet, "Logdet", "math", OPERATION_X, log_determinant, "ln |x|", .infer = infer_logdet);
MATRIX(slogdet, "Slogdet", "numpy", OPERATION_X, sign_and_log, "sgn |x|, ln ‖x‖", .infer = infer_slogdet, .infer_numbers = infer_slogdet_numbers);
MATRIX(inv, "Inv", "linalg", OPERATION_X, inverse, "x⁻¹", .infer = infer_square);
MATRIX(cholesky, "Cholesky", "linalg", OPERATION_X, cholesky, "x = l·lᵗ", MADE_WITH(UPPER), .infer = infer_square);
MATRIX(cholesky_inverse, "CholeskyInverse", "linalg", OPERATION_X, cholesky_inverse, "(l·lᵗ)⁻¹", MADE_WITH(UPPER), .infer = infer_square);
MATRIX(solve, "Solve", "linalg", AB, solve, "a⁻¹·b", .infer = infer_solve);
MATRIX(solve_triangular, "SolveTriangular", "linalg", AB, solve_triangular, "a⁻¹·b", MADE_WITH(LOWER), .infer = infer_solve);
MATRIX(lu_factor, "LuFactor", "linalg", OPERATION_X, lu_factor, "p·x = l·u", .infer = infer_lu);
