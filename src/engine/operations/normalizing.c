/* Operations that bring numbers to a common scale: batch_normalization, layer_normalization, rms_normalization, moments. */
#include <math.h>
#include <string.h>

#include "engine/layers/terms.h"
#include "engine/operations/groups.h"

#define NEEDED(word) {.name = word, .required = true}
#define GIVEN(word)  {.name = word}
static const ParamSpec BATCH_CALL[] = {NEEDED("x"), NEEDED("mean"), NEEDED("variance"), GIVEN("offset"), GIVEN("scale")};
static const ParamSpec LAYER_CALL[] = {NEEDED("x"), GIVEN("gamma"), GIVEN("beta")};
static const ParamSpec RMS_CALL[] = {NEEDED("x"), GIVEN("scale")};
static const ParamSpec BATCH_PARAMS[] = {
    {.name = "axis", .type = PARAM_INT, .required = true}, {.name = "epsilon", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(1e-3)},
};
static const ParamSpec LAYER_PARAMS[] = {
    {.name = "axis", .type = PARAM_INTS, .fallback = VALUE_IS_INT(-1)}, {.name = "epsilon", .type = PARAM_FLOAT},
};
static const char *const BATCH_ORDER[] = {"x", "mean", "variance", "axis", "offset", "scale", "epsilon", NULL};

static double epsilon_of(const Layer *layer)
{
    const Value *epsilon = operation_arg(layer, "epsilon");
    return value_is_number(epsilon) ? value_number(epsilon) : 1e-7;
}

/* ---- batch_normalization: a mean, a variance, ... for each place of an axis ---- */

enum { X, MEAN, VARIANCE, OFFSET, SCALE, BATCH_OPERANDS };

static bool check_vector(const Operand *operand, const char *name, int64_t length, Error *err)
{
    const Shape wanted = SHAPE(length);
    if (operand->absent || shape_equal(&operand->spec.shape, &wanted)) return true;
    return err && error_set(err, "ValueError", "Arguments `%s` must be a vector of length `x.shape[axis]`. Expected: `%s`. Received: `%s.",
                            name, shape_text(err->arena, &wanted), shape_text(err->arena, &operand->spec.shape));
}

static bool infer_batch(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand x = operand_of(call, in, X);
    (void)n_in;
    int64_t axis = 0;
    operation_ints(&layer->args[0], &axis, 1);
    const int at = shape_axis(&x.spec.shape, axis);
    if (at < 0) return error_set(err, "IndexError", "tuple index out of range");
    for (int i = MEAN; i < BATCH_OPERANDS; i++) {
        const Operand operand = operand_of(call, in, i);
        if (!check_vector(&operand, BATCH_CALL[i].name, x.spec.shape.dim[at], err)) return false;
    }
    outputs_add(out, x.spec.shape, x.spec.dtype);
    return true;
}

/* Which place of the axis element k is at. */
static int64_t place_along(const Layer *layer, const Shape *shape, int64_t k)
{
    int64_t axis = 0;
    operation_ints(&layer->args[0], &axis, 1);
    const int at = shape_axis(shape, axis);
    return k / shape_span_size(shape, at + 1, shape->rank) % shape->dim[at];
}

static double normalized(const Forward *f, const Operand *operands, double epsilon, int64_t k, int64_t place)
{
    const double variance = operand_number(&operands[VARIANCE], f->in, place), mean = operand_number(&operands[MEAN], f->in, place);
    const double scale = operands[SCALE].absent ? 1 : operand_number(&operands[SCALE], f->in, place);
    const double offset = operands[OFFSET].absent ? 0 : operand_number(&operands[OFFSET], f->in, place);
    return (operand_number(&operands[X], f->in, k) - mean) * (scale / sqrt(variance + epsilon)) + offset;
}

static void forward_batch(const Forward *f)
{
    const TensorSpec *specs = operand_specs(f->scratch, f->in, f->n_in);
    Operand operands[BATCH_OPERANDS];
    for (int i = 0; i < BATCH_OPERANDS; i++) {
        operands[i] = operand_of(f->call, specs, i);
        if (!operands[i].absent && !operand_known(&operands[i])) *f->impossible = true;
    }
    const double epsilon = epsilon_of(f->layer);
    const Shape *shape = &f->out[0].shape;
    for (int64_t k = 0; k < shape_size(shape) && !*f->impossible; k++)
        f->out[0].data[k] = (float)normalized(f, operands, epsilon, k, place_along(f->layer, shape, k));
}

