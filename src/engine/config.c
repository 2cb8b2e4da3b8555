#include "engine/config.h"

#include <math.h>
#include <string.h>

#include "base/nearest.h"
#include "engine/binding.h"

static const ParamSpec SEED_AXES[] = {
    {.name = "seed", .type = PARAM_SEED, .fallback = VALUE_IS_NONE},
    {.name = "input_axes", .type = PARAM_INTS, .fallback = VALUE_IS_NONE},
    {.name = "output_axes", .type = PARAM_INTS, .fallback = VALUE_IS_NONE},
};
static const ParamSpec NORMAL[] = {
    {.name = "mean", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)},
    {.name = "stddev", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.05)},
    {.name = "seed", .type = PARAM_SEED, .fallback = VALUE_IS_NONE},
};
static const ParamSpec UNIFORM[] = {
    {.name = "minval", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(-0.05)},
    {.name = "maxval", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.05)},
    {.name = "seed", .type = PARAM_SEED, .fallback = VALUE_IS_NONE},
};
static const ParamSpec SCALING[] = {
    {.name = "scale", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(1.0)},
    {.name = "mode", .type = PARAM_STRING, .fallback = VALUE_IS_TEXT("fan_in")},
    {.name = "distribution", .type = PARAM_STRING, .fallback = VALUE_IS_TEXT("truncated_normal")},
    {.name = "seed", .type = PARAM_SEED, .fallback = VALUE_IS_NONE},
    {.name = "input_axes", .type = PARAM_INTS, .fallback = VALUE_IS_NONE},
    {.name = "output_axes", .type = PARAM_INTS, .fallback = VALUE_IS_NONE},
};
static const ParamSpec GAIN_SEED[] = {
    {.name = "gain", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(1.0)},
    {.name = "seed", .type = PARAM_SEED, .fallback = VALUE_IS_NONE},
};
static const ParamSpec GAIN[] = {{.name = "gain", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(1.0)}};
static const ParamSpec CONSTANT[] = {{.name = "value", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)}};
static const ParamSpec STFT[] = {
    {.name = "side", .type = PARAM_STRING, .fallback = VALUE_IS_TEXT("real")},
    {.name = "window", .type = PARAM_STRING, .fallback = VALUE_IS_TEXT("hann")},
    {.name = "scaling", .type = PARAM_STRING, .fallback = VALUE_IS_TEXT("density")},
    {.name = "periodic", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
};
static const ParamSpec L1[] = {{.name = "l1", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.01)}};
static const ParamSpec L2[] = {{.name = "l2", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.01)}};
static const ParamSpec L1L2[] = {
    {.name = "l1", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)},
    {.name = "l2", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)},
};
static const ParamSpec ORTHOGONAL[] = {
    {.name = "factor", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.01)},
    {.name = "mode", .type = PARAM_STRING, .fallback = VALUE_IS_TEXT("rows")},
};
static const ParamSpec MAX_NORM[] = {
    {.name = "max_value", .type = PARAM_FLOAT, .fallback = VALUE_IS_INT(2)},
    {.name = "axis", .type = PARAM_INTS, .fallback = VALUE_IS_INT(0)},
};
static const ParamSpec AXIS[] = {{.name = "axis", .type = PARAM_INTS, .fallback = VALUE_IS_INT(0)}};
static const ParamSpec MIN_MAX[] = {
    {.name = "min_value", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)},
    {.name = "max_value", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(1.0)},
    {.name = "rate", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(1.0)},
    {.name = "axis", .type = PARAM_INTS, .fallback = VALUE_IS_INT(0)},
};

static Value *argument(ValueDict *arguments, const char *name)
{
    for (size_t i = 0; i < arguments->keys.n; i++)
        if (value_is_text(&arguments->keys.items[i], name)) return &arguments->values.items[i];
    return NULL;
}

