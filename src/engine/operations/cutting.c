/* Operations that cut a tensor into several: split and its kin, unstack. */
#include <inttypes.h>
#include <string.h>

#include "engine/operations/copying.h"

#define SECTIONS {.name = "indices_or_sections", .type = PARAM_INTS, .required = true}
static const ParamSpec SPLIT_PARAMS[] = {SECTIONS, {.name = "axis", .type = PARAM_INT, .fallback = VALUE_IS_INT(0)}};
static const ParamSpec SECTIONS_PARAM[] = {SECTIONS};
static const ParamSpec UNSTACK_PARAMS[] = {
    {.name = "num", .type = PARAM_INT}, {.name = "axis", .type = PARAM_INT, .fallback = VALUE_IS_INT(0)},
};

/* More parts than that are no model. */
enum { PARTS_MAX = 65536 };

static bool refuse_many(Error *err)
{
    return error_set(err, "MemoryError", "More than %d parts.", PARTS_MAX);
}

static bool add_part(Outputs *out, const TensorSpec *in, int axis, int64_t length)
{
    Shape shape = in[0].shape;
    shape.dim[axis] = length;
    outputs_add(out, shape, in[0].dtype);
    return out->list = true;
}

/* ---- equal parts, or cut at places ---- */

static bool cut_evenly(const TensorSpec *in, int axis, int64_t sections, Outputs *out, Error *err)
{
    const int64_t length = in[0].shape.dim[axis];
    if (sections > PARTS_MAX) return refuse_many(err);
    if (length != DIM_NONE && (sections <= 0 || length % sections != 0))
        return error_set(err, "ValueError", "`x` size on given `axis` must be divisible by `indices_or_sections` when `indices_or_sections` is "
                         "an int. But received %" PRId64 " and %" PRId64 ".", length, sections);
    for (int64_t i = 0; i < sections; i++) add_part(out, in, axis, length == DIM_NONE ? DIM_NONE : length / sections);
    return true;
}

/* Where part i begins; negative places count from the end, as Python's do. */
static int64_t cut_place(const Value *places, size_t i, int64_t length)
{
    int64_t at = 0;
    if (i == 0) return 0;
    if (i > places->list->n) return length;
    value_integer(&places->list->items[i - 1], &at);
    return at;
}

static bool cut_at(const TensorSpec *in, int axis, const Value *places, Outputs *out, Error *err)
{
    const int64_t length = in[0].shape.dim[axis];
    if (places->list->n > PARTS_MAX) return refuse_many(err);
    for (size_t i = 0; i <= places->list->n; i++) {
        const int64_t from = cut_place(places, i, length), to = cut_place(places, i + 1, length);
        const bool open = i == places->list->n && length == DIM_NONE;
        if (!open && to < from) return error_set(err, "ValueError", "Cannot convert '%" PRId64 "' to a shape.", to - from);
        add_part(out, in, axis, open ? DIM_NONE : to - from);
    }
    return true;
}

static bool cut(const Layer *layer, const TensorSpec *in, int axis, Outputs *out, Error *err)
{
    const Value *sections = &layer->args[0];
    int64_t n;
    if (axis < 0) return false;
    if (value_integer(sections, &n)) return cut_evenly(in, axis, n, out, err);
    if (sections->kind == VALUE_LIST || sections->kind == VALUE_TUPLE) return cut_at(in, axis, sections, out, err);
    return error_set(err, "TypeError", "'%s' object is not iterable", value_class_name(sections));
}

/* Along the axis, what stands before the trace's output. */
static int64_t length_before(const Trace *t, int axis)
{
    int64_t before = 0;
    const Value *sections = operation_arg(t->layer, "indices_or_sections");
    int64_t n;
    if (sections && !value_integer(sections, &n) && sections->list) return cut_place(sections, (size_t)t->output, t->in[0].shape.dim[axis]);
    for (int i = 0; i < t->output; i++) before += t->out[i].shape.dim[axis];
    return before;
}

static Origin origin_along(const Trace *t, const int64_t *at, int axis)
{
    int64_t own[SHAPE_RANK_MAX];
    memcpy(own, at, sizeof own);
    own[axis] += length_before(t, axis);
    return origin_at(t, own);
}

/* ---- the axis of each ---- */

static bool refuse_rank(Arena *arena, const char *name, int rank, const Shape *shape, Error *err)
{
    return error_set(err, "ValueError", "`%s` only works on arrays of at least %d dimension%s. Received array with shape %s.", name, rank,
                     rank == 1 ? "" : "s", shape_text(arena, shape));
}

static bool infer_split(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in;
    return call_takes_one(call, err) && cut(layer, in, axis_canonical(&layer->args[1], in[0].shape.rank, err), out, err);
}

static bool infer_hsplit(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in, (void)call;
    if (in[0].shape.rank < 1) return refuse_rank(out->arena, "hsplit", 1, &in[0].shape, err);
    return cut(layer, in, in[0].shape.rank == 1 ? 0 : 1, out, err);
}

