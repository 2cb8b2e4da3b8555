/* Operations on classes: one_hot, multi_hot, top_k, in_top_k. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/config.h"
#include "engine/layers/terms.h"
#include "engine/operations/operand.h"
#include "engine/operations/operation.h"

#define AXIS_DTYPE_SPARSE \
    {.name = "axis", .type = PARAM_INT, .fallback = VALUE_IS_INT(-1)}, {.name = "dtype", .type = PARAM_DTYPE}, \
    {.name = "sparse", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}
static const ParamSpec ONE_HOT_PARAMS[] = {{.name = "num_classes", .type = PARAM_INT, .required = true}, AXIS_DTYPE_SPARSE};
static const ParamSpec MULTI_HOT_PARAMS[] = {{.name = "num_classes", .type = PARAM_INT}, AXIS_DTYPE_SPARSE};
static const ParamSpec INPUTS[] = {{.name = "inputs", .type = PARAM_TENSORS, .required = true}};

/* ---- one axis more, a class at each of its places ---- */

static bool make_one_hot(Maker *m)
{
    return layer_base(m) && operation_take_dtype(m);
}

static bool make_multi_hot(Maker *m)
{
    if (maker_is_none(m, "num_classes")) return maker_refuse(m, "num_classes", "ValueError", "Argument `num_classes` must be specified.");
    return make_one_hot(m);
}

static int refuse_axis(const Layer *layer, int rank, Error *err)
{
    if (err) error_set(err, "ValueError", "axis must be -1 or between [0, %d), but received %s.", rank,
                       value_str_text(err->arena, operation_arg(layer, "axis")));
    return -1;
}

/* The axis of the classes in the widened shape; -1 with its refusal. */
static int class_axis(const Layer *layer, int rank, Error *err)
{
    int64_t axis;
    if (!value_integer(operation_arg(layer, "axis"), &axis)) return refuse_axis(layer, rank, err);
    if (axis == -1) return rank;
    return axis >= 0 && axis < rank ? (int)axis : refuse_axis(layer, rank, err);
}

static bool widened(Arena *arena, const Layer *layer, const Shape *in, Shape *shape, int *axis, Error *err)
{
    *axis = class_axis(layer, in->rank, err);
    if (*axis < 0) return false;
    Value dims = value_list(arena, VALUE_LIST, (size_t)in->rank + 1);
    const Value own = value_shape(arena, in);
    for (int i = 0; i <= in->rank; i++)
        list_add(dims.list, i == *axis ? *operation_arg(layer, "num_classes") : own.list->items[i < *axis ? i : i - 1]);
    return shape_resolve(arena, &dims, shape, err);
}

static bool infer_one_hot(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Shape shape;
    int axis;
    (void)n_in;
    if (!call_takes_one(call, err) || !widened(out->arena, layer, &in[0].shape, &shape, &axis, err)) return false;
    outputs_add(out, shape, operation_dtype(layer, DTYPE_FLOAT32));
    return true;
}

/* The element of x that tells output k, and the class that it is compared with. */
static int64_t told_by(const Shape *wide, int axis, int64_t k, int64_t *class_number)
{
    const int64_t classes = wide->dim[axis], inner = shape_span_size(wide, axis + 1, wide->rank);
    *class_number = k / inner % classes;
    return k / (inner * classes) * inner + k % inner;
}

static void forward_one_hot(const Forward *f)
{
    const Shape *wide = &f->out[0].shape;
    const int axis = class_axis(f->layer, f->in[0].shape.rank, NULL);
    for (int64_t k = 0; k < shape_size(wide); k++) {
        int64_t class_number;
        const float x = f->in[0].data[told_by(wide, axis, k, &class_number)];
        f->out[0].data[k] = truncf(x) == (float)class_number;
    }
}

static int64_t trace_one_hot(const Trace *t, Term *terms, int64_t cap)
{
    int64_t class_number;
    const int64_t from = told_by(&t->out[0].shape, class_axis(t->layer, t->in[0].shape.rank, NULL), t->k, &class_number);
    if (cap > 0) terms[0] = term_input(0, from, 1);
    return 1;
}

static void explain_one_hot(const Trace *t, ExplainTopic topic, Text *text)
{
    int64_t class_number;
    if (topic != EXPLAIN_RULE || !shape_known(&t->out[0].shape) || !shape_size(&t->out[0].shape)) return;
    told_by(&t->out[0].shape, class_axis(t->layer, t->in[0].shape.rank, NULL), t->k, &class_number);
    text_print(text, "x = %" PRId64, class_number);
}

/* ---- the same, the classes of a row together ---- */

