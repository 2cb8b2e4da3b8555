/* Numbers brought to places that other numbers name: segment_sum and its kin, scatter, scatter_update. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "engine/config.h"
#include "engine/constant.h"
#include "engine/operations/dependence.h"

typedef double Join(double, double);

static double plus(double a, double b) { return a + b; }
static double times(double a, double b) { return a * b; }
static double larger(double a, double b) { return fmax(a, b); }
static double smaller(double a, double b) { return fmin(a, b); }
static double newer(double a, double b) { return (void)a, b; }

/* ---- segments: rows of the same number together ---- */

typedef struct Segment {
    Dependence  dependence;
    Join       *join;
    double      nothing;      /* of a segment without rows */
} Segment;

static const ParamSpec SEGMENT_CALL[] = {{.name = "data", .required = true}, {.name = "segment_ids", .required = true}};
static const ParamSpec SEGMENT_PARAMS[] = {
    {.name = "num_segments", .type = PARAM_INT}, {.name = "sorted", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
};

static bool infer_segment(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand data = operand_of(call, in, 0);
    Shape shape = data.spec.shape;
    int64_t count = DIM_NONE;
    (void)n_in;
    if (!shape.rank) return error_set(err, "ValueError", "Argument `data` must be at least rank 1.");
    if (layer->args[0].kind != VALUE_NONE && (!value_integer(&layer->args[0], &count) || count < 0))
        return error_set(err, "ValueError", "num_segments=%s", value_str_text(out->arena, &layer->args[0]));
    shape.dim[0] = count;
    outputs_add(out, shape, data.spec.dtype);
    return true;
}

/* How many segments there are must be known without a run. */
static bool computes_segment(const Layer *layer)
{
    return layer->args[0].kind != VALUE_NONE;
}

static void forward_segment(const Forward *f)
{
    const Segment *family = f->layer->kind->family;
    const TensorSpec *specs = operand_specs(f->scratch, f->in, f->n_in);
    const Operand data = operand_of(f->call, specs, 0), ids = operand_of(f->call, specs, 1);
    const Tensor *out = &f->out[0];
    const int64_t rows = data.spec.shape.dim[0], each = shape_span_size(&data.spec.shape, 1, data.spec.shape.rank), segments = out->shape.dim[0];
    if (!operand_known(&data) || !operand_known(&ids) || ids.spec.shape.rank != 1 || ids.spec.shape.dim[0] != rows) {
        *f->impossible = true;
        return;
    }
    for (int64_t k = 0; k < segments * each; k++) out->data[k] = (float)family->nothing;
    for (int64_t row = 0; row < rows; row++) {
        const double id = operand_number(&ids, f->in, row);
        for (int64_t i = 0; id >= 0 && id < (double)segments && i < each; i++) {
            float *number = &out->data[(int64_t)id * each + i];
            *number = (float)family->join((double)*number, operand_number(&data, f->in, row * each + i));
        }
    }
}

static int64_t trace_segment(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const Operand data = operand_of(t->call, t->in, 0), ids = operand_of(t->call, t->in, 1);
    const int64_t each = shape_span_size(&t->out[0].shape, 1, t->out[0].shape.rank), rows = data.spec.shape.dim[0];
    for (int64_t row = 0; row < rows; row++) {
        const bool others = ids.input < 0 && ids.data && (int64_t)ids.data[row] != t->k / each;
        if (data.input >= 0 && !others) terms_add(&list, term_input(data.input, row * each + t->k % each, 1));
    }
    depend_on(&list, &ids);
    return list.n;
}

#define SEGMENT(FUNCTION, NAME, ...)                                                                                \
    const LayerKind OPERATION_##FUNCTION = {                                                                        \
        OPERATION(NAME, "math"), TAKES(SEGMENT_CALL), MADE_WITH(SEGMENT_PARAMS), .infer = infer_segment,            \
        .forward = forward_segment, .trace = trace_segment, .computes = computes_segment, .rule = TRACE_DEPENDS,    \
        .explain = dependence_explain, .family = &(const Segment){__VA_ARGS__},                                        \
    }

SEGMENT(segment_sum, "SegmentSum", .join = plus, .dependence = {"Σ x[id = i]"});
SEGMENT(segment_prod, "SegmentProd", .join = times, .nothing = 1, .dependence = {"Π x[id = i]"});
SEGMENT(segment_max, "SegmentMax", .join = larger, .nothing = -3.40282346638528860e+38, .dependence = {"max x[id = i]"});
SEGMENT(segment_min, "SegmentMin", .join = smaller, .nothing = 3.40282346638528860e+38, .dependence = {"min x[id = i]"});

/* ---- scatter: rows of indices say where rows of numbers go ---- */

static const ParamSpec SCATTER_CALL[] = {{.name = "indices", .required = true}, {.name = "values", .required = true}};
static const ParamSpec SCATTER_PARAMS[] = {{.name = "shape", .type = PARAM_SHAPE, .required = true}};
static const ParamSpec UPDATE_CALL[] = {{.name = "inputs", .required = true}, {.name = "indices", .required = true},
                                        {.name = "updates", .required = true}};
