/* LayerNormalization: along its axes, each example by itself. */
#include "engine/layers/normalize.h"

static const ParamSpec PARAMS[] = {
    PARAM_WITH("axis", PARAM_INTS, VALUE_IS_INT(-1)), PARAM_WITH("epsilon", PARAM_FLOAT, VALUE_IS_FLOAT(1e-3)), NORMALIZE_AFFINE, NORMALIZE_PENALTIES,
    {.name = "rms_scaling", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE, .keyword_only = true},
};

/* Scaled by the root of the variance alone, it has a gamma and no beta, whatever the arguments say. */
static void take_rms_scaling(NormalizeConfig *config)
{
    config->keeps_mean = config->scale = true;
    config->center = false;
}

static bool make(Maker *m)
{
    if (!layer_base(m)) return false;
    m->layer->autocast = false;
    NormalizeConfig *config = normalize_config_new(m);
    const Value *axis = maker_arg(m, "axis");
    if (!normalize_read_axes(config, axis))
        return maker_refuse(m, "axis", "TypeError",
                            "Expected an int or a list/tuple of ints for the argument 'axis', but received: %s",
                            value_repr_text(m->builder->arena, axis));
    config->epsilon = normalize_epsilon(m);
    if (!normalize_read_affine(m, config) || !normalize_read_penalties(m)) return false;
    if (value_truth(maker_arg(m, "rms_scaling"))) take_rms_scaling(config);
    return true;
}

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    Shape shape;
    if (!normalize_takes_one(call, in, n_in, ((const NormalizeConfig *)layer->config)->axes[0], err)) return false;
    return normalize_build_axes(b, layer, in, &shape, err) && normalize_add_affine(b, layer, shape, err);
}

static void forward(const Forward *f)
{
    const Grouping g = normalize_grouping(&f->in[0].shape, f->layer->config);
    normalize_centred(f, &g);
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const NormalizeConfig *config = t->layer->config;
    if (config->keeps_mean) normalize_explain(t, topic, text, "γ·x/√(var(x) + ε)");
    else normalize_explain_affine(t, topic, text);
}

static void numbers(const Forward *f, int64_t k, Text *text)
{
    const Grouping g = normalize_grouping(&f->in[0].shape, f->layer->config);
    normalize_numbers(f, &g, k, text);
}

const LayerKind LAYER_layer_normalization = {
    .name = "LayerNormalization", .module = "keras.src.layers.normalization.layer_normalization", PARAMS_OF(PARAMS),
    .make = make, .build = build, .forward = forward, .trace = normalize_trace, .explain = explain, .numbers = numbers,
    .rule = TRACE_DEPENDS, .keeps_mask = true,
};
