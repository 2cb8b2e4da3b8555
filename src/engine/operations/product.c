/* Products of two tensors: matmul, dot, inner, vdot, outer, tensordot, kron. */
#include <inttypes.h>
#include <string.h>

#include "engine/operations/contraction.h"
#include "engine/operations/copying.h"

static const ParamSpec CALL[] = {{.name = "x1", .required = true}, {.name = "x2", .required = true}};

typedef struct Pair {
    Operand a, b;
} Pair;

static Pair pair_of(const Call *call, const TensorSpec *in)
{
    return (Pair){operand_of(call, in, 0), operand_of(call, in, 1)};
}

static bool give(const Pair *pair, const Shape *shape, Outputs *out, Error *err)
{
    Dtype dtype;
    const Operand operands[2] = {pair->a, pair->b};
    if (!operand_types(operands, 2, &dtype, err)) return false;
    outputs_add(out, *shape, dtype);
    return true;
}

static bool is_open(int64_t a, int64_t b)
{
    return a == DIM_NONE || b == DIM_NONE;
}

static bool refuse_rank(Error *err)
{
    return error_set(err, "ValueError", "More than %d axes.", SHAPE_RANK_MAX);
}

static void put_letters(char *to, char first, int n)
{
    for (int i = 0; i < n; i++) to[i] = (char)(first + i);
    to[n] = 0;
}

/* To the output's; what infer lets through has room. */
static void add_letter(Contraction *c, char letter)
{
    const size_t n = strlen(c->out);
    if (n < SHAPE_RANK_MAX) c->out[n] = letter, c->out[n + 1] = 0;
}

static int64_t last(const Shape *shape)
{
    return shape->dim[shape->rank - 1];
}

/* ---- matmul ---- */

static bool refuse_inner(const Shape *a, const Shape *b, Error *err)
{
    if (!err) return false;
    const char *one = shape_text(err->arena, a), *other = shape_text(err->arena, b);
    error_set(err, "ValueError", "Inner dimensions (`x1.shape[-1]` and `x2.shape[-2]`) must be equal, but received `x1.shape=%s` and "
              "`x2.shape=%s`.", one, other);
    return error_cause(err, "cause.merge_shapes", one, other, NULL);
}

static bool infer_matmul(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Pair pair = pair_of(call, in);
    Shape a = pair.a.spec.shape, b = pair.b.spec.shape, shape;
    const bool row = a.rank == 1, column = b.rank == 1;
    (void)layer, (void)n_in;
    if (!a.rank || !b.rank) return error_set(err, "IndexError", "list index out of range");
    if (row) a = SHAPE(1, a.dim[0]);
    if (column) b = SHAPE(b.dim[0], 1);
    if (!is_open(last(&a), b.dim[b.rank - 2]) && last(&a) != b.dim[b.rank - 2]) return refuse_inner(&a, &b, err);
    const Shape batch_a = shape_slice(&a, 0, a.rank - 2), batch_b = shape_slice(&b, 0, b.rank - 2);
    if (!shapes_broadcast(&batch_a, &batch_b, &shape, err)) return false;
    if (!row) shape.dim[shape.rank++] = a.dim[a.rank - 2];
    if (!column) shape.dim[shape.rank++] = last(&b);
    if (pair.a.spec.dtype == DTYPE_INT8 && pair.b.spec.dtype == DTYPE_INT8) {
        outputs_add(out, shape, DTYPE_INT32);
        return true;
    }
    return give(&pair, &shape, out, err);
}

/* Batch axes are named from the right: those of the longer shape first. */
static bool matmul_letters(const Layer *layer, Contraction *c, Error *err)
{
    Factor *a = &c->factor[0], *b = &c->factor[1];
    const int batch_a = a->shape.rank - 2, batch_b = b->shape.rank - 2, batch = batch_a > batch_b ? batch_a : batch_b;
    (void)layer, (void)err;
    if (!a->shape.rank || !b->shape.rank) return false;
    put_letters(c->out, 'A', batch > 0 ? batch : 0);
    strcpy(a->letters, batch_a > 0 ? c->out + (batch - batch_a) : "");
    strcpy(b->letters, batch_b > 0 ? c->out + (batch - batch_b) : "");
    strcat(a->letters, a->shape.rank > 1 ? "mk" : "k");
    strcat(b->letters, b->shape.rank > 1 ? "kn" : "k");
    if (a->shape.rank > 1) strcat(c->out, "m");
    if (b->shape.rank > 1) strcat(c->out, "n");
    return true;
}

const LayerKind OPERATION_matmul = {OPERATION("Matmul", "numpy"), TAKES(CALL), .infer = infer_matmul, CONTRACTS(matmul_letters)};

/* ---- dot ---- */

