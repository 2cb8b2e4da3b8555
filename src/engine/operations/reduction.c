/* Operations over some axes: sums, means, largest elements and the like. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/layers/terms.h"
#include "engine/operations/groups.h"

typedef struct Group {
    double      *x;       /* the elements that are taken together, in order; may be changed */
    int64_t      n;
    const Shape *shape;   /* as they stand in the input's axes */
    const Layer *layer;
} Group;

typedef double Reduce(const Group *);

typedef enum ResultType {
    SAME, TRUTH, INDEX,
    SUMMED,     /* small integers and booleans widened */
    FLOATED,    /* integers become floats */
    FLOATX      /* float32, whatever it was */
} ResultType;

typedef struct Reduction {
    Reduce     *reduce;
    ResultType  type;
    bool        mean;          /* terms count 1/n each */
    bool        without_nan;   /* what is no number is left out */
    bool        needs_one;     /* of nothing there is none */
    const char *name;          /* in formulae: "Σ" */
} Reduction;

#define AXIS_PARAM {.name = "axis", .type = PARAM_INTS}
#define KEEPDIMS_PARAM {.name = "keepdims", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}

static const ParamSpec PARAMS[] = {AXIS_PARAM, KEEPDIMS_PARAM};
static const ParamSpec EXTREME_PARAMS[] = {AXIS_PARAM, KEEPDIMS_PARAM, {.name = "initial"}};
static const ParamSpec PRODUCT_PARAMS[] = {AXIS_PARAM, KEEPDIMS_PARAM, {.name = "dtype", .type = PARAM_DTYPE}};
static const ParamSpec NORM_PARAMS[] = {{.name = "ord"}, AXIS_PARAM, KEEPDIMS_PARAM};

static const Reduction *family_of(const Layer *layer)
{
    return layer->kind->family;
}

/* ---- functions of a group ---- */

static double sum(const Group *g)
{
    double all = 0;
    for (int64_t i = 0; i < g->n; i++) all += g->x[i];
    return all;
}

static double any(const Group *g)
{
    for (int64_t i = 0; i < g->n; i++)
        if (g->x[i] != 0.0) return 1;
    return 0;
}

static double all(const Group *g)
{
    for (int64_t i = 0; i < g->n; i++)
        if (g->x[i] == 0.0) return 0;
    return 1;
}

static double mean(const Group *g) { return sum(g) / (double)g->n; }

static double product(const Group *g)
{
    double all_of = 1;
    for (int64_t i = 0; i < g->n; i++) all_of *= g->x[i];
    return all_of;
}

static int64_t place_of_best(const Group *g, double sign)
{
    int64_t best = 0;
    for (int64_t i = 0; i < g->n; i++) {
        if (isnan(g->x[i])) return i;
        if (sign * g->x[i] > sign * g->x[best]) best = i;
    }
    return best;
}

static double largest(const Group *g) { return g->n ? g->x[place_of_best(g, 1)] : -(double)INFINITY; }
static double smallest(const Group *g) { return g->n ? g->x[place_of_best(g, -1)] : (double)INFINITY; }
static double place_of_largest(const Group *g) { return (double)place_of_best(g, 1); }
static double place_of_smallest(const Group *g) { return (double)place_of_best(g, -1); }
/* Of what is a number; -1 where nothing is. */
static double place_of_best_number(const Group *g, double sign)
{
    int64_t best = -1;
    for (int64_t i = 0; i < g->n; i++)
        if (!isnan(g->x[i]) && (best < 0 || sign * g->x[i] > sign * g->x[best])) best = i;
    return (double)best;
}

static double place_of_largest_number(const Group *g) { return place_of_best_number(g, 1); }
static double place_of_smallest_number(const Group *g) { return place_of_best_number(g, -1); }
static double range(const Group *g) { return largest(g) - smallest(g); }

static double variance(const Group *g)
{
    const double middle = mean(g);
    double squares = 0;
    for (int64_t i = 0; i < g->n; i++) squares += (g->x[i] - middle) * (g->x[i] - middle);
    return squares / (double)g->n;
}

static double deviation(const Group *g) { return sqrt(variance(g)); }

static double count(const Group *g)
{
    int64_t n = 0;
    for (int64_t i = 0; i < g->n; i++) n += g->x[i] != 0.0;
    return (double)n;
}