static int64_t trace_batch(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const int64_t place = place_along(t->layer, &t->out[0].shape, t->k);
    for (int i = 0; i < BATCH_OPERANDS; i++) {
        const Operand operand = operand_of(t->call, t->in, i);
        if (operand.input >= 0) terms_add(&list, term_input(operand.input, i == X ? t->k : place, 1));
    }
    return list.n;
}

static void explain_batch(const Trace *t, ExplainTopic topic, Text *text)
{
    (void)t;
    if (topic == EXPLAIN_RULE) text_put(text, "(x − μ)/√(σ² + ε)·γ + β");
}

const LayerKind OPERATION_batch_normalization = {
    OPERATION("BatchNorm", "nn"), .function = "batch_normalization", .order = BATCH_ORDER, TAKES(BATCH_CALL), MADE_WITH(BATCH_PARAMS),
    .infer = infer_batch, .forward = forward_batch, .trace = trace_batch, .rule = TRACE_DEPENDS, .explain = explain_batch,
};

/* ---- layer_normalization, rms_normalization: along axes of x itself ---- */

typedef struct Scaling {
    bool        centred;    /* less their mean */
    bool        spread;     /* gamma and beta stand along the axes; else they broadcast as they are */
    const char *rule;
} Scaling;

static const Scaling *scaling_of(const Layer *layer) { return layer->kind->family; }

static bool infer_layer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand x = operand_of(call, in, X);
    (void)layer, (void)n_in, (void)err;
    outputs_add(out, x.spec.shape, x.spec.dtype);
    return true;
}

/* A vector of the axes' lengths, with 1 for the other axes, as it is broadcast. */
static Operand spread_operand(const Layer *layer, const Shape *x, Operand operand, const bool *chosen)
{
    if (operand.absent || !scaling_of(layer)->spread || operand.spec.shape.rank == x->rank) return operand;
    operand.spec.shape = *x;
    for (int i = 0; i < x->rank; i++)
        if (!chosen[i]) operand.spec.shape.dim[i] = 1;
    return operand;
}

/* Element by element of x, gamma and beta stand so. */
typedef struct Scaled {
    Operand x, gamma, beta;
    Groups  groups;
} Scaled;

static bool scaled_of(const Layer *layer, const Call *call, const TensorSpec *specs, Scaled *s)
{
    bool chosen[SHAPE_RANK_MAX];
    Shape unused;
    s->x = operand_of(call, specs, 0);
    const Shape *shape = &s->x.spec.shape;
    if (!axes_chosen(&layer->args[0], shape->rank, chosen, NULL)) return false;
    s->gamma = spread_operand(layer, shape, operand_of(call, specs, 1), chosen);
    s->beta = (Operand){.absent = true};
    if (scaling_of(layer)->centred) s->beta = spread_operand(layer, shape, operand_of(call, specs, 2), chosen);
    s->groups = groups_make(shape, chosen);
    const Operand *const both[] = {&s->gamma, &s->beta};
    for (int i = 0; i < 2; i++)
        if (!both[i]->absent && (!operand_known(both[i]) || !shapes_broadcast(shape, &both[i]->spec.shape, &unused, NULL) ||
                                 !shape_equal(shape, &unused)))
            return false;
    return operand_known(&s->x);
}

static void scale_group(const Forward *f, const Scaled *s, const float *x, int64_t start)
{
    const int64_t n = shape_size(&s->groups.inner);
    const bool centred = scaling_of(f->layer)->centred;
    double sum = 0, squares = 0;
    int64_t at[SHAPE_RANK_MAX];
    place_begin(at);
    for (int64_t i = 0; i < n; i++, place_next(&s->groups.inner, at)) sum += (double)x[start + group_offset(&s->groups, at)];
    const double mean = centred ? sum / (double)n : 0;
    place_begin(at);
    for (int64_t i = 0; i < n; i++, place_next(&s->groups.inner, at)) {
        const double rest = (double)x[start + group_offset(&s->groups, at)] - mean;
        squares += rest * rest;
    }
    const double inverse = 1 / sqrt(squares / (double)n + epsilon_of(f->layer));
    place_begin(at);
    for (int64_t i = 0; i < n; i++, place_next(&s->groups.inner, at)) {
        const int64_t k = start + group_offset(&s->groups, at);
        f->out[0].data[k] = (float)(((double)x[k] - mean) * inverse);
    }
}

