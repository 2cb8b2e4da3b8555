/* Operations that compare with many or within a tolerance: isclose, allclose, isin, digitize, searchsorted. */
#include <math.h>
#include <string.h>

#include "engine/operations/dependence.h"

#define NEEDED(word) {.name = word, .required = true}
#define TOLERANCES   {.name = "rtol", .fallback = VALUE_IS_FLOAT(1e-5)}, {.name = "atol", .fallback = VALUE_IS_FLOAT(1e-8)}
#define EQUAL_NAN    {.name = "equal_nan", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}
static const ParamSpec TWO[] = {NEEDED("x1"), NEEDED("x2")};

/* ---- isclose, allclose: |a − b| ≤ atol + rtol·|b| ---- */

static const ParamSpec CLOSE_CALL[] = {NEEDED("x1"), NEEDED("x2"), TOLERANCES};
static const ParamSpec CLOSE_PARAMS[] = {EQUAL_NAN};
static const ParamSpec ALL_CLOSE_PARAMS[] = {TOLERANCES, EQUAL_NAN};

typedef struct Tolerance {
    double relative, absolute;
    bool   equal_nan;
} Tolerance;

static double number_or(const Value *value, double otherwise) { return value_is_number(value) ? value_number(value) : otherwise; }

static bool is_close(const Tolerance *t, double a, double b)
{
    if (isnan(a) && isnan(b)) return t->equal_nan;
    return a == b || fabs(a - b) <= t->absolute + t->relative * fabs(b);
}

static bool infer_isclose(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand a = operand_of(call, in, 0), b = operand_of(call, in, 1);
    Shape shape;
    (void)layer, (void)n_in;
    if (!shapes_broadcast(&a.spec.shape, &b.spec.shape, &shape, err)) return false;
    outputs_add(out, shape, DTYPE_BOOL);
    return true;
}

static void forward_isclose(const Forward *f)
{
    Operand operands[2];
    if (!operands_find(f, 2, operands)) return;
    const Tolerance t = {number_or(&f->call->args[2], 1e-5), number_or(&f->call->args[3], 1e-8), value_truth(operation_arg(f->layer, "equal_nan"))};
    const Tensor *out = &f->out[0];
    const float *a = operand_spread(&operands[0], f->in, &out->shape, f->scratch), *b = operand_spread(&operands[1], f->in, &out->shape, f->scratch);
    for (int64_t k = 0; k < shape_size(&out->shape); k++) out->data[k] = is_close(&t, (double)a[k], (double)b[k]);
}

static bool infer_allclose(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)call, (void)in, (void)n_in, (void)err;
    outputs_add(out, (Shape){0}, DTYPE_BOOL);
    return true;
}

static void forward_allclose(const Forward *f)
{
    Operand operands[2];
    Shape shape;
    if (!operands_find(f, 2, operands)) return;
    const Tolerance t = {number_or(operation_arg(f->layer, "rtol"), 1e-5), number_or(operation_arg(f->layer, "atol"), 1e-8),
                         value_truth(operation_arg(f->layer, "equal_nan"))};
    if (!shapes_broadcast(&operands[0].spec.shape, &operands[1].spec.shape, &shape, NULL)) {
        *f->impossible = true;
        return;
    }
    const float *a = operand_spread(&operands[0], f->in, &shape, f->scratch), *b = operand_spread(&operands[1], f->in, &shape, f->scratch);
    f->out[0].data[0] = 1;
    for (int64_t k = 0; k < shape_size(&shape); k++)
        if (!is_close(&t, (double)a[k], (double)b[k])) f->out[0].data[0] = 0;
}

const LayerKind OPERATION_isclose = {
    OPERATION("Isclose", "numpy"), TAKES(CLOSE_CALL), MADE_WITH(CLOSE_PARAMS), .infer = infer_isclose,
    DEPENDS(forward_isclose, depends_on_place, "|a − b| ≤ ε"),
};
const LayerKind OPERATION_allclose = {
    OPERATION("AllClose", "numpy"), .function = "allclose", TAKES(TWO), MADE_WITH(ALL_CLOSE_PARAMS), .infer = infer_allclose,
    DEPENDS(forward_allclose, depends_on_all, "|a − b| ≤ ε"),
};

/* ---- isin ---- */

