/* Operations that count: size, bincount, histogram; and those that keep what they find, nonzero and unique. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/constant.h"
#include "engine/operations/dependence.h"

/* ---- size ---- */

static bool infer_size(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)in, (void)n_in;
    if (!call_takes_one(call, err)) return false;
    outputs_add(out, (Shape){0}, DTYPE_INT32);
    return true;
}

static void forward_size(const Forward *f)
{
    f->out[0].data[0] = (float)shape_size(&f->in[0].shape);
}

static int64_t depends_on_nothing(const Trace *t, Term *terms, int64_t cap)
{
    if (cap > 0) terms[0] = term_constant((double)shape_size(&t->in[0].shape));
    return 1;
}

const LayerKind OPERATION_size = {
    OPERATION("Size", "numpy"), TAKES(OPERATION_X), .infer = infer_size, DEPENDS(forward_size, depends_on_nothing, "#x"),
};

/* ---- bincount: as many numbers as the largest tells, so none before the run ---- */

static const ParamSpec BINCOUNT_PARAMS[] = {
    {.name = "weights", .type = PARAM_ANY}, {.name = "minlength", .type = PARAM_INT, .fallback = VALUE_IS_INT(0)},
    {.name = "sparse", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
};

static bool listed_ints(const Value *value)
{
    if (value->kind != VALUE_LIST && value->kind != VALUE_TUPLE) return value->kind == VALUE_INT;
    for (size_t i = 0; i < value->list->n; i++)
        if (!listed_ints(&value->list->items[i])) return false;
    return true;
}

/* Of the array that weights become. */
static bool weights_type(Arena *arena, const Value *weights, Dtype of_x, Dtype *dtype, Error *err)
{
    Tensor tensor;
    if (weights->kind == VALUE_TENSOR)
        return error_set(err, "ValueError", "A KerasTensor cannot be used as input to a TensorFlow function.");
    if (!value_numbers(arena, weights, &tensor)) return error_set(err, "ValueError", "weights=%s", value_str_text(arena, weights));
    if (listed_ints(weights)) tensor.dtype = DTYPE_INT32;
    const Operand both[] = {{.spec.dtype = of_x}, {.spec.dtype = tensor.dtype}};
    return operand_types(both, 2, dtype, err);
}

static bool infer_bincount(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Shape shape = in[0].shape;
    Dtype dtype = DTYPE_INT32;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (layer->args[0].kind != VALUE_NONE && !weights_type(out->arena, &layer->args[0], in[0].dtype, &dtype, err)) return false;
    if (shape.rank) shape.rank--;
    shape.dim[shape.rank++] = DIM_NONE;
    outputs_add(out, shape, dtype);
    return true;
}

const LayerKind OPERATION_bincount = {
    OPERATION("Bincount", "numpy"), TAKES(OPERATION_X), MADE_WITH(BINCOUNT_PARAMS), .infer = infer_bincount,
};

/* ---- histogram ---- */

static const ParamSpec HISTOGRAM_PARAMS[] = {
    {.name = "bins", .type = PARAM_INT, .fallback = VALUE_IS_INT(10)}, {.name = "range", .type = PARAM_ANY},
};

static bool check_range(Maker *m, const Value *range)
{
    if (!value_truth(range)) return true;
    if (range->kind != VALUE_TUPLE || range->list->n < 2)
        return maker_refuse(m, "range", "ValueError", "Argument `range` must be a tuple of two elements. Received: range=%s", maker_text(m, "range"));
    const Value *ends = range->list->items;
    if (!value_is_number(&ends[0]) || !value_is_number(&ends[1]))
        return maker_refuse(m, "range", "TypeError", "'<' not supported between instances of '%s' and '%s'", value_type(&ends[1]), value_type(&ends[0]));
    if (value_number(&ends[1]) >= value_number(&ends[0])) return true;
    return maker_refuse(m, "range", "ValueError", "The second element of `range` must be greater than the first. Received: range=%s",
                        maker_text(m, "range"));
}

static bool make_histogram(Maker *m)
{
    const Value *bins = maker_arg(m, "bins");
    int64_t n;
    if (bins->kind != VALUE_INT && bins->kind != VALUE_BOOL)
        return maker_refuse(m, "bins", "TypeError", "Argument `bins` must be of type `int`. Received: bins=%s", maker_text(m, "bins"));
    if (operation_ints(bins, &n, 1) == 1 && n < 0)
        return maker_refuse(m, "bins", "ValueError", "Argument `bins` should be a non-negative integer. Received: bins=%s", maker_text(m, "bins"));
    return check_range(m, maker_arg(m, "range")) && layer_base(m);
}

static bool infer_histogram(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    int64_t bins;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    operation_ints(&layer->args[0], &bins, 1);
    outputs_add(out, SHAPE(bins), in[0].dtype);
    outputs_add(out, SHAPE(size_add(bins, 1)), in[0].dtype);
    return out->list = true;
}

typedef struct Ends {
    double first, last;
} Ends;

static Ends ends_of(const Forward *f)
{
    const Value *range = &f->layer->args[1];
    const int64_t n = shape_size(&f->in[0].shape);
    Ends ends = {(double)INFINITY, -(double)INFINITY};
    if (value_truth(range)) return (Ends){value_number(&range->list->items[0]), value_number(&range->list->items[1])};
    for (int64_t i = 0; i < n; i++) {
        ends.first = fmin(ends.first, (double)f->in[0].data[i]);
        ends.last = fmax(ends.last, (double)f->in[0].data[i]);
    }
    return ends;
}

/* Which of the inner borders a number lies beyond tells its bin. */
static void forward_histogram(const Forward *f)
{
    const Tensor *x = &f->in[0], *counts = &f->out[0], *edges = &f->out[1];
    const int64_t bins = counts->shape.dim[0], n = shape_size(&x->shape);
    const Ends ends = ends_of(f);
    if (x->shape.rank != 1 || !dtype_is_float(x->dtype) || !bins || !n) {
        *f->impossible = true;
        return;
    }
    for (int64_t i = 0; i <= bins; i++) edges->data[i] = (float)(ends.first + (ends.last - ends.first) * (double)i / (double)bins);
    edges->data[bins] = (float)ends.last;
    for (int64_t i = 0; i < n; i++) {
        int64_t bin = 0;
        if ((double)x->data[i] < ends.first || (double)x->data[i] > ends.last) continue;
        while (bin + 1 < bins && edges->data[bin + 1] <= x->data[i]) bin++;
        counts->data[bin]++;
    }
}

const LayerKind OPERATION_histogram = {
    OPERATION("Histogram", "numpy"), TAKES(OPERATION_X), MADE_WITH(HISTOGRAM_PARAMS), .make = make_histogram, .infer = infer_histogram,
    DEPENDS(forward_histogram, depends_on_all, "#(x ∈ [a, b))"),
};

/* ---- nonzero ---- */

static bool infer_nonzero(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err)) return false;
    for (int i = 0; i < in[0].shape.rank; i++) outputs_add(out, SHAPE(DIM_NONE), DTYPE_INT32);
    return out->list = true;
}

