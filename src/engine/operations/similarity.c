/* Operations that tell how alike tensors are: correlate, corrcoef, cdist, psnr. */
#include <inttypes.h>
#include <math.h>

#include "engine/operations/dependence.h"

static const ParamSpec TWO[] = {{.name = "x1", .required = true}, {.name = "x2", .required = true}};

/* ---- correlate ---- */

static const ParamSpec MODE[] = {{.name = "mode", .type = PARAM_STRING, .fallback = VALUE_IS_TEXT("valid")}};

static bool check_vector(const Operand *operand, const char *name, Error *err)
{
    if (operand->spec.shape.rank == 1) return true;
    return error_set(err, "ValueError", "`%s` must be a 1-dimensional tensor, but receivedshape %s", name,
                     shape_text(err->arena, &operand->spec.shape));
}

static bool infer_correlate(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand pair[] = {operand_of(call, in, 0), operand_of(call, in, 1)};
    const Value *mode = &layer->args[0];
    Dtype dtype;
    (void)n_in;
    if (!check_vector(&pair[0], "x1", err) || !check_vector(&pair[1], "x2", err)) return false;
    const int64_t a = pair[0].spec.shape.dim[0], b = pair[1].spec.shape.dim[0], more = a > b ? a : b, less = a > b ? b : a;
    if (a == DIM_NONE || b == DIM_NONE) return error_set(err, "TypeError", "'>=' not supported between instances of 'int' and 'NoneType'");
    if (!value_is_text(mode, "valid") && !value_is_text(mode, "same") && !value_is_text(mode, "full"))
        return error_set(err, "ValueError", "`mode` must be either `valid`, `same`, or `full`, butreceived: %s", value_str_text(out->arena, mode));
    if (!operand_types(pair, 2, &dtype, err)) return false;
    const int64_t length = value_is_text(mode, "same") ? more : value_is_text(mode, "full") ? a + b - 1 : more - less + 1;
    outputs_add(out, SHAPE(length), dtype == DTYPE_INT64 ? DTYPE_FLOAT64 : dtype_is_float(dtype) ? dtype : DTYPE_FLOAT32);
    return true;
}

/* Where b begins under output 0. */
static int64_t first_place(const Layer *layer, int64_t a, int64_t b)
{
    const int64_t full = a + b - 1;
    if (value_is_text(&layer->args[0], "full")) return 1 - b;
    return value_is_text(&layer->args[0], "same") ? 1 - b + (full - (a > b ? a : b)) / 2 : 0;
}

static void forward_correlate(const Forward *f)
{
    Operand pair[2];
    if (!operands_find(f, 2, pair)) return;
    const int64_t a = shape_size(&pair[0].spec.shape), b = shape_size(&pair[1].spec.shape), first = first_place(f->layer, a, b);
    if (value_is_text(&f->layer->args[0], "valid") && a < b) *f->impossible = true;
    for (int64_t k = 0; k < f->out[0].shape.dim[0]; k++) {
        double sum = 0;
        for (int64_t i = 0; i < b; i++) {
            const int64_t at = first + k + i;
            if (at >= 0 && at < a) sum += operand_number(&pair[0], f->in, at) * operand_number(&pair[1], f->in, i);
        }
        f->out[0].data[k] = (float)sum;
    }
}

static int64_t trace_correlate(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const Operand one = operand_of(t->call, t->in, 0), other = operand_of(t->call, t->in, 1);
    const int64_t a = one.spec.shape.dim[0], b = other.spec.shape.dim[0], first = first_place(t->layer, a, b) + t->k;
    for (int64_t i = 0; i < b; i++) {
        if (first + i < 0 || first + i >= a) continue;
        depend_at(&list, &one, first + i);
        depend_at(&list, &other, i);
    }
    return list.n;
}

const LayerKind OPERATION_correlate = {
    OPERATION("Correlate", "numpy"), TAKES(TWO), MADE_WITH(MODE), .infer = infer_correlate,
    DEPENDS(forward_correlate, trace_correlate, "Σ a[k+i]·b[i]"),
};

