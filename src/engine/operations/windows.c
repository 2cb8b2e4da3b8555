/* Operations with sliding windows: max_pool, average_pool, conv, depthwise_conv. */
#include <inttypes.h>
#include <string.h>

#include "engine/activation.h"
#include "engine/layers/convolution.h"
#include "engine/layers/pooling.h"
#include "engine/layers/spatial.h"
#include "engine/layers/terms.h"
#include "engine/operations/operand.h"
#include "engine/operations/operation.h"

#define PADDING     {.name = "padding", .type = PARAM_CHOICE, .choices = PADDING_CHOICES, .fallback = VALUE_IS_TEXT("valid")}
#define DATA_FORMAT {.name = "data_format", .type = PARAM_CHOICE, .choices = DATA_FORMAT_CHOICES}
static const ParamSpec POOL_CALL[] = {{.name = "inputs", .type = PARAM_TENSORS, .required = true}};
static const ParamSpec POOL_PARAMS[] = {
    {.name = "pool_size", .type = PARAM_INTS, .required = true}, {.name = "strides", .type = PARAM_INTS}, PADDING, DATA_FORMAT,
};
static const ParamSpec CONV_CALL[] = {{.name = "inputs", .required = true}, {.name = "kernel", .required = true}};
static const ParamSpec CONV_PARAMS[] = {
    {.name = "strides", .type = PARAM_INTS, .fallback = VALUE_IS_INT(1)}, PADDING, DATA_FORMAT,
    {.name = "dilation_rate", .type = PARAM_INTS, .fallback = VALUE_IS_INT(1)},
};

static bool lower(Maker *m, const char *padding)
{
    char *small = arena_copy(m->builder->arena, padding, strlen(padding));
    for (char *c = small; *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
    maker_set(m, "padding", value_string(m->builder->arena, small, strlen(small)));
    return true;
}

/* padding.lower() and the data format come first in Keras' functions. */
static bool make(Maker *m)
{
    bool channels_first;
    const Value *padding = maker_arg(m, "padding");
    if (!maker_data_format(m, "data_format", &channels_first) || !layer_base(m)) return false;
    if (padding->kind == VALUE_STRING) return lower(m, padding->string.bytes);
    return maker_refuse(m, "padding", "AttributeError", "'%s' object has no attribute 'lower'", value_class_name(padding));
}

static bool is_same(const Layer *layer)
{
    return value_is_text(operation_arg(layer, "padding"), "same");
}

static bool is_channels_first(const Layer *layer) { return value_is_text(operation_arg(layer, "data_format"), "channels_first"); }

/* One int serves all axes. */
static bool spread_ints(const Value *value, int axes, int64_t *out)
{
    int64_t given[WINDOW_AXES];
    const int n = operation_ints(value, given, WINDOW_AXES);
    if (n != 1 && n != axes) return false;
    for (int i = 0; i < axes; i++) out[i] = given[n == 1 ? 0 : i];
    return true;
}

static bool refuse_rank(const Shape *shape, Error *err)
{
    return err && error_set(err, "ValueError", "Windows slide over one to three axes. Received: inputs.shape=%s", shape_text(err->arena, shape));
}

/* ---- pooling ---- */

static bool pool_of(const Layer *layer, const Shape *in, PoolConfig *config, Error *err)
{
    const Value *size = operation_arg(layer, "pool_size"), *strides = operation_arg(layer, "strides");
    *config = (PoolConfig){
        .axes = in->rank - 2, .average = layer->kind->family != NULL, .channels_first = is_channels_first(layer),
        .padding_value = operation_arg(layer, "padding"), .places = pooling_places, .range = pooling_range,
    };
    if (config->axes < 1 || config->axes > WINDOW_AXES) return refuse_rank(in, err);
    if (is_same(layer)) config->padding = config->axes == 3 ? WINDOW_CENTRED : WINDOW_SAME;
    bool good = spread_ints(size, config->axes, config->size);
    good = good && spread_ints(strides->kind == VALUE_NONE ? size : strides, config->axes, config->stride);
    for (int i = 0; i < config->axes; i++) good = good && config->size[i] > 0 && config->stride[i] >= 0;
    return good || (err && error_set(err, "ValueError", "operands could not be broadcast together: pool_size=%s, strides=%s",
                                     value_str_text(err->arena, size), value_str_text(err->arena, strides)));
}

static bool infer_pool(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    PoolConfig config;
    Shape shape;
    (void)n_in;
    if (!call_takes_one(call, err) || !pool_of(layer, &in[0].shape, &config, err)) return false;
    if (!pooling_shape(out->arena, &config, &in[0].shape, &shape, err)) return false;
    outputs_add(out, shape, in[0].dtype);
    return true;
}

/* A layer that pools as the operation does. */
static Layer pooling_layer(const Layer *layer, PoolConfig *config)
{
    Layer pooling = *layer;
    pooling.config = config;
    return pooling;
}

static void forward_pool(const Forward *f)
{
    PoolConfig config;
    pool_of(f->layer, &f->in[0].shape, &config, NULL);
    const Layer pooling = pooling_layer(f->layer, &config);
    Forward inner = *f;
    inner.layer = &pooling;
    pool_forward(&inner);
}

static int64_t trace_pool(const Trace *t, Term *terms, int64_t cap)
{
    PoolConfig config;
    pool_of(t->layer, &t->in[0].shape, &config, NULL);
    const Layer pooling = pooling_layer(t->layer, &config);
    Trace inner = *t;
    inner.layer = &pooling;
    return pool_trace(&inner, terms, cap);
}

static void explain_pool(const Trace *t, ExplainTopic topic, Text *text)
{
    PoolConfig config;
    if (topic != EXPLAIN_RULE || !pool_of(t->layer, &t->in[0].shape, &config, NULL)) return;
    const Layer pooling = pooling_layer(t->layer, &config);
    Trace inner = *t;
    inner.layer = &pooling;
    pool_explain_rule(&inner, text);
}

#define POOL(FUNCTION, NAME, RULE, ...)                                                                             \
    const LayerKind OPERATION_##FUNCTION = {                                                                        \
        OPERATION(NAME, "nn"), TAKES(POOL_CALL), MADE_WITH(POOL_PARAMS), .make = make, .infer = infer_pool,         \
        .forward = forward_pool, .trace = trace_pool, .explain = explain_pool, .rule = RULE, __VA_ARGS__            \
    }

