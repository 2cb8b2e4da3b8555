/* Operations where numbers choose among others: where, take, take_along_axis, one_hot. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "engine/layers/terms.h"
#include "engine/operations/groups.h"

/* ---- where ---- */

static const ParamSpec WHERE_CALL[] = {{.name = "condition", .required = true}, {.name = "x1"}, {.name = "x2"}};

static bool infer_where(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand operands[3] = {operand_of(call, in, 0), operand_of(call, in, 1), operand_of(call, in, 2)};
    Shape shape;
    Dtype dtype;
    (void)layer, (void)n_in;
    if (operands[1].absent != operands[2].absent)
        return error_set(err, "ValueError", "`x1` and `x2` either both should be `None` or both should have non-None value.");
    if (operands[1].absent) {    /* as many numbers as it finds, whatever Keras says of their shape */
        outputs_add(out, operands[0].spec.shape, DTYPE_INT64);
        return true;
    }
    if (!shapes_broadcast(&operands[0].spec.shape, &operands[1].spec.shape, &shape, err)) return false;
    if (!shapes_broadcast(&shape, &operands[2].spec.shape, &shape, err)) return false;
    if (!operand_types(operands + 1, 2, &dtype, err)) return false;
    outputs_add(out, shape, dtype);
    return true;
}

static bool spread_operands(const Forward *f, int n, const float **x)
{
    for (int i = 0; i < n; i++) {
        Operand operand = operand_of(f->call, NULL, i);
        if (operand.input >= 0) operand.spec.shape = f->in[operand.input].shape;
        if (!operand_known(&operand)) return false;
        x[i] = operand_spread(&operand, f->in, &f->out[0].shape, f->scratch);
    }
    return true;
}

static void forward_where(const Forward *f)
{
    const float *x[3];
    const int64_t size = shape_size(&f->out[0].shape);
    if (!spread_operands(f, 3, x)) {
        *f->impossible = true;
        return;
    }
    for (int64_t k = 0; k < size; k++) f->out[0].data[k] = x[0][k] != 0.0F ? x[1][k] : x[2][k];
}

static int64_t trace_where(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    int64_t at[SHAPE_RANK_MAX];
    place_of(&t->out[0].shape, t->k, at);
    for (int i = 0; i < 3; i++) {
        const Operand operand = operand_of(t->call, t->in, i);
        if (operand.input >= 0) terms_add(&list, term_input(operand.input, broadcast_index(&operand.spec.shape, &t->out[0].shape, at), 1));
    }
    return list.n;
}

static void explain_where(const Trace *t, ExplainTopic topic, Text *text)
{
    static const char *const between[] = {"", " ? ", " : "};
    int64_t at[SHAPE_RANK_MAX];
    if (topic != EXPLAIN_RULE || !shape_known(&t->out[0].shape)) return;
    place_of(&t->out[0].shape, t->k, at);
    for (int i = 0; i < 3; i++) {
        const Operand operand = operand_of(t->call, t->in, i);
        text_put(text, between[i]);
        operand_put(&operand, &t->out[0].shape, at, text);
    }
}

const LayerKind OPERATION_where = {
    OPERATION("Where", "numpy"), TAKES(WHERE_CALL), .infer = infer_where, .forward = forward_where, .trace = trace_where,
    .rule = TRACE_DEPENDS, .explain = explain_where,
};

/* ---- take ---- */

static const ParamSpec TAKE_CALL[] = {{.name = "x", .required = true}, {.name = "indices", .required = true}};
static const ParamSpec AXIS_PARAM[] = {{.name = "axis", .type = PARAM_INT}};

/* Indices as written: lists of ints have a shape too. */
static bool indices_shape(const Operand *indices, Shape *shape)
{
    const Value *value = indices->value;
    *shape = indices->spec.shape;
    if (!indices->absent) return true;
    for (*shape = (Shape){0}; value->kind == VALUE_LIST || value->kind == VALUE_TUPLE; value = &value->list->items[0]) {
        if (shape->rank == SHAPE_RANK_MAX) return false;
        shape->dim[shape->rank++] = (int64_t)value->list->n;
        if (!value->list->n) return true;
    }
    return value_is_int(value);
}

