#include "keras/code/array_functions.h"

#include <string.h>

#include "keras/code/array_make.h"
#include "keras/code/array_math.h"
#include "keras/code/exception.h"
#include "keras/code/keras_call.h"

/* ---- types ---- */

static Dtype dtype_by_name(const char *name)
{
    static const struct { const char *name; Dtype dtype; } others[] = {
        {"float", DTYPE_FLOAT64}, {"double", DTYPE_FLOAT64}, {"float_", DTYPE_FLOAT64}, {"single", DTYPE_FLOAT32},
        {"half", DTYPE_FLOAT16}, {"int", DTYPE_INT64}, {"int_", DTYPE_INT64}, {"bool_", DTYPE_BOOL}, {"f4", DTYPE_FLOAT32},
        {"<f4", DTYPE_FLOAT32}, {"f", DTYPE_FLOAT32}, {"f8", DTYPE_FLOAT64}, {"<f8", DTYPE_FLOAT64}, {"i4", DTYPE_INT32},
        {"i8", DTYPE_INT64}, {"u1", DTYPE_UINT8}, {"uint", DTYPE_UINT64}, {"long", DTYPE_INT64}, {"str", DTYPE_STRING}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i].name, name) == 0) return others[i].dtype;
    return dtype_find(name);
}

Dtype dtype_of(const Value *value)
{
    const Class *class = value_as_class(value);
    if (class) return dtype_by_name(class->name);
    return value->kind == VALUE_STRING ? dtype_by_name(value->string.bytes) : DTYPE_NONE;
}

static Value dtype_construct(Evaluator *ev, const Class *class, const Argument *args, int n, Span span)
{
    (void)span;
    const Dtype dtype = dtype_by_name(class->name);
    double x = 0;
    if (n && args[0].value.kind == VALUE_UNKNOWN) return args[0].value;
    if (n && !scalar_number(&args[0].value, &x)) return value_object(&OBJECT_ARRAY, array_from(ev, args[0].value, dtype));
    const Array number = {.shape = {0}, .dtype = DTYPE_FLOAT64, .numbers = &x};
    return value_scalar(ev, dtype, array_astype(ev, &number, dtype)->numbers[0]);
}

