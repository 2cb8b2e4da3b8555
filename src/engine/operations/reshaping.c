/* Operations that give the same numbers in other axes: reshape, transpose, squeeze and the like. */
#include <inttypes.h>
#include <string.h>

#include "engine/operations/copying.h"

static bool give(Outputs *out, const Shape *shape, const TensorSpec *in)
{
    outputs_add(out, *shape, in[0].dtype);
    return true;
}

static Origin same_place(const Trace *t, const int64_t *at)
{
    (void)at;
    return (Origin){.from = t->k};
}

/* ---- as it is ---- */

static const ParamSpec CALL_VARIABLE[] = {{.name = "variable", .type = PARAM_TENSORS, .required = true}};

static bool infer_same(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    return call_takes_one(call, err) && give(out, &in[0].shape, in);
}

const LayerKind OPERATION_copy = {OPERATION("Copy", "numpy"), TAKES(OPERATION_X), .infer = infer_same, COPIES(same_place)};
const LayerKind OPERATION_stop_gradient = {
    OPERATION("StopGradient", "core"), TAKES(CALL_VARIABLE), .infer = infer_same, COPIES(same_place),
};
const LayerKind OPERATION_real = {OPERATION("Real", "numpy"), TAKES(OPERATION_X), .infer = infer_same, COPIES(same_place)};
const LayerKind OPERATION_conjugate = {OPERATION("Conjugate", "numpy"), TAKES(OPERATION_X), .infer = infer_same, COPIES(same_place)};

/* ---- reshape ---- */

static const ParamSpec RESHAPE_PARAMS[] = {{.name = "newshape", .type = PARAM_SHAPE, .required = true}};

static bool refuse_dims(Maker *m, const char *message)
{
    return maker_refuse(m, "newshape", "ValueError", "%s Received: newshape=%s.", message, maker_text(m, "newshape"));
}

static bool make_reshape(Maker *m)
{
    if (!layer_base(m)) return false;
    Value shape = *maker_arg(m, "newshape");
    if (shape.kind == VALUE_LIST || shape.kind == VALUE_TUPLE) {
        shape.kind = VALUE_TUPLE;
    } else if (shape.kind != VALUE_UNKNOWN) {
        shape = value_list(m->builder->arena, VALUE_TUPLE, 1);
        list_add(shape.list, *maker_arg(m, "newshape"));
    }
    maker_set(m, "newshape", shape);
    int found = 0;
    for (size_t i = 0; shape.kind == VALUE_TUPLE && i < shape.list->n; i++) {
        int64_t dim = 0;
        if (!value_integer(&shape.list->items[i], &dim)) continue;
        if (dim < -1)
            return refuse_dims(m, "Each dimension in `newshape` must be a non-negative integer, or `-1` for a single unknown dimension.");
        found += dim == -1;
    }
    return found <= 1 || refuse_dims(m, "There must be at most one unknown dimension (-1) in `newshape`.");
}

enum { FIND = -2 };   /* -1 as written, where DIM_NONE is None */

/* False where there are too many axes. */
static bool written_shape(const Layer *layer, Shape *shape)
{
    const Value *dims = &layer->args[0];
    *shape = (Shape){0};
    if (dims->kind != VALUE_TUPLE || dims->list->n > SHAPE_RANK_MAX) return false;
    for (size_t i = 0; i < dims->list->n; i++) {
        int64_t dim;
        const bool whole = value_integer(&dims->list->items[i], &dim);
        shape->dim[shape->rank++] = !whole ? DIM_NONE : dim == -1 ? FIND : dim;
    }
    return true;
}

static const char *written_text(Arena *arena, Shape shape)
{
    Text text = {.arena = arena};
    text_put_char(&text, '(');
    for (int i = 0; i < shape.rank; i++) text_print(&text, i ? ", %" PRId64 : "%" PRId64, shape.dim[i] == FIND ? -1 : shape.dim[i]);
    text_put(&text, shape.rank == 1 ? ",)" : ")");
    return text_string(&text);
}

static bool refuse_total(Arena *arena, const Shape *in, Shape wanted, bool finds, Error *err)
{
    const char *from = shape_text(arena, in), *to = written_text(arena, wanted);
    error_set(err, "ValueError", finds ? "The total size of the tensor must be unchanged, however, the input size cannot by divided by the "
              "specified dimensions in newshape. Received: input_shape=%s, newshape=%s"
              : "The total size of the tensor must be unchanged. Received: input_shape=%s, newshape=%s", from, to);
    return error_cause(err, "cause.reshape_total", from, arena_print(arena, "%" PRId64, shape_size(in)), to, NULL);
}

