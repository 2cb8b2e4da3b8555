/* Keras' standardize_tuple: so many integers from one, or from a tuple of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/layer.h"

/* An argument, or a part of one that messages call otherwise. */
typedef struct Ints {
    Maker       *maker;
    const char  *param, *name;
    const Value *value;
    int          n;
} Ints;

/* Python's set of up to four small ints keeps eight slots; a taken one leads on by the hash. */
static int set_slot(const int64_t *slots, const bool *taken, int64_t value)
{
    const uint64_t hash = (uint64_t)(value == -1 ? -2 : value);
    uint64_t rest = hash, slot = hash & 7;
    while (taken[slot] && slots[slot] != value) {
        rest >>= 5;
        slot = (slot * 5 + 1 + rest) & 7;
    }
    return (int)slot;
}

/* A printed Python set of the values that do not hold. */
static const char *bad_set(Arena *arena, const int64_t *values, int n, int64_t least)
{
    Text text = {.arena = arena};
    int64_t slots[8];
    bool taken[8] = {false};
    for (int i = 0; i < n && i < 4; i++) {
        if (values[i] >= least) continue;
        const int slot = set_slot(slots, taken, values[i]);
        slots[slot] = values[i];
        taken[slot] = true;
    }
    for (int i = 0; i < 8; i++)
        if (taken[i]) text_print(&text, text.length ? ", %lld" : "{%lld", (long long)slots[i]);
    text_put_char(&text, '}');
    return text_string(&text);
}

/* ---- what may have been meant ---- */

static const ParamSpec *spec_of(const Ints *ints)
{
    const LayerKind *kind = ints->maker->layer->kind;
    for (int i = 0; i < kind->n_params; i++)
        if (strcmp(kind->params[i].name, ints->param) == 0) return &kind->params[i];
    return NULL;
}

/* The example of the parameter, its default, or 1. */
static int64_t usual(const Ints *ints)
{
    const ParamSpec *spec = spec_of(ints);
    if (spec && spec->example) return strtoll(spec->example, NULL, 10);
    const Value *fallback = spec ? &spec->fallback : NULL;
    if (fallback && fallback->kind == VALUE_TUPLE && fallback->list->n) fallback = &fallback->list->items[0];
    return fallback && fallback->kind == VALUE_INT ? fallback->integer : 1;
}

/* 3.0 and "3" mean 3, -3 mostly too. */
static int64_t meant(const Ints *ints, const Value *value)
{
    double number = 0;
    if (value_is_number(value)) number = fabs(value_number(value));
    if (value->kind == VALUE_STRING) number = fabs(strtod(value->string.bytes, NULL));
    return number >= 1 && number < 1e9 ? (int64_t)number : usual(ints);
}

static bool propose(const Ints *ints)
{
    Arena *arena = ints->maker->builder->arena;
    const bool list = ints->value->kind == VALUE_TUPLE || ints->value->kind == VALUE_LIST;
    const size_t given = list ? ints->value->list->n : 0;
    if (given < 2) {
        const int64_t one = meant(ints, given ? &ints->value->list->items[0] : ints->value);
        return error_fix(ints->maker->err, FIX_ARGUMENT, ints->param, arena_print(arena, "%lld", (long long)one));
    }
    Value tuple = value_list(arena, VALUE_TUPLE, (size_t)ints->n);
    for (size_t i = 0; i < (size_t)ints->n; i++)
        list_add(tuple.list, value_int(meant(ints, &ints->value->list->items[i < given ? i : given - 1])));
    return error_fix(ints->maker->err, FIX_ARGUMENT, ints->param,
                     ints->n == 1 ? value_str_text(arena, &tuple.list->items[0]) : value_str_text(arena, &tuple));
}

/* ---- refusals ---- */

static bool explain(const Ints *ints)
{
    error_cause(ints->maker->err, "cause.ints", ints->param, arena_print(ints->maker->builder->arena, "%d", ints->n), NULL);
    return ints->name == ints->param ? propose(ints) : error_fix(ints->maker->err, FIX_ARGUMENT, ints->param, "1");
}

