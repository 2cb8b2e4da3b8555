#include "engine/layers/convolution.h"

#include <inttypes.h>
#include <string.h>

#include "engine/activation.h"
#include "engine/config.h"
#include "engine/layers/advice.h"
#include "engine/layers/spatial.h"

/* ---- make ---- */

static bool resolve_all(Maker *maker, ParamType type, bool (*resolve)(Maker *, const char *))
{
    const LayerKind *kind = maker->layer->kind;
    for (int i = 0; i < kind->n_params; i++) {
        const ParamSpec *param = &kind->params[i];
        const bool base = strcmp(param->name, "activity_regularizer") == 0;
        if (param->type == type && !base && !resolve(maker, param->name)) return false;
    }
    return true;
}

static bool takes_causal(const LayerKind *kind)
{
    for (int i = 0; i < kind->n_params; i++)
        if (kind->params[i].choices == CAUSAL_CHOICES) return true;
    return false;
}

static bool read_padding(Maker *maker, ConvConfig *config)
{
    if (!maker_padding(maker, "padding", takes_causal(maker->layer->kind))) return false;
    const Value *padding = maker_arg(maker, "padding");
    if (padding->kind == VALUE_TUPLE || padding->kind == VALUE_LIST) config->padding_list = padding;
    if (value_is_text(padding, "same")) config->padding = WINDOW_SAME;
    if (value_is_text(padding, "causal")) config->padding = WINDOW_CAUSAL;
    return true;
}

static bool read_output_padding(Maker *maker, ConvConfig *config)
{
    config->has_output_padding = !maker_is_none(maker, "output_padding");
    return !config->has_output_padding || maker_ints(maker, "output_padding", config->axes, true, config->output_padding);
}

static bool has_param(const LayerKind *kind, const char *name)
{
    for (int i = 0; i < kind->n_params; i++)
        if (strcmp(kind->params[i].name, name) == 0) return true;
    return false;
}

static void read_rest(const Maker *maker, ConvConfig *config)
{
    const bool depthwise = has_param(maker->layer->kind, "depthwise_initializer");
    config->use_bias = value_truth(maker_arg(maker, "use_bias"));
    config->filters = *maker_arg(maker, "filters");
    config->groups = *maker_arg(maker, "groups");
    config->multiplier = *maker_arg(maker, "depth_multiplier");
    config->kernel_initializer = maker_arg(maker, depthwise ? "depthwise_initializer" : "kernel_initializer");
    config->pointwise_initializer = maker_arg(maker, "pointwise_initializer");
    config->bias_initializer = maker_arg(maker, "bias_initializer");
    layer_add_input_spec(maker->builder, maker->layer)->min_ndim = config->axes + 2;
}

ConvConfig *conv_read(Maker *maker)
{
    ConvConfig *config = ARENA_NEW(maker->builder->arena, ConvConfig);
    config->axes = kind_axes(maker->layer->kind);
    config->kernel_size = *maker_arg(maker, "kernel_size");
    maker->layer->config = config;
    if (!maker_ints(maker, "kernel_size", config->axes, false, config->size) ||
        !maker_ints(maker, "strides", config->axes, false, config->stride) ||
        !maker_ints(maker, "dilation_rate", config->axes, false, config->dilation) || !read_padding(maker, config) ||
        !read_output_padding(maker, config) || !maker_data_format(maker, "data_format", &config->channels_first) ||
        !maker_activation(maker, "activation", &config->activation) ||
        !resolve_all(maker, PARAM_INITIALIZER, maker_initializer) ||
        !resolve_all(maker, PARAM_REGULARIZER, maker_regularizer) || !resolve_all(maker, PARAM_CONSTRAINT, maker_constraint))
        return NULL;
    read_rest(maker, config);
    return config;
}

