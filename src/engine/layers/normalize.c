#include "engine/layers/normalize.h"

#include <math.h>

#include "engine/layers/formula.h"

/* ---- make ---- */

NormalizeConfig *normalize_config_new(Maker *m)
{
    NormalizeConfig *config = ARENA_NEW(m->builder->arena, NormalizeConfig);
    config->axes[0] = -1;
    config->n_axes = 1;
    m->layer->config = config;
    return config;
}

bool normalize_read_affine(Maker *m, NormalizeConfig *config)
{
    config->center = value_truth(maker_arg(m, "center"));
    config->scale = value_truth(maker_arg(m, "scale"));
    return maker_initializer(m, "beta_initializer") && maker_initializer(m, "gamma_initializer");
}

bool normalize_read_penalties(Maker *m)
{
    return maker_regularizer(m, "beta_regularizer") && maker_regularizer(m, "gamma_regularizer") &&
           maker_constraint(m, "beta_constraint") && maker_constraint(m, "gamma_constraint");
}

static bool is_sequence(const Value *value)
{
    return value->kind == VALUE_LIST || value->kind == VALUE_TUPLE;
}

bool normalize_read_axes(NormalizeConfig *config, const Value *axis)
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

double normalize_epsilon(const Maker *m)
{
    const Value *value = maker_arg(m, "epsilon");
    return value_is_number(value) ? value_number(value) : (double)NAN;
}

/* ---- build ---- */

bool normalize_axis_dim(const Shape *shape, int64_t axis, int64_t *dim, Error *err)
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

bool normalize_check_index(const Value *axis, Error *err)
{
    if (axis->kind == VALUE_INT || axis->kind == VALUE_BOOL || axis->kind == VALUE_UNKNOWN) return true;
    const char *type = axis->kind == VALUE_LIST ? "TrackedList" : value_class_name(axis);
    error_set(err, "TypeError", "tuple indices must be integers or slices, not %s", type);
    return error_fix(err, FIX_ARGUMENT, "axis", "-1");
}

static bool check_indices(const Value *axis, Error *err)
{
    if (!is_sequence(axis)) return normalize_check_index(axis, err);
    for (size_t i = 0; i < axis->list->n; i++)
        if (!normalize_check_index(&axis->list->items[i], err)) return false;
    return true;
}

bool normalize_takes_one(const Call *call, const TensorSpec *in, int n_in, int64_t axis, Error *err)
{
    if (!value_is_nest(&call->args[0]) || !err) return true;
    const int64_t at = axis < 0 ? axis + n_in : axis;
    if (at < 0 || at >= n_in) return error_set(err, "IndexError", "list index out of range");
    const char *shape = shape_text(err->arena, &in[at].shape);
    error_set(err, "ValueError", "Cannot convert '(%s,)' to a shape. Found invalid dimension '%s' of type '<class 'tuple'>'. ", shape, shape);
    return error_cause(err, "cause.list_of_one", NULL);
}

bool normalize_add_affine(Builder *b, Layer *layer, Shape shape, Error *err)
{
    const NormalizeConfig *config = layer->config;
    if (config->scale && !layer_add_weight(b, layer, "gamma", shape, *layer_arg(layer, "gamma_initializer"), true, err)) return false;
    return !config->center || layer_add_weight(b, layer, "beta", shape, *layer_arg(layer, "beta_initializer"), true, err);
}

void normalize_expect_axis(Builder *b, Layer *layer, int ndim, int axis, int64_t dim)
{
    InputSpec *spec = layer_add_input_spec(b, layer);
    spec->ndim = ndim;
    spec->n_axes = 1;
    spec->axes[0].axis = axis;
    spec->axes[0].dim = dim;
}

static void axes_sort(NormalizeConfig *config)
{
    for (int i = 1; i < config->n_axes; i++)
        for (int k = i; k > 0 && config->axes[k - 1] > config->axes[k]; k--) {
            int64_t swap = config->axes[k];
            config->axes[k] = config->axes[k - 1];
            config->axes[k - 1] = swap;
        }
}

bool normalize_build_axes(Builder *b, Layer *layer, const TensorSpec *in, Shape *shape, Error *err)
{
    NormalizeConfig *config = layer->config;
    if (!check_indices(layer_arg(layer, "axis"), err)) return false;
    axes_sort(config);
    *shape = (Shape){.rank = config->n_axes};
    for (int i = 0; i < config->n_axes; i++)
        if (!normalize_axis_dim(&in->shape, config->axes[i], &shape->dim[i], err)) return false;
    layer->args[0] = value_ints(b->arena, VALUE_LIST, config->axes, config->n_axes);
    return true;
}

/* ---- numbers ---- */

/* gamma runs row-major over the axes. */
Grouping normalize_grouping(const Shape *shape, const NormalizeConfig *config)
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

