/* ConvLSTMCell: one step, from inputs (batch, cells..., channels) and two states (batch, places..., filters) to the output and
 * the new states. Kernels hold the gates i, f, g, o side by side: kernel (taps..., channels, 4·filters), recurrent_kernel
 * (taps..., filters, 4·filters). */
#include <string.h>

#include "engine/activation.h"
#include "engine/initializer.h"
#include "engine/layers/conv_lstm.h"
#include "engine/layers/recurrent.h"
#include "engine/layers/spatial.h"

enum { GATES = 4, STATES = 2 };

typedef struct CellConfig {
    ConvConfig        conv;    /* first: convolution.h reads it from the layer */
    const Activation *activation, *recurrent_activation;
    const Value      *recurrent_initializer;
    bool              forget_ones;
} CellConfig;

static const ParamSpec PARAMS[] = {CONV_LSTM_HEAD, CONV_LSTM_TAIL};

static const ParamSpec CALL[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true},
    {.name = "states", .type = PARAM_TENSORS, .required = true},
    {.name = "training", .type = PARAM_BOOL},
};

const ConvConfig *conv_lstm_config(const Layer *cell)
{
    const CellConfig *config = cell->config;
    return &config->conv;
}

/* ---- make ---- */

static bool any_above_one(const int64_t *values, int n)
{
    for (int i = 0; i < n; i++)
        if (values[i] > 1) return true;
    return false;
}

static bool check_strides_and_dilation(Maker *m, const ConvConfig *conv)
{
    if (!any_above_one(conv->stride, conv->axes) || !any_above_one(conv->dilation, conv->axes)) return true;
    maker_refuse(m, "dilation_rate", "ValueError",
                 "Specifying `strides > 1` is not compatible with `dilation_rate > 1`. Please provide `strides=1` or `dilation_rate=1`. "
                 "Received: strides=%s and dilation_rate=%s", maker_text(m, "strides"), maker_text(m, "dilation_rate"));
    error_cause(m->err, "cause.strides_and_dilation", NULL);
    error_fix(m->err, FIX_REMOVE_ARGUMENT, "dilation_rate", NULL);
    return error_fix(m->err, FIX_REMOVE_ARGUMENT, "strides", NULL);
}

static bool read_padding(Maker *m, ConvConfig *conv)
{
    if (!maker_padding(m, "padding", false)) return false;
    const Value *padding = maker_arg(m, "padding");
    if (padding->kind == VALUE_TUPLE || padding->kind == VALUE_LIST) conv->padding_list = padding;
    if (value_is_text(padding, "same")) conv->padding = WINDOW_SAME;
    return true;
}

/* TensorFlow computes 3D convolutions by another way where channels come last. */
static void centre(ConvConfig *conv)
{
    if (conv->axes == 3 && conv->padding == WINDOW_SAME && !conv->channels_first) conv->padding = WINDOW_CENTRED;
}

static bool read_window(Maker *m, ConvConfig *conv)
{
    conv->axes = *(const int *)m->layer->kind->family;
    conv->filters = *maker_arg(m, "filters");
    conv->kernel_size = *maker_arg(m, "kernel_size");
    return maker_ints(m, "kernel_size", conv->axes, false, conv->size) && maker_ints(m, "strides", conv->axes, true, conv->stride) &&
           read_padding(m, conv) && maker_data_format(m, "data_format", &conv->channels_first) &&
           maker_ints(m, "dilation_rate", conv->axes, false, conv->dilation) && check_strides_and_dilation(m, conv);
}

static bool read_rest(Maker *m, CellConfig *config)
{
    config->conv.use_bias = value_truth(maker_arg(m, "use_bias"));
    config->conv.kernel_initializer = maker_arg(m, "kernel_initializer");
    config->conv.bias_initializer = maker_arg(m, "bias_initializer");
    config->recurrent_initializer = maker_arg(m, "recurrent_initializer");
    config->forget_ones = value_truth(maker_arg(m, "unit_forget_bias"));
    return maker_activation(m, "activation", &config->activation) &&
           maker_activation(m, "recurrent_activation", &config->recurrent_activation) && recurrent_read_weights(m);
}

