/* Arithmetic and comparison of arrays, element by element. */
#include <math.h>

#include "keras/code/array.h"
#include "keras/code/array_functions.h"

static int64_t broadcast_dim(Evaluator *ev, const Shape *a, const Shape *b, int64_t p, int64_t q)
{
    if (p == q || q == 1) return p;
    if (p == 1) return q;
    if (p == DIM_NONE || q == DIM_NONE) return p == DIM_NONE ? q : p;
    raise_error(ev, "ValueError", "operands could not be broadcast together with shapes %s %s", shape_text(ev->arena, a),
                shape_text(ev->arena, b));
}

static Shape broadcast(Evaluator *ev, const Shape *a, const Shape *b)
{
    Shape out = {.rank = a->rank > b->rank ? a->rank : b->rank};
    for (int i = 0; i < out.rank; i++) {
        const int at = i - (out.rank - a->rank), bt = i - (out.rank - b->rank);
        out.dim[i] = broadcast_dim(ev, a, b, at < 0 ? 1 : a->dim[at], bt < 0 ? 1 : b->dim[bt]);
    }
    return out;
}

/* Where element k of the broadcast shape lies in an array of shape `of`. */
static int64_t source_index(const Shape *out, const Shape *of, int64_t k)
{
    int64_t index = 0, scale = 1;
    for (int i = out->rank; i-- > 0;) {
        const int at = i - (out->rank - of->rank);
        const int64_t position = k % out->dim[i];
        if (at >= 0 && of->dim[at] != 1) index += position * scale;
        if (at >= 0) scale *= of->dim[at];
        k /= out->dim[i];
    }
    return index;
}

static bool is_comparison(PyOp op) { return op >= PY_EQ && op <= PY_GE; }

static double modulo(double a, double b)
{
    const double rest = fmod(a, b);
    return (rest < 0 || rest > 0) && (rest < 0) != (b < 0) ? rest + b : rest;
}

static double combine(PyOp op, double a, double b)
{
    switch ((int)op) {
    case PY_ADD: return a + b;
    case PY_SUB: return a - b;
    case PY_MUL: return a * b;
    case PY_DIV: return a / b;
    case PY_FLOOR_DIV: return floor(a / b);
    case PY_MOD: return modulo(a, b);
    case PY_POW: return pow(a, b);
    case PY_EQ: return a >= b && a <= b;
    case PY_NE: return a < b || a > b;
    case PY_LT: return a < b;
    case PY_LE: return a <= b;
    case PY_GT: return a > b;
    case PY_GE: return a >= b;
    case PY_BIT_AND: return (a < 0 || a > 0) && (b < 0 || b > 0);
    case PY_BIT_OR: return (a < 0 || a > 0) || (b < 0 || b > 0);
    default: return NAN;
    }
}

/* Python's numbers take the array's type; of two arrays the wider. */
static Dtype result_dtype(PyOp op, const Value *a, const Array *p, const Value *b, const Array *q)
{
    if (is_comparison(op)) return DTYPE_BOOL;
    const bool floats = dtype_is_float(p->dtype) || dtype_is_float(q->dtype) || op == PY_DIV;
    const Array *strong = value_is_plain_number(a) ? q : value_is_plain_number(b) ? p : NULL;
    if (strong && (dtype_is_float(strong->dtype) || !floats)) return strong->dtype;
    if (floats && p->dtype == q->dtype) return dtype_is_float(p->dtype) ? p->dtype : DTYPE_FLOAT64;
    if (floats && (!dtype_is_float(p->dtype) || !dtype_is_float(q->dtype))) return DTYPE_FLOAT64;
    return p->dtype > q->dtype ? p->dtype : q->dtype;
}

static Value scalar_or_array(Evaluator *ev, Value array)
{
    const Array *made = array_of(&array);
    return made->shape.rank || !made->numbers ? array : value_scalar(ev, made->dtype, made->numbers[0]);
}

static Value matrix_product(Evaluator *ev, const Array *a, const Array *b);

