/* Operations that take some of the elements: x[1:, ..., None], slice, diagonals and triangles. */
#include <inttypes.h>
#include <string.h>

#include "engine/constant.h"
#include "engine/operations/copying.h"

/* ---- x[key] ---- */

static const ParamSpec ITEM_CALL[] = {{.name = "x", .type = PARAM_TENSORS, .required = true}, {.name = "key", .required = true}};

/* What the key makes of the axes. */
typedef struct View {
    Shape   shape;
    int     axis[SHAPE_RANK_MAX];     /* of the input, for each of shape; -1 = new */
    int64_t first[SHAPE_RANK_MAX];    /* by axis of the input; where it begins ... */
    int64_t step[SHAPE_RANK_MAX];     /* ... and how it goes on */
    int     taken;                    /* axes of the input told so far */
} View;

static bool refuse_key(const Value *key, Error *err)
{
    if (!err) return false;
    return error_set(err, "ValueError", "Unsupported key type for array slice. Received: `%s`", value_str_text(err->arena, key));
}

static bool add_axis(View *view, int from, int64_t length, Error *err)
{
    if (view->shape.rank == SHAPE_RANK_MAX) return error_set(err, "ValueError", "More than %d axes.", SHAPE_RANK_MAX);
    view->axis[view->shape.rank] = from;
    view->shape.dim[view->shape.rank++] = length;
    return true;
}

static int64_t clamped(int64_t at, int64_t low, int64_t high)
{
    return at < low ? low : at > high ? high : at;
}

/* slice.indices: None means the end that the step comes from or goes to. */
static int64_t slice_end(const Value *end, int64_t length, int64_t otherwise, int64_t low, int64_t high)
{
    int64_t at;
    if (!value_integer(end, &at)) return otherwise;
    return clamped(at < 0 ? at + length : at, low, high);
}

static bool take_slice(View *view, const SliceParts *slice, const Shape *in, Error *err)
{
    const int axis = view->taken++;
    const int64_t length = in->dim[axis];
    int64_t step = 1;
    value_integer(&slice->step, &step);
    if (!step) return error_set(err, "ValueError", "slice step cannot be zero");
    view->step[axis] = step;
    if (length == DIM_NONE) return add_axis(view, axis, DIM_NONE, err);
    const int64_t low = step < 0 ? -1 : 0, high = step < 0 ? length - 1 : length;
    const int64_t start = slice_end(&slice->start, length, step < 0 ? high : low, low, high);
    const int64_t stop = slice_end(&slice->stop, length, step < 0 ? low : high, low, high);
    const int64_t span = step < 0 ? start - stop : stop - start, stride = step < 0 ? -(step + 1) : step - 1;
    view->first[axis] = start;
    return add_axis(view, axis, span > 0 ? (span - 1) / (stride + 1) + 1 : 0, err);
}

static bool take_index(View *view, const Value *key, int64_t index, const Shape *in, Error *err)
{
    const int axis = view->taken++;
    const int64_t length = in->dim[axis], at = index < 0 && length != DIM_NONE ? index + length : index;
    view->first[axis] = at;
    if (length == DIM_NONE || (at >= 0 && at < length)) return true;
    if (!err) return false;
    return error_set(err, "ValueError", "Array has shape %s but out-of-bounds index %s was requested.", shape_text(err->arena, in),
                     value_str_text(err->arena, key));
}

static bool take_all(View *view, const Shape *in, int until, Error *err)
{
    while (view->taken < until) {
        const int axis = view->taken++;
        if (!add_axis(view, axis, in->dim[axis], err)) return false;
    }
    return true;
}

static bool is_ellipsis(const Value *value)
{
    return value_is_object(value, &CONSTANT_ELLIPSIS);
}

static bool take_part(View *view, const Value *key, const Value *part, const Shape *in, Error *err)
{
    int64_t index = 0;
    if (part->kind == VALUE_NONE) return add_axis(view, -1, 1, err);
    if (view->taken >= in->rank)
        return err && error_set(err, "ValueError", "Array has shape %s but slice has to many indices. Received: `%s`",
                                shape_text(err->arena, in), value_str_text(err->arena, key));
    if (operation_ints(part, &index, 1) == 1 && part->kind != VALUE_LIST && part->kind != VALUE_TUPLE)
        return take_index(view, key, index, in, err);
    if (value_is_object(part, &CONSTANT_SLICE)) return take_slice(view, part->object.data, in, err);
    return refuse_key(key, err);
}

