/* BatchNormalization, LayerNormalization, GroupNormalization, UnitNormalization, RMSNormalization.
 * Numbers are those of inference. Statistics are gathered in double, as many terms may add up. */
#include "engine/layers/layers.h"

#include <math.h>
#include <string.h>

#include "engine/finish.h"
#include "engine/lanes.h"

typedef struct NormalizationConfig {
    int64_t axes[SHAPE_RANK_MAX];   /* as given, negative from the end */
    int     n_axes;
    double  epsilon;
    bool    center, scale;
    bool    deviation;              /* LayerNormalization's rms_scaling: no mean taken off, variance all the same */
    int64_t groups;                 /* GroupNormalization: -1 = one for each channel */
    bool    renorm;
} NormalizationConfig;

/* ---- arguments ---- */

#define INITIALIZER(word, text) {.name = word, .type = PARAM_INITIALIZER, .fallback = VALUE_IS_TEXT(text)}
#define REGULARIZER(word)       {.name = word, .type = PARAM_REGULARIZER}
#define CONSTRAINT(word)        {.name = word, .type = PARAM_CONSTRAINT}
#define FLAG(word, value)       {.name = word, .type = PARAM_BOOL, .fallback = VALUE_IS_##value}

static const ParamSpec BATCH_PARAMS[] = {
    {.name = "axis", .type = PARAM_INT, .fallback = VALUE_IS_INT(-1)},
    {.name = "momentum", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.99)},
    {.name = "epsilon", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(1e-3)},
    FLAG("center", TRUE), FLAG("scale", TRUE),
    INITIALIZER("beta_initializer", "zeros"), INITIALIZER("gamma_initializer", "ones"),
    INITIALIZER("moving_mean_initializer", "zeros"), INITIALIZER("moving_variance_initializer", "ones"),
    REGULARIZER("beta_regularizer"), REGULARIZER("gamma_regularizer"),
    CONSTRAINT("beta_constraint"), CONSTRAINT("gamma_constraint"),
    FLAG("renorm", FALSE),
    {.name = "renorm_clipping", .type = PARAM_ANY},
    {.name = "renorm_momentum", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.99)},
    FLAG("synchronized", FALSE),
};

static const ParamSpec LAYER_PARAMS[] = {
    {.name = "axis", .type = PARAM_INTS, .fallback = VALUE_IS_INT(-1)},
    {.name = "epsilon", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(1e-3)},
    FLAG("center", TRUE), FLAG("scale", TRUE),
    INITIALIZER("beta_initializer", "zeros"), INITIALIZER("gamma_initializer", "ones"),
    REGULARIZER("beta_regularizer"), REGULARIZER("gamma_regularizer"),
    CONSTRAINT("beta_constraint"), CONSTRAINT("gamma_constraint"),
    {.name = "rms_scaling", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE, .keyword_only = true},
};

static const ParamSpec GROUP_PARAMS[] = {
    {.name = "groups", .type = PARAM_INT, .fallback = VALUE_IS_INT(32)},
    {.name = "axis", .type = PARAM_INT, .fallback = VALUE_IS_INT(-1)},
    {.name = "epsilon", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(1e-3)},
    FLAG("center", TRUE), FLAG("scale", TRUE),
    INITIALIZER("beta_initializer", "zeros"), INITIALIZER("gamma_initializer", "ones"),
    REGULARIZER("beta_regularizer"), REGULARIZER("gamma_regularizer"),
    CONSTRAINT("beta_constraint"), CONSTRAINT("gamma_constraint"),
};

static const ParamSpec UNIT_PARAMS[] = {
    {.name = "axis", .type = PARAM_INTS, .fallback = VALUE_IS_INT(-1)},
};

static const ParamSpec RMS_PARAMS[] = {
    {.name = "axis", .type = PARAM_INTS, .fallback = VALUE_IS_INT(-1)},
    {.name = "epsilon", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(1e-6)},
};

static const ParamSpec BATCH_CALL[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true},
    {.name = "training", .type = PARAM_ANY},
    {.name = "mask", .type = PARAM_TENSORS},
};

static bool is_sequence(const Value *value)
{
    return value->kind == VALUE_LIST || value->kind == VALUE_TUPLE;
}

static NormalizationConfig *config_make(Maker *m)
{
    NormalizationConfig *config = ARENA_NEW(m->builder->arena, NormalizationConfig);
    config->axes[0] = -1;
    config->n_axes = 1;
    m->layer->config = config;
    return config;
}

