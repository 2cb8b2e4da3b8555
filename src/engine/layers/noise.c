/* GaussianNoise, GaussianDropout, AlphaDropout, SpatialDropout1D to 3D: at rest, when no one trains, they give what they get. */
#include "engine/layers/advice.h"
#include "engine/layers/elementwise.h"
#include "engine/layers/spatial.h"

#define SEED {.name = "seed", .type = PARAM_SEED}
#define RATE {.name = "rate", .type = PARAM_FLOAT, .required = true, .example = "0.5"}
#define DATA_FORMAT {.name = "data_format", .type = PARAM_CHOICE, .choices = DATA_FORMAT_CHOICES}
#define NAME_AND_DTYPE {.name = "name", .type = PARAM_STRING}, {.name = "dtype", .type = PARAM_DTYPE}

static const ParamSpec NOISE[] = {{.name = "stddev", .type = PARAM_FLOAT, .required = true, .example = "0.1"}, SEED};
static const ParamSpec GAUSSIAN[] = {RATE, SEED};
static const ParamSpec ALPHA[] = {RATE, {.name = "noise_shape", .type = PARAM_SHAPE}, SEED};
static const ParamSpec SPATIAL_1D[] = {RATE, SEED, NAME_AND_DTYPE};
static const ParamSpec SPATIAL[] = {RATE, DATA_FORMAT, SEED, NAME_AND_DTYPE};

static const ParamSpec CALL[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true},
    {.name = "training", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
};

/* `0 <= share <= 1`, in Python's words where it is no number. */
static bool check_share(Maker *maker, const char *param)
{
    const Value *share = maker_arg(maker, param);
    if (share->kind == VALUE_UNKNOWN || share->kind == VALUE_OBJECT) return true;
    if (!value_is_number(share))
        maker_refuse_order(maker, param, "<=", "int", NULL);
    else if (value_number(share) >= 0 && value_number(share) <= 1)
        return true;
    else
        maker_refuse(maker, param, "ValueError", "Invalid value received for argument `%s`. Expected a float value between 0 and 1. "
                     "Received: %s=%s", param, param, maker_text(maker, param));
    error_cause(maker->err, "cause.share", param, maker_text(maker, param), NULL);
    return error_fix(maker->err, FIX_ARGUMENT, param, "0.5");
}

/* A seed generator is made only where something can change. */
static bool check(Maker *maker, const char *share)
{
    if (!layer_base(maker) || !check_share(maker, share)) return false;
    const Value *value = maker_arg(maker, share);
    return !value_is_number(value) || value_number(value) <= 0 || maker_seed(maker, "seed");
}

static bool make_noise(Maker *maker)
{
    return check(maker, "stddev");
}

static bool make_dropout(Maker *maker)
{
    return check(maker, "rate");
}

static bool make_spatial(Maker *maker)
{
    const int axes = kind_axes(maker->layer->kind);
    bool unused;
    if (!check(maker, "rate") || (axes > 1 && !maker_data_format(maker, "data_format", &unused))) return false;
    layer_expect_rank(maker->builder, maker->layer, axes + 2);
    return true;
}

static void explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_TITLE) value_str(text, &trace->layer->args[0]);
    if (topic == EXPLAIN_RULE) text_put_char(text, 'x');
}

#define KIND_FIELDS(NAME, MODULE, PARAM_LIST, MAKE)                                             \
    .name = NAME, .module = "keras.src.layers.regularization." MODULE,                          \
    .params = PARAM_LIST, .n_params = sizeof PARAM_LIST / sizeof *PARAM_LIST,                   \
    .call_params = CALL, .n_call_params = 2,                                                    \
    .make = MAKE, .forward = elementwise_forward, .trace = elementwise_trace,                   \
    .connections = elementwise_connections, .explain = explain,                                 \
    .rule = TRACE_SUM, .keeps_mask = true, .elementwise = true, .built_at_make = true

const LayerKind LAYER_gaussian_noise = {KIND_FIELDS("GaussianNoise", "gaussian_noise", NOISE, make_noise)};
const LayerKind LAYER_gaussian_dropout = {KIND_FIELDS("GaussianDropout", "gaussian_dropout", GAUSSIAN, make_dropout)};
const LayerKind LAYER_alpha_dropout = {KIND_FIELDS("AlphaDropout", "alpha_dropout", ALPHA, make_dropout)};

/* Those without **kwargs. */
#define SPATIAL_KIND(SYMBOL, NAME, PARAM_LIST) \
    const LayerKind LAYER_##SYMBOL = { \
        KIND_FIELDS(NAME, "spatial_dropout", PARAM_LIST, make_spatial), .no_keywords = true, .advise = advise_other_rank};

SPATIAL_KIND(spatial_dropout1d, "SpatialDropout1D", SPATIAL_1D)
SPATIAL_KIND(spatial_dropout2d, "SpatialDropout2D", SPATIAL)
SPATIAL_KIND(spatial_dropout3d, "SpatialDropout3D", SPATIAL)
