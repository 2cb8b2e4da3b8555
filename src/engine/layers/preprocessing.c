/* Normalization, Discretization, CategoryEncoding: numbers and categories made ready for what learns. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "engine/config.h"
#include "engine/constant.h"
#include "engine/layers/formula.h"
#include "engine/layers/terms.h"

/* ---- Normalization ---- */

static const ParamSpec NORMALIZATION[] = {
    {.name = "axis", .type = PARAM_INTS, .fallback = VALUE_IS_INT(-1)}, {.name = "mean"}, {.name = "variance"},
    {.name = "invert", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
};

enum { AXIS_ARG, MEAN_ARG, VARIANCE_ARG, INVERT_ARG };

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
        return maker_refuse(m, "axis", "TypeError", "'%s' object is not iterable", value_type(axis));
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

static bool make_normalization(Maker *m)
{
    NormalizationConfig *config = ARENA_NEW(m->builder->arena, NormalizationConfig);
    m->layer->config = config;
    config->invert = value_truth(maker_arg(m, "invert"));
    return layer_base(m) && take_axes(m, config) && take_values(m, config);
}

/* Axes kept, in order; false with Keras' refusal. */
static bool kept_axes(const Layer *layer, const Shape *shape, bool kept[SHAPE_RANK_MAX], Error *err)
{
    const NormalizationConfig *config = layer->config;
    for (int i = 0; i < SHAPE_RANK_MAX; i++) kept[i] = false;
    for (int i = 0; i < config->n; i++) {
        const int at = shape_axis(shape, config->axis[i]);
        if (at < 0)
            return err && error_set(err, "ValueError", "All `axis` values must be in the range [-ndim, ndim). Received inputs with ndim=%d, "
                                    "while axis=%s", shape->rank, value_str_text(err->arena, &layer->args[AXIS_ARG]));
        kept[at] = true;
    }
    for (int i = 0; i < shape->rank; i++)
        if (kept[i] && shape->dim[i] == DIM_NONE)
            return err && error_set(err, "ValueError", "All `axis` values to be kept must have a known shape. Received axis=%s, "
                                    "inputs.shape=%s, with unknown axis at index %d", value_str_text(err->arena, &layer->args[AXIS_ARG]),
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

static bool build_normalization(Builder *b, Layer *layer, const Call *call, const TensorSpec *in, int n_in, Error *err)
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

static bool infer_same(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    outputs_add(out, in[0].shape, layer->dtype);
    return true;
}

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

static void forward_normalization(const Forward *f)
{
    const NormalizationConfig *config = f->layer->config;
    const int64_t size = shape_size(&f->out[0].shape);
    for (int64_t k = 0; k < size; k++) {
        const Scale scale = scale_at(config, f->weights, number_place(f->layer, &f->in[0].shape, k));
        const double x = (double)f->in[0].data[k];
        f->out[0].data[k] = (float)(config->invert ? scale.mean + x * scale.deviation : (x - scale.mean) / scale.deviation);
    }
}

static bool normalization_computes(const Layer *layer)
{
    const NormalizationConfig *config = layer->config;
    return !config->given || (config->mean.data && config->variance.data);
}

/* A given mean is a number of the formula; learned ones are weights, which divide. */
static int64_t trace_normalization(const Trace *t, Term *terms, int64_t cap)
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
    if (!normalization_computes(t->layer)) return 0;
    const Scale scale = scale_at(config, NULL, place);
    terms_add(&list, term_input(0, t->k, config->invert ? scale.deviation : 1 / scale.deviation));
    terms_add(&list, term_constant(config->invert ? scale.mean : -scale.mean / scale.deviation));
    return list.n;
}

static TraceRule normalization_rule(const Layer *layer)
{
    const NormalizationConfig *config = layer->config;
    return config->given ? TRACE_SUM : TRACE_DEPENDS;
}

static int64_t connections_same(const Trace *t)
{
    return shape_size(&t->out[0].shape);
}

static void explain_normalization(const Trace *t, ExplainTopic topic, Text *text)
{
    const NormalizationConfig *config = t->layer->config;
    if (topic == EXPLAIN_RULE) text_put(text, config->invert ? "μ + x·√σ²" : "(x − μ) / √σ²");
    if (topic == EXPLAIN_PARAMS && !config->given)
        text_print(text, "2·%" PRId64 " + 1 = %" PRId64, shape_size(&t->layer->weights[0].shape), layer_params(t->layer).all);
}

/* ---- numbers as categories ---- */

typedef enum OutputMode { MODE_INT, MODE_ONE_HOT, MODE_MULTI_HOT, MODE_COUNT } OutputMode;

static const char *const MODES[] = {"int", "one_hot", "multi_hot", "count", NULL};

typedef struct Categories {
    OutputMode mode;
    int64_t    depth;
    Tensor     boundaries;      /* of Discretization; no data = not known */
    bool       binned;
} Categories;

static bool find_mode(const Value *value, OutputMode *mode)
{
    for (int i = 0; MODES[i]; i++)
        if (value_is_text(value, MODES[i])) return *mode = (OutputMode)i, true;
    return false;
}

/* (batch, n, 1) is encoded without its last axis. */
static bool drops_last(const Categories *categories, const Shape *in)
{
    return categories->mode == MODE_ONE_HOT && in->rank > 1 && in->dim[in->rank - 1] == 1;
}

/* ---- Discretization ---- */

static const ParamSpec DISCRETIZATION[] = {
    {.name = "bin_boundaries"}, {.name = "num_bins", .type = PARAM_INT}, {.name = "epsilon", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.01)},
    {.name = "output_mode", .type = PARAM_CHOICE, .fallback = VALUE_IS_TEXT("int"), .choices = MODES},
    {.name = "sparse", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}, {.name = "dtype", .type = PARAM_DTYPE}, {.name = "name", .type = PARAM_STRING},
};

static bool check_bins(Maker *m)
{
    const Value *bins = maker_arg(m, "num_bins");
    const bool none = bins->kind == VALUE_NONE, unbound = maker_is_none(m, "bin_boundaries");
    if (!none && value_is_number(bins) && value_number(bins) < 0)
        return maker_refuse(m, "num_bins", "ValueError", "`num_bins` must be greater than or equal to 0. Received: `num_bins=%s`",
                            maker_text(m, "num_bins"));
    if (!none && !unbound)
        return maker_refuse(m, "num_bins", "ValueError", "Both `num_bins` and `bin_boundaries` should not be set. Received: `num_bins=%s` and "
                            "`bin_boundaries=%s`", maker_text(m, "num_bins"), maker_text(m, "bin_boundaries"));
    if (none && unbound) return maker_refuse(m, "num_bins", "ValueError", "You need to set either `num_bins` or `bin_boundaries`.");
    return true;
}

static bool make_discretization(Maker *m)
{
    Categories *categories = ARENA_NEW(m->builder->arena, Categories);
    m->layer->config = categories;
    if (!layer_base(m)) return false;
    const bool known = find_mode(maker_arg(m, "output_mode"), &categories->mode);
    if (value_truth(maker_arg(m, "sparse")) && value_is_text(maker_arg(m, "output_mode"), "int"))
        return maker_refuse(m, "sparse", "ValueError", "`sparse=True` may only be used if `output_mode` is `'one_hot'`, `'multi_hot'`, or "
                            "`'count'`. Received: sparse=%s and output_mode=%s", maker_text(m, "sparse"), maker_text(m, "output_mode"));
    if (!known && maker_arg(m, "output_mode")->kind != VALUE_UNKNOWN)
        return maker_refuse(m, "output_mode", "ValueError", "Unknown value for `output_mode` argument of Discretization. Allowed values are: "
                            "('int', 'one_hot', 'multi_hot', 'count'). Received: output_mode=%s", maker_text(m, "output_mode"));
    if (!check_bins(m)) return false;
    categories->binned = true;
    categories->depth = value_is_int(maker_arg(m, "num_bins")) ? maker_arg(m, "num_bins")->integer : DIM_NONE;
    if (maker_is_none(m, "bin_boundaries")) return true;
    if (!value_numbers(m->builder->arena, maker_arg(m, "bin_boundaries"), &categories->boundaries)) return true;
    categories->depth = size_add(shape_size(&categories->boundaries.shape), 1);
    return true;
}

static bool infer_discretization(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Categories *categories = layer->config;
    Shape shape = in[0].shape;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (categories->mode == MODE_INT) {
        outputs_add(out, shape, DTYPE_INT32);
        return true;
    }
    if (categories->mode == MODE_ONE_HOT) {
        if (drops_last(categories, &shape)) shape.rank--;
    } else {
        shape = shape.rank >= 2 ? shape_without(&shape, 1) : (Shape){0};
    }
    if (shape.rank == SHAPE_RANK_MAX) return error_set(err, "ValueError", "More than %d axes.", SHAPE_RANK_MAX);
    outputs_add(out, shape_with(&shape, shape.rank, categories->depth), layer->dtype);
    return true;
}

/* The bin that x falls into: boundaries it reaches. */
static int64_t bin_of(const Categories *categories, float x)
{
    const int64_t n = shape_size(&categories->boundaries.shape);
    int64_t bin = 0;
    while (bin < n && x >= categories->boundaries.data[bin]) bin++;
    return bin;
}

static bool categories_compute(const Layer *layer)
{
    const Categories *categories = layer->config;
    return !categories->binned || categories->boundaries.data;
}

/* ---- CategoryEncoding ---- */

static const char *const ENCODINGS[] = {"multi_hot", "one_hot", "count", NULL};
static const ParamSpec ENCODING[] = {
    {.name = "num_tokens", .type = PARAM_INT, .example = "10"},
    {.name = "output_mode", .type = PARAM_CHOICE, .fallback = VALUE_IS_TEXT("multi_hot"), .choices = ENCODINGS},
    {.name = "sparse", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE, .unsaved = true},
};
static const ParamSpec ENCODING_CALL[] = {
    {.name = "inputs", .type = PARAM_TENSORS, .required = true}, {.name = "count_weights", .type = PARAM_TENSORS},
};

static bool make_encoding(Maker *m)
{
    Categories *categories = ARENA_NEW(m->builder->arena, Categories);
    const Value *tokens = maker_arg(m, "num_tokens");
    m->layer->config = categories;
    if (!layer_base(m)) return false;
    const Value multi_hot = VALUE_IS_TEXT("multi_hot");
    if (value_is_text(maker_arg(m, "output_mode"), "binary")) maker_set(m, "output_mode", multi_hot);
    const bool known = find_mode(maker_arg(m, "output_mode"), &categories->mode) && categories->mode != MODE_INT;
    if (!known && maker_arg(m, "output_mode")->kind != VALUE_UNKNOWN)
        return maker_refuse(m, "output_mode", "ValueError", "Unknown arg for output_mode: %s", maker_text(m, "output_mode"));
    if (tokens->kind == VALUE_NONE)
        return maker_refuse(m, "num_tokens", "ValueError", "num_tokens must be set to use this layer. If the number of tokens is not known "
                            "beforehand, use the IntegerLookup layer instead.");
    if (value_is_number(tokens) && value_number(tokens) < 1)
        return maker_refuse(m, "num_tokens", "ValueError", "`num_tokens` must be >= 1. Received: num_tokens=%s.", maker_text(m, "num_tokens"));
    categories->depth = value_is_int(tokens) ? tokens->integer : 1;
    m->layer->autocast = false;
    return true;
}

static bool infer_encoding(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Categories *categories = layer->config;
    Shape shape = in[0].shape;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    const bool grows = categories->mode == MODE_ONE_HOT && shape.rank && !drops_last(categories, &shape);
    if (!grows && shape.rank) shape.rank--;
    if (shape.rank == SHAPE_RANK_MAX) return error_set(err, "ValueError", "More than %d axes.", SHAPE_RANK_MAX);
    shape = shape_slice(&shape, 0, shape.rank);
    const Value dims = value_shape(out->arena, &shape);
    list_add(dims.list, layer->args[0].kind == VALUE_UNKNOWN ? value_none() : layer->args[0]);
    if (!shape_resolve(out->arena, &dims, &shape, err)) return false;
    outputs_add(out, shape, layer->dtype);
    return true;
}

/* ---- numbers of both ---- */

/* The axis counted over, whichever Keras leaves out of the shape. */
static int counted_axis(const Shape *in)
{
    return in->rank > 1 ? 1 : 0;
}

static bool infer_encoding_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Categories *categories = layer->config;
    const Shape *shape = &in[0].shape;
    if (categories->mode == MODE_ONE_HOT || shape->rank < 3) return infer_encoding(layer, call, in, n_in, out, err);
    const Shape rest = shape_without(shape, counted_axis(shape));
    outputs_add(out, shape_with(&rest, rest.rank, categories->depth), layer->dtype);
    return true;
}

