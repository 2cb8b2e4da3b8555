/* Python's operators. */
#include <math.h>
#include <string.h>

#include "keras/code/array.h"
#include "keras/code/container.h"
#include "keras/code/evaluator.h"
#include "keras/code/format.h"
#include "keras/code/keras_call.h"
#include "keras/code/operator.h"

/* symbol, method of an instance on the left, and on the right; by PyOp. */
static const struct { const char *symbol, *method, *reflected; } names[] = {
    [PY_ADD] = {"+", "__add__", "__radd__"},
    [PY_SUB] = {"-", "__sub__", "__rsub__"},
    [PY_MUL] = {"*", "__mul__", "__rmul__"},
    [PY_DIV] = {"/", "__truediv__", "__rtruediv__"},
    [PY_FLOOR_DIV] = {"//", "__floordiv__", "__rfloordiv__"},
    [PY_MOD] = {"%", "__mod__", "__rmod__"},
    [PY_POW] = {"** or pow()", "__pow__", "__rpow__"},
    [PY_MATMUL] = {"@", "__matmul__", "__rmatmul__"},
    [PY_LSHIFT] = {"<<", "__lshift__", "__rlshift__"},
    [PY_RSHIFT] = {">>", "__rshift__", "__rrshift__"},
    [PY_BIT_OR] = {"|", "__or__", "__ror__"},
    [PY_BIT_XOR] = {"^", "__xor__", "__rxor__"},
    [PY_BIT_AND] = {"&", "__and__", "__rand__"},
    [PY_INVERT] = {"~", "__invert__", NULL},
    [PY_PLUS] = {"unary +", "__pos__", NULL},
    [PY_MINUS] = {"unary -", "__neg__", NULL},
    [PY_EQ] = {"==", "__eq__", "__eq__"},
    [PY_NE] = {"!=", "__ne__", "__ne__"},
    [PY_LT] = {"<", "__lt__", "__gt__"},
    [PY_LE] = {"<=", "__le__", "__ge__"},
    [PY_GT] = {">", "__gt__", "__lt__"},
    [PY_GE] = {">=", "__ge__", "__le__"},
    [PY_IN] = {"in", NULL, NULL},
};

/* ---- whole numbers: saturated, as nothing honest is larger ---- */

static int64_t saturated(bool negative) { return negative ? INT64_MIN : INT64_MAX; }

static int64_t int_add(int64_t a, int64_t b)
{
    int64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? saturated(a < 0) : sum;
}

static int64_t int_subtract(int64_t a, int64_t b)
{
    int64_t difference;
    return __builtin_sub_overflow(a, b, &difference) ? saturated(a < 0) : difference;
}

static int64_t int_multiply(int64_t a, int64_t b)
{
    int64_t product;
    return __builtin_mul_overflow(a, b, &product) ? saturated((a < 0) != (b < 0)) : product;
}

static int64_t int_power(int64_t base, int64_t exponent)
{
    int64_t power = 1;
    for (; exponent > 0; exponent >>= 1) {
        if (exponent & 1) power = int_multiply(power, base);
        base = int_multiply(base, base);
    }
    return power;
}

int64_t int_floor_divide(int64_t a, int64_t b)
{
    if (b == -1) return int_subtract(0, a);
    const int64_t quotient = a / b;
    return quotient - (a % b != 0 && (a < 0) != (b < 0));
}

static int64_t int_modulo(int64_t a, int64_t b)
{
    if (b == -1) return 0;
    const int64_t rest = a % b;
    return rest && (rest < 0) != (b < 0) ? rest + b : rest;
}

static int64_t int_shift_left(int64_t a, int64_t by)
{
    if (a == 0) return 0;
    return by > 62 ? saturated(a < 0) : int_multiply(a, INT64_C(1) << by);
}

