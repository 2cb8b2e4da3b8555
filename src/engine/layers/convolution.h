/* What all convolution layers share: arguments, shapes, weights, windows. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_CONVOLUTION_H
#define SHAPEFLOW_ENGINE_LAYERS_CONVOLUTION_H

#include "engine/layers/advice.h"
#include "engine/layers/convolve.h"
#include "engine/layers/formula.h"
#include "engine/layers/params.h"

enum { CONV_AXES = WINDOW_AXES };

typedef struct ConvConfig {
    int               axes;             /* 1, 2 or 3; the arrays below hold that many */
    Value             kernel_size;      /* as given: fractions in a tuple are found out when weights are made */
    int64_t           size[CONV_AXES], stride[CONV_AXES], dilation[CONV_AXES];
    WindowPadding     padding;
    const Value      *padding_list;     /* a list or tuple, which constructors take and shapes refuse; else NULL */
    int64_t           output_padding[CONV_AXES];   /* of transposed ones */
    bool              has_output_padding;
    bool              channels_first, use_bias;
    Value             filters, groups, multiplier;   /* as given; None where the kind has none */
    const Value      *kernel_initializer, *pointwise_initializer, *bias_initializer;
    const Activation *activation;
} ConvConfig;

/* ---- argument tables ---- */

#define CONV_FILTERS PARAM_NEEDED("filters", PARAM_INT, "8")
#define CONV_WINDOW(CHOICES, ...) \
    PARAM_NEEDED("kernel_size", PARAM_INTS, "3"), PARAM_WITH("strides", PARAM_INTS, __VA_ARGS__), \
    {.name = "padding", .type = PARAM_CHOICE, .choices = CHOICES, .fallback = VALUE_IS_TEXT("valid")}
#define CONV_DILATION(...)   PARAM_WITH("dilation_rate", PARAM_INTS, __VA_ARGS__)
#define CONV_ACTIVATION      PARAM("activation", PARAM_ACTIVATION), PARAM_BIAS
#define CONV_MULTIPLIER      PARAM_WITH("depth_multiplier", PARAM_INT, VALUE_IS_INT(1))
/* Of a kernel by that name, and of the bias. */
#define CONV_WEIGHTS(kernel) \
    PARAM_START(kernel "_initializer", "glorot_uniform"), PARAM_START("bias_initializer", "zeros"), \
    PARAM(kernel "_regularizer", PARAM_REGULARIZER), PARAM("bias_regularizer", PARAM_REGULARIZER), \
    PARAM("activity_regularizer", PARAM_REGULARIZER), PARAM(kernel "_constraint", PARAM_CONSTRAINT), \
    PARAM("bias_constraint", PARAM_CONSTRAINT)

/* ---- make ---- */

/* Reads the arguments in Keras' order, from kernel_size to the last constraint; NULL on refusal. */
ConvConfig *conv_read(Maker *);
/* "Expected a strictly positive value." */
bool conv_check_positive(Maker *, const char *param);
bool conv_check_strides_and_dilation(Maker *, const ConvConfig *);

/* ---- build ---- */

int64_t conv_channels(const ConvConfig *, const Shape *in);
/* "unsupported operand type(s) for %: 'NoneType' and 'int'": what arithmetic with the unknown ends in. */
bool conv_refuse_unknown_channels(const char *words, Error *);
/* Python's depth_multiplier * channels; refuses the unknown. */
bool conv_spread_channels(Arena *, const ConvConfig *, int64_t channels, Value *product, Error *);
/* The input spec of the built layer: so many channels and no others. */
void conv_expect_channels(Builder *, Layer *, const ConvConfig *, int64_t channels);
/* (kernel_size..., before_last, last); an axis that is no integer is refused as Keras' standardize_shape does. */
bool conv_add_kernel(Builder *, Layer *, const char *name, Value before_last, Value last, const Value *initializer, Error *);
bool conv_add_bias(Builder *, Layer *, Value filters, Error *);

/* ---- shapes ---- */

/* Keras' compute_conv_output_shape. */
bool conv_shape(Arena *, const Layer *, const Shape *in, Value filters, Shape *out, Error *);
/* infer of kinds whose channels are the filters. */
bool conv_infer(const Layer *, const Call *, const TensorSpec *in, int n_in, Outputs *, Error *);
/* The shape with new axes and channels. */
Shape conv_put_axes(const ConvConfig *, const Shape *in, const int64_t *places, int64_t channels);
/* An axis from an argument; DIM_NONE for None. False when it is no integer. */
bool conv_dim(const Value *, int64_t *dim);

/* ---- numbers; shapes are known ---- */

Window conv_window(const ConvConfig *, const Shape *in);
/* Sizes, kernel and bias; kernel = weights[0], the last weight the bias. */
Convolution conv_describe(const Forward *, Window);
/* The same with in and out, channels last, and the activation where it can be applied on the way. */
Convolution conv_begin(const Forward *, Window);
/* Brings the output to its place and applies the activation that was not. */
void conv_finish(const Forward *, const Convolution *);

/* Of kinds whose finish sees whole rows of channels. */
bool conv_leads(const Forward *);

const Activation *conv_activation(const Layer *);

/* ---- explanations ---- */

/* "8 · 5×5"; nothing before the point when filters are None. */
void conv_explain_title(const ConvConfig *, Text *);
/* All topics; `rule` is asked where shapes are known. */
void conv_explain(const Trace *, ExplainTopic, Text *, void (*rule)(const Trace *, Text *));
/* " + b[2]" */
void conv_put_bias(const ConvConfig *, Text *, int64_t filter);
WindowFormula conv_formula(const ConvConfig *, const Trace *);

/* The row of a kind; what else it has follows. */
#define CONV_KIND(NAME, MODULE, TABLE) \
    .name = NAME, .module = "keras.src.layers.convolutional." MODULE, PARAMS_OF(TABLE), .make = make, .build = build, \
    .forward = forward, .trace = trace, .connections = connections, .explain = explain, .activation = conv_activation, \
    .advise = advise_other_rank

#endif
