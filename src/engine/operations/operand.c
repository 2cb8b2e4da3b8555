#include "engine/operations/operand.h"

#include <inttypes.h>
#include <string.h>

#include "engine/constant.h"
#include "engine/layers/formula.h"

static Operand constant(const Value *value, Dtype dtype, double number)
{
    return (Operand){.spec.dtype = dtype, .weak = true, .input = -1, .number = number, .value = value};
}

static Operand constant_array(const Value *value, const Tensor *tensor)
{
    return (Operand){.spec = {tensor->shape, tensor->dtype}, .input = -1, .data = tensor->data, .value = value};
}

static Operand constant_object(const Value *value)
{
    const ObjectKind *kind = value->object.kind;
    int64_t integer;
    double number;
    if (kind == &CONSTANT_ARRAY) return constant_array(value, value->object.data);
    if (kind->integer && kind->integer(value->object.data, &integer)) return constant(value, DTYPE_INT64, (double)integer);
    if (kind->number && kind->number(value->object.data, &number)) return constant(value, DTYPE_FLOAT32, number);
    return constant(value, DTYPE_FLOAT32, 0);
}

Operand operand_of_value(const Value *value, const TensorSpec *in, int place)
{
    switch (value->kind) {
    case VALUE_TENSOR:
        return (Operand){.spec = in ? in[place] : value->tensor->spec, .input = place, .value = value};
    case VALUE_BOOL: return constant(value, DTYPE_BOOL, value->boolean);
    case VALUE_INT: return constant(value, DTYPE_INT64, (double)value->integer);
    case VALUE_FLOAT: return constant(value, DTYPE_FLOAT32, value->number);
    case VALUE_OBJECT: return constant_object(value);
    case VALUE_NONE: case VALUE_STRING: case VALUE_TUPLE: case VALUE_LIST: case VALUE_DICT: case VALUE_LAYER: case VALUE_CONFIG:
    case VALUE_UNKNOWN: break;
    }
    Operand other = constant(value, DTYPE_FLOAT32, 0);
    other.absent = true;
    return other;
}

Operand operand_of(const Call *call, const TensorSpec *in, int param)
{
    return operand_of_value(&call->args[param], in, call->tensors[param].first);
}

TensorSpec *operand_specs(Arena *arena, const Tensor *tensors, int n)
{
    TensorSpec *specs = ARENA_ARRAY(arena, n, TensorSpec);
    for (int i = 0; i < n; i++) specs[i] = (TensorSpec){tensors[i].shape, tensors[i].dtype};
    return specs;
}

bool operand_known(const Operand *operand)
{
    return operand->input >= 0 || operand->data || (!operand->absent && !operand->spec.shape.rank);
}

/* ---- shapes ---- */

const char *shape_list_text(Arena *arena, const Shape *shape)
{
    Text text = {.arena = arena};
    text_put_char(&text, '[');
    for (int i = 0; i < shape->rank; i++) {
        if (i) text_put(&text, ", ");
        if (shape->dim[i] == DIM_NONE) text_put(&text, "None");
        else text_print(&text, "%" PRId64, shape->dim[i]);
    }
    text_put_char(&text, ']');
    return text_string(&text);
}

static bool refuse_broadcast(const Shape *a, const Shape *b, int64_t one, int64_t other, Error *err)
{
    if (!err) return false;
    const char *shape_a = shape_list_text(err->arena, a), *shape_b = shape_list_text(err->arena, b);
    error_set(err, "ValueError", "Cannot broadcast shape, the failure dim has value %" PRId64 ", which cannot be broadcasted to %" PRId64
              ". Input shapes are: %s and %s.", one, other, shape_a, shape_b);
    return error_cause(err, "cause.merge_shapes", shape_text(err->arena, a), shape_text(err->arena, b), NULL);
}

static int64_t dim_from_end(const Shape *shape, int i)
{
    return i < shape->rank ? shape->dim[shape->rank - 1 - i] : 1;
}

