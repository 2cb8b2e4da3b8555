/* BatchNormalization: each channel by the mean and variance that moved along while it learned. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/finish.h"
#include "engine/lanes.h"
#include "engine/layers/normalize.h"
#include "engine/layers/terms.h"

static const ParamSpec PARAMS[] = {
    PARAM_WITH("axis", PARAM_INT, VALUE_IS_INT(-1)), PARAM_WITH("momentum", PARAM_FLOAT, VALUE_IS_FLOAT(0.99)),
    PARAM_WITH("epsilon", PARAM_FLOAT, VALUE_IS_FLOAT(1e-3)), NORMALIZE_AFFINE,
    PARAM_WITH("moving_mean_initializer", PARAM_INITIALIZER, VALUE_IS_TEXT("zeros")),
    PARAM_WITH("moving_variance_initializer", PARAM_INITIALIZER, VALUE_IS_TEXT("ones")), NORMALIZE_PENALTIES,
    PARAM_WITH("renorm", PARAM_BOOL, VALUE_IS_FALSE), PARAM("renorm_clipping", PARAM_ANY),
    PARAM_WITH("renorm_momentum", PARAM_FLOAT, VALUE_IS_FLOAT(0.99)), PARAM_WITH("synchronized", PARAM_BOOL, VALUE_IS_FALSE),
};

static const ParamSpec CALL[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true}, PARAM("training", PARAM_ANY), PARAM("mask", PARAM_TENSORS),
};

/* ---- make ---- */

/* Digits in a text are a number to int() and float(). */
static bool text_number(const ValueString *text, double *out)
{
    char *end;
    *out = strtod(text->bytes, &end);
    return end != text->bytes && (size_t)(end - text->bytes) == text->length && fabs(*out) < 1e15;
}

/* int(x) of Python. */
static bool whole_make(Maker *m, const char *param, int64_t *out)
{
    const Value *value = maker_arg(m, param);
    double number;
    if (value_is_number(value)) {
        *out = value->kind == VALUE_INT ? value->integer : (int64_t)value_number(value);
        return true;
    }
    if (value->kind == VALUE_STRING && text_number(&value->string, &number) && number == floor(number)) {
        *out = (int64_t)number;
        return true;
    }
    if (value->kind == VALUE_STRING)
        return maker_refuse(m, param, "ValueError", "invalid literal for int() with base 10: %s",
                            value_repr_text(m->builder->arena, value));
    return maker_refuse_int(m, param);
}

static bool float_make(Maker *m, const char *param, double *out)
{
    const Value *value = maker_arg(m, param);
    if (value_is_number(value)) {
        *out = value_number(value);
        return true;
    }
    if (value->kind == VALUE_STRING && text_number(&value->string, out)) return true;
    if (value->kind == VALUE_STRING)
        return maker_refuse(m, param, "ValueError", "could not convert string to float: %s",
                            value_repr_text(m->builder->arena, value));
    return maker_refuse_float(m, param);
}

static bool is_clip(const Value *key)
{
    return value_is_text(key, "rmax") || value_is_text(key, "rmin") || value_is_text(key, "dmax");
}

static const Value *clip_value(const Value *clipping, const char *key)
{
    const Value *value = clipping->kind == VALUE_DICT ? dict_find(clipping->dict, key) : NULL;
    return value && value_is_number(value) ? value : NULL;
}

static bool renorm_make(Maker *m)
{
    const Value *clipping = maker_arg(m, "renorm_clipping");
    if (clipping->kind != VALUE_DICT) return true;
    for (size_t i = 0; i < clipping->dict->keys.n; i++)
        if (!is_clip(&clipping->dict->keys.items[i]))
            return maker_refuse(m, "renorm_clipping", "ValueError",
                                "Received invalid keys for `renorm_clipping` argument: %s. "
                                "Supported values: ['rmax', 'rmin', 'dmax'].",
                                value_str_text(m->builder->arena, clipping));
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

static bool make(Maker *m)
{
    double momentum;
    if (!layer_base(m)) return false;
    NormalizeConfig *config = normalize_config_new(m);
    if (!whole_make(m, "axis", &config->axes[0]) || !float_make(m, "momentum", &momentum) ||
        !float_make(m, "epsilon", &config->epsilon))
        return false;
    if (!normalize_read_affine(m, config) || !maker_initializer(m, "moving_mean_initializer") ||
        !maker_initializer(m, "moving_variance_initializer") || !normalize_read_penalties(m))
        return false;
    return !value_truth(maker_arg(m, "renorm")) || renorm_make(m);
}

/* ---- build ---- */

static bool statistics_build(Builder *b, Layer *layer, Shape shape, Error *err)
{
    const Value mean = *layer_arg(layer, "moving_mean_initializer"), variance = *layer_arg(layer, "moving_variance_initializer");
    if (!layer_add_weight(b, layer, "moving_mean", shape, mean, false, err) ||
        !layer_add_weight(b, layer, "moving_variance", shape, variance, false, err))
        return false;
    if (!value_truth(layer_arg(layer, "renorm"))) return true;
    return layer_add_weight(b, layer, "moving_stddev", shape, variance, false, err) &&
           layer_add_weight(b, layer, "renorm_mean", shape, mean, false, err) &&
           layer_add_weight(b, layer, "renorm_stddev", shape, variance, false, err);
}

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    const NormalizeConfig *config = layer->config;
    int64_t dim = 0;
    if (!normalize_takes_one(call, in, n_in, config->axes[0], err)) return false;
    if (!normalize_axis_dim(&in->shape, config->axes[0], &dim, err)) return false;
    if (!normalize_add_affine(b, layer, SHAPE(dim), err) || !statistics_build(b, layer, SHAPE(dim), err)) return false;
    for (int i = 0; i < layer->n_weights; i++) layer->weights[i].as_stored = true;
    normalize_expect_axis(b, layer, in->shape.rank, (int)config->axes[0], dim);
    return true;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)call;
    if (n_in > 1 && in[1].shape.rank != in->shape.rank - 1)
        return error_set(err, "ValueError",
                         "The mask provided should be one dimension less than the inputs. Received: mask.shape=%s, "
                         "inputs.shape=%s", shape_text(out->arena, &in[1].shape), shape_text(out->arena, &in->shape));
    outputs_add(out, in->shape, layer->dtype);
    return true;
}

