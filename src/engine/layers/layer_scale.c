/* LayerScale of ConvNeXt (Touvron et al. 2021): every channel times a factor of its own that is learned. */
#include "engine/layer.h"

static const ParamSpec PARAMS[] = {
    {.name = "init_values", .type = PARAM_FLOAT, .required = true, .example = "1e-6"},
    {.name = "projection_dim", .type = PARAM_INT, .required = true, .example = "16"},
};

enum { INIT_VALUES, PROJECTION_DIM };

static bool make(Maker *m) { return layer_base(m); }

static Value constant(Builder *b, const Value *number)
{
    ValueConfig *config = ARENA_NEW(b->arena, ValueConfig);
    *config = (ValueConfig){.module = "keras.initializers", .class_name = "Constant"};
    config->arguments = *value_dict(b->arena).dict;
    dict_set(b->arena, &config->arguments, value_string(b->arena, "value", 5), *number);
    return (Value){.kind = VALUE_CONFIG, NO_SPAN, .config = config};
}

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    (void)call, (void)in, (void)n_in;
    const Value *dim = &layer->args[PROJECTION_DIM];
    const Shape shape = SHAPE(value_is_int(dim) ? dim->integer : DIM_NONE);
    return layer_add_weight(b, layer, "gamma", shape, constant(b, &layer->args[INIT_VALUES]), true, err);
}

static void forward(const Forward *f)
{
    const int64_t channels = f->weights[0].shape.dim[0], size = shape_size(&f->out[0].shape);
    if (!channels || f->in[0].shape.dim[f->in[0].shape.rank - 1] != channels) {
        *f->impossible = true;
        return;
    }
    for (int64_t k = 0; k < size; k++) f->out[0].data[k] = f->in[0].data[k] * f->weights[0].data[k % channels];
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const int64_t channels = t->layer->weights[0].shape.dim[0];
    if (cap > 0) terms[0] = (Term){.from = t->k, .weight = 0, .at = t->k % (channels ? channels : 1), .child = -1, .scale = 1};
    return 1;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_PARAMS && t->layer->n_weights) text_print(text, "%lld", (long long)layer_params(t->layer).all);
    if (topic == EXPLAIN_RULE) text_put(text, "γ·x");
}

const LayerKind LAYER_layer_scale = {
    .name = "LayerScale", .module = "keras.src.applications.convnext", .params = PARAMS, .n_params = 2, .make = make, .build = build,
    .forward = forward, .trace = trace, .explain = explain, .rule = TRACE_SUM, .elementwise = true,
};
