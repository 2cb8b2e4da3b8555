/* Losses as operations: categorical_crossentropy, sparse_categorical_crossentropy, binary_crossentropy. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "engine/layers/terms.h"
#include "engine/operations/operand.h"
#include "engine/operations/operation.h"

#define LOGITS {.name = "from_logits", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}
static const ParamSpec CALL[] = {{.name = "target", .required = true}, {.name = "output", .required = true}};
static const ParamSpec BINARY_PARAMS[] = {LOGITS};
static const ParamSpec PARAMS[] = {LOGITS, {.name = "axis", .type = PARAM_INT, .fallback = VALUE_IS_INT(-1)}};

static const double LEAST = 1e-7;

static bool from_logits(const Layer *layer) { return value_truth(operation_arg(layer, "from_logits")); }

static double clipped(double p) { return fmin(fmax(p, LEAST), 1 - LEAST); }

static bool refuse_shapes(const Operand *target, const Operand *output, const char *words, Error *err)
{
    return err && error_set(err, "ValueError", "Arguments `target` and `output` must %s target.shape=%s, output.shape=%s", words,
                            shape_text(err->arena, &target->spec.shape), shape_text(err->arena, &output->spec.shape));
}

static bool check_same(const Operand *target, const Operand *output, Error *err)
{
    return shape_equal(&target->spec.shape, &output->spec.shape) || refuse_shapes(target, output, "have the same shape. Received:", err);
}

/* ---- one class among many ---- */

static bool infer_categorical(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand target = operand_of(call, in, 0), output = operand_of(call, in, 1);
    (void)layer, (void)n_in;
    if (!check_same(&target, &output, err)) return false;
    if (!output.spec.shape.rank) return refuse_shapes(&target, &output, "be at least rank 1. Received:", err);
    outputs_add(out, shape_without(&output.spec.shape, output.spec.shape.rank - 1), output.spec.dtype);
    return true;
}

/* Keras infers the shape without the last axis, whichever is summed over. */
static bool infer_categorical_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand output = operand_of(call, in, 1);
    const int axis = axis_canonical(operation_arg(layer, "axis"), output.spec.shape.rank, err);
    (void)n_in;
    if (axis < 0) return false;
    outputs_add(out, shape_without(&output.spec.shape, axis), output.spec.dtype);
    return true;
}

static bool infer_sparse(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand target = operand_of(call, in, 0), output = operand_of(call, in, 1);
    const Shape *shape = &output.spec.shape;
    Shape classless = target.spec.shape;
    (void)n_in;
    if (!shape->rank)
        return error_set(err, "ValueError", "Argument `output` must be at least rank 1. Received: output.shape=%s", shape_text(out->arena, shape));
    const int axis = axis_canonical(operation_arg(layer, "axis"), shape->rank, err);
    if (axis < 0) return false;
    if (classless.rank == shape->rank && classless.dim[classless.rank - 1] == 1) classless = shape_without(&classless, classless.rank - 1);
    const Shape wanted = shape_without(shape, axis);
    if (!shape_equal(&classless, &wanted)) return refuse_shapes(&target, &output, "have the same shape up until the last dimension:", err);
    outputs_add(out, wanted, output.spec.dtype);
    return true;
}

/* The classes of one example along an axis. */
typedef struct Classes {
    Operand target, output;
    int64_t n, start, step;
} Classes;

static Classes classes_of(const Layer *layer, const Call *call, const TensorSpec *in, int64_t k)
{
    Classes c = {.target = operand_of(call, in, 0), .output = operand_of(call, in, 1)};
    const Shape *shape = &c.output.spec.shape;
    const int axis = axis_canonical(operation_arg(layer, "axis"), shape->rank, NULL);
    if (axis < 0) return c;
    c.n = shape->dim[axis];
    c.step = shape_span_size(shape, axis + 1, shape->rank);
    c.start = k / c.step * c.step * c.n + k % c.step;
    return c;
}

static double output_at(const Forward *f, const Classes *c, int64_t i) { return operand_number(&c->output, f->in, c->start + i * c->step); }

/* What is taken from an output before its logarithm: the sum of the class' probabilities, or of exponentials. */
static double whole(const Forward *f, const Classes *c, bool logits, double *most)
{
    double sum = 0;
    *most = -(double)INFINITY;
    for (int64_t i = 0; i < c->n; i++) *most = fmax(*most, output_at(f, c, i));
    for (int64_t i = 0; i < c->n; i++) sum += logits ? exp(output_at(f, c, i) - *most) : output_at(f, c, i);
    return sum;
}

static double log_probability(const Forward *f, const Classes *c, bool logits, double sum, double most, int64_t i)
{
    return logits ? output_at(f, c, i) - most - log(sum) : log(clipped(output_at(f, c, i) / sum));
}

static bool both_known(const Forward *f, const TensorSpec *specs)
{
    const Operand target = operand_of(f->call, specs, 0), output = operand_of(f->call, specs, 1);
    if (!operand_known(&target) || !operand_known(&output)) *f->impossible = true;
    return !*f->impossible;
}

