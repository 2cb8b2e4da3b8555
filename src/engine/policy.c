/* Data types, policies and shapes as arguments give them. */
#include <string.h>

#include "engine/config.h"

/* "<class 'numpy.float32'>", "<dtype: 'float32'>": the name between the quotes, after its module. */
static const char *inner_name(Arena *arena, const char *text)
{
    const char *begin = strchr(text, '\''), *end = strrchr(text, '\'');
    if (text[0] != '<' || !begin || begin == end) return text;
    const char *inside = arena_copy(arena, begin + 1, (size_t)(end - begin - 1)), *dot = strrchr(inside, '.');
    return dot ? dot + 1 : inside;
}

/* Python's own types stand for the types of tensors. */
static Dtype named_dtype(const Value *value, const char *name)
{
    static const struct { const char *python; Dtype dtype; } TYPES[] = {
        {"int", DTYPE_INT64}, {"float", DTYPE_FLOAT32}, {"bool", DTYPE_BOOL}, {"str", DTYPE_STRING},
    };
    const bool text = value->kind == VALUE_STRING;
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if ((!text || TYPES[i].dtype == DTYPE_INT64) && strcmp(TYPES[i].python, name) == 0) return TYPES[i].dtype;
    return dtype_find(name);
}

bool dtype_resolve(const Builder *builder, const Value *value, Dtype *out, Error *err)
{
    const char *text = value_str_text(builder->arena, value);
    *out = builder->floatx;
    if (value->kind == VALUE_NONE || value->kind == VALUE_UNKNOWN) return true;
    *out = named_dtype(value, value->kind == VALUE_STRING ? text : inner_name(builder->arena, text));
    if (*out != DTYPE_NONE) return true;
    error_set(err, "ValueError", "Invalid dtype: %s", text);
    return error_cause(err, "cause.unknown_dtype", text, NULL);
}

/* "int8_from_float32": computed here in the type it is from. */
static bool is_quantized(const char *name)
{
    static const char *const MODES[] = {"int8", "float8", "int4", "gptq", "awq"};
    for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++)
        if (strncmp(name, MODES[i], strlen(MODES[i])) == 0) return true;
    return false;
}

static bool quantized_policy(const Builder *builder, const Value *name, DtypePolicy *policy, Error *err)
{
    const char *text = value_str_text(builder->arena, name), *from = strstr(text, "_from_");
    const Dtype source = from ? dtype_find(from + 6) : DTYPE_NONE;
    if (!from || strstr(from + 1, "_from_")) {
        error_set(err, "ValueError", "Cannot convert `policy` into a valid pair (`mode`, `source_name`) to instantiate "
                  "`QuantizedDTypePolicy`. Received: policy=%s", text);
        error_cause(err, "cause.unknown_dtype", text, NULL);
        return error_fix(err, FIX_ARGUMENT, "dtype", "'float32'");
    }
    *policy = (DtypePolicy){.compute = source == DTYPE_NONE ? DTYPE_FLOAT32 : source, .variable = DTYPE_FLOAT32, .name = *name};
    return true;
}

static bool policy_of_name(const Builder *builder, const Value *name, DtypePolicy *policy, Error *err)
{
    policy->name = *name;
    policy->variable = DTYPE_FLOAT32;
    policy->compute = value_is_text(name, "mixed_float16") ? DTYPE_FLOAT16
                      : value_is_text(name, "mixed_bfloat16") ? DTYPE_BFLOAT16 : DTYPE_NONE;
    if (policy->compute != DTYPE_NONE) return true;
    if (!is_quantized(value_str_text(builder->arena, name)) && dtype_resolve(builder, name, &policy->compute, NULL)) {
        policy->variable = policy->compute;
        return true;
    }
    const char *text = value_str_text(builder->arena, name);
    if (is_quantized(text)) return quantized_policy(builder, name, policy, err);
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

bool shape_resolve(Arena *arena, const Value *value, Shape *out, Error *err)
{
    Value items;
    *out = (Shape){0};
    if (value->kind == VALUE_NONE) return error_set(err, "ValueError", "Undefined shapes are not supported.");
    if (!value_items_of(arena, value, &items)) {
        error_set(err, "ValueError", "Cannot convert '%s' to a shape.", value_str_text(arena, value));
        return error_cause(err, "cause.shape_not_tuple", value_str_text(arena, value), NULL);
    }
    for (size_t i = 0; i < items.list->n; i++)
        if (!put_dimension(arena, value, &items.list->items[i], out, err)) return false;
    return true;
}