/* ---- corrcoef: rows with rows ---- */

static bool infer_corrcoef(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err)) return false;
    outputs_add(out, in[0].shape, in[0].dtype == DTYPE_INT64 ? DTYPE_FLOAT64 : dtype_with_float(in[0].dtype));
    return true;
}

static bool infer_corrcoef_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    if (in[0].shape.rank != 2 || !infer_corrcoef(layer, call, in, n_in, out, err)) return false;
    out->spec[out->n - 1].shape.dim[1] = in[0].shape.dim[0];
    return true;
}

static double covariance(const float *a, const float *b, int64_t n)
{
    double mean_a = 0, mean_b = 0, sum = 0;
    for (int64_t i = 0; i < n; i++) mean_a += (double)a[i] / (double)n, mean_b += (double)b[i] / (double)n;
    for (int64_t i = 0; i < n; i++) sum += ((double)a[i] - mean_a) * ((double)b[i] - mean_b);
    return sum / (double)(n - 1);
}

static void forward_corrcoef(const Forward *f)
{
    const float *x = f->in[0].data;
    const int64_t rows = f->in[0].shape.dim[0], n = f->in[0].shape.dim[1];
    for (int64_t k = 0; k < rows * rows; k++) {
        const float *a = x + k / rows * n, *b = x + k % rows * n;
        const double along = covariance(a, b, n) / (sqrt(covariance(a, a, n)) * sqrt(covariance(b, b, n)));
        f->out[0].data[k] = (float)(along > 1 ? 1 : along < -1 ? -1 : along);
    }
}

/* Both rows. */
static int64_t trace_corrcoef(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const Operand x = operand_of(t->call, t->in, 0);
    const int64_t rows = x.spec.shape.dim[0], n = x.spec.shape.dim[1], a = t->k / rows, b = t->k % rows;
    for (int64_t i = 0; i < n; i++) depend_at(&list, &x, a * n + i);
    for (int64_t i = 0; i < n && a != b; i++) depend_at(&list, &x, b * n + i);
    return list.n;
}

const LayerKind OPERATION_corrcoef = {
    OPERATION("Corrcoef", "numpy"), TAKES(OPERATION_X), .infer = infer_corrcoef, .infer_numbers = infer_corrcoef_numbers,
    DEPENDS(forward_corrcoef, trace_corrcoef, "cov(a, b)/(σ(a)·σ(b))"),
};

/* ---- cdist: every row of x with every row of y ---- */

static const ParamSpec XY[] = {{.name = "x", .required = true}, {.name = "y", .required = true}};

static bool refuse_pair(const Shape *a, const Shape *b, const char *words, Error *err)
{
    return error_set(err, "ValueError", "%s Received shapes: x.shape=%s, y.shape=%s", words, shape_text(err->arena, a), shape_text(err->arena, b));
}

static int64_t from_end(const Shape *shape, int i) { return shape->dim[shape->rank - i]; }

static bool infer_cdist(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand pair[] = {operand_of(call, in, 0), operand_of(call, in, 1), {.spec.dtype = DTYPE_FLOAT32, .weak = true}};
    const Shape *a = &pair[0].spec.shape, *b = &pair[1].spec.shape;
    Shape shape;
    Dtype dtype;
    (void)layer, (void)n_in;
    if (a->rank < 2 || b->rank < 2) return refuse_pair(a, b, "Inputs to `cdist` must have rank >= 2.", err);
    const int64_t one = from_end(a, 1), other = from_end(b, 1);
    if (one != DIM_NONE && other != DIM_NONE && one != other)
        return refuse_pair(a, b, "The last dimension of inputs to `cdist` must match.", err);
    const Shape batch_a = shape_slice(a, 0, a->rank - 2), batch_b = shape_slice(b, 0, b->rank - 2);
    if (!shapes_broadcast(&batch_a, &batch_b, &shape, NULL))
        return refuse_pair(a, b, "Batch dimensions of inputs to `cdist` must be broadcastable.", err);
    if (!operand_types(pair, 3, &dtype, err)) return false;
    shape.dim[shape.rank++] = from_end(a, 2);
    shape.dim[shape.rank++] = from_end(b, 2);
    outputs_add(out, shape, dtype_with_float(dtype));
    return true;
}