static bool check_seed(Arena *arena, ValueDict *arguments, Error *err)
{
    const Value *seed = argument(arguments, "seed");
    const bool generator = seed->kind == VALUE_CONFIG || seed->kind == VALUE_OBJECT || seed->kind == VALUE_UNKNOWN;
    if (seed->kind == VALUE_NONE || seed->kind == VALUE_INT || seed->kind == VALUE_BOOL || seed->kind == VALUE_DICT || generator)
        return true;
    return error_set(err, "ValueError", "`seed` argument should be an instance of `keras.random.SeedGenerator()` or an "
                     "integer. Received: seed=%s", value_str_text(arena, seed));
}

static bool not_a_number(const Value *value, const char *operator, const char *other, Error *err)
{
    return error_set(err, "TypeError", "'%s' not supported between instances of '%s' and '%s'", operator,
                     value_type(value), other);
}

static bool is_one_of(const Value *value, const char *const *names)
{
    for (; *names; names++)
        if (value_is_text(value, *names)) return true;
    return false;
}

static const char *const FAN_MODES[] = {"fan_in", "fan_out", "fan_avg", NULL};
static const char *const DISTRIBUTIONS[] = {"uniform", "truncated_normal", "untruncated_normal", NULL};

static bool lower_distribution(Arena *arena, Value *distribution, Error *err)
{
    if (distribution->kind != VALUE_STRING)
        return error_set(err, "AttributeError", "'%s' object has no attribute 'lower'", value_class_name(distribution));
    char *lower = arena_copy(arena, distribution->string.bytes, distribution->string.length);
    for (char *p = lower; *p; p++)
        if (*p >= 'A' && *p <= 'Z') *p = (char)(*p - 'A' + 'a');
    if (strcmp(lower, "normal") == 0) lower = arena_print(arena, "truncated_normal");
    distribution->string = (ValueString){lower, strlen(lower)};
    return true;
}

static bool check_scaling(Arena *arena, ValueDict *arguments, Error *err)
{
    const Value *scale = argument(arguments, "scale"), *mode = argument(arguments, "mode");
    Value *distribution = argument(arguments, "distribution");
    if (!value_is_number(scale)) return not_a_number(scale, "<=", "float", err);
    if (value_number(scale) <= 0)
        return error_set(err, "ValueError", "Argument `scale` must be positive float. Received: scale=%s",
                         value_str_text(arena, scale));
    if (!is_one_of(mode, FAN_MODES))
        return error_set(err, "ValueError", "Invalid `mode` argument: %s. Please use one of {'fan_in', 'fan_out', 'fan_avg'}",
                         value_str_text(arena, mode));
    if (!lower_distribution(arena, distribution, err)) return false;
    if (!is_one_of(distribution, DISTRIBUTIONS))
        return error_set(err, "ValueError", "Invalid `distribution` argument: %s.Please use one of {'uniform', "
                         "'truncated_normal', 'untruncated_normal'}", distribution->string.bytes);
    return check_seed(arena, arguments, err);
}

static bool check_stft(Arena *arena, ValueDict *arguments, Error *err)
{
    static const char *const SIDES[] = {"real", "imag", NULL}, *const SCALINGS[] = {"density", "spectrum", NULL};
    const Value *side = argument(arguments, "side"), *scaling = argument(arguments, "scaling");
    if (!is_one_of(side, SIDES))
        return error_set(err, "ValueError", "side should be 'real' or 'imag', not %s", value_str_text(arena, side));
    if (scaling->kind != VALUE_NONE && !is_one_of(scaling, SCALINGS))
        return error_set(err, "ValueError", "Scaling is invalid, it must be `None`, 'density' or 'spectrum'. Received "
                         "scaling=%s", value_str_text(arena, scaling));
    return true;
}

/* None stands for the class' own default; what is kept is a float. */
static bool check_penalty(Arena *arena, ValueDict *arguments, const char *name, double fallback, Error *err)
{
    Value *value = argument(arguments, name);
    if (value->kind == VALUE_NONE) *value = value_float(fallback);
    const double number = value_is_number(value) ? value_number(value) : -1;
    if (number < 0 || isnan(number) || isinf(number))
        return error_set(err, "ValueError", "Invalid value for argument %s: expected a non-negative float.Received: %s=%s",
                         name, name, value_str_text(arena, value));
    *value = value_float(number);
    return true;
}

