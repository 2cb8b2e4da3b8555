#include "engine/binding.h"

#include <limits.h>
#include <string.h>

#include "base/nearest.h"

static const struct { const char *old, *modern; } RENAMED[] = {
    {"output_dim", "units"},          {"nb_filter", "filters"},         {"nb_filters", "filters"},
    {"border_mode", "padding"},       {"subsample", "strides"},         {"subsample_length", "strides"},
    {"stride", "strides"},            {"filter_length", "kernel_size"}, {"kernel_shape", "kernel_size"},
    {"init", "kernel_initializer"},   {"p", "rate"},                    {"dim_ordering", "data_format"},
    {"bias", "use_bias"},             {"W_regularizer", "kernel_regularizer"}, {"b_regularizer", "bias_regularizer"},
    {"W_constraint", "kernel_constraint"}, {"b_constraint", "bias_constraint"}, {"inner_init", "recurrent_initializer"},
    {"atrous_rate", "dilation_rate"}, {"alpha", "negative_slope"},      {"inner_activation", "recurrent_activation"},
    {"epsilon_std", "stddev"},        {"sigma", "stddev"},              {"pool_length", "pool_size"},
    {"length", "size"},               {"dims", "target_shape"},         {"hidden_units", "units"},
};

const char *modern_name(const char *argument)
{
    for (size_t i = 0; i < sizeof RENAMED / sizeof *RENAMED; i++)
        if (strcmp(RENAMED[i].old, argument) == 0) return RENAMED[i].modern;
    return NULL;
}

static int param_index(const Signature *signature, const char *name)
{
    for (int i = 0; i < signature->n_params; i++)
        if (strcmp(signature->params[i].name, name) == 0) return i;
    return -1;
}

static int positional_params(const Signature *signature)
{
    int n = 0;
    while (n < signature->n_params && !signature->params[n].keyword_only) n++;
    return n && signature->params[n - 1].variadic ? INT_MAX : n;
}

static int positional_args(const Argument *args, int n)
{
    int count = 0;
    for (int i = 0; i < n; i++) count += !args[i].keyword;
    return count;
}

static void begin(Arena *arena, const Signature *signature, Bound *bound)
{
    bound->values = ARENA_ARRAY(arena, signature->n_params, Value);
    bound->from = ARENA_ARRAY(arena, signature->n_params, int);
    bound->rest = value_dict(arena);
    for (int i = 0; i < signature->n_params; i++) {
        bound->values[i] = signature->params[i].fallback;
        bound->values[i].span = SPAN_NONE;
        bound->from[i] = -1;
        if (signature->params[i].variadic) bound->values[i] = value_list(arena, VALUE_TUPLE, 2);
    }
}

static void bind_positional(const Signature *signature, const Argument *args, int n, Bound *bound)
{
    const int places = positional_params(signature);
    for (int i = 0, place = 0; i < n && place < places; i++) {
        if (args[i].keyword) continue;
        if (signature->params[place].variadic) {
            list_add(bound->values[place].list, args[i].value);
            continue;
        }
        bound->values[place] = args[i].value;
        bound->from[place++] = i;
    }
}

static bool refuse_at(Error *err, Span at)
{
    if (err) err->at = at;
    return false;
}

static bool unexpected(const Signature *signature, const Argument *arg, Error *err)
{
    error_set(err, "TypeError", "%s() got an unexpected keyword argument '%s'", signature->name, arg->keyword);
    error_cause(err, "cause.unknown_argument", arg->keyword, signature->name, NULL);
    Nearest nearest = nearest_begin(arg->keyword);
    for (int i = 0; i < signature->n_params; i++) nearest_offer(&nearest, signature->params[i].name);
    if (nearest.best) error_fix(err, FIX_RENAME_ARGUMENT, arg->keyword, nearest.best);
    error_fix(err, FIX_REMOVE_ARGUMENT, arg->keyword, NULL);
    return refuse_at(err, arg->span);
}

static bool twice(const Signature *signature, const Argument *arg, Error *err)
{
    error_set(err, "TypeError", "%s() got multiple values for argument '%s'", signature->name, arg->keyword);
    error_cause(err, "cause.argument_twice", arg->keyword, NULL);
    error_fix(err, FIX_REMOVE_ARGUMENT, arg->keyword, NULL);
    return refuse_at(err, arg->span);
}

static bool bind_keywords(Arena *arena, const Signature *signature, const Argument *args, int n, Bound *bound, Error *err)
{
    for (int i = 0; i < n; i++) {
        if (!args[i].keyword) continue;
        const int param = param_index(signature, args[i].keyword);
        if (param < 0 && !signature->keywords) return unexpected(signature, &args[i], err);
        if (param < 0) {
            dict_set(arena, bound->rest.dict, value_string(arena, args[i].keyword, strlen(args[i].keyword)), args[i].value);
            continue;
        }
        if (bound->from[param] >= 0) return twice(signature, &args[i], err);
        bound->values[param] = args[i].value;
        bound->from[param] = i;
    }
    return true;
}

static int keyword_only_given(const Signature *signature, const Bound *bound)
{
    int given = 0;
    for (int i = 0; i < signature->n_params; i++) given += signature->params[i].keyword_only && bound->from[i] >= 0;
    return given;
}

static const char *plural(int n) { return n == 1 ? "" : "s"; }