static const Class *const from_object[] = {&CLASS_OBJECT};
#define X(NAME, text) \
    static const Class dtype_##text = {.name = #text, .module = "numpy", .construct = dtype_construct, .bases = from_object, \
                                       .n_bases = 1, .instance = {.type_name = "numpy." #text}};
DTYPES(X)
#undef X

static const Class *const dtype_classes[] = {
#define X(NAME, text) [DTYPE_##NAME] = &dtype_##text,
    DTYPES(X)
#undef X
};

bool dtype_class(const char *name, Value *out)
{
    const Dtype dtype = dtype_by_name(name);
    if (dtype == DTYPE_NONE || strchr(name, '<') || strlen(name) < 3) return false;
    *out = value_class(dtype_classes[dtype]);
    return true;
}

Value dtype_value(Dtype dtype)
{
    return value_class(dtype_classes[dtype]);
}

/* ---- shapes ---- */

static const Array *operand(Evaluator *ev, const Value *value)
{
    return array_from(ev, *value, DTYPE_NONE);
}

static Value like(Evaluator *ev, const Array *array, Shape shape)
{
    const Value out = value_array(ev, shape, array->dtype, array->numbers);
    array_of(&out)->places = array->places;
    return out;
}

/* "(4,2)", as NumPy prints it. */
static const char *close_text(Arena *arena, const Shape *shape)
{
    Text text = {.arena = arena};
    for (const char *c = shape_text(arena, shape); *c; c++)
        if (*c != ' ') text_put_char(&text, *c);
    return text_string(&text);
}

/* One -1 stands for what is left. */
Value array_reshape(Evaluator *ev, const Array *array, Shape shape)
{
    const int64_t size = shape_size(&array->shape);
    int64_t known = 1;
    int open = -1;
    for (int i = 0; i < shape.rank; i++) {
        if (shape.dim[i] == DIM_NONE) open = open < 0 ? i : SHAPE_RANK_MAX;
        else known = size_multiply(known, shape.dim[i]);
    }
    if (open == SHAPE_RANK_MAX || size == DIM_NONE) return value_array(ev, shape, array->dtype, NULL);
    const bool fits = open < 0 ? known == size : known > 0 && size % known == 0;
    if (!fits)
        raise_error(ev, "ValueError", "cannot reshape array of size %lld into shape %s", (long long)size, close_text(ev->arena, &shape));
    if (open >= 0) shape.dim[open] = size / known;
    return like(ev, array, shape);
}

static Shape shape_of_rest(Evaluator *ev, const Given *given)
{
    Value tuple = value_list(ev->arena, VALUE_TUPLE, (size_t)given->n_rest);
    for (int i = 0; i < given->n_rest; i++) list_add(tuple.list, given->rest[i]);
    return shape_of(ev, given->n_rest == 1 ? &given->rest[0] : &tuple);
}

/* shape_of refuses negative numbers; -1 is welcome here. */
static Value open_dims(Evaluator *ev, const Value *value)
{
    if (value_items(value)) {
        Value out = value_list(ev->arena, VALUE_TUPLE, value_items(value)->n);
        for (size_t i = 0; i < value_items(value)->n; i++) list_add(out.list, open_dims(ev, &value_items(value)->items[i]));
        return out;
    }
    int64_t n;
    return value_integer(value, &n) && n == -1 ? value_none() : *value;
}

static Value reshape_call(Evaluator *ev, const Given *given)
{
    if (given->arg[0]->kind == VALUE_UNKNOWN) return *given->arg[0];
    if (given->n_rest == 1 && given->rest[0].kind == VALUE_UNKNOWN) return given->rest[0];
    Value *dims = ARENA_ARRAY(ev->arena, given->n_rest + 1, Value);
    for (int i = 0; i < given->n_rest; i++) dims[i] = open_dims(ev, &given->rest[i]);
    const bool keyword = given->arg[1] || given->arg[2];
    if (keyword) dims[0] = open_dims(ev, given->arg[1] ? given->arg[1] : given->arg[2]);
    Given open = *given;
    open.rest = dims;
    open.n_rest = keyword ? 1 : given->n_rest;
    return array_reshape(ev, operand(ev, given->arg[0]), shape_of_rest(ev, &open));
}

static Value ravel_call(Evaluator *ev, const Given *given)
{
    return array_reshape(ev, operand(ev, given->arg[0]), SHAPE(DIM_NONE));
}

Value array_transpose(Evaluator *ev, const Array *array, const int *order)
{
    Shape shape = {.rank = array->shape.rank};
    int64_t strides[SHAPE_RANK_MAX];
    for (int i = 0; i < shape.rank; i++) {
        shape.dim[i] = array->shape.dim[order[i]];
        strides[i] = shape_span_size(&array->shape, order[i] + 1, shape.rank);
    }
    const Value out = value_array(ev, shape, array->dtype, NULL);
    if (!array->numbers) return out;
    const int64_t n = shape_size(&shape);
    pay(ev, n / 4);
    Array *made = array_of(&out);
    made->numbers = ARENA_ARRAY(ev->arena, n, double);
    if (array->places) made->places = ARENA_ARRAY(ev->arena, n, Span);
    for (int64_t k = 0; k < n; k++) {
        int64_t rest = k, from = 0;
        for (int i = shape.rank; i-- > 0; rest /= shape.dim[i]) from += rest % shape.dim[i] * strides[i];
        made->numbers[k] = array->numbers[from];
        if (made->places) made->places[k] = array->places[from];
    }
    return out;
}

static int axis_of(Evaluator *ev, const Value *value, int rank)
{
    const int64_t axis = whole_of(ev, *value);
    if (axis < -rank || axis >= rank)
        raise_error(ev, "AxisError", "axis %lld is out of bounds for array of dimension %d", (long long)axis, rank);
    return (int)(axis < 0 ? axis + rank : axis);
}

static Value transpose_call(Evaluator *ev, const Given *given)
{
    const Array *array = operand(ev, given->arg[0]);
    const int rank = array->shape.rank;
    int order[SHAPE_RANK_MAX];
    const Value *axes = given->n_rest == 1 && value_items(&given->rest[0]) ? value_items(&given->rest[0])->items : given->rest;
    size_t n = given->n_rest == 1 && value_items(&given->rest[0]) ? value_items(&given->rest[0])->n : (size_t)given->n_rest;
    if (given->arg[1] && value_items(given->arg[1])) { axes = value_items(given->arg[1])->items; n = value_items(given->arg[1])->n; }
    if (n && (int)n != rank) raise_error(ev, "ValueError", "axes don't match array");
    for (int i = 0; i < rank; i++) order[i] = n ? axis_of(ev, &axes[i], rank) : rank - 1 - i;
    return array_transpose(ev, array, order);
}

static Value swapaxes_call(Evaluator *ev, const Given *given)
{
    const Array *array = operand(ev, given->arg[0]);
    const int a = axis_of(ev, given->arg[1], array->shape.rank), b = axis_of(ev, given->arg[2], array->shape.rank);
    int order[SHAPE_RANK_MAX];
    for (int i = 0; i < array->shape.rank; i++) order[i] = i == a ? b : i == b ? a : i;
    return array_transpose(ev, array, order);
}

static Value expand_dims_call(Evaluator *ev, const Given *given)
{
    const Array *array = operand(ev, given->arg[0]);
    if (array->shape.rank == SHAPE_RANK_MAX) raise_error(ev, "ValueError", "maximum supported dimension for an ndarray is %d", SHAPE_RANK_MAX);
    return like(ev, array, shape_with(&array->shape, axis_of(ev, given->arg[1], array->shape.rank + 1), 1));
}

static Value squeeze_call(Evaluator *ev, const Given *given)
{
    const Array *array = operand(ev, given->arg[0]);
    Shape shape = array->shape;
    const bool one = given->arg[1] && given->arg[1]->kind != VALUE_NONE && !value_items(given->arg[1]);
    if (one) return like(ev, array, shape_without(&shape, axis_of(ev, given->arg[1], shape.rank)));
    for (int i = shape.rank; i-- > 0;)
        if (shape.dim[i] == 1) shape = shape_without(&shape, i);
    return like(ev, array, shape);
}

/* ---- putting together ---- */

static void join_dim(Evaluator *ev, Shape *shape, const Shape *more, int axis)
{
    if (more->rank != shape->rank) raise_error(ev, "ValueError", "all the input array dimensions must match in number");
    for (int i = 0; i < shape->rank; i++) {
        if (i == axis) shape->dim[i] = shape->dim[i] == DIM_NONE || more->dim[i] == DIM_NONE ? DIM_NONE : size_add(shape->dim[i], more->dim[i]);
        else if (shape->dim[i] == DIM_NONE) shape->dim[i] = more->dim[i];
        else if (more->dim[i] != DIM_NONE && more->dim[i] != shape->dim[i])
            raise_error(ev, "ValueError", "all the input array dimensions except for the concatenation axis must match exactly, but along "
                        "dimension %d, the array at index 0 has size %lld and the array at index 1 has size %lld", i,
                        (long long)shape->dim[i], (long long)more->dim[i]);
    }
}

static void join_numbers(Evaluator *ev, const Array **parts, size_t n, int axis, Array *out)
{
    const int64_t size = shape_size(&out->shape), outer = shape_span_size(&out->shape, 0, axis);
    const int64_t inner = shape_span_size(&out->shape, axis, out->shape.rank);
    if (size == DIM_NONE || size > ARRAY_NUMBERS_MAX) return;
    for (size_t p = 0; p < n; p++)
        if (!parts[p]->numbers) return;
    pay(ev, size / 8);
    out->numbers = ARENA_ARRAY(ev->arena, size, double);
    int64_t at = 0;
    for (size_t p = 0; p < n; p++) {
        const int64_t length = shape_span_size(&parts[p]->shape, axis, out->shape.rank);
        for (int64_t i = 0; i < outer && length; i++)
            memcpy(out->numbers + i * inner + at, parts[p]->numbers + i * length, (size_t)length * sizeof(double));
        at += length;
    }
}

static Value joined(Evaluator *ev, const Array **parts, size_t n, int axis)
{
    if (!n) raise_error(ev, "ValueError", "need at least one array to concatenate");
    const Value out = value_array(ev, parts[0]->shape, parts[0]->dtype, NULL);
    Array *array = array_of(&out);
    for (size_t p = 1; p < n; p++) {
        join_dim(ev, &array->shape, &parts[p]->shape, axis);
        if (parts[p]->dtype > array->dtype) array->dtype = parts[p]->dtype;
    }
    join_numbers(ev, parts, n, axis, array);
    return out;
}

static const Array **operands(Evaluator *ev, const Value *value, size_t *n)
{
    const ValueList *items = iterate(ev, *value);
    const Array **parts = ARENA_ARRAY(ev->arena, items->n + 1, const Array *);
    *n = items->n;
    for (size_t i = 0; i < items->n; i++) {
        parts[i] = operand(ev, &items->items[i]);
        if (!parts[i]) return NULL;
    }
    return parts;
}

static Value not_told(Evaluator *ev)
{
    return unknown_here(ev, "cause.not_known_numbers");
}

static Value concatenate_call(Evaluator *ev, const Given *given)
{
    size_t n;
    const Array **parts = operands(ev, given->arg[0], &n);
    if (!parts) return not_told(ev);
    const int axis = n && given->arg[1] && given->arg[1]->kind != VALUE_NONE ? axis_of(ev, given->arg[1], parts[0]->shape.rank) : 0;
    if (n && !parts[0]->shape.rank) raise_error(ev, "ValueError", "zero-dimensional arrays cannot be concatenated");
    return joined(ev, parts, n, axis);
}

static Value stack_call(Evaluator *ev, const Given *given)
{
    size_t n;
    const Array **parts = operands(ev, given->arg[0], &n);
    if (!parts) return not_told(ev);
    if (!n) raise_error(ev, "ValueError", "need at least one array to stack");
    if (parts[0]->shape.rank == SHAPE_RANK_MAX) return not_told(ev);
    const int axis = given->arg[1] ? axis_of(ev, given->arg[1], parts[0]->shape.rank + 1) : 0;
    for (size_t i = 0; i < n; i++) {
        if (!shape_equal(&parts[i]->shape, &parts[0]->shape) && i && shape_known(&parts[i]->shape) && shape_known(&parts[0]->shape))
            raise_error(ev, "ValueError", "all input arrays must have the same shape");
    }
    for (size_t i = 0; i < n; i++) {
        const Value part = like(ev, parts[i], shape_with(&parts[i]->shape, axis <= parts[i]->shape.rank ? axis : 0, 1));
        parts[i] = array_of(&part);
    }
    return joined(ev, parts, n, axis);
}

static Value vstack_call(Evaluator *ev, const Given *given)
{
    const bool columns = given->native->data != NULL;
    size_t n;
    const Array **parts = operands(ev, given->arg[0], &n);
    if (!parts) return not_told(ev);
    for (size_t i = 0; i < n; i++) {
        if (parts[i]->shape.rank > 1 || columns) continue;
        const Value row = like(ev, parts[i], shape_with(&parts[i]->shape, 0, 1));
        parts[i] = array_of(&row);
    }
    return joined(ev, parts, n, columns && n && parts[0]->shape.rank > 1 ? 1 : 0);
}

static Value repeat_call(Evaluator *ev, const Given *given)
{
    const Array *array = operand(ev, given->arg[0]);
    int64_t times;
    const bool flat = !given->arg[2] || given->arg[2]->kind == VALUE_NONE;
    if (!value_integer(given->arg[1], &times) || times < 0) return not_told(ev);
    Shape shape = flat ? SHAPE(shape_size(&array->shape)) : array->shape;
    const int axis = flat ? 0 : axis_of(ev, given->arg[2], shape.rank);
    shape.dim[axis] = dim_multiply(shape.dim[axis], times);
    const Value out = value_array(ev, shape, array->dtype, NULL);
    const int64_t n = shape_size(&shape), inner = shape_span_size(&shape, axis + 1, shape.rank);
    if (!array->numbers || n > ARRAY_NUMBERS_MAX || n == DIM_NONE) return out;
    double *numbers = array_of(&out)->numbers = ARENA_ARRAY(ev->arena, n, double);
    pay(ev, n / 8);
    for (int64_t k = 0; k < n; k++) numbers[k] = array->numbers[k / inner / times * inner + k % inner];
    return out;
}

static Value tile_call(Evaluator *ev, const Given *given)
{
    const Array *array = operand(ev, given->arg[0]);
    const Shape reps = shape_of(ev, given->arg[1]);
    Shape shape = {.rank = reps.rank > array->shape.rank ? reps.rank : array->shape.rank};
    for (int i = 0; i < shape.rank; i++) {
        const int a = i - (shape.rank - array->shape.rank), r = i - (shape.rank - reps.rank);
        shape.dim[i] = dim_multiply(a < 0 ? 1 : array->shape.dim[a], r < 0 ? 1 : reps.dim[r]);
    }
    return value_array(ev, shape, array->dtype, NULL);
}

static Value astype_call(Evaluator *ev, const Given *given)
{
    return value_object(&OBJECT_ARRAY, array_astype(ev, operand(ev, given->arg[0]), dtype_of(given->arg[1])));
}

static Value same_call(Evaluator *ev, const Given *given)
{
    return value_object(&OBJECT_ARRAY, operand(ev, given->arg[0]));
}

static Value shape_call(Evaluator *ev, const Given *given)
{
    if (given->arg[0]->kind == VALUE_TENSOR) return value_shape(ev->arena, &given->arg[0]->tensor->spec.shape);
    return attribute(ev, value_object(&OBJECT_ARRAY, operand(ev, given->arg[0])), "shape");
}

static Value ndim_call(Evaluator *ev, const Given *given)
{
    return value_int(operand(ev, given->arg[0])->shape.rank);
}

static Value size_call(Evaluator *ev, const Given *given)
{
    const Array *array = operand(ev, given->arg[0]);
    const int64_t n = shape_size(&array->shape);
    return n == DIM_NONE ? not_told(ev) : value_int(n);
}

static Value nested_list(Evaluator *ev, const Array *array, int axis, int64_t offset)
{
    if (axis == array->shape.rank) {
        const double x = array->numbers[offset];
        if (dtype_is_float(array->dtype)) return value_float(x);
        return array->dtype == DTYPE_BOOL ? value_bool(x > 0) : value_int((int64_t)x);
    }
    const int64_t step = shape_span_size(&array->shape, axis + 1, array->shape.rank);
    Value list = value_list(ev->arena, VALUE_LIST, (size_t)array->shape.dim[axis]);
    pay_items(ev, array->shape.dim[axis]);
    for (int64_t i = 0; i < array->shape.dim[axis]; i++) list_add(list.list, nested_list(ev, array, axis + 1, offset + i * step));
    return list;
}

static Value tolist_call(Evaluator *ev, const Given *given)
{
    const Array *array = operand(ev, given->arg[0]);
    return array->numbers ? nested_list(ev, array, 0, 0) : not_told(ev);
}

static Value item_call(Evaluator *ev, const Given *given)
{
    const Array *array = operand(ev, given->arg[0]);
    const Array flat = {.shape = {0}, .dtype = array->dtype, .numbers = array->numbers};
    return array->numbers ? nested_list(ev, &flat, 0, 0) : not_told(ev);
}

static const Native functions[] = {
    {.name = "reshape", .params = "!a *shape newshape? shape? order?", .call = reshape_call},
    {.name = "ravel", .params = "a order?", .call = ravel_call},
    {.name = "flatten", .params = "a order?", .call = ravel_call},
    {.name = "transpose", .params = "a *dims axes?", .call = transpose_call},
    {.name = "swapaxes", .params = "a axis1 axis2", .call = swapaxes_call},
    {.name = "expand_dims", .params = "a axis", .call = expand_dims_call},
    {.name = "squeeze", .params = "a axis?", .call = squeeze_call},
    {.name = "concatenate", .params = "arrays axis? dtype?", .call = concatenate_call},
    {.name = "concat", .params = "values axis? name?", .call = concatenate_call},
    {.name = "stack", .params = "arrays axis?", .call = stack_call},
    {.name = "vstack", .params = "tup", .call = vstack_call},
    {.name = "row_stack", .params = "tup", .call = vstack_call},
    {.name = "hstack", .params = "tup", .call = vstack_call, .data = "columns"},
    {.name = "repeat", .params = "a repeats axis?", .call = repeat_call},
    {.name = "tile", .params = "a reps", .call = tile_call},
    {.name = "astype", .params = "a dtype copy?", .call = astype_call},
    {.name = "cast", .params = "a dtype name?", .call = astype_call},
    {.name = "numpy", .params = "a", .call = same_call},
    {.name = "shape", .params = "a", .call = shape_call},
    {.name = "ndim", .params = "a", .call = ndim_call},
    {.name = "size", .params = "a", .call = size_call},
    {.name = "tolist", .params = "a", .call = tolist_call},
    {.name = "item", .params = "a", .call = item_call},
    {0}};
const Native *const ARRAY_FUNCTIONS = functions;

/* ---- by name ---- */

static const Native *native_in(const Native *natives, const char *name)
{
    for (; natives->name; natives++)
        if (strcmp(natives->name, name) == 0) return natives;
    return NULL;
}

const Native *array_function(const char *name)
{
    const Native *found = native_in(ARRAY_FUNCTIONS, name);
    if (!found) found = native_in(MATH_FUNCTIONS, name);
    return found ? found : native_in(MAKING_FUNCTIONS, name);
}

Value array_function_call(Evaluator *ev, const char *name, const Argument *args, int n)
{
    const Native *native = array_function(name);
    return native ? native_call(ev, native, NULL, args, n) : unknown_here(ev, "cause.not_known_function");
}

/* ---- attributes ---- */

static Value method_of(Evaluator *ev, Value self, const Native *function)
{
    Partial *partial = ARENA_NEW(ev->arena, Partial);
    Argument *args = ARENA_NEW(ev->arena, Argument);
    *args = (Argument){.value = self, .span = SPAN_NONE};
    *partial = (Partial){value_native(function), args, 1};
    return value_object(&OBJECT_PARTIAL, partial);
}

/* Dimensions that are not known are unknown values, not None: NumPy's are always numbers. */
static Value shape_tuple(Evaluator *ev, const Shape *shape)
{
    Value tuple = value_list(ev->arena, VALUE_TUPLE, (size_t)shape->rank);
    for (int i = 0; i < shape->rank; i++)
        list_add(tuple.list, shape->dim[i] == DIM_NONE ? not_told(ev) : value_int(shape->dim[i]));
    return tuple;
}

bool array_attribute(Evaluator *ev, Value value, const char *name, Value *out)
{
    const Array *array = operand(ev, &value);
    const Native *function = array_function(name);
    if (strcmp(name, "shape") == 0) *out = shape_tuple(ev, &array->shape);
    else if (strcmp(name, "ndim") == 0) *out = value_int(array->shape.rank);
    else if (strcmp(name, "size") == 0) *out = shape_known(&array->shape) ? value_int(shape_size(&array->shape)) : not_told(ev);
    else if (strcmp(name, "dtype") == 0) *out = dtype_value(array->dtype);
    else if (strcmp(name, "T") == 0) *out = call(ev, method_of(ev, value, array_function("transpose")), NULL, 0);
    else if (function) *out = method_of(ev, value, function);
    else *out = unknown_here(ev, "cause.not_known_object");
    return true;
}

Value array_or_tensor_function(Evaluator *ev, const char *name, Value value)
{
    const Argument arg = {.value = value, .span = SPAN_NONE};
    return operation_call(ev, name, &arg, 1);
}