const LayerKind OPERATION_nonzero = {OPERATION("Nonzero", "numpy"), TAKES(OPERATION_X), .infer = infer_nonzero};

/* ---- unique ---- */

static const ParamSpec UNIQUE_PARAMS[] = {
    {.name = "sorted", .type = PARAM_BOOL, .fallback = VALUE_IS_TRUE}, {.name = "return_index", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
    {.name = "return_inverse", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
    {.name = "return_counts", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}, {.name = "axis", .type = PARAM_INT},
    {.name = "size", .type = PARAM_INT}, {.name = "fill_value", .type = PARAM_FLOAT},
};

static bool asks(const Layer *layer, const char *name) { return value_truth(operation_arg(layer, name)); }

static bool infer_unique(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Value *axis = operation_arg(layer, "axis"), *size = operation_arg(layer, "size");
    const bool flat = axis->kind == VALUE_NONE;
    Shape values = SHAPE(DIM_NONE), inverse = in[0].shape;
    int64_t n = DIM_NONE;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    const int at = flat ? 0 : axis_canonical(axis, in[0].shape.rank, err);
    if (at < 0) return false;
    if (size->kind != VALUE_NONE && (operation_ints(size, &n, 1) != 1 || n < 0))
        return error_set(err, "ValueError", "size=%s", value_str_text(out->arena, size));
    if (!flat) values = in[0].shape, inverse = SHAPE(in[0].shape.dim[at]);
    values.dim[at] = n;
    outputs_add(out, values, in[0].dtype);
    if (asks(layer, "return_index")) outputs_add(out, SHAPE(n), DTYPE_INT32);
    if (asks(layer, "return_inverse")) outputs_add(out, inverse, DTYPE_INT32);
    if (asks(layer, "return_counts")) outputs_add(out, SHAPE(n), DTYPE_INT32);
    out->list = out->n > 1;
    return true;
}

/* How many there are must be known without a run. */
static bool computes_unique(const Layer *layer) { return operation_arg(layer, "size")->kind != VALUE_NONE; }

/* What is told apart: numbers, or slices along an axis. */
typedef struct Slices {
    const float *x;
    int64_t n, each, step, stride;     /* element j of slice i: (j / step)·stride + j % step + i·step */
    int64_t *first, *count, *which;    /* of each kind its first slice and how many; of each slice its kind */
    int64_t kinds;
} Slices;

static float slice_number(const Slices *s, int64_t i, int64_t j)
{
    return s->x[j / s->step * s->stride + j % s->step + i * s->step];
}

static int slices_compare(const Slices *s, int64_t a, int64_t b)
{
    for (int64_t j = 0; j < s->each; j++) {
        const float x = slice_number(s, a, j), y = slice_number(s, b, j);
        if (x != y) return x < y ? -1 : 1;
    }
    return 0;
}

/* In the order in which they come, or of their numbers. */
static int64_t place_of_kind(const Slices *s, int64_t slice, bool sorted)
{
    int64_t at = 0;
    for (; at < s->kinds; at++) {
        const int order = slices_compare(s, s->first[at], slice);
        if (order == 0 || (sorted && order > 0)) break;
    }
    return at;
}

static void add_slice(Slices *s, int64_t slice, bool sorted)
{
    const int64_t at = place_of_kind(s, slice, sorted);
    const bool known = at < s->kinds && slices_compare(s, s->first[at], slice) == 0;
    if (!known) {
        memmove(s->first + at + 1, s->first + at, (size_t)(s->kinds - at) * sizeof *s->first);
        memmove(s->count + at + 1, s->count + at, (size_t)(s->kinds - at) * sizeof *s->count);
        s->first[at] = slice, s->count[at] = 0, s->kinds++;
    }
    s->count[at]++;
}

static Slices slices_of(const Forward *f)
{
    const Value *axis = operation_arg(f->layer, "axis");
    const Shape *shape = &f->in[0].shape;
    Slices s = {.x = f->in[0].data, .n = shape_size(shape), .each = 1, .step = 1};
    if (axis->kind != VALUE_NONE) {
        const int at = axis_canonical(axis, shape->rank, NULL);
        s.step = shape_span_size(shape, at + 1, shape->rank);
        s.stride = size_multiply(s.step, shape->dim[at]);
        s.n = shape->dim[at];
        s.each = s.n ? shape_size(shape) / s.n : 0;
    }
    s.first = ARENA_ARRAY(f->scratch, s.n + 1, int64_t);
    s.count = ARENA_ARRAY(f->scratch, s.n + 1, int64_t);
    return s;
}

/* The kinds there is room for; the rest is filled. */
static void put_kinds(const Forward *f, const Slices *s, int64_t room)
{
    const Value *fill = operation_arg(f->layer, "fill_value");
    const float filling = value_is_number(fill) ? (float)value_number(fill) : 0;
    for (int64_t i = 0; i < room; i++)
        for (int64_t j = 0; j < s->each; j++)
            f->out[0].data[j / s->step * s->step * room + j % s->step + i * s->step] = i < s->kinds ? slice_number(s, s->first[i], j) : filling;
}

static void forward_unique(const Forward *f)
{
    const bool sorted = asks(f->layer, "sorted");
    Slices s = slices_of(f);
    int64_t room = 0;
    int next = 1;
    operation_ints(operation_arg(f->layer, "size"), &room, 1);
    for (int64_t i = 0; i < s.n; i++) add_slice(&s, i, sorted);
    put_kinds(f, &s, room);
    if (asks(f->layer, "return_index")) {
        for (int64_t i = 0; i < room; i++) f->out[next].data[i] = i < s.kinds ? (float)s.first[i] : 1;
        next++;
    }
    if (asks(f->layer, "return_inverse")) {
        for (int64_t i = 0; i < s.n; i++) f->out[next].data[i] = (float)place_of_kind(&s, i, sorted);
        next++;
    }
    for (int64_t i = 0; asks(f->layer, "return_counts") && i < room; i++) f->out[next].data[i] = i < s.kinds ? (float)s.count[i] : 0;
}

const LayerKind OPERATION_unique = {
    OPERATION("Unique", "numpy"), TAKES(OPERATION_X), MADE_WITH(UNIQUE_PARAMS), .infer = infer_unique, .computes = computes_unique,
    DEPENDS(forward_unique, depends_on_all, "{x}"),
};
