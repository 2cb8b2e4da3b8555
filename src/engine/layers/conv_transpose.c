/* Conv1DTranspose, Conv2DTranspose, Conv3DTranspose. The window slides over the output: its cells are the output's, its
 * places the input's. */
#include <inttypes.h>

#include "engine/layers/convolution.h"
#include "engine/layers/spatial.h"
#include "engine/layers/terms.h"

#define HEAD(ONES)     CONV_FILTERS, CONV_WINDOW(PADDING_CHOICES, ONES)
#define OUTPUT_PADDING PARAM("output_padding", PARAM_INTS)
#define TAIL(ONES)     CONV_DILATION(ONES), CONV_ACTIVATION, CONV_WEIGHTS("kernel")

static const ParamSpec PARAMS_1D[] = {HEAD(VALUE_IS_INT(1)), OUTPUT_PADDING, DATA_FORMAT, TAIL(VALUE_IS_INT(1))};
static const ParamSpec PARAMS_2D[] = {HEAD(VALUE_IS_ONES_2), OUTPUT_PADDING, DATA_FORMAT, TAIL(VALUE_IS_ONES_2)};
/* Keras swaps two of them in 3D. */
static const ParamSpec PARAMS_3D[] = {HEAD(VALUE_IS_ONES_3), DATA_FORMAT, OUTPUT_PADDING, TAIL(VALUE_IS_ONES_3)};

/* ---- make ---- */

static bool check_output_padding(Maker *maker, const ConvConfig *config)
{
    for (int i = 0; config->has_output_padding && i < config->axes; i++) {
        if (config->output_padding[i] < config->stride[i]) continue;
        maker_refuse(maker, "output_padding", "ValueError",
                     "`output_padding` must be strictly less than `strides` for all dimensions. At dimension %d, `output_padding` is "
                     "%" PRId64 " but `strides` is %" PRId64 ". Received: output_padding=%s, strides=%s",
                     i, config->output_padding[i], config->stride[i], maker_text(maker, "output_padding"),
                     maker_text(maker, "strides"));
        error_cause(maker->err, "cause.output_padding", maker_text(maker, "output_padding"), maker_text(maker, "strides"), NULL);
        return error_fix(maker->err, FIX_REMOVE_ARGUMENT, "output_padding", NULL);
    }
    return true;
}

static bool make(Maker *maker)
{
    if (!layer_base(maker)) return false;
    const ConvConfig *config = conv_read(maker);
    return config && conv_check_positive(maker, "filters") && check_output_padding(maker, config) &&
           conv_check_strides_and_dilation(maker, config);
}

static bool build(Builder *builder, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    const ConvConfig *config = layer->config;
    const int64_t channels = conv_channels(config, &in[0].shape);
    (void)call, (void)n_in;
    conv_expect_channels(builder, layer, config, channels);
    return conv_add_kernel(builder, layer, "kernel", config->filters, channels == DIM_NONE ? value_none() : value_int(channels),
                           config->kernel_initializer, err) &&
           conv_add_bias(builder, layer, config->filters, err);
}

/* ---- shapes ---- */

static int64_t out_size(const ConvConfig *config, int axis, int64_t in)
{
    const int64_t reach = window_reach(config->size[axis], config->dilation[axis]), stride = config->stride[axis];
    if (in == DIM_NONE || in == 0) return in;
    if (config->padding == WINDOW_SAME && !config->has_output_padding) return size_multiply(in, stride);
    const int64_t spread = size_multiply(in - 1, stride);
    if (!config->has_output_padding) return size_add(spread, reach > stride ? reach : stride);
    return size_add(spread, size_add(config->padding == WINDOW_SAME ? reach % 2 : reach, config->output_padding[axis]));
}

static bool refuse_rank(const Layer *layer, const Shape *in, Arena *arena, Error *err)
{
    const ConvConfig *config = layer->config;
    error_set(err, "IndexError", "tuple index out of range");
    error_cause(err, "cause.conv_rank", arena_print(arena, "%d", config->axes + 2), shape_text(arena, in), NULL);
    advise_other_rank(layer, in, err);
    return false;
}

