/* Rescaling: x·scale + offset, with one number for all or one for each channel. */
#include <math.h>
#include <string.h>

#include "engine/layers/formula.h"
#include "engine/layers/merge.h"
#include "engine/layers/terms.h"

static const ParamSpec PARAMS[] = {
    {.name = "scale", .type = PARAM_ANY, .required = true, .example = "1 / 255"},
    {.name = "offset", .type = PARAM_ANY, .fallback = VALUE_IS_FLOAT(0.0)},
};

/* A number, or a list of them along an axis. */
typedef struct Factor {
    const Value *value;
    int          from_end;   /* the axis, counted from the last: 1 */
} Factor;

typedef struct RescalingConfig {
    Factor scale, offset;
} RescalingConfig;

static bool make(Maker *maker)
{
    if (!layer_base(maker)) return false;
    RescalingConfig *config = ARENA_NEW(maker->builder->arena, RescalingConfig);
    const bool channels_first = strcmp(maker->builder->image_data_format, "channels_first") == 0;
    config->scale = (Factor){maker_arg(maker, "scale"), channels_first ? 3 : 1};
    config->offset = (Factor){maker_arg(maker, "offset"), 1};
    maker->layer->config = config;
    return true;
}

/* ---- numbers ---- */

static bool is_list(const Value *value)
{
    return value->kind == VALUE_LIST || value->kind == VALUE_TUPLE;
}

static bool factor_computes(const Value *value)
{
    if (value_is_number(value)) return true;
    if (!is_list(value) || !value->list->n) return false;
    for (size_t i = 0; i < value->list->n; i++)
        if (!value_is_number(&value->list->items[i])) return false;
    return true;
}

static bool computes(const Layer *layer)
{
    const RescalingConfig *config = layer->config;
    return factor_computes(config->scale.value) && factor_computes(config->offset.value);
}

/* The factor of element k; a list repeats along its axis. */
static double factor_of(const Factor *factor, const Shape *shape, int64_t k)
{
    if (!is_list(factor->value)) return value_number(factor->value);
    const int axis = shape->rank - factor->from_end;
    const int64_t within = axis < 0 ? 1 : shape_span_size(shape, axis + 1, shape->rank);
    const int64_t dim = axis < 0 ? 1 : shape->dim[axis], n = (int64_t)factor->value->list->n;
    return value_number(&factor->value->list->items[k / within % dim % n]);
}

/* How long the axis becomes that a list goes along; 0 where it does not fit. */
static int64_t spread_dim(const Factor *factor, const Shape *shape)
{
    const int axis = shape->rank - factor->from_end;
    const int64_t n = is_list(factor->value) ? (int64_t)factor->value->list->n : 1, dim = axis < 0 ? 1 : shape->dim[axis];
    if (axis < 0) return n == 1;
    return n == 1 || n == dim ? dim : dim == 1 ? n : 0;
}

/* A list spreads an axis of 1. */
static bool infer_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const RescalingConfig *config = layer->config;
    const Factor *factors[2] = {&config->scale, &config->offset};
    Shape shape = in[0].shape;
    (void)call, (void)n_in, (void)err;
    for (int i = 0; i < 2; i++) {
        const int axis = shape.rank - factors[i]->from_end;
        const int64_t dim = spread_dim(factors[i], &shape);
        if (axis >= 0 && dim) shape.dim[axis] = dim;
    }
    outputs_add(out, shape, layer->dtype);
    return true;
}

static void forward(const Forward *forward)
{
    const RescalingConfig *config = forward->layer->config;
    const Tensor *in = &forward->in[0];
    const Shape *shape = &forward->out[0].shape;
    if (!spread_dim(&config->scale, shape) || !spread_dim(&config->offset, shape)) {
        *forward->impossible = true;
        return;
    }
    const float *x = merge_spread(in->data, &in->shape, shape, forward->scratch);
    const int64_t size = shape_size(shape);
    for (int64_t k = 0; k < size; k++)
        forward->out[0].data[k] = x[k] * (float)factor_of(&config->scale, shape, k) + (float)factor_of(&config->offset, shape, k);
}

static int64_t trace(const Trace *trace, Term *terms, int64_t cap)
{
    const RescalingConfig *config = trace->layer->config;
    const Shape *shape = &trace->out[0].shape;
    TermList list = {.term = terms, .cap = cap};
    if (!computes(trace->layer)) return 0;
    const double offset = factor_of(&config->offset, shape, trace->k);
    terms_add(&list, term_input(0, merge_index(&trace->in[0].shape, shape, trace->k), factor_of(&config->scale, shape, trace->k)));
    if (offset != 0) terms_add(&list, term_constant(offset));
    return list.n;
}

static int64_t connections(const Trace *trace)
{
    return shape_size(&trace->out[0].shape);
}

/* "1/255" rather than 0.00392157. */
static void put_scale(Text *text, double scale)
{
    const double inverse = round(1 / scale);
    if (scale > 0 && scale < 1 && inverse <= 65536 && fabs(scale * inverse - 1) < 1e-9) text_print(text, "1/%.0f", inverse);
    else formula_number(text, scale);
}

/* "x·1/255 − 1" */
static void explain_rule(const RescalingConfig *config, const Trace *trace, Text *text)
{
    const Shape *shape = &trace->out[0].shape;
    const double offset = factor_of(&config->offset, shape, trace->k);
    text_put(text, "x·");
    put_scale(text, factor_of(&config->scale, shape, trace->k));
    if (offset < 0 || offset > 0) {
        text_put(text, offset < 0 ? " − " : " + ");
        formula_number(text, fabs(offset));
    }
}

static void explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    const RescalingConfig *config = trace->layer->config;
    if (!computes(trace->layer)) return;
    if (topic == EXPLAIN_TITLE && !is_list(config->scale.value)) {
        text_put(text, "× ");
        put_scale(text, value_number(config->scale.value));
    }
    if (topic == EXPLAIN_RULE && shape_known(&trace->out[0].shape)) explain_rule(config, trace, text);
}

const LayerKind LAYER_rescaling = {
    .name = "Rescaling", .module = "keras.src.layers.preprocessing.rescaling",
    .params = PARAMS, .n_params = sizeof PARAMS / sizeof *PARAMS,
    .make = make, .infer_numbers = infer_numbers, .forward = forward, .trace = trace, .explain = explain, .connections = connections, .computes = computes,
    .rule = TRACE_SUM, .keeps_mask = true, .elementwise = true,
};