static bool infer_reshape(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Shape shape;
    int found = -1;
    int64_t known = 1;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (!written_shape(layer, &shape)) return error_set(err, "ValueError", "More than %d axes.", SHAPE_RANK_MAX);
    const Shape written = shape;
    bool open = !shape_known(&in[0].shape);
    for (int i = 0; i < shape.rank; i++) {
        open |= shape.dim[i] == DIM_NONE;
        if (shape.dim[i] == FIND) found = i;
        else if (shape.dim[i] != DIM_NONE) known = size_multiply(known, shape.dim[i]);
    }
    if (found >= 0) shape.dim[found] = DIM_NONE;
    if (open) return give(out, &shape, in);
    const int64_t size = shape_size(&in[0].shape);
    const bool fits = found < 0 ? size == known : known && size % known == 0;
    if (!fits) return refuse_total(out->arena, &in[0].shape, written, found >= 0, err);
    if (found >= 0) shape.dim[found] = size / known;
    return give(out, &shape, in);
}

const LayerKind OPERATION_reshape = {
    OPERATION("Reshape", "numpy"), TAKES(OPERATION_X), MADE_WITH(RESHAPE_PARAMS), .make = make_reshape, .infer = infer_reshape,
    COPIES(same_place),
};

/* ---- ravel ---- */

static bool infer_ravel(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    const Shape shape = SHAPE(shape_size(&in[0].shape));
    return call_takes_one(call, err) && give(out, &shape, in);
}

const LayerKind OPERATION_ravel = {OPERATION("Ravel", "numpy"), TAKES(OPERATION_X), .infer = infer_ravel, COPIES(same_place)};

/* ---- squeeze and expand_dims ---- */

static const ParamSpec AXIS_PARAM[] = {{.name = "axis", .type = PARAM_INTS}};
static const ParamSpec NEEDED_AXIS_PARAM[] = {{.name = "axis", .type = PARAM_INTS, .required = true}};

static bool is_one(const Shape *shape, const Value *axis, Error *err)
{
    int64_t at;
    const bool whole = operation_ints(axis, &at, 1) == 1;
    const int found = whole ? shape_axis(shape, at) : -1;
    if (found < 0) return error_set(err, "IndexError", "list index out of range");
    if (shape->dim[found] == 1) return true;
    return error_set(err, "ValueError", "Cannot squeeze axis %" PRId64 ", because the dimension is not 1.", at);
}

static bool infer_squeeze(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Value *axis = &layer->args[0];
    const Shape *from = &in[0].shape;
    bool gone[SHAPE_RANK_MAX] = {false};
    Shape shape = {0};
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    const bool list = axis->kind == VALUE_LIST || axis->kind == VALUE_TUPLE;
    for (size_t i = 0; axis->kind != VALUE_NONE && i < (list ? axis->list->n : 1); i++)
        if (!is_one(from, list ? &axis->list->items[i] : axis, err)) return false;
    int axes[SHAPE_RANK_MAX];
    const int n = axis->kind == VALUE_NONE ? 0 : operation_axes(axis, from->rank, axes, err);
    for (int i = 0; i < n; i++) gone[axes[i]] = true;
    for (int i = 0; i < from->rank; i++) {
        const bool stays = axis->kind == VALUE_NONE ? from->dim[i] != 1 : !gone[i];
        if (stays) shape.dim[shape.rank++] = from->dim[i];
    }
    return n >= 0 && give(out, &shape, in);
}

static bool make_expand(Maker *m)
{
    const Value *axis = maker_arg(m, "axis");
    if (!layer_base(m)) return false;
    if (axis->kind == VALUE_INT || axis->kind == VALUE_BOOL || axis->kind == VALUE_LIST || axis->kind == VALUE_TUPLE) return true;
    if (axis->kind == VALUE_UNKNOWN) return true;
    return maker_refuse(m, "axis", "ValueError", "The `axis` argument to `expand_dims` should be an integer, tuple or list. Received axis=%s",
                        maker_text(m, "axis"));
}

static bool infer_expand(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Value *axis = &layer->args[0];
    const bool list = axis->kind == VALUE_LIST || axis->kind == VALUE_TUPLE;
    const size_t more = list ? axis->list->n : 1;
    bool added[SHAPE_RANK_MAX] = {false};
    int axes[SHAPE_RANK_MAX];
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if ((size_t)in[0].shape.rank + more > SHAPE_RANK_MAX) return error_set(err, "ValueError", "More than %d axes.", SHAPE_RANK_MAX);
    Shape shape = {.rank = in[0].shape.rank + (int)more};
    const int n = operation_axes(axis, shape.rank, axes, err);
    for (int i = 0; i < n; i++) added[axes[i]] = true;
    int own = 0;
    for (int i = 0; i < shape.rank; i++) shape.dim[i] = added[i] || own == in[0].shape.rank ? 1 : in[0].shape.dim[own++];
    return n >= 0 && give(out, &shape, in);
}

