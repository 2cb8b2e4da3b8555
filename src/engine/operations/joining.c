/* Operations that put tensors together: concatenate, stack, vstack, hstack, dstack, append. */
#include <inttypes.h>
#include <string.h>

#include "engine/operations/copying.h"

static const ParamSpec CALL_XS[] = {{.name = "xs", .type = PARAM_TENSORS, .required = true}};
static const ParamSpec CALL_LIST[] = {{.name = "x", .type = PARAM_TENSORS, .required = true}};
static const ParamSpec CALL_TWO[] = {{.name = "x1", .required = true}, {.name = "x2", .required = true}};
static const ParamSpec AXIS_0[] = {{.name = "axis", .type = PARAM_INT, .fallback = VALUE_IS_INT(0)}};
static const ParamSpec AXIS_NONE[] = {{.name = "axis", .type = PARAM_INT}};

/* How the parts look before they are joined along `axis`. */
typedef struct Parts {
    int          n, axis;
    const Shape *shape;
    bool         as_lists;     /* Keras tells them as [2, 3], not (2, 3) */
} Parts;

static bool same_but(const Shape *a, const Shape *b, int axis)
{
    if (a->rank != b->rank) return false;
    for (int i = 0; i < a->rank; i++)
        if (i != axis && a->dim[i] != b->dim[i] && a->dim[i] != DIM_NONE && b->dim[i] != DIM_NONE) return false;
    return true;
}

static bool refuse_part(Arena *arena, const Parts *parts, int i, Error *err)
{
    const Shape *shape = &parts->shape[i], *first = &parts->shape[0];
    const char *one = parts->as_lists ? shape_list_text(arena, shape) : shape_text(arena, shape);
    const char *other = parts->as_lists ? shape_list_text(arena, first) : shape_text(arena, first);
    error_set(err, "ValueError", "Every value in `xs` must have the same shape except on the `axis` dim. But found element of shape %s, which "
              "is different from the first element's shape %s.", one, other);
    return error_cause(err, "cause.merge_shapes", one, other, NULL);
}

static bool join(Arena *arena, const Parts *parts, Shape *out, Error *err)
{
    *out = parts->shape[0];
    out->dim[parts->axis] = 0;
    for (int i = 0; i < parts->n; i++) {
        if (!same_but(&parts->shape[i], &parts->shape[0], parts->axis)) return refuse_part(arena, parts, i, err);
        int64_t *length = &out->dim[parts->axis];
        const int64_t more = parts->shape[i].dim[parts->axis];
        *length = *length == DIM_NONE || more == DIM_NONE ? DIM_NONE : size_add(*length, more);
    }
    return true;
}

static bool joined_type(Arena *arena, const Call *call, const TensorSpec *in, Dtype *dtype, Error *err)
{
    const ValueList *items = call->args[0].list;
    Operand *operands = ARENA_ARRAY(arena, items->n, Operand);
    int place = call->tensors[0].first;
    for (size_t i = 0; i < items->n; i++) {
        operands[i] = operand_of_value(&items->items[i], in, place);
        place += operands[i].input >= 0;
    }
    return operand_types(operands, (int)items->n, dtype, err);
}

/* A list of tensors: what else stands in it has no shape. */
static bool takes_list(const Call *call, int n_in, Error *err)
{
    const Value *xs = &call->args[0];
    if (xs->kind == VALUE_TENSOR) return error_set(err, "TypeError", "Iterating over a symbolic KerasTensor is not supported.");
    if ((xs->kind == VALUE_LIST || xs->kind == VALUE_TUPLE) && (int)xs->list->n == n_in && n_in) return true;
    return error_set(err, "AttributeError", "'%s' object has no attribute 'shape'",
                     (xs->kind == VALUE_LIST || xs->kind == VALUE_TUPLE) && xs->list->n ? "float" : value_class_name(xs));
}

static bool give_joined(const Call *call, const TensorSpec *in, const Parts *parts, Outputs *out, Error *err)
{
    Shape shape;
    Dtype dtype;
    if (!join(out->arena, parts, &shape, err) || !joined_type(out->arena, call, in, &dtype, err)) return false;
    outputs_add(out, shape, dtype);
    return true;
}

/* The part that place `at` along the joined axis falls into, and where in it. */
static int part_at(const TensorSpec *in, int n, int axis, int64_t *at)
{
    int i = 0;
    for (; i < n - 1 && *at >= in[i].shape.dim[axis]; i++) *at -= in[i].shape.dim[axis];
    return i;
}

