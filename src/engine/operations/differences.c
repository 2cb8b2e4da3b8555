/* Sums along an axis with weights of their own: diff, trapezoid, average, trace. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "engine/layers/terms.h"
#include "engine/operations/groups.h"

/* Forward and trace tell the same terms: one walks over them all. */
static void forward_terms(const Forward *f, int64_t most)
{
    Trace t = {.layer = f->layer, .call = f->call, .in = operand_specs(f->scratch, f->in, f->n_in), .n_in = f->n_in,
               .out = operand_specs(f->scratch, f->out, f->n_out), .n_out = f->n_out};
    Term *terms = ARENA_ARRAY(f->scratch, most, Term);
    for (t.k = 0; t.k < shape_size(&f->out[0].shape); t.k++) {
        const int64_t n = f->layer->kind->trace(&t, terms, most);
        double sum = 0;
        for (int64_t i = 0; i < n; i++) sum += terms[i].scale * (double)f->in[terms[i].input].data[terms[i].from];
        f->out[0].data[t.k] = (float)sum;
    }
}

/* Element 0 of the line that output k is made from, and the step along it; the axis is as long in the output as it is (or gone). */
static int64_t line_start(const Shape *in, int axis, int64_t length, int64_t k, int64_t *step)
{
    *step = shape_span_size(in, axis + 1, in->rank);
    return k / (*step * length) * *step * in->dim[axis] + k % *step;
}

/* ---- diff ---- */

static const ParamSpec DIFF_CALL[] = {{.name = "a", .type = PARAM_TENSORS, .required = true}};
static const ParamSpec DIFF_PARAMS[] = {
    {.name = "n", .type = PARAM_INT, .fallback = VALUE_IS_INT(1)}, {.name = "axis", .type = PARAM_INT, .fallback = VALUE_IS_INT(-1)},
};

/* Differences of differences of more than so many are not told. */
enum { ORDER_MAX = 32 };

static bool infer_diff(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Shape shape = in[0].shape;
    int64_t n;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    const int axis = axis_canonical(&layer->args[1], shape.rank, err);
    if (axis < 0) return false;
    if (!value_integer(&layer->args[0], &n)) return error_set(err, "TypeError", "n=%s", value_str_text(out->arena, &layer->args[0]));
    if (shape.dim[axis] != DIM_NONE) shape.dim[axis] = n < 0 ? shape.dim[axis] : n > shape.dim[axis] ? 0 : shape.dim[axis] - n;
    outputs_add(out, shape, in[0].dtype);
    return true;
}

static bool computes_diff(const Layer *layer)
{
    int64_t n;
    return value_integer(&layer->args[0], &n) && n >= 0 && n <= ORDER_MAX;
}

static double binomial(int64_t n, int64_t i)
{
    double product = 1;
    for (int64_t j = 1; j <= i; j++) product = product * (double)(n - i + j) / (double)j;
    return product;
}

static int64_t trace_diff(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const int axis = axis_canonical(&t->layer->args[1], t->in[0].shape.rank, NULL);
    const int64_t n = t->layer->args[0].integer, length = t->out[0].shape.dim[axis];
    int64_t step;
    const int64_t start = line_start(&t->in[0].shape, axis, length, t->k, &step), at = t->k / step % length;
    for (int64_t i = 0; i <= n; i++) terms_add(&list, term_input(0, start + (at + i) * step, ((n - i) % 2 ? -1 : 1) * binomial(n, i)));
    return list.n;
}

static void forward_diff(const Forward *f)
{
    forward_terms(f, ORDER_MAX + 1);
    const bool truth = f->in[0].dtype == DTYPE_BOOL;
    for (int64_t k = 0; truth && k < shape_size(&f->out[0].shape); k++) f->out[0].data[k] = fmodf(fabsf(f->out[0].data[k]), 2);
}

/* Of truths it is whether they differ. */
static TraceRule diff_rule(const Layer *layer)
{
    return layer->n_calls && layer->calls[0]->in[0]->spec.dtype == DTYPE_BOOL ? TRACE_DEPENDS : TRACE_SUM;
}

static void explain_diff(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic != EXPLAIN_RULE) return;
    text_put(text, t->layer->args[0].integer == 1 ? "x[i+1] − x[i]" : "Δⁿ x[i]");
}

const LayerKind OPERATION_diff = {
    OPERATION("Diff", "numpy"), TAKES(DIFF_CALL), MADE_WITH(DIFF_PARAMS), .called = true, .infer = infer_diff, .forward = forward_diff, .trace = trace_diff,
    .computes = computes_diff, .rule = TRACE_SUM, .rule_of = diff_rule, .explain = explain_diff,
};

/* ---- trapezoid: the area under a line ---- */

static const ParamSpec AREA_CALL[] = {{.name = "y", .type = PARAM_TENSORS, .required = true}};
static const ParamSpec AREA_PARAMS[] = {
    {.name = "x"}, {.name = "dx", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(1.0)}, {.name = "axis", .type = PARAM_INT, .fallback = VALUE_IS_INT(-1)},
};

