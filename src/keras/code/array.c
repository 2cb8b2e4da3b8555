#include "keras/code/array.h"

#include <math.h>
#include <string.h>

#include "keras/code/array_functions.h"
#include "keras/code/array_repr.h"
#include "keras/code/builtin.h"
#include "keras/code/exception.h"

/* ---- kinds ---- */

static bool scalar_integer(const void *object, int64_t *out)
{
    const Scalar *scalar = object;
    if (!scalar->known || dtype_is_float(scalar->dtype) || scalar->dtype == DTYPE_BOOL) return false;
    *out = (int64_t)scalar->number;
    return true;
}

static bool scalar_float(const void *object, double *out)
{
    const Scalar *scalar = object;
    *out = scalar->number;
    return scalar->known;
}

static bool give_tensor(Arena *arena, const void *object, Tensor *tensor)
{
    const Array *array = object;
    *tensor = (Tensor){.shape = array->shape, .dtype = array->dtype};
    if (!shape_known(&array->shape)) return false;
    if (!array->numbers) return true;
    *tensor = tensor_make(arena, array->shape, array->dtype);
    for (int64_t i = 0; i < shape_size(&array->shape); i++) tensor->data[i] = (float)array->numbers[i];
    return true;
}

/* The elements of a row; what lies deeper is no item for the engine. */
static bool give_items(Arena *arena, const void *object, ValueList *list)
{
    (void)arena;
    const Array *array = object;
    if (array->shape.rank != 1 || !shape_known(&array->shape) || !array->numbers) return false;
    for (int64_t i = 0; i < array->shape.dim[0]; i++)
        list_add(list, dtype_is_float(array->dtype) ? value_float(array->numbers[i]) : value_int((int64_t)array->numbers[i]));
    return true;
}

const ObjectKind OBJECT_ARRAY = {
    .type_name = "numpy.ndarray", .repr = array_repr, .str = array_str, .items = give_items, .array = give_tensor};
const ObjectKind OBJECT_SCALAR = {
    .type_name = "numpy.int64", .repr = scalar_repr, .str = scalar_str, .integer = scalar_integer, .number = scalar_float};

static Value ndarray_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)class, (void)args, (void)n;
    return unknown(ev, "cause.not_known_object", source_text(ev, span), span);
}

static const Class *const from_object[] = {&CLASS_OBJECT};
const Class CLASS_NDARRAY = {.name = "ndarray", .module = "numpy", .construct = ndarray_construct, .bases = from_object, .n_bases = 1,
                             .instance = {.type_name = "numpy.ndarray"}};

Value value_array(Evaluator *ev, Shape shape, Dtype dtype, double *numbers)
{
    Array *array = ARENA_NEW(ev->arena, Array);
    *array = (Array){.shape = shape, .dtype = dtype, .numbers = numbers};
    return value_object(&OBJECT_ARRAY, array);
}

/* float64 is a Python float too, and stands as one. */
Value value_scalar(Evaluator *ev, Dtype dtype, double number)
{
    if (dtype == DTYPE_FLOAT64) return value_float(number);
    Scalar *scalar = ARENA_NEW(ev->arena, Scalar);
    *scalar = (Scalar){dtype, number, true};
    return value_object(&OBJECT_SCALAR, scalar);
}

Array *array_of(const Value *value)
{
    return value_is(value, &OBJECT_ARRAY) ? value->object.data : NULL;
}

bool scalar_number(const Value *value, double *out)
{
    if (value_is_number(value)) { *out = value_number(value); return true; }
    return value_is(value, &OBJECT_SCALAR) && scalar_float(value->object.data, out);
}

static Value not_told(Evaluator *ev)
{
    return unknown_here(ev, "cause.not_known_numbers");
}

/* ---- from lists ---- */

typedef struct Filler {
    Evaluator *ev;
    Array     *array;
    int64_t    at;
    bool       unknown, floats, bools, texts, literal;
    Dtype      widest;
} Filler;