static int64_t listed_index(const Value *value, const Shape *shape, int64_t k)
{
    int64_t at[SHAPE_RANK_MAX], index = 0;
    place_of(shape, k, at);
    for (int i = 0; i < shape->rank; i++) {
        if ((value->kind != VALUE_LIST && value->kind != VALUE_TUPLE) || at[i] >= (int64_t)value->list->n) return -1;
        value = &value->list->items[at[i]];
    }
    return value_integer(value, &index) ? index : -1;
}

/* Index k of the indices, where it is known without a run. */
static int64_t index_at(const Operand *indices, const Shape *shape, const Tensor *in, int64_t k)
{
    return indices->absent ? listed_index(indices->value, shape, k) : (int64_t)operand_number(indices, in, k);
}

static bool infer_take(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand x = operand_of(call, in, 0), indices = operand_of(call, in, 1);
    const Value *axis = &layer->args[0];
    Shape taken, shape = {0};
    (void)n_in;
    if (!indices_shape(&indices, &taken)) return error_set(err, "ValueError", "setting an array element with a sequence.");
    if (axis->kind == VALUE_NONE) {
        outputs_add(out, taken, x.spec.dtype);
        return true;
    }
    const int at = axis_canonical(axis, x.spec.shape.rank, err);
    if (at < 0) return false;
    if (x.spec.shape.rank - 1 + taken.rank > SHAPE_RANK_MAX) return error_set(err, "ValueError", "More than %d axes.", SHAPE_RANK_MAX);
    for (int i = 0; i < at; i++) shape.dim[shape.rank++] = x.spec.shape.dim[i];
    for (int i = 0; i < taken.rank; i++) shape.dim[shape.rank++] = taken.dim[i];
    for (int i = at + 1; i < x.spec.shape.rank; i++) shape.dim[shape.rank++] = x.spec.shape.dim[i];
    outputs_add(out, shape, x.spec.dtype);
    return true;
}

/* An output: element `at` of `length` along the axis, from `base` on, by `step`; which one index number `which` tells. */
typedef struct Taking {
    Operand x, indices;
    Shape   taken;
    int64_t length, step, base, which;
} Taking;

static Taking taking_of(const Layer *layer, const Call *call, const TensorSpec *in, int64_t k)
{
    Taking t = {.x = operand_of(call, in, 0), .indices = operand_of(call, in, 1)};
    const Shape *shape = &t.x.spec.shape;
    const Value *axis = &layer->args[0];
    indices_shape(&t.indices, &t.taken);
    if (axis->kind == VALUE_NONE) {
        t.length = shape_size(shape), t.step = 1, t.which = k;
        return t;
    }
    const int at = axis_canonical(axis, shape->rank, NULL);
    const int64_t indices = shape_size(&t.taken);
    t.length = shape->dim[at];
    t.step = shape_span_size(shape, at + 1, shape->rank);
    t.which = indices ? k / t.step % indices : 0;
    t.base = (indices ? k / (t.step * indices) : 0) * t.length * t.step + k % t.step;
    return t;
}

static void forward_take(const Forward *f)
{
    const TensorSpec *specs = operand_specs(f->scratch, f->in, f->n_in);
    const int64_t size = shape_size(&f->out[0].shape);
    for (int64_t k = 0; k < size; k++) {
        const Taking t = taking_of(f->layer, f->call, specs, k);
        int64_t index = index_at(&t.indices, &t.taken, f->in, t.which);
        if (index < 0) index += t.length;
        if (index < 0 || index >= t.length || (t.x.input < 0 && !t.x.data)) {
            *f->impossible = true;
            return;
        }
        f->out[0].data[k] = (float)operand_number(&t.x, f->in, t.base + index * t.step);
    }
}

/* Known indices copy; others could choose any along the axis. */
static int64_t trace_take(const Trace *trace, Term *terms, int64_t cap)
{
    const Taking t = taking_of(trace->layer, trace->call, trace->in, trace->k);
    TermList list = {.term = terms, .cap = cap};
    if (t.indices.input < 0) {
        const int64_t index = index_at(&t.indices, &t.taken, NULL, t.which);
        terms_add(&list, term_input(t.x.input, t.base + (index < 0 ? index + t.length : index) * t.step, 1));
        return list.n;
    }
    terms_add(&list, term_input(t.indices.input, t.which, 1));
    for (int64_t i = 0; t.x.input >= 0 && i < t.length; i++) terms_add(&list, term_input(t.x.input, t.base + i * t.step, 1));
    return list.n;
}