static void apply_gamma_and_beta(const Forward *f, const Scaled *s)
{
    const Shape *shape = &f->out[0].shape;
    int64_t at[SHAPE_RANK_MAX];
    place_begin(at);
    for (int64_t k = 0; k < shape_size(shape); k++, place_next(shape, at)) {
        double number = (double)f->out[0].data[k];
        if (!s->gamma.absent) number *= operand_number(&s->gamma, f->in, broadcast_index(&s->gamma.spec.shape, shape, at));
        if (!s->beta.absent) number += operand_number(&s->beta, f->in, broadcast_index(&s->beta.spec.shape, shape, at));
        f->out[0].data[k] = (float)number;
    }
}

static void forward_layer(const Forward *f)
{
    Scaled s;
    if (!scaled_of(f->layer, f->call, operand_specs(f->scratch, f->in, f->n_in), &s)) {
        *f->impossible = true;
        return;
    }
    const float *x = operand_spread(&s.x, f->in, &f->out[0].shape, f->scratch);
    for (int64_t g = 0; g < shape_size(&s.groups.outer); g++) scale_group(f, &s, x, group_start(&s.groups, g));
    apply_gamma_and_beta(f, &s);
}

static int64_t trace_layer(const Trace *t, Term *terms, int64_t cap)
{
    Scaled s;
    TermList list = {.term = terms, .cap = cap};
    int64_t at[SHAPE_RANK_MAX], group, within;
    if (!scaled_of(t->layer, t->call, t->in, &s)) return 0;
    place_of(&t->out[0].shape, t->k, at);
    const Operand *const both[] = {&s.gamma, &s.beta};
    for (int i = 0; i < 2; i++)
        if (!both[i]->absent && both[i]->input >= 0)
            terms_add(&list, term_input(both[i]->input, broadcast_index(&both[i]->spec.shape, &t->out[0].shape, at), 1));
    if (s.x.input < 0) return list.n;
    group_find(&s.groups, &t->out[0].shape, t->k, &group, &within);
    const int64_t start = group_start(&s.groups, group), n = shape_size(&s.groups.inner);
    place_begin(at);
    for (int64_t i = 0; i < n; i++, place_next(&s.groups.inner, at)) terms_add(&list, term_input(s.x.input, start + group_offset(&s.groups, at), 1));
    return list.n;
}

static void explain_layer(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_RULE) text_put(text, scaling_of(t->layer)->rule);
}

#define ALONG_AXES(FUNCTION, NAME, CALL, ...)                                                                       \
    const LayerKind OPERATION_##FUNCTION = {                                                                        \
        OPERATION(NAME, "nn"), .function = #FUNCTION, TAKES(CALL), MADE_WITH(LAYER_PARAMS), .infer = infer_layer,   \
        .forward = forward_layer, .trace = trace_layer, .rule = TRACE_DEPENDS, .explain = explain_layer,            \
        .family = &(const Scaling){__VA_ARGS__},                                                                    \
    }

ALONG_AXES(layer_normalization, "LayerNorm", LAYER_CALL, .centred = true, .spread = true, .rule = "(x − μ)/√(σ² + ε)·γ + β");
ALONG_AXES(rms_normalization, "RMSNorm", RMS_CALL, .rule = "x/√(Σ x²/n + ε)·γ");

/* ---- moments: mean and variance ---- */