static double log_sum(const Group *g)
{
    const double most = largest(g);
    double shares = 0;
    if (isinf(most)) return most;
    for (int64_t i = 0; i < g->n; i++) shares += exp(g->x[i] - most);
    return most + log(shares);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(const Group *g)
{
    if (!g->n) return (double)NAN;
    qsort(g->x, (size_t)g->n, sizeof *g->x, compare);
    return (g->x[(g->n - 1) / 2] + g->x[g->n / 2]) / 2;
}

static double power_sum(const Group *g, double order)
{
    double sum_of = 0;
    for (int64_t i = 0; i < g->n; i++) sum_of += pow(fabs(g->x[i]), order);
    return pow(sum_of, 1.0 / order);
}

static void make_absolute(const Group *g)
{
    for (int64_t i = 0; i < g->n; i++) g->x[i] = fabs(g->x[i]);
}

static double vector_norm(const Group *g, double order)
{
    make_absolute(g);
    if (isinf(order)) return order > 0 ? largest(g) : smallest(g);
    if (order == 0.0) return count(g);
    return power_sum(g, order);
}

/* The largest or smallest sum of a column (or row) of a matrix. */
static double line_norm(const Group *g, int along, double sign)
{
    const int64_t columns = g->shape->dim[1], lines = g->shape->dim[1 - along], length = g->shape->dim[along];
    double best = sign > 0 ? 0 : (double)INFINITY;
    make_absolute(g);
    for (int64_t line = 0; line < lines; line++) {
        double sum_of = 0;
        for (int64_t i = 0; i < length; i++) sum_of += along ? g->x[line * columns + i] : g->x[i * columns + line];
        best = sign > 0 ? fmax(best, sum_of) : fmin(best, sum_of);
    }
    return best;
}

static double norm(const Group *g)
{
    const Value *order = operation_arg(g->layer, "ord");
    const bool matrix = g->shape->rank == 2 && operation_arg(g->layer, "axis")->kind != VALUE_NONE;
    if (!value_is_number(order)) return order->kind == VALUE_STRING && !value_is_text(order, "fro") ? (double)NAN : power_sum(g, 2);
    const double p = value_number(order);
    if (!matrix && g->shape->rank != 2) return vector_norm(g, p);
    if (isinf(p)) return line_norm(g, 1, p);
    return fabs(p) == 1.0 ? line_norm(g, 0, p) : (double)NAN;
}

static bool make_norm(Maker *m)
{
    const Value *order = maker_arg(m, "ord");
    if (!layer_base(m)) return false;
    if (order->kind != VALUE_STRING || value_is_text(order, "fro") || value_is_text(order, "nuc")) return true;
    return maker_refuse(m, "ord", "ValueError", "Invalid `ord` argument. Expected one of {'fro', 'nuc'} when using string. Received: ord=%s",
                        maker_text(m, "ord"));
}

/* ---- axes ---- */

static bool keeps_axes(const Layer *layer)
{
    const Value *keepdims = operation_arg(layer, "keepdims");
    return keepdims && value_truth(keepdims);
}

static Groups groups_of(const Layer *layer, const Shape *in)
{
    bool reduced[SHAPE_RANK_MAX];
    axes_chosen(operation_arg(layer, "axis"), in->rank, reduced, NULL);
    return groups_make(in, reduced);
}

static Shape reduced_shape(const Layer *layer, const Shape *in, const bool *reduced)
{
    Shape shape = {0};
    for (int i = 0; i < in->rank; i++) {
        if (!reduced[i]) shape.dim[shape.rank++] = in->dim[i];
        else if (keeps_axes(layer)) shape.dim[shape.rank++] = 1;
    }
    return shape;
}

static Dtype result_type(const Layer *layer, Dtype in)
{
    switch (family_of(layer)->type) {
    case SAME: return in;
    case TRUTH: return DTYPE_BOOL;
    case INDEX: return DTYPE_INT32;
    case SUMMED:
        if (in == DTYPE_BOOL || in == DTYPE_INT8 || in == DTYPE_INT16) return DTYPE_INT32;
        return in == DTYPE_UINT8 || in == DTYPE_UINT16 ? DTYPE_UINT32 : in;
    case FLOATED: return dtype_with_float(in);
    case FLOATX: return DTYPE_FLOAT32;
    }
    return in;
}

static bool is_matrix_order(const Value *order)
{
    if (order->kind == VALUE_NONE || order->kind == VALUE_STRING) return true;
    const double p = value_is_number(order) ? fabs(value_number(order)) : 0;
    return p == 1.0 || p == 2.0 || isinf(p);
}

static bool check_order(const Layer *layer, int rank, Error *err)
{
    const Value *order = operation_arg(layer, "ord"), *axis = operation_arg(layer, "axis");
    if (!order) return true;
    const int n = axis->kind == VALUE_NONE ? rank : axis->kind == VALUE_LIST || axis->kind == VALUE_TUPLE ? (int)axis->list->n : 1;
    const bool vector = n == 1 && order->kind == VALUE_STRING, matrix = n == 2 && !is_matrix_order(order);
    if ((!vector && !matrix) || !err) return !vector && !matrix;
    return error_set(err, "ValueError", "Invalid `ord` argument for %s norm. Received: ord=%s", vector ? "vector" : "matrix",
                     value_str_text(err->arena, order));
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    bool reduced[SHAPE_RANK_MAX];
    (void)n_in;
    if (!call_takes_one(call, err) || !check_order(layer, in[0].shape.rank, err) || !axes_chosen(operation_arg(layer, "axis"), in[0].shape.rank, reduced, err)) return false;
    outputs_add(out, reduced_shape(layer, &in[0].shape, reduced), operation_dtype(layer, result_type(layer, in[0].dtype)));
    return true;
}

/* ---- groups ---- */

/* max(x, initial=0): a number beside the elements. */
static bool initial_of(const Layer *layer, double *number)
{
    const Value *initial = operation_arg(layer, "initial");
    const bool given = initial && value_is_number(initial);
    if (given) *number = value_number(initial);
    return given;
}

static void take_group(const Forward *f, const Groups *groups, int64_t k, Group *group)
{
    const float *x = f->in[0].data + group_start(groups, k);
    const int64_t n = shape_size(&groups->inner);
    const bool without_nan = family_of(f->layer)->without_nan;
    int64_t at[SHAPE_RANK_MAX];
    place_begin(at);
    group->n = 0;
    for (int64_t i = 0; i < n; i++, place_next(&groups->inner, at)) {
        const double element = (double)x[group_offset(groups, at)];
        if (!without_nan || !isnan(element)) group->x[group->n++] = element;
    }
    if (initial_of(f->layer, &group->x[group->n])) group->n++;
}

static void forward(const Forward *f)
{
    const Groups groups = groups_of(f->layer, &f->in[0].shape);
    const Reduction *family = family_of(f->layer);
    const int64_t size = shape_size(&f->out[0].shape), n = shape_size(&groups.inner);
    Group group = {.shape = &groups.inner, .layer = f->layer, .x = ARENA_ARRAY(f->scratch, n + 1, double)};
    if (!n && family->needs_one) *f->impossible = true;
    for (int64_t k = 0; k < size && !*f->impossible; k++) {
        take_group(f, &groups, k, &group);
        f->out[0].data[k] = (float)family->reduce(&group);
    }
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const Groups groups = groups_of(t->layer, &t->in[0].shape);
    const int64_t n = shape_size(&groups.inner), start = group_start(&groups, t->k);
    int64_t at[SHAPE_RANK_MAX];
    place_begin(at);
    for (int64_t i = 0; i < n && i < cap; i++, place_next(&groups.inner, at))
        terms[i] = term_input(0, start + group_offset(&groups, at), family_of(t->layer)->mean ? 1.0 / (double)n : 1);
    double initial;
    if (!initial_of(t->layer, &initial)) return n;
    if (n < cap) terms[n] = term_constant(initial);
    return n + 1;
}

static int64_t connections(const Trace *t)
{
    return shape_size(&t->in[0].shape);
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const Reduction *family = family_of(t->layer);
    if (topic != EXPLAIN_RULE || !shape_known(&t->in[0].shape)) return;
    const Groups groups = groups_of(t->layer, &t->in[0].shape);
    text_print(text, "%s x[i]", family->name);
    if (family->mean) text_print(text, "/%lld", (long long)shape_size(&groups.inner));
}

#define REDUCTION_WITH(FUNCTION, NAME, PARAMS_OF_IT, N_PARAMS, MODULE, RULE, ...)                                    \
    const LayerKind OPERATION_##FUNCTION = {                                                                        \
        OPERATION(NAME, MODULE), .params = PARAMS_OF_IT, .n_params = N_PARAMS, TAKES(OPERATION_X),                      \
        .infer = infer, .forward = forward, .trace = trace, .rule = RULE, .connections = connections,               \
        .explain = explain, .family = &(const Reduction){__VA_ARGS__},                                              \
    }