static bool refuse_padding(const ConvConfig *config, Arena *arena, Error *err)
{
    error_set(err, "AttributeError", "'%s' object has no attribute 'lower'", value_class_name(config->padding_list));
    error_cause(err, "cause.padding", value_str_text(arena, config->padding_list), NULL);
    error_fix(err, FIX_ARGUMENT, "padding", "'same'");
    return error_fix(err, FIX_REMOVE_ARGUMENT, "padding", NULL);
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const ConvConfig *config = layer->config;
    const Shape *shape = &in[0].shape;
    int64_t places[CONV_AXES], filters;
    (void)call, (void)n_in;
    for (int i = 0; i < config->axes; i++) {
        const int64_t cells = shape->dim[volume_first_axis(config->channels_first) + i];
        if (cells != DIM_NONE && config->padding_list) return refuse_padding(config, out->arena, err);
        places[i] = out_size(config, i, cells);
    }
    if (shape->rank != config->axes + 2) return refuse_rank(layer, shape, out->arena, err);
    conv_dim(&config->filters, &filters);
    outputs_add(out, conv_put_axes(config, shape, places, filters), layer->dtype);
    return true;
}

/* ---- numbers ---- */

/* Cells of the window cut off before the first of the output. */
static int64_t cut_before(const ConvConfig *config, int axis)
{
    const int64_t reach = window_reach(config->size[axis], config->dilation[axis]);
    const int64_t whole = config->has_output_padding ? reach - reach % 2 - config->output_padding[axis] : reach - config->stride[axis];
    return config->padding == WINDOW_SAME && whole > 0 ? whole / 2 : 0;
}

static Window window_of(const ConvConfig *config, const Shape *in, const Shape *out)
{
    Window window;
    const Volume places = volume_of(in, config->channels_first), cells = volume_of(out, config->channels_first);
    for (int i = 0; i < CONV_AXES; i++) {
        const int axis = i - (CONV_AXES - config->axes);
        window.axis[i] = axis < 0 ? window_axis(1, 1, 1, 1, WINDOW_VALID)
                                  : (WindowAxis){.in = cells.dim[i], .out = places.dim[i], .size = config->size[axis],
                                                 .stride = config->stride[axis], .dilation = config->dilation[axis],
                                                 .before = cut_before(config, axis)};
    }
    return window;
}

static void forward(const Forward *forward)
{
    const ConvConfig *config = forward->layer->config;
    const Convolution conv = conv_begin(forward, window_of(config, &forward->in[0].shape, &forward->out[0].shape));
    convolve_transposed(&conv, forward->scratch);
    conv_finish(forward, &conv);
}

/* The place whose tap falls on a cell; false when there is none. */
static bool place_under(const WindowAxis *axis, int64_t cell, int64_t tap, int64_t *place)
{
    const int64_t from = cell + axis->before - tap * axis->dilation;
    *place = from / axis->stride;
    return from >= 0 && from % axis->stride == 0 && *place < axis->out;
}

/* One output while its terms are gathered. */
typedef struct Gathering {
    const ConvConfig *config;
    Window            window;
    Volume            in;
    Place             cell;
    int64_t           filters;
    TermList          list;
} Gathering;

static void add_channels(Gathering *g, int64_t tap, const int64_t *at)
{
    Place place = {.batch = g->cell.batch, .at = {at[0], at[1], at[2]}};
    const int64_t all = size_add(g->list.n, g->in.channels);
    for (; place.channel < g->in.channels && terms_have_room(&g->list); place.channel++) {
        const int64_t weight = (tap * g->filters + g->cell.channel) * g->in.channels + place.channel;
        terms_add(&g->list, term_product(volume_index(&g->in, &place), 0, weight));
    }
    g->list.n = all;
}

static void add_taps(Gathering *g)
{
    const WindowAxis *axis = g->window.axis;
    int64_t at[CONV_AXES];
    for (int64_t d = 0; d < axis[0].size; d++) {
        if (!place_under(&axis[0], g->cell.at[0], d, &at[0])) continue;
        for (int64_t h = 0; h < axis[1].size; h++) {
            if (!place_under(&axis[1], g->cell.at[1], h, &at[1])) continue;
            for (int64_t w = 0; w < axis[2].size; w++)
                if (place_under(&axis[2], g->cell.at[2], w, &at[2])) add_channels(g, (d * axis[1].size + h) * axis[2].size + w, at);
        }
    }
}

static Gathering gathering_of(const Trace *trace)
{
    const ConvConfig *config = trace->layer->config;
    const Volume out = volume_of(&trace->out[0].shape, config->channels_first);
    return (Gathering){
        .config = config, .window = window_of(config, &trace->in[0].shape, &trace->out[0].shape),
        .in = volume_of(&trace->in[0].shape, config->channels_first), .cell = volume_place(&out, trace->k), .filters = out.channels,
    };
}

