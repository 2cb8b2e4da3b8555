/* Normalization: each feature by a mean and a variance, given or learned. */
#include <inttypes.h>
#include <math.h>

#include "engine/config.h"
#include "engine/constant.h"
#include "engine/layers/formula.h"
#include "engine/layers/params.h"
#include "engine/layers/terms.h"

static const ParamSpec PARAMS[] = {
    {.name = "axis", .type = PARAM_INTS, .fallback = VALUE_IS_INT(-1)}, {.name = "mean"}, {.name = "variance"},
    {.name = "invert", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
};

typedef struct NormalizationConfig {
    int64_t axis[SHAPE_RANK_MAX];
    int     n;
    bool    given;               /* mean and variance are arguments; else weights */
    Tensor  mean, variance;
    bool    invert;
} NormalizationConfig;

static bool refuse_values(Maker *m, const char *param, const char *message)
{
    return maker_refuse(m, param, "ValueError", "%s", message);
}

static bool take_axes(Maker *m, NormalizationConfig *config)
{
    const Value *axis = maker_arg(m, "axis");
    const bool list = axis->kind == VALUE_LIST || axis->kind == VALUE_TUPLE;
    if (axis->kind != VALUE_NONE && axis->kind != VALUE_INT && !list)
        return maker_refuse_items(m, "axis");
    if (axis->kind == VALUE_INT) config->axis[config->n++] = axis->integer;
    for (size_t i = 0; list && i < axis->list->n && config->n < SHAPE_RANK_MAX; i++)
        if (value_integer(&axis->list->items[i], &config->axis[config->n])) config->n++;
    maker_set(m, "axis", value_ints(m->builder->arena, VALUE_TUPLE, config->axis, config->n));
    return true;
}

static bool take_values(Maker *m, NormalizationConfig *config)
{
    Arena *arena = m->builder->arena;
    if (maker_is_none(m, "mean") != maker_is_none(m, "variance"))
        return refuse_values(m, "mean", arena_print(arena, "When setting values directly, both `mean` and `variance` must be set. Received: "
                                                    "mean=%s and variance=%s", maker_text(m, "mean"), maker_text(m, "variance")));
    config->given = !maker_is_none(m, "mean");
    if (!config->given || maker_arg(m, "mean")->kind == VALUE_UNKNOWN || maker_arg(m, "variance")->kind == VALUE_UNKNOWN) return true;
    if (!value_numbers(arena, maker_arg(m, "mean"), &config->mean) || !value_numbers(arena, maker_arg(m, "variance"), &config->variance))
        return true;
    const Shape *mean = &config->mean.shape, *variance = &config->variance.shape;
    if (!shape_equal(mean, variance))
        return refuse_values(m, "mean", arena_print(arena, "When setting values directly, `mean` and `variance` must have the same shape. "
                                                    "Received: mean shape %s and variance shape %s", shape_text(arena, mean),
                                                    shape_text(arena, variance)));
    if (mean->rank <= config->n) return true;
    return refuse_values(m, "mean", arena_print(arena, "The rank of `mean` must be less than or equal to the number of axes (%d). Received: "
                                                "mean shape %s for axis %s", config->n, shape_text(arena, mean), maker_text(m, "axis")));
}

static bool make(Maker *m)
{
    NormalizationConfig *config = ARENA_NEW(m->builder->arena, NormalizationConfig);
    m->layer->config = config;
    config->invert = value_truth(maker_arg(m, "invert"));
    return layer_base(m) && take_axes(m, config) && take_values(m, config);
}

/* ---- build ---- */

/* Axes kept, in order; false with Keras' refusal. */
static bool kept_axes(const Layer *layer, const Shape *shape, bool kept[SHAPE_RANK_MAX], Error *err)
{
    const NormalizationConfig *config = layer->config;
    for (int i = 0; i < SHAPE_RANK_MAX; i++) kept[i] = false;
    for (int i = 0; i < config->n; i++) {
        const int at = shape_axis(shape, config->axis[i]);
        if (at < 0)
            return err && error_set(err, "ValueError", "All `axis` values must be in the range [-ndim, ndim). Received inputs with ndim=%d, "
                                    "while axis=%s", shape->rank, value_str_text(err->arena, layer_arg(layer, "axis")));
        kept[at] = true;
    }
    for (int i = 0; i < shape->rank; i++)
        if (kept[i] && shape->dim[i] == DIM_NONE)
            return err && error_set(err, "ValueError", "All `axis` values to be kept must have a known shape. Received axis=%s, "
                                    "inputs.shape=%s, with unknown axis at index %d", value_str_text(err->arena, layer_arg(layer, "axis")),
                                    shape_text(err->arena, shape), i);
    return true;
}

/* The axes kept, and how the given numbers stand along them: at the last, one each or one for all. */
static bool check_given(const NormalizationConfig *config, const Shape *kept, Error *err)
{
    const Shape *mean = &config->mean.shape;
    for (int i = 1; config->given && config->mean.data && i <= mean->rank; i++) {
        const int64_t length = mean->dim[mean->rank - i], wanted = kept->dim[kept->rank - i];
        if (length != 1 && length != wanted)
            return error_set(err, "InvalidArgumentError", "Incompatible shapes: %s vs. %s", err ? shape_text(err->arena, mean) : "",
                             err ? shape_text(err->arena, kept) : "");
    }
    return true;
}

static bool build(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
{
    const NormalizationConfig *config = layer->config;
    const Shape *shape = &in[0].shape;
    bool kept[SHAPE_RANK_MAX];
    Shape numbers = {0};
    (void)call, (void)n_in;
    if (!kept_axes(layer, shape, kept, err)) return false;
    for (int i = 0; i < shape->rank; i++)
        if (kept[i]) numbers.dim[numbers.rank++] = shape->dim[i];
    if (config->given) return check_given(config, &numbers, err);
    Value zeros, ones;
    const Value zeros_name = VALUE_IS_TEXT("zeros"), ones_name = VALUE_IS_TEXT("ones");
    config_resolve(b->arena, "initializer", &zeros_name, &zeros, NULL);
    config_resolve(b->arena, "initializer", &ones_name, &ones, NULL);
    return layer_add_weight(b, layer, "mean", numbers, zeros, false, err) && layer_add_weight(b, layer, "variance", numbers, ones, false, err) &&
           layer_add_typed_weight(b, layer, "count", (Shape){0}, DTYPE_INT64, zeros, false, err);
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    outputs_add(out, in[0].shape, layer->dtype);
    return true;
}

/* ---- numbers ---- */

/* Place of element k among the means: given ones repeat along axes where there is but one. */
static int64_t number_place(const Layer *layer, const Shape *shape, int64_t k)
{
    const NormalizationConfig *config = layer->config;
    bool kept[SHAPE_RANK_MAX];
    int64_t at[SHAPE_RANK_MAX], index = 0;
    int first = 0;
    for (int i = shape->rank - 1; i >= 0; i--) {
        at[i] = shape->dim[i] ? k % shape->dim[i] : 0;
        k = shape->dim[i] ? k / shape->dim[i] : 0;
    }
    kept_axes(layer, shape, kept, NULL);
    for (int i = 0; i < shape->rank; i++) first += kept[i];
    first -= config->given ? config->mean.shape.rank : first;
    for (int i = 0, n = 0; i < shape->rank; i++) {
        if (!kept[i] || n++ < first) continue;
        const int64_t length = config->given ? config->mean.shape.dim[n - 1 - first] : shape->dim[i];
        index = index * length + (length == 1 ? 0 : at[i]);
    }
    return index;
}

typedef struct Scale {
    double mean, deviation;
} Scale;

static Scale scale_at(const NormalizationConfig *config, const Tensor *weights, int64_t place)
{
    const Tensor *mean = config->given ? &config->mean : &weights[0], *variance = config->given ? &config->variance : &weights[1];
    return (Scale){(double)mean->data[place], fmax(sqrt((double)variance->data[place]), 1e-7)};
}

static void forward(const Forward *f)
{
    const NormalizationConfig *config = f->layer->config;
    const int64_t size = shape_size(&f->out[0].shape);
    for (int64_t k = 0; k < size; k++) {
        const Scale scale = scale_at(config, f->weights, number_place(f->layer, &f->in[0].shape, k));
        const double x = (double)f->in[0].data[k];
        f->out[0].data[k] = (float)(config->invert ? scale.mean + x * scale.deviation : (x - scale.mean) / scale.deviation);
    }
}

static bool computes(const Layer *layer)
{
    const NormalizationConfig *config = layer->config;
    return !config->given || (config->mean.data && config->variance.data);
}

/* A given mean is a number of the formula; learned ones are weights, which divide. */
static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const NormalizationConfig *config = t->layer->config;
    const int64_t place = number_place(t->layer, &t->in[0].shape, t->k);
    TermList list = {.term = terms, .cap = cap};
    if (!config->given) {
        terms_add(&list, term_input(0, t->k, 1));
        terms_add(&list, term_weight(0, place));
        terms_add(&list, term_weight(1, place));
        return list.n;
    }
    if (!computes(t->layer)) return 0;
    const Scale scale = scale_at(config, NULL, place);
    terms_add(&list, term_input(0, t->k, config->invert ? scale.deviation : 1 / scale.deviation));
    terms_add(&list, term_constant(config->invert ? scale.mean : -scale.mean / scale.deviation));
    return list.n;
}

static TraceRule rule_of(const Layer *layer)
{
    const NormalizationConfig *config = layer->config;
    return config->given ? TRACE_SUM : TRACE_DEPENDS;
}

static int64_t connections(const Trace *t)
{
    return shape_size(&t->out[0].shape);
}

/* The rule with what is known of the mean and the variance: "(0.52 − 0.10) / 1.20". */
static void numbers(const Forward *f, int64_t k, Text *text)
{
    const NormalizationConfig *config = f->layer->config;
    const Scale scale = scale_at(config, f->weights, number_place(f->layer, &f->in[0].shape, k));
    const double told[] = {(double)f->in[0].data[k], scale.mean, scale.deviation};
    static const char *const before[2][3] = {{"(", " − ", ") / "}, {"", "·", " + "}};
    static const int order[2][3] = {{0, 1, 2}, {0, 2, 1}};
    for (int i = 0; i < 3; i++) {
        text_put(text, before[config->invert][i]);
        formula_value(text, told[order[config->invert][i]]);
    }
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const NormalizationConfig *config = t->layer->config;
    if (topic == EXPLAIN_RULE) text_put(text, config->invert ? "x·√σ² + μ" : "(x − μ) / √σ²");
    if (topic == EXPLAIN_PARAMS && !config->given)
        text_print(text, "2·%" PRId64 " + 1 = %" PRId64, shape_size(&t->layer->weights[0].shape), layer_params(t->layer).all);
}

const LayerKind LAYER_normalization = {
    .name = "Normalization", .module = "keras.src.layers.preprocessing.normalization", PARAMS_OF(PARAMS), .make = make, .build = build,
    .infer = infer, .forward = forward, .trace = trace, .connections = connections, .explain = explain, .numbers = numbers, .rule = TRACE_SUM,
    .rule_of = rule_of, .computes = computes, .keeps_mask = true,
};