static bool affine_make(Maker *m, NormalizationConfig *config)
{
    config->center = value_truth(maker_arg(m, "center"));
    config->scale = value_truth(maker_arg(m, "scale"));
    return maker_initializer(m, "beta_initializer") && maker_initializer(m, "gamma_initializer");
}

static bool affine_rest_make(Maker *m)
{
    return maker_regularizer(m, "beta_regularizer") && maker_regularizer(m, "gamma_regularizer") &&
           maker_constraint(m, "beta_constraint") && maker_constraint(m, "gamma_constraint");
}

/* int(x) of Python. */
static bool whole_make(Maker *m, const char *param, int64_t *out)
{
    const Value *value = maker_arg(m, param);
    if (value_is_number(value)) {
        *out = value->kind == VALUE_INT ? value->integer : (int64_t)value_number(value);
        return true;
    }
    if (value->kind == VALUE_STRING)
        return maker_refuse(m, param, "ValueError", "invalid literal for int() with base 10: %s",
                            value_repr_text(m->builder->arena, value));
    return maker_refuse(m, param, "TypeError",
                        "int() argument must be a string, a bytes-like object or a real number, not '%s'",
                        value_type(value));
}

static bool float_make(Maker *m, const char *param, double *out)
{
    const Value *value = maker_arg(m, param);
    if (value_is_number(value)) {
        *out = value_number(value);
        return true;
    }
    if (value->kind == VALUE_STRING)
        return maker_refuse(m, param, "ValueError", "could not convert string to float: %s",
                            value_repr_text(m->builder->arena, value));
    return maker_refuse(m, param, "TypeError", "float() argument must be a string or a real number, not '%s'",
                        value_type(value));
}

/* A number that Keras stores as it is. */
static double plain_number(const Maker *m, const char *param)
{
    const Value *value = maker_arg(m, param);
    return value_is_number(value) ? value_number(value) : (double)NAN;
}

static const Value *clip_value(const Value *clipping, const char *key)
{
    const Value *value = clipping->kind == VALUE_DICT ? dict_find(clipping->dict, key) : NULL;
    return value && value_is_number(value) ? value : NULL;
}

static bool renorm_make(Maker *m)
{
    static const char *const KEYS[] = {"rmax", "rmin", "dmax"};
    const Value *clipping = maker_arg(m, "renorm_clipping");
    if (clipping->kind != VALUE_DICT) return true;
    for (size_t i = 0; i < clipping->dict->keys.n; i++) {
        bool known = false;
        for (int k = 0; k < 3; k++) known |= value_is_text(&clipping->dict->keys.items[i], KEYS[k]);
        if (!known)
            return maker_refuse(m, "renorm_clipping", "ValueError",
                                "Received invalid keys for `renorm_clipping` argument: %s. "
                                "Supported values: ['rmax', 'rmin', 'dmax'].",
                                value_str_text(m->builder->arena, clipping));
    }
    const Value *rmax = clip_value(clipping, "rmax"), *rmin = clip_value(clipping, "rmin");
    if (rmax && rmin && value_number(rmax) < value_number(rmin))
        return maker_refuse(m, "renorm_clipping", "ValueError",
                            "rmax should be greater than rmin in the `renorm_clipping` argument. "
                            "Received: rmax={rmax}, rmin={rmin}.");
    const Value *dmax = clip_value(clipping, "dmax");
    if (dmax && value_number(dmax) < 0)
        return maker_refuse(m, "renorm_clipping", "ValueError", "dmax should be non-negative in the `renorm_clipping` ");
    return true;
}

static bool batch_make(Maker *m)
{
    double momentum;
    if (!layer_base(m)) return false;
    NormalizationConfig *config = config_make(m);
    if (!whole_make(m, "axis", &config->axes[0]) || !float_make(m, "momentum", &momentum) ||
        !float_make(m, "epsilon", &config->epsilon))
        return false;
    if (!affine_make(m, config) || !maker_initializer(m, "moving_mean_initializer") ||
        !maker_initializer(m, "moving_variance_initializer") || !affine_rest_make(m))
        return false;
    config->renorm = value_truth(maker_arg(m, "renorm"));
    return !config->renorm || renorm_make(m);
}

/* An int or a list of ints. */
static bool axes_take(NormalizationConfig *config, const Value *axis)
{
    if (value_is_int(axis) || axis->kind == VALUE_BOOL) {
        config->axes[0] = axis->kind == VALUE_BOOL ? axis->boolean : axis->integer;
        return true;
    }
    if (!is_sequence(axis)) return false;
    config->n_axes = 0;
    for (size_t i = 0; i < axis->list->n && config->n_axes < SHAPE_RANK_MAX; i++)
        if (value_is_int(&axis->list->items[i])) config->axes[config->n_axes++] = axis->list->items[i].integer;
    return true;
}