static bool check_l1(Arena *arena, ValueDict *arguments, Error *err)
{
    return check_penalty(arena, arguments, "l1", 0.01, err);
}

static bool check_l2(Arena *arena, ValueDict *arguments, Error *err)
{
    return check_penalty(arena, arguments, "l2", 0.01, err);
}

static bool check_l1l2(Arena *arena, ValueDict *arguments, Error *err)
{
    return check_penalty(arena, arguments, "l1", 0, err) && check_penalty(arena, arguments, "l2", 0, err);
}

static bool check_orthogonal(Arena *arena, ValueDict *arguments, Error *err)
{
    static const char *const MODES[] = {"rows", "columns", NULL};
    if (argument(arguments, "factor")->kind == VALUE_NONE)
        return error_set(err, "ValueError", "Invalid value for argument factor: expected a non-negative float.Received: factor=None");
    if (!check_penalty(arena, arguments, "factor", 0, err)) return false;
    const Value *mode = argument(arguments, "mode");
    if (is_one_of(mode, MODES)) return true;
    return error_set(err, "ValueError", "Invalid value for argument `mode`. Expected one of {\"rows\", \"columns\"}. "
                     "Received: mode=%s", value_str_text(arena, mode));
}

#define INITIALIZERS "keras.initializers"
#define RANDOM "keras.src.initializers.random_initializers"
#define FIXED "keras.src.initializers.constant_initializers"
#define REGULARIZERS "keras.regularizers"
#define REGULARIZER_SOURCE "keras.src.regularizers.regularizers"
#define CONSTRAINTS "keras.constraints"
#define CONSTRAINT_SOURCE "keras.src.constraints.constraints"
#define COUNT(array) (int)(sizeof(array) / sizeof(array)[0])

static const ConfigKind KINDS[] = {
    {INITIALIZERS, "GlorotUniform", RANDOM, "", "", SEED_AXES, COUNT(SEED_AXES), check_seed},
    {INITIALIZERS, "GlorotNormal", RANDOM, "", "", SEED_AXES, COUNT(SEED_AXES), check_seed},
    {INITIALIZERS, "HeUniform", RANDOM, "", "", SEED_AXES, COUNT(SEED_AXES), check_seed},
    {INITIALIZERS, "HeNormal", RANDOM, "", "", SEED_AXES, COUNT(SEED_AXES), check_seed},
    {INITIALIZERS, "LecunUniform", RANDOM, "", "", SEED_AXES, COUNT(SEED_AXES), check_seed},
    {INITIALIZERS, "LecunNormal", RANDOM, "", "", SEED_AXES, COUNT(SEED_AXES), check_seed},
    {INITIALIZERS, "RandomNormal", RANDOM, " normal ", "", NORMAL, COUNT(NORMAL), check_seed},
    {INITIALIZERS, "TruncatedNormal", RANDOM, "", "", NORMAL, COUNT(NORMAL), check_seed},
    {INITIALIZERS, "RandomUniform", RANDOM, " uniform ", "", UNIFORM, COUNT(UNIFORM), check_seed},
    {INITIALIZERS, "VarianceScaling", RANDOM, "", "", SCALING, COUNT(SCALING), check_scaling},
    {INITIALIZERS, "Orthogonal", RANDOM, " OrthogonalInitializer ", " OrthogonalInitializer ", GAIN_SEED, COUNT(GAIN_SEED), check_seed},
    {INITIALIZERS, "Constant", FIXED, "", "", CONSTANT, COUNT(CONSTANT), NULL},
    {INITIALIZERS, "Zeros", FIXED, " zero ", "", NULL, 0, NULL},
    {INITIALIZERS, "Ones", FIXED, " one ", "", NULL, 0, NULL},
    {INITIALIZERS, "Identity", FIXED, " IdentityInitializer ", " IdentityInitializer ", GAIN, COUNT(GAIN), NULL},
    {INITIALIZERS, "STFT", FIXED, " STFTInitializer ", " STFTInitializer ", STFT, COUNT(STFT), check_stft},
    {REGULARIZERS, "L1", REGULARIZER_SOURCE, "", "", L1, COUNT(L1), check_l1},
    {REGULARIZERS, "L2", REGULARIZER_SOURCE, "", "", L2, COUNT(L2), check_l2},
    {REGULARIZERS, "L1L2", REGULARIZER_SOURCE, "", " l1_l2 ", L1L2, COUNT(L1L2), check_l1l2},
    {REGULARIZERS, "OrthogonalRegularizer", REGULARIZER_SOURCE, "", "", ORTHOGONAL, COUNT(ORTHOGONAL), check_orthogonal},
    {CONSTRAINTS, "MaxNorm", CONSTRAINT_SOURCE, "", "", MAX_NORM, COUNT(MAX_NORM), NULL},
    {CONSTRAINTS, "NonNeg", CONSTRAINT_SOURCE, "", "", NULL, 0, NULL},
    {CONSTRAINTS, "UnitNorm", CONSTRAINT_SOURCE, "", "", AXIS, COUNT(AXIS), NULL},
    {CONSTRAINTS, "MinMaxNorm", CONSTRAINT_SOURCE, "", "", MIN_MAX, COUNT(MIN_MAX), NULL},
};