/* Nested lists must be alike all the way down; the first of each tells the shape. */
static void find_shape(Evaluator *ev, const Value *value, Shape *shape)
{
    const Array *array = array_of(value);
    if (array) {
        for (int i = 0; i < array->shape.rank && shape->rank < SHAPE_RANK_MAX; i++) shape->dim[shape->rank++] = array->shape.dim[i];
        return;
    }
    const bool range = value_is(value, &OBJECT_RANGE), list = value_items(value) || range;
    if (!list) return;
    const ValueList *items = iterate(ev, *value);
    if (shape->rank == SHAPE_RANK_MAX) raise_error(ev, "ValueError", "maximum supported dimension for an ndarray is %d", SHAPE_RANK_MAX);
    shape->dim[shape->rank++] = (int64_t)items->n;
    if (items->n) find_shape(ev, &items->items[0], shape);
}

static _Noreturn void raise_ragged(Evaluator *ev)
{
    raise_error(ev, "ValueError", "setting an array element with a sequence. The requested array has an inhomogeneous shape after 1 "
                "dimensions.");
}

_Noreturn void raise_symbolic(Evaluator *ev, const char *what)
{
    raise_error(ev, "ValueError", "A KerasTensor is symbolic: it's a placeholder for a shape an a dtype. It doesn't have any actual "
                "numerical value. You cannot convert it to %s.", what);
}

static void fill_number(Filler *f, const Value *value)
{
    double x = 0;
    if (value->kind == VALUE_STRING) f->texts = true;
    else if (value->kind == VALUE_UNKNOWN || value_is(value, &OBJECT_SCALAR)) f->unknown = f->unknown || !scalar_number(value, &x);
    else if (value->kind == VALUE_TENSOR) raise_symbolic(f->ev, "a NumPy array");
    else if (!scalar_number(value, &x)) raise_ragged(f->ev);
    f->floats = f->floats || value->kind == VALUE_FLOAT;
    f->bools = f->bools && value->kind == VALUE_BOOL;
    if (value_is(value, &OBJECT_SCALAR)) f->widest = ((Scalar *)value->object.data)->dtype;
    f->literal = f->literal && span_known(value->span);
    if (f->array->places) f->array->places[f->at] = value->span;
    if (f->array->numbers) f->array->numbers[f->at] = x;
    f->at++;
}

static void fill_array(Filler *f, const Array *array)
{
    const int64_t n = shape_size(&array->shape);
    f->unknown = f->unknown || !array->numbers;
    f->literal = false;
    f->bools = false;
    f->floats = f->floats || dtype_is_float(array->dtype);
    f->widest = array->dtype;
    for (int64_t i = 0; i < n && f->array->numbers; i++, f->at++) f->array->numbers[f->at] = array->numbers ? array->numbers[i] : 0;
}

static void fill(Filler *f, const Value *value, int depth)
{
    const Array *array = array_of(value);
    if (depth == f->array->shape.rank) {
        if (value_items(value)) raise_ragged(f->ev);
        if (array) fill_array(f, array);
        else fill_number(f, value);
        return;
    }
    if (array) { fill_array(f, array); return; }
    if (value->kind == VALUE_UNKNOWN) { f->unknown = true; return; }
    if (!value_items(value) && !value_is(value, &OBJECT_RANGE)) raise_ragged(f->ev);
    const ValueList *items = iterate(f->ev, *value);
    if ((int64_t)items->n != f->array->shape.dim[depth]) raise_ragged(f->ev);
    for (size_t i = 0; i < items->n; i++) fill(f, &items->items[i], depth + 1);
}

static Dtype natural_dtype(const Filler *f)
{
    if (f->widest != DTYPE_NONE) return f->floats && !dtype_is_float(f->widest) ? DTYPE_FLOAT64 : f->widest;
    if (f->texts) return DTYPE_STRING;
    if (f->floats || f->at == 0) return DTYPE_FLOAT64;
    return f->bools ? DTYPE_BOOL : DTYPE_INT64;
}

static Array *array_copy(Evaluator *ev, const Array *array)
{
    Array *copy = ARENA_NEW(ev->arena, Array);
    *copy = *array;
    return copy;
}

/* What numbers become when they are stored in a type. */
static void convert(Evaluator *ev, Array *array, Dtype dtype)
{
    const bool whole = !dtype_is_float(dtype) && dtype_is_float(array->dtype);
    const bool narrow = dtype == DTYPE_FLOAT32 || dtype == DTYPE_FLOAT16;
    array->dtype = dtype;
    if (!array->numbers || (!whole && !narrow && dtype != DTYPE_BOOL)) return;
    const int64_t n = shape_size(&array->shape);
    double *numbers = ARENA_ARRAY(ev->arena, n, double);
    pay(ev, n / 16);
    for (int64_t i = 0; i < n; i++) {
        const double x = array->numbers[i];
        numbers[i] = dtype == DTYPE_BOOL ? (x < 0 || x > 0) : whole ? trunc(x) : (double)(float)x;
    }
    array->numbers = numbers;
}