#define REDUCTION(FUNCTION, NAME, RULE, ...) REDUCTION_WITH(FUNCTION, NAME, PARAMS, 2, "numpy", RULE, __VA_ARGS__)

REDUCTION(sum, "Sum", TRACE_SUM, .reduce = sum, .type = SUMMED, .name = "Σ");
REDUCTION(mean, "Mean", TRACE_SUM, .reduce = mean, .type = FLOATED, .mean = true, .name = "Σ");
REDUCTION_WITH(max, "Max", EXTREME_PARAMS, 3, "numpy", TRACE_MAX, .reduce = largest, .needs_one = true, .name = "max");
REDUCTION_WITH(min, "Min", EXTREME_PARAMS, 3, "numpy", TRACE_DEPENDS, .reduce = smallest, .needs_one = true, .name = "min");
REDUCTION(amax, "Amax", TRACE_MAX, .reduce = largest, .needs_one = true, .name = "max");
REDUCTION(amin, "Amin", TRACE_DEPENDS, .reduce = smallest, .needs_one = true, .name = "min");
REDUCTION(ptp, "Ptp", TRACE_DEPENDS, .reduce = range, .needs_one = true, .name = "max − min");
REDUCTION_WITH(prod, "Prod", PRODUCT_PARAMS, 3, "numpy", TRACE_DEPENDS, .reduce = product, .type = SUMMED, .name = "Π");
REDUCTION(var, "Var", TRACE_DEPENDS, .reduce = variance, .type = FLOATED, .name = "Σ (x[i] − x̄)²/n,");
REDUCTION(std, "Std", TRACE_DEPENDS, .reduce = deviation, .type = FLOATED, .name = "√(Σ (x[i] − x̄)²/n),");
REDUCTION(median, "Median", TRACE_DEPENDS, .reduce = median, .type = FLOATED, .name = "median");
REDUCTION(any, "Any", TRACE_DEPENDS, .reduce = any, .type = TRUTH, .name = "∃");
REDUCTION(all, "All", TRACE_DEPENDS, .reduce = all, .type = TRUTH, .name = "∀");
REDUCTION(argmax, "Argmax", TRACE_DEPENDS, .reduce = place_of_largest, .type = INDEX, .needs_one = true, .name = "argmax");
REDUCTION(argmin, "Argmin", TRACE_DEPENDS, .reduce = place_of_smallest, .type = INDEX, .needs_one = true, .name = "argmin");
REDUCTION_WITH(count_nonzero, "CountNonzero", PARAMS, 1, "numpy", TRACE_DEPENDS, .reduce = count, .type = INDEX, .name = "#");
REDUCTION_WITH(logsumexp, "Logsumexp", PARAMS, 2, "math", TRACE_DEPENDS, .reduce = log_sum, .type = FLOATX, .name = "log Σ exp");
const LayerKind OPERATION_norm = {
    OPERATION("Norm", "linalg"), TAKES(OPERATION_X), MADE_WITH(NORM_PARAMS), .make = make_norm, .infer = infer, .forward = forward,
    .trace = trace, .rule = TRACE_DEPENDS, .connections = connections, .explain = explain,
    .family = &(const Reduction){.reduce = norm, .type = FLOATED, .name = "‖·‖"},
};

