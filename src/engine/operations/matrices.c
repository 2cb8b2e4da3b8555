/* Linear algebra on the last two axes: det, logdet, inv, cholesky, solve, solve_triangular, qr, svd, eigh. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "engine/layers/terms.h"
#include "engine/operations/operand.h"
#include "engine/operations/operation.h"

/* The matrices of one example, rows by rows; numbers are computed in double. */
typedef struct Matrices {
    const Layer *layer;
    int64_t      rows, columns, right;     /* right: columns of b; 1 for a vector */
    double      *a, *b;                    /* may be changed */
    float       *out[2];
    Arena       *scratch;
} Matrices;

/* False where there is no answer. */
typedef bool Compute(const Matrices *);

typedef struct Algebra {
    Compute    *compute;
    const char *rule;
} Algebra;

static const ParamSpec AB[] = {{.name = "a", .required = true}, {.name = "b", .required = true}};
static const ParamSpec UPPER[] = {{.name = "upper", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}};
static const ParamSpec LOWER[] = {{.name = "lower", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}};

/* ---- what is refused ---- */

static bool check_matrix(const Shape *shape, Error *err)
{
    if (shape->rank >= 2) return true;
    return err && error_set(err, "ValueError", "Expected input to have rank >= 2. Received input with shape %s.", shape_text(err->arena, shape));
}

static bool check_square(const Shape *shape, Error *err)
{
    if (!check_matrix(shape, err)) return false;
    if (shape->dim[shape->rank - 1] == shape->dim[shape->rank - 2]) return true;
    return err && error_set(err, "ValueError", "Expected a square matrix. Received non-square input with shape %s", shape_text(err->arena, shape));
}

/* ---- shapes ---- */

static Shape shape_before(const Shape *shape) { return shape_slice(shape, 0, shape->rank - 2); }

static bool infer_square(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err) || !check_square(&in[0].shape, err)) return false;
    outputs_add(out, in[0].shape, in[0].dtype);
    return true;
}

static bool infer_scalar(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err) || !check_square(&in[0].shape, err)) return false;
    outputs_add(out, shape_before(&in[0].shape), in[0].dtype);
    return true;
}

static bool infer_logdet(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err)) return false;
    outputs_add(out, in[0].shape.rank < 2 ? (Shape){0} : shape_before(&in[0].shape), in[0].dtype);
    return true;
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
    if (!check_square(left, err)) return false;
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