Array *array_astype(Evaluator *ev, const Array *array, Dtype dtype)
{
    Array *copy = array_copy(ev, array);
    if (dtype != DTYPE_NONE) convert(ev, copy, dtype);
    return copy;
}

Array *array_from(Evaluator *ev, Value value, Dtype dtype)
{
    const Array *given = array_of(&value);
    if (given) return array_astype(ev, given, dtype);
    if (value.kind == VALUE_UNKNOWN) return NULL;
    walkable(ev, &value);
    Array *array = ARENA_NEW(ev->arena, Array);
    *array = (Array){.shape = {0}};
    find_shape(ev, &value, &array->shape);
    const int64_t n = shape_size(&array->shape);
    if (n > ARRAY_NUMBERS_MAX) return array;
    Filler f = {.ev = ev, .array = array, .bools = true, .literal = true};
    if (n != DIM_NONE) {
        array->numbers = ARENA_ARRAY(ev->arena, n, double);
        array->places = ARENA_ARRAY(ev->arena, n, Span);
        pay(ev, n / 4);
        fill(&f, &value, 0);
    }
    array->dtype = natural_dtype(&f);
    if (f.unknown || f.texts || n == DIM_NONE) array->numbers = NULL;
    if (!f.literal || !array->numbers) array->places = NULL;
    if (dtype != DTYPE_NONE) convert(ev, array, dtype);
    return array;
}

bool array_tensor(Evaluator *ev, const Array *array, Tensor *tensor)
{
    *tensor = (Tensor){.shape = array->shape, .dtype = array->dtype};
    if (!shape_known(&array->shape)) return false;
    if (!array->numbers) return true;
    const int64_t n = shape_size(&array->shape);
    tensor->data = ARENA_ARRAY(ev->arena, n, float);
    for (int64_t i = 0; i < n; i++) tensor->data[i] = (float)array->numbers[i];
    return true;
}

/* ---- small questions ---- */

Value array_length(Evaluator *ev, Value value)
{
    const Array *array = array_of(&value);
    if (!array->shape.rank) raise_error(ev, "TypeError", "len() of unsized object");
    return array->shape.dim[0] == DIM_NONE ? not_told(ev) : value_int(array->shape.dim[0]);
}

ValueList *array_items(Evaluator *ev, Value value)
{
    const Array *array = array_of(&value);
    if (!array->shape.rank) raise_error(ev, "TypeError", "iteration over a 0-d array");
    if (array->shape.dim[0] == DIM_NONE) return value_list(ev->arena, VALUE_LIST, 0).list;
    pay_items(ev, array->shape.dim[0]);
    Value list = value_list(ev->arena, VALUE_LIST, (size_t)array->shape.dim[0]);
    for (int64_t i = 0; i < array->shape.dim[0]; i++) list_add(list.list, array_item(ev, value, value_int(i)));
    return list.list;
}

bool array_truth(Evaluator *ev, Value value)
{
    double x;
    if (value_is(&value, &OBJECT_SCALAR)) return scalar_number(&value, &x) && (x < 0 || x > 0);
    const Array *array = array_of(&value);
    if (shape_size(&array->shape) > 1)
        raise_error(ev, "ValueError", "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()");
    return array->numbers && shape_size(&array->shape) == 1 && (array->numbers[0] < 0 || array->numbers[0] > 0);
}

static Value only_number(Evaluator *ev, Value value, const Class *type)
{
    const Array *array = array_of(&value);
    if (shape_size(&array->shape) != 1 && shape_known(&array->shape))
        raise_error(ev, "TypeError", "only length-1 arrays can be converted to Python scalars");
    if (!array->numbers) return not_told(ev);
    const Argument number = {.value = value_float(array->numbers[0]), .span = SPAN_NONE};
    return type->construct(ev, type, &number, 1, ev->span);
}

Value array_as_int(Evaluator *ev, Value value) { return only_number(ev, value, &CLASS_INT); }
Value array_as_float(Evaluator *ev, Value value) { return only_number(ev, value, &CLASS_FLOAT); }