static bool refuse_dot(const Operand *a, const Operand *b, bool vector, Error *err)
{
    if (!err) return false;
    const char *one = shape_text(err->arena, &a->spec.shape), *other = shape_text(err->arena, &b->spec.shape);
    error_set(err, "ValueError", vector ? "Shape must match on the last axis of `x1` and `x2` when `x1` is N-d array while `x2` is 1-D, but "
              "receive shape `x1.shape=%s` and x2.shape=`%s`." : "Shape must match on the last axis of `x1` and second last axis of `x2` when "
              "`x1` is N-d array while `x2` is M-D, but received `x1.shape=%s` and x2.shape=`%s`.", one, other);
    return error_cause(err, "cause.merge_shapes", one, other, NULL);
}

static bool infer_dot(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Pair pair = pair_of(call, in);
    const Shape *a = &pair.a.spec.shape, *b = &pair.b.spec.shape;
    Shape shape = a->rank ? *a : *b;
    (void)layer, (void)n_in;
    if (!a->rank || !b->rank) return give(&pair, &shape, out, err);
    if (b->rank == 1) {
        if (a->rank > 1 && last(a) != b->dim[0]) return refuse_dot(&pair.a, &pair.b, true, err);
        shape = shape_slice(a, 0, a->rank - 1);
        return give(&pair, &shape, out, err);
    }
    if (!is_open(last(a), b->dim[b->rank - 2]) && last(a) != b->dim[b->rank - 2]) return refuse_dot(&pair.a, &pair.b, false, err);
    shape = shape_slice(a, 0, a->rank - 1);
    if (shape.rank + b->rank - 1 > SHAPE_RANK_MAX) return refuse_rank(err);
    for (int i = 0; i < b->rank; i++)
        if (i != b->rank - 2) shape.dim[shape.rank++] = b->dim[i];
    return give(&pair, &shape, out, err);
}

static bool dot_letters(const Layer *layer, Contraction *c, Error *err)
{
    Factor *a = &c->factor[0], *b = &c->factor[1];
    (void)layer, (void)err;
    put_letters(a->letters, 'a', a->shape.rank);
    put_letters(b->letters, 'p', b->shape.rank);
    if (a->shape.rank && b->shape.rank) {
        char *shared = &b->letters[b->shape.rank > 1 ? b->shape.rank - 2 : 0];
        *shared = a->letters[a->shape.rank - 1];
    }
    for (const char *l = a->letters; *l; l++)
        if (!strchr(b->letters, *l)) add_letter(c, *l);
    for (const char *l = b->letters; *l; l++)
        if (!strchr(a->letters, *l)) add_letter(c, *l);
    return true;
}

const LayerKind OPERATION_dot = {OPERATION("Dot", "numpy"), TAKES(CALL), .infer = infer_dot, CONTRACTS(dot_letters)};

/* ---- inner ---- */

static bool infer_inner(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Pair pair = pair_of(call, in);
    const Shape *a = &pair.a.spec.shape, *b = &pair.b.spec.shape;
    Shape shape = a->rank ? *a : *b;
    (void)layer, (void)n_in;
    if (!a->rank || !b->rank) return give(&pair, &shape, out, err);
    if (!is_open(last(a), last(b)) && last(a) != last(b))
        return error_set(err, "ValueError", "`inner` requires the last dimension of `x1` and `x2` to match. Received: x1.shape=%s, "
                         "x2.shape=%s.", shape_text(out->arena, a), shape_text(out->arena, b));
    shape = shape_slice(a, 0, a->rank - 1);
    if (shape.rank + b->rank - 1 > SHAPE_RANK_MAX) return refuse_rank(err);
    for (int i = 0; i < b->rank - 1; i++) shape.dim[shape.rank++] = b->dim[i];
    return give(&pair, &shape, out, err);
}

static bool inner_letters(const Layer *layer, Contraction *c, Error *err)
{
    Factor *a = &c->factor[0], *b = &c->factor[1];
    (void)layer, (void)err;
    put_letters(a->letters, 'a', a->shape.rank);
    put_letters(b->letters, 'p', b->shape.rank);
    const bool sums = a->shape.rank && b->shape.rank;
    if (sums) b->letters[b->shape.rank - 1] = a->letters[a->shape.rank - 1];
    for (int i = 0; i < a->shape.rank - sums; i++) add_letter(c, a->letters[i]);
    for (int i = 0; i < b->shape.rank - sums; i++) add_letter(c, b->letters[i]);
    return true;
}

const LayerKind OPERATION_inner = {OPERATION("Inner", "numpy"), TAKES(CALL), .infer = infer_inner, CONTRACTS(inner_letters)};

/* ---- vdot and outer: both laid out flat ---- */

static void flatten(Factor *factor, const char *letter)
{
    factor->shape = SHAPE(shape_size(&factor->shape));
    strcpy(factor->letters, letter);
}