const LayerKind OPERATION_squeeze = {
    OPERATION("Squeeze", "numpy"), TAKES(OPERATION_X), MADE_WITH(AXIS_PARAM), .infer = infer_squeeze, COPIES(same_place),
};
const LayerKind OPERATION_expand_dims = {
    OPERATION("ExpandDims", "numpy"), TAKES(OPERATION_X), MADE_WITH(NEEDED_AXIS_PARAM), .make = make_expand, .infer = infer_expand,
    COPIES(same_place),
};

/* ---- axes in another order ---- */

static const ParamSpec AXES_PARAM[] = {{.name = "axes", .type = PARAM_INTS}};
static const ParamSpec SWAP_PARAMS[] = {
    {.name = "axis1", .type = PARAM_INT, .required = true}, {.name = "axis2", .type = PARAM_INT, .required = true},
};
static const ParamSpec MOVE_PARAMS[] = {
    {.name = "source", .type = PARAM_INTS, .required = true}, {.name = "destination", .type = PARAM_INTS, .required = true},
};

/* from[i]: the axis of the input that axis i of the output is. */
typedef struct Order {
    int from[SHAPE_RANK_MAX];
} Order;

static bool give_ordered(const Order *order, const TensorSpec *in, Outputs *out)
{
    Shape shape = {.rank = in[0].shape.rank};
    for (int i = 0; i < shape.rank; i++) shape.dim[i] = in[0].shape.dim[order->from[i]];
    return give(out, &shape, in);
}

static Origin origin_ordered(const Trace *t, const Order *order, const int64_t *at)
{
    int64_t own[SHAPE_RANK_MAX];
    for (int i = 0; i < t->in[0].shape.rank; i++) own[order->from[i]] = at[i];
    return origin_at(t, own);
}

static const char *axes_text(Arena *arena, Value axes)
{
    axes.kind = VALUE_LIST;
    return value_repr_text(arena, &axes);
}

static bool take_axis(const Value *axes, size_t i, int rank, Order *order, bool *taken, Error *err)
{
    const Value *axis = &axes->list->items[i];
    const int64_t at = value_is_int(axis) ? axis->integer : INT64_MAX;
    if (at < -rank || at >= rank) {
        if (!err) return false;
        return error_set(err, "ValueError", "Each axis in `axes` must be an integer in [-%d, %d). Received: axes=%s.", rank, rank,
                         axes_text(err->arena, *axes));
    }
    order->from[i] = (int)(at < 0 ? at + rank : at);
    if (taken[order->from[i]]) return false;
    return taken[order->from[i]] = true;
}

static bool transpose_order(const Layer *layer, int rank, Order *order, Error *err)
{
    const Value *axes = &layer->args[0];
    bool taken[SHAPE_RANK_MAX] = {false};
    for (int i = 0; i < rank; i++) order->from[i] = rank - 1 - i;
    if (axes->kind == VALUE_NONE) return true;
    if (axes->kind != VALUE_LIST && axes->kind != VALUE_TUPLE)
        return error_set(err, "TypeError", "object of type '%s' has no len()", value_class_name(axes));
    if (axes->list->n != (size_t)rank)
        return error_set(err, "ValueError", "axis must be a list of the same length as the input shape, expected %d, but received %zu.",
                         rank, axes->list->n);
    for (size_t i = 0; i < axes->list->n; i++) {
        if (take_axis(axes, i, rank, order, taken, err)) continue;
        return err && error_set(err, "ValueError", "`axes` must be a valid permutation of the input dimensions (no duplicates). Received: "
                                "axes=%s for input of rank %d.", axes_text(err->arena, *axes), rank);
    }
    return true;
}

static bool infer_transpose(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Order order;
    (void)n_in;
    return call_takes_one(call, err) && transpose_order(layer, in[0].shape.rank, &order, err) && give_ordered(&order, in, out);
}

static Origin origin_transpose(const Trace *t, const int64_t *at)
{
    Order order;
    transpose_order(t->layer, t->in[0].shape.rank, &order, NULL);
    return origin_ordered(t, &order, at);
}