static bool too_many(Arena *arena, const Signature *signature, const Argument *args, int n, const Bound *bound, Error *err)
{
    const int self = signature->receiver, most = positional_params(signature) + self;
    const int given = positional_args(args, n) + self, keyword_only = keyword_only_given(signature, bound);
    int least = self;
    for (int i = 0; i < most - self; i++) least += signature->params[i].required;
    const char *takes = least == most ? arena_print(arena, "%d", most) : arena_print(arena, "from %d to %d", least, most);
    const char *besides = !keyword_only ? "" : arena_print(arena, " positional argument%s (and %d keyword-only argument%s)",
                                                            plural(given), keyword_only, plural(keyword_only));
    error_set(err, "TypeError", "%s() takes %s positional argument%s but %d%s %s given", signature->name, takes,
              least != most ? "s" : plural(most), given, besides, given == 1 && !keyword_only ? "was" : "were");
    error_cause(err, "cause.too_many_arguments", signature->name, arena_print(arena, "%d", most - self), NULL);
    for (int i = 0, seen = 0; i < n; i++)
        if (!args[i].keyword && seen++ == most - self) return refuse_at(err, args[i].span);
    return false;
}

static bool is_missing(const Signature *signature, const Bound *bound, int i, bool keyword_only)
{
    return signature->params[i].required && signature->params[i].keyword_only == keyword_only && bound->from[i] < 0;
}

/* "'a'", "'a' and 'b'", "'a', 'b', and 'c'" */
static const char *missing_names(Arena *arena, const Signature *signature, const Bound *bound, bool keyword_only, int n)
{
    Text names = {.arena = arena};
    for (int i = 0, seen = 0; i < signature->n_params; i++) {
        if (!is_missing(signature, bound, i, keyword_only)) continue;
        if (seen) text_put(&names, n > 2 ? ", " : " ");
        if (seen && seen == n - 1) text_put(&names, "and ");
        text_print(&names, "'%s'", signature->params[i].name);
        seen++;
    }
    return text_string(&names);
}

/* The missing argument may be there under an old name. */
static void propose_renaming(const Bound *bound, const char *param, Error *err)
{
    for (size_t i = 0; i < bound->rest.dict->keys.n; i++) {
        const char *given = bound->rest.dict->keys.items[i].string.bytes, *modern = modern_name(given);
        if (modern && strcmp(modern, param) == 0) error_fix(err, FIX_RENAME_ARGUMENT, given, param);
    }
}

static bool check_missing(Arena *arena, const Signature *signature, const Bound *bound, bool keyword_only, Error *err)
{
    int n = 0, first = -1;
    for (int i = 0; i < signature->n_params; i++) {
        if (!is_missing(signature, bound, i, keyword_only)) continue;
        if (first < 0) first = i;
        n++;
    }
    if (!n) return true;
    error_set(err, "TypeError", "%s() missing %d required %s argument%s: %s", signature->name, n,
              keyword_only ? "keyword-only" : "positional", plural(n), missing_names(arena, signature, bound, keyword_only, n));
    const ParamSpec *param = &signature->params[first];
    error_cause(err, "cause.missing_argument", param->name, NULL);
    propose_renaming(bound, param->name, err);
    if (param->example) error_fix(err, FIX_ARGUMENT, param->name, param->example);
    return false;
}

bool bind_call(Arena *arena, const Signature *signature, const Argument *args, int n, Bound *bound, Error *err)
{
    begin(arena, signature, bound);
    bind_positional(signature, args, n, bound);
    if (!bind_keywords(arena, signature, args, n, bound, err)) return false;
    if (positional_args(args, n) > positional_params(signature)) return too_many(arena, signature, args, n, bound, err);
    return check_missing(arena, signature, bound, false, err) && check_missing(arena, signature, bound, true, err);
}

static const Argument *keyword_find(const Argument *args, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (args[i].keyword && strcmp(args[i].keyword, name) == 0) return &args[i];
    return NULL;
}

static bool call_refused(Error *err, const char *cause, const char *name, const char *format)
{
    const char *at = strstr(format, "%s");
    if (at) error_set(err, "TypeError", "%.*s%s%s", (int)(at - format), format, name, at + 2);
    else error_set(err, "TypeError", "%s", format);
    return error_cause(err, cause, name, NULL);
}

bool bind_inspected(Arena *arena, const Signature *signature, const Argument *args, int n, Bound *bound, Error *err)
{
    begin(arena, signature, bound);
    bind_positional(signature, args, n, bound);
    if (positional_args(args, n) > positional_params(signature))
        return call_refused(err, "cause.call_too_many", NULL, "too many positional arguments");
    for (int i = 0; i < signature->n_params; i++) {
        const ParamSpec *param = &signature->params[i];
        const Argument *keyword = keyword_find(args, n, param->name);
        if (keyword && bound->from[i] >= 0)
            return call_refused(err, "cause.argument_twice", param->name, "multiple values for argument '%s'");
        if (keyword) bound->values[i] = keyword->value, bound->from[i] = (int)(keyword - args);
        if (param->required && bound->from[i] < 0)
            return call_refused(err, "cause.call_missing", param->name, "missing a required argument: '%s'");
    }
    for (int i = 0; i < n; i++)
        if (args[i].keyword && param_index(signature, args[i].keyword) < 0)
            return call_refused(err, "cause.call_unknown", args[i].keyword, "got an unexpected keyword argument '%s'");
    return true;
}
