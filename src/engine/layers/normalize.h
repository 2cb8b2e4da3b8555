/* What layers share that normalise: arguments, axes, gamma and beta. Numbers are those of inference. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_NORMALIZE_H
#define SHAPEFLOW_ENGINE_LAYERS_NORMALIZE_H

#include "engine/layers/grouping.h"
#include "engine/layers/params.h"

typedef struct NormalizeConfig {
    int64_t axes[SHAPE_RANK_MAX];   /* as given, negative from the end */
    int     n_axes;
    double  epsilon;
    bool    center, scale;          /* there is a beta, a gamma */
    bool    keeps_mean;             /* LayerNormalization's rms_scaling: no mean taken off, variance all the same */
    int64_t groups;                 /* GroupNormalization: -1 = one for each channel; 0 = other kinds */
} NormalizeConfig;

#define NORMALIZE_AFFINE \
    PARAM_WITH("center", PARAM_BOOL, VALUE_IS_TRUE), PARAM_WITH("scale", PARAM_BOOL, VALUE_IS_TRUE), \
    PARAM_WITH("beta_initializer", PARAM_INITIALIZER, VALUE_IS_TEXT("zeros")), \
    PARAM_WITH("gamma_initializer", PARAM_INITIALIZER, VALUE_IS_TEXT("ones"))
#define NORMALIZE_PENALTIES \
    PARAM("beta_regularizer", PARAM_REGULARIZER), PARAM("gamma_regularizer", PARAM_REGULARIZER), \
    PARAM("beta_constraint", PARAM_CONSTRAINT), PARAM("gamma_constraint", PARAM_CONSTRAINT)

/* ---- make ---- */

/* Over the last axis, until arguments say otherwise. */
NormalizeConfig *normalize_config_new(Maker *);
/* An int or a list of ints. */
bool normalize_read_axes(NormalizeConfig *, const Value *axis);
bool normalize_read_affine(Maker *, NormalizeConfig *);
bool normalize_read_penalties(Maker *);
/* A number that Keras stores as it is. */
double normalize_epsilon(const Maker *);

/* ---- build ---- */

/* input_shape[axis] of Python. */
/* What indexes a tuple in Python: an integer. */
bool normalize_check_index(const Value *axis, Error *);
/* A list of tensors has a list of shapes, whose `axis` is a shape. */
bool normalize_takes_one(const Call *, const TensorSpec *in, int n_in, int64_t axis, Error *);
bool normalize_axis_dim(const Shape *, int64_t axis, int64_t *dim, Error *);
/* The input spec of the built layer: an axis of this length. */
void normalize_expect_axis(Builder *, Layer *, int ndim, int axis, int64_t dim);
/* gamma and beta, those that there are. */
bool normalize_add_affine(Builder *, Layer *, Shape, Error *);
/* Lengths along the axes, which Keras sorts when it builds and keeps as a list from then on. */
bool normalize_build_axes(Builder *, Layer *, const TensorSpec *in, Shape *lengths, Error *);

/* ---- numbers ---- */

/* Everything along the axes is normalised together. */
Grouping normalize_grouping(const Shape *, const NormalizeConfig *);
/* gamma·(x − mean)/√(variance + epsilon) + beta, each group by itself. */
void normalize_centred(const Forward *, const Grouping *);
int64_t normalize_trace(const Trace *, Term *, int64_t cap);

/* ---- explanations ---- */

/* A normalised number: gamma·(x − mean)/√(square + epsilon) + beta, without what is NULL. */
typedef struct Normalized {
    double        x, square, epsilon;
    const double *mean, *gamma, *beta;
} Normalized;
void normalize_put(Text *, const Normalized *);
/* Of the layers that gather their statistics here. */
void normalize_numbers(const Forward *, const Grouping *, int64_t k, Text *);

/* "4×16 = 64": vectors of one length each. */
void normalize_explain_params(const Layer *, Text *);
/* Title and parameters, and the rule as it stands. */
void normalize_explain(const Trace *, ExplainTopic, Text *, const char *rule);
/* The same for gamma and beta, those that there are. */
void normalize_explain_affine(const Trace *, ExplainTopic, Text *);

#endif
