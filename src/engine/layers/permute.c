/* Permute: the axes after the batch in another order. */
#include <string.h>

#include "engine/layers/moved.h"

static const ParamSpec PARAMS[] = {{.name = "dims", .type = PARAM_SHAPE, .required = true, .example = "(2, 1)"}};

typedef struct PermuteConfig {
    int n;
    int axis[SHAPE_RANK_MAX];   /* output axis i is input axis axis[i]; the batch axis stays */
    bool whole;                 /* as whole numbers: 2.0 sorts like 2, but is no index */
} PermuteConfig;

static const PermuteConfig *config_of(const Layer *layer)
{
    return layer->config;
}

/* dims that count from 0, or name the batch axis too. */
static void propose(Maker *m, const ValueList *dims)
{
    Arena *arena = m->builder->arena;
    Value raised = value_list(arena, VALUE_TUPLE, dims->n), without = value_list(arena, VALUE_TUPLE, dims->n);
    for (size_t i = 0; i < dims->n; i++) {
        if (!value_is_int(&dims->items[i])) return;
        list_add(raised.list, value_int(dims->items[i].integer + 1));
        if (dims->items[i].integer) list_add(without.list, dims->items[i]);
    }
    if (dims->n && dims->items[0].integer == 0 && dims->n > 2) error_fix(m->err, FIX_ARGUMENT, "dims", value_repr_text(arena, &without));
    error_fix(m->err, FIX_ARGUMENT, "dims", value_repr_text(arena, &raised));
    Value reversed = value_list(arena, VALUE_TUPLE, dims->n);
    for (size_t i = 0; i < dims->n; i++) list_add(reversed.list, value_int((int64_t)(dims->n - i)));
    error_fix(m->err, FIX_ARGUMENT, "dims", value_repr_text(arena, &reversed));
}

static bool refuse(Maker *m, const Value *dims)
{
    maker_refuse(m, "dims", "ValueError", "Invalid permutation argument `dims` for Permute Layer. The set of indices in `dims` must be "
                 "consecutive and start from 1. Received dims=%s", maker_text(m, "dims"));
    error_cause(m->err, "cause.permutation", maker_text(m, "dims"), NULL);
    propose(m, dims->list);
    return false;
}

/* Each of 1 .. n once. */
static bool is_permutation(const ValueList *dims, PermuteConfig *config)
{
    bool seen[SHAPE_RANK_MAX] = {false};
    config->whole = true;
    if (dims->n >= SHAPE_RANK_MAX) return false;
    for (size_t i = 0; i < dims->n; i++) {
        if (!value_is_number(&dims->items[i])) return false;
        const double at = value_number(&dims->items[i]);
        if (!(at >= 1) || at > (double)dims->n || seen[(int)at - 1] || (double)(int)at < at) return false;
        seen[(int)at - 1] = true;
        config->whole &= dims->items[i].kind != VALUE_FLOAT;
        config->axis[config->n++] = (int)at;
    }
    return true;
}

static bool make(Maker *m)
{
    PermuteConfig *config = ARENA_NEW(m->builder->arena, PermuteConfig);
    m->layer->config = config;
    if (!layer_base(m)) return false;
    Value dims;
    if (!value_items_of(m->builder->arena, maker_arg(m, "dims"), &dims)) {
        maker_refuse_items(m, "dims");
        error_cause(m->err, "cause.permutation", maker_text(m, "dims"), NULL);
        return error_fix(m->err, FIX_ARGUMENT, "dims", "(2, 1)");
    }
    if (!is_permutation(dims.list, config)) return refuse(m, &dims);
    dims.kind = VALUE_TUPLE;
    maker_set(m, "dims", dims);
    layer_add_input_spec(m->builder, m->layer)->ndim = config->n + 1;
    return true;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    const PermuteConfig *config = config_of(layer);
    Shape shape = in[0].shape;
    if (!config->whole) return error_set(err, "TypeError", "tuple indices must be integers or slices, not float");
    if (config->n >= in[0].shape.rank) return error_set(err, "IndexError", "tuple index out of range");
    shape.rank = config->n + 1;
    for (int i = 0; i < config->n; i++) shape.dim[i + 1] = in[0].shape.dim[config->axis[i]];
    outputs_add(out, shape, in[0].dtype);
    return true;
}

/* Where output k comes from. */
static int64_t from(const Layer *layer, const Shape *in, const Shape *out, int64_t k)
{
    const PermuteConfig *config = config_of(layer);
    int64_t at[SHAPE_RANK_MAX] = {0}, source = 0;
    for (int axis = out->rank - 1; axis >= 0; axis--) {
        at[axis ? config->axis[axis - 1] : 0] = k % out->dim[axis];
        k /= out->dim[axis];
    }
    for (int axis = 0; axis < in->rank; axis++) source = source * in->dim[axis] + at[axis];
    return source;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_TITLE) value_str(text, &t->layer->args[0]);
    if (topic == EXPLAIN_RULE) moved_explain_rule(t, text);
}

const LayerKind LAYER_permute = {
    .name = "Permute", .module = "keras.src.layers.reshaping.permute", PARAMS_OF(PARAMS), .make = make, .infer = infer,
    .forward = moved_forward, MOVED_KIND(from),
};