/* The parts of a key that take an axis. */
static int axes_needed(const Value *parts, size_t n)
{
    int needed = 0;
    for (size_t i = 0; i < n; i++) needed += parts[i].kind != VALUE_NONE && !is_ellipsis(&parts[i]);
    return needed;
}

static bool view_of(const Value *key, const Shape *in, View *view, Error *err)
{
    const bool tuple = key->kind == VALUE_TUPLE || key->kind == VALUE_LIST;
    const Value *parts = tuple ? key->list->items : key;
    const size_t n = tuple ? key->list->n : 1;
    int ellipses = 0;
    *view = (View){0};
    for (int i = 0; i < SHAPE_RANK_MAX; i++) view->step[i] = 1;
    for (size_t i = 0; i < n; i++) ellipses += is_ellipsis(&parts[i]);
    if (ellipses > 1)
        return err && error_set(err, "ValueError", "Slice should only have one ellipsis. Received: `%s`", value_str_text(err->arena, key));
    for (size_t i = 0; i < n; i++) {
        if (is_ellipsis(&parts[i]) ? !take_all(view, in, in->rank - axes_needed(parts + i, n - i), err) : !take_part(view, key, &parts[i], in, err))
            return false;
    }
    return take_all(view, in, in->rank, err);
}

/* x[1:] alone, None and ... are refused: Keras looks for an int, a tuple or a list. */
static bool is_key(const Value *key)
{
    return key->kind == VALUE_INT || key->kind == VALUE_BOOL || key->kind == VALUE_TUPLE || key->kind == VALUE_LIST;
}

static bool infer_item(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    View view;
    (void)layer;
    if (n_in != 1 || !is_key(&call->args[1])) return refuse_key(&call->args[1], err);
    if (!view_of(&call->args[1], &in[0].shape, &view, err)) return false;
    outputs_add(out, view.shape, in[0].dtype);
    return true;
}

static Origin origin_item(const Trace *t, const int64_t *at)
{
    View view;
    int64_t own[SHAPE_RANK_MAX];
    view_of(&t->call->args[1], &t->in[0].shape, &view, NULL);
    memcpy(own, view.first, sizeof own);
    for (int i = 0; i < view.shape.rank; i++)
        if (view.axis[i] >= 0) own[view.axis[i]] += at[i] * view.step[view.axis[i]];
    return origin_at(t, own);
}

const LayerKind OPERATION_get_item = {OPERATION("GetItem", "numpy"), TAKES(ITEM_CALL), .infer = infer_item, COPIES(origin_item)};

/* ---- slice ---- */

static const ParamSpec SLICE_CALL[] = {{.name = "inputs", .type = PARAM_TENSORS, .required = true}, {.name = "start_indices", .required = true}};
static const ParamSpec SLICE_PARAMS[] = {{.name = "shape", .type = PARAM_SHAPE, .required = true}};

static bool infer_slice(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    int64_t shape[SHAPE_RANK_MAX] = {0}, start[SHAPE_RANK_MAX] = {0};
    const Value *starts = &call->args[1];
    const int rank = in[0].shape.rank, n = operation_ints(&layer->args[0], shape, SHAPE_RANK_MAX);
    const int n_starts = operation_ints(starts, start, SHAPE_RANK_MAX);
    Shape result = {.rank = rank};
    (void)n_in;
    if (n != rank)
        return error_set(err, "ValueError", "The number of dimensions in `inputs` must match the number of dimensions in `shape`. Received "
                         "inputs.shape=%s and shape=%s", shape_text(out->arena, &in[0].shape), value_str_text(out->arena, &layer->args[0]));
    if (starts->kind != VALUE_TENSOR && n_starts != rank)
        return error_set(err, "ValueError", "The number of dimensions in `start_indices` must match the number of dimensions in `inputs`. "
                         "Received start_indices=%s and inputs.shape=%s", value_str_text(out->arena, starts),
                         shape_text(out->arena, &in[0].shape));
    for (int i = 0; i < rank; i++) {
        const int64_t length = in[0].shape.dim[i];
        const bool open = starts->kind == VALUE_TENSOR || length == DIM_NONE;
        result.dim[i] = shape[i] >= 0 ? shape[i] : open ? DIM_NONE : length - start[i] < 0 ? 0 : length - start[i];
    }
    outputs_add(out, result, in[0].dtype);
    return true;
}

