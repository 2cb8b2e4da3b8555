/* Connectionist temporal classification: ctc_loss, and the shapes of ctc_decode. */
#include <inttypes.h>
#include <math.h>

#include "engine/operations/dependence.h"

static const ParamSpec LOSS_CALL[] = {
    {.name = "target", .required = true}, {.name = "output", .required = true}, {.name = "target_length", .required = true},
    {.name = "output_length", .required = true},
};
static const ParamSpec MASK[] = {{.name = "mask_index", .type = PARAM_INT, .fallback = VALUE_IS_INT(0)}};

enum { TARGET, OUTPUT, TARGET_LENGTH, OUTPUT_LENGTH, OPERANDS };

static bool check_first(const Operand *a, const Operand *b, const char *one, const char *other, Error *err)
{
    const Shape *x = &a->spec.shape, *y = &b->spec.shape;
    if (!x->rank || !y->rank) return error_set(err, "IndexError", "tuple index out of range");
    return x->dim[0] == y->dim[0] || error_set(err, "ValueError", "Arguments `%s` and `%s` must have the same first dimension. Received shapes: "
                                               "`%s` and `%s`.", one, other, shape_text(err->arena, x), shape_text(err->arena, y));
}

static bool infer_loss(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Operand o[OPERANDS + 1] = {[OPERANDS] = {.spec.dtype = DTYPE_FLOAT32}};
    Dtype dtype;
    (void)layer, (void)n_in;
    for (int i = 0; i < OPERANDS; i++) o[i] = operand_of(call, in, i);
    if (!check_first(&o[TARGET], &o[OUTPUT], "target", "output", err)) return false;
    if (!check_first(&o[TARGET_LENGTH], &o[TARGET], "target_length", "target", err)) return false;
    if (!check_first(&o[OUTPUT_LENGTH], &o[OUTPUT], "output_length", "output", err)) return false;
    o[0] = o[OUTPUT], o[1] = o[OPERANDS];
    if (!operand_types(o, 2, &dtype, err)) return false;
    outputs_add(out, SHAPE(operand_of(call, in, TARGET).spec.shape.dim[0]), dtype);
    return true;
}

/* One example: labels with blanks between, before and after; row t of log_p is step t's logarithms. */
typedef struct Alignment {
    int64_t  steps, classes, labels, blank;
    int64_t *label;         /* labels long */
    double  *log_p;         /* (steps, classes) */
} Alignment;

static double log_sum(double a, double b)
{
    const double most = fmax(a, b);
    return isinf(most) ? most : most + log(exp(a - most) + exp(b - most));
}

static int64_t symbol(const Alignment *a, int64_t s) { return s % 2 ? a->label[s / 2] : a->blank; }

/* From the last symbol on, so that a step overwrites only what it no longer needs. */
static void step(const Alignment *a, int64_t t, double *alpha)
{
    for (int64_t s = 2 * a->labels; s >= 0; s--) {
        const bool skips = s > 1 && s % 2 && symbol(a, s) != symbol(a, s - 2);
        double sum = alpha[s];
        if (s > 0) sum = log_sum(sum, alpha[s - 1]);
        if (skips) sum = log_sum(sum, alpha[s - 2]);
        alpha[s] = sum + a->log_p[t * a->classes + symbol(a, s)];
    }
}

/* −log of what all alignments have together. */
static double loss_of(const Alignment *a, Arena *scratch)
{
    const int64_t last = 2 * a->labels;
    double *alpha = ARENA_ARRAY(scratch, last + 1, double);
    for (int64_t s = 0; s <= last; s++) alpha[s] = -(double)INFINITY;
    if (a->steps) alpha[0] = a->log_p[a->blank];
    if (a->steps && a->labels) alpha[1] = a->log_p[symbol(a, 1)];
    for (int64_t t = 1; t < a->steps; t++) step(a, t, alpha);
    return -(last ? log_sum(alpha[last], alpha[last - 1]) : alpha[0]);
}

static void read_logits(const Forward *f, const Operand *output, int64_t example, Alignment *a)
{
    const int64_t all = output->spec.shape.dim[1];
    for (int64_t t = 0; t < a->steps; t++) {
        double sum = -(double)INFINITY;
        for (int64_t c = 0; c < a->classes; c++) {
            double *number = &a->log_p[t * a->classes + c];
            *number = operand_number(output, f->in, (example * all + t) * a->classes + c);
            sum = log_sum(sum, *number);
        }
        for (int64_t c = 0; c < a->classes; c++) a->log_p[t * a->classes + c] -= sum;
    }
}