static bool make(Maker *m)
{
    CellConfig *config = ARENA_NEW(m->builder->arena, CellConfig);
    m->layer->config = config;
    if (!layer_base(m) || !maker_seed(m, "seed") || !read_window(m, &config->conv) || !read_rest(m, config)) return false;
    centre(&config->conv);
    return true;
}

/* ---- build ---- */

static bool check_sizes(Arena *arena, const ConvConfig *conv, const Shape *in, Error *err)
{
    const int first = volume_first_axis(conv->channels_first);
    for (int i = 0; i < conv->axes; i++) {
        if (in->dim[first + i] != DIM_NONE) continue;
        error_set(err, "ValueError", "ConvLSTM layers only support static input shapes for the spatial dimension. Received invalid input "
                  "shape: input_shape=%s", shape_text(arena, in));
        return error_cause(err, "cause.size_unknown", NULL);
    }
    if (conv_channels(conv, in) != DIM_NONE) return true;
    error_set(err, "ValueError", "The channel dimension of the inputs (last axis) should be defined. Found None. Full input shape received: "
              "input_shape=%s", shape_text(arena, in));
    return error_cause(err, "cause.channels_unknown", NULL);
}

static int64_t four_times(int64_t n)
{
    if (n >= 0) return size_multiply(n, GATES);
    return n < INT64_MIN / GATES ? n : n * GATES;
}

static Value repeated(Arena *arena, const char *text)
{
    const char *four = arena_print(arena, "%s%s%s%s", text, text, text, text);
    return value_string(arena, four, strlen(four));
}

/* Python's filters * 4. */
static bool gate_filters(Arena *arena, const Value *filters, Value *product, Error *err)
{
    int64_t whole;
    *product = *filters;
    if (filters->kind == VALUE_UNKNOWN) return true;
    if (conv_dim(filters, &whole) && whole != DIM_NONE) *product = value_int(four_times(whole));
    else if (filters->kind == VALUE_INT) *product = value_int(-GATES);
    else if (filters->kind == VALUE_FLOAT) *product = value_float(filters->number * GATES);
    else if (filters->kind == VALUE_STRING) *product = repeated(arena, filters->string.bytes);
    else return error_set(err, "TypeError", "unsupported operand type(s) for *: '%s' and 'int'", value_class_name(filters));
    return true;
}

/* The initializer is asked for the part before the ones. */
static bool check_bias(Arena *arena, const CellConfig *config, Error *err)
{
    int64_t filters;
    if (!config->conv.use_bias || !config->forget_ones || !conv_dim(&config->conv.filters, &filters)) return true;
    return initializer_check(arena, config->conv.bias_initializer, &SHAPE(filters), err);
}

static bool add_bias(Builder *b, Layer *layer, const CellConfig *config, Value columns, Error *err)
{
    if (!check_bias(b->arena, config, err) || !conv_add_bias(b, layer, columns, err)) return false;
    if (!config->conv.use_bias || !config->forget_ones) return true;
    WeightSpec *bias = &layer->weights[layer->n_weights - 1];
    bias->ones_from = bias->shape.dim[0] / GATES;
    bias->ones_to = bias->shape.dim[0] / GATES * 2;
    return true;
}

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    (void)call, (void)n_in;
    const CellConfig *config = layer->config;
    Value columns;
    return check_sizes(b->arena, &config->conv, &in->shape, err) && gate_filters(b->arena, &config->conv.filters, &columns, err) &&
           conv_add_kernel(b, layer, "kernel", value_int(conv_channels(&config->conv, &in->shape)), columns,
                           config->conv.kernel_initializer, err) &&
           conv_add_kernel(b, layer, "recurrent_kernel", config->conv.filters, columns, config->recurrent_initializer, err) &&
           add_bias(b, layer, config, columns, err);
}

/* ---- shapes ---- */