static bool layer_norm_make(Maker *m)
{
    if (!layer_base(m)) return false;
    NormalizationConfig *config = config_make(m);
    const Value *axis = maker_arg(m, "axis");
    if (!axes_take(config, axis))
        return maker_refuse(m, "axis", "TypeError",
                            "Expected an int or a list/tuple of ints for the argument 'axis', but received: %s",
                            value_repr_text(m->builder->arena, axis));
    config->epsilon = plain_number(m, "epsilon");
    config->deviation = value_truth(maker_arg(m, "rms_scaling"));
    return affine_make(m, config) && affine_rest_make(m);
}

static bool group_make(Maker *m)
{
    const Value *groups = maker_arg(m, "groups");
    int64_t n = groups->kind == VALUE_INT ? groups->integer : groups->kind == VALUE_BOOL ? groups->boolean : 0;
    if (n <= 0 && n != -1)
        return maker_refuse(m, "groups", "ValueError",
                            "Received an invalid value for argument `groups`, expected a positive integer (or `-1` "
                            "for instance normalization). Received: groups=%s",
                            value_str_text(m->builder->arena, groups));
    if (!layer_base(m)) return false;
    NormalizationConfig *config = config_make(m);
    config->groups = n;
    config->epsilon = plain_number(m, "epsilon");
    axes_take(config, maker_arg(m, "axis"));
    return affine_make(m, config) && affine_rest_make(m);
}

static bool unit_make(Maker *m)
{
    if (!layer_base(m)) return false;
    NormalizationConfig *config = config_make(m);
    const Value *axis = maker_arg(m, "axis");
    if (!axes_take(config, axis))
        return maker_refuse(m, "axis", "TypeError",
                            "Invalid value for `axis` argument: expected an int or a list/tuple of ints. Received: axis=%s",
                            value_str_text(m->builder->arena, axis));
    return true;
}

static bool rms_make(Maker *m)
{
    if (!layer_base(m)) return false;
    NormalizationConfig *config = config_make(m);
    config->epsilon = plain_number(m, "epsilon");
    axes_take(config, maker_arg(m, "axis"));
    return true;
}

/* ---- weights ---- */

/* input_shape[axis] of Python. */
static bool axis_dim(const Shape *shape, int64_t axis, int64_t *dim, Error *err)
{
    int at = shape_axis(shape, axis);
    if (at < 0) {
        error_set(err, "IndexError", "tuple index out of range");
        if (!err) return false;
        error_cause(err, "cause.axis_out_of_range", arena_print(err->arena, "%lld", (long long)axis),
                    shape_text(err->arena, shape), NULL);
        return error_fix(err, FIX_ARGUMENT, "axis", "-1");
    }
    *dim = shape->dim[at];
    return true;
}

static const Value *argument(const Layer *layer, const char *name)
{
    for (int i = 0; i < layer->kind->n_params; i++)
        if (!strcmp(layer->kind->params[i].name, name)) return &layer->args[i];
    return NULL;
}

static bool affine_build(Builder *b, Layer *layer, Shape shape, bool gamma, bool beta, Error *err)
{
    if (gamma && !layer_add_weight(b, layer, "gamma", shape, *argument(layer, "gamma_initializer"), true, err)) return false;
    return !beta || layer_add_weight(b, layer, "beta", shape, *argument(layer, "beta_initializer"), true, err);
}

static void axis_spec(Builder *b, Layer *layer, int ndim, int axis, int64_t dim)
{
    InputSpec *spec = layer_add_input_spec(b, layer);
    spec->ndim = ndim;
    spec->n_axes = 1;
    spec->axes[0].axis = axis;
    spec->axes[0].dim = dim;
}

static bool statistics_build(Builder *b, Layer *layer, Shape shape, bool renorm, Error *err)
{
    const Value mean = *argument(layer, "moving_mean_initializer"), variance = *argument(layer, "moving_variance_initializer");
    if (!layer_add_weight(b, layer, "moving_mean", shape, mean, false, err) ||
        !layer_add_weight(b, layer, "moving_variance", shape, variance, false, err))
        return false;
    return !renorm || (layer_add_weight(b, layer, "moving_stddev", shape, variance, false, err) &&
                       layer_add_weight(b, layer, "renorm_mean", shape, mean, false, err) &&
                       layer_add_weight(b, layer, "renorm_stddev", shape, variance, false, err));
}