static const ParamSpec UPDATE_PARAMS[] = {{.name = "reduction", .type = PARAM_STRING}};

static bool infer_scatter(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Shape shape;
    (void)n_in;
    if (!shape_resolve(out->arena, &layer->args[0], &shape, err)) return false;
    outputs_add(out, shape, operand_of(call, in, 1).spec.dtype);
    return true;
}

static bool infer_update(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand inputs = operand_of(call, in, 0);
    (void)layer, (void)n_in, (void)err;
    outputs_add(out, inputs.spec.shape, inputs.spec.dtype);
    return true;
}

/* Indices written as lists become an array. */
typedef struct Scatter {
    Shape        indices;
    const float *index;
    Operand      values;
    int64_t      rows, depth, each;     /* each: numbers that go to one place */
} Scatter;

static bool indices_of(const Forward *f, int param, const TensorSpec *specs, Scatter *s)
{
    const Operand operand = operand_of(f->call, specs, param);
    Tensor array;
    s->indices = operand.spec.shape;
    s->index = operand.input >= 0 ? f->in[operand.input].data : operand.data;
    if (s->index || !value_numbers(f->scratch, &f->call->args[param], &array)) return s->index != NULL;
    s->indices = array.shape;
    s->index = array.data;
    return s->index != NULL;
}

static bool scatter_of(const Forward *f, int param, const TensorSpec *specs, Scatter *s)
{
    const Shape *out = &f->out[0].shape;
    s->values = operand_of(f->call, specs, param + 1);
    if (!indices_of(f, param, specs, s) || !operand_known(&s->values) || s->indices.rank < 1) return false;
    s->depth = s->indices.dim[s->indices.rank - 1];
    s->rows = shape_span_size(&s->indices, 0, s->indices.rank - 1);
    if (s->depth > out->rank) return false;
    s->each = shape_span_size(out, (int)s->depth, out->rank);
    return size_multiply(s->rows, s->each) == shape_size(&s->values.spec.shape);
}

/* Where row `row` goes; -1 = nowhere. */
static int64_t scatter_place(const Scatter *s, const Shape *out, int64_t row)
{
    int64_t place = 0;
    for (int64_t i = 0; i < s->depth; i++) {
        const int64_t index = (int64_t)s->index[row * s->depth + i];
        if (index < 0 || index >= out->dim[i]) return -1;
        place = place * out->dim[i] + index;
    }
    return place;
}

static void scatter(const Forward *f, int param, const TensorSpec *specs, Join *join)
{
    Scatter s;
    if (!scatter_of(f, param, specs, &s)) {
        *f->impossible = true;
        return;
    }
    for (int64_t row = 0; row < s.rows; row++) {
        const int64_t place = scatter_place(&s, &f->out[0].shape, row);
        if (place < 0) *f->impossible = true;
        for (int64_t i = 0; place >= 0 && i < s.each; i++) {
            float *number = &f->out[0].data[place * s.each + i];
            *number = (float)join((double)*number, operand_number(&s.values, f->in, row * s.each + i));
        }
    }
}

static void forward_scatter(const Forward *f)
{
    scatter(f, 0, operand_specs(f->scratch, f->in, f->n_in), plus);
}

static Join *reduction_of(const Layer *layer)
{
    const Value *reduction = operation_arg(layer, "reduction");
    if (value_is_text(reduction, "add")) return plus;
    if (value_is_text(reduction, "mul")) return times;
    if (value_is_text(reduction, "max")) return larger;
    return value_is_text(reduction, "min") ? smaller : newer;
}

static void forward_update(const Forward *f)
{
    const TensorSpec *specs = operand_specs(f->scratch, f->in, f->n_in);
    const Operand inputs = operand_of(f->call, specs, 0);
    const Tensor *out = &f->out[0];
    if (!operand_known(&inputs)) {
        *f->impossible = true;
        return;
    }
    memcpy(out->data, operand_spread(&inputs, f->in, &out->shape, f->scratch), (size_t)shape_size(&out->shape) * sizeof(float));
    scatter(f, 1, specs, reduction_of(f->layer));
}

/* Which number comes where is known only when indices are. */
static int64_t trace_scatter(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    for (int i = 0; i < t->call->n; i++) {
        const Operand operand = operand_of(t->call, t->in, i);
        const bool own = i == 0 && t->call->n == 3;
        if (own) depend_at(&list, &operand, t->k);
        if (!own) depend_on(&list, &operand);
    }
    return list.n;
}

const LayerKind OPERATION_scatter = {
    OPERATION("Scatter", "core"), TAKES(SCATTER_CALL), MADE_WITH(SCATTER_PARAMS), .infer = infer_scatter,
    DEPENDS(forward_scatter, trace_scatter, "y[i] ← x"),
};
const LayerKind OPERATION_scatter_update = {
    OPERATION("ScatterUpdate", "core"), TAKES(UPDATE_CALL), MADE_WITH(UPDATE_PARAMS), .infer = infer_update,
    DEPENDS(forward_update, trace_scatter, "y[i] ← x"),
};
