#include <inttypes.h>

#include "engine/layers/convolution.h"

void conv_explain_title(const ConvConfig *config, Text *text)
{
    int64_t filters;
    if (conv_dim(&config->filters, &filters) && filters != DIM_NONE) text_print(text, "%" PRId64 " · ", filters);
    formula_sizes(text, config->size, config->axes);
}

static void put_axis(Text *text, const Trace *trace, int axis)
{
    const ConvConfig *config = trace->layer->config;
    const int64_t cells = trace->in[0].shape.dim[volume_first_axis(config->channels_first) + axis];
    if (cells == DIM_NONE) return;
    const WindowAxis along = window_axis(cells, config->size[axis], config->stride[axis], config->dilation[axis], config->padding);
    formula_places(text, &along, config->padding);
}

void conv_explain(const Trace *trace, ExplainTopic topic, Text *text, void (*rule)(const Trace *, Text *))
{
    const ConvConfig *config = trace->layer->config;
    const Shape *in = &trace->in[0].shape;
    switch (topic) {
    case EXPLAIN_TITLE: conv_explain_title(config, text); break;
    case EXPLAIN_PARAMS: formula_weights(text, trace->layer); break;
    case EXPLAIN_RULE:
        if (shape_known(&trace->out[0].shape) && shape_known(in)) rule(trace, text);
        break;
    case EXPLAIN_SHAPE:
        if (in->rank == config->axes + 2) formula_axes(text, config->axes, put_axis, trace);
        break;
    }
}

void conv_put_bias(const ConvConfig *config, Text *text, int64_t filter)
{
    if (config->use_bias) text_print(text, " + b[%" PRId64 "]", filter);
}

WindowFormula conv_formula(const ConvConfig *config, const Trace *trace)
{
    const Volume out = volume_of(&trace->out[0].shape, config->channels_first);
    return (WindowFormula){
        .window = conv_window(config, &trace->in[0].shape), .place = volume_place(&out, trace->k),
        .axes = config->axes, .channels_first = config->channels_first,
    };
}