static bool batch_build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    (void)call, (void)n_in;
    const NormalizationConfig *config = layer->config;
    int64_t dim = 0;
    if (!axis_dim(&in->shape, config->axes[0], &dim, err)) return false;
    Shape shape = SHAPE(dim);
    if (!affine_build(b, layer, shape, config->scale, config->center, err) ||
        !statistics_build(b, layer, shape, config->renorm, err))
        return false;
    axis_spec(b, layer, in->shape.rank, (int)config->axes[0], dim);
    return true;
}

static void axes_sort(NormalizationConfig *config)
{
    for (int i = 1; i < config->n_axes; i++)
        for (int k = i; k > 0 && config->axes[k - 1] > config->axes[k]; k--) {
            int64_t swap = config->axes[k];
            config->axes[k] = config->axes[k - 1];
            config->axes[k - 1] = swap;
        }
}

/* Keras sorts the axes when it builds, and keeps a list from then on. */
static bool axes_build(Builder *b, Layer *layer, const TensorSpec *in, Shape *shape, Error *err)
{
    NormalizationConfig *config = layer->config;
    axes_sort(config);
    *shape = (Shape){.rank = config->n_axes};
    for (int i = 0; i < config->n_axes; i++)
        if (!axis_dim(&in->shape, config->axes[i], &shape->dim[i], err)) return false;
    layer->args[0] = value_ints(b->arena, VALUE_LIST, config->axes, config->n_axes);
    return true;
}

static bool layer_norm_build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    (void)call, (void)n_in;
    const NormalizationConfig *config = layer->config;
    Shape shape;
    return axes_build(b, layer, in, &shape, err) &&
           affine_build(b, layer, shape, config->scale || config->deviation, config->center && !config->deviation, err);
}

static bool rms_build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    (void)call, (void)n_in;
    Shape shape;
    const Value ones = VALUE_IS_TEXT("ones");
    return axes_build(b, layer, in, &shape, err) && layer_add_weight(b, layer, "scale", shape, ones, true, err);
}

static bool group_build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    (void)call, (void)n_in;
    NormalizationConfig *config = layer->config;
    int64_t axis = config->axes[0], dim = 0;
    if (!axis_dim(&in->shape, axis, &dim, err)) return false;
    if (dim == DIM_NONE)
        return error_set(err, "ValueError",
                         "Axis %lld of input tensor should have a defined dimension but the layer received an input "
                         "with shape %s.", (long long)axis, shape_text(b->arena, &in->shape));
    if (config->groups == -1) {
        config->groups = dim;
        layer->args[0] = value_int(dim);
    }
    const char *groups = arena_print(b->arena, "%lld", (long long)config->groups);
    const char *channels = arena_print(b->arena, "%lld", (long long)dim);
    if (dim < config->groups) {
        error_set(err, "ValueError", "Number of groups (%s) cannot be more than the number of channels (%s).", groups, channels);
        error_cause(err, "cause.groups_many", groups, channels, NULL);
        return error_fix(err, FIX_ARGUMENT, "groups", channels);
    }
    if (dim % config->groups) {
        error_set(err, "ValueError", "Number of groups (%s) must be a multiple of the number of channels (%s).", groups, channels);
        error_cause(err, "cause.groups_divide", groups, channels, NULL);
        return error_fix(err, FIX_ARGUMENT, "groups", "1");
    }
    axis_spec(b, layer, in->shape.rank, (int)axis, dim);
    return affine_build(b, layer, SHAPE(dim), config->scale, config->center, err);
}

/* ---- shapes ---- */

static bool same_infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call, (void)n_in, (void)err;
    outputs_add(out, in->shape, layer->dtype);
    return true;
}

static bool batch_infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    if (n_in > 1 && in[1].shape.rank != in->shape.rank - 1)
        return error_set(err, "ValueError",
                         "The mask provided should be one dimension less than the inputs. Received: mask.shape=%s, "
                         "inputs.shape=%s", shape_text(out->arena, &in[1].shape), shape_text(out->arena, &in->shape));
    return same_infer(layer, call, in, n_in, out, err);
}

static bool unit_infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const NormalizationConfig *config = layer->config;
    for (int i = 0; i < config->n_axes; i++)
        if (shape_axis(&in->shape, config->axes[i]) < 0) {
            error_set(err, "ValueError", "Axis %s is out of bounds for input shape %s.",
                      value_str_text(out->arena, &layer->args[0]), shape_text(out->arena, &in->shape));
            return error_fix(err, FIX_ARGUMENT, "axis", "-1");
        }
    return same_infer(layer, call, in, n_in, out, err);
}

/* ---- numbers ---- */

/* What is normalised together: elements with the same place in `group`. Strides are of the group's number and of
 * gamma's and beta's; 0 for an axis that does not count. */