static const ParamSpec ISIN_PARAMS[] = {
    {.name = "assume_unique", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE}, {.name = "invert", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
};

static bool infer_isin(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in, (void)err;
    outputs_add(out, operand_of(call, in, 0).spec.shape, DTYPE_BOOL);
    return true;
}

/* Of nothing nothing is a member, inverted or not. */
static void forward_isin(const Forward *f)
{
    Operand o[2];
    if (!operands_find(f, 2, o)) return;
    const bool invert = value_truth(operation_arg(f->layer, "invert"));
    const int64_t n = shape_size(&o[1].spec.shape);
    for (int64_t k = 0; k < shape_size(&f->out[0].shape) && n; k++) {
        bool found = false;
        for (int64_t i = 0; i < n && !found; i++) found = (float)operand_number(&o[0], f->in, k) == (float)operand_number(&o[1], f->in, i);
        f->out[0].data[k] = found != invert;
    }
}

/* x1[k] among all of x2. */
static int64_t trace_among(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const Operand x = operand_of(t->call, t->in, 0), set = operand_of(t->call, t->in, 1);
    depend_at(&list, &x, t->k);
    depend_on(&list, &set);
    return list.n;
}

static void explain_isin(const Trace *t, ExplainTopic topic, Text *text)
{
    if (topic == EXPLAIN_RULE) text_put(text, value_truth(operation_arg(t->layer, "invert")) ? "a ∉ b" : "a ∈ b");
}

const LayerKind OPERATION_isin = {
    OPERATION("IsIn", "numpy"), .function = "isin", TAKES(TWO), MADE_WITH(ISIN_PARAMS), .infer = infer_isin, .forward = forward_isin,
    .trace = trace_among, .rule = TRACE_DEPENDS, .explain = explain_isin,
};

/* ---- digitize, searchsorted: how many borders lie below ---- */

static const ParamSpec DIGITIZE_CALL[] = {NEEDED("x"), NEEDED("bins")};
static const ParamSpec SEARCH_CALL[] = {NEEDED("sorted_sequence"), NEEDED("values")};
static const ParamSpec SIDE[] = {{.name = "side", .type = PARAM_STRING, .fallback = VALUE_IS_TEXT("left")}};

static bool is_shapeless(const Operand *operand)
{
    return operand->absent || (operand->input < 0 && !operand->spec.shape.rank);
}

static bool infer_digitize(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand bins = operand_of(call, in, 1);
    (void)layer, (void)n_in;
    if (is_shapeless(&bins)) return error_set(err, "AttributeError", "'%s' object has no attribute 'shape'", value_class_name(&call->args[1]));
    if (bins.spec.shape.rank > 1)
        return error_set(err, "ValueError", "`bins` must be a 1D array. Received: bins with shape bins.shape=%s",
                         shape_text(out->arena, &bins.spec.shape));
    outputs_add(out, operand_of(call, in, 0).spec.shape, DTYPE_INT32);
    return true;
}

static bool infer_search(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand sequence = operand_of(call, in, 0), values = operand_of(call, in, 1);
    (void)layer, (void)n_in;
    if (is_shapeless(&values)) return error_set(err, "AttributeError", "'%s' object has no attribute 'shape'", value_class_name(&call->args[1]));
    if (sequence.spec.shape.rank != 1)
        return error_set(err, "ValueError", "searchsorted only supports 1-D sorted sequences. Usekeras.ops.vectorized_map to extend to N-D "
                         "sequences.");
    outputs_add(out, values.spec.shape, sequence.spec.shape.dim[0] == DIM_NONE ? DTYPE_INT64 : DTYPE_INT32);
    return true;
}

static void count_below(const Forward *f, const Operand *x, const Operand *borders, bool border_counts)
{
    const int64_t n = shape_size(&borders->spec.shape);
    for (int64_t k = 0; k < shape_size(&f->out[0].shape); k++) {
        const double number = operand_number(x, f->in, k);
        int64_t below = 0;
        for (int64_t i = 0; i < n; i++) {
            const double border = operand_number(borders, f->in, i);
            below += border < number || (border_counts && border == number);
        }
        f->out[0].data[k] = (float)below;
    }
}

static void forward_digitize(const Forward *f)
{
    Operand operands[2];
    if (operands_find(f, 2, operands)) count_below(f, &operands[0], &operands[1], true);
}

static void forward_search(const Forward *f)
{
    Operand operands[2];
    if (operands_find(f, 2, operands)) count_below(f, &operands[1], &operands[0], value_is_text(&f->layer->args[0], "right"));
}

static int64_t trace_search(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const Operand sequence = operand_of(t->call, t->in, 0), values = operand_of(t->call, t->in, 1);
    depend_at(&list, &values, t->k);
    depend_on(&list, &sequence);
    return list.n;
}

const LayerKind OPERATION_digitize = {
    OPERATION("Digitize", "numpy"), TAKES(DIGITIZE_CALL), .infer = infer_digitize,
    DEPENDS(forward_digitize, trace_among, "#(b < x)"),
};
const LayerKind OPERATION_searchsorted = {
    OPERATION("SearchSorted", "numpy"), .function = "searchsorted", TAKES(SEARCH_CALL), MADE_WITH(SIDE), .infer = infer_search,
    DEPENDS(forward_search, trace_search, "#(b < x)"),
};
