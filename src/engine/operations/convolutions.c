/* Convolutions with a kernel that is a tensor or an array: conv, depthwise_conv, separable_conv, conv_transpose. */
#include <inttypes.h>
#include <string.h>

#include "engine/activation.h"
#include "engine/layers/convolution.h"
#include "engine/layers/layers.h"
#include "engine/layers/spatial.h"
#include "engine/layers/terms.h"
#include "engine/operations/operand.h"
#include "engine/operations/windowed.h"

static const ParamSpec CALL[] = {{.name = "inputs", .required = true}, {.name = "kernel", .required = true}};
static const ParamSpec SEPARABLE_CALL[] = {
    {.name = "inputs", .required = true}, {.name = "depthwise_kernel", .required = true}, {.name = "pointwise_kernel", .required = true},
};
#define STRIDES  {.name = "strides", .type = PARAM_INTS, .fallback = VALUE_IS_INT(1)}
#define DILATION {.name = "dilation_rate", .type = PARAM_INTS, .fallback = VALUE_IS_INT(1)}
static const ParamSpec PARAMS[] = {STRIDES, WINDOWED_PADDING, WINDOWED_DATA_FORMAT, DILATION};
static const ParamSpec TRANSPOSE_PARAMS[] = {
    STRIDES, WINDOWED_PADDING, {.name = "output_padding", .type = PARAM_INTS}, WINDOWED_DATA_FORMAT, DILATION,
};

/* What tells one operation from another: the layers that compute it, and which axis of the kernel is what. */
typedef struct Form {
    const LayerKind *layer[WINDOW_AXES];    /* over one, two, three axes */
    int              kernels;
    bool             depthwise, transposed;
} Form;

/* One call as a layer whose weights are the kernels. */
typedef struct Convolving {
    const Form *form;
    Operand     inputs, kernel[2];
    TensorSpec  in;
    ConvConfig  config;
    Layer       layer;
    int64_t     filters;
} Convolving;

static int64_t last(const Shape *shape, int back) { return shape->dim[shape->rank - back]; }

static bool check_channels(const Convolving *c, const Layer *layer, Error *err)
{
    const Shape *in = &c->in.shape, *kernel = &c->kernel[0].spec.shape;
    if (in->rank < 2 || kernel->rank < 2) return err && error_set(err, "IndexError", "tuple index out of range");
    const int64_t channels = in->dim[volume_channel_axis(in, windowed_channels_first(layer))], wanted = last(kernel, c->form->transposed ? 1 : 2);
    if (channels == DIM_NONE || wanted == DIM_NONE || channels == wanted) return true;
    return err && error_set(err, "ValueError", "The number of input channels must match the kernel's input channels. Received: "
                            "input channels=%" PRId64 ", kernel input channels=%" PRId64 ", data_format='%s'.", channels, wanted,
                            value_str_text(err->arena, operation_arg(layer, "data_format")));
}

static bool check_ranks(const Convolving *c, Error *err)
{
    const Shape *in = &c->in.shape, *kernel = &c->kernel[0].spec.shape;
    if (kernel->rank < 3 || kernel->rank > WINDOW_AXES + 2) return windowed_refuse_rank(in, err);
    if (in->rank == kernel->rank || (c->form->transposed && in->rank > 2 && in->rank < kernel->rank)) return true;
    return err && error_set(err, "ValueError", "Kernel shape must have the same length as input, but received kernel of shape %s and input of "
                            "shape %s.", shape_text(err->arena, kernel), shape_text(err->arena, in));
}

static bool read_steps(const Layer *layer, ConvConfig *config, Error *err)
{
    const Value *strides = operation_arg(layer, "strides"), *dilation = operation_arg(layer, "dilation_rate");
    bool good = windowed_ints(strides, config->axes, config->stride) && windowed_ints(dilation, config->axes, config->dilation);
    for (int i = 0; i < config->axes; i++) good = good && config->size[i] > 0 && config->stride[i] > 0 && config->dilation[i] > 0;
    return good || (err && error_set(err, "ValueError", "Received: strides=%s, dilation_rate=%s", value_str_text(err->arena, strides),
                                     value_str_text(err->arena, dilation)));
}