static bool infer_area(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    int64_t axis;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (!value_integer(&layer->args[2], &axis) || !in[0].shape.rank) return error_set(err, "ValueError", "trapezoid needs one axis.");
    const int at = (int)((axis % in[0].shape.rank + in[0].shape.rank) % in[0].shape.rank);
    outputs_add(out, shape_without(&in[0].shape, at), dtype_with_float(in[0].dtype));
    return true;
}

/* Steps of one width. */
static bool computes_area(const Layer *layer)
{
    return layer->args[0].kind == VALUE_NONE && value_is_number(&layer->args[1]);
}

static int64_t trace_area(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const Shape *in = &t->in[0].shape;
    const int axis = (int)((t->layer->args[2].integer % in->rank + in->rank) % in->rank);
    const double width = value_number(&t->layer->args[1]);
    int64_t step;
    const int64_t start = line_start(in, axis, 1, t->k, &step), n = in->dim[axis];
    for (int64_t i = 0; n > 1 && i < n; i++) terms_add(&list, term_input(0, start + i * step, i && i < n - 1 ? width : width / 2));
    return list.n;
}

static int64_t longest(const Forward *f)
{
    int64_t n = 1;
    for (int i = 0; i < f->in[0].shape.rank; i++)
        if (f->in[0].shape.dim[i] > n) n = f->in[0].shape.dim[i];
    return n;
}

static void forward_along(const Forward *f)
{
    forward_terms(f, longest(f));
}

static void explain_area(const Trace *t, ExplainTopic topic, Text *text)
{
    (void)t;
    if (topic == EXPLAIN_RULE) text_put(text, "Σ (y[i] + y[i+1])/2·dx");
}

const LayerKind OPERATION_trapezoid = {
    OPERATION("Trapezoid", "numpy"), TAKES(AREA_CALL), MADE_WITH(AREA_PARAMS), .infer = infer_area, .forward = forward_along, .trace = trace_area,
    .computes = computes_area, .rule = TRACE_SUM, .explain = explain_area,
};

/* ---- trace: the sum of a diagonal ---- */

static const ParamSpec TRACE_PARAMS[] = {
    {.name = "offset", .type = PARAM_INT, .fallback = VALUE_IS_INT(0)}, {.name = "axis1", .type = PARAM_INT, .fallback = VALUE_IS_INT(0)},
    {.name = "axis2", .type = PARAM_INT, .fallback = VALUE_IS_INT(1)},
};

static Dtype summed_type(Dtype dtype)
{
    if (dtype == DTYPE_BOOL || dtype == DTYPE_INT8 || dtype == DTYPE_INT16) return DTYPE_INT32;
    return dtype == DTYPE_UINT8 || dtype == DTYPE_UINT16 ? DTYPE_UINT32 : dtype;
}

static bool infer_trace(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    const int rank = in[0].shape.rank, a = axis_canonical(&layer->args[1], rank, err), b = a < 0 ? -1 : axis_canonical(&layer->args[2], rank, err);
    if (b < 0) return false;
    if (a == b)
        return error_set(err, "ValueError", "`axis1` and `axis2` must be different. Received: axis1=%s, axis2=%s",
                         value_str_text(out->arena, &layer->args[1]), value_str_text(out->arena, &layer->args[2]));
    const Shape without = shape_without(&in[0].shape, a > b ? a : b);
    outputs_add(out, shape_without(&without, a > b ? b : a), summed_type(in[0].dtype));
    return true;
}

static int64_t trace_trace(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const Shape *in = &t->in[0].shape;
    const int a = axis_canonical(&t->layer->args[1], in->rank, NULL), b = axis_canonical(&t->layer->args[2], in->rank, NULL);
    int64_t at[SHAPE_RANK_MAX], own[SHAPE_RANK_MAX], offset = 0;
    value_integer(&t->layer->args[0], &offset);
    place_of(&t->out[0].shape, t->k, at);
    for (int i = 0, from = 0; i < in->rank; i++) own[i] = i == a || i == b ? 0 : at[from++];
    for (own[a] = 0; own[a] < in->dim[a]; own[a]++) {
        own[b] = own[a] + offset;
        if (own[b] >= 0 && own[b] < in->dim[b]) terms_add(&list, term_input(0, place_index(in, own), 1));
    }
    return list.n;
}

static void explain_trace(const Trace *t, ExplainTopic topic, Text *text)
{
    (void)t;
    if (topic == EXPLAIN_RULE) text_put(text, "Σ x[i, i]");
}

const LayerKind OPERATION_trace = {
    OPERATION("Trace", "numpy"), TAKES(OPERATION_X), MADE_WITH(TRACE_PARAMS), .infer = infer_trace, .forward = forward_along,
    .trace = trace_trace, .rule = TRACE_SUM, .explain = explain_trace,
};

/* ---- average: a mean with weights ---- */

static const ParamSpec AVERAGE_CALL[] = {{.name = "x", .type = PARAM_TENSORS, .required = true}, {.name = "weights"}};
static const ParamSpec AVERAGE_PARAMS[] = {{.name = "axis", .type = PARAM_INT}};
static const char *const AVERAGE_ORDER[] = {"x", "axis", "weights", NULL};

