/* Operations that give a number for each element, from all that stand with it along some axes: softmax, sort, cumsum. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/layers/terms.h"
#include "engine/operations/groups.h"

typedef struct Line {
    double      *x;        /* in order; becomes the result */
    int64_t      n;
    const Layer *layer;
    Arena       *scratch;
} Line;

typedef void Transform(const Line *);

typedef enum ResultType { SAME, INDEX, NO_BOOL, FLOATX } ResultType;

typedef struct Axiswise {
    Transform  *transform;
    ResultType  type;
    bool        up_to;      /* an element depends on itself and those before it */
    bool        one_axis;   /* axis is one int; None means all laid out flat */
    const char *rule;
} Axiswise;

static const Axiswise *family_of(const Layer *layer)
{
    return layer->kind->family;
}

#define AXIS(DEFAULT) {.name = "axis", .type = PARAM_INTS, .fallback = DEFAULT}
static const ParamSpec LAST_AXIS[] = {AXIS(VALUE_IS_INT(-1))};
static const ParamSpec CUMULATIVE[] = {AXIS(VALUE_IS_NONE), {.name = "dtype", .type = PARAM_DTYPE}};
static const ParamSpec NORMALIZE[] = {AXIS(VALUE_IS_INT(-1)), {.name = "order", .type = PARAM_INT, .fallback = VALUE_IS_INT(2)},
                                      {.name = "epsilon", .type = PARAM_FLOAT}};

/* ---- functions of a line ---- */

static double largest(const Line *line)
{
    double most = -(double)INFINITY;
    for (int64_t i = 0; i < line->n; i++) most = fmax(most, line->x[i]);
    return most;
}

static double exponentials(const Line *line, double most)
{
    double sum = 0;
    for (int64_t i = 0; i < line->n; i++) sum += exp(line->x[i] - most);
    return sum;
}

static void softmax(const Line *line)
{
    const double most = largest(line), sum = exponentials(line, most);
    for (int64_t i = 0; i < line->n; i++) line->x[i] = exp(line->x[i] - most) / sum;
}

static void log_softmax(const Line *line)
{
    const double most = largest(line), sum = log(exponentials(line, most));
    for (int64_t i = 0; i < line->n; i++) line->x[i] -= most + sum;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double *sorted(const Line *line)
{
    double *copy = ARENA_ARRAY(line->scratch, line->n, double);
    memcpy(copy, line->x, (size_t)line->n * sizeof *copy);
    qsort(copy, (size_t)line->n, sizeof *copy, compare);
    return copy;
}

/* Keras' threshold: it adds up the running sums of the support, where the paper takes the last. */
static void sparsemax(const Line *line)
{
    const double *up = sorted(line);
    double sum = 0, sums = 0, threshold = 0;
    for (int64_t i = 0; i < line->n; i++) {
        const double x = up[line->n - 1 - i];
        if (1.0 + (double)(i + 1) * x <= sum + x) break;
        sum += x;
        sums += sum;
        threshold = (sums - 1.0) / (double)(i + 1);
    }
    for (int64_t i = 0; i < line->n; i++) line->x[i] = fmax(0.0, line->x[i] - threshold);
}

static void normalize(const Line *line)
{
    const double order = value_number(&line->layer->args[1]);
    const double epsilon = value_is_number(&line->layer->args[2]) ? value_number(&line->layer->args[2]) : 1e-7;
    double sum = 0;
    for (int64_t i = 0; i < line->n; i++) sum += pow(fabs(line->x[i]), order);
    const double length = order == 2.0 ? sqrt(sum) : pow(sum, 1.0 / order);
    for (int64_t i = 0; i < line->n; i++) line->x[i] /= fmax(length, epsilon);
}

static void cumulate(const Line *line)
{
    for (int64_t i = 1; i < line->n; i++) line->x[i] += line->x[i - 1];
}

static void cumulate_products(const Line *line)
{
    for (int64_t i = 1; i < line->n; i++) line->x[i] *= line->x[i - 1];
}

static void replace_nan(const Line *line, double by)
{
    for (int64_t i = 0; i < line->n; i++)
        if (isnan(line->x[i])) line->x[i] = by;
}

static void cumulate_finite(const Line *line)
{
    replace_nan(line, 0);
    cumulate(line);
}

static void cumulate_finite_products(const Line *line)
{
    replace_nan(line, 1);
    cumulate_products(line);
}

static void sort(const Line *line)
{
    memcpy(line->x, sorted(line), (size_t)line->n * sizeof *line->x);
}

typedef struct Ranked {
    double  x;
    int64_t at;
} Ranked;

static int compare_ranked(const void *a, const void *b)
{
    const Ranked *x = a, *y = b;
    if (x->x != y->x) return x->x < y->x ? -1 : 1;
    return x->at < y->at ? -1 : 1;
}

static void rank(const Line *line)
{
    Ranked *ranked = ARENA_ARRAY(line->scratch, line->n, Ranked);
    for (int64_t i = 0; i < line->n; i++) ranked[i] = (Ranked){line->x[i], i};
    qsort(ranked, (size_t)line->n, sizeof *ranked, compare_ranked);
    for (int64_t i = 0; i < line->n; i++) line->x[i] = (double)ranked[i].at;
}

/* ---- shapes ---- */

static bool is_flat(const Layer *layer)
{
    return family_of(layer)->one_axis && operation_arg(layer, "axis")->kind == VALUE_NONE;
}

static Dtype result_type(ResultType type, Dtype in)
{
    switch (type) {
    case SAME: return in;
    case INDEX: return DTYPE_INT32;
    case NO_BOOL: return in == DTYPE_BOOL ? DTYPE_INT32 : in;
    case FLOATX: return DTYPE_FLOAT32;
    }
    return in;
}

static bool make(Maker *m)
{
    return layer_base(m) && (!operation_arg(m->layer, "dtype") || operation_take_dtype(m));
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    bool chosen[SHAPE_RANK_MAX];
    const Shape flat = SHAPE(shape_size(&in[0].shape));
    (void)n_in;
    if (!call_takes_one(call, err) || !axes_chosen(operation_arg(layer, "axis"), in[0].shape.rank, chosen, err)) return false;
    outputs_add(out, is_flat(layer) ? flat : in[0].shape, operation_dtype(layer, result_type(family_of(layer)->type, in[0].dtype)));
    return true;
}

/* ---- numbers ---- */

static Groups groups_of(const Layer *layer, const Shape *in)
{
    bool chosen[SHAPE_RANK_MAX];
    axes_chosen(operation_arg(layer, "axis"), in->rank, chosen, NULL);
    return groups_make(in, chosen);
}

static void transform_group(const Forward *f, const Groups *groups, int64_t k, Line *line)
{
    const int64_t start = group_start(groups, k);
    int64_t at[SHAPE_RANK_MAX];
    place_begin(at);
    for (int64_t i = 0; i < line->n; i++, place_next(&groups->inner, at)) line->x[i] = (double)f->in[0].data[start + group_offset(groups, at)];
    family_of(f->layer)->transform(line);
    place_begin(at);
    for (int64_t i = 0; i < line->n; i++, place_next(&groups->inner, at)) f->out[0].data[start + group_offset(groups, at)] = (float)line->x[i];
}

static void forward(const Forward *f)
{
    const Groups groups = groups_of(f->layer, &f->in[0].shape);
    const int64_t n = shape_size(&groups.inner), lines = shape_size(&groups.outer);
    Line line = {.x = ARENA_ARRAY(f->scratch, n, double), .n = n, .layer = f->layer, .scratch = f->scratch};
    for (int64_t k = 0; n && k < lines; k++) transform_group(f, &groups, k, &line);
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    const Groups groups = groups_of(t->layer, &t->in[0].shape);
    int64_t group, within, at[SHAPE_RANK_MAX];
    group_find(&groups, &t->in[0].shape, t->k, &group, &within);
    const int64_t n = family_of(t->layer)->up_to ? within + 1 : shape_size(&groups.inner), start = group_start(&groups, group);
    place_begin(at);
    for (int64_t i = 0; i < n && i < cap; i++, place_next(&groups.inner, at)) terms[i] = term_input(0, start + group_offset(&groups, at), 1);
    return n;
}

static int64_t connections(const Trace *t)
{
    const Groups groups = groups_of(t->layer, &t->in[0].shape);
    const int64_t n = shape_size(&groups.inner), lines = shape_size(&groups.outer);
    if (!family_of(t->layer)->up_to) return size_multiply(lines, size_multiply(n, n));
    return size_multiply(lines, n % 2 ? size_multiply(n, (n + 1) / 2) : size_multiply(n / 2, n + 1));
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_RULE) text_put(text, family_of(t->layer)->rule);
}