static bool has_word(const char *words, const char *name)
{
    const size_t length = strlen(name);
    for (const char *p = words; (p = strstr(p, name)); p++)
        if (p > words && p[-1] == ' ' && p[length] == ' ') return true;
    return false;
}

static const ConfigKind *find(const char *module, const char *name, bool in_text)
{
    if (!*name || strchr(name, ' ')) return NULL;
    for (int i = 0; i < COUNT(KINDS); i++) {
        const ConfigKind *kind = &KINDS[i];
        if (strcmp(kind->module, module) != 0) continue;
        const bool snake = strcmp(kind->name, "L1L2") != 0 || in_text;
        if (strcmp(kind->name, name) == 0 || (snake && snake_case_is(kind->name, name)) ||
            has_word(in_text ? kind->text_names : kind->module_names, name))
            return kind;
    }
    return NULL;
}

const ConfigKind *config_find(const char *module, const char *name)
{
    return find(module, name, false);
}

static Value key(Arena *arena, const char *name)
{
    return value_string(arena, name, strlen(name));
}

/* get_config() names the seed first. */
static void fill(Arena *arena, const ConfigKind *kind, const Value *values, ValueDict *arguments)
{
    for (int i = 0; i < kind->n_params; i++)
        if (kind->params[i].type == PARAM_SEED) dict_set(arena, arguments, key(arena, "seed"), values[i]);
    for (int i = 0; i < kind->n_params; i++) dict_set(arena, arguments, key(arena, kind->params[i].name), values[i]);
}

bool config_make(Arena *arena, const ConfigKind *kind, const Argument *args, int n, Value *out, Error *err)
{
    const Signature signature = {
        .name = arena_print(arena, "%s.__init__", kind->name),
        .params = kind->params, .n_params = kind->n_params, .receiver = true,
    };
    Bound bound;
    if (!kind->n_params && n) return error_set(err, "TypeError", "%s() takes no arguments", kind->name);
    if (!bind_call(arena, &signature, args, n, &bound, err)) return false;
    ValueConfig *config = ARENA_NEW(arena, ValueConfig);
    *config = (ValueConfig){.module = kind->module, .class_name = kind->name,
                            .type_name = arena_print(arena, "%s.%s", kind->source, kind->name)};
    config->arguments = *value_dict(arena).dict;
    fill(arena, kind, bound.values, &config->arguments);
    *out = (Value){.kind = VALUE_CONFIG, NO_SPAN, .config = config};
    return !kind->check || kind->check(arena, &config->arguments, err);
}