static bool refuse_ints(const Ints *ints, const char *more)
{
    maker_refuse(ints->maker, ints->param, "ValueError", "The `%s` argument must be a tuple of %d integers. Received %s=%s%s", ints->name,
                 ints->n, ints->name, value_str_text(ints->maker->builder->arena, ints->value), more);
    return explain(ints);
}

static bool refuse_element(const Ints *ints, const Value *item)
{
    Arena *arena = ints->maker->builder->arena;
    return refuse_ints(ints, arena_print(arena, "including element %s of type <class '%s'>", value_str_text(arena, item),
                                         value_type(item)));
}

static bool int_of(const Value *value, int64_t *out)
{
    if (value_integer(value, out)) return true;
    if (value->kind == VALUE_BOOL) { *out = value->boolean; return true; }
    if (value->kind == VALUE_FLOAT) { *out = (int64_t)value->number; return value->number < 9e18 && value->number > -9e18; }
    return false;
}

/* A text is a tuple of its letters to Python, and digits are integers until they are compared. */
static bool refuse_letters(const Ints *ints, bool allow_zero)
{
    const ValueString *text = &ints->value->string;
    if (text->length != (size_t)ints->n) return refuse_ints(ints, "");
    for (size_t i = 0; i < text->length; i++) {
        const Value letter = value_string(ints->maker->builder->arena, text->bytes + i, 1);
        if (text->bytes[i] < '0' || text->bytes[i] > '9') return refuse_element(ints, &letter);
    }
    maker_refuse(ints->maker, ints->param, "TypeError", "'%s' not supported between instances of 'str' and 'int'",
                 allow_zero ? "<" : "<=");
    return explain(ints);
}

/* Whether Python's tuple(value) would take it. */
static bool read_items(const Ints *ints, int64_t *out)
{
    Value items;
    if (ints->value->kind == VALUE_TENSOR) return maker_refuse_items(ints->maker, ints->param);
    if (!value_items_of(ints->maker->builder->arena, ints->value, &items)) return refuse_ints(ints, "");
    if (items.list->n != (size_t)ints->n) return refuse_ints(ints, "");
    for (int i = 0; i < ints->n; i++)
        if (!int_of(&items.list->items[i], &out[i])) return refuse_element(ints, &items.list->items[i]);
    return true;
}

static bool check_int_signs(const Ints *ints, bool allow_zero, const int64_t *values)
{
    const int64_t least = allow_zero ? 0 : 1;
    bool holds = true;
    for (int i = 0; i < ints->n; i++) holds &= values[i] >= least;
    if (holds) return true;
    Arena *arena = ints->maker->builder->arena;
    return refuse_ints(ints, arena_print(arena, ", including values %s that do not satisfy `value %s`",
                                         bad_set(arena, values, ints->n, least), allow_zero ? ">= 0" : "> 0"));
}

bool maker_ints_in(Maker *maker, const char *param, const char *name, const Value *value, int n, bool allow_zero, int64_t *out)
{
    const Ints ints = {maker, param, name, value, n};
    int64_t single;
    if (value->kind == VALUE_UNKNOWN) {
        for (int i = 0; i < n; i++) out[i] = 1;
        return true;
    }
    if (value->kind == VALUE_INT || value->kind == VALUE_BOOL) {
        int_of(value, &single);
        for (int i = 0; i < n; i++) out[i] = single;
    } else if (value->kind == VALUE_STRING) {
        return refuse_letters(&ints, allow_zero);
    } else if (!read_items(&ints, out)) {
        return false;
    }
    return check_int_signs(&ints, allow_zero, out);
}

bool maker_ints(Maker *maker, const char *param, int n, bool allow_zero, int64_t *out)
{
    if (!maker_ints_in(maker, param, param, maker_arg(maker, param), n, allow_zero, out)) return false;
    maker_set(maker, param, value_ints(maker->builder->arena, VALUE_TUPLE, out, n));
    return true;
}