/* ---- numbers ---- */

/* Where the weights stand; -1 = not there. */
typedef struct BatchWeights { int gamma, beta, mean, variance; } BatchWeights;

static BatchWeights weights_of(const NormalizeConfig *config)
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
static void factors(const Forward *f, int64_t channels, float *factor, float *offset)
{
    const NormalizeConfig *config = f->layer->config;
    const BatchWeights at = weights_of(config);
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

static void forward(const Forward *f)
{
    const NormalizeConfig *config = f->layer->config;
    const Shape *shape = &f->in[0].shape;
    const int64_t channels = f->weights[weights_of(config).mean].shape.dim[0], inner = inner_size(shape, config->axes[0]);
    const int64_t outer = channels && inner ? shape_size(shape) / channels / inner : 0;
    float *factor = ARENA_ARRAY(f->scratch, channels, float), *offset = ARENA_ARRAY(f->scratch, channels, float);
    const float *x = f->in[0].data;
    float *restrict y = f->out->data;
    factors(f, channels, factor, offset);
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

static bool follow(const Forward *f, Arena *arena, Finish *finish)
{
    const NormalizeConfig *config = f->layer->config;
    const int64_t channels = f->weights[weights_of(config).mean].shape.dim[0];
    if (!channels || inner_size(&f->in[0].shape, config->axes[0]) != 1) return false;
    BatchScaling *scaling = ARENA_NEW(arena, BatchScaling);
    *scaling = (BatchScaling){channels, ARENA_ARRAY(arena, channels, float), ARENA_ARRAY(arena, channels, float)};
    factors(f, channels, scaling->factor, scaling->offset);
    *finish = (Finish){scale_in_place, scaling};
    return true;
}

/* ---- what an output depends on ---- */

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const NormalizeConfig *config = t->layer->config;
    BatchWeights w = weights_of(config);
    int64_t channels = t->layer->weights[w.mean].shape.dim[0];
    int64_t c = t->k / inner_size(&t->in->shape, config->axes[0]) % channels;
    const int used[] = {w.gamma, w.beta, w.mean, w.variance};
    TermList list = {.term = terms, .cap = cap};
    terms_add(&list, term_input(0, t->k, 1));
    for (int i = 0; i < 4; i++)
        if (used[i] >= 0) terms_add(&list, term_weight(used[i], c));
    return list.n;
}

static void numbers(const Forward *f, int64_t k, Text *text)
{
    const NormalizeConfig *config = f->layer->config;
    const BatchWeights at = weights_of(config);
    const int64_t c = k / inner_size(&f->in[0].shape, config->axes[0]) % f->weights[at.mean].shape.dim[0];
    const double mean = (double)f->weights[at.mean].data[c];
    const double gamma = at.gamma < 0 ? 1 : (double)f->weights[at.gamma].data[c], beta = at.beta < 0 ? 0 : (double)f->weights[at.beta].data[c];
    normalize_put(text, &(Normalized){
        .x = (double)f->in[0].data[k], .square = (double)f->weights[at.variance].data[c], .epsilon = config->epsilon,
        .mean = &mean, .gamma = at.gamma < 0 ? NULL : &gamma, .beta = at.beta < 0 ? NULL : &beta,
    });
}

const LayerKind LAYER_batch_normalization = {
    .name = "BatchNormalization", .module = "keras.src.layers.normalization.batch_normalization", PARAMS_OF(PARAMS), .call_params = CALL,
    .n_call_params = 3, .make = make, .build = build, .infer = infer, .forward = forward, .follow = follow, .fills = true, .trace = trace,
    .explain = normalize_explain_affine, .numbers = numbers, .rule = TRACE_DEPENDS, .keeps_mask = true, .elementwise = true,
};