static bool read_padding(const Layer *layer, Convolving *c, Error *err)
{
    const Value *padding = operation_arg(layer, "padding"), *more = operation_arg(layer, "output_padding");
    ConvConfig *config = &c->config;
    const bool same = value_is_text(padding, "same"), known = same || value_is_text(padding, "valid");
    if (same) config->padding = config->axes == 3 && !config->channels_first && !c->form->transposed ? WINDOW_CENTRED : WINDOW_SAME;
    if (!known && c->form->transposed)
        return err && error_set(err, "ValueError", "The `padding` argument must be one of 'valid', 'same'. Received: padding=%s",
                                value_str_text(err->arena, padding));
    config->padding_list = known ? NULL : padding;
    config->has_output_padding = more && more->kind != VALUE_NONE;
    if (!config->has_output_padding || windowed_ints(more, config->axes, config->output_padding)) return true;
    return err && error_set(err, "IndexError", "tuple index out of range");
}

static int64_t filters_of(const Convolving *c)
{
    const Shape *kernel = &c->kernel[0].spec.shape;
    if (c->form->kernels == 2) return c->kernel[1].spec.shape.rank ? last(&c->kernel[1].spec.shape, 1) : DIM_NONE;
    if (c->form->depthwise) return dim_multiply(last(kernel, 2), last(kernel, 1));
    return last(kernel, c->form->transposed ? 2 : 1);
}

static Value dim_value(int64_t dim) { return dim == DIM_NONE ? value_none() : value_int(dim); }

static bool convolving_of(const Layer *layer, const Call *call, const TensorSpec *specs, Convolving *c, Error *err)
{
    *c = (Convolving){.form = layer->kind->family, .inputs = operand_of(call, specs, 0)};
    for (int i = 0; i < c->form->kernels; i++) c->kernel[i] = operand_of(call, specs, 1 + i);
    c->in = c->inputs.spec;
    if (!check_channels(c, layer, err) || !check_ranks(c, err)) return false;
    const Shape *kernel = &c->kernel[0].spec.shape;
    ConvConfig *config = &c->config;
    config->axes = c->in.shape.rank - 2;
    config->activation = &ACTIVATION_LINEAR;
    config->channels_first = windowed_channels_first(layer);
    for (int i = 0; i < config->axes; i++) config->size[i] = kernel->dim[i];
    c->filters = filters_of(c);
    config->filters = dim_value(c->filters);
    if (c->form->depthwise) config->multiplier = dim_value(last(kernel, 1));
    c->layer = *layer;
    c->layer.kind = c->form->layer[config->axes - 1];
    return read_padding(layer, c, err) && read_steps(layer, config, err);
}

/* The layer's own pointer into what it is a part of. */
static const Layer *layer_of(Convolving *c)
{
    c->layer.config = &c->config;
    return &c->layer;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Convolving c;
    Shape shape;
    (void)n_in;
    if (!convolving_of(layer, call, in, &c, err)) return false;
    const Layer *inner = layer_of(&c);
    if (!c.form->transposed) {
        if (!conv_shape(out->arena, inner, &c.in.shape, c.config.filters, &shape, err)) return false;
        outputs_add(out, shape, c.in.dtype);
        return true;
    }
    if (!inner->kind->infer(inner, call, &c.in, 1, out, err)) return false;
    out->spec[out->n - 1].dtype = c.in.dtype;
    return true;
}

/* ---- numbers ---- */

static Tensor given_tensor(const Forward *f, const Operand *operand)
{
    if (operand->input >= 0) return f->in[operand->input];
    const int64_t size = shape_size(&operand->spec.shape);
    Tensor tensor = tensor_make(f->scratch, operand->spec.shape, operand->spec.dtype);
    memcpy(tensor.data, operand->data, (size_t)size * sizeof *tensor.data);
    return tensor;
}

static bool is_ready(const Convolving *c)
{
    bool known = c->layer.kind && operand_known(&c->inputs) && c->in.shape.rank == c->kernel[0].spec.shape.rank;
    for (int i = 0; i < c->form->kernels; i++) known = known && operand_known(&c->kernel[i]);
    return known;
}

static void forward(const Forward *f)
{
    Convolving c;
    Tensor kernel[2];
    if (!convolving_of(f->layer, f->call, operand_specs(f->scratch, f->in, f->n_in), &c, NULL) || !is_ready(&c)) {
        *f->impossible = true;
        return;
    }
    const Tensor in = given_tensor(f, &c.inputs);
    for (int i = 0; i < c.form->kernels; i++) kernel[i] = given_tensor(f, &c.kernel[i]);
    Forward inner = *f;
    inner.layer = layer_of(&c), inner.in = &in, inner.n_in = 1, inner.weights = kernel;
    c.layer.kind->forward(&inner);
}

