#include "engine/layers/slope.h"

bool slope_is_number(Maker *m, const char *param, const char *zero_type)
{
    const Value *value = maker_arg(m, param);
    int64_t integer;
    if (value_is_number(value) || value_integer(value, &integer) || value->kind == VALUE_UNKNOWN || value->kind == VALUE_OBJECT) return true;
    maker_refuse_order(m, param, "<", NULL, zero_type);
    error_cause(m->err, "cause.not_a_number", param, maker_text(m, param), NULL);
    return error_fix(m->err, FIX_REMOVE_ARGUMENT, param, NULL);
}

bool slope_propose(Maker *m, const char *param)
{
    const Value *value = maker_arg(m, param);
    if (value_is_number(value) && value_number(value) < 0) {
        const Value positive = value->kind == VALUE_INT && value->integer > INT64_MIN ? value_int(-value->integer) : value_float(-value_number(value));
        error_fix(m->err, FIX_ARGUMENT, param, value_repr_text(m->builder->arena, &positive));
    }
    return error_fix(m->err, FIX_REMOVE_ARGUMENT, param, NULL);
}