/* Which axis of the widened shape is taken together. */
static int row_axis(const Shape *in) { return in->rank > 1 ? 1 : 0; }

/* Keras says the type of the inputs, whatever `dtype` says. */
static bool infer_multi_hot(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Shape shape;
    int axis;
    (void)n_in;
    if (!call_takes_one(call, err) || !widened(out->arena, layer, &in[0].shape, &shape, &axis, err)) return false;
    if (shape.rank == 1) return error_set(err, "IndexError", "list index out of range");
    outputs_add(out, shape_without(&shape, row_axis(&in[0].shape)), in[0].dtype);
    return true;
}

/* Member i of the row of output k, among the elements of the widened shape. */
static int64_t member(const Shape *wide, int row, int64_t k, int64_t i)
{
    const int64_t inner = shape_span_size(wide, row + 1, wide->rank);
    return (k / inner * wide->dim[row] + i) * inner + k % inner;
}

static void forward_multi_hot(const Forward *f)
{
    const Shape *in = &f->in[0].shape;
    const int row = row_axis(in);
    Shape wide;
    int axis;
    widened(f->scratch, f->layer, in, &wide, &axis, NULL);
    for (int64_t k = 0; k < shape_size(&f->out[0].shape); k++)
        for (int64_t i = 0; i < wide.dim[row]; i++) {
            int64_t class_number;
            const float x = f->in[0].data[told_by(&wide, axis, member(&wide, row, k, i), &class_number)];
            if (truncf(x) == (float)class_number) f->out[0].data[k] = 1;
        }
}

static int64_t trace_multi_hot(const Trace *t, Term *terms, int64_t cap)
{
    const Shape *in = &t->in[0].shape;
    const int row = row_axis(in), axis = class_axis(t->layer, in->rank, NULL);
    int64_t class_number, classes;
    if (!value_integer(operation_arg(t->layer, "num_classes"), &classes)) return 0;
    const Shape wide = shape_with(in, axis, classes);
    const int64_t n = wide.dim[row];
    for (int64_t i = 0; i < n && i < cap; i++) terms[i] = term_input(0, told_by(&wide, axis, member(&wide, row, t->k, i), &class_number), 1);
    return n;
}

static void explain_multi_hot(const Trace *t, ExplainTopic topic, Text *text)
{
    (void)t;
    if (topic == EXPLAIN_RULE) text_put(text, "∃ x = i");
}

const LayerKind OPERATION_one_hot = {
    OPERATION("OneHot", "nn"), TAKES(OPERATION_X), MADE_WITH(ONE_HOT_PARAMS), .make = make_one_hot, .infer = infer_one_hot,
    .forward = forward_one_hot, .trace = trace_one_hot, .rule = TRACE_DEPENDS, .explain = explain_one_hot,
};
const LayerKind OPERATION_multi_hot = {
    OPERATION("MultiHot", "nn"), TAKES(INPUTS), MADE_WITH(MULTI_HOT_PARAMS), .make = make_multi_hot, .infer = infer_multi_hot,
    .forward = forward_multi_hot, .trace = trace_multi_hot, .rule = TRACE_DEPENDS, .explain = explain_multi_hot,
};

/* ---- the largest ---- */

static const ParamSpec TOP_K_PARAMS[] = {
    {.name = "k", .type = PARAM_INT, .required = true}, {.name = "sorted", .type = PARAM_BOOL, .fallback = VALUE_IS_TRUE},
};

static bool infer_top_k(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Shape shape = in[0].shape;
    int64_t k;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (!shape.rank) return error_set(err, "IndexError", "list assignment index out of range");
    if (!value_integer(&layer->args[0], &k) || k < 0) return error_set(err, "ValueError", "k must be a whole number.");
    shape.dim[shape.rank - 1] = k;
    outputs_add(out, shape, in[0].dtype);
    outputs_add(out, shape, DTYPE_INT32);
    return out->list = true;
}

typedef struct Ranked {
    float   x;
    int64_t at;
} Ranked;

static int compare_ranked(const void *a, const void *b)
{
    const Ranked *x = a, *y = b;
    if (x->x != y->x) return x->x > y->x ? -1 : 1;
    return x->at < y->at ? -1 : 1;
}

