/* Data types, policies and shapes as arguments give them. */
#include <string.h>

#include "engine/config.h"

bool dtype_resolve(const Builder *builder, const Value *value, Dtype *out, Error *err)
{
    const char *text = value_str_text(builder->arena, value);
    *out = builder->floatx;
    if (value->kind == VALUE_NONE || value->kind == VALUE_UNKNOWN) return true;
    *out = strcmp(text, "int") == 0 ? DTYPE_INT64 : dtype_find(text);
    if (*out != DTYPE_NONE) return true;
    error_set(err, "ValueError", "Invalid dtype: %s", text);
    return error_cause(err, "cause.unknown_dtype", text, NULL);
}

static bool policy_of_name(const Builder *builder, const Value *name, DtypePolicy *policy, Error *err)
{
    policy->name = *name;
    policy->variable = DTYPE_FLOAT32;
    policy->compute = value_is_text(name, "mixed_float16") ? DTYPE_FLOAT16
                      : value_is_text(name, "mixed_bfloat16") ? DTYPE_BFLOAT16 : DTYPE_NONE;
    if (policy->compute != DTYPE_NONE) return true;
    if (dtype_resolve(builder, name, &policy->compute, NULL)) {
        policy->variable = policy->compute;
        return true;
    }
    const char *text = value_str_text(builder->arena, name);
    error_set(err, "ValueError", "Cannot convert '%s' to a mixed precision DTypePolicy. Valid policies include "
              "'mixed_float16', 'mixed_bfloat16', and the name of any float dtype such as 'float32'.", text);
    error_cause(err, "cause.unknown_dtype", text, NULL);
    return error_fix(err, FIX_ARGUMENT, "dtype", "'float32'");
}

bool dtype_policy_resolve(const Builder *builder, const Value *value, DtypePolicy *policy, Error *err)
{
    const Value *name = config_argument(value, "name");
    if (value->kind == VALUE_NONE || value->kind == VALUE_UNKNOWN)
        return policy_of_name(builder, &builder->dtype_policy, policy, err);
    if (value->kind == VALUE_STRING) return policy_of_name(builder, value, policy, err);
    if (name) return policy_of_name(builder, name, policy, err);
    if (value->kind == VALUE_DICT) {
        const Value *config = dict_find(value->dict, "config");
        name = config && config->kind == VALUE_DICT ? dict_find(config->dict, "name") : NULL;
        return policy_of_name(builder, name ? name : &builder->dtype_policy, policy, err);
    }
    Dtype dtype;
    if (dtype_resolve(builder, value, &dtype, NULL)) {
        const char *text = dtype_name(dtype);
        const Value named = value_string(builder->arena, text, strlen(text));
        return policy_of_name(builder, &named, policy, err);
    }
    return error_set(err, "ValueError", "Cannot interpret `dtype` argument. Expected a string or an instance of "
                     "DTypePolicy. Received: dtype=%s", value_str_text(builder->arena, value));
}

static bool bad_dimension(Arena *arena, const Value *value, const char *dim, const char *type, Error *err)
{
    error_set(err, "ValueError", "Cannot convert '%s' to a shape. Found invalid dimension '%s' of type '<class '%s'>'. ",
              value_str_text(arena, value), dim, type);
    return error_cause(err, "cause.dimension", dim, NULL);
}

static bool put_dimension(Arena *arena, const Value *value, const Value *dim, Shape *out, Error *err)
{
    int64_t size = DIM_NONE;
    if (dim->kind == VALUE_BOOL) size = dim->boolean;
    else if (dim->kind != VALUE_NONE && dim->kind != VALUE_UNKNOWN && !value_integer(dim, &size))
        return bad_dimension(arena, value, value_str_text(arena, dim), value_type(dim), err);
    else if (dim->kind != VALUE_NONE && dim->kind != VALUE_UNKNOWN && size < 0) {
        error_set(err, "ValueError", "Cannot convert '%s' to a shape. Negative dimensions are not allowed.",
                  value_str_text(arena, value));
        return error_cause(err, "cause.negative_dimension", NULL);
    }
    if (out->rank == SHAPE_RANK_MAX) {
        error_set(err, "ValueError", "Cannot convert '%s' to a shape of at most %d dimensions.", value_str_text(arena, value),
                  SHAPE_RANK_MAX);
        return error_cause(err, "cause.rank_limit", arena_print(arena, "%d", SHAPE_RANK_MAX), NULL);
    }
    out->dim[out->rank++] = size;
    return true;
}

/* Python's iteration over a string gives letters, over a dict its keys. */
static bool shape_of_letters(Arena *arena, const Value *value, Error *err)
{
    const char letter[2] = {value->string.bytes[0], 0};
    return value->string.length == 0 || bad_dimension(arena, value, letter, "str", err);
}

bool shape_resolve(Arena *arena, const Value *value, Shape *out, Error *err)
{
    *out = (Shape){0};
    if (value->kind == VALUE_NONE) return error_set(err, "ValueError", "Undefined shapes are not supported.");
    if (value->kind == VALUE_STRING) return shape_of_letters(arena, value, err);
    const ValueList *list = value->kind == VALUE_TUPLE || value->kind == VALUE_LIST ? value->list
                            : value->kind == VALUE_DICT ? &value->dict->keys : NULL;
    if (!list) {
        error_set(err, "ValueError", "Cannot convert '%s' to a shape.", value_str_text(arena, value));
        return error_cause(err, "cause.shape_not_tuple", value_str_text(arena, value), NULL);
    }
    for (size_t i = 0; i < list->n; i++)
        if (!put_dimension(arena, value, &list->items[i], out, err)) return false;
    return true;
}