static TraceRule take_rule(const Layer *layer)
{
    return layer->n_calls && layer->calls[0]->call.args[1].kind != VALUE_TENSOR ? TRACE_SUM : TRACE_DEPENDS;
}

static void explain_take(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic != EXPLAIN_RULE || !shape_known(&t->out[0].shape)) return;
    text_put(text, "x[indices]");
}

const LayerKind OPERATION_take = {
    OPERATION("Take", "numpy"), TAKES(TAKE_CALL), MADE_WITH(AXIS_PARAM), .infer = infer_take, .forward = forward_take, .trace = trace_take,
    .rule = TRACE_DEPENDS, .rule_of = take_rule, .explain = explain_take,
};

/* ---- take_along_axis ---- */

static bool infer_along(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand x = operand_of(call, in, 0), indices = operand_of(call, in, 1);
    const Value *axis = &layer->args[0];
    Shape shape = x.spec.shape, result;
    (void)n_in;
    if (axis->kind == VALUE_NONE) shape = SHAPE(shape_size(&x.spec.shape));
    if (shape.rank != indices.spec.shape.rank)
        return error_set(err, "ValueError", "`x` and `indices` must have the same number of dimensions, but receive shape %s and %s.",
                         shape_list_text(out->arena, &shape), shape_list_text(out->arena, &indices.spec.shape));
    const int at = axis->kind == VALUE_NONE ? 0 : axis_canonical(axis, shape.rank, err);
    if (at < 0) return false;
    shape.dim[at] = indices.spec.shape.dim[at];
    if (!shapes_broadcast(&shape, &indices.spec.shape, &result, err)) return false;
    outputs_add(out, result, x.spec.dtype);
    return true;
}

/* Place of the index that tells output k, and the element that index 0 would be; step along the axis. */
typedef struct Along {
    Operand x, indices;
    int64_t which, base, step, length;
} Along;

static Along along_of(const Layer *layer, const Call *call, const TensorSpec *in, const Shape *out, int64_t k)
{
    Along a = {.x = operand_of(call, in, 0), .indices = operand_of(call, in, 1)};
    const Value *axis = &layer->args[0];
    const Shape x = axis->kind == VALUE_NONE ? SHAPE(shape_size(&a.x.spec.shape)) : a.x.spec.shape;
    const int at = axis->kind == VALUE_NONE ? 0 : axis_canonical(axis, x.rank, NULL);
    int64_t place[SHAPE_RANK_MAX];
    place_of(out, k, place);
    a.which = broadcast_index(&a.indices.spec.shape, out, place);
    place[at] = 0;
    a.base = broadcast_index(&x, out, place);
    a.step = shape_span_size(&x, at + 1, x.rank);
    a.length = x.dim[at];
    return a;
}

static void forward_along(const Forward *f)
{
    const TensorSpec *specs = operand_specs(f->scratch, f->in, f->n_in);
    const int64_t size = shape_size(&f->out[0].shape);
    for (int64_t k = 0; k < size; k++) {
        const Along a = along_of(f->layer, f->call, specs, &f->out[0].shape, k);
        int64_t index = (int64_t)operand_number(&a.indices, f->in, a.which);
        if (index < 0) index += a.length;
        if (index < 0 || index >= a.length || !operand_known(&a.indices) || !operand_known(&a.x)) {
            *f->impossible = true;
            return;
        }
        f->out[0].data[k] = (float)operand_number(&a.x, f->in, a.base + index * a.step);
    }
}

static int64_t trace_along(const Trace *t, Term *terms, int64_t cap)
{
    const Along a = along_of(t->layer, t->call, t->in, &t->out[0].shape, t->k);
    TermList list = {.term = terms, .cap = cap};
    if (a.indices.input >= 0) terms_add(&list, term_input(a.indices.input, a.which, 1));
    for (int64_t i = 0; a.x.input >= 0 && i < a.length; i++) terms_add(&list, term_input(a.x.input, a.base + i * a.step, 1));
    return list.n;
}

const LayerKind OPERATION_take_along_axis = {
    OPERATION("TakeAlongAxis", "numpy"), TAKES(TAKE_CALL), MADE_WITH(AXIS_PARAM), .infer = infer_along, .forward = forward_along,
    .trace = trace_along, .rule = TRACE_DEPENDS, .explain = explain_take,
};
