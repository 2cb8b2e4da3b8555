/* Matrices as products of others: qr, svd, eigh, eig, and what singular values give: pinv, lstsq, matrix_rank. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "engine/operations/eigenvalues.h"
#include "engine/operations/matrices.h"
#include "engine/operations/singular_values.h"

/* ---- qr ---- */

static const char *const MODES[] = {"reduced", "complete", NULL};
static const ParamSpec MODE[] = {{.name = "mode", .type = PARAM_CHOICE, .choices = MODES, .fallback = VALUE_IS_TEXT("reduced")}};

static bool make_qr(Maker *m)
{
    const Value *mode = maker_arg(m, "mode");
    if (!layer_base(m)) return false;
    if (value_is_text(mode, "reduced") || value_is_text(mode, "complete")) return true;
    return maker_refuse(m, "mode", "ValueError", "`mode` argument value not supported. Expected one of {'reduced', 'complete'}. Received: "
                        "mode=%s", maker_text(m, "mode"));
}

static bool infer_qr(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Shape *shape = &in[0].shape;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (shape->rank < 2)
        return error_set(err, "ValueError", "Input should have rank >= 2. Received: input.shape = %s", shape_text(out->arena, shape));
    const int64_t m = shape->dim[shape->rank - 2], n = shape->dim[shape->rank - 1];
    if (m == DIM_NONE || n == DIM_NONE)
        return error_set(err, "ValueError", "Input should have its last 2 dimensions fully-defined. Received: input.shape = %s",
                         shape_text(out->arena, shape));
    const int64_t kept = value_is_text(&layer->args[0], "complete") ? m : m < n ? m : n;
    outputs_add(out, matrices_shape(shape, m, kept), in[0].dtype);
    outputs_add(out, matrices_shape(shape, kept, n), in[0].dtype);
    return out->list = true;
}

static bool orthogonal(const Matrices *m)
{
    const int64_t rows = m->rows, columns = m->columns, steps = rows < columns ? rows : columns;
    const bool complete = value_is_text(operation_arg(m->layer, "mode"), "complete");
    double *qt = matrix_unit(m->scratch, m->rows), *v = ARENA_ARRAY(m->scratch, rows, double);
    for (int64_t c = 0; c < steps && c < rows - 1; c++) {
        double norm = 0;
        for (int64_t r = c; r < rows; r++) norm += m->a[r * columns + c] * m->a[r * columns + c];
        const double head = m->a[c * columns + c], tail = norm - head * head;
        if (tail <= 0) continue;
        for (int64_t r = c; r < rows; r++) v[r] = m->a[r * columns + c];
        v[c] += head >= 0 ? sqrt(norm) : -sqrt(norm);
        const double scale = 2 / (tail + v[c] * v[c]);
        matrix_reflect(m->a, columns, v, c, rows, scale);
        matrix_reflect(qt, rows, v, c, rows, scale);
    }
    const int64_t kept = complete ? rows : steps;
    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < kept; c++) m->out[0][r * kept + c] = (float)qt[c * rows + r];
    for (int64_t r = 0; r < kept; r++)
        for (int64_t c = 0; c < columns; c++) m->out[1][r * columns + c] = (float)(c < r ? 0 : m->a[r * columns + c]);
    return true;
}

MATRIX(qr, "Qr", "linalg", OPERATION_X, orthogonal, "x = q·r", MADE_WITH(MODE), .make = make_qr, .infer = infer_qr);

/* ---- eigh; eig, whose numbers are complex ---- */

static bool infer_eigen(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Shape *shape = &in[0].shape;
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (shape->rank < 2) return error_set(err, "ValueError", "not enough values to unpack (expected 2, got %d)", shape->rank);
    if (!matrices_check_square(shape, err)) return false;
    outputs_add(out, shape_without(shape, shape->rank - 1), in[0].dtype);
    outputs_add(out, *shape, in[0].dtype);
    return out->list = true;
}