bool conv_check_positive(Maker *maker, const char *param)
{
    bool refused;
    if (maker_is_none(maker, param)) return true;
    if (!maker_compare(maker, param, "<=", 0, &refused)) return false;
    if (!refused) return true;
    maker_refuse(maker, param, "ValueError", "Invalid value for argument `%s`. Expected a strictly positive value. Received %s=%s.",
                 param, param, maker_text(maker, param));
    error_cause(maker->err, "cause.not_positive", param, maker_text(maker, param), NULL);
    return error_fix(maker->err, FIX_ARGUMENT, param, "1");
}

static int64_t largest(const int64_t *values, int n)
{
    int64_t most = values[0];
    for (int i = 1; i < n; i++)
        if (values[i] > most) most = values[i];
    return most;
}

bool conv_check_strides_and_dilation(Maker *maker, const ConvConfig *config)
{
    if (largest(config->stride, config->axes) <= 1 || largest(config->dilation, config->axes) <= 1) return true;
    maker_refuse(maker, "dilation_rate", "ValueError",
                 "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: strides=%s and dilation_rate=%s",
                 maker_text(maker, "strides"), maker_text(maker, "dilation_rate"));
    error_cause(maker->err, "cause.strides_and_dilation", NULL);
    error_fix(maker->err, FIX_REMOVE_ARGUMENT, "dilation_rate", NULL);
    return error_fix(maker->err, FIX_REMOVE_ARGUMENT, "strides", NULL);
}

/* ---- build ---- */

int64_t conv_channels(const ConvConfig *config, const Shape *in)
{
    return in->dim[volume_channel_axis(in, config->channels_first)];
}

bool conv_refuse_unknown_channels(const char *words, Error *err)
{
    error_set(err, "TypeError", "%s", words);
    return error_cause(err, "cause.channels_unknown", NULL);
}

bool conv_spread_channels(Arena *arena, const ConvConfig *config, int64_t channels, Value *product, Error *err)
{
    const Value *multiplier = &config->multiplier;
    if (channels == DIM_NONE || !value_is_number(multiplier))
        return conv_refuse_unknown_channels(arena_print(arena, "unsupported operand type(s) for *: '%s' and '%s'", value_class_name(multiplier),
                                                        channels == DIM_NONE ? "NoneType" : "int"), err);
    const double spread = value_number(multiplier) * (double)channels;
    *product = multiplier->kind == VALUE_FLOAT ? value_float(spread)
                                               : value_int(size_multiply((int64_t)value_number(multiplier), channels));
    return true;
}

void conv_expect_channels(Builder *builder, Layer *layer, const ConvConfig *config, int64_t channels)
{
    layer->n_input_specs = 0;
    InputSpec *spec = layer_add_input_spec(builder, layer);
    spec->min_ndim = config->axes + 2;
    spec->n_axes = 1;
    spec->axes[0].axis = config->channels_first ? 1 : -1;
    spec->axes[0].dim = channels;
}

bool conv_dim(const Value *value, int64_t *dim)
{
    *dim = DIM_NONE;
    if (value->kind == VALUE_NONE || value->kind == VALUE_UNKNOWN || value_integer(value, dim)) return true;
    if (value->kind != VALUE_BOOL) return false;
    *dim = value->boolean;
    return true;
}

static bool add_weight(Builder *builder, Layer *layer, const char *name, const Value *dims, int n, const Value *initializer,
                       Error *err)
{
    Shape shape;
    Value tuple = value_list(builder->arena, VALUE_TUPLE, (size_t)n);
    for (int i = 0; i < n; i++) list_add(tuple.list, dims[i]);
    if (!shape_resolve(builder->arena, &tuple, &shape, err))
        return error_cause(err, "cause.not_an_integer", value_str_text(builder->arena, &tuple), NULL);
    return layer_add_weight(builder, layer, name, shape, *initializer, true, err);
}