POOL(max_pool, "MaxPool", TRACE_MAX, .family = NULL);
POOL(average_pool, "AveragePool", TRACE_SUM, .family = &(const bool){true});

/* ---- convolutions ---- */

typedef struct Convolving {
    Operand    inputs, kernel;
    ConvConfig config;
    int64_t    filters;
} Convolving;

static bool is_depthwise(const Layer *layer) { return layer->kind->family != NULL; }

static bool check_ranks(const Convolving *c, const Layer *layer, Error *err)
{
    const Shape *in = &c->inputs.spec.shape, *kernel = &c->kernel.spec.shape;
    if (kernel->rank < 3 || kernel->rank > WINDOW_AXES + 2) return refuse_rank(in, err);
    const int axis = volume_channel_axis(in, is_channels_first(layer));
    if (in->rank < 2) return err && error_set(err, "IndexError", "tuple index out of range");
    const int64_t channels = in->dim[axis], wanted = kernel->dim[kernel->rank - 2];
    if (channels != DIM_NONE && wanted != DIM_NONE && channels != wanted)
        return err && error_set(err, "ValueError", "The number of input channels must match the kernel's input channels. Received: "
                                "input channels=%" PRId64 ", kernel input channels=%" PRId64 ", data_format='%s'.", channels, wanted,
                                value_str_text(err->arena, operation_arg(layer, "data_format")));
    if (in->rank == kernel->rank) return true;
    return err && error_set(err, "ValueError", "Kernel shape must have the same length as input, but received kernel of shape %s and input of "
                            "shape %s.", shape_text(err->arena, kernel), shape_text(err->arena, in));
}

static bool convolving_of(const Layer *layer, const Call *call, const TensorSpec *specs, Convolving *c, Error *err)
{
    *c = (Convolving){.inputs = operand_of(call, specs, 0), .kernel = operand_of(call, specs, 1)};
    const Shape *kernel = &c->kernel.spec.shape;
    if (!check_ranks(c, layer, err)) return false;
    c->config.axes = kernel->rank - 2;
    c->config.activation = &ACTIVATION_LINEAR;
    c->config.channels_first = is_channels_first(layer);
    c->config.padding_list = value_is_text(operation_arg(layer, "padding"), "valid") || is_same(layer) ? NULL : operation_arg(layer, "padding");
    if (is_same(layer)) c->config.padding = c->config.axes == 3 && !c->config.channels_first ? WINDOW_CENTRED : WINDOW_SAME;
    for (int i = 0; i < c->config.axes; i++) c->config.size[i] = kernel->dim[i];
    c->filters = is_depthwise(layer) ? dim_multiply(kernel->dim[kernel->rank - 2], kernel->dim[kernel->rank - 1]) : kernel->dim[kernel->rank - 1];
    bool good = spread_ints(operation_arg(layer, "strides"), c->config.axes, c->config.stride) &&
                spread_ints(operation_arg(layer, "dilation_rate"), c->config.axes, c->config.dilation);
    for (int i = 0; i < c->config.axes; i++) good = good && c->config.size[i] > 0 && c->config.stride[i] > 0 && c->config.dilation[i] > 0;
    return good || (err && error_set(err, "ValueError", "Received: strides=%s, dilation_rate=%s",
                                     value_str_text(err->arena, operation_arg(layer, "strides")),
                                     value_str_text(err->arena, operation_arg(layer, "dilation_rate"))));
}