static void forward_top_k(const Forward *f)
{
    const Shape *in = &f->in[0].shape;
    const int64_t n = in->dim[in->rank - 1], k = f->out[0].shape.dim[in->rank - 1], rows = shape_span_size(in, 0, in->rank - 1);
    Ranked *ranked = ARENA_ARRAY(f->scratch, n, Ranked);
    if (k > n) *f->impossible = true;
    for (int64_t row = 0; k <= n && row < rows; row++) {
        for (int64_t i = 0; i < n; i++) ranked[i] = (Ranked){f->in[0].data[row * n + i], i};
        qsort(ranked, (size_t)n, sizeof *ranked, compare_ranked);
        for (int64_t i = 0; i < k; i++) {
            f->out[0].data[row * k + i] = ranked[i].x;
            f->out[1].data[row * k + i] = (float)ranked[i].at;
        }
    }
}

static int64_t trace_top_k(const Trace *t, Term *terms, int64_t cap)
{
    const int last = t->in[0].shape.rank - 1;
    const int64_t n = t->in[0].shape.dim[last], row = t->k / t->out[0].shape.dim[last];
    for (int64_t i = 0; i < n && i < cap; i++) terms[i] = term_input(0, row * n + i, 1);
    return n;
}

static void explain_top_k(const Trace *t, ExplainTopic topic, Text *text)
{
    const Shape *shape = &t->out[0].shape;
    if (topic == EXPLAIN_RULE && shape_known(shape)) text_print(text, "max %" PRId64, t->k % shape->dim[shape->rank - 1] + 1);
}

const LayerKind OPERATION_top_k = {
    OPERATION("TopK", "math"), TAKES(OPERATION_X), MADE_WITH(TOP_K_PARAMS), .infer = infer_top_k, .forward = forward_top_k,
    .trace = trace_top_k, .rule = TRACE_DEPENDS, .explain = explain_top_k,
};

static const ParamSpec IN_TOP_K_CALL[] = {{.name = "targets", .required = true}, {.name = "predictions", .required = true}};
static const ParamSpec K_PARAM[] = {{.name = "k", .type = PARAM_INT, .required = true}};

static bool infer_in_top_k(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in, (void)err;
    outputs_add(out, operand_of(call, in, 0).spec.shape, DTYPE_BOOL);
    return true;
}

/* As good as the k-th counts too. */
static bool is_in_top(const float *scores, int64_t n, float target, int64_t k)
{
    int64_t better = 0;
    if (!(target >= 0 && target < (float)n) || !isfinite(scores[(int64_t)target])) return false;
    for (int64_t i = 0; i < n; i++) better += scores[i] > scores[(int64_t)target];
    return better < k;
}

static bool is_matrix_of(const Operand *predictions, const Operand *targets)
{
    const Shape *shape = &predictions->spec.shape;
    return shape->rank == 2 && targets->spec.shape.rank == 1 && targets->spec.shape.dim[0] == shape->dim[0];
}

static void forward_in_top_k(const Forward *f)
{
    const TensorSpec *specs = operand_specs(f->scratch, f->in, f->n_in);
    const Operand targets = operand_of(f->call, specs, 0), predictions = operand_of(f->call, specs, 1);
    int64_t k = 0;
    value_integer(&f->layer->args[0], &k);
    if (!is_matrix_of(&predictions, &targets) || !operand_known(&predictions) || !operand_known(&targets)) {
        *f->impossible = true;
        return;
    }
    const int64_t n = predictions.spec.shape.dim[1];
    const float *scores = operand_spread(&predictions, f->in, &predictions.spec.shape, f->scratch);
    for (int64_t i = 0; i < targets.spec.shape.dim[0]; i++)
        f->out[0].data[i] = is_in_top(scores + i * n, n, (float)operand_number(&targets, f->in, i), k);
}

static int64_t trace_in_top_k(const Trace *t, Term *terms, int64_t cap)
{
    const Operand targets = operand_of(t->call, t->in, 0), predictions = operand_of(t->call, t->in, 1);
    TermList list = {.term = terms, .cap = cap};
    if (!is_matrix_of(&predictions, &targets)) return 0;
    const int64_t n = predictions.spec.shape.dim[1];
    if (targets.input >= 0) terms_add(&list, term_input(targets.input, t->k, 1));
    for (int64_t i = 0; predictions.input >= 0 && i < n; i++) terms_add(&list, term_input(predictions.input, t->k * n + i, 1));
    return list.n;
}

static void explain_in_top_k(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_RULE) text_print(text, "#(y > y[x]) < %s", value_str_text(text->arena, &t->layer->args[0]));
}

const LayerKind OPERATION_in_top_k = {
    OPERATION("InTopK", "math"), TAKES(IN_TOP_K_CALL), MADE_WITH(K_PARAM), .infer = infer_in_top_k, .forward = forward_in_top_k,
    .trace = trace_in_top_k, .rule = TRACE_DEPENDS, .explain = explain_in_top_k,
};
