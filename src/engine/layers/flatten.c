/* Flatten: all axes but the batch in one, the last fastest. */
#include <string.h>

#include "engine/layer.h"

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

static int64_t source_of(const Layer *layer, const Shape *shape, int64_t k)
{
    if (!moves_channels(layer, shape)) return k;
    const int64_t channels = shape->dim[1], places = shape_span_size(shape, 2, shape->rank), size = channels * places;
    const int64_t example = k / size, place = k % size / channels, channel = k % channels;
    return example * size + channel * places + place;
}

static void forward(const Forward *f)
{
    const int64_t size = shape_size(&f->out[0].shape);
    if (!moves_channels(f->layer, &f->in[0].shape)) {
        memcpy(f->out[0].data, f->in[0].data, (size_t)size * sizeof(float));
        return;
    }
    for (int64_t k = 0; k < size; k++) f->out[0].data[k] = f->in[0].data[source_of(f->layer, &f->in[0].shape, k)];
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    if (cap > 0)
        terms[0] = (Term){.from = source_of(t->layer, &t->in[0].shape, t->k), .weight = -1, .at = -1, .child = -1, .scale = 1};
    return 1;
}

static int64_t connections(const Trace *t)
{
    return shape_size(&t->out[0].shape);
}

/* "3·16 = 48" */
static void explain_shape(const Trace *t, Text *text)
{
    const Shape *shape = &t->in[0].shape;
    for (int i = 1; i < shape->rank; i++) text_print(text, i > 1 ? "·%lld" : "%lld", (long long)shape->dim[i]);
    if (shape->rank > 2) text_print(text, " = %lld", (long long)t->out[0].shape.dim[1]);
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    switch (topic) {
    case EXPLAIN_TITLE:
    case EXPLAIN_PARAMS: break;
    case EXPLAIN_RULE: text_print(text, "x[%lld]", (long long)source_of(t->layer, &t->in[0].shape, t->k)); break;
    case EXPLAIN_SHAPE: explain_shape(t, text); break;
    }
}

const LayerKind LAYER_flatten = {
    .name = "Flatten",
    .module = "keras.src.layers.reshaping.flatten",
    .params = PARAMS,
    .n_params = 1,
    .make = make,
    .infer = infer,
    .forward = forward,
    .fills = true,
    .trace = trace,
    .connections = connections,
    .explain = explain,
    .rule = TRACE_SUM,
};