static bool infer_conv(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Convolving c;
    Shape shape;
    (void)n_in;
    if (!convolving_of(layer, call, in, &c, err)) return false;
    Layer convolution = *layer;
    convolution.config = &c.config;
    const Value filters = c.filters == DIM_NONE ? value_none() : value_int(c.filters);
    if (!conv_shape(out->arena, &convolution, &c.inputs.spec.shape, filters, &shape, err)) return false;
    outputs_add(out, shape, c.inputs.spec.dtype);
    return true;
}

static Tensor given_tensor(const Forward *f, const Operand *operand)
{
    if (operand->input >= 0) return f->in[operand->input];
    return (Tensor){.shape = operand->spec.shape, .dtype = operand->spec.dtype,
                    .data = memcpy(ARENA_ARRAY(f->scratch, shape_size(&operand->spec.shape), float), operand->data,
                                   (size_t)shape_size(&operand->spec.shape) * sizeof(float))};
}

static void forward_conv(const Forward *f)
{
    Convolving c;
    if (!convolving_of(f->layer, f->call, operand_specs(f->scratch, f->in, f->n_in), &c, NULL) || !operand_known(&c.kernel) ||
        !operand_known(&c.inputs)) {
        *f->impossible = true;
        return;
    }
    Layer convolution = *f->layer;
    const Tensor in = given_tensor(f, &c.inputs), kernel = given_tensor(f, &c.kernel);
    Forward inner = *f;
    convolution.config = &c.config;
    inner.layer = &convolution, inner.in = &in, inner.n_in = 1, inner.weights = &kernel;
    const Convolution conv = conv_begin(&inner, conv_window(&c.config, &in.shape));
    if (is_depthwise(f->layer)) convolve_depthwise(&conv, f->scratch);
    else convolve(&conv, f->scratch);
    conv_finish(&inner, &conv);
}

/* Input cell and tap, and the kernel's number for both, where the kernel is a tensor too. */
static void add_product(TermList *list, const Convolving *c, int64_t from, int64_t at)
{
    const bool constant = c->kernel.input < 0;
    if (c->inputs.input >= 0) terms_add(list, term_input(c->inputs.input, from, constant && c->kernel.data ? (double)c->kernel.data[at] : 1));
    if (!constant) terms_add(list, term_input(c->kernel.input, at, 1));
}

static void add_tap(TermList *list, const Convolving *c, const Volume *in, const WindowWalk *walk, const Place *place, bool depthwise)
{
    Place cell = {.batch = place->batch, .at = {walk->cell[0], walk->cell[1], walk->cell[2]}};
    const Shape *kernel = &c->kernel.spec.shape;
    const int64_t tap = window_walk_tap(walk), last = kernel->dim[kernel->rank - 1];
    if (depthwise) {
        cell.channel = place->channel / last;
        add_product(list, c, volume_index(in, &cell), tap * c->filters + place->channel);
        return;
    }
    for (cell.channel = 0; cell.channel < in->channels; cell.channel++)
        add_product(list, c, volume_index(in, &cell), (tap * in->channels + cell.channel) * last + place->channel);
}

static int64_t trace_conv(const Trace *t, Term *terms, int64_t cap)
{
    Convolving c;
    TermList list = {.term = terms, .cap = cap};
    WindowWalk walk;
    if (!convolving_of(t->layer, t->call, t->in, &c, NULL)) return 0;
    const Window window = conv_window(&c.config, &c.inputs.spec.shape);
    const Volume in = volume_of(&c.inputs.spec.shape, c.config.channels_first), out = volume_of(&t->out[0].shape, c.config.channels_first);
    const Place place = volume_place(&out, t->k);
    if (!window_walk(&walk, &window, place.at)) return 0;
    do add_tap(&list, &c, &in, &walk, &place, is_depthwise(t->layer));
    while (window_walk_next(&walk));
    return list.n;
}

/* With a kernel of numbers an output is a sum. */
static TraceRule conv_rule(const Layer *layer)
{
    return layer->n_calls && layer->calls[0]->call.args[1].kind != VALUE_TENSOR ? TRACE_SUM : TRACE_DEPENDS;
}

static const Activation *no_activation(const Layer *layer)
{
    (void)layer;
    return &ACTIVATION_LINEAR;
}

static void explain_conv(const Trace *t, ExplainTopic topic, Text *text)
{
    (void)t;
    if (topic == EXPLAIN_RULE) text_put(text, "Σ x·W");
}

#define CONV(FUNCTION, NAME, ...)                                                                                   \
    const LayerKind OPERATION_##FUNCTION = {                                                                        \
        OPERATION(NAME, "nn"), TAKES(CONV_CALL), MADE_WITH(CONV_PARAMS), .make = make, .infer = infer_conv,         \
        .forward = forward_conv, .trace = trace_conv, .explain = explain_conv, .activation = no_activation,         \
        .rule = TRACE_DEPENDS, .rule_of = conv_rule, __VA_ARGS__                                                    \
    }

CONV(conv, "Conv", .family = NULL);
CONV(depthwise_conv, "DepthwiseConv", .family = &(const bool){true});
