/* SeparableConv1D, SeparableConv2D: a depthwise convolution, then a pointwise one. */
#include <inttypes.h>

#include "engine/layers/convolution.h"
#include "engine/layers/spatial.h"
#include "engine/layers/terms.h"

#define THREE(type, what) \
    PARAM("depthwise_" what, type), PARAM("pointwise_" what, type), PARAM("bias_" what, type)
#define PARAMS(ONES) \
    CONV_FILTERS, CONV_WINDOW(PADDING_CHOICES, ONES), DATA_FORMAT, CONV_DILATION(ONES), CONV_MULTIPLIER, CONV_ACTIVATION, \
    PARAM_START("depthwise_initializer", "glorot_uniform"), PARAM_START("pointwise_initializer", "glorot_uniform"), \
    PARAM_START("bias_initializer", "zeros"), THREE(PARAM_REGULARIZER, "regularizer"), PARAM("activity_regularizer", PARAM_REGULARIZER), \
    THREE(PARAM_CONSTRAINT, "constraint")

static const ParamSpec PARAMS_1D[] = {PARAMS(VALUE_IS_INT(1))};
static const ParamSpec PARAMS_2D[] = {PARAMS(VALUE_IS_ONES_2)};

static bool make(Maker *maker)
{
    return maker_regularizer(maker, "activity_regularizer") && layer_base(maker) && conv_read(maker) &&
           conv_check_positive(maker, "depth_multiplier") && conv_check_positive(maker, "filters");
}

static bool build(Builder *builder, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    const ConvConfig *config = layer->config;
    const int64_t channels = conv_channels(config, &in[0].shape);
    Shape unused;
    Value spread;
    (void)call, (void)n_in;
    conv_expect_channels(builder, layer, config, channels);
    return conv_spread_channels(builder->arena, config, channels, &spread, err) &&
           conv_shape(builder->arena, layer, &in[0].shape, config->filters, &unused, err) &&
           conv_add_kernel(builder, layer, "depthwise_kernel", value_int(channels), config->multiplier, config->kernel_initializer,
                           err) &&
           conv_add_kernel(builder, layer, "pointwise_kernel", spread, config->filters, config->pointwise_initializer, err) &&
           conv_add_bias(builder, layer, config->filters, err);
}

static void forward(const Forward *forward)
{
    const ConvConfig *config = forward->layer->config;
    const Convolution both = conv_begin(forward, conv_window(config, &forward->in[0].shape));
    const int64_t middle = forward->weights[1].shape.dim[config->axes];
    const size_t cells = (size_t)(both.batch * window_count(&both.window));
    float *spread = ARENA_ARRAY(forward->scratch, cells * (size_t)middle, float);
    Convolution depthwise = both, pointwise = both;
    depthwise.filters = middle;
    depthwise.bias = NULL;
    depthwise.finish = (FinishList){0};
    depthwise.out = spread;
    convolve_depthwise(&depthwise, forward->scratch);
    for (int i = 0; i < CONV_AXES; i++)
        pointwise.window.axis[i] = window_axis(both.window.axis[i].out, 1, 1, 1, WINDOW_VALID);
    pointwise.in = spread;
    pointwise.channels = middle;
    pointwise.kernel = forward->weights[1].data;
    convolve(&pointwise, forward->scratch);
    conv_finish(forward, &both);
}

/* Every cell under the window in every channel: each goes through two kernels, so terms cannot be exact. */
static int64_t trace(const Trace *trace, Term *terms, int64_t cap)
{
    const ConvConfig *config = trace->layer->config;
    const Volume in = volume_of(&trace->in[0].shape, config->channels_first);
    const WindowFormula at = conv_formula(config, trace);
    TermList list = {.term = terms, .cap = cap};
    WindowWalk walk;
    if (!window_walk(&walk, &at.window, at.place.at)) return 0;
    const int64_t all = size_multiply(window_walk_count(&walk), in.channels);
    do {
        Place cell = {.batch = at.place.batch, .at = {walk.cell[0], walk.cell[1], walk.cell[2]}};
        for (; cell.channel < in.channels && terms_have_room(&list); cell.channel++)
            terms_add(&list, term_input(0, volume_index(&in, &cell), 1));
    } while (terms_have_room(&list) && window_walk_next(&walk));
    return all;
}