static bool infer_vsplit(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in, (void)call;
    if (in[0].shape.rank < 2) return refuse_rank(out->arena, "vsplit", 2, &in[0].shape, err);
    return cut(layer, in, 0, out, err);
}

static bool infer_dsplit(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in, (void)call;
    if (in[0].shape.rank < 3) return refuse_rank(out->arena, "dsplit", 3, &in[0].shape, err);
    return cut(layer, in, 2, out, err);
}

static Origin origin_split(const Trace *t, const int64_t *at)
{
    return origin_along(t, at, axis_canonical(&t->layer->args[1], t->in[0].shape.rank, NULL));
}

static Origin origin_hsplit(const Trace *t, const int64_t *at) { return origin_along(t, at, t->in[0].shape.rank == 1 ? 0 : 1); }
static Origin origin_vsplit(const Trace *t, const int64_t *at) { return origin_along(t, at, 0); }
static Origin origin_dsplit(const Trace *t, const int64_t *at) { return origin_along(t, at, 2); }

/* ---- array_split: parts as even as can be ---- */

static bool make_array_split(Maker *m)
{
    const Value *sections = maker_arg(m, "indices_or_sections"), *axis = maker_arg(m, "axis");
    if (!layer_base(m)) return false;
    if (!value_is_int(sections))
        return maker_refuse(m, "indices_or_sections", "TypeError", "Argument `indices_or_sections` must be of type `int`. Received: "
                            "indices_or_sections=%s", maker_text(m, "indices_or_sections"));
    if (sections->integer <= 0)
        return maker_refuse(m, "indices_or_sections", "ValueError", "Argument `indices_or_sections` must be a positive integer. Received: "
                            "indices_or_sections=%s", maker_text(m, "indices_or_sections"));
    if (value_is_int(axis)) return true;
    return maker_refuse(m, "axis", "TypeError", "Argument `axis` must be of type `int`. Received: %s", maker_text(m, "axis"));
}

static bool infer_array_split(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const int64_t n = layer->args[0].integer;
    const int axis = shape_axis(&in[0].shape, layer->args[1].integer);
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (axis < 0) return error_set(err, "IndexError", "tuple index out of range");
    if (n > PARTS_MAX) return refuse_many(err);
    const int64_t length = in[0].shape.dim[axis];
    for (int64_t i = 0; i < n; i++) add_part(out, in, axis, length == DIM_NONE ? DIM_NONE : length / n + (i < length % n));
    return true;
}

/* ---- unstack ---- */

static bool infer_unstack(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Value *num = &layer->args[0];
    const Shape *from = &in[0].shape;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    const int axis = axis_canonical(&layer->args[1], from->rank, err);
    if (axis < 0) return false;
    const int64_t n = value_is_int(num) ? num->integer : from->dim[axis];
    if (n == DIM_NONE)
        return error_set(err, "ValueError", "Cannot infer argument `num` from shape %s. Either provide a tensor with a concrete shape in the "
                         "`axis` dimension or explicitly pass the `num` argument.", shape_text(out->arena, from));
    if (n > PARTS_MAX) return refuse_many(err);
    for (int64_t i = 0; i < n; i++) outputs_add(out, shape_without(from, axis), in[0].dtype);
    return out->list = true;
}

static Origin origin_unstack(const Trace *t, const int64_t *at)
{
    const int axis = axis_canonical(&t->layer->args[1], t->in[0].shape.rank, NULL);
    int64_t own[SHAPE_RANK_MAX];
    for (int i = 0; i < t->in[0].shape.rank; i++) own[i] = i == axis ? t->output : at[i < axis ? i : i - 1];
    return origin_at(t, own);
}

const LayerKind OPERATION_split = {
    OPERATION("Split", "numpy"), TAKES(OPERATION_X), MADE_WITH(SPLIT_PARAMS), .infer = infer_split, COPIES(origin_split),
};
const LayerKind OPERATION_hsplit = {
    OPERATION("Hsplit", "numpy"), TAKES(OPERATION_X), MADE_WITH(SECTIONS_PARAM), .infer = infer_hsplit, COPIES(origin_hsplit),
};
const LayerKind OPERATION_vsplit = {
    OPERATION("Vsplit", "numpy"), TAKES(OPERATION_X), MADE_WITH(SECTIONS_PARAM), .infer = infer_vsplit, COPIES(origin_vsplit),
};
const LayerKind OPERATION_dsplit = {
    OPERATION("Dsplit", "numpy"), TAKES(OPERATION_X), MADE_WITH(SECTIONS_PARAM), .infer = infer_dsplit, COPIES(origin_dsplit),
};
const LayerKind OPERATION_array_split = {
    OPERATION("ArraySplit", "numpy"), TAKES(OPERATION_X), MADE_WITH(SPLIT_PARAMS), .make = make_array_split, .infer = infer_array_split,
    COPIES(origin_split),
};
const LayerKind OPERATION_unstack = {
    OPERATION("Unstack", "core"), TAKES(OPERATION_X), MADE_WITH(UNSTACK_PARAMS), .infer = infer_unstack, COPIES(origin_unstack),
};