static int64_t category_of(const Categories *categories, float x)
{
    return categories->binned ? bin_of(categories, x) : (int64_t)x;
}

static const float *count_weights(const Forward *f)
{
    return f->call && f->call->n > 1 && f->call->tensors[1].n ? f->in[f->call->tensors[1].first].data : NULL;
}

static void encode_each(const Forward *f, const Categories *categories)
{
    const int64_t n = shape_size(&f->in[0].shape);
    for (int64_t i = 0; i < n; i++) {
        const int64_t category = category_of(categories, f->in[0].data[i]);
        if (categories->mode == MODE_INT) f->out[0].data[i] = (float)category;
        else if (category >= 0 && category < categories->depth) f->out[0].data[i * categories->depth + category] = 1;
    }
}

/* Many hot, or counted: the axis goes, each of its elements adds to its category. */
static void encode_together(const Forward *f, const Categories *categories)
{
    const Shape *in = &f->in[0].shape;
    const int axis = counted_axis(in);
    const int64_t n = shape_size(in), length = in->rank ? in->dim[axis] : 1, step = in->rank ? shape_span_size(in, axis + 1, in->rank) : 1;
    const float *weights = count_weights(f);
    for (int64_t i = 0; i < n; i++) {
        const int64_t category = category_of(categories, f->in[0].data[i]), row = i / (length * step) * step + i % step;
        if (category < 0 || category >= categories->depth) continue;
        float *out = &f->out[0].data[row * categories->depth + category];
        *out = categories->mode == MODE_COUNT ? *out + (weights ? weights[i] : 1) : 1;
    }
}