/* What int() says of a division by strides of zero. */
static bool check_moving(const ConvConfig *conv, const Shape *in, Error *err)
{
    for (int i = 0; i < conv->axes; i++) {
        if (conv->stride[i]) continue;
        const int64_t reach = conv->padding == WINDOW_VALID ? window_reach(conv->size[i], conv->dilation[i]) : 1;
        if (in->dim[volume_first_axis(conv->channels_first) + i] == reach)
            error_set(err, "ValueError", "cannot convert float NaN to integer");
        else
            error_set(err, "OverflowError", "cannot convert float infinity to integer");
        error_cause(err, "cause.not_positive", "strides", "0", NULL);
        return error_fix(err, FIX_REMOVE_ARGUMENT, "strides", NULL);
    }
    return true;
}

bool conv_lstm_shape(Arena *arena, const Layer *cell, const Shape *in, Shape *out, Error *err)
{
    const CellConfig *config = cell->config;
    return conv_shape(arena, cell, in, config->conv.filters, out, err) && check_moving(&config->conv, in, err);
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call, (void)n_in;
    Shape shape;
    if (!conv_lstm_shape(out->arena, layer, &in->shape, &shape, err)) return false;
    for (int i = 0; i <= STATES; i++) outputs_add(out, shape, layer->dtype);
    return true;
}

/* ---- numbers ---- */

WindowAxis conv_lstm_recurrent_axis(const ConvConfig *conv, int axis, int64_t cells)
{
    return window_axis(cells, conv->size[axis], 1, 1, WINDOW_SAME);
}

static Window recurrent_window(const ConvConfig *conv, const Volume *maps)
{
    Window window;
    for (int i = 0; i < CONV_AXES; i++) {
        const int axis = i - (CONV_AXES - conv->axes);
        window.axis[i] = axis < 0 ? window_axis(1, 1, 1, 1, WINDOW_VALID) : conv_lstm_recurrent_axis(conv, axis, maps->dim[i]);
    }
    return window;
}

static const float *channels_last(const Tensor *tensor, bool channels_first, Arena *scratch)
{
    if (!channels_first) return tensor->data;
    const Volume from = volume_of(&tensor->shape, true);
    const Volume to = volume_make(from.batch, from.dim, from.channels, false);
    float *copy = ARENA_ARRAY(scratch, shape_size(&tensor->shape), float);
    volume_copy(&from, tensor->data, &to, copy);
    return copy;
}

/* Sums for all gates, (batch, places..., 4·filters). */
static const float *sums(const Forward *f, const Tensor *maps, Window window, const float *kernel, const float *bias)
{
    const ConvConfig *conv = f->layer->config;
    const int64_t columns = f->weights[0].shape.dim[conv->axes + 1], batch = maps->shape.dim[0];
    float *out = ARENA_ARRAY(f->scratch, size_multiply(size_multiply(batch, window_count(&window)), columns), float);
    convolve(&(Convolution){
        .window = window, .batch = batch, .groups = 1, .channels = conv_channels(conv, &maps->shape), .filters = columns,
        .in = channels_last(maps, conv->channels_first, f->scratch), .kernel = kernel, .bias = bias, .out = out,
    }, f->scratch);
    return out;
}

/* activation(inputs + state) of gate g, in the order of the output's axes. */
static Tensor gate(const Forward *f, const float *inputs, const float *state, int g, const Activation *activation)
{
    const ConvConfig *conv = f->layer->config;
    Tensor out = tensor_make(f->scratch, f->out[0].shape, DTYPE_FLOAT32);
    const Volume to = volume_of(&out.shape, conv->channels_first);
    const int64_t cells = volume_cells(&to), filters = to.channels;
    for (int64_t at = 0; at < to.batch * cells; at++) {
        float *cell = out.data + at / cells * to.batch_step + at % cells * to.step[VOLUME_AXES - 1];
        const int64_t from = (at * GATES + g) * filters;
        for (int64_t c = 0; c < filters; c++) cell[c * to.channel_step] = inputs[from + c] + state[from + c];
    }
    activation_apply(activation, &out);
    return out;
}