static Origin origin_slice(const Trace *t, const int64_t *at)
{
    int64_t start[SHAPE_RANK_MAX] = {0}, own[SHAPE_RANK_MAX];
    operation_ints(&t->call->args[1], start, SHAPE_RANK_MAX);
    for (int i = 0; i < t->in[0].shape.rank; i++) {
        own[i] = start[i] + at[i];
        if (own[i] < 0 || own[i] >= t->in[0].shape.dim[i]) return (Origin){.from = -1};
    }
    return origin_at(t, own);
}

/* Where the place is told by a tensor only its numbers say what is copied. */
static bool slice_computes(const Layer *layer)
{
    return !layer->n_calls || layer->calls[0]->n_in == 1;
}

const LayerKind OPERATION_slice = {
    OPERATION("Slice", "core"), TAKES(SLICE_CALL), MADE_WITH(SLICE_PARAMS), .infer = infer_slice, .computes = slice_computes,
    COPIES(origin_slice),
};

/* ---- triangles ---- */

static const ParamSpec K_PARAM[] = {{.name = "k", .type = PARAM_INT, .fallback = VALUE_IS_INT(0)}};

static int64_t offset_of(const Layer *layer)
{
    return value_is_int(&layer->args[0]) ? layer->args[0].integer : 0;
}

static bool infer_triangle(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err)) return false;
    outputs_add(out, in[0].shape, in[0].dtype);
    return true;
}

static Origin inside(const Trace *t, bool kept)
{
    return kept ? (Origin){.from = t->k} : (Origin){.input = -1};
}

/* Columns beyond the row; a lone axis counts as the columns of every row. */
static int64_t columns_beyond(const Trace *t, const int64_t *at)
{
    const int rank = t->in[0].shape.rank;
    return rank < 2 ? 0 : at[rank - 1] - at[rank - 2];
}

static Origin origin_tril(const Trace *t, const int64_t *at) { return inside(t, columns_beyond(t, at) <= offset_of(t->layer)); }
static Origin origin_triu(const Trace *t, const int64_t *at) { return inside(t, columns_beyond(t, at) >= offset_of(t->layer)); }

const LayerKind OPERATION_tril = {
    OPERATION("Tril", "numpy"), TAKES(OPERATION_X), MADE_WITH(K_PARAM), .infer = infer_triangle, COPIES(origin_tril),
};
const LayerKind OPERATION_triu = {
    OPERATION("Triu", "numpy"), TAKES(OPERATION_X), MADE_WITH(K_PARAM), .infer = infer_triangle, COPIES(origin_triu),
};

/* ---- diagonals ---- */

static const ParamSpec DIAGONAL_PARAMS[] = {
    {.name = "offset", .type = PARAM_INT, .fallback = VALUE_IS_INT(0)}, {.name = "axis1", .type = PARAM_INT, .fallback = VALUE_IS_INT(0)},
    {.name = "axis2", .type = PARAM_INT, .fallback = VALUE_IS_INT(1)},
};

static int64_t diagonal_length(int64_t rows, int64_t columns, int64_t offset)
{
    if (rows == DIM_NONE || columns == DIM_NONE) return DIM_NONE;
    const int64_t shorter = rows < columns ? rows : columns, rest = offset > 0 ? columns - offset : rows + offset;
    return rest < 0 ? 0 : rest < shorter ? rest : shorter;
}