static bool eigenvectors(const Matrices *m)
{
    Eigenvalues found;
    if (m->dtype != DTYPE_FLOAT32 || !eigenvalues_find(m->a, m->rows, &found, m->scratch)) return false;
    matrix_give(m->out[0], found.values, m->rows);
    matrix_give(m->out[1], found.vectors, m->rows * m->rows);
    return !found.doubtful && eigenvalues_apart(found.values, m->rows);
}

MATRIX(eigh, "Eigh", "linalg", OPERATION_X, eigenvectors, "x = v·w·vᵗ", .infer = infer_eigen);
const LayerKind OPERATION_eig = {OPERATION("Eig", "linalg"), TAKES(OPERATION_X), .infer = infer_eigen};

/* ---- svd ---- */

static const ParamSpec SVD_PARAMS[] = {
    {.name = "full_matrices", .type = PARAM_BOOL, .fallback = VALUE_IS_TRUE}, {.name = "compute_uv", .type = PARAM_BOOL, .fallback = VALUE_IS_TRUE},
};

static bool infer_svd(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Shape *shape = &in[0].shape;
    int64_t least;
    (void)n_in;
    if (!call_takes_one(call, err) || !matrices_check(shape, err) || !matrices_least(shape, &least, err)) return false;
    const int64_t m = shape->dim[shape->rank - 2], n = shape->dim[shape->rank - 1];
    const bool full = value_truth(&layer->args[0]), vectors = value_truth(&layer->args[1]);
    Shape values = shape_without(shape, shape->rank - 1);
    values.dim[values.rank - 1] = least;
    if (vectors) outputs_add(out, matrices_shape(shape, m, full ? m : least), in[0].dtype);
    outputs_add(out, values, in[0].dtype);
    if (vectors) outputs_add(out, matrices_shape(shape, full ? n : least, n), in[0].dtype);
    out->list = vectors;
    return true;
}

static bool find_singular_values(const Matrices *m, SingularValues *found)
{
    const bool computed = m->dtype == DTYPE_FLOAT32 || m->dtype == DTYPE_FLOAT64;
    return computed && singular_values_find(m->a, m->rows, m->columns, found, m->scratch);
}

/* Vectors of values that are near each other or near nothing may be any; from 16 columns on TensorFlow finds them otherwise. */
static bool are_certain(const Matrices *m, const SingularValues *found)
{
    const bool distinct = !found->n || found->values[found->n - 1] > 1e-3 * found->values[0];
    return m->dtype == DTYPE_FLOAT32 && m->columns < 16 && distinct && eigenvalues_apart(found->values, found->n);
}

static bool singular_vectors(const Matrices *m)
{
    SingularValues found;
    const bool full = value_truth(&m->layer->args[0]), vectors = value_truth(&m->layer->args[1]);
    if (!find_singular_values(m, &found)) return false;
    matrix_give(m->out[vectors ? 1 : 0], found.values, found.n);
    if (!vectors) return true;
    const int64_t left = full ? m->rows : found.n, right = full ? m->columns : found.n;
    for (int64_t k = 0; k < m->rows * left; k++) m->out[0][k] = (float)found.u[k / left * m->rows + k % left];
    for (int64_t k = 0; k < right * m->columns; k++) m->out[2][k] = (float)found.v[k % m->columns * m->columns + k / m->columns];
    return are_certain(m, &found);
}

MATRIX(svd, "SVD", "linalg", OPERATION_X, singular_vectors, "x = u·s·vᵗ", .function = "svd", MADE_WITH(SVD_PARAMS), .infer = infer_svd);

/* ---- pinv, lstsq, matrix_rank: values too small count as nothing ---- */

static const ParamSpec RCOND[] = {{.name = "rcond", .type = PARAM_FLOAT}};
static const ParamSpec TOL[] = {{.name = "tol", .type = PARAM_FLOAT}};
static const ParamSpec AB[] = {{.name = "a", .required = true}, {.name = "b", .required = true}};

static bool infer_pinv(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Shape *shape = &in[0].shape;
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err) || !matrices_check(shape, err)) return false;
    outputs_add(out, matrices_shape(shape, shape->dim[shape->rank - 1], shape->dim[shape->rank - 2]), in[0].dtype);
    return true;
}