static int64_t connections(const Trace *trace)
{
    const ConvConfig *config = trace->layer->config;
    if (!shape_known(&trace->in[0].shape)) return DIM_NONE;
    const Window window = conv_window(config, &trace->in[0].shape);
    const Shape *out = &trace->out[0].shape;
    const int64_t pairs = size_multiply(conv_channels(config, &trace->in[0].shape), conv_channels(config, out));
    return dim_multiply(window_count_taps(&window), size_multiply(out->dim[0], pairs));
}

/* "Σ (Σ x[9+i, 10+j, c]·D[i, j, c, m])·P[0, 0, 2·c+m, 3] + b[3]" */
static void explain_rule(const Trace *trace, Text *text)
{
    const ConvConfig *config = trace->layer->config;
    int64_t multiplier;
    const WindowFormula formula = conv_formula(config, trace);
    const bool one = !conv_dim(&config->multiplier, &multiplier) || multiplier <= 1;
    text_put(text, "Σ (Σ ");
    formula_under_taps(text, &formula, "c");
    text_put(text, "·");
    formula_kernel(text, &formula, "D", one ? "c, 0" : "c, m");
    text_put(text, ")·P[");
    for (int i = 0; i < config->axes; i++) text_put(text, "0, ");
    if (!one) text_print(text, "%" PRId64 "·", multiplier);
    text_print(text, "%s, %" PRId64 "]", one ? "c" : "c+m", formula.place.channel);
    conv_put_bias(config, text, formula.place.channel);
}

/* The number that spread channel m of the depthwise convolution has at a place. */
static double spread_number(const Forward *f, const WindowFormula *at, int64_t m)
{
    const ConvConfig *config = f->layer->config;
    const Volume in = volume_of(&f->in[0].shape, config->channels_first);
    const int64_t middle = f->weights[1].shape.dim[config->axes];
    WindowWalk walk;
    double sum = 0;
    if (!window_walk(&walk, &at->window, at->place.at)) return 0;
    do {
        const Place cell = {.batch = at->place.batch, .channel = m / (middle / in.channels), .at = {walk.cell[0], walk.cell[1], walk.cell[2]}};
        sum += (double)f->in[0].data[volume_index(&in, &cell)] * (double)f->weights[0].data[window_walk_tap(&walk) * middle + m];
    } while (window_walk_next(&walk));
    return sum;
}

/* The pointwise sum: "0.52·0.10 + −0.31·0.20 + 0.05". */
static void numbers(const Forward *f, int64_t k, Text *text)
{
    const ConvConfig *config = f->layer->config;
    const Volume out = volume_of(&f->out[0].shape, config->channels_first);
    const WindowFormula at = {.window = conv_window(config, &f->in[0].shape), .place = volume_place(&out, k)};
    const int64_t middle = f->weights[1].shape.dim[config->axes], filters = f->weights[1].shape.dim[config->axes + 1];
    FormulaSum sum = {.text = text};
    for (int64_t m = 0; m < middle; m++)
        formula_add_product(&sum, spread_number(f, &at, m), (double)f->weights[1].data[m * filters + at.place.channel]);
    if (!config->use_bias) return;
    text_put(text, " + ");
    formula_value(text, (double)f->weights[2].data[at.place.channel]);
}

static void explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    conv_explain(trace, topic, text, explain_rule);
}

#define SEPARABLE .infer = conv_infer, .numbers = numbers, .rule = TRACE_DEPENDS

const LayerKind LAYER_separable_conv1d = {CONV_KIND("SeparableConv1D", "separable_conv1d", PARAMS_1D), SEPARABLE};
const LayerKind LAYER_separable_conv2d = {CONV_KIND("SeparableConv2D", "separable_conv2d", PARAMS_2D), SEPARABLE};