/* Mean and mean square about it of each group. */
static void moments(const Tensor *x, const Grouping *g, double *mean, double *square, int64_t *count)
{
    int64_t n = shape_size(&x->shape);
    GroupWalk w = group_walk_to(&x->shape, g, 0);
    for (int64_t k = 0; k < n; k++, group_walk_next(&w)) {
        mean[w.group] += (double)x->data[k];
        count[w.group]++;
    }
    for (int64_t i = 0; i < g->groups; i++) mean[i] /= (double)(count[i] ? count[i] : 1);
    w = group_walk_to(&x->shape, g, 0);
    for (int64_t k = 0; k < n; k++, group_walk_next(&w)) {
        double d = (double)x->data[k] - mean[w.group];
        square[w.group] += d * d;
    }
    for (int64_t i = 0; i < g->groups; i++) square[i] /= (double)(count[i] ? count[i] : 1);
}

void normalize_centred(const Forward *f, const Grouping *g)
{
    const NormalizeConfig *config = f->layer->config;
    const Tensor *x = &f->in[0];
    const float *gamma = config->scale ? f->weights[0].data : NULL;
    const float *beta = config->center ? f->weights[gamma ? 1 : 0].data : NULL;
    double *mean = ARENA_ARRAY(f->scratch, g->groups, double), *square = ARENA_ARRAY(f->scratch, g->groups, double);
    moments(x, g, mean, square, ARENA_ARRAY(f->scratch, g->groups, int64_t));
    int64_t n = shape_size(&x->shape);
    GroupWalk w = group_walk_to(&x->shape, g, 0);
    for (int64_t k = 0; k < n; k++, group_walk_next(&w)) {
        double y = ((double)x->data[k] - (config->keeps_mean ? 0 : mean[w.group])) / sqrt(square[w.group] + config->epsilon);
        if (gamma) y *= (double)gamma[w.weight];
        if (beta) y += (double)beta[w.weight];
        f->out->data[k] = (float)y;
    }
}

int64_t normalize_trace(const Trace *t, Term *terms, int64_t cap)
{
    Grouping g = normalize_grouping(&t->in->shape, t->layer->config);
    return grouping_trace(t, &g, terms, cap);
}

/* ---- explanations ---- */

void normalize_put(Text *text, const Normalized *n)
{
    if (n->gamma) {
        formula_value(text, *n->gamma);
        text_put(text, "·");
    }
    text_put(text, n->mean ? "(" : "");
    formula_value(text, n->x);
    if (n->mean) {
        text_put(text, " − ");
        formula_value(text, *n->mean);
        text_put_char(text, ')');
    }
    text_put(text, "/√(");
    formula_value(text, n->square);
    text_put(text, " + ");
    formula_number(text, n->epsilon);
    text_put_char(text, ')');
    if (!n->beta) return;
    text_put(text, " + ");
    formula_value(text, *n->beta);
}

void normalize_numbers(const Forward *f, const Grouping *g, int64_t k, Text *text)
{
    const NormalizeConfig *config = f->layer->config;
    const GroupWalk here = group_walk_to(&f->in[0].shape, g, k);
    double *mean = ARENA_ARRAY(f->scratch, g->groups, double), *square = ARENA_ARRAY(f->scratch, g->groups, double);
    moments(&f->in[0], g, mean, square, ARENA_ARRAY(f->scratch, g->groups, int64_t));
    const double gamma = config->scale ? (double)f->weights[0].data[here.weight] : 1;
    const double beta = config->center ? (double)f->weights[config->scale ? 1 : 0].data[here.weight] : 0;
    normalize_put(text, &(Normalized){
        .x = (double)f->in[0].data[k], .square = square[here.group], .epsilon = config->epsilon,
        .mean = config->keeps_mean ? NULL : &mean[here.group], .gamma = config->scale ? &gamma : NULL, .beta = config->center ? &beta : NULL,
    });
}

void normalize_explain_params(const Layer *layer, Text *text)
{
    int n = layer->n_weights;
    if (n < 2) formula_weights(text, layer);
    if (n < 2) return;
    int64_t size = shape_size(&layer->weights[0].shape);
    text_print(text, "%d×%lld = %lld", n, (long long)size, (long long)size_multiply(n, size));
}

void normalize_explain(const Trace *t, ExplainTopic topic, Text *text, const char *rule)
{
    const NormalizeConfig *config = t->layer->config;
    switch (topic) {
    case EXPLAIN_TITLE:
        if (config->groups) text_print(text, "%lld", (long long)config->groups);
        break;
    case EXPLAIN_PARAMS: normalize_explain_params(t->layer, text); break;
    case EXPLAIN_RULE: text_put(text, rule); break;
    case EXPLAIN_SHAPE: break;
    }
}

void normalize_explain_affine(const Trace *t, ExplainTopic topic, Text *text)
{
    const NormalizeConfig *config = t->layer->config;
    normalize_explain(t, topic, text, config->scale && config->center ? "γ·(x − μ)/√(σ² + ε) + β"
                            : config->scale                 ? "γ·(x − μ)/√(σ² + ε)"
                            : config->center                ? "(x − μ)/√(σ² + ε) + β"
                                                            : "(x − μ)/√(σ² + ε)");
}