static Origin origin_joined(const Trace *t, const int64_t *at, int axis)
{
    int64_t own[SHAPE_RANK_MAX];
    memcpy(own, at, sizeof own);
    const int part = part_at(t->in, t->n_in, axis, &own[axis]);
    return (Origin){.input = part, .from = place_index(&t->in[part].shape, own)};
}

static const Shape *shapes_of(Arena *arena, const TensorSpec *in, int n)
{
    Shape *shapes = ARENA_ARRAY(arena, n, Shape);
    for (int i = 0; i < n; i++) shapes[i] = in[i].shape;
    return shapes;
}

/* ---- concatenate, hstack, vstack ---- */

static bool make_concatenate(Maker *m)
{
    if (!layer_base(m)) return false;
    if (!maker_is_none(m, "axis")) return true;
    return maker_refuse(m, "axis", "ValueError", "`axis` cannot be None for `concatenate`.");
}

static bool infer_along(const Call *call, const TensorSpec *in, int n_in, int axis, Outputs *out, Error *err)
{
    const Parts parts = {.n = n_in, .axis = axis, .shape = shapes_of(out->arena, in, n_in)};
    return give_joined(call, in, &parts, out, err);
}

static bool infer_concatenate(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    if (!takes_list(call, n_in, err)) return false;
    const int axis = axis_canonical(&layer->args[0], in[0].shape.rank, err);
    return axis >= 0 && infer_along(call, in, n_in, axis, out, err);
}

static bool infer_stacked(const Call *call, const TensorSpec *in, int n_in, int axis, Outputs *out, Error *err)
{
    if (!takes_list(call, n_in, err)) return false;
    for (int i = 0; i < n_in; i++)
        if (in[i].shape.rank <= axis) return error_set(err, "IndexError", "list assignment index out of range");
    return infer_along(call, in, n_in, axis, out, err);
}

static bool infer_vstack(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer;
    return infer_stacked(call, in, n_in, 0, out, err);
}

static bool infer_hstack(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer;
    return infer_stacked(call, in, n_in, 1, out, err);
}

static Origin origin_concatenate(const Trace *t, const int64_t *at)
{
    return origin_joined(t, at, axis_canonical(&t->layer->args[0], t->out[0].shape.rank, NULL));
}

static Origin origin_vstack(const Trace *t, const int64_t *at) { return origin_joined(t, at, 0); }
static Origin origin_hstack(const Trace *t, const int64_t *at) { return origin_joined(t, at, 1); }

/* ---- stack ---- */

static bool infer_stack(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Dtype dtype;
    if (!takes_list(call, n_in, err)) return false;
    const int axis = axis_canonical(&layer->args[0], in[0].shape.rank + 1, err);
    if (axis < 0) return false;
    for (int i = 0; i < n_in; i++)
        if (!same_but(&in[i].shape, &in[0].shape, -1))
            return error_set(err, "ValueError", "Every value in `x` must have the same shape. But found element of shape %s,  which is "
                             "different from the first element's shape %s.", shape_text(out->arena, &in[i].shape),
                             shape_text(out->arena, &in[0].shape));
    if (in[0].shape.rank == SHAPE_RANK_MAX) return error_set(err, "ValueError", "More than %d axes.", SHAPE_RANK_MAX);
    if (!joined_type(out->arena, call, in, &dtype, err)) return false;
    outputs_add(out, shape_with(&in[0].shape, axis, n_in), dtype);
    return true;
}

static Origin origin_stack(const Trace *t, const int64_t *at)
{
    const int axis = axis_canonical(&t->layer->args[0], t->out[0].shape.rank, NULL);
    const int part = (int)at[axis];
    int64_t own[SHAPE_RANK_MAX];
    for (int i = 0; i < t->in[part].shape.rank; i++) own[i] = at[i < axis ? i : i + 1];
    return (Origin){.input = part, .from = place_index(&t->in[part].shape, own)};
}

/* ---- dstack ---- */

/* (), (n,) and (m, n) as (1, 1, 1), (1, n, 1) and (m, n, 1). */
static Shape deep(const Shape *shape)
{
    if (shape->rank == 0) return SHAPE(1, 1, 1);
    if (shape->rank == 1) return SHAPE(1, shape->dim[0], 1);
    return shape->rank == 2 ? SHAPE(shape->dim[0], shape->dim[1], 1) : *shape;
}

