/* Operations that move elements along axes: flip, roll, rot90, repeat, tile, pad. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/operations/copying.h"

static const ParamSpec AXIS_PARAM[] = {{.name = "axis", .type = PARAM_INTS}};

static bool give(Outputs *out, const Shape *shape, const TensorSpec *in)
{
    outputs_add(out, *shape, in[0].dtype);
    return true;
}

static int64_t wrapped(int64_t at, int64_t length)
{
    const int64_t rest = length ? at % length : 0;
    return rest < 0 ? rest + length : rest;
}

/* ---- flip ---- */

static bool flipped_axes(const Value *axis, int rank, bool *flipped, Error *err)
{
    int axes[SHAPE_RANK_MAX];
    for (int i = 0; i < SHAPE_RANK_MAX; i++) flipped[i] = axis->kind == VALUE_NONE;
    if (axis->kind == VALUE_NONE) return true;
    const int n = operation_axes(axis, rank, axes, err);
    for (int i = 0; i < n; i++) flipped[axes[i]] = true;
    return n >= 0;
}

static bool infer_flip(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    bool flipped[SHAPE_RANK_MAX];
    (void)n_in;
    return call_takes_one(call, err) && flipped_axes(&layer->args[0], in[0].shape.rank, flipped, err) && give(out, &in[0].shape, in);
}

static Origin origin_flip(const Trace *t, const int64_t *at)
{
    bool flipped[SHAPE_RANK_MAX];
    int64_t own[SHAPE_RANK_MAX];
    flipped_axes(&t->layer->args[0], t->in[0].shape.rank, flipped, NULL);
    for (int i = 0; i < t->in[0].shape.rank; i++) own[i] = flipped[i] ? t->in[0].shape.dim[i] - 1 - at[i] : at[i];
    return origin_at(t, own);
}

static bool infer_side(const Call *call, const TensorSpec *in, int rank, const char *name, Outputs *out, Error *err)
{
    if (!call_takes_one(call, err)) return false;
    if (in[0].shape.rank >= rank) return give(out, &in[0].shape, in);
    return error_set(err, "ValueError", "`%s` requires input with %d or more dimensions. Received: x.shape=%s", name, rank,
                     shape_text(out->arena, &in[0].shape));
}

static bool infer_fliplr(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    return infer_side(call, in, 2, "fliplr", out, err);
}

static bool infer_flipud(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    return infer_side(call, in, 1, "flipud", out, err);
}

static Origin origin_along(const Trace *t, const int64_t *at, int axis)
{
    int64_t own[SHAPE_RANK_MAX];
    memcpy(own, at, sizeof own);
    own[axis] = t->in[0].shape.dim[axis] - 1 - at[axis];
    return origin_at(t, own);
}

static Origin origin_fliplr(const Trace *t, const int64_t *at) { return origin_along(t, at, 1); }
static Origin origin_flipud(const Trace *t, const int64_t *at) { return origin_along(t, at, 0); }

const LayerKind OPERATION_flip = {
    OPERATION("Flip", "numpy"), TAKES(OPERATION_X), MADE_WITH(AXIS_PARAM), .infer = infer_flip, COPIES(origin_flip),
};
const LayerKind OPERATION_fliplr = {OPERATION("Fliplr", "numpy"), TAKES(OPERATION_X), .infer = infer_fliplr, COPIES(origin_fliplr)};
const LayerKind OPERATION_flipud = {OPERATION("Flipud", "numpy"), TAKES(OPERATION_X), .infer = infer_flipud, COPIES(origin_flipud)};

/* ---- roll ---- */

static const ParamSpec ROLL_PARAMS[] = {{.name = "shift", .type = PARAM_INTS, .required = true}, {.name = "axis", .type = PARAM_INTS}};
enum { SHIFT, ROLL_AXIS };

static bool infer_roll(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Value *axis = &layer->args[ROLL_AXIS];
    int axes[SHAPE_RANK_MAX];
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (axis->kind != VALUE_NONE && operation_axes(axis, in[0].shape.rank, axes, err) < 0) return false;
    return give(out, &in[0].shape, in);
}

/* Shifts of several axes add up; a lone one serves all. */
static Origin origin_roll(const Trace *t, const int64_t *at)
{
    const Shape *shape = &t->in[0].shape;
    const Value *axis = &t->layer->args[ROLL_AXIS];
    int64_t shifts[SHAPE_RANK_MAX] = {0}, own[SHAPE_RANK_MAX];
    int axes[SHAPE_RANK_MAX];
    const int n_shifts = operation_ints(&t->layer->args[SHIFT], shifts, SHAPE_RANK_MAX);
    if (axis->kind == VALUE_NONE) return (Origin){.from = wrapped(t->k - shifts[0] % (shape_size(shape) + !shape_size(shape)), shape_size(shape))};
    const int n = operation_axes(axis, shape->rank, axes, NULL);
    memcpy(own, at, sizeof own);
    for (int i = 0; i < n; i++) {
        const int64_t length = shape->dim[axes[i]], shift = shifts[n_shifts == 1 ? 0 : i];
        own[axes[i]] = wrapped(own[axes[i]] - shift % (length ? length : 1), length);
    }
    return origin_at(t, own);
}

