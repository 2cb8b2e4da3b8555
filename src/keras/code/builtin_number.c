/* min, sum, abs, round ...: numbers. */
#include "keras/code/builtin_functions.h"

#include <math.h>
#include <stdlib.h>

#include "keras/code/array.h"
#include "keras/code/builtin.h"
#include "keras/code/operator.h"

static Value extreme(Evaluator *ev, const Given *given, bool largest)
{
    const ValueList rest = {.items = (Value *)(uintptr_t)given->rest, .n = (size_t)given->n_rest};
    const ValueList *items = given->n_rest == 1 ? iterate(ev, given->rest[0]) : &rest;
    const Value *key = given->arg[0] && given->arg[0]->kind != VALUE_NONE ? given->arg[0] : NULL;
    if (!given->n_rest) raise_error(ev, "TypeError", "%s expected at least 1 argument, got 0", given->native->name);
    if (!items->n && given->arg[1]) return *given->arg[1];
    if (!items->n) raise_error(ev, "ValueError", "%s() arg is an empty sequence", given->native->name);
    Value best = items->items[0], best_key = key ? call_one(ev, *key, best) : best;
    for (size_t i = 1; i < items->n; i++) {
        const Value item = items->items[i], item_key = key ? call_one(ev, *key, item) : item;
        if (item_key.kind == VALUE_UNKNOWN) return item_key;
        pay(ev, 1);
        const bool better = largest ? value_before(ev, best_key, item_key) : value_before(ev, item_key, best_key);
        if (!better) continue;
        best = item;
        best_key = item_key;
    }
    return best;
}

static Value min_call(Evaluator *ev, const Given *given) { return extreme(ev, given, false); }
static Value max_call(Evaluator *ev, const Given *given) { return extreme(ev, given, true); }

static Value sum_call(Evaluator *ev, const Given *given)
{
    const ValueList *items = iterate(ev, *given->arg[0]);
    Value sum = given->arg[1] ? *given->arg[1] : value_int(0);
    for (size_t i = 0; i < items->n; i++) sum = binary(ev, PY_ADD, sum, items->items[i]);
    return sum;
}

static Value abs_of(Evaluator *ev, Value value)
{
    Value method;
    if (value.kind == VALUE_FLOAT) return value_float(fabs(value.number));
    if (value.kind == VALUE_INT || value.kind == VALUE_BOOL) {
        const int64_t n = whole_of(ev, value);
        return n < 0 ? unary(ev, PY_MINUS, value_int(n)) : value_int(n);
    }
    if (value_is(&value, &OBJECT_ARRAY) || value_is(&value, &OBJECT_SCALAR) || value.kind == VALUE_TENSOR)
        return array_or_tensor_function(ev, "absolute", value);
    if (value_instance(&value) && attribute_find(ev, value, "__abs__", &method)) return call(ev, method, NULL, 0);
    const Value plain = value_plain(value);
    if (!value_instance(&plain) && value_instance(&value)) return abs_of(ev, plain);
    raise_error(ev, "TypeError", "bad operand type for abs(): '%s'", type_of(&value));
}

static Value abs_call(Evaluator *ev, const Given *given) { return abs_of(ev, *given->arg[0]); }

static double rounded(Arena *arena, double x, int64_t digits)
{
    if (digits < 0) {
        const double scale = pow(10, (double)-digits);
        return nearbyint(x / scale) * scale;
    }
    return digits > 300 ? x : strtod(arena_print(arena, "%.*f", (int)digits, x), NULL);
}

static Value round_whole(Evaluator *ev, int64_t n, int64_t digits)
{
    if (digits >= 0 || digits < -18) return value_int(digits < 0 ? 0 : n);
    const Argument whole = {.value = value_float(rounded(ev->arena, (double)n, digits)), .span = SPAN_NONE};
    return CLASS_INT.construct(ev, &CLASS_INT, &whole, 1, ev->span);
}

static Value round_call(Evaluator *ev, const Given *given)
{
    const Value value = *given->arg[0];
    const bool digits = given->arg[1] && given->arg[1]->kind != VALUE_NONE;
    double x;
    const bool whole = value.kind == VALUE_INT || value.kind == VALUE_BOOL;
    if (whole && digits) return round_whole(ev, whole_of(ev, value), whole_of(ev, *given->arg[1]));
    if (whole) return value_int(whole_of(ev, value));
    if (!scalar_number(&value, &x)) raise_error(ev, "TypeError", "type %s doesn't define __round__ method", type_of(&value));
    if (digits) return value_float(rounded(ev->arena, x, whole_of(ev, *given->arg[1])));
    const Argument nearest = {.value = value_float(nearbyint(x)), .span = SPAN_NONE};
    return CLASS_INT.construct(ev, &CLASS_INT, &nearest, 1, ev->span);
}

static Value pow_call(Evaluator *ev, const Given *given)
{
    const Value power = binary(ev, PY_POW, *given->arg[0], *given->arg[1]);
    return given->arg[2] && given->arg[2]->kind != VALUE_NONE ? binary(ev, PY_MOD, power, *given->arg[2]) : power;
}

static Value divmod_call(Evaluator *ev, const Given *given)
{
    const Value whole = binary(ev, PY_FLOOR_DIV, *given->arg[0], *given->arg[1]);
    return value_pair(ev->arena, whole, binary(ev, PY_MOD, *given->arg[0], *given->arg[1]));
}

const Native NUMBER_FUNCTIONS[] = {
    {.name = "min", .params = "*args key? default?", .call = min_call},
    {.name = "max", .params = "*args key? default?", .call = max_call},
    {.name = "sum", .params = "iterable start?", .call = sum_call},
    {.name = "abs", .params = "x", .call = abs_call},
    {.name = "round", .params = "number ndigits?", .call = round_call},
    {.name = "pow", .params = "base exp mod?", .call = pow_call},
    {.name = "divmod", .params = "x y", .call = divmod_call},
    {0}};