Value array_operator(Evaluator *ev, PyOp op, Value a, Value b)
{
    if (a.kind == VALUE_NONE || b.kind == VALUE_NONE || a.kind == VALUE_STRING || b.kind == VALUE_STRING) {
        if (op == PY_EQ || op == PY_NE) return value_bool(op == PY_NE);
        raise_error(ev, "TypeError", "unsupported operand type(s): '%s' and '%s'", type_of(&a), type_of(&b));
    }
    const Array *p = array_from(ev, a, DTYPE_NONE), *q = array_from(ev, b, DTYPE_NONE);
    if (op == PY_MATMUL) return matrix_product(ev, p, q);
    const Shape shape = broadcast(ev, &p->shape, &q->shape);
    const Dtype dtype = result_dtype(op, &a, p, &b, q);
    const int64_t n = shape_size(&shape);
    const Value out = value_array(ev, shape, dtype, NULL);
    if (!p->numbers || !q->numbers || n > ARRAY_NUMBERS_MAX) return out;
    pay(ev, 1 + n / 4);
    double *numbers = array_of(&out)->numbers = ARENA_ARRAY(ev->arena, n, double);
    for (int64_t k = 0; k < n; k++)
        numbers[k] = combine(op, p->numbers[source_index(&shape, &p->shape, k)], q->numbers[source_index(&shape, &q->shape, k)]);
    return scalar_or_array(ev, out);
}

Value array_unary(Evaluator *ev, PyOp op, Value value)
{
    const Array *array = array_from(ev, value, DTYPE_NONE);
    const Value out = value_array(ev, array->shape, array->dtype, NULL);
    const int64_t n = shape_size(&array->shape);
    if (!array->numbers) return out;
    pay(ev, 1 + n / 4);
    double *numbers = array_of(&out)->numbers = ARENA_ARRAY(ev->arena, n, double);
    for (int64_t k = 0; k < n; k++) {
        const double x = array->numbers[k];
        numbers[k] = op == PY_MINUS ? -x : op == PY_INVERT ? (array->dtype == DTYPE_BOOL ? !(x > 0) : -x - 1) : x;
    }
    return scalar_or_array(ev, out);
}

/* Shapes of np.matmul for ranks 1 and 2, and stacks of matrices; numbers for plain matrices. */
static Value matrix_product(Evaluator *ev, const Array *a, const Array *b)
{
    const int ra = a->shape.rank, rb = b->shape.rank;
    if (!ra || !rb) raise_error(ev, "ValueError", "matmul: Input operand does not have enough dimensions");
    const int64_t inner = a->shape.dim[ra - 1], other = b->shape.dim[rb > 1 ? rb - 2 : 0];
    if (inner != other && inner != DIM_NONE && other != DIM_NONE)
        raise_error(ev, "ValueError", "matmul: Input operand 1 has a mismatch in its core dimension 0 (size %lld is different from %lld)",
                    (long long)other, (long long)inner);
    Shape shape = ra >= rb ? shape_slice(&a->shape, 0, ra - 1) : shape_slice(&b->shape, 0, rb - 2);
    if (ra < rb && ra > 1) shape = shape_with(&shape, shape.rank, a->shape.dim[ra - 2]);
    if (rb > 1) shape = shape_with(&shape, shape.rank, b->shape.dim[rb - 1]);
    const int64_t rows = ra == 2 ? a->shape.dim[0] : 1, columns = rb == 2 ? b->shape.dim[1] : 1;
    const Value out = value_array(ev, shape, a->dtype > b->dtype ? a->dtype : b->dtype, NULL);
    const bool told = a->numbers && b->numbers && ra <= 2 && rb <= 2;
    if (!told || size_multiply(size_multiply(rows, columns), inner) > ARRAY_NUMBERS_MAX) return out;
    pay(ev, rows * columns * inner / 4);
    double *numbers = array_of(&out)->numbers = ARENA_ARRAY(ev->arena, rows * columns, double);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            for (int64_t k = 0; k < inner; k++) numbers[i * columns + j] += a->numbers[i * inner + k] * b->numbers[k * columns + j];
    return scalar_or_array(ev, out);
}