static const ParamSpec MOMENTS_PARAMS[] = {
    {.name = "axes", .type = PARAM_INTS, .required = true}, {.name = "keepdims", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
    {.name = "synchronized", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
};

static bool infer_moments(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    bool reduced[SHAPE_RANK_MAX];
    Shape shape = {0};
    (void)n_in;
    if (!call_takes_one(call, err) || !axes_chosen(&layer->args[0], in[0].shape.rank, reduced, err)) return false;
    for (int i = 0; i < in[0].shape.rank; i++) {
        if (!reduced[i]) shape.dim[shape.rank++] = in[0].shape.dim[i];
        else if (value_truth(&layer->args[1])) shape.dim[shape.rank++] = 1;
    }
    for (int i = 0; i < 2; i++) outputs_add(out, shape, in[0].dtype);
    return out->list = true;
}

static Groups moment_groups(const Layer *layer, const Shape *in)
{
    bool reduced[SHAPE_RANK_MAX];
    axes_chosen(&layer->args[0], in->rank, reduced, NULL);
    return groups_make(in, reduced);
}

static void forward_moments(const Forward *f)
{
    const Groups groups = moment_groups(f->layer, &f->in[0].shape);
    const int64_t n = shape_size(&groups.inner);
    for (int64_t g = 0; g < shape_size(&groups.outer); g++) {
        const float *x = f->in[0].data + group_start(&groups, g);
        double sum = 0, squares = 0;
        int64_t at[SHAPE_RANK_MAX];
        place_begin(at);
        for (int64_t i = 0; i < n; i++, place_next(&groups.inner, at)) sum += (double)x[group_offset(&groups, at)];
        place_begin(at);
        for (int64_t i = 0; i < n; i++, place_next(&groups.inner, at)) squares += pow((double)x[group_offset(&groups, at)] - sum / (double)n, 2);
        f->out[0].data[g] = (float)(sum / (double)n);
        f->out[1].data[g] = (float)(squares / (double)n);
    }
}

static int64_t trace_moments(const Trace *t, Term *terms, int64_t cap)
{
    const Groups groups = moment_groups(t->layer, &t->in[0].shape);
    const int64_t n = shape_size(&groups.inner), start = group_start(&groups, t->k);
    int64_t at[SHAPE_RANK_MAX];
    place_begin(at);
    for (int64_t i = 0; i < n && i < cap; i++, place_next(&groups.inner, at)) terms[i] = term_input(0, start + group_offset(&groups, at), 1);
    return n;
}

static void explain_moments(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_RULE) text_put(text, t->output ? "Σ (x[i] − x̄)²/n" : "Σ x[i]/n");
}

const LayerKind OPERATION_moments = {
    OPERATION("Moments", "nn"), TAKES(OPERATION_X), MADE_WITH(MOMENTS_PARAMS), .infer = infer_moments, .forward = forward_moments,
    .trace = trace_moments, .rule = TRACE_DEPENDS, .explain = explain_moments,
};

/* ---- glu: one half of an axis opens the other ---- */

static const ParamSpec AXIS_PARAM[] = {{.name = "axis", .type = PARAM_INT, .fallback = VALUE_IS_INT(-1)}};

static bool infer_glu(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Shape shape = in[0].shape;
    int64_t axis = 0;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    operation_ints(&layer->args[0], &axis, 1);
    const int at = shape_axis(&shape, axis);
    if (at < 0) return error_set(err, "IndexError", "list index out of range");
    if (shape.dim[at] != DIM_NONE && shape.dim[at] % 2)
        return error_set(err, "ValueError", "axis size must be divisible by 2. Received: x.shape=%s with axis=%lld",
                         shape_text(out->arena, &shape), (long long)axis);
    if (shape.dim[at] != DIM_NONE) shape.dim[at] /= 2;
    outputs_add(out, shape, in[0].dtype);
    return true;
}

/* Where output k's two numbers stand. */
static int64_t first_half(const Layer *layer, const Shape *out, int64_t k, int64_t *second)
{
    int64_t axis = 0;
    operation_ints(&layer->args[0], &axis, 1);
    const int at = shape_axis(out, axis);
    const int64_t half = shape_span_size(out, at, out->rank);
    const int64_t first = k / half * 2 * half + k % half;
    *second = first + half;
    return first;
}

static void forward_glu(const Forward *f)
{
    for (int64_t k = 0; k < shape_size(&f->out[0].shape); k++) {
        int64_t second;
        const double x = (double)f->in[0].data[first_half(f->layer, &f->out[0].shape, k, &second)];
        f->out[0].data[k] = (float)(x / (1 + exp(-(double)f->in[0].data[second])));
    }
}

static int64_t trace_glu(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    int64_t second;
    terms_add(&list, term_input(0, first_half(t->layer, &t->out[0].shape, t->k, &second), 1));
    terms_add(&list, term_input(0, second, 1));
    return list.n;
}

static void explain_glu(const Trace *t, ExplainTopic topic, Text *text)
{
    (void)t;
    if (topic == EXPLAIN_RULE) text_put(text, "a·σ(b)");
}

const LayerKind OPERATION_glu = {
    OPERATION("Glu", "nn"), TAKES(OPERATION_X), MADE_WITH(AXIS_PARAM), .infer = infer_glu, .forward = forward_glu, .trace = trace_glu,
    .rule = TRACE_DEPENDS, .explain = explain_glu,
};