static bool infer_dstack(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer;
    if (!takes_list(call, n_in, err)) return false;
    Shape *shapes = ARENA_ARRAY(out->arena, n_in, Shape);
    for (int i = 0; i < n_in; i++) shapes[i] = deep(&in[i].shape);
    const Parts parts = {.n = n_in, .axis = 2, .shape = shapes, .as_lists = true};
    return give_joined(call, in, &parts, out, err);
}

static Origin origin_dstack(const Trace *t, const int64_t *at)
{
    int64_t own[SHAPE_RANK_MAX];
    int part = 0;
    memcpy(own, at, sizeof own);
    Shape shape = deep(&t->in[0].shape);
    while (part < t->n_in - 1 && own[2] >= shape.dim[2]) {
        own[2] -= shape.dim[2];
        shape = deep(&t->in[++part].shape);
    }
    return (Origin){.input = part, .from = place_index(&shape, own)};
}

/* ---- append ---- */

static bool infer_append(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand operands[2] = {operand_of(call, in, 0), operand_of(call, in, 1)};
    const Value *axis = &layer->args[0];
    Dtype dtype;
    if (n_in != 2) return error_set(err, "AttributeError", "'%s' object has no attribute 'shape'", value_class_name(&call->args[operands[0].input < 0 ? 0 : 1]));
    if (!operand_types(operands, 2, &dtype, err)) return false;
    const Shape *a = &in[0].shape, *b = &in[1].shape;
    if (axis->kind == VALUE_NONE) {
        const int64_t one = shape_size(a), other = shape_size(b);
        outputs_add(out, SHAPE(one == DIM_NONE || other == DIM_NONE ? DIM_NONE : size_add(one, other)), dtype);
        return true;
    }
    const int at = value_is_int(axis) ? shape_axis(a, axis->integer) : -1;
    if (at < 0) return error_set(err, "IndexError", "list assignment index out of range");
    if (!same_but(a, b, at))
        return error_set(err, "ValueError", "`append` requires inputs to have the same shape except the `axis=%s`, but received shape %s and "
                         "%s.", value_str_text(out->arena, axis), shape_text(out->arena, a), shape_text(out->arena, b));
    Shape shape = *a;
    if (a->dim[at] == DIM_NONE || b->dim[at] == DIM_NONE)
        return error_set(err, "TypeError", "unsupported operand type(s) for +: 'NoneType' and 'NoneType'");
    shape.dim[at] = size_add(a->dim[at], b->dim[at]);
    outputs_add(out, shape, dtype);
    return true;
}

static Origin origin_append(const Trace *t, const int64_t *at)
{
    const Value *axis = &t->layer->args[0];
    if (axis->kind != VALUE_NONE) return origin_joined(t, at, shape_axis(&t->in[0].shape, axis->integer));
    const int64_t first = shape_size(&t->in[0].shape);
    return t->k < first ? (Origin){.from = t->k} : (Origin){.input = 1, .from = t->k - first};
}

const LayerKind OPERATION_concatenate = {
    OPERATION("Concatenate", "numpy"), TAKES(CALL_XS), MADE_WITH(AXIS_0), .make = make_concatenate, .infer = infer_concatenate,
    COPIES(origin_concatenate),
};
const LayerKind OPERATION_stack = {
    OPERATION("Stack", "numpy"), TAKES(CALL_LIST), MADE_WITH(AXIS_0), .infer = infer_stack, COPIES(origin_stack),
};
const LayerKind OPERATION_vstack = {OPERATION("Vstack", "numpy"), TAKES(CALL_XS), .infer = infer_vstack, COPIES(origin_vstack)};
const LayerKind OPERATION_hstack = {OPERATION("Hstack", "numpy"), TAKES(CALL_XS), .infer = infer_hstack, COPIES(origin_hstack)};
const LayerKind OPERATION_dstack = {OPERATION("Dstack", "numpy"), TAKES(CALL_XS), .infer = infer_dstack, COPIES(origin_dstack)};
const LayerKind OPERATION_append = {
    OPERATION("Append", "numpy"), TAKES(CALL_TWO), MADE_WITH(AXIS_NONE), .infer = infer_append, COPIES(origin_append),
};