const LayerKind OPERATION_roll = {
    OPERATION("Roll", "numpy"), TAKES(OPERATION_X), MADE_WITH(ROLL_PARAMS), .infer = infer_roll, COPIES(origin_roll),
};

/* ---- rot90 ---- */

static const ParamSpec ROT_CALL[] = {{.name = "array", .type = PARAM_TENSORS, .required = true}};
static const ParamSpec ROT_PARAMS[] = {{.name = "k", .type = PARAM_INT, .fallback = VALUE_IS_INT(1)}, {.name = "axes", .type = PARAM_INTS}};

static bool make_rot90(Maker *m)
{
    if (!layer_base(m)) return false;
    const int64_t plane[2] = {0, 1};
    if (maker_is_none(m, "axes")) maker_set(m, "axes", value_ints(m->builder->arena, VALUE_TUPLE, plane, 2));
    return true;
}

/* The two axes of the plane; false with Keras' refusal. */
static bool plane_of(const Layer *layer, const Shape *shape, int axes[2], Error *err)
{
    int64_t at[SHAPE_RANK_MAX];
    const int n = operation_ints(&layer->args[1], at, SHAPE_RANK_MAX);
    if (n != 2 || at[0] == at[1])
        return err && error_set(err, "ValueError", "Invalid axes: %s. Axes must be a tuple of two different dimensions.",
                                value_str_text(err->arena, &layer->args[1]));
    for (int i = 0; i < 2; i++) {
        axes[i] = shape_axis(shape, at[i]);
        if (axes[i] < 0) return error_set(err, "IndexError", "list index out of range");
    }
    return true;
}

static int64_t quarter_turns(const Layer *layer)
{
    return value_is_int(&layer->args[0]) ? wrapped(layer->args[0].integer, 4) : 1;
}

/* Keras tells swapped axes however often it turns. */
static bool infer_rot90(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    int axes[2] = {0, 1};
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (in[0].shape.rank < 2)
        return error_set(err, "ValueError", "Input array must have at least 2 dimensions. Received: array.shape=%s",
                         shape_list_text(out->arena, &in[0].shape));
    if (!plane_of(layer, &in[0].shape, axes, err)) return false;
    Shape shape = in[0].shape;
    shape.dim[axes[0]] = in[0].shape.dim[axes[1]];
    shape.dim[axes[1]] = in[0].shape.dim[axes[0]];
    return give(out, &shape, in);
}

static bool infer_rot90_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    if (quarter_turns(layer) % 2) return infer_rot90(layer, call, in, n_in, out, err);
    return give(out, &in[0].shape, in);
}

static Origin origin_rot90(const Trace *t, const int64_t *at)
{
    const Shape *shape = &t->in[0].shape;
    int axes[2] = {0, 1};
    int64_t own[SHAPE_RANK_MAX];
    plane_of(t->layer, shape, axes, NULL);
    memcpy(own, at, sizeof own);
    const int a = axes[0], b = axes[1];
    switch (quarter_turns(t->layer)) {
    case 1: own[a] = at[b], own[b] = shape->dim[b] - 1 - at[a]; break;
    case 2: own[a] = shape->dim[a] - 1 - at[a], own[b] = shape->dim[b] - 1 - at[b]; break;
    case 3: own[a] = shape->dim[a] - 1 - at[b], own[b] = at[a]; break;
    }
    return origin_at(t, own);
}

const LayerKind OPERATION_rot90 = {
    OPERATION("Rot90", "numpy"), TAKES(ROT_CALL), MADE_WITH(ROT_PARAMS), .make = make_rot90, .infer = infer_rot90,
    .infer_numbers = infer_rot90_numbers, COPIES(origin_rot90),
};

/* ---- repeat and tile ---- */

static const ParamSpec REPEAT_PARAMS[] = {{.name = "repeats", .type = PARAM_INTS, .required = true}, {.name = "axis", .type = PARAM_INT}};
static const ParamSpec TILE_PARAMS[] = {{.name = "repeats", .type = PARAM_INTS, .required = true}};

/* How often element i is repeated. */
static int64_t repeats_of(const Value *repeats, size_t i)
{
    const bool list = repeats->kind == VALUE_LIST || repeats->kind == VALUE_TUPLE;
    int64_t n = 0;
    value_integer(!list ? repeats : &repeats->list->items[repeats->list->n == 1 ? 0 : i], &n);
    return n < 0 ? 0 : n;
}