REDUCTION(nansum, "Nansum", TRACE_DEPENDS, .reduce = sum, .type = SUMMED, .without_nan = true, .name = "Σ");
REDUCTION(nanmean, "Nanmean", TRACE_DEPENDS, .reduce = mean, .type = FLOATED, .without_nan = true, .name = "Σ");
REDUCTION(nanmax, "Nanmax", TRACE_DEPENDS, .reduce = largest, .without_nan = true, .needs_one = true, .name = "max");
REDUCTION(nanmin, "Nanmin", TRACE_DEPENDS, .reduce = smallest, .without_nan = true, .needs_one = true, .name = "min");
REDUCTION(nanprod, "Nanprod", TRACE_DEPENDS, .reduce = product, .type = SUMMED, .without_nan = true, .name = "Π");
REDUCTION(nanvar, "Nanvar", TRACE_DEPENDS, .reduce = variance, .type = FLOATED, .without_nan = true, .name = "Σ (x[i] − x̄)²/n,");
REDUCTION(nanstd, "Nanstd", TRACE_DEPENDS, .reduce = deviation, .type = FLOATED, .without_nan = true, .name = "√(Σ (x[i] − x̄)²/n),");
REDUCTION(nanmedian, "Nanmedian", TRACE_DEPENDS, .reduce = median, .type = FLOATED, .without_nan = true, .name = "median");
REDUCTION(nanargmax, "Nanargmax", TRACE_DEPENDS, .reduce = place_of_largest_number, .type = INDEX, .needs_one = true, .name = "argmax");
REDUCTION(nanargmin, "Nanargmin", TRACE_DEPENDS, .reduce = place_of_smallest_number, .type = INDEX, .needs_one = true, .name = "argmin");