typedef struct Grouping {
    int64_t group_stride[SHAPE_RANK_MAX], groups;
    int64_t weight_stride[SHAPE_RANK_MAX];
    int     split_axis;         /* GroupNormalization: this axis counts by whole groups of `split` */
    int64_t split;
} Grouping;

/* Everything along `axes` is normalised together; gamma runs row-major over those axes. */
static Grouping grouping_over(const Shape *shape, const NormalizationConfig *config)
{
    Grouping g = {.groups = 1, .split_axis = -1, .split = 1};
    bool reduced[SHAPE_RANK_MAX] = {false};
    for (int i = 0; i < config->n_axes; i++) {
        int at = shape_axis(shape, config->axes[i]);
        if (at >= 0) reduced[at] = true;
    }
    int64_t weights = 1;
    for (int a = shape->rank - 1; a >= 0; a--) {
        g.weight_stride[a] = reduced[a] ? weights : 0;
        g.group_stride[a] = reduced[a] ? 0 : g.groups;
        if (reduced[a]) weights *= shape->dim[a];
        else g.groups *= shape->dim[a];
    }
    return g;
}

/* Each sample's channels in groups of dim / groups; gamma runs over the channels. */
static Grouping grouping_of_channels(const Shape *shape, const NormalizationConfig *config)
{
    int axis = shape_axis(shape, config->axes[0]);
    Grouping g = {.split_axis = axis, .split = shape->dim[axis] / config->groups};
    g.weight_stride[axis] = 1;
    g.group_stride[axis] = 1;
    if (axis != 0) g.group_stride[0] = config->groups;
    g.groups = size_multiply(axis == 0 ? 1 : shape->dim[0], config->groups);
    return g;
}

/* An odometer over a tensor's elements, with the group and the weight each belongs to. */
typedef struct Walk {
    const Shape    *shape;
    const Grouping *grouping;
    int64_t         at[SHAPE_RANK_MAX];
    int64_t         group, weight;
} Walk;

static void walk_place(Walk *w)
{
    w->group = w->weight = 0;
    for (int a = 0; a < w->shape->rank; a++) {
        int64_t place = a == w->grouping->split_axis ? w->at[a] / w->grouping->split : w->at[a];
        w->group += place * w->grouping->group_stride[a];
        w->weight += w->at[a] * w->grouping->weight_stride[a];
    }
}

static void walk_next(Walk *w)
{
    for (int a = w->shape->rank - 1; a >= 0; a--) {
        if (++w->at[a] < w->shape->dim[a]) break;
        w->at[a] = 0;
    }
    walk_place(w);
}

static Walk walk_to(const Shape *shape, const Grouping *grouping, int64_t k)
{
    Walk w = {.shape = shape, .grouping = grouping};
    for (int a = shape->rank - 1; a >= 0 && k > 0; a--) {
        w.at[a] = k % shape->dim[a];
        k /= shape->dim[a];
    }
    walk_place(&w);
    return w;
}

/* Mean and mean square about it (about zero when `centred` is NULL) of each group. */
static void moments(const Tensor *x, const Grouping *g, double *mean, double *square, int64_t *count)
{
    int64_t n = shape_size(&x->shape);
    Walk w = walk_to(&x->shape, g, 0);
    for (int64_t k = 0; k < n; k++, walk_next(&w)) {
        mean[w.group] += (double)x->data[k];
        count[w.group]++;
    }
    for (int64_t i = 0; i < g->groups; i++) mean[i] /= (double)(count[i] ? count[i] : 1);
    w = walk_to(&x->shape, g, 0);
    for (int64_t k = 0; k < n; k++, walk_next(&w)) {
        double d = (double)x->data[k] - mean[w.group];
        square[w.group] += d * d;
    }
    for (int64_t i = 0; i < g->groups; i++) square[i] /= (double)(count[i] ? count[i] : 1);
}

static void centred_forward(const Forward *f, const Grouping *g, bool keep_mean)
{
    const NormalizationConfig *config = f->layer->config;
    const Tensor *x = &f->in[0];
    const float *gamma = config->scale || config->deviation ? f->weights[0].data : NULL;
    const float *beta = config->center && !config->deviation ? f->weights[gamma ? 1 : 0].data : NULL;
    double *mean = ARENA_ARRAY(f->scratch, g->groups, double), *square = ARENA_ARRAY(f->scratch, g->groups, double);
    moments(x, g, mean, square, ARENA_ARRAY(f->scratch, g->groups, int64_t));
    int64_t n = shape_size(&x->shape);
    Walk w = walk_to(&x->shape, g, 0);
    for (int64_t k = 0; k < n; k++, walk_next(&w)) {
        double y = ((double)x->data[k] - (keep_mean ? 0 : mean[w.group])) / sqrt(square[w.group] + config->epsilon);
        if (gamma) y *= (double)gamma[w.weight];
        if (beta) y += (double)beta[w.weight];
        f->out->data[k] = (float)y;
    }
}