bool conv_add_kernel(Builder *builder, Layer *layer, const char *name, Value before_last, Value last, const Value *initializer,
                     Error *err)
{
    const ConvConfig *config = layer->config;
    const bool pointwise = initializer == config->pointwise_initializer;
    Value dims[CONV_AXES + 2];
    const bool list = config->kernel_size.kind == VALUE_TUPLE || config->kernel_size.kind == VALUE_LIST;
    for (int i = 0; i < config->axes; i++)
        dims[i] = pointwise ? value_int(1) : list ? config->kernel_size.list->items[i] : value_int(config->size[i]);
    dims[config->axes] = before_last;
    dims[config->axes + 1] = last;
    return add_weight(builder, layer, name, dims, config->axes + 2, initializer, err);
}

bool conv_add_bias(Builder *builder, Layer *layer, Value filters, Error *err)
{
    const ConvConfig *config = layer->config;
    return !config->use_bias || add_weight(builder, layer, "bias", &filters, 1, config->bias_initializer, err);
}

/* ---- shapes ---- */

/* Keras' kernel_shape of a refusal: the channels of all groups. */
static const char *kernel_text(Arena *arena, const ConvConfig *config, const Shape *in, const Value *filters)
{
    const int64_t channels = conv_channels(config, in);
    Value tuple = value_list(arena, VALUE_TUPLE, CONV_AXES + 2);
    for (int i = 0; i < config->axes; i++) list_add(tuple.list, value_int(config->size[i]));
    list_add(tuple.list, channels == DIM_NONE ? value_none() : value_int(channels));
    list_add(tuple.list, *filters);
    return value_str_text(arena, &tuple);
}

static bool refuse_empty(Arena *arena, const ConvConfig *config, const Shape *in, const Value *filters, int axis, Error *err)
{
    const TooLarge window = {.in = in, .channels_first = config->channels_first, .size_param = "kernel_size", .axes = config->axes,
                             .size = config->size, .dilation = config->dilation};
    Text dilation = {.arena = arena};
    print_array(&dilation, config->dilation, config->axes);
    const Value strides = value_ints(arena, VALUE_TUPLE, config->stride, config->axes);
    error_set(err, "ValueError",
              "Computed output size would be zero or negative. Received `inputs shape=%s`, `kernel shape=%s`, `dilation_rate=%s`, "
              "`strides=%s`, `padding=valid`.",
              shape_text(arena, in), kernel_text(arena, config, in, filters), text_string(&dilation),
              value_str_text(arena, &strides));
    const int64_t reach = window_reach(config->size[axis], config->dilation[axis]);
    const int64_t cells = in->dim[volume_first_axis(config->channels_first) + axis];
    error_cause(err, "cause.window_too_large", arena_print(arena, "%" PRId64, reach), arena_print(arena, "%" PRId64, cells), NULL);
    advise_window(arena, &window, err);
    return false;
}

static bool check_shape(Arena *arena, const Layer *layer, const Shape *in, const Value *filters, Error *err)
{
    const ConvConfig *config = layer->config;
    if (in->rank != config->axes + 2) {
        error_set(err, "ValueError", "Kernel shape must have the same length as input, but received kernel of shape %s and input of "
                  "shape %s.", kernel_text(arena, config, in, filters), shape_text(arena, in));
        error_cause(err, "cause.conv_rank", arena_print(arena, "%d", config->axes + 2), shape_text(arena, in), NULL);
        advise_other_rank(layer, in, err);
        return false;
    }
    if (!config->padding_list) return true;
    error_set(err, "ValueError", "`padding` must be either `'valid'` or `'same'`. Received %s.",
              value_str_text(arena, config->padding_list));
    error_cause(err, "cause.padding", value_str_text(arena, config->padding_list), NULL);
    error_fix(err, FIX_ARGUMENT, "padding", "'same'");
    return error_fix(err, FIX_REMOVE_ARGUMENT, "padding", NULL);
}

Shape conv_put_axes(const ConvConfig *config, const Shape *in, const int64_t *places, int64_t channels)
{
    Shape out = *in;
    for (int i = 0; i < config->axes; i++) out.dim[volume_first_axis(config->channels_first) + i] = places[i];
    out.dim[volume_channel_axis(in, config->channels_first)] = channels;
    return out;
}