#define AXISWISE(STEM, NAME, MODULE, PARAMS, RULE, ...)                                                              \
    const LayerKind OPERATION_##STEM = {                                                                             \
        OPERATION(NAME, MODULE), TAKES(OPERATION_X), MADE_WITH(PARAMS), .make = make, .infer = infer,                \
        .forward = forward, .trace = trace, .rule = RULE, .connections = connections, .explain = explain,            \
        .family = &(const Axiswise){__VA_ARGS__},                                                                    \
    }

AXISWISE(softmax, "Softmax", "nn", LAST_AXIS, TRACE_DEPENDS, .transform = softmax, .rule = "eˣ / Σ eˣ");
AXISWISE(log_softmax, "LogSoftmax", "nn", LAST_AXIS, TRACE_DEPENDS, .transform = log_softmax, .rule = "x − ln Σ eˣ");
AXISWISE(sparsemax, "Sparsemax", "nn", LAST_AXIS, TRACE_DEPENDS, .transform = sparsemax, .rule = "max(0, x − τ)");
AXISWISE(normalize, "Normalize", "nn", NORMALIZE, TRACE_DEPENDS, .transform = normalize, .type = FLOATX, .rule = "x / ‖x‖");
AXISWISE(sort, "Sort", "numpy", LAST_AXIS, TRACE_DEPENDS, .transform = sort, .one_axis = true, .rule = "sort x");
AXISWISE(argsort, "Argsort", "numpy", LAST_AXIS, TRACE_DEPENDS, .transform = rank, .type = INDEX, .one_axis = true, .rule = "argsort x");
AXISWISE(cumsum, "Cumsum", "numpy", CUMULATIVE, TRACE_SUM, .transform = cumulate, .type = NO_BOOL, .up_to = true, .one_axis = true,
         .rule = "Σ x[0…i]");
AXISWISE(cumprod, "Cumprod", "numpy", CUMULATIVE, TRACE_DEPENDS, .transform = cumulate_products, .type = NO_BOOL, .up_to = true,
         .one_axis = true, .rule = "Π x[0…i]");
AXISWISE(nancumsum, "Nancumsum", "numpy", CUMULATIVE, TRACE_DEPENDS, .transform = cumulate_finite, .type = NO_BOOL, .up_to = true,
         .one_axis = true, .rule = "Σ x[0…i]");
AXISWISE(nancumprod, "Nancumprod", "numpy", CUMULATIVE, TRACE_DEPENDS, .transform = cumulate_finite_products, .type = NO_BOOL,
         .up_to = true, .one_axis = true, .rule = "Π x[0…i]");