/* False where a length or a label is none. */
static bool alignment_of(const Forward *f, const Operand *o, int64_t example, Alignment *a)
{
    const Shape *output = &o[OUTPUT].spec.shape, *target = &o[TARGET].spec.shape;
    if (output->rank != 3 || target->rank != 2 || operation_ints(&f->layer->args[0], &a->blank, 1) != 1) return false;
    a->classes = output->dim[2];
    a->steps = (int64_t)operand_number(&o[OUTPUT_LENGTH], f->in, example);
    a->labels = (int64_t)operand_number(&o[TARGET_LENGTH], f->in, example);
    if (a->blank < 0 || a->blank >= a->classes || a->steps < 1 || a->steps > output->dim[1] || a->labels < 0 || a->labels > target->dim[1])
        return false;
    a->label = ARENA_ARRAY(f->scratch, a->labels + 1, int64_t);
    a->log_p = ARENA_ARRAY(f->scratch, a->steps * a->classes, double);
    for (int64_t i = 0; i < a->labels; i++) {
        a->label[i] = (int64_t)operand_number(&o[TARGET], f->in, example * target->dim[1] + i);
        if (a->label[i] < 0 || a->label[i] >= a->classes || a->label[i] == a->blank) return false;
    }
    read_logits(f, &o[OUTPUT], example, a);
    return true;
}

static void forward_loss(const Forward *f)
{
    Operand o[OPERANDS];
    if (!operands_find(f, OPERANDS, o)) return;
    for (int64_t i = 0; i < f->out[0].shape.dim[0]; i++) {
        Alignment a;
        const double loss = alignment_of(f, o, i, &a) ? loss_of(&a, f->scratch) : (double)INFINITY;
        if (!isfinite(loss)) *f->impossible = true;
        f->out[0].data[i] = (float)loss;
    }
}

/* All of its example. */
static int64_t trace_loss(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    for (int i = 0; i < OPERANDS; i++) {
        const Operand operand = operand_of(t->call, t->in, i);
        const int64_t each = shape_span_size(&operand.spec.shape, 1, operand.spec.shape.rank);
        for (int64_t k = 0; k < each; k++) depend_at(&list, &operand, t->k * each + k);
    }
    return list.n;
}

const LayerKind OPERATION_ctc_loss = {
    OPERATION("CTCLoss", "nn"), .function = "ctc_loss", TAKES(LOSS_CALL), MADE_WITH(MASK), .infer = infer_loss,
    DEPENDS(forward_loss, trace_loss, "−ln Σ Π p"),
};

/* ---- ctc_decode ---- */

static const ParamSpec DECODE_CALL[] = {{.name = "inputs", .required = true}, {.name = "sequence_lengths", .required = true}};
static const ParamSpec DECODE[] = {
    {.name = "strategy", .type = PARAM_STRING, .fallback = VALUE_IS_TEXT("greedy")}, {.name = "beam_width", .type = PARAM_INT, .fallback = VALUE_IS_INT(100)},
    {.name = "top_paths", .type = PARAM_INT, .fallback = VALUE_IS_INT(1)}, {.name = "merge_repeated", .type = PARAM_BOOL, .fallback = VALUE_IS_TRUE},
    {.name = "mask_index", .type = PARAM_INT, .fallback = VALUE_IS_INT(0)},
};

static bool infer_decode(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand o[] = {operand_of(call, in, 0), {.spec.dtype = DTYPE_FLOAT32}};
    const Shape *shape = &o[0].spec.shape;
    int64_t paths = 1;
    Dtype dtype;
    (void)n_in;
    if (shape->rank < 2) return error_set(err, "IndexError", "tuple index out of range");
    if (!value_is_text(&layer->args[0], "greedy")) operation_ints(&layer->args[2], &paths, 1);
    if (!operand_types(o, 2, &dtype, err)) return false;
    outputs_add(out, SHAPE(paths, shape->dim[0], shape->dim[1]), DTYPE_INT32);
    outputs_add(out, SHAPE(shape->dim[0], paths), dtype);
    return out->list = true;
}

const LayerKind OPERATION_ctc_decode = {
    OPERATION("CTCDecode", "nn"), .function = "ctc_decode", TAKES(DECODE_CALL), MADE_WITH(DECODE), .infer = infer_decode,
};