static void forward_categories(const Forward *f)
{
    const Categories *categories = f->layer->config;
    const Shape *in = &f->in[0].shape;
    const bool together = categories->mode == MODE_MULTI_HOT || categories->mode == MODE_COUNT;
    const int64_t n = shape_size(in), length = together && in->rank ? in->dim[counted_axis(in)] : 1;
    const int64_t wanted = categories->mode == MODE_INT ? n : size_multiply(length ? n / length : 0, categories->depth);
    if (shape_size(&f->out[0].shape) != wanted) *f->impossible = true;
    else if (together) encode_together(f, categories);
    else encode_each(f, categories);
}

/* The elements that could set output k. */
static int64_t trace_categories(const Trace *t, Term *terms, int64_t cap)
{
    const Categories *categories = t->layer->config;
    const Shape *in = &t->in[0].shape;
    TermList list = {.term = terms, .cap = cap};
    const int64_t row = categories->mode == MODE_INT ? t->k : t->k / categories->depth;
    if (categories->mode == MODE_INT || categories->mode == MODE_ONE_HOT || !in->rank) {
        terms_add(&list, term_input(0, row, 1));
        return list.n;
    }
    const int axis = counted_axis(in);
    const int64_t length = in->dim[axis], step = shape_span_size(in, axis + 1, in->rank);
    for (int64_t i = 0; i < length; i++) terms_add(&list, term_input(0, row / step * length * step + i * step + row % step, 1));
    return list.n;
}

