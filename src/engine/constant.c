#include "engine/constant.h"

static void slice_repr(const void *object, Text *text)
{
    const SliceParts *slice = object;
    text_put(text, "slice(");
    value_repr(text, &slice->start);
    text_put(text, ", ");
    value_repr(text, &slice->stop);
    text_put(text, ", ");
    value_repr(text, &slice->step);
    text_put_char(text, ')');
}

static void ellipsis_repr(const void *object, Text *text)
{
    (void)object;
    text_put(text, "Ellipsis");
}

static void print_axis(const Tensor *tensor, int axis, int64_t from, Text *text)
{
    if (axis == tensor->shape.rank) {
        number_repr(text, (double)tensor->data[from]);
        return;
    }
    const int64_t step = shape_span_size(&tensor->shape, axis + 1, tensor->shape.rank);
    text_put_char(text, '[');
    for (int64_t i = 0; i < tensor->shape.dim[axis]; i++) {
        if (i) text_put(text, ", ");
        print_axis(tensor, axis + 1, from + i * step, text);
    }
    text_put_char(text, ']');
}

/* Long ones are told by their shape. */
enum { NUMBERS_TOLD = 64 };

static void print_array(const void *object, Text *text)
{
    const Tensor *tensor = object;
    const bool told = tensor->data && shape_size(&tensor->shape) <= NUMBERS_TOLD;
    text_put(text, "array(");
    if (told) print_axis(tensor, 0, 0, text);
    else text_print(text, "shape=%s", shape_text(text->arena, &tensor->shape));
    text_put_char(text, ')');
}

const ObjectKind CONSTANT_SLICE = {.type_name = "slice", .repr = slice_repr};
const ObjectKind CONSTANT_ELLIPSIS = {.type_name = "ellipsis", .repr = ellipsis_repr};
static bool array_numbers(const void *object, Arena *arena, Tensor *out)
{
    (void)arena;
    *out = *(const Tensor *)object;
    return out->data != NULL;
}

const ObjectKind CONSTANT_ARRAY = {.type_name = "numpy.ndarray", .repr = print_array, .numbers = array_numbers};

static Value object(const ObjectKind *kind, void *data)
{
    return (Value){.kind = VALUE_OBJECT, NO_SPAN, .object = {kind, data}};
}

Value value_slice(Arena *arena, Value start, Value stop, Value step)
{
    SliceParts *slice = ARENA_NEW(arena, SliceParts);
    *slice = (SliceParts){start, stop, step};
    return object(&CONSTANT_SLICE, slice);
}

Value value_ellipsis(void)
{
    return object(&CONSTANT_ELLIPSIS, NULL);
}

Value value_array_of(Arena *arena, Tensor tensor)
{
    Tensor *copy = ARENA_NEW(arena, Tensor);
    *copy = tensor;
    return object(&CONSTANT_ARRAY, copy);
}

/* The shape of nested lists, told by their first items. */
static bool list_shape(const Value *value, Shape *shape)
{
    *shape = (Shape){0};
    while (value->kind == VALUE_LIST || value->kind == VALUE_TUPLE) {
        if (shape->rank == SHAPE_RANK_MAX) return false;
        shape->dim[shape->rank++] = (int64_t)value->list->n;
        if (!value->list->n) return true;
        value = &value->list->items[0];
    }
    return true;
}

static bool fill(const Value *value, const Shape *shape, int axis, float **to)
{
    if (axis == shape->rank) {
        if (!value_is_number(value)) return false;
        *(*to)++ = (float)value_number(value);
        return true;
    }
    if (value->kind != VALUE_LIST && value->kind != VALUE_TUPLE) return false;
    if ((int64_t)value->list->n != shape->dim[axis]) return false;
    for (size_t i = 0; i < value->list->n; i++)
        if (!fill(&value->list->items[i], shape, axis + 1, to)) return false;
    return true;
}

static bool list_numbers(Arena *arena, const Value *value, Dtype dtype, Tensor *out)
{
    enum { ARRAY_MAX = 1 << 24 };
    Shape shape;
    if (!list_shape(value, &shape) || shape_size(&shape) > ARRAY_MAX) return false;
    *out = tensor_make(arena, shape, dtype);
    float *to = out->data;
    return fill(value, &shape, 0, &to);
}

bool value_as_array(Arena *arena, const Value *value, Dtype dtype, Value *out)
{
    Tensor tensor;
    if (!list_numbers(arena, value, dtype, &tensor)) return false;
    *out = value_array_of(arena, tensor);
    return true;
}

bool value_numbers(Arena *arena, const Value *value, Tensor *out)
{
    double number;
    if (value->kind != VALUE_OBJECT) return list_numbers(arena, value, DTYPE_FLOAT32, out);
    if (value->object.kind->numbers) return value->object.kind->numbers(value->object.data, arena, out);
    if (value->object.kind->array) return value->object.kind->array(arena, value->object.data, out);
    if (!value->object.kind->number || !value->object.kind->number(value->object.data, &number)) return false;
    *out = tensor_make(arena, (Shape){0}, DTYPE_FLOAT32);
    out->data[0] = (float)number;
    return true;
}

bool value_is_object(const Value *value, const ObjectKind *kind)
{
    return value->kind == VALUE_OBJECT && value->object.kind == kind;
}