static void layer_norm_forward(const Forward *f)
{
    const NormalizationConfig *config = f->layer->config;
    Grouping g = grouping_over(&f->in[0].shape, config);
    centred_forward(f, &g, config->deviation);
}

static void group_forward(const Forward *f)
{
    Grouping g = grouping_of_channels(&f->in[0].shape, f->layer->config);
    centred_forward(f, &g, false);
}

/* Sum of squares of each group. */
static double *squares(const Forward *f, const Grouping *g)
{
    const Tensor *x = &f->in[0];
    double *sum = ARENA_ARRAY(f->scratch, g->groups, double);
    int64_t n = shape_size(&x->shape);
    Walk w = walk_to(&x->shape, g, 0);
    for (int64_t k = 0; k < n; k++, walk_next(&w)) sum[w.group] += (double)x->data[k] * (double)x->data[k];
    return sum;
}

static void unit_forward(const Forward *f)
{
    const Tensor *x = &f->in[0];
    Grouping g = grouping_over(&x->shape, f->layer->config);
    const double *sum = squares(f, &g);
    int64_t n = shape_size(&x->shape);
    Walk w = walk_to(&x->shape, &g, 0);
    for (int64_t k = 0; k < n; k++, walk_next(&w))
        f->out->data[k] = (float)((double)x->data[k] * fmin(1 / sqrt(sum[w.group]), 1e12));
}

/* Keras multiplies by `scale` as NumPy broadcasts it: aligned with the last axes, whatever `axis` says. */
static bool scale_fits(const Shape *scale, const Shape *x)
{
    for (int i = 1; i <= scale->rank; i++) {
        int64_t dim = scale->dim[scale->rank - i];
        if (dim != 1 && dim != x->dim[x->rank - i]) return false;
    }
    return true;
}

static int64_t scale_at(const Shape *scale, const Walk *w)
{
    int64_t at = 0;
    for (int i = 0; i < scale->rank; i++) {
        int64_t place = scale->dim[i] == 1 ? 0 : w->at[w->shape->rank - scale->rank + i];
        at = at * scale->dim[i] + place;
    }
    return at;
}

static void rms_forward(const Forward *f)
{
    const NormalizationConfig *config = f->layer->config;
    const Tensor *x = &f->in[0], *scale = &f->weights[0];
    Grouping g = grouping_over(&x->shape, config);
    if (!scale_fits(&scale->shape, &x->shape)) {
        *f->impossible = true;
        return;
    }
    const double *sum = squares(f, &g);
    int64_t n = shape_size(&x->shape);
    double count = (double)(n / (g.groups ? g.groups : 1));
    Walk w = walk_to(&x->shape, &g, 0);
    for (int64_t k = 0; k < n; k++, walk_next(&w)) {
        double y = (double)x->data[k] / sqrt(sum[w.group] / count + config->epsilon);
        f->out->data[k] = (float)(y * (double)scale->data[scale_at(&scale->shape, &w)]);
    }
}

/* Of BatchNormalization: where its weights stand; -1 = not there. */
typedef struct BatchWeights { int gamma, beta, mean, variance; } BatchWeights;

static BatchWeights batch_weights(const NormalizationConfig *config)
{
    int at = 0;
    BatchWeights w = {.gamma = -1, .beta = -1};
    if (config->scale) w.gamma = at++;
    if (config->center) w.beta = at++;
    w.mean = at++;
    w.variance = at;
    return w;
}

static int64_t inner_size(const Shape *shape, int64_t axis)
{
    return shape_span_size(shape, shape_axis(shape, axis) + 1, shape->rank);
}

/* x·factor + offset, each for a channel. */
static void batch_factors(const Forward *f, int64_t channels, float *factor, float *offset)
{
    const NormalizationConfig *config = f->layer->config;
    const BatchWeights at = batch_weights(config);
    for (int64_t c = 0; c < channels; c++) {
        factor[c] = 1 / sqrtf(f->weights[at.variance].data[c] + (float)config->epsilon);
        if (at.gamma >= 0) factor[c] *= f->weights[at.gamma].data[c];
        offset[c] = -f->weights[at.mean].data[c] * factor[c];
        if (at.beta >= 0) offset[c] += f->weights[at.beta].data[c];
    }
}

