/* Dropout: at rest, when no one trains, it gives what it gets. */
#include <string.h>

#include "engine/layers/elementwise.h"

static const ParamSpec PARAMS[] = {
    {.name = "rate", .type = PARAM_FLOAT, .required = true, .example = "0.5"},
    {.name = "noise_shape", .type = PARAM_SHAPE},
    {.name = "seed", .type = PARAM_SEED},
};

static const ParamSpec CALL[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true},
    {.name = "training", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
};

static bool check_rate(Maker *m)
{
    const Value *rate = maker_arg(m, "rate");
    if (rate->kind == VALUE_UNKNOWN || rate->kind == VALUE_OBJECT) return true;
    if (!value_is_number(rate)) {
        maker_refuse_order(m, "rate", "<=", "int", NULL);
        error_cause(m->err, "cause.rate", maker_text(m, "rate"), NULL);
        return error_fix(m->err, FIX_ARGUMENT, "rate", "0.5");
    }
    const double number = value_number(rate);
    if (number >= 0 && number <= 1) return true;
    maker_refuse(m, "rate", "ValueError", "Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: "
                 "rate=%s", maker_text(m, "rate"));
    error_cause(m->err, "cause.rate", maker_text(m, "rate"), NULL);
    if (number > 1 && number <= 100) {
        const Value percent = value_float(number / 100);
        error_fix(m->err, FIX_ARGUMENT, "rate", value_repr_text(m->builder->arena, &percent));
    }
    return error_fix(m->err, FIX_ARGUMENT, "rate", "0.5");
}

static bool refuse_noise(Maker *m, const char *words)
{
    maker_refuse(m, "noise_shape", "ValueError", "Invalid value received for argument `noise_shape`. %s", words);
    error_cause(m->err, "cause.noise_shape", NULL);
    return error_fix(m->err, FIX_REMOVE_ARGUMENT, "noise_shape", NULL);
}

static bool check_noise_dim(Maker *m, const Value *dim, int index)
{
    Arena *arena = m->builder->arena;
    if (dim->kind == VALUE_NONE || dim->kind == VALUE_UNKNOWN) return true;
    if (dim->kind != VALUE_INT && dim->kind != VALUE_BOOL) {
        return refuse_noise(m, arena_print(arena, "Expected all elements to be integers or None. Received element at index %d: %s (type: %s)",
                                           index, value_str_text(arena, dim), value_class_name(dim)));
    }
    if (value_number(dim) > 0) return true;
    return refuse_noise(m, arena_print(arena, "Expected all dimensions to be positive integers or None. Received negative or zero value at "
                                       "index %d: %s", index, value_str_text(arena, dim)));
}

static bool check_noise_shape(Maker *m)
{
    Arena *arena = m->builder->arena;
    const Value *noise = maker_arg(m, "noise_shape");
    if (noise->kind == VALUE_NONE || noise->kind == VALUE_UNKNOWN) return true;
    if (noise->kind == VALUE_STRING)
        return refuse_noise(m, arena_print(arena, "Expected a tuple or list of integers. Received: noise_shape=%s", maker_text(m, "noise_shape")));
    if (noise->kind == VALUE_TENSOR) return maker_refuse_items(m, "noise_shape");
    if (noise->kind != VALUE_TUPLE && noise->kind != VALUE_LIST)
        return refuse_noise(m, arena_print(arena, "Expected an iterable of integers (e.g., a tuple or list). Received: noise_shape=%s",
                                           maker_text(m, "noise_shape")));
    for (size_t i = 0; i < noise->list->n; i++)
        if (!check_noise_dim(m, &noise->list->items[i], (int)i)) return false;
    Value tuple = *noise;
    tuple.kind = VALUE_TUPLE;
    maker_set(m, "noise_shape", tuple);
    return true;
}

/* A seed generator takes a name and a seed only where something can be dropped. */
static bool check_seed(Maker *m)
{
    const Value *rate = maker_arg(m, "rate");
    return !value_is_number(rate) || value_number(rate) <= 0 || maker_seed(m, "seed");
}

static bool make(Maker *m)
{
    return layer_base(m) && check_rate(m) && check_noise_shape(m) && check_seed(m);
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_TITLE) value_str(text, &t->layer->args[0]);
    if (topic == EXPLAIN_RULE) text_put(text, "x");
}

const LayerKind LAYER_dropout = {
    .name = "Dropout",
    .module = "keras.src.layers.regularization.dropout",
    .params = PARAMS,
    .n_params = 3,
    .call_params = CALL,
    .n_call_params = 2,
    .make = make,
    .forward = elementwise_forward,
    .follow = elementwise_follow,
    .fills = true,
    .trace = elementwise_trace,
    .connections = elementwise_connections,
    .explain = explain,
    .rule = TRACE_SUM,
    .keeps_mask = true,
    .elementwise = true,
    .built_at_make = true,
};
