/* RMSNormalization: divided by the root of the mean square along its axes. */
#include <math.h>

#include "engine/layers/normalize.h"

static const ParamSpec PARAMS[] = {
    PARAM_WITH("axis", PARAM_INTS, VALUE_IS_INT(-1)), PARAM_WITH("epsilon", PARAM_FLOAT, VALUE_IS_FLOAT(1e-6)),
};

static bool make(Maker *m)
{
    if (!layer_base(m)) return false;
    NormalizeConfig *config = normalize_config_new(m);
    config->epsilon = normalize_epsilon(m);
    normalize_read_axes(config, maker_arg(m, "axis"));
    return true;
}

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    Shape shape;
    const Value ones = VALUE_IS_TEXT("ones");
    if (!normalize_takes_one(call, in, n_in, ((const NormalizeConfig *)layer->config)->axes[0], err)) return false;
    return normalize_build_axes(b, layer, in, &shape, err) && layer_add_weight(b, layer, "scale", shape, ones, true, err);
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

static int64_t scale_at(const Shape *scale, const GroupWalk *w)
{
    int64_t at = 0;
    for (int i = 0; i < scale->rank; i++) {
        int64_t place = scale->dim[i] == 1 ? 0 : w->at[w->shape->rank - scale->rank + i];
        at = at * scale->dim[i] + place;
    }
    return at;
}

static void forward(const Forward *f)
{
    const NormalizeConfig *config = f->layer->config;
    const Tensor *x = &f->in[0], *scale = &f->weights[0];
    Grouping g = normalize_grouping(&x->shape, config);
    if (!scale_fits(&scale->shape, &x->shape)) {
        *f->impossible = true;
        return;
    }
    const double *sum = grouping_squares(f, &g);
    int64_t n = shape_size(&x->shape);
    double count = (double)(n / (g.groups ? g.groups : 1));
    GroupWalk w = group_walk_to(&x->shape, &g, 0);
    for (int64_t k = 0; k < n; k++, group_walk_next(&w)) {
        double y = (double)x->data[k] / sqrt(sum[w.group] / count + config->epsilon);
        f->out->data[k] = (float)(y * (double)scale->data[scale_at(&scale->shape, &w)]);
    }
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const Grouping g = normalize_grouping(&t->in->shape, t->layer->config);
    const GroupWalk here = group_walk_to(&t->in->shape, &g, t->k);
    const int64_t n = grouping_trace(t, &g, terms, cap);
    if (n <= cap && scale_fits(&t->layer->weights[0].shape, &t->in->shape)) terms[n - 1].at = scale_at(&t->layer->weights[0].shape, &here);
    return n;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    normalize_explain(t, topic, text, "γ·x/√(mean(x²) + ε)");
}

static void numbers(const Forward *f, int64_t k, Text *text)
{
    const Tensor *x = &f->in[0], *scale = &f->weights[0];
    const Grouping g = normalize_grouping(&x->shape, f->layer->config);
    const GroupWalk here = group_walk_to(&x->shape, &g, k);
    const double count = (double)(shape_size(&x->shape) / (g.groups ? g.groups : 1)), gamma = (double)scale->data[scale_at(&scale->shape, &here)];
    normalize_put(text, &(Normalized){
        .x = (double)x->data[k], .square = grouping_squares(f, &g)[here.group] / count,
        .epsilon = ((const NormalizeConfig *)f->layer->config)->epsilon, .gamma = &gamma,
    });
}

const LayerKind LAYER_rms_normalization = {
    .name = "RMSNormalization", .module = "keras.src.layers.normalization.rms_normalization", PARAMS_OF(PARAMS), .make = make, .build = build,
    .forward = forward, .trace = trace, .explain = explain, .numbers = numbers, .rule = TRACE_DEPENDS,
};