/* x (rows, channels), in place. */
#define X(NAME, ATTRIBUTES, FLOATS)                                                                                         \
    ATTRIBUTES static void scale_##NAME(float *restrict x, const float *restrict factor, const float *restrict offset,      \
                                        int64_t rows, int64_t channels)                                                     \
    {                                                                                                                       \
        for (int64_t r = 0; r < rows; r++, x += channels)                                                                   \
            for (int64_t c = 0; c < channels; c++) x[c] = x[c] * factor[c] + offset[c];                                     \
    }
LANES(X)
#undef X

static void (*const SCALE_IN_PLACE[])(float *x, const float *factor, const float *offset, int64_t rows, int64_t channels) = {
#define X(NAME, ATTRIBUTES, FLOATS) scale_##NAME,
    LANES(X)
#undef X
};

static void batch_forward(const Forward *f)
{
    const NormalizationConfig *config = f->layer->config;
    const Shape *shape = &f->in[0].shape;
    const int64_t channels = f->weights[batch_weights(config).mean].shape.dim[0], inner = inner_size(shape, config->axes[0]);
    const int64_t outer = channels && inner ? shape_size(shape) / channels / inner : 0;
    float *factor = ARENA_ARRAY(f->scratch, channels, float), *offset = ARENA_ARRAY(f->scratch, channels, float);
    const float *x = f->in[0].data;
    float *restrict y = f->out->data;
    batch_factors(f, channels, factor, offset);
    if (inner == 1) {
        memcpy(y, x, (size_t)(outer * channels) * sizeof(float));
        SCALE_IN_PLACE[lanes_here()](y, factor, offset, outer, channels);
        return;
    }
    for (int64_t o = 0; o < outer; o++, x += channels * inner, y += channels * inner)
        for (int64_t k = 0; k < channels * inner; k++) y[k] = x[k] * factor[k / inner] + offset[k / inner];
}

/* Factors and offsets of a run that are known before it. */
typedef struct BatchScaling {
    int64_t channels;
    float  *factor, *offset;
} BatchScaling;

static void scale_in_place(float *x, int64_t n, const void *how)
{
    const BatchScaling *scaling = how;
    SCALE_IN_PLACE[lanes_here()](x, scaling->factor, scaling->offset, n / scaling->channels, scaling->channels);
}

static bool batch_follow(const Forward *f, Arena *arena, Finish *finish)
{
    const NormalizationConfig *config = f->layer->config;
    const int64_t channels = f->weights[batch_weights(config).mean].shape.dim[0];
    if (!channels || inner_size(&f->in[0].shape, config->axes[0]) != 1) return false;
    BatchScaling *scaling = ARENA_NEW(arena, BatchScaling);
    *scaling = (BatchScaling){channels, ARENA_ARRAY(arena, channels, float), ARENA_ARRAY(arena, channels, float)};
    batch_factors(f, channels, scaling->factor, scaling->offset);
    *finish = (Finish){scale_in_place, scaling};
    return true;
}

/* ---- what an output depends on ---- */

static int64_t batch_trace(const Trace *t, Term *terms, int64_t cap)
{
    const NormalizationConfig *config = t->layer->config;
    BatchWeights w = batch_weights(config);
    int64_t channels = t->layer->weights[w.mean].shape.dim[0];
    int64_t c = t->k / inner_size(&t->in->shape, config->axes[0]) % channels;
    const int used[] = {w.gamma, w.beta, w.mean, w.variance};
    int64_t n = 0;
    if (n++ < cap) terms[0] = (Term){.from = t->k, .weight = -1, .at = -1, .child = -1, .scale = 1};
    for (int i = 0; i < 4; i++)
        if (used[i] >= 0 && n++ < cap)
            terms[n - 1] = (Term){.input = -1, .from = -1, .weight = used[i], .at = c, .child = -1, .scale = 1};
    return n;
}

static int64_t grouped_trace(const Trace *t, const Grouping *g, Term *terms, int64_t cap)
{
    int64_t n = 0, size = shape_size(&t->in->shape), of = size / (g->groups ? g->groups : 1);
    Walk here = walk_to(&t->in->shape, g, t->k), w = walk_to(&t->in->shape, g, 0);
    for (int64_t k = 0; k < size && n < cap; k++, walk_next(&w))
        if (w.group == here.group) terms[n++] = (Term){.from = k, .weight = -1, .at = -1, .child = -1, .scale = 1};
    n = of;
    for (int i = 0; i < t->layer->n_weights; i++, n++)
        if (n < cap) terms[n] = (Term){.input = -1, .from = -1, .weight = i, .at = here.weight, .child = -1, .scale = 1};
    return n;
}