static size_t repeats_count(const Value *repeats)
{
    return repeats->kind == VALUE_LIST || repeats->kind == VALUE_TUPLE ? repeats->list->n : 1;
}

static int64_t repeated_length(const Value *repeats, int64_t length)
{
    if (repeats_count(repeats) == 1) return length == DIM_NONE ? DIM_NONE : dim_multiply(length, repeats_of(repeats, 0));
    int64_t sum = 0;
    for (size_t i = 0; i < repeats_count(repeats); i++) sum = size_add(sum, repeats_of(repeats, i));
    return sum;
}

static bool infer_repeat(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Value *repeats = &layer->args[0], *axis = &layer->args[1];
    const size_t n = repeats_count(repeats);
    Shape shape = in[0].shape;
    int64_t at;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (axis->kind == VALUE_NONE) {
        const int64_t size = shape_size(&in[0].shape);
        if (n != 1 && size != DIM_NONE && size != (int64_t)n)
            return error_set(err, "ValueError", "Size of `repeats` and dimensions of `x` after flattening should be compatible. Received: "
                             "%zu and %" PRId64, n, size);
        shape = SHAPE(size == DIM_NONE ? DIM_NONE : repeated_length(repeats, size));
        return give(out, &shape, in);
    }
    const int found = operation_ints(axis, &at, 1) == 1 ? shape_axis(&shape, at) : -1;
    if (found < 0) return error_set(err, "IndexError", "list index out of range");
    if (n != 1 && shape.dim[found] != DIM_NONE && shape.dim[found] != (int64_t)n)
        return error_set(err, "ValueError", "Size of `repeats` and dimensions of `axis %" PRId64 " of x` should be compatible. Received: %zu "
                         "and %s", at, n, shape_list_text(out->arena, &shape));
    if (shape.dim[found] != DIM_NONE) shape.dim[found] = repeated_length(repeats, shape.dim[found]);
    return give(out, &shape, in);
}

/* The element whose repetitions reach place `at`. */
static int64_t repeated_from(const Value *repeats, int64_t at)
{
    if (repeats_count(repeats) == 1) return repeats_of(repeats, 0) > 0 ? at / repeats_of(repeats, 0) : 0;
    size_t i = 0;
    for (; i < repeats_count(repeats) && at >= repeats_of(repeats, i); i++) at -= repeats_of(repeats, i);
    return (int64_t)i;
}

static Origin origin_repeat(const Trace *t, const int64_t *at)
{
    const Value *repeats = &t->layer->args[0], *axis = &t->layer->args[1];
    int64_t own[SHAPE_RANK_MAX], along = 0;
    if (axis->kind == VALUE_NONE) return (Origin){.from = repeated_from(repeats, t->k)};
    operation_ints(axis, &along, 1);
    const int found = shape_axis(&t->in[0].shape, along);
    memcpy(own, at, sizeof own);
    own[found] = repeated_from(repeats, at[found]);
    return origin_at(t, own);
}

static bool infer_tile(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    int64_t repeats[SHAPE_RANK_MAX] = {0};
    const int n = operation_ints(&layer->args[0], repeats, SHAPE_RANK_MAX), rank = in[0].shape.rank;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (n < 0) return error_set(err, "TypeError", "'%s' object is not iterable", value_class_name(&layer->args[0]));
    Shape shape = {.rank = n > rank ? n : rank};
    for (int i = 0; i < shape.rank; i++) {
        const int own = i - (shape.rank - rank), times = i - (shape.rank - n);
        const int64_t length = own < 0 ? 1 : in[0].shape.dim[own];
        shape.dim[i] = dim_multiply(length, times < 0 ? 1 : repeats[times] < 0 ? 0 : repeats[times]);
    }
    return give(out, &shape, in);
}

static Origin origin_tile(const Trace *t, const int64_t *at)
{
    const int missing = t->out[0].shape.rank - t->in[0].shape.rank;
    int64_t own[SHAPE_RANK_MAX];
    for (int i = 0; i < t->in[0].shape.rank; i++) own[i] = wrapped(at[i + missing], t->in[0].shape.dim[i]);
    return origin_at(t, own);
}

const LayerKind OPERATION_repeat = {
    OPERATION("Repeat", "numpy"), TAKES(OPERATION_X), MADE_WITH(REPEAT_PARAMS), .infer = infer_repeat, COPIES(origin_repeat),
};
const LayerKind OPERATION_tile = {
    OPERATION("Tile", "numpy"), TAKES(OPERATION_X), MADE_WITH(TILE_PARAMS), .infer = infer_tile, COPIES(origin_tile),
};

/* ---- pad ---- */