/* Gauss with the largest pivot; b goes along. The determinant, 0 where there is no inverse. */
static double eliminate(double *a, int64_t n, double *b, int64_t right)
{
    double determinant = 1;
    for (int64_t c = 0; c < n; c++) {
        int64_t pivot = c;
        for (int64_t r = c + 1; r < n; r++)
            if (fabs(a[r * n + c]) > fabs(a[pivot * n + c])) pivot = r;
        if (a[pivot * n + c] == 0.0) return 0;
        if (pivot != c) determinant = -determinant;
        for (int64_t i = 0; i < n && pivot != c; i++) {
            const double swap = a[c * n + i];
            a[c * n + i] = a[pivot * n + i], a[pivot * n + i] = swap;
        }
        for (int64_t i = 0; i < right && pivot != c; i++) {
            const double swap = b[c * right + i];
            b[c * right + i] = b[pivot * right + i], b[pivot * right + i] = swap;
        }
        determinant *= a[c * n + c];
        for (int64_t r = c + 1; r < n; r++) {
            const double factor = a[r * n + c] / a[c * n + c];
            for (int64_t i = c; i < n; i++) a[r * n + i] -= factor * a[c * n + i];
            for (int64_t i = 0; i < right; i++) b[r * right + i] -= factor * b[c * right + i];
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

static void give(float *out, const double *numbers, int64_t n)
{
    for (int64_t i = 0; i < n; i++) out[i] = (float)numbers[i];
}

static bool determinant(const Matrices *m)
{
    m->out[0][0] = (float)eliminate(m->a, m->rows, NULL, 0);
    return true;
}

static bool log_determinant(const Matrices *m)
{
    m->out[0][0] = (float)log(eliminate(m->a, m->rows, NULL, 0));
    return true;
}

static double *unit_matrix(const Matrices *m)
{
    double *unit = ARENA_ARRAY(m->scratch, m->rows * m->rows, double);
    memset(unit, 0, (size_t)(m->rows * m->rows) * sizeof *unit);
    for (int64_t i = 0; i < m->rows; i++) unit[i * m->rows + i] = 1;
    return unit;
}

static bool inverse(const Matrices *m)
{
    double *unit = unit_matrix(m);
    if (eliminate(m->a, m->rows, unit, m->rows) == 0.0) return false;
    substitute_up(m->a, m->rows, unit, m->rows);
    give(m->out[0], unit, m->rows * m->rows);
    return true;
}

static bool solve(const Matrices *m)
{
    if (eliminate(m->a, m->rows, m->b, m->right) == 0.0) return false;
    substitute_up(m->a, m->rows, m->b, m->right);
    give(m->out[0], m->b, m->rows * m->right);
    return true;
}

static bool solve_triangular(const Matrices *m)
{
    if (value_truth(operation_arg(m->layer, "lower"))) substitute_down(m->a, m->rows, m->b, m->right);
    else substitute_up(m->a, m->rows, m->b, m->right);
    give(m->out[0], m->b, m->rows * m->right);
    return true;
}

/* A = L·Lᵀ; TensorFlow looks at the lower half alone. */
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

/* Householder's reflections: R in place of a, Q·(their product) in q (rows, rows). */
static void reflect(double *matrix, int64_t columns, const double *v, int64_t first, int64_t rows, double scale)
{
    for (int64_t c = 0; c < columns; c++) {
        double sum = 0;
        for (int64_t r = first; r < rows; r++) sum += v[r] * matrix[r * columns + c];
        for (int64_t r = first; r < rows; r++) matrix[r * columns + c] -= scale * sum * v[r];
    }
}

static bool orthogonal(const Matrices *m)
{
    const int64_t rows = m->rows, columns = m->columns, steps = rows < columns ? rows : columns;
    const bool complete = value_is_text(operation_arg(m->layer, "mode"), "complete");
    double *qt = unit_matrix(m), *v = ARENA_ARRAY(m->scratch, rows, double);
    for (int64_t c = 0; c < steps && c < rows - 1; c++) {
        double norm = 0;
        for (int64_t r = c; r < rows; r++) norm += m->a[r * columns + c] * m->a[r * columns + c];
        const double head = m->a[c * columns + c], tail = norm - head * head;
        if (tail <= 0) continue;
        for (int64_t r = c; r < rows; r++) v[r] = m->a[r * columns + c];
        v[c] += head >= 0 ? sqrt(norm) : -sqrt(norm);
        const double scale = 2 / (tail + v[c] * v[c]);
        reflect(m->a, columns, v, c, rows, scale);
        reflect(qt, rows, v, c, rows, scale);
    }
    const int64_t kept = complete ? rows : steps;
    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < kept; c++) m->out[0][r * kept + c] = (float)qt[c * rows + r];
    for (int64_t r = 0; r < kept; r++)
        for (int64_t c = 0; c < columns; c++) m->out[1][r * columns + c] = (float)(c < r ? 0 : m->a[r * columns + c]);
    return true;
}

/* ---- example by example ---- */

static double *doubles(const Forward *f, const Operand *operand, int64_t from, int64_t n)
{
    double *copy = ARENA_ARRAY(f->scratch, n + 1, double);
    for (int64_t i = 0; i < n; i++) copy[i] = operand_number(operand, f->in, from + i);
    return copy;
}

static int64_t divided(int64_t all, int64_t parts) { return parts ? all / parts : 0; }

static void forward(const Forward *f)
{
    const Algebra *family = f->layer->kind->family;
    const TensorSpec *specs = operand_specs(f->scratch, f->in, f->n_in);
    const Operand a = operand_of(f->call, specs, 0), b = f->call->n > 1 ? operand_of(f->call, specs, 1) : (Operand){.absent = true};
    const Shape *shape = &a.spec.shape;
    const int64_t rows = shape->dim[shape->rank - 2], columns = shape->dim[shape->rank - 1], each = rows * columns;
    const int64_t examples = divided(shape_size(shape), each), of_b = b.absent ? 0 : divided(shape_size(&b.spec.shape), examples);
    bool good = operand_known(&a) && (b.absent || operand_known(&b));
    for (int64_t i = 0; i < examples && good; i++) {
        Matrices m = {.layer = f->layer, .rows = rows, .columns = columns, .right = divided(of_b, rows), .scratch = f->scratch};
        m.a = doubles(f, &a, i * each, each);
        if (!b.absent) m.b = doubles(f, &b, i * of_b, of_b);
        for (int o = 0; o < f->n_out && o < 2; o++) m.out[o] = f->out[o].data + i * divided(shape_size(&f->out[o].shape), examples);
        good = family->compute(&m);
    }
    if (!good) *f->impossible = true;
}

/* On all of its example. */
static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const Operand a = operand_of(t->call, t->in, 0);
    const Shape *left = &a.spec.shape;
    const int64_t each = shape_span_size(left, left->rank - 2, left->rank), examples = divided(shape_size(left), each);
    const int64_t example = divided(t->k, divided(shape_size(&t->out[t->output].shape), examples));
    for (int p = 0; p < t->call->n && p < 2; p++) {
        const Operand operand = operand_of(t->call, t->in, p);
        const int64_t n = operand.input < 0 ? 0 : divided(shape_size(&operand.spec.shape), examples);
        for (int64_t i = 0; i < n; i++) terms_add(&list, term_input(operand.input, example * n + i, 1));
    }
    return list.n;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const Algebra *family = t->layer->kind->family;
    if (topic == EXPLAIN_RULE) text_put(text, family->rule);
}

#define MATRIX_WITH(FUNCTION, NAME, MODULE, INFER, PARAMS_OF_CALL, COMPUTE, RULE_TEXT, ...)                             \
    const LayerKind OPERATION_##FUNCTION = {                                                                        \
        .name = NAME, .module = "keras.src.ops." MODULE, .built_at_make = true, TAKES(PARAMS_OF_CALL), .infer = INFER, .forward = forward, .trace = trace,         \
        .explain = explain, .rule = TRACE_DEPENDS, .family = &(const Algebra){COMPUTE, RULE_TEXT}, __VA_ARGS__      \
    }