static int64_t axes_trace(const Trace *t, Term *terms, int64_t cap)
{
    Grouping g = grouping_over(&t->in->shape, t->layer->config);
    return grouped_trace(t, &g, terms, cap);
}

static int64_t group_trace(const Trace *t, Term *terms, int64_t cap)
{
    Grouping g = grouping_of_channels(&t->in->shape, t->layer->config);
    return grouped_trace(t, &g, terms, cap);
}

/* ---- words ---- */

/* "4×16 = 64": vectors of one length each. */
static void params_explain(const Trace *t, Text *text)
{
    int n = t->layer->n_weights;
    if (!n) return;
    int64_t size = shape_size(&t->layer->weights[0].shape);
    text_print(text, "%d×%lld = %lld", n, (long long)size, (long long)size_multiply(n, size));
}

static void explain(const Trace *t, ExplainTopic topic, Text *text, const char *rule)
{
    const NormalizationConfig *config = t->layer->config;
    switch (topic) {
    case EXPLAIN_TITLE:
        if (config->groups) text_print(text, "%lld", (long long)config->groups);
        break;
    case EXPLAIN_PARAMS: params_explain(t, text); break;
    case EXPLAIN_RULE: text_put(text, rule); break;
    case EXPLAIN_SHAPE: break;
    }
}

static void batch_explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const NormalizationConfig *config = t->layer->config;
    explain(t, topic, text, config->scale && config->center ? "γ·(x − μ)/√(σ² + ε) + β"
                            : config->scale                 ? "γ·(x − μ)/√(σ² + ε)"
                            : config->center                ? "(x − μ)/√(σ² + ε) + β"
                                                            : "(x − μ)/√(σ² + ε)");
}

static void layer_norm_explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const NormalizationConfig *config = t->layer->config;
    if (config->deviation) explain(t, topic, text, "γ·x/√(var(x) + ε)");
    else batch_explain(t, topic, text);
}

static void unit_explain(const Trace *t, ExplainTopic topic, Text *text)
{
    explain(t, topic, text, "x/√(Σ x²)");
}

static void rms_explain(const Trace *t, ExplainTopic topic, Text *text)
{
    explain(t, topic, text, "γ·x/√(mean(x²) + ε)");
}

#define PARAMS(table) .params = table, .n_params = (int)(sizeof table / sizeof *table)

const LayerKind LAYER_batch_normalization = {
    .name = "BatchNormalization", .module = "keras.src.layers.normalization.batch_normalization", PARAMS(BATCH_PARAMS),
    .call_params = BATCH_CALL, .n_call_params = 3, .make = batch_make, .build = batch_build, .infer = batch_infer,
    .forward = batch_forward, .follow = batch_follow, .fills = true, .trace = batch_trace, .explain = batch_explain, .rule = TRACE_DEPENDS,
    .keeps_mask = true, .elementwise = true,
};

const LayerKind LAYER_layer_normalization = {
    .name = "LayerNormalization", .module = "keras.src.layers.normalization.layer_normalization", PARAMS(LAYER_PARAMS),
    .make = layer_norm_make, .build = layer_norm_build, .infer = same_infer, .forward = layer_norm_forward,
    .trace = axes_trace, .explain = layer_norm_explain, .rule = TRACE_DEPENDS, .keeps_mask = true,
};

const LayerKind LAYER_group_normalization = {
    .name = "GroupNormalization", .module = "keras.src.layers.normalization.group_normalization", PARAMS(GROUP_PARAMS),
    .make = group_make, .build = group_build, .infer = same_infer, .forward = group_forward, .trace = group_trace,
    .explain = batch_explain, .rule = TRACE_DEPENDS, .keeps_mask = true,
};

const LayerKind LAYER_unit_normalization = {
    .name = "UnitNormalization", .module = "keras.src.layers.normalization.unit_normalization", PARAMS(UNIT_PARAMS),
    .make = unit_make, .infer = unit_infer, .forward = unit_forward, .trace = axes_trace, .explain = unit_explain,
    .rule = TRACE_DEPENDS, .keeps_mask = true, .built_at_make = true,
};

const LayerKind LAYER_rms_normalization = {
    .name = "RMSNormalization", .module = "keras.src.layers.normalization.rms_normalization", PARAMS(RMS_PARAMS),
    .make = rms_make, .build = rms_build, .infer = same_infer, .forward = rms_forward, .trace = axes_trace,
    .explain = rms_explain, .rule = TRACE_DEPENDS,
};