static const ParamSpec PAD_CALL[] = {
    {.name = "x", .type = PARAM_TENSORS, .required = true}, {.name = "constant_values", .keyword_only = true},
};
static const ParamSpec PAD_PARAMS[] = {
    {.name = "pad_width", .required = true}, {.name = "mode", .type = PARAM_STRING, .fallback = VALUE_IS_TEXT("constant")},
};
static const char *const PAD_ORDER[] = {"x", "pad_width", "mode", "constant_values", NULL};

/* (before, after) of each axis as get_config() has it: one pair serves all. */
static bool make_pad(Maker *m)
{
    Arena *arena = m->builder->arena;
    if (!layer_base(m)) return false;
    const Value width = *maker_arg(m, "pad_width");
    const bool list = (width.kind == VALUE_LIST || width.kind == VALUE_TUPLE) && width.list->n;
    Value pairs = value_list(arena, VALUE_TUPLE, 1);
    if (value_is_int(&width)) {
        list_add(pairs.list, value_ints(arena, VALUE_TUPLE, (int64_t[]){width.integer, width.integer}, 2));
        maker_set(m, "pad_width", pairs);
    } else if (list && value_is_int(&width.list->items[0])) {
        list_add(pairs.list, width);
        maker_set(m, "pad_width", pairs);
    } else if (list) {
        const size_t first = repeats_count(&width.list->items[0]);
        for (size_t i = 0; i < width.list->n; i++)
            if (repeats_count(&width.list->items[i]) != first)
                return maker_refuse(m, "pad_width", "ValueError", "`pad_width` should be a list of tuples of length 1 or 2. Received: "
                                    "pad_width=%s", maker_text(m, "pad_width"));
    }
    return true;
}

static bool width_of(const Layer *layer, int axis, int64_t *before, int64_t *after)
{
    const Value *pairs = &layer->args[0];
    int64_t pair[2];
    if (pairs->kind != VALUE_LIST && pairs->kind != VALUE_TUPLE) return false;
    const int n = operation_ints(&pairs->list->items[pairs->list->n == 1 ? 0 : (size_t)axis], pair, 2);
    if (n < 1) return false;
    *before = pair[0];
    *after = pair[n - 1];
    return true;
}

static bool infer_pad(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Value *pairs = &layer->args[0];
    Shape shape = in[0].shape;
    (void)n_in, (void)call;
    if ((pairs->kind != VALUE_LIST && pairs->kind != VALUE_TUPLE) || !pairs->list->n)
        return error_set(err, "TypeError", "'%s' object is not subscriptable", value_class_name(pairs));
    if (pairs->list->n != 1 && pairs->list->n != (size_t)shape.rank)
        return error_set(err, "ValueError", "`pad_width` must have the same length as `x.shape`. Received: pad_width=%s (of length %zu) and "
                         "x.shape=%s (of length %d)", value_str_text(out->arena, pairs), pairs->list->n, shape_text(out->arena, &shape),
                         shape.rank);
    for (int i = 0; i < shape.rank; i++) {
        int64_t before = 0, after = 0;
        if (!width_of(layer, i, &before, &after)) return error_set(err, "TypeError", "'int' object is not subscriptable");
        if (shape.dim[i] != DIM_NONE) shape.dim[i] = size_add(shape.dim[i], size_add(before < 0 ? 0 : before, after < 0 ? 0 : after));
    }
    return give(out, &shape, in);
}

/* The place that a padded one repeats; -1 = none. */
static int64_t padded_from(const Value *mode, int64_t at, int64_t length)
{
    if (at >= 0 && at < length) return at;
    if (!length || value_is_text(mode, "constant")) return -1;
    if (value_is_text(mode, "edge")) return at < 0 ? 0 : length - 1;
    if (value_is_text(mode, "wrap")) return wrapped(at, length);
    const bool symmetric = value_is_text(mode, "symmetric");
    const int64_t period = symmetric ? 2 * length : length > 1 ? 2 * (length - 1) : 1, turn = wrapped(at, period);
    return turn < length ? turn : symmetric ? period - 1 - turn : period - turn;
}

static Origin origin_pad(const Trace *t, const int64_t *at)
{
    int64_t own[SHAPE_RANK_MAX];
    const Operand constant = operand_of(t->call, t->in, 1);
    for (int i = 0; i < t->in[0].shape.rank; i++) {
        int64_t before = 0, after;
        width_of(t->layer, i, &before, &after);
        own[i] = padded_from(&t->layer->args[1], at[i] - before, t->in[0].shape.dim[i]);
        if (own[i] < 0) return (Origin){.input = -1, .value = constant.number};
    }
    return origin_at(t, own);
}

const LayerKind OPERATION_pad = {
    OPERATION("Pad", "numpy"), TAKES(PAD_CALL), MADE_WITH(PAD_PARAMS), .order = PAD_ORDER, .called = true, .make = make_pad,
    .infer = infer_pad, COPIES(origin_pad),
};