static bool infer_rank(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err) || !matrices_check(&in[0].shape, err)) return false;
    outputs_add(out, matrices_batch(&in[0].shape), DTYPE_INT32);
    return true;
}

static bool infer_lstsq(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand a = operand_of(call, in, 0), b = operand_of(call, in, 1);
    const Shape *left = &a.spec.shape, *right = &b.spec.shape;
    (void)layer, (void)n_in;
    if (left->rank != 2) return error_set(err, "ValueError", "Expected a to have rank 2. Received: a.shape=%s", shape_text(out->arena, left));
    if (right->rank != 1 && right->rank != 2)
        return error_set(err, "ValueError", "Expected b to have rank 1 or 2. Received: b.shape=%s", shape_text(out->arena, right));
    if (right->dim[0] != left->dim[0])
        return error_set(err, "ValueError", "Expected b.shape[0] to be equal to a.shape[0]. Received: a.shape=%s, b.shape=%s",
                         shape_text(out->arena, left), shape_text(out->arena, right));
    Shape shape = *right;
    shape.dim[0] = left->dim[1];
    outputs_add(out, shape, a.spec.dtype);
    return true;
}

/* The float that arithmetic in TensorFlow has for "the least that counts beside 1". */
static double epsilon_of(const Matrices *m)
{
    return m->dtype == DTYPE_FLOAT64 ? DBL_EPSILON : (double)FLT_EPSILON;
}

/* The constructor's number, or so many times the least that counts, for each row or column. */
static double tolerance(const Matrices *m, double times)
{
    const Value *given = &m->layer->args[0];
    const int64_t longer = m->rows > m->columns ? m->rows : m->columns;
    return value_is_number(given) ? value_number(given) : times * (double)longer * epsilon_of(m);
}

static bool rank(const Matrices *m)
{
    SingularValues found;
    int64_t n = 0;
    if (!find_singular_values(m, &found)) return false;
    const double largest = found.n ? found.values[0] : 0;
    const double least = value_is_number(&m->layer->args[0]) ? tolerance(m, 1) : tolerance(m, 1) * largest;
    while (n < found.n && found.values[n] > least) n++;
    m->out[0][0] = (float)n;
    return true;
}

/* v·(1/s)·uᵗ·b without the values below the least; column c of b is that of the unit where there is none. */
static double inverse_at(const SingularValues *s, const Matrices *m, double least, int64_t row, int64_t c)
{
    double sum = 0;
    for (int64_t i = 0; i < s->n && s->values[i] > 0 && s->values[i] >= least; i++) {
        double along = m->b ? 0 : s->u[c * s->rows + i];
        for (int64_t r = 0; m->b && r < s->rows; r++) along += s->u[r * s->rows + i] * m->b[r * m->right + c];
        sum += s->v[row * s->columns + i] / s->values[i] * along;
    }
    return sum;
}

static bool pseudo_inverse(const Matrices *m)
{
    SingularValues found;
    if (!find_singular_values(m, &found)) return false;
    const double least = tolerance(m, m->b ? 1 : 10) * (found.n ? found.values[0] : 0);
    const int64_t columns = m->b ? m->right : m->rows;
    for (int64_t k = 0; k < m->columns * columns; k++) m->out[0][k] = (float)inverse_at(&found, m, least, k / columns, k % columns);
    return true;
}

MATRIX(pinv, "Pinv", "linalg", OPERATION_X, pseudo_inverse, "v·s⁻¹·uᵗ", MADE_WITH(RCOND), .infer = infer_pinv);
MATRIX(lstsq, "Lstsq", "linalg", AB, pseudo_inverse, "v·s⁻¹·uᵗ·b", MADE_WITH(RCOND), .infer = infer_lstsq);
MATRIX(matrix_rank, "MatrixRank", "linalg", OPERATION_X, rank, "#{s > 0}", MADE_WITH(TOL), .infer = infer_rank);