#define MATRIX(FUNCTION, NAME, MODULE, INFER, PARAMS_OF_CALL, COMPUTE, RULE_TEXT) \
    MATRIX_WITH(FUNCTION, NAME, MODULE, INFER, PARAMS_OF_CALL, COMPUTE, RULE_TEXT, .operation = true)

MATRIX(det, "Det", "linalg", infer_scalar, OPERATION_X, determinant, "|x|");
MATRIX(logdet, "Logdet", "math", infer_logdet, OPERATION_X, log_determinant, "ln |x|");
MATRIX(inv, "Inv", "linalg", infer_square, OPERATION_X, inverse, "x⁻¹");
MATRIX_WITH(cholesky, "Cholesky", "linalg", infer_square, OPERATION_X, cholesky, "x = l·lᵀ", MADE_WITH(UPPER), .operation = true);
MATRIX(solve, "Solve", "linalg", infer_solve, AB, solve, "a⁻¹·b");
MATRIX_WITH(solve_triangular, "SolveTriangular", "linalg", infer_solve, AB, solve_triangular, "a⁻¹·b", MADE_WITH(LOWER), .operation = true);

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

static Shape matrix_after(const Shape *shape, int64_t rows, int64_t columns)
{
    Shape out = *shape;
    out.dim[out.rank - 2] = rows;
    out.dim[out.rank - 1] = columns;
    return out;
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
    outputs_add(out, matrix_after(shape, m, kept), in[0].dtype);
    outputs_add(out, matrix_after(shape, kept, n), in[0].dtype);
    return out->list = true;
}

MATRIX_WITH(qr, "Qr", "linalg", infer_qr, OPERATION_X, orthogonal, "x = q·r", MADE_WITH(MODE), .make = make_qr, .operation = true);

/* ---- shapes alone: svd and eigh leave the signs of their vectors open ---- */

static const ParamSpec SVD_PARAMS[] = {
    {.name = "full_matrices", .type = PARAM_BOOL, .fallback = VALUE_IS_TRUE}, {.name = "compute_uv", .type = PARAM_BOOL, .fallback = VALUE_IS_TRUE},
};

static bool infer_svd(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Shape *shape = &in[0].shape;
    (void)n_in;
    if (!call_takes_one(call, err) || !check_matrix(shape, err)) return false;
    const int64_t m = shape->dim[shape->rank - 2], n = shape->dim[shape->rank - 1], least = m < n ? m : n;
    if (m == DIM_NONE || n == DIM_NONE) return error_set(err, "TypeError", "'<' not supported between instances of 'NoneType' and 'int'");
    const bool full = value_truth(&layer->args[0]), vectors = value_truth(&layer->args[1]);
    Shape values = shape_without(shape, shape->rank - 1);
    values.dim[values.rank - 1] = least;
    if (vectors) outputs_add(out, matrix_after(shape, m, full ? m : least), in[0].dtype);
    outputs_add(out, values, in[0].dtype);
    if (vectors) outputs_add(out, matrix_after(shape, full ? n : least, n), in[0].dtype);
    out->list = vectors;
    return true;
}

static bool infer_eigh(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err) || !check_square(&in[0].shape, err)) return false;
    outputs_add(out, shape_without(&in[0].shape, in[0].shape.rank - 1), in[0].dtype);
    outputs_add(out, in[0].shape, in[0].dtype);
    return out->list = true;
}

const LayerKind OPERATION_svd = {OPERATION("SVD", "linalg"), .function = "svd", TAKES(OPERATION_X), MADE_WITH(SVD_PARAMS), .infer = infer_svd};
const LayerKind OPERATION_eigh = {OPERATION("Eigh", "linalg"), TAKES(OPERATION_X), .infer = infer_eigh};
