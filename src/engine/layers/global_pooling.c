/* GlobalMaxPooling1D to 3D, GlobalAveragePooling1D to 3D. */
#include <inttypes.h>

#include "engine/layers/advice.h"
#include "engine/layers/pool.h"
#include "engine/layers/spatial.h"

static const ParamSpec PARAMS[] = {
    DATA_FORMAT,
    {.name = "keepdims", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
};

static const ParamSpec MASKED_CALL[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true},
    {.name = "mask", .type = PARAM_TENSORS},
};

static int64_t one_place(const PoolConfig *config, int axis, int64_t in)
{
    (void)config, (void)axis, (void)in;
    return 1;
}

static PoolRange whole_axis(const PoolConfig *config, int axis, int64_t in, int64_t place)
{
    (void)config, (void)axis, (void)place;
    return (PoolRange){0, in};
}

static bool make(Maker *maker)
{
    if (!layer_base(maker)) return false;
    PoolConfig *config = pool_begin(maker);
    config->places = one_place;
    config->range = whole_axis;
    if (!maker_data_format(maker, "data_format", &config->channels_first)) return false;
    config->keep_axes = value_truth(maker_arg(maker, "keepdims"));
    layer_expect_rank(maker->builder, maker->layer, config->axes + 2);
    return true;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const PoolConfig *config = layer->config;
    const Shape *shape = &in[0].shape;
    Shape pooled = {.rank = 2, .dim = {shape->dim[0], shape->dim[volume_channel_axis(shape, config->channels_first)]}};
    (void)call, (void)n_in, (void)err;
    for (int i = 0; config->keep_axes && i < config->axes; i++)
        pooled = shape_with(&pooled, volume_first_axis(config->channels_first) + i, 1);
    outputs_add(out, pooled, layer->dtype);
    return true;
}

/* ---- the mean of the steps that a mask lets through ---- */

static void mean_of_kept(const Volume *in, const float *x, const float *mask, float *y)
{
    double kept = 0;
    for (int64_t t = 0; t < in->dim[2]; t++) kept += mask[t] != 0.0F;
    for (int64_t c = 0; c < in->channels; c++) {
        double sum = 0;
        for (int64_t t = 0; t < in->dim[2]; t++)
            if (mask[t] != 0.0F) sum += (double)x[t * in->step[2] + c * in->channel_step];
        y[c] = (float)(sum / kept);
    }
}

static void forward_mean(const Forward *forward)
{
    const PoolConfig *config = forward->layer->config;
    if (forward->n_in < 2) {
        pool_forward(forward);
        return;
    }
    const Volume in = volume_of(&forward->in[0].shape, config->channels_first);
    for (int64_t b = 0; b < in.batch; b++)
        mean_of_kept(&in, forward->in[0].data + b * in.batch_step, forward->in[1].data + b * in.dim[2],
                     forward->out[0].data + b * in.channels);
}

/* Which steps count is known from the mask's numbers alone. */
static TraceRule mean_rule(const Layer *layer)
{
    for (int i = 0; i < layer->n_calls; i++)
        if (layer->calls[i]->n_in > 1) return TRACE_DEPENDS;
    return TRACE_SUM;
}

static KerasTensor *no_mask(Builder *builder, Layer *layer, Node *node, KerasTensor *const *in_masks, Error *err)
{
    (void)builder, (void)layer, (void)node, (void)in_masks, (void)err;
    return NULL;
}

static void explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_RULE) pool_explain_rule(trace, text);
}

#define KIND_FIELDS(NAME, MODULE)                                                               \
    .name = NAME, .module = "keras.src.layers.pooling." MODULE,                                 \
    .params = PARAMS, .n_params = sizeof PARAMS / sizeof *PARAMS,                               \
    .make = make, .infer = infer, .trace = pool_trace, .explain = explain,                      \
    .advise = advise_other_rank, .connections = pool_connections, .built_at_make = true

#define KIND(SYMBOL, NAME, MODULE, RULE) \
    const LayerKind LAYER_##SYMBOL = {KIND_FIELDS(NAME, MODULE), .forward = pool_forward, .fills = true, .rule = RULE};

KIND(global_max_pooling1d, "GlobalMaxPooling1D", "global_max_pooling1d", TRACE_MAX)
KIND(global_max_pooling2d, "GlobalMaxPooling2D", "global_max_pooling2d", TRACE_MAX)
KIND(global_max_pooling3d, "GlobalMaxPooling3D", "global_max_pooling3d", TRACE_MAX)
KIND(global_average_pooling2d, "GlobalAveragePooling2D", "global_average_pooling2d", TRACE_SUM)
KIND(global_average_pooling3d, "GlobalAveragePooling3D", "global_average_pooling3d", TRACE_SUM)

const LayerKind LAYER_global_average_pooling1d = {
    KIND_FIELDS("GlobalAveragePooling1D", "global_average_pooling1d"),
    .call_params = MASKED_CALL, .n_call_params = sizeof MASKED_CALL / sizeof *MASKED_CALL,
    .forward = forward_mean, .mask = no_mask, .rule = TRACE_SUM, .rule_of = mean_rule,
};