static double float_modulo(double a, double b)
{
    const double rest = fmod(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

static void check_divisor(Evaluator *ev, PyOp op, bool zero, bool floats)
{
    if (!zero) return;
    if (op == PY_DIV) raise_error(ev, "ZeroDivisionError", floats ? "float division by zero" : "division by zero");
    if (op == PY_MOD) raise_error(ev, "ZeroDivisionError", floats ? "float modulo" : "integer modulo by zero");
    raise_error(ev, "ZeroDivisionError", floats ? "float floor division by zero" : "integer division or modulo by zero");
}

static bool divides(PyOp op) { return op == PY_DIV || op == PY_FLOOR_DIV || op == PY_MOD; }

static bool ints_combine(Evaluator *ev, PyOp op, int64_t a, int64_t b, Value *out)
{
    if (divides(op)) check_divisor(ev, op, b == 0, false);
    if (op == PY_POW && a == 0 && b < 0) raise_error(ev, "ZeroDivisionError", "0.0 cannot be raised to a negative power");
    if ((op == PY_LSHIFT || op == PY_RSHIFT) && b < 0) raise_error(ev, "ValueError", "negative shift count");
    switch ((int)op) {
    case PY_ADD: *out = value_int(int_add(a, b)); break;
    case PY_SUB: *out = value_int(int_subtract(a, b)); break;
    case PY_MUL: *out = value_int(int_multiply(a, b)); break;
    case PY_DIV: *out = value_float((double)a / (double)b); break;
    case PY_FLOOR_DIV: *out = value_int(int_floor_divide(a, b)); break;
    case PY_MOD: *out = value_int(int_modulo(a, b)); break;
    case PY_POW: *out = b < 0 ? value_float(pow((double)a, (double)b)) : value_int(int_power(a, b)); break;
    case PY_LSHIFT: *out = value_int(int_shift_left(a, b)); break;
    case PY_RSHIFT: *out = value_int(b > 62 ? (a < 0 ? -1 : 0) : a >> b); break;
    case PY_BIT_AND: *out = value_int(a & b); break;
    case PY_BIT_OR: *out = value_int(a | b); break;
    case PY_BIT_XOR: *out = value_int(a ^ b); break;
    default: return false;
    }
    return true;
}

static bool floats_combine(Evaluator *ev, PyOp op, double a, double b, Value *out)
{
    if (divides(op)) check_divisor(ev, op, b == 0, true);
    switch ((int)op) {
    case PY_ADD: *out = value_float(a + b); break;
    case PY_SUB: *out = value_float(a - b); break;
    case PY_MUL: *out = value_float(a * b); break;
    case PY_DIV: *out = value_float(a / b); break;
    case PY_FLOOR_DIV: *out = value_float(floor(a / b)); break;
    case PY_MOD: *out = value_float(float_modulo(a, b)); break;
    case PY_POW: *out = value_float(pow(a, b)); break;
    default: return false;
    }
    return true;
}

static int64_t as_int(const Value *value) { return value->kind == VALUE_BOOL ? value->boolean : value->integer; }

static bool is_bitwise(PyOp op) { return op == PY_BIT_AND || op == PY_BIT_OR || op == PY_BIT_XOR; }

static bool numbers_combine(Evaluator *ev, PyOp op, const Value *a, const Value *b, Value *out)
{
    if (!value_is_plain_number(a) || !value_is_plain_number(b)) return false;
    if (a->kind == VALUE_FLOAT || b->kind == VALUE_FLOAT) return floats_combine(ev, op, value_number(a), value_number(b), out);
    if (!ints_combine(ev, op, as_int(a), as_int(b), out)) return false;
    if (a->kind == VALUE_BOOL && b->kind == VALUE_BOOL && is_bitwise(op)) *out = value_bool(out->integer != 0);
    return true;
}

/* ---- texts, lists, sets ---- */

static Value string_join(Evaluator *ev, const ValueString *a, const ValueString *b)
{
    pay_items(ev, (int64_t)(a->length + b->length));
    char *bytes = arena_array(ev->arena, a->length + b->length + 1, 1);
    memcpy(bytes, a->bytes, a->length);
    memcpy(bytes + a->length, b->bytes, b->length);
    return (Value){.kind = VALUE_STRING, NO_SPAN, .string = {bytes, a->length + b->length}};
}

static Value string_repeat(Evaluator *ev, const ValueString *string, int64_t times)
{
    if (times < 0) times = 0;
    const int64_t length = size_multiply((int64_t)string->length, times);
    pay_items(ev, length);
    char *bytes = arena_array(ev->arena, (size_t)length + 1, 1);
    for (int64_t i = 0; i < times && string->length; i++) memcpy(bytes + (size_t)i * string->length, string->bytes, string->length);
    return (Value){.kind = VALUE_STRING, NO_SPAN, .string = {bytes, (size_t)length}};
}

static bool is_sequence(const Value *value) { return value->kind == VALUE_LIST || value->kind == VALUE_TUPLE; }

static bool multiply_sequence(Evaluator *ev, const Value *sequence, const Value *times, Value *out)
{
    int64_t n;
    if (times->kind == VALUE_BOOL) n = times->boolean;
    else if (!value_integer(times, &n)) return false;
    if (sequence->kind == VALUE_STRING) *out = string_repeat(ev, &sequence->string, n);
    else if (is_sequence(sequence)) *out = list_repeat(ev, *sequence, n);
    else return false;
    return true;
}

static Value sets_combine(Evaluator *ev, PyOp op, const ValueList *a, const ValueList *b)
{
    pay(ev, (int64_t)((a->n + 1) * (b->n + 1) / 4));
    Value set = value_set(ev->arena);
    for (size_t i = 0; i < a->n; i++) {
        bool shared = false;
        for (size_t j = 0; j < b->n && !shared; j++) shared = value_equal(&a->items[i], &b->items[j]);
        if (op == PY_BIT_OR || shared == (op == PY_BIT_AND)) set_add(value_items(&set), a->items[i]);
    }
    for (size_t i = 0; i < b->n && (op == PY_BIT_OR || op == PY_BIT_XOR); i++) {
        bool shared = false;
        for (size_t j = 0; j < a->n && !shared; j++) shared = value_equal(&b->items[i], &a->items[j]);
        if (!shared) set_add(value_items(&set), b->items[i]);
    }
    return set;
}

static bool containers_combine(Evaluator *ev, PyOp op, const Value *a, const Value *b, Value *out)
{
    const bool sets = value_is(a, &OBJECT_SET) && value_is(b, &OBJECT_SET) && (is_bitwise(op) || op == PY_SUB);
    if (op == PY_ADD && a->kind == VALUE_STRING && b->kind == VALUE_STRING) *out = string_join(ev, &a->string, &b->string);
    else if (op == PY_ADD && is_sequence(a) && a->kind == b->kind) *out = list_join(ev, *a, *b);
    else if (op == PY_MOD && a->kind == VALUE_STRING) *out = format_percent(ev, a->string, *b);
    else if (sets) *out = sets_combine(ev, op, value_items(a), value_items(b));
    else if (op == PY_BIT_OR && a->kind == VALUE_DICT && b->kind == VALUE_DICT) {
        *out = dict_copy(ev, a->dict);
        for (size_t i = 0; i < b->dict->keys.n; i++) dict_put(ev, out->dict, b->dict->keys.items[i], b->dict->values.items[i]);
    } else return op == PY_MUL && (multiply_sequence(ev, a, b, out) || multiply_sequence(ev, b, a, out));
    return true;
}

/* ---- instances ---- */

static bool instance_combine(Evaluator *ev, PyOp op, Value a, Value b, Value *out)
{
    Value method;
    const bool left = value_instance(&a) && names[op].method && attribute_find(ev, a, names[op].method, &method);
    const bool right = !left && value_instance(&b) && names[op].reflected && attribute_find(ev, b, names[op].reflected, &method);
    if (left && method.kind != VALUE_UNKNOWN) *out = call_one(ev, method, b);
    else if (right && method.kind != VALUE_UNKNOWN) *out = call_one(ev, method, a);
    else if (left || right) *out = method;
    else return false;
    return true;
}

/* ---- arithmetic ---- */

static bool is_array(const Value *value) { return value_is(value, &OBJECT_ARRAY) || value_is(value, &OBJECT_SCALAR); }

static _Noreturn void raise_operands(Evaluator *ev, PyOp op, const Value *a, const Value *b)
{
    if (op == PY_ADD && a->kind == VALUE_STRING)
        raise_error(ev, "TypeError", "can only concatenate str (not \"%s\") to str", type_of(b));
    if (op == PY_ADD && is_sequence(a))
        raise_error(ev, "TypeError", "can only concatenate %s (not \"%s\") to %s", type_of(a), type_of(b), type_of(a));
    if (op == PY_MUL && (is_sequence(a) || a->kind == VALUE_STRING))
        raise_error(ev, "TypeError", "can't multiply sequence by non-int of type '%s'", type_of(b));
    raise_error(ev, "TypeError", "unsupported operand type(s) for %s: '%s' and '%s'", names[op].symbol, type_of(a), type_of(b));
}

/* One of them is an instance that is a list, number ... too. */
static bool are_plain_too(const Value *a, const Value *b)
{
    const Instance *x = value_instance(a), *y = value_instance(b);
    return (x && x->plain.kind != VALUE_NONE) || (y && y->plain.kind != VALUE_NONE);
}

static bool is_type(const Value *value)
{
    return value_as_class(value) || value->kind == VALUE_NONE || (value->kind == VALUE_TUPLE && value->list->n && value_as_class(&value->list->items[0]));
}

Value binary(Evaluator *ev, PyOp op, Value a, Value b)
{
    Value out;
    if (a.kind == VALUE_UNKNOWN) return a;
    if (b.kind == VALUE_UNKNOWN) return b;
    if (numbers_combine(ev, op, &a, &b, &out)) return out;
    if (a.kind == VALUE_TENSOR || b.kind == VALUE_TENSOR) return tensor_operator(ev, op, a, b);
    if (containers_combine(ev, op, &a, &b, &out)) return out;
    if (is_array(&a) || is_array(&b)) return array_operator(ev, op, a, b);
    if (instance_combine(ev, op, a, b, &out)) return out;
    if (are_plain_too(&a, &b)) return binary(ev, op, value_plain(a), value_plain(b));
    if (op == PY_BIT_OR && is_type(&a) && is_type(&b)) return value_pair(ev->arena, a, b);    /* int | None, for isinstance */
    raise_operands(ev, op, &a, &b);
}

static Value not_value(Evaluator *ev, Value value)
{
    return value_bool(!truth(ev, value));
}

Value unary(Evaluator *ev, PyOp op, Value value)
{
    Value method;
    if (value.kind == VALUE_UNKNOWN) return value;
    if (op == PY_NOT) return not_value(ev, value);
    if (value.kind == VALUE_TENSOR) return tensor_unary(ev, op, value);
    if (value.kind == VALUE_FLOAT && op != PY_INVERT) return value_float(op == PY_MINUS ? -value.number : value.number);
    if (value.kind == VALUE_INT || value.kind == VALUE_BOOL) {
        const int64_t n = as_int(&value);
        return value_int(op == PY_MINUS ? int_subtract(0, n) : op == PY_INVERT ? ~n : n);
    }
    if (is_array(&value)) return array_unary(ev, op, value);
    if (value_instance(&value) && attribute_find(ev, value, names[op].method, &method)) return call(ev, method, NULL, 0);
    if (are_plain_too(&value, &value)) return unary(ev, op, value_plain(value));
    raise_error(ev, "TypeError", "bad operand type for %s: '%s'", names[op].symbol, type_of(&value));
}

/* ---- comparison ---- */

static bool same_object(const Value *a, const Value *b)
{
    if (a->kind != b->kind) return false;
    if (is_sequence(a)) return a->list == b->list;
    if (a->kind == VALUE_DICT) return a->dict == b->dict;
    return value_equal(a, b);
}

static bool sets_equal(Evaluator *ev, const ValueList *a, const ValueList *b)
{
    const Value different = sets_combine(ev, PY_BIT_XOR, a, b);
    return value_items(&different)->n == 0;
}

static bool equal(Evaluator *ev, const Value *a, const Value *b);

static bool lists_equal(Evaluator *ev, const ValueList *a, const ValueList *b)
{
    pay(ev, (int64_t)a->n / 4);
    for (size_t i = 0; i < a->n && i < b->n; i++)
        if (!equal(ev, &a->items[i], &b->items[i])) return false;
    return a->n == b->n;
}

static bool equal(Evaluator *ev, const Value *a, const Value *b)
{
    Value out;
    walkable(ev, a);
    walkable(ev, b);
    if (value_is(a, &OBJECT_SET) && value_is(b, &OBJECT_SET)) return sets_equal(ev, value_items(a), value_items(b));
    if (value_is(a, &OBJECT_RANGE) && value_is(b, &OBJECT_RANGE)) {
        const Range *p = a->object.data, *q = b->object.data;
        return p->n == q->n && (p->n == 0 || (p->start == q->start && (p->n == 1 || p->step == q->step)));
    }
    if (value_is(a, &OBJECT_BYTES) && value_is(b, &OBJECT_BYTES)) return value_equal(a->object.data, b->object.data);
    if (instance_combine(ev, PY_EQ, *a, *b, &out)) return out.kind == VALUE_BOOL && out.boolean;
    if (are_plain_too(a, b)) {
        const Value x = value_plain(*a), y = value_plain(*b);
        return equal(ev, &x, &y);
    }
    if (is_sequence(a) && a->kind == b->kind) return lists_equal(ev, a->list, b->list);
    return value_equal(a, b);
}

/* -1, 0, 1; 2 = they have no order. */
static int order(Evaluator *ev, const Value *a, const Value *b, int depth);

static int order_strings(const ValueString *a, const ValueString *b)
{
    const int difference = memcmp(a->bytes, b->bytes, a->length < b->length ? a->length : b->length);
    if (difference) return difference < 0 ? -1 : 1;
    return (a->length > b->length) - (a->length < b->length);
}

static int order_lists(Evaluator *ev, const ValueList *a, const ValueList *b, int depth)
{
    for (size_t i = 0; i < a->n && i < b->n; i++) {
        if (equal(ev, &a->items[i], &b->items[i])) continue;
        return order(ev, &a->items[i], &b->items[i], depth + 1);
    }
    return (a->n > b->n) - (a->n < b->n);
}

static int order(Evaluator *ev, const Value *a, const Value *b, int depth)
{
    pay(ev, 1);
    if (depth > 50) return 2;
    double x = 0, y = 0;
    if (a->kind == VALUE_INT && b->kind == VALUE_INT) return (a->integer > b->integer) - (a->integer < b->integer);
    if (scalar_number(a, &x) && scalar_number(b, &y)) return (x > y) - (x < y);
    if (a->kind == VALUE_STRING && b->kind == VALUE_STRING) return order_strings(&a->string, &b->string);
    if (is_sequence(a) && a->kind == b->kind) return order_lists(ev, a->list, b->list, depth);
    return 2;
}

static bool order_holds(PyOp op, int sign)
{
    if (op == PY_LT) return sign < 0;
    if (op == PY_LE) return sign <= 0;
    return op == PY_GT ? sign > 0 : sign >= 0;
}

/* a <= b of sets: every item of a is in b. */
static bool sets_ordered(Evaluator *ev, PyOp op, const ValueList *a, const ValueList *b)
{
    if (op == PY_GT || op == PY_GE) return sets_ordered(ev, op == PY_GT ? PY_LT : PY_LE, b, a);
    const Value shared = sets_combine(ev, PY_BIT_AND, a, b);
    return value_items(&shared)->n == a->n && (op == PY_LE || a->n < b->n);
}

static Value compare_order(Evaluator *ev, PyOp op, Value a, Value b)
{
    Value out;
    if (value_is(&a, &OBJECT_SET) && value_is(&b, &OBJECT_SET))
        return value_bool(sets_ordered(ev, op, value_items(&a), value_items(&b)));
    const int sign = order(ev, &a, &b, 0);
    if (sign != 2) return value_bool(order_holds(op, sign));
    if (instance_combine(ev, op, a, b, &out)) return out;
    if (are_plain_too(&a, &b)) return compare_order(ev, op, value_plain(a), value_plain(b));
    raise_error(ev, "TypeError", "'%s' not supported between instances of '%s' and '%s'", names[op].symbol, type_of(&a), type_of(&b));
}

static Value contains(Evaluator *ev, Value container, Value item)
{
    Value method;
    if (container.kind == VALUE_STRING) {
        if (item.kind != VALUE_STRING)
            raise_error(ev, "TypeError", "'in <string>' requires string as left operand, not %s", type_of(&item));
        return value_bool(strstr(container.string.bytes, item.string.bytes) != NULL);
    }
    if (value_is(&container, &OBJECT_RANGE)) {
        const Range *range = container.object.data;
        if (item.kind != VALUE_INT || !range->n) return value_bool(false);
        const int64_t at = int_subtract(item.integer, range->start);
        return value_bool(at % range->step == 0 && at / range->step >= 0 && at / range->step < range->n);
    }
    if (container.kind == VALUE_DICT) return value_bool(dict_look(ev, container.dict, &item) != NULL);
    if (value_instance(&container) && attribute_find(ev, container, "__contains__", &method)) return call_one(ev, method, item);
    if (are_plain_too(&container, &container)) return contains(ev, value_plain(container), item);
    const ValueList *items = iterate(ev, container);
    pay(ev, (int64_t)items->n / 4);
    bool doubtful = false;
    for (size_t i = 0; i < items->n; i++) {
        if (equal(ev, &items->items[i], &item)) return value_bool(true);
        doubtful = doubtful || items->items[i].kind == VALUE_UNKNOWN;
    }
    return doubtful ? unknown_here(ev, "cause.not_known_object") : value_bool(false);
}

Value compare(Evaluator *ev, PyOp op, Value a, Value b)
{
    const bool identity = op == PY_IS || op == PY_IS_NOT;
    if (a.kind == VALUE_UNKNOWN) return a;
    if (b.kind == VALUE_UNKNOWN) return b;
    if (identity) return value_bool(same_object(&a, &b) == (op == PY_IS));
    if (op == PY_IN) return contains(ev, b, a);
    if (op == PY_NOT_IN) {
        const Value inside = contains(ev, b, a);
        return inside.kind == VALUE_UNKNOWN ? inside : not_value(ev, inside);
    }
    const bool tensors = a.kind == VALUE_TENSOR || b.kind == VALUE_TENSOR;
    if (tensors && op != PY_EQ) return tensor_operator(ev, op, a, b);
    if (value_is(&a, &OBJECT_ARRAY) || value_is(&b, &OBJECT_ARRAY)) return array_operator(ev, op, a, b);
    double x, y;
    Value out;
    if ((op == PY_EQ || op == PY_NE) && is_array(&a) != is_array(&b) && scalar_number(&a, &x) && scalar_number(&b, &y))
        return value_bool((x >= y && x <= y) == (op == PY_EQ));
    if (op == PY_NE && instance_combine(ev, op, a, b, &out)) return out;
    if (op == PY_EQ || op == PY_NE) return value_bool(equal(ev, &a, &b) == (op == PY_EQ));
    return compare_order(ev, op, a, b);
}

bool values_equal(Evaluator *ev, Value a, Value b)
{
    return equal(ev, &a, &b);
}

bool value_before(Evaluator *ev, Value a, Value b)
{
    if (a.kind == VALUE_UNKNOWN || b.kind == VALUE_UNKNOWN) return false;
    return truth(ev, compare(ev, PY_LT, a, b));
}