/* The two axes; those that are left, in order. */
static bool diagonal_axes(const Layer *layer, int rank, int axes[2], Error *err)
{
    for (int i = 0; i < 2; i++) {
        axes[i] = axis_canonical(&layer->args[1 + i], rank, err);
        if (axes[i] < 0) return false;
    }
    if (axes[0] != axes[1]) return true;
    return err && error_set(err, "ValueError", "`axis1` and `axis2` cannot be the same. Received: axis1=%s, axis2=%s",
                            value_str_text(err->arena, &layer->args[1]), value_str_text(err->arena, &layer->args[2]));
}

static bool infer_diagonal(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    int axes[2] = {0, 1};
    Shape shape = {0};
    (void)n_in;
    if (!call_takes_one(call, err) || !diagonal_axes(layer, in[0].shape.rank, axes, err)) return false;
    for (int i = 0; i < in[0].shape.rank; i++)
        if (i != axes[0] && i != axes[1]) shape.dim[shape.rank++] = in[0].shape.dim[i];
    shape.dim[shape.rank++] = diagonal_length(in[0].shape.dim[axes[0]], in[0].shape.dim[axes[1]], offset_of(layer));
    outputs_add(out, shape, in[0].dtype);
    return true;
}

static Origin origin_diagonal(const Trace *t, const int64_t *at)
{
    const int rank = t->in[0].shape.rank;
    const int64_t offset = offset_of(t->layer), along = at[rank - 2];
    int axes[2] = {0, 1}, next = 0;
    int64_t own[SHAPE_RANK_MAX];
    diagonal_axes(t->layer, rank, axes, NULL);
    for (int i = 0; i < rank; i++)
        if (i != axes[0] && i != axes[1]) own[i] = at[next++];
    own[axes[0]] = along + (offset < 0 ? -offset : 0);
    own[axes[1]] = along + (offset > 0 ? offset : 0);
    return origin_at(t, own);
}

static int64_t magnitude(int64_t k)
{
    return k < 0 ? -k : k;
}

static bool infer_diag(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Shape *shape = &in[0].shape;
    const int64_t k = offset_of(layer);
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (shape->rank != 1 && shape->rank != 2)
        return error_set(err, "ValueError", "`x` must be 1-D or 2-D, but received shape %s.", shape_text(out->arena, shape));
    const int64_t side = shape->dim[0] == DIM_NONE ? DIM_NONE : size_add(shape->dim[0], magnitude(k));
    outputs_add(out, shape->rank == 1 ? SHAPE(side, side) : SHAPE(diagonal_length(shape->dim[0], shape->dim[1], k)), in[0].dtype);
    return true;
}

static Origin on_diagonal(const Trace *t, const int64_t *at)
{
    const int64_t k = offset_of(t->layer);
    if (at[1] - at[0] != k) return (Origin){.input = -1};
    return (Origin){.from = k > 0 ? at[0] : at[1]};
}

static Origin origin_diag(const Trace *t, const int64_t *at)
{
    const int64_t k = offset_of(t->layer);
    if (t->in[0].shape.rank == 1) return on_diagonal(t, at);
    return (Origin){.from = (at[0] + (k < 0 ? -k : 0)) * t->in[0].shape.dim[1] + at[0] + (k > 0 ? k : 0)};
}

static bool infer_diagflat(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const int64_t size = shape_size(&in[0].shape), side = size == DIM_NONE ? DIM_NONE : size_add(size, magnitude(offset_of(layer)));
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    outputs_add(out, SHAPE(side, side), in[0].dtype);
    return true;
}

const LayerKind OPERATION_diagonal = {
    OPERATION("Diagonal", "numpy"), TAKES(OPERATION_X), MADE_WITH(DIAGONAL_PARAMS), .infer = infer_diagonal, COPIES(origin_diagonal),
};
const LayerKind OPERATION_diag = {
    OPERATION("Diag", "numpy"), TAKES(OPERATION_X), MADE_WITH(K_PARAM), .infer = infer_diag, COPIES(origin_diag),
};
const LayerKind OPERATION_diagflat = {
    OPERATION("Diagflat", "numpy"), TAKES(OPERATION_X), MADE_WITH(K_PARAM), .infer = infer_diagflat, COPIES(on_diagonal),
};
