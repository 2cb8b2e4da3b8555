/* DepthwiseConv1D, DepthwiseConv2D. */
#include <inttypes.h>

#include "engine/layers/convolution.h"
#include "engine/layers/spatial.h"
#include "engine/layers/terms.h"

#define PARAMS(ONES) \
    CONV_WINDOW(PADDING_CHOICES, ONES), CONV_MULTIPLIER, DATA_FORMAT, CONV_DILATION(ONES), CONV_ACTIVATION, CONV_WEIGHTS("depthwise")

static const ParamSpec PARAMS_1D[] = {PARAMS(VALUE_IS_INT(1))};
static const ParamSpec PARAMS_2D[] = {PARAMS(VALUE_IS_ONES_2)};

static bool make(Maker *maker)
{
    return maker_regularizer(maker, "activity_regularizer") && layer_base(maker) && conv_read(maker) &&
           conv_check_positive(maker, "depth_multiplier");
}

static bool shape_of(Arena *arena, const Layer *layer, const Shape *in, Shape *out, Error *err)
{
    const ConvConfig *config = layer->config;
    Value filters;
    return conv_spread_channels(arena, config, conv_channels(config, in), &filters, err) &&
           conv_shape(arena, layer, in, filters, out, err);
}

static bool build(Builder *builder, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    const ConvConfig *config = layer->config;
    const int64_t channels = conv_channels(config, &in[0].shape);
    Shape unused;
    Value filters;
    (void)call, (void)n_in;
    conv_expect_channels(builder, layer, config, channels);
    return shape_of(builder->arena, layer, &in[0].shape, &unused, err) &&
           conv_add_kernel(builder, layer, "kernel", value_int(channels), config->multiplier, config->kernel_initializer, err) &&
           conv_spread_channels(builder->arena, config, channels, &filters, err) && conv_add_bias(builder, layer, filters, err);
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Shape shape;
    (void)call, (void)n_in;
    if (!shape_of(out->arena, layer, &in[0].shape, &shape, err)) return false;
    outputs_add(out, shape, layer->dtype);
    return true;
}

static void forward(const Forward *forward)
{
    const Convolution conv = conv_begin(forward, conv_window(forward->layer->config, &forward->in[0].shape));
    convolve_depthwise(&conv, forward->scratch);
    conv_finish(forward, &conv);
}

static int64_t multiplier_of(const ConvConfig *config)
{
    int64_t multiplier;
    return conv_dim(&config->multiplier, &multiplier) && multiplier > 0 ? multiplier : 1;
}

static int64_t trace(const Trace *trace, Term *terms, int64_t cap)
{
    const ConvConfig *config = trace->layer->config;
    const Volume in = volume_of(&trace->in[0].shape, config->channels_first);
    const WindowFormula at = conv_formula(config, trace);
    const int64_t filters = conv_channels(config, &trace->out[0].shape);
    TermList list = {.term = terms, .cap = cap};
    WindowWalk walk;
    if (window_walk(&walk, &at.window, at.place.at)) {
        do {
            const Place cell = {.batch = at.place.batch, .channel = at.place.channel / multiplier_of(config),
                                .at = {walk.cell[0], walk.cell[1], walk.cell[2]}};
            terms_add(&list, term_product(volume_index(&in, &cell), 0, window_walk_tap(&walk) * filters + at.place.channel));
        } while (terms_have_room(&list) && window_walk_next(&walk));
        list.n = window_walk_count(&walk);
    }
    if (config->use_bias) terms_add(&list, term_weight(1, at.place.channel));
    return list.n;
}

static int64_t connections(const Trace *trace)
{
    const ConvConfig *config = trace->layer->config;
    if (!shape_known(&trace->in[0].shape)) return DIM_NONE;
    const Window window = conv_window(config, &trace->in[0].shape);
    const Shape *out = &trace->out[0].shape;
    return dim_multiply(window_count_taps(&window), size_multiply(out->dim[0], conv_channels(config, out)));
}

static void explain_rule(const Trace *trace, Text *text)
{
    const ConvConfig *config = trace->layer->config;
    const WindowFormula formula = conv_formula(config, trace);
    const int64_t filter = formula.place.channel, multiplier = multiplier_of(config);
    const char *channel = arena_print(text->arena, "%" PRId64, filter / multiplier);
    if (window_size(&formula.window) > 1) text_put(text, "Σ ");
    formula_under_taps(text, &formula, channel);
    text_put(text, "·");
    formula_kernel(text, &formula, "W", arena_print(text->arena, "%s, %" PRId64, channel, filter % multiplier));
    conv_put_bias(config, text, filter);
}

static void explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    conv_explain(trace, topic, text, explain_rule);
}

#define DEPTHWISE .infer = infer, .leads = conv_leads, .fills = true, .rule = TRACE_SUM

const LayerKind LAYER_depthwise_conv1d = {CONV_KIND("DepthwiseConv1D", "depthwise_conv1d", PARAMS_1D), DEPTHWISE};
const LayerKind LAYER_depthwise_conv2d = {CONV_KIND("DepthwiseConv2D", "depthwise_conv2d", PARAMS_2D), DEPTHWISE};