/* Where the row of operand `which` begins that output k is told from. */
static int64_t row_start(const Operand *operand, int which, const Shape *out, int64_t k)
{
    Shape rows = operand->spec.shape, places = *out;
    int64_t at[SHAPE_RANK_MAX];
    const int64_t each = rows.dim[--rows.rank];
    place_of(out, k, at);
    if (which) at[out->rank - 2] = at[out->rank - 1], places.dim[out->rank - 2] = out->dim[out->rank - 1];
    places.rank--;
    return broadcast_index(&rows, &places, at) * each;
}

static void forward_cdist(const Forward *f)
{
    Operand pair[2];
    const Shape *shape = &f->out[0].shape;
    if (!operands_find(f, 2, pair)) return;
    const int64_t each = from_end(&pair[0].spec.shape, 1);
    for (int64_t k = 0; k < shape_size(shape); k++) {
        const int64_t a = row_start(&pair[0], 0, shape, k), b = row_start(&pair[1], 1, shape, k);
        double sum = 0;
        for (int64_t i = 0; i < each; i++) {
            const double apart = operand_number(&pair[0], f->in, a + i) - operand_number(&pair[1], f->in, b + i);
            sum += apart * apart;
        }
        f->out[0].data[k] = (float)sqrt(sum);
    }
}

static int64_t trace_cdist(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    for (int which = 0; which < 2; which++) {
        const Operand operand = operand_of(t->call, t->in, which);
        const int64_t start = row_start(&operand, which, &t->out[0].shape, t->k), each = from_end(&operand.spec.shape, 1);
        for (int64_t i = 0; i < each; i++) depend_at(&list, &operand, start + i);
    }
    return list.n;
}

const LayerKind OPERATION_cdist = {
    OPERATION("CDist", "math"), .function = "cdist", TAKES(XY), .infer = infer_cdist, DEPENDS(forward_cdist, trace_cdist, "√Σ (a − b)²"),
};

/* ---- psnr ---- */

static const ParamSpec MAX_VAL[] = {{.name = "max_val", .type = PARAM_FLOAT, .required = true}};

static bool infer_psnr(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand a = operand_of(call, in, 0), b = operand_of(call, in, 1);
    (void)layer, (void)n_in;
    if (a.spec.shape.rank != b.spec.shape.rank) return error_set(err, "ValueError", "Inputs must have the same rank");
    outputs_add(out, (Shape){0}, DTYPE_FLOAT32);
    return true;
}

static void forward_psnr(const Forward *f)
{
    Operand pair[2];
    double sum = 0;
    if (!operands_find(f, 2, pair)) return;
    const int64_t n = shape_size(&pair[0].spec.shape);
    const Value *largest = &f->layer->args[0];
    if (!value_is_number(largest) || !shape_equal(&pair[0].spec.shape, &pair[1].spec.shape)) *f->impossible = true;
    for (int64_t i = 0; i < n && !*f->impossible; i++) {
        const double apart = operand_number(&pair[0], f->in, i) - operand_number(&pair[1], f->in, i);
        sum += apart * apart / (double)n;
    }
    if (!*f->impossible) f->out[0].data[0] = (float)(20 * log10(value_number(largest)) - 10 * log10(sum));
}

const LayerKind OPERATION_psnr = {
    OPERATION("PSNR", "nn"), .function = "psnr", TAKES(TWO), MADE_WITH(MAX_VAL), .infer = infer_psnr,
    DEPENDS(forward_psnr, depends_on_all, "20·log m − 10·log Σ (a − b)²/n"),
};