/* The name alone does not say which constant. */
static bool constant_without_value(Error *err)
{
    error_set(err, "KeyError", "'value'");
    error_cause(err, "cause.constant", NULL);
    error_fix(err, FIX_REPLACE_TEXT, NULL, "'zeros'");
    return error_fix(err, FIX_REPLACE_TEXT, NULL, "'ones'");
}

static bool make_from_dict(Arena *arena, const ConfigKind *kind, const ValueDict *given, Value *out, Error *err)
{
    const int n = given ? (int)given->keys.n : 0;
    Argument *args = ARENA_ARRAY(arena, n, Argument);
    if (strcmp(kind->name, "Constant") == 0 && (!given || !dict_find(given, "value")))
        return constant_without_value(err);
    for (int i = 0; i < n; i++)
        args[i] = (Argument){.keyword = value_str_text(arena, &given->keys.items[i]), .value = given->values.items[i]};
    return config_make(arena, kind, args, n, out, err);
}

static bool not_interpreted(Arena *arena, const char *what, const Value *value, Error *err)
{
    error_set(err, "ValueError", "Could not interpret %s identifier: %s", what, value_str_text(arena, value));
    return error_cause(err, "cause.unknown_identifier", value_str_text(arena, value), what, NULL);
}

static bool unknown_name(Arena *arena, const char *module, const char *what, const Value *value, Error *err)
{
    not_interpreted(arena, what, value, err);
    Nearest nearest = nearest_begin(value->string.bytes);
    for (int i = 0; i < COUNT(KINDS); i++)
        if (strcmp(KINDS[i].module, module) == 0) nearest_offer(&nearest, snake_case(arena, KINDS[i].name));
    if (nearest.best) error_fix(err, FIX_REPLACE_TEXT, NULL, arena_print(arena, "'%s'", nearest.best));
    return false;
}

static const char *module_of(Arena *arena, const char *what)
{
    return arena_print(arena, "keras.%ss", what);
}

static bool resolve_dict(Arena *arena, const char *what, const Value *value, Value *out, Error *err)
{
    const Value *name = dict_find(value->dict, "class_name"), *config = dict_find(value->dict, "config");
    if (!name)
        return error_set(err, "ValueError", "Unknown `config` as a `dict`, config=%s", value_repr_text(arena, value));
    const ConfigKind *kind = name->kind == VALUE_STRING ? find(module_of(arena, what), name->string.bytes, true) : NULL;
    if (!kind) return not_interpreted(arena, what, value, err);
    return make_from_dict(arena, kind, config && config->kind == VALUE_DICT ? config->dict : NULL, out, err);
}

static bool resolve_text(Arena *arena, const char *what, const Value *value, Value *out, Error *err)
{
    const char *module = module_of(arena, what);
    const ConfigKind *kind = find(module, value->string.bytes, true);
    if (!kind) return unknown_name(arena, module, what, value, err);
    if (strcmp(module, INITIALIZERS) == 0) return make_from_dict(arena, kind, NULL, out, err);
    return config_make(arena, kind, NULL, 0, out, err);
}

bool config_resolve(Arena *arena, const char *what, const Value *value, Value *out, Error *err)
{
    *out = *value;
    if (value->kind == VALUE_NONE) return true;
    if (value->kind == VALUE_DICT) return resolve_dict(arena, what, value, out, err);
    if (value->kind == VALUE_STRING) return resolve_text(arena, what, value, out, err);
    if (value->kind == VALUE_CONFIG && value->config->class_itself && !value->config->custom) {
        const ConfigKind *kind = find(value->config->module, value->config->class_name, true);
        return kind ? config_make(arena, kind, NULL, 0, out, err) : not_interpreted(arena, what, value, err);
    }
    if (value_callable(value) || (strcmp(what, "initializer") == 0 && value_is_array(value))) return true;
    return not_interpreted(arena, what, value, err);
}

const Value *config_argument(const Value *config, const char *name)
{
    return config->kind == VALUE_CONFIG ? dict_find(&config->config->arguments, name) : NULL;
}