static bool infer_vdot(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Pair pair = pair_of(call, in);
    const Shape shape = {0};
    (void)layer, (void)n_in;
    return give(&pair, &shape, out, err);
}

static bool vdot_letters(const Layer *layer, Contraction *c, Error *err)
{
    (void)layer, (void)err;
    flatten(&c->factor[0], "i");
    flatten(&c->factor[1], "i");
    return c->factor[0].shape.dim[0] == c->factor[1].shape.dim[0];
}

static bool infer_outer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Pair pair = pair_of(call, in);
    const Shape shape = SHAPE(shape_size(&pair.a.spec.shape), shape_size(&pair.b.spec.shape));
    (void)layer, (void)n_in;
    return give(&pair, &shape, out, err);
}

static bool outer_letters(const Layer *layer, Contraction *c, Error *err)
{
    (void)layer, (void)err;
    flatten(&c->factor[0], "i");
    flatten(&c->factor[1], "j");
    strcpy(c->out, "ij");
    return true;
}

const LayerKind OPERATION_vdot = {OPERATION("Vdot", "numpy"), TAKES(CALL), .infer = infer_vdot, CONTRACTS(vdot_letters)};
const LayerKind OPERATION_outer = {OPERATION("Outer", "numpy"), TAKES(CALL), .infer = infer_outer, CONTRACTS(outer_letters)};

/* ---- tensordot ---- */

static const ParamSpec AXES_PARAM[] = {{.name = "axes", .fallback = VALUE_IS_INT(2)}};

/* The axes summed over, in pairs; -1 where Keras finds none. */
static int summed_axes(const Layer *layer, const Shape *a, const Shape *b, int axes_a[SHAPE_RANK_MAX], int axes_b[SHAPE_RANK_MAX])
{
    const Value *axes = &layer->args[0];
    int64_t one[SHAPE_RANK_MAX] = {0}, other[SHAPE_RANK_MAX] = {0};
    int n = 0;
    if (value_is_int(axes)) {
        const int most = a->rank > b->rank ? a->rank : b->rank;
        n = axes->integer < 0 ? 0 : axes->integer > most ? most : (int)axes->integer;
        for (int i = 0; i < n; i++) axes_a[i] = a->rank - n + i, axes_b[i] = i;    /* some may not be there, as Python's slices have it */
        return n;
    }
    if ((axes->kind != VALUE_LIST && axes->kind != VALUE_TUPLE) || axes->list->n != 2) return -1;
    n = operation_ints(&axes->list->items[0], one, SHAPE_RANK_MAX);
    if (n < 0 || operation_ints(&axes->list->items[1], other, SHAPE_RANK_MAX) != n) return -1;
    for (int i = 0; i < n; i++) {
        axes_a[i] = shape_axis(a, one[i]);
        axes_b[i] = shape_axis(b, other[i]);
        if (axes_a[i] < 0 || axes_b[i] < 0) return -1;
    }
    return n;
}

static bool contains(const int *axes, int n, int axis)
{
    for (int i = 0; i < n; i++)
        if (axes[i] == axis) return true;
    return false;
}

static Shape selected(const Shape *shape, const int *axes, int n)
{
    Shape out = {.rank = n};
    for (int i = 0; i < n; i++) out.dim[i] = shape->dim[axes[i]];
    return out;
}

static bool infer_tensordot(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Pair pair = pair_of(call, in);
    const Shape *a = &pair.a.spec.shape, *b = &pair.b.spec.shape;
    int axes_a[SHAPE_RANK_MAX], axes_b[SHAPE_RANK_MAX];
    Shape shape = {0};
    (void)n_in;
    const int n = summed_axes(layer, a, b, axes_a, axes_b);
    if (n < 0) return error_set(err, "IndexError", "list index out of range");
    for (int i = 0; i < n && !value_is_int(&layer->args[0]); i++) {
        if (is_open(a->dim[axes_a[i]], b->dim[axes_b[i]]) || a->dim[axes_a[i]] == b->dim[axes_b[i]]) continue;
        const Shape one = selected(a, axes_a, n), other = selected(b, axes_b, n);
        return error_set(err, "ValueError", "Shape mismatch on `x1[axes[0]]` and `x2[axes[1]]`, received %s and %s.",
                         shape_list_text(out->arena, &one), shape_list_text(out->arena, &other));
    }
    if (a->rank + b->rank - 2 * n > SHAPE_RANK_MAX) return refuse_rank(err);
    for (int i = 0; i < a->rank; i++)
        if (!contains(axes_a, n, i)) shape.dim[shape.rank++] = a->dim[i];
    for (int i = 0; i < b->rank; i++)
        if (!contains(axes_b, n, i)) shape.dim[shape.rank++] = b->dim[i];
    return give(&pair, &shape, out, err);
}

