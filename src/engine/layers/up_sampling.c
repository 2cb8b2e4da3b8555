/* UpSampling1D, UpSampling2D, UpSampling3D. */
#include <inttypes.h>
#include <string.h>

#include "engine/layers/advice.h"
#include "engine/layers/formula.h"
#include "engine/layers/gather.h"
#include "engine/layers/resize.h"
#include "engine/layers/spatial.h"


static const char *const INTERPOLATIONS[] = {"nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area", NULL};

static const ParamSpec PARAMS_1D[] = {{.name = "size", .type = PARAM_INT, .fallback = VALUE_IS_INT(2)}};
static const ParamSpec PARAMS_2D[] = {
    {.name = "size", .type = PARAM_INTS, .fallback = VALUE_IS_TWOS_2}, DATA_FORMAT,
    {.name = "interpolation", .type = PARAM_CHOICE, .choices = INTERPOLATIONS, .fallback = VALUE_IS_TEXT("nearest")},
};
static const ParamSpec PARAMS_3D[] = {{.name = "size", .type = PARAM_INTS, .fallback = VALUE_IS_TWOS_3}, DATA_FORMAT};

static int64_t length(const GatherConfig *config, int axis, int64_t in)
{
    return size_multiply(in, config->factor[axis]);
}

static int64_t cell(const GatherConfig *config, int axis, int64_t place)
{
    return place / config->factor[axis];
}

/* ---- make ---- */

static bool read_size_1d(Maker *maker, GatherConfig *config)
{
    const Value *size = maker_arg(maker, "size");
    if (size->kind == VALUE_UNKNOWN) return true;
    if (size->kind != VALUE_INT) {
        maker_refuse(maker, "size", "TypeError", "Expected an integer value for `size`, got <class '%s'>.", value_type(size));
        error_cause(maker->err, "cause.not_positive", "size", maker_text(maker, "size"), NULL);
        return error_fix(maker->err, FIX_ARGUMENT, "size", "2");
    }
    config->factor[0] = size->integer;
    if (size->integer > 0) return true;
    maker_refuse(maker, "size", "ValueError", "Argument `size` should be a positive integer. Received: size=%" PRId64, size->integer);
    error_cause(maker->err, "cause.not_positive", "size", maker_text(maker, "size"), NULL);
    return error_fix(maker->err, FIX_ARGUMENT, "size", "2");
}

static bool read_interpolation(Maker *maker, GatherConfig *config)
{
    const Value *value = maker_arg(maker, "interpolation");
    if (value->kind == VALUE_UNKNOWN) return true;
    if (value->kind != VALUE_STRING)
        return maker_refuse(maker, "interpolation", "AttributeError", "'%s' object has no attribute 'lower'", value_class_name(value));
    char *name = arena_copy(maker->builder->arena, value->string.bytes, value->string.length);
    for (char *c = name; *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
    maker_set(maker, "interpolation", value_string(maker->builder->arena, name, strlen(name)));
    config->interpolation = strcmp(name, "nearest") == 0 ? NULL : name;
    return true;
}

static bool make(Maker *maker)
{
    if (!layer_base(maker)) return false;
    GatherConfig *config = gather_begin(maker);
    config->length = length;
    config->cell = cell;
    if (config->axes == 1 ? !read_size_1d(maker, config)
                          : !maker_data_format(maker, "data_format", &config->channels_first) ||
                                !maker_ints(maker, "size", config->axes, false, config->factor))
        return false;
    if (config->axes == 2 && !read_interpolation(maker, config)) return false;
    layer_expect_rank(maker->builder, maker->layer, config->axes + 2);
    return true;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call, (void)n_in, (void)err;
    outputs_add(out, gather_shape(layer->config, &in[0].shape), layer->dtype);
    return true;
}

/* ---- numbers: each cell repeated, or mixed as tf.image.resize does ---- */

static bool resize_of(const GatherConfig *config, const Shape *in, Resize *resize)
{
    *resize = (Resize){0};
    for (int i = 0; i < RESIZE_AXES; i++) {
        resize->cells[i] = in->dim[gather_axis(config, i)];
        resize->out[i] = length(config, i, resize->cells[i]);
    }
    return interpolation_find(config->interpolation, &resize->interpolation);
}

static void forward(const Forward *forward)
{
    const GatherConfig *config = forward->layer->config;
    Resize resize;
    if (!config->interpolation) gather_forward(forward);
    else if (resize_of(config, &forward->in[0].shape, &resize)) resize_forward(&resize, forward, config->channels_first);
}

static int64_t trace(const Trace *trace, Term *terms, int64_t cap)
{
    const GatherConfig *config = trace->layer->config;
    Resize resize;
    if (!config->interpolation) return gather_trace(trace, terms, cap);
    if (!resize_of(config, &trace->in[0].shape, &resize)) return 0;
    return resize_trace(&resize, trace, config->channels_first, terms, cap);
}

static int64_t connections(const Trace *trace)
{
    const GatherConfig *config = trace->layer->config;
    Resize resize;
    if (!shape_known(&trace->in[0].shape)) return DIM_NONE;
    if (!config->interpolation) return gather_connections(trace);
    return resize_of(config, &trace->in[0].shape, &resize) ? resize_connections(&resize, trace, config->channels_first) : 0;
}

static void explain_rule(const Trace *trace, Text *text)
{
    const GatherConfig *config = trace->layer->config;
    Resize resize;
    if (!config->interpolation) gather_explain_rule(trace, text);
    else if (shape_known(&trace->in[0].shape) && resize_of(config, &trace->in[0].shape, &resize))
        resize_explain_rule(&resize, trace, config->channels_first, text);
}

static void put_axis(Text *text, const Trace *trace, int axis)
{
    const GatherConfig *config = trace->layer->config;
    const int64_t in = trace->in[0].shape.dim[gather_axis(config, axis)];
    if (in == DIM_NONE || config->factor[axis] == 1) return;
    text_print(text, "%" PRId64 "·%" PRId64 " = %" PRId64, in, config->factor[axis], length(config, axis, in));
}

static void explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    const GatherConfig *config = trace->layer->config;
    switch (topic) {
    case EXPLAIN_TITLE: formula_sizes(text, config->factor, config->axes); break;
    case EXPLAIN_PARAMS: break;
    case EXPLAIN_RULE: explain_rule(trace, text); break;
    case EXPLAIN_SHAPE: formula_axes(text, config->axes, put_axis, trace); break;
    }
}

static bool computes(const Layer *layer)
{
    const GatherConfig *config = layer->config;
    Interpolation unused;
    return !config->interpolation || interpolation_find(config->interpolation, &unused);
}

#define KIND(SYMBOL, NAME, MODULE, PARAM_LIST)                                                  \
    const LayerKind LAYER_##SYMBOL = {                                                          \
        .name = NAME, .module = "keras.src.layers.reshaping." MODULE,                           \
        .params = PARAM_LIST, .n_params = sizeof PARAM_LIST / sizeof *PARAM_LIST,               \
        .make = make, .infer = infer, .forward = forward, .trace = trace, .explain = explain,   \
        .advise = advise_other_rank, .connections = connections, .computes = computes, .rule = TRACE_SUM,                                          \
    };

KIND(up_sampling1d, "UpSampling1D", "up_sampling1d", PARAMS_1D)
KIND(up_sampling2d, "UpSampling2D", "up_sampling2d", PARAMS_2D)
KIND(up_sampling3d, "UpSampling3D", "up_sampling3d", PARAMS_3D)