static int64_t trace(const Trace *trace, Term *terms, int64_t cap)
{
    Gathering gathering = gathering_of(trace);
    gathering.list = (TermList){.term = terms, .cap = cap};
    add_taps(&gathering);
    if (gathering.config->use_bias) terms_add(&gathering.list, term_weight(1, gathering.cell.channel));
    return gathering.list.n;
}

static int64_t connections(const Trace *trace)
{
    const ConvConfig *config = trace->layer->config;
    const Shape *in = &trace->in[0].shape, *out = &trace->out[0].shape;
    if (!shape_known(in) || !shape_known(out)) return DIM_NONE;
    const Window window = window_of(config, in, out);
    const int64_t pairs = size_multiply(conv_channels(config, in), conv_channels(config, out));
    return dim_multiply(window_count_taps(&window), size_multiply(in->dim[0], pairs));
}

/* ---- explanations ---- */

static const char LETTERS[] = "ijk";

static void put_places(const Gathering *g, Text *text)
{
    const int first = CONV_AXES - g->config->axes;
    text_put(text, "x[");
    if (g->config->channels_first) text_put(text, "c, ");
    for (int i = first; i < CONV_AXES; i++) text_print(text, i > first ? ", %c" : "%c", LETTERS[i - first]);
    text_put(text, g->config->channels_first ? "]" : ", c]");
}

/* The tap that brings place i to the cell: "9−2·i", "(9−i)/2". */
static void put_tap(const Gathering *g, Text *text, int i)
{
    const WindowAxis *axis = &g->window.axis[i];
    const char letter = LETTERS[i - (CONV_AXES - g->config->axes)];
    text_print(text, axis->dilation == 1 ? "%" PRId64 "−" : "(%" PRId64 "−", g->cell.at[i] + axis->before);
    if (axis->stride != 1) text_print(text, "%" PRId64 "·", axis->stride);
    text_put_char(text, letter);
    if (axis->dilation != 1) text_print(text, ")/%" PRId64, axis->dilation);
}

static void explain_rule(const Trace *trace, Text *text)
{
    if (!shape_known(&trace->out[0].shape) || !shape_known(&trace->in[0].shape)) return;
    const Gathering gathering = gathering_of(trace);
    text_put(text, "Σ ");
    put_places(&gathering, text);
    text_put(text, "·W[");
    for (int i = CONV_AXES - gathering.config->axes; i < CONV_AXES; i++) {
        put_tap(&gathering, text, i);
        text_put(text, ", ");
    }
    text_print(text, "%" PRId64 ", c]", gathering.cell.channel);
    conv_put_bias(gathering.config, text, gathering.cell.channel);
}

static void put_size(Text *text, const Trace *trace, int axis)
{
    const ConvConfig *config = trace->layer->config;
    const int64_t in = trace->in[0].shape.dim[volume_first_axis(config->channels_first) + axis];
    const int64_t out = out_size(config, axis, in), stride = config->stride[axis];
    if (in == DIM_NONE || in == out) return;
    if (config->padding == WINDOW_SAME && !config->has_output_padding) {
        text_print(text, "%" PRId64 "·%" PRId64 " = %" PRId64, in, stride, out);
        return;
    }
    const int64_t more = config->has_output_padding ? config->output_padding[axis] : 0;
    text_print(text, "(%" PRId64 " − 1)·%" PRId64 " + %" PRId64, in, stride, out - (in - 1) * stride - more);
    if (more) text_print(text, " + %" PRId64, more);
    text_print(text, " = %" PRId64, out);
}

static void explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    const ConvConfig *config = trace->layer->config;
    switch (topic) {
    case EXPLAIN_TITLE: conv_explain_title(config, text); break;
    case EXPLAIN_PARAMS: formula_weights(text, trace->layer); break;
    case EXPLAIN_RULE: explain_rule(trace, text); break;
    case EXPLAIN_SHAPE: formula_axes(text, config->axes, put_size, trace); break;
    }
}

#define TRANSPOSE .infer = infer, .rule = TRACE_SUM

const LayerKind LAYER_conv1d_transpose = {CONV_KIND("Conv1DTranspose", "conv1d_transpose", PARAMS_1D), TRANSPOSE};
const LayerKind LAYER_conv2d_transpose = {CONV_KIND("Conv2DTranspose", "conv2d_transpose", PARAMS_2D), TRANSPOSE};
const LayerKind LAYER_conv3d_transpose = {CONV_KIND("Conv3DTranspose", "conv3d_transpose", PARAMS_3D), TRANSPOSE};