/* The axes [from, to) laid out as one. */
static void merge_axes(Factor *factor, int from, int to)
{
    Shape shape = shape_slice(&factor->shape, 0, from);
    shape.dim[shape.rank++] = shape_span_size(&factor->shape, from, to);
    for (int i = to; i < factor->shape.rank; i++) shape.dim[shape.rank++] = factor->shape.dim[i];
    factor->shape = shape;
}

/* So many axes, told by a number, are summed over as one: only their product must agree. */
static bool tensordot_by_count(int n, Contraction *c)
{
    Factor *a = &c->factor[0], *b = &c->factor[1];
    const int free = a->shape.rank - n;
    if (free < 0 || b->shape.rank < n || free == SHAPE_RANK_MAX || b->shape.rank - n == SHAPE_RANK_MAX) return false;
    merge_axes(a, free, a->shape.rank);
    merge_axes(b, 0, n);
    put_letters(a->letters, 'a', a->shape.rank);
    put_letters(b->letters, 'p', b->shape.rank);
    b->letters[0] = a->letters[free];
    for (int i = 0; i < free; i++) add_letter(c, a->letters[i]);
    for (int i = 1; i < b->shape.rank; i++) add_letter(c, b->letters[i]);
    return a->shape.dim[free] == b->shape.dim[0];
}

static bool tensordot_letters(const Layer *layer, Contraction *c, Error *err)
{
    Factor *a = &c->factor[0], *b = &c->factor[1];
    int axes_a[SHAPE_RANK_MAX], axes_b[SHAPE_RANK_MAX];
    const int n = summed_axes(layer, &a->shape, &b->shape, axes_a, axes_b);
    (void)err;
    if (n >= 0 && value_is_int(&layer->args[0])) return tensordot_by_count(n, c);
    put_letters(a->letters, 'a', a->shape.rank);
    put_letters(b->letters, 'p', b->shape.rank);
    for (int i = 0; i < n; i++) {
        if (a->shape.dim[axes_a[i]] != b->shape.dim[axes_b[i]]) return false;
        b->letters[axes_b[i]] = a->letters[axes_a[i]];
    }
    for (int i = 0; i < a->shape.rank; i++)
        if (!contains(axes_a, n, i)) add_letter(c, a->letters[i]);
    for (int i = 0; i < b->shape.rank; i++)
        if (!contains(axes_b, n, i)) add_letter(c, b->letters[i]);
    return n >= 0;
}

const LayerKind OPERATION_tensordot = {
    OPERATION("Tensordot", "numpy"), TAKES(CALL), MADE_WITH(AXES_PARAM), .infer = infer_tensordot, CONTRACTS(tensordot_letters),
};

/* ---- kron: an axis of a and one of b lie in one of the output ---- */

static bool infer_kron(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Pair pair = pair_of(call, in);
    const Shape *a = &pair.a.spec.shape, *b = &pair.b.spec.shape;
    Shape shape = {.rank = a->rank < b->rank ? a->rank : b->rank};
    (void)layer, (void)n_in;
    for (int i = 0; i < shape.rank; i++) shape.dim[i] = dim_multiply(a->dim[i], b->dim[i]);
    return give(&pair, &shape, out, err);
}

/* The shorter shape has axes of 1 before its own. */
static void lengthen(Shape *shape, int rank)
{
    while (shape->rank < rank) *shape = shape_with(shape, 0, 1);
}

/* Keras' shape ends with the shorter; numbers do not. */
static bool infer_kron_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Pair pair = pair_of(call, in);
    Shape *a = &pair.a.spec.shape, *b = &pair.b.spec.shape, shape;
    (void)layer, (void)n_in;
    lengthen(a, b->rank);
    lengthen(b, a->rank);
    shape = *a;
    for (int i = 0; i < shape.rank; i++) shape.dim[i] = dim_multiply(a->dim[i], b->dim[i]);
    return give(&pair, &shape, out, err);
}

static bool kron_letters(const Layer *layer, Contraction *c, Error *err)
{
    Factor *a = &c->factor[0], *b = &c->factor[1];
    (void)layer, (void)err;
    lengthen(&a->shape, b->shape.rank);
    lengthen(&b->shape, a->shape.rank);
    if (2 * a->shape.rank > SHAPE_RANK_MAX) return false;
    put_letters(a->letters, 'a', a->shape.rank);
    put_letters(b->letters, 'p', b->shape.rank);
    for (int i = 0; i < a->shape.rank; i++) {
        add_letter(c, a->letters[i]);
        add_letter(c, b->letters[i]);
    }
    return true;
}

const LayerKind OPERATION_kron = {
    OPERATION("Kron", "numpy"), TAKES(CALL), .infer = infer_kron, .infer_numbers = infer_kron_numbers, CONTRACTS(kron_letters),
};