bool shapes_broadcast(const Shape *a, const Shape *b, Shape *out, Error *err)
{
    Shape shape = {.rank = a->rank > b->rank ? a->rank : b->rank};
    for (int i = shape.rank - 1; i >= 0; i--) {
        const int64_t one = dim_from_end(a, i), other = dim_from_end(b, i);
        int64_t *dim = &shape.dim[shape.rank - 1 - i];
        if (one == 1) *dim = other;
        else if (one == DIM_NONE) *dim = other == 1 ? DIM_NONE : other;
        else if (other == 1 || other == DIM_NONE || other == one) *dim = one;
        else return refuse_broadcast(a, b, one, other, err);
    }
    *out = shape;
    return true;
}

int64_t broadcast_index(const Shape *in, const Shape *out, const int64_t *at)
{
    const int missing = out->rank - in->rank;
    int64_t index = 0;
    for (int i = 0; i < in->rank; i++) {
        const bool spread = in->dim[i] <= 1 || i + missing < 0;   /* what does not broadcast is never past its end */
        index = index * in->dim[i] + (spread ? 0 : at[i + missing] % in->dim[i]);
    }
    return index;
}

const float *operand_spread(const Operand *operand, const Tensor *in, const Shape *out, Arena *scratch)
{
    const float *data = operand->input >= 0 ? in[operand->input].data : operand->data;
    if (data && shape_equal(&operand->spec.shape, out)) return data;
    const int64_t size = shape_size(out);
    float *spread = ARENA_ARRAY(scratch, size, float);
    int64_t at[SHAPE_RANK_MAX];
    place_begin(at);
    for (int64_t k = 0; k < size; k++, place_next(out, at))
        spread[k] = data ? data[broadcast_index(&operand->spec.shape, out, at)] : (float)operand->number;
    return spread;
}

int axis_canonical(const Value *axis, int rank, Error *err)
{
    int64_t at = 0;
    if (axis->kind == VALUE_BOOL) at = axis->boolean;
    else if (!value_integer(axis, &at)) {
        error_set(err, "TypeError", "'%s' object cannot be interpreted as an integer", value_class_name(axis));
        return -1;
    }
    if (at >= -rank && at < rank) return (int)(at < 0 ? at + rank : at);
    error_set(err, "ValueError", "axis %" PRId64 " is out of bounds for an array with dimension %d.", at, rank);
    return -1;
}

/* ---- places ---- */

void place_begin(int64_t at[SHAPE_RANK_MAX])
{
    for (int i = 0; i < SHAPE_RANK_MAX; i++) at[i] = 0;
}

void place_next(const Shape *shape, int64_t at[SHAPE_RANK_MAX])
{
    for (int i = shape->rank - 1; i >= 0; i--) {
        if (++at[i] < shape->dim[i]) return;
        at[i] = 0;
    }
}

void place_of(const Shape *shape, int64_t k, int64_t at[SHAPE_RANK_MAX])
{
    place_begin(at);
    for (int i = shape->rank - 1; i >= 0 && shape->dim[i] > 0; i--) {
        at[i] = k % shape->dim[i];
        k /= shape->dim[i];
    }
}

int64_t place_index(const Shape *shape, const int64_t *at)
{
    int64_t index = 0;
    for (int i = 0; i < shape->rank; i++) index = index * shape->dim[i] + at[i];
    return index;
}

/* ---- formulae ---- */

/* The batch axis is left out, where there is one. */
static void put_place(const Shape *shape, const int64_t *at, Text *text)
{
    for (int i = shape->rank > 1 ? 1 : 0; i < shape->rank; i++)
        text_print(text, i > 1 ? ", %" PRId64 : "%" PRId64, at[i]);
}

void operand_put(const Operand *operand, const Shape *out, const int64_t *at, Text *text)
{
    const Shape *shape = &operand->spec.shape;
    int64_t own[SHAPE_RANK_MAX];
    const int64_t index = broadcast_index(shape, out, at);
    if (operand->input < 0 && !operand->data) {
        formula_number(text, operand->number);
        return;
    }
    if (operand->input < 0) {
        formula_number(text, (double)operand->data[index]);
        return;
    }
    place_of(shape, index, own);
    if (operand->input < 26) text_print(text, "%c[", 'a' + operand->input);
    else text_print(text, "x%d[", operand->input);
    put_place(shape, own, text);
    text_put_char(text, ']');
}