/* ---- terms ---- */

/* The layer's term x·W: with a kernel of numbers one input and its number, else both as inputs; what is no tensor is left out. */
static void add_product(TermList *list, const Convolving *c, const Term *term)
{
    const Operand *kernel = &c->kernel[0];
    const bool constant = kernel->input < 0 && kernel->data && term->weight >= 0;
    if (c->inputs.input >= 0) terms_add(list, term_input(c->inputs.input, term->from, constant ? (double)kernel->data[term->at] : 1));
    if (kernel->input >= 0 && term->weight >= 0) terms_add(list, term_input(kernel->input, term->at, 1));
}

/* Of a kernel that comes after another every number counts. */
static void add_kernels(TermList *list, const Convolving *c)
{
    for (int i = 0; i < c->form->kernels && c->form->kernels == 2; i++) {
        const int64_t n = c->kernel[i].input < 0 ? 0 : shape_size(&c->kernel[i].spec.shape);
        for (int64_t k = 0; k < n; k++) terms_add(list, term_input(c->kernel[i].input, k, 1));
    }
}

static Trace inner_trace(const Trace *t, Convolving *c)
{
    Trace inner = *t;
    inner.layer = layer_of(c), inner.in = &c->in, inner.n_in = 1;
    return inner;
}

/* The layer's terms are written to the end of the room, and become the operation's on the way to its beginning. */
static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    Convolving c;
    TermList list = {.term = terms, .cap = cap};
    if (!convolving_of(t->layer, t->call, t->in, &c, NULL) || !c.layer.kind) return 0;
    const Trace inner = inner_trace(t, &c);
    const int both = (c.inputs.input >= 0) + (c.form->kernels == 1 && c.kernel[0].input >= 0);
    const int64_t n = c.layer.kind->trace(&inner, NULL, 0), room = both ? (cap + both - 1) / both : 0, kept = n < room ? n : room;
    c.layer.kind->trace(&inner, terms + (cap - kept), kept);
    for (int64_t i = 0; i < kept; i++) {
        const Term term = terms[cap - kept + i];
        add_product(&list, &c, &term);
    }
    list.n = n * both;
    add_kernels(&list, &c);
    return list.n;
}

/* With a kernel of numbers an output is a sum. */
static TraceRule rule_of(const Layer *layer)
{
    const Form *form = layer->kind->family;
    const bool sum = form->kernels == 1 && layer->n_calls && layer->calls[0]->call.args[1].kind != VALUE_TENSOR;
    return sum ? TRACE_SUM : TRACE_DEPENDS;
}

static const Activation *no_activation(const Layer *layer)
{
    (void)layer;
    return &ACTIVATION_LINEAR;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    Convolving c;
    if (topic != EXPLAIN_RULE || !convolving_of(t->layer, t->call, t->in, &c, NULL) || !c.layer.kind) return;
    const Trace inner = inner_trace(t, &c);
    c.layer.kind->explain(&inner, topic, text);
}

#define CONVOLUTION(FUNCTION, NAME, TAKEN, MADE, ...)                                                               \
    const LayerKind OPERATION_##FUNCTION = {                                                                        \
        OPERATION(NAME, "nn"), TAKES(TAKEN), MADE_WITH(MADE), .make = windowed_make, .infer = infer, .forward = forward, \
        .trace = trace, .explain = explain, .activation = no_activation, .rule = TRACE_DEPENDS, .rule_of = rule_of, \
        .family = &(const Form){__VA_ARGS__},                                                                       \
    }

CONVOLUTION(conv, "Conv", CALL, PARAMS, .layer = {&LAYER_conv1d, &LAYER_conv2d, &LAYER_conv3d}, .kernels = 1);
CONVOLUTION(depthwise_conv, "DepthwiseConv", CALL, PARAMS, .layer = {&LAYER_depthwise_conv1d, &LAYER_depthwise_conv2d}, .kernels = 1,
            .depthwise = true);
CONVOLUTION(separable_conv, "SeparableConv", SEPARABLE_CALL, PARAMS, .layer = {&LAYER_separable_conv1d, &LAYER_separable_conv2d},
            .kernels = 2, .depthwise = true);
CONVOLUTION(conv_transpose, "ConvTranspose", CALL, TRANSPOSE_PARAMS,
            .layer = {&LAYER_conv1d_transpose, &LAYER_conv2d_transpose, &LAYER_conv3d_transpose}, .kernels = 1, .transposed = true);