static void explain_categories(const Trace *t, ExplainTopic topic, Text *text)
{
    const Categories *categories = t->layer->config;
    static const char *const rules[] = {"bin(x)", "[x = ", "[∃ x[i] = ", "#[x[i] = "};
    if (topic != EXPLAIN_RULE) return;
    text_put(text, rules[categories->mode]);
    if (categories->mode != MODE_INT && categories->depth > 0) text_print(text, "%" PRId64 "]", t->k % categories->depth);
}

#define CATEGORIES                                                                                                  \
    .forward = forward_categories, .trace = trace_categories, .explain = explain_categories, .rule = TRACE_DEPENDS, \
    .computes = categories_compute

const LayerKind LAYER_normalization = {
    .name = "Normalization", .module = "keras.src.layers.preprocessing.normalization", .params = NORMALIZATION, .n_params = 4,
    .make = make_normalization, .build = build_normalization, .infer = infer_same, .forward = forward_normalization,
    .trace = trace_normalization, .connections = connections_same, .explain = explain_normalization, .rule = TRACE_SUM,
    .rule_of = normalization_rule, .computes = normalization_computes, .keeps_mask = true,
};
const LayerKind LAYER_discretization = {
    .name = "Discretization", .module = "keras.src.layers.preprocessing.discretization", .params = DISCRETIZATION,
    .n_params = sizeof DISCRETIZATION / sizeof *DISCRETIZATION, .make = make_discretization, .infer = infer_discretization,
    .no_keywords = true, CATEGORIES,
};
const LayerKind LAYER_category_encoding = {
    .name = "CategoryEncoding", .module = "keras.src.layers.preprocessing.category_encoding", .params = ENCODING, .n_params = 3,
    .call_params = ENCODING_CALL, .n_call_params = 2, .make = make_encoding, .infer = infer_encoding,
    .infer_numbers = infer_encoding_numbers, CATEGORIES,
};