static void forward_categorical(const Forward *f)
{
    const TensorSpec *specs = operand_specs(f->scratch, f->in, f->n_in);
    const bool logits = from_logits(f->layer);
    if (!both_known(f, specs)) return;
    for (int64_t k = 0; k < shape_size(&f->out[0].shape); k++) {
        const Classes c = classes_of(f->layer, f->call, specs, k);
        double most, loss = 0;
        const double sum = whole(f, &c, logits, &most);
        for (int64_t i = 0; i < c.n; i++)
            loss -= operand_number(&c.target, f->in, c.start + i * c.step) * log_probability(f, &c, logits, sum, most, i);
        f->out[0].data[k] = (float)loss;
    }
}

/* Probabilities are made anew from their logarithms. */
static double sparse_loss(const Forward *f, const Classes *c, bool logits, int64_t target)
{
    double most, sum = whole(f, c, logits, &most);
    if (logits) return -log_probability(f, c, true, sum, most, target);
    sum = 0;
    for (int64_t i = 0; i < c->n; i++) sum += clipped(output_at(f, c, i));
    return -log(clipped(output_at(f, c, target)) / sum);
}

static void forward_sparse(const Forward *f)
{
    const TensorSpec *specs = operand_specs(f->scratch, f->in, f->n_in);
    if (!both_known(f, specs)) return;
    for (int64_t k = 0; k < shape_size(&f->out[0].shape); k++) {
        const Classes c = classes_of(f->layer, f->call, specs, k);
        const double target = operand_number(&c.target, f->in, k);
        const bool there = target >= 0 && target < (double)c.n && c.step == 1;
        if (!there) *f->impossible = true;
        f->out[0].data[k] = there ? (float)sparse_loss(f, &c, from_logits(f->layer), (int64_t)target) : 0;
    }
}

static int64_t trace_classes(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const Classes c = classes_of(t->layer, t->call, t->in, t->k);
    const bool each = shape_equal(&c.target.spec.shape, &c.output.spec.shape) && !t->layer->kind->family;
    if (!each && c.target.input >= 0) terms_add(&list, term_input(c.target.input, t->k, 1));
    for (int64_t i = 0; i < c.n; i++) {
        if (each && c.target.input >= 0) terms_add(&list, term_input(c.target.input, c.start + i * c.step, 1));
        if (c.output.input >= 0) terms_add(&list, term_input(c.output.input, c.start + i * c.step, 1));
    }
    return list.n;
}

static void explain_classes(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_RULE) text_put(text, t->layer->kind->family ? "−ln p[y]" : "−Σ y·ln p");
}

#define LOSS(FUNCTION, NAME, INFER, FORWARD, ...)                                                                   \
    const LayerKind OPERATION_##FUNCTION = {                                                                        \
        OPERATION(NAME, "nn"), TAKES(CALL), MADE_WITH(PARAMS), .infer = INFER, .forward = FORWARD,                  \
        .trace = trace_classes, .rule = TRACE_DEPENDS, .explain = explain_classes, __VA_ARGS__                      \
    }

LOSS(categorical_crossentropy, "CategoricalCrossentropy", infer_categorical, forward_categorical, .infer_numbers = infer_categorical_numbers);
LOSS(sparse_categorical_crossentropy, "SparseCategoricalCrossentropy", infer_sparse, forward_sparse,
     .family = &(const bool){true});

/* ---- yes or no, each by itself ---- */

static bool infer_binary(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand target = operand_of(call, in, 0), output = operand_of(call, in, 1);
    (void)layer, (void)n_in;
    if (!check_same(&target, &output, err)) return false;
    outputs_add(out, output.spec.shape, output.spec.dtype);
    return true;
}

static void forward_binary(const Forward *f)
{
    const TensorSpec *specs = operand_specs(f->scratch, f->in, f->n_in);
    if (!both_known(f, specs)) return;
    const Operand target = operand_of(f->call, specs, 0), output = operand_of(f->call, specs, 1);
    for (int64_t k = 0; k < shape_size(&f->out[0].shape); k++) {
        const double y = operand_number(&target, f->in, k), p = operand_number(&output, f->in, k), q = clipped(p);
        const double loss = from_logits(f->layer) ? fmax(p, 0) - p * y + log1p(exp(-fabs(p))) : -y * log(q) - (1 - y) * log(1 - q);
        f->out[0].data[k] = (float)loss;
    }
}

static int64_t trace_binary(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    for (int i = 0; i < 2; i++) {
        const Operand operand = operand_of(t->call, t->in, i);
        if (operand.input >= 0) terms_add(&list, term_input(operand.input, t->k, 1));
    }
    return list.n;
}

static void explain_binary(const Trace *t, ExplainTopic topic, Text *text)
{
    (void)t;
    if (topic == EXPLAIN_RULE) text_put(text, "−y·ln p − (1 − y)·ln(1 − p)");
}

const LayerKind OPERATION_binary_crossentropy = {
    OPERATION("BinaryCrossentropy", "nn"), TAKES(CALL), MADE_WITH(BINARY_PARAMS), .infer = infer_binary, .forward = forward_binary,
    .trace = trace_binary, .rule = TRACE_DEPENDS, .explain = explain_binary,
};