/* Keras finds out only here what does not fit: the states, and maps of other sizes than those it was built for. */
static bool shapes_fit(const Forward *f)
{
    const Shape in = shape_slice(&f->in[0].shape, 1, f->in[0].shape.rank);
    const Shape built = shape_slice(&f->layer->build_shape, 1, f->layer->build_shape.rank);
    bool fit = f->n_in > STATES && shape_equal(&in, &built);
    for (int i = 1; fit && i <= STATES; i++) fit = shape_equal(&f->in[i].shape, &f->out[0].shape);
    if (!fit && f->impossible) *f->impossible = true;
    return fit;
}

static void give(const Forward *f, int output, const float *numbers)
{
    if (output < f->n_out) memcpy(f->out[output].data, numbers, (size_t)shape_size(&f->out[output].shape) * sizeof *numbers);
}

/* Of one step, each as the output. */
typedef struct Gates {
    Tensor in, forget, fresh, open;
} Gates;

static Gates gates_of(const Forward *f)
{
    const CellConfig *config = f->layer->config;
    const ConvConfig *conv = &config->conv;
    const Volume maps = volume_of(&f->out[0].shape, conv->channels_first);
    const float *x = sums(f, &f->in[0], conv_window(conv, &f->in[0].shape), f->weights[0].data, conv->use_bias ? f->weights[2].data : NULL);
    const float *h = sums(f, &f->in[1], recurrent_window(conv, &maps), f->weights[1].data, NULL);
    return (Gates){
        .in = gate(f, x, h, 0, config->recurrent_activation), .forget = gate(f, x, h, 1, config->recurrent_activation),
        .fresh = gate(f, x, h, 2, config->activation), .open = gate(f, x, h, 3, config->recurrent_activation),
    };
}

/* c = f·c' + i·g, h = o·activation(c). */
static void forward(const Forward *f)
{
    if (!shapes_fit(f)) return;
    const CellConfig *config = f->layer->config;
    const Gates gates = gates_of(f);
    const int64_t n = shape_size(&gates.in.shape);
    Tensor carry = tensor_make(f->scratch, gates.in.shape, DTYPE_FLOAT32);
    for (int64_t k = 0; k < n; k++) carry.data[k] = gates.forget.data[k] * f->in[2].data[k] + gates.in.data[k] * gates.fresh.data[k];
    give(f, 2, carry.data);
    activation_apply(config->activation, &carry);
    for (int64_t k = 0; k < n; k++) carry.data[k] *= gates.open.data[k];
    give(f, 0, carry.data);
    give(f, 1, carry.data);
}

/* ---- explanations ---- */

static void explain_rule(const Trace *t, Text *text)
{
    const CellConfig *config = t->layer->config;
    text_print(text, "o·%s", recurrent_applied(text->arena, config->activation, "f·c′ + i·g"));
}

static void numbers(const Forward *f, int64_t k, Text *text)
{
    const CellConfig *config = f->layer->config;
    if (!shapes_fit(f)) return;
    const Gates gates = gates_of(f);
    Text sum = {.arena = f->scratch}, open = {.arena = f->scratch};
    FormulaSum products = {.text = &sum};
    formula_add_product(&products, (double)gates.forget.data[k], (double)f->in[2].data[k]);
    formula_add_product(&products, (double)gates.in.data[k], (double)gates.fresh.data[k]);
    formula_value(&open, (double)gates.open.data[k]);
    text_print(text, "%s·%s", text_string(&open), recurrent_applied(f->scratch, config->activation, text_string(&sum)));
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    conv_explain(t, topic, text, explain_rule);
}

#define KIND(AXES)                                                                                                     \
    const LayerKind LAYER_conv_lstm##AXES##d_cell = {                                                                  \
        .name = "ConvLSTMCell", .module = "keras.src.layers.rnn.conv_lstm", PARAMS_OF(PARAMS), .call_params = CALL, .n_call_params = 3, \
        .make = make, .build = build, .infer = infer, .forward = forward, .explain = explain, .numbers = numbers, .rule = TRACE_DEPENDS,   \
        .cell = true, .family = &(const int){AXES},                                                                    \
    };

KIND(1)
KIND(2)
KIND(3)