static bool swap_order(const Layer *layer, int rank, Order *order, Error *err)
{
    const int a = axis_canonical(&layer->args[0], rank, err), b = a < 0 ? -1 : axis_canonical(&layer->args[1], rank, err);
    if (b < 0) return false;
    for (int i = 0; i < rank; i++) order->from[i] = i == a ? b : i == b ? a : i;
    return true;
}

static bool infer_swap(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Order order;
    (void)n_in;
    return call_takes_one(call, err) && swap_order(layer, in[0].shape.rank, &order, err) && give_ordered(&order, in, out);
}

static Origin origin_swap(const Trace *t, const int64_t *at)
{
    Order order;
    swap_order(t->layer, t->in[0].shape.rank, &order, NULL);
    return origin_ordered(t, &order, at);
}

static size_t length_of(const Value *axes)
{
    return axes->kind == VALUE_LIST || axes->kind == VALUE_TUPLE ? axes->list->n : 1;
}

static bool make_move(Maker *m)
{
    if (!layer_base(m)) return false;
    if (length_of(maker_arg(m, "source")) == length_of(maker_arg(m, "destination"))) return true;
    return maker_refuse(m, "source", "ValueError", "`source` and `destination` arguments must have the same number of elements, but "
                        "received `source=%s` and `destination=%s`.", maker_text(m, "source"), maker_text(m, "destination"));
}

static bool move_order(const Layer *layer, int rank, Order *order, Error *err)
{
    int source[SHAPE_RANK_MAX], destination[SHAPE_RANK_MAX];
    bool moved[SHAPE_RANK_MAX] = {false};
    const int n = operation_axes(&layer->args[0], rank, source, err);
    if (n < 0 || operation_axes(&layer->args[1], rank, destination, err) < 0) return false;
    for (int i = 0; i < SHAPE_RANK_MAX; i++) order->from[i] = -1;
    for (int i = 0; i < n; i++) {
        order->from[destination[i]] = source[i];
        moved[source[i]] = true;
    }
    for (int i = 0, j = 0; i < rank; i++) {
        if (order->from[i] >= 0) continue;
        while (j < rank - 1 && moved[j]) j++;
        order->from[i] = j < rank ? j++ : rank - 1;
    }
    return true;
}

static bool infer_move(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Order order;
    (void)n_in;
    return call_takes_one(call, err) && move_order(layer, in[0].shape.rank, &order, err) && give_ordered(&order, in, out);
}

static Origin origin_move(const Trace *t, const int64_t *at)
{
    Order order;
    move_order(t->layer, t->in[0].shape.rank, &order, NULL);
    return origin_ordered(t, &order, at);
}

const LayerKind OPERATION_transpose = {
    OPERATION("Transpose", "numpy"), TAKES(OPERATION_X), MADE_WITH(AXES_PARAM), .infer = infer_transpose, COPIES(origin_transpose),
};
const LayerKind OPERATION_swapaxes = {
    OPERATION("Swapaxes", "numpy"), TAKES(OPERATION_X), MADE_WITH(SWAP_PARAMS), .infer = infer_swap, COPIES(origin_swap),
};
const LayerKind OPERATION_moveaxis = {
    OPERATION("Moveaxis", "numpy"), TAKES(OPERATION_X), MADE_WITH(MOVE_PARAMS), .make = make_move, .infer = infer_move,
    COPIES(origin_move),
};

/* ---- broadcast_to ---- */

static const ParamSpec SHAPE_PARAM[] = {{.name = "shape", .type = PARAM_SHAPE, .required = true}};

static bool infer_broadcast(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Value *dims = &layer->args[0];
    Shape shape = {0}, unused;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if ((dims->kind != VALUE_LIST && dims->kind != VALUE_TUPLE) || dims->list->n > SHAPE_RANK_MAX)
        return error_set(err, "TypeError", "'%s' object is not iterable", value_class_name(dims));
    for (size_t i = 0; i < dims->list->n; i++) {
        int64_t dim;
        shape.dim[shape.rank++] = value_integer(&dims->list->items[i], &dim) && dim >= 0 ? dim : DIM_NONE;
    }
    return shapes_broadcast(&in[0].shape, &shape, &unused, err) && give(out, &shape, in);
}

static Origin origin_broadcast(const Trace *t, const int64_t *at)
{
    return (Origin){.from = broadcast_index(&t->in[0].shape, &t->out[0].shape, at)};
}

const LayerKind OPERATION_broadcast_to = {
    OPERATION("BroadcastTo", "numpy"), TAKES(OPERATION_X), MADE_WITH(SHAPE_PARAM), .infer = infer_broadcast, COPIES(origin_broadcast),
};
