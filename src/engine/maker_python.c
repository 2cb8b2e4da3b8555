/* What Python says where a constructor compares, converts or goes through an argument that is not made for it. */
#include "engine/layer.h"

bool maker_refuse_order(Maker *maker, const char *param, const char *op, const char *left, const char *right)
{
    const Value *value = maker_arg(maker, param);
    const char *type = value_class_name(value);
    if (value->kind == VALUE_TENSOR) return maker_refuse(maker, param, "TypeError", "A symbolic KerasTensor cannot be used as a boolean.");
    return maker_refuse(maker, param, "TypeError", "'%s' not supported between instances of '%s' and '%s'", op, left ? left : type,
                        right ? right : type);
}

bool maker_refuse_items(Maker *maker, const char *param)
{
    const Value *value = maker_arg(maker, param);
    if (value->kind == VALUE_TENSOR)
        return maker_refuse(maker, param, "NotImplementedError", "Iterating over a symbolic KerasTensor is not supported.");
    return maker_refuse(maker, param, "TypeError", "'%s' object is not iterable", value_class_name(value));
}

static bool refuse_symbolic(Maker *maker, const char *param, const char *type)
{
    return maker_refuse(maker, param, "ValueError", "A KerasTensor is symbolic: it's a placeholder for a shape an a dtype. It doesn't have "
                        "any actual numerical value. You cannot convert it to %s.", type);
}

bool maker_refuse_int(Maker *maker, const char *param)
{
    const Value *value = maker_arg(maker, param);
    if (value->kind == VALUE_TENSOR) return refuse_symbolic(maker, param, "an int");
    return maker_refuse(maker, param, "TypeError", "int() argument must be a string, a bytes-like object or a real number, not '%s'",
                        value_class_name(value));
}

bool maker_refuse_float(Maker *maker, const char *param)
{
    const Value *value = maker_arg(maker, param);
    if (value->kind == VALUE_TENSOR) return refuse_symbolic(maker, param, "a float");
    return maker_refuse(maker, param, "TypeError", "float() argument must be a string or a real number, not '%s'", value_class_name(value));
}
