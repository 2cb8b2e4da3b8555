/* Flatten: all axes but the batch in one, the last fastest. */
#include <string.h>

#include "engine/layers/moved.h"

typedef struct FlattenConfig {
    bool channels_first;
} FlattenConfig;

static const ParamSpec PARAMS[] = {{.name = "data_format", .type = PARAM_STRING}};

static bool make(Maker *m)
{
    FlattenConfig *config = ARENA_NEW(m->builder->arena, FlattenConfig);
    m->layer->config = config;
    if (!layer_base(m) || !maker_data_format(m, "data_format", &config->channels_first)) return false;
    layer_add_input_spec(m->builder, m->layer)->min_ndim = 1;
    return true;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err)) return false;
    outputs_add(out, SHAPE(in[0].shape.dim[0], shape_span_size(&in[0].shape, 1, in[0].shape.rank)), in[0].dtype);
    return true;
}

/* Channels first are put last before they are flattened: output p·C + c of one example is input c·P + p. */
static bool moves_channels(const Layer *layer, const Shape *shape)
{
    return ((const FlattenConfig *)layer->config)->channels_first && shape->rank > 2;
}

static int64_t from(const Layer *layer, const Shape *shape, const Shape *out, int64_t k)
{
    (void)out;
    if (!moves_channels(layer, shape)) return k;
    const int64_t channels = shape->dim[1], places = shape_span_size(shape, 2, shape->rank), size = channels * places;
    const int64_t example = k / size, place = k % size / channels, channel = k % channels;
    return example * size + channel * places + place;
}

static void forward(const Forward *f)
{
    if (moves_channels(f->layer, &f->in[0].shape)) moved_forward(f);
    else memcpy(f->out[0].data, f->in[0].data, (size_t)shape_size(&f->out[0].shape) * sizeof(float));
}

/* "3·16 = 48" */
static void explain_shape(const Trace *t, Text *text)
{
    const Shape *in = &t->in[0].shape;
    if (in->rank < 3) return;
    moved_put_axes(text, in);
    text_print(text, " = %lld", (long long)t->out[0].shape.dim[1]);
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_RULE) moved_explain_rule(t, text);
    if (topic == EXPLAIN_SHAPE) explain_shape(t, text);
}

const LayerKind LAYER_flatten = {
    .name = "Flatten", .module = "keras.src.layers.reshaping.flatten", PARAMS_OF(PARAMS), .make = make, .infer = infer, .forward = forward,
    MOVED_KIND(from),
};