static bool same_or_unknown(const Shape *a, const Shape *b)
{
    bool same = a->rank == b->rank;
    for (int i = 0; same && i < a->rank; i++) same = a->dim[i] == b->dim[i] || a->dim[i] == DIM_NONE || b->dim[i] == DIM_NONE;
    return same;
}

static bool refuse_weights(const Layer *layer, const Shape *x, const Shape *weights, int axis, Error *err)
{
    if (!err) return false;
    if (axis < 0)
        return error_set(err, "ValueError", "`weights` must have the same shape as `x` when `axis=None`, but received `weights.shape=%s` and "
                         "`x.shape=%s`.", shape_text(err->arena, weights), shape_text(err->arena, x));
    const char *at = value_str_text(err->arena, &layer->args[0]);
    const Value dim = x->dim[axis] == DIM_NONE ? value_none() : value_int(x->dim[axis]);
    return error_set(err, "ValueError", "`weights` must have the same size as `x` at `axis=%s` but received `weights.shape=%s` while x.shape at "
                     "`%s` is `%s`.", at, shape_text(err->arena, weights), at, value_str_text(err->arena, &dim));
}

static bool infer_average(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand operands[2] = {operand_of(call, in, 0), operand_of(call, in, 1)};
    const Shape *x = &operands[0].spec.shape, *weights = &operands[1].spec.shape;
    const bool all = layer->args[0].kind == VALUE_NONE;
    Dtype dtype = operands[0].spec.dtype;
    (void)n_in;
    const int axis = all ? -1 : axis_canonical(&layer->args[0], x->rank, err);
    if (!all && axis < 0) return false;
    const Shape line = all ? *x : SHAPE(x->dim[axis]);
    if (!operands[1].absent && !same_or_unknown(x, weights) && !same_or_unknown(&line, weights))
        return refuse_weights(layer, x, weights, axis, err);
    if (!operands[1].absent && !operand_types(operands, 2, &dtype, err)) return false;
    outputs_add(out, all ? (Shape){0} : shape_without(x, axis), dtype_with_float(dtype));
    return true;
}

/* The line of output k: all of x, or along the axis; and where its weights stand. */
typedef struct Averaging {
    Operand x, weights;
    int64_t n, start, step;
    bool    whole;          /* weights are as x; else one for each place of the axis */
} Averaging;

static Averaging averaging_of(const Layer *layer, const Call *call, const TensorSpec *in, int64_t k)
{
    Averaging a = {.x = operand_of(call, in, 0), .weights = operand_of(call, in, 1), .step = 1};
    const Shape *shape = &a.x.spec.shape;
    a.whole = a.weights.spec.shape.rank == shape->rank;
    a.n = shape_size(shape);
    if (layer->args[0].kind == VALUE_NONE) return a;
    const int axis = axis_canonical(&layer->args[0], shape->rank, NULL);
    a.n = shape->dim[axis];
    a.start = line_start(shape, axis, 1, k, &a.step);
    return a;
}

static int64_t weight_place(const Averaging *a, int64_t i) { return a->whole ? a->start + i * a->step : i; }

static void forward_average(const Forward *f)
{
    const TensorSpec *specs = operand_specs(f->scratch, f->in, f->n_in);
    for (int64_t k = 0; k < shape_size(&f->out[0].shape); k++) {
        const Averaging a = averaging_of(f->layer, f->call, specs, k);
        double sum = 0, weights = 0;
        if (!a.weights.absent && !operand_known(&a.weights)) *f->impossible = true;
        for (int64_t i = 0; i < a.n && !*f->impossible; i++) {
            const double weight = a.weights.absent ? 1 : operand_number(&a.weights, f->in, weight_place(&a, i));
            sum += weight * operand_number(&a.x, f->in, a.start + i * a.step);
            weights += weight;
        }
        f->out[0].data[k] = (float)(sum / weights);
    }
}

static int64_t trace_average(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const Averaging a = averaging_of(t->layer, t->call, t->in, t->k);
    for (int64_t i = 0; i < a.n; i++) {
        if (a.x.input >= 0) terms_add(&list, term_input(a.x.input, a.start + i * a.step, 1.0 / (double)a.n));
        if (!a.weights.absent && a.weights.input >= 0) terms_add(&list, term_input(a.weights.input, weight_place(&a, i), 1));
    }
    return list.n;
}

static TraceRule average_rule(const Layer *layer)
{
    return layer->n_calls && layer->calls[0]->call.args[1].kind == VALUE_NONE ? TRACE_SUM : TRACE_DEPENDS;
}

static void explain_average(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_RULE) text_put(text, t->call && t->call->args[1].kind != VALUE_NONE ? "Σ w·x / Σ w" : "Σ x/n");
}

const LayerKind OPERATION_average = {
    OPERATION("Average", "numpy"), .order = AVERAGE_ORDER, TAKES(AVERAGE_CALL), MADE_WITH(AVERAGE_PARAMS), .infer = infer_average,
    .forward = forward_average, .trace = trace_average, .rule = TRACE_SUM, .rule_of = average_rule, .explain = explain_average,
};