bool conv_shape(Arena *arena, const Layer *layer, const Shape *in, Value filters, Shape *out, Error *err)
{
    const ConvConfig *config = layer->config;
    int64_t places[CONV_AXES], channels;
    if (!check_shape(arena, layer, in, &filters, err)) return false;
    for (int i = 0; i < config->axes; i++) {
        const int64_t cells = in->dim[volume_first_axis(config->channels_first) + i];
        places[i] = window_places(cells, config->size[i], config->stride[i], config->dilation[i], config->padding);
        if (cells != DIM_NONE && places[i] <= 0 && config->padding == WINDOW_VALID)
            return refuse_empty(arena, config, in, &filters, i, err);
    }
    conv_dim(&filters, &channels);
    *out = conv_put_axes(config, in, places, channels);
    return true;
}

bool conv_infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const ConvConfig *config = layer->config;
    Shape shape;
    (void)call, (void)n_in;
    if (!conv_shape(out->arena, layer, &in[0].shape, config->filters, &shape, err)) return false;
    outputs_add(out, shape, layer->dtype);
    return true;
}

/* ---- numbers ---- */

Window conv_window(const ConvConfig *config, const Shape *in)
{
    Window window;
    const Volume volume = volume_of(in, config->channels_first);
    for (int i = 0; i < CONV_AXES; i++) {
        const int axis = i - (CONV_AXES - config->axes);
        window.axis[i] = axis < 0 ? window_axis(1, 1, 1, 1, WINDOW_VALID)
                                  : window_axis(volume.dim[i], config->size[axis], config->stride[axis], config->dilation[axis],
                                                config->padding);
    }
    return window;
}

static const float *to_channels_last(const Tensor *tensor, Arena *scratch)
{
    const Volume from = volume_of(&tensor->shape, true);
    const Volume to = volume_make(from.batch, from.dim, from.channels, false);
    float *copy = ARENA_ROOM(scratch, shape_size(&tensor->shape), float);
    volume_copy(&from, tensor->data, &to, copy);
    return copy;
}

Convolution conv_describe(const Forward *forward, Window window)
{
    const ConvConfig *config = forward->layer->config;
    const Shape *in = &forward->in[0].shape;
    return (Convolution){
        .window = window, .batch = in->dim[0], .groups = 1,
        .channels = conv_channels(config, in), .filters = conv_channels(config, &forward->out[0].shape),
        .kernel = forward->weights[0].data,
        .bias = config->use_bias ? forward->weights[forward->layer->n_weights - 1].data : NULL,
    };
}

Convolution conv_begin(const Forward *forward, Window window)
{
    const ConvConfig *config = forward->layer->config;
    const Tensor *in = &forward->in[0], *out = &forward->out[0];
    Convolution conv = conv_describe(forward, window);
    conv.in = config->channels_first ? to_channels_last(in, forward->scratch) : in->data;
    conv.out = config->channels_first ? ARENA_ROOM(forward->scratch, shape_size(&out->shape), float) : out->data;
    conv.finish = finish_of(forward, config->activation, forward->scratch);
    return conv;
}

void conv_finish(const Forward *forward, const Convolution *conv)
{
    const ConvConfig *config = forward->layer->config;
    Tensor *out = &forward->out[0];
    if (config->channels_first) {
        const Volume to = volume_of(&out->shape, true);
        const Volume from = volume_make(to.batch, to.dim, to.channels, false);
        volume_copy(&from, conv->out, &to, out->data);
    }
    if (!config->activation->apply) activation_apply(config->activation, out);
}

bool conv_leads(const Forward *forward)
{
    const ConvConfig *config = forward->layer->config;
    return config->activation->apply && !config->channels_first;
}

const Activation *conv_activation(const Layer *layer)
{
    const ConvConfig *config = layer->config;
    return config->activation;
}
