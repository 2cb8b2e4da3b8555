/* quantile, percentile, and both without what is no number. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/layers/terms.h"
#include "engine/operations/groups.h"

static const ParamSpec CALL[] = {{.name = "x", .type = PARAM_TENSORS, .required = true}, {.name = "q", .required = true}};
static const ParamSpec PARAMS[] = {
    {.name = "axis", .type = PARAM_INTS}, {.name = "method", .type = PARAM_STRING, .fallback = VALUE_IS_TEXT("linear")},
    {.name = "keepdims", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
};

typedef struct Quantile {
    double scale;          /* of q: 1, or 0.01 for percentages */
    bool   without_nan, always_linear, one_is_alone;   /* a list of one adds no axis */
} Quantile;

static const Quantile *family_of(const Layer *layer) { return layer->kind->family; }

/* Several q come first; -1 = there is one. */
static int64_t count_of(const Layer *layer, const Call *call, const TensorSpec *in)
{
    const Value *q = &call->args[1];
    const Operand operand = operand_of(call, in, 1);
    if (q->kind == VALUE_LIST || q->kind == VALUE_TUPLE)
        return q->list->n == 1 && family_of(layer)->one_is_alone ? -1 : (int64_t)q->list->n;
    return operand.spec.shape.rank ? operand.spec.shape.dim[0] : -1;
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand x = operand_of(call, in, 0);
    const int64_t count = count_of(layer, call, in);
    bool reduced[SHAPE_RANK_MAX];
    Shape shape = {0};
    (void)n_in;
    if (!axes_chosen(operation_arg(layer, "axis"), x.spec.shape.rank, reduced, err)) return false;
    for (int i = 0; i < x.spec.shape.rank; i++) {
        if (!reduced[i]) shape.dim[shape.rank++] = x.spec.shape.dim[i];
        else if (value_truth(operation_arg(layer, "keepdims"))) shape.dim[shape.rank++] = 1;
    }
    if (count >= 0 && shape.rank < SHAPE_RANK_MAX) shape = shape_with(&shape, 0, count);
    outputs_add(out, shape, dtype_with_float(x.spec.dtype));
    return true;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double quantile_of(const Layer *layer, const double *sorted, int64_t n, double q)
{
    const Value *method = operation_arg(layer, "method");
    const double at = fmin(fmax(q, 0), 1) * (double)(n - 1), fraction = at - floor(at);
    const double low = sorted[(int64_t)floor(at)], high = sorted[(int64_t)ceil(at)];
    if (family_of(layer)->always_linear || value_is_text(method, "linear")) return low + (high - low) * fraction;
    if (value_is_text(method, "lower")) return low;
    if (value_is_text(method, "higher")) return high;
    return value_is_text(method, "midpoint") ? (low + high) / 2 : sorted[(int64_t)rint(at)];
}

/* Every q, in order; false where they are not known. */
static bool read_q(const Forward *f, const Operand *q, int64_t i, double *out)
{
    const Value *value = q->value;
    if (value->kind == VALUE_LIST || value->kind == VALUE_TUPLE) {
        value = &value->list->items[i];
        *out = value_is_number(value) ? value_number(value) : (double)NAN;
    } else {
        *out = operand_known(q) ? operand_number(q, f->in, q->spec.shape.rank ? i : 0) : (double)NAN;
    }
    *out *= family_of(f->layer)->scale;
    return !isnan(*out);
}

static int64_t sort_group(const Forward *f, const Groups *groups, int64_t k, double *sorted)
{
    const float *x = f->in[0].data + group_start(groups, k);
    int64_t at[SHAPE_RANK_MAX], n = 0;
    bool none = false;
    place_begin(at);
    for (int64_t i = 0; i < shape_size(&groups->inner); i++, place_next(&groups->inner, at)) {
        const double number = (double)x[group_offset(groups, at)];
        none = none || isnan(number);
        if (!isnan(number)) sorted[n++] = number;
    }
    qsort(sorted, (size_t)n, sizeof *sorted, compare);
    return none && !family_of(f->layer)->without_nan ? 0 : n;
}

static Groups groups_of(const Layer *layer, const Shape *x)
{
    bool reduced[SHAPE_RANK_MAX];
    axes_chosen(operation_arg(layer, "axis"), x->rank, reduced, NULL);
    return groups_make(x, reduced);
}

static void forward(const Forward *f)
{
    const Operand q = operand_of(f->call, operand_specs(f->scratch, f->in, f->n_in), 1);
    const Groups groups = groups_of(f->layer, &f->in[0].shape);
    const int64_t each = shape_size(&groups.outer), all = shape_size(&f->out[0].shape);
    double *sorted = ARENA_ARRAY(f->scratch, shape_size(&groups.inner) + 1, double), wanted;
    if (q.spec.shape.rank > 1) *f->impossible = true;
    if (*f->impossible) return;
    for (int64_t k = 0; k < all && each; k++) {
        const int64_t n = sort_group(f, &groups, k % each, sorted);
        if (!read_q(f, &q, k / each, &wanted)) *f->impossible = true;
        else f->out[0].data[k] = n ? (float)quantile_of(f->layer, sorted, n, wanted) : NAN;
    }
}

static int64_t trace(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const Groups groups = groups_of(t->layer, &t->in[0].shape);
    const int64_t each = shape_size(&groups.outer), start = group_start(&groups, t->k % each);
    const Operand q = operand_of(t->call, t->in, 1);
    int64_t at[SHAPE_RANK_MAX];
    if (q.spec.shape.rank > 1) return 0;
    if (q.input >= 0) terms_add(&list, term_input(q.input, q.spec.shape.rank ? t->k / each : 0, 1));
    place_begin(at);
    for (int64_t i = 0; i < shape_size(&groups.inner); i++, place_next(&groups.inner, at)) terms_add(&list, term_input(0, start + group_offset(&groups, at), 1));
    return list.n;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_RULE) text_print(text, "Q(%s)", value_str_text(text->arena, &t->call->args[1]));
}

#define QUANTILE(FUNCTION, NAME, ...)                                                                               \
    const LayerKind OPERATION_##FUNCTION = {                                                                        \
        OPERATION(NAME, "numpy"), TAKES(CALL), MADE_WITH(PARAMS), .infer = infer, .forward = forward, .trace = trace, \
        .rule = TRACE_DEPENDS, .explain = explain, .family = &(const Quantile){__VA_ARGS__},                        \
    }

QUANTILE(quantile, "Quantile", .scale = 1, .always_linear = true, .one_is_alone = true);
QUANTILE(percentile, "Percentile", .scale = 0.01);
QUANTILE(nanquantile, "Nanquantile", .scale = 1, .without_nan = true, .one_is_alone = true);
QUANTILE(nanpercentile, "Nanpercentile", .scale = 0.01, .without_nan = true);
