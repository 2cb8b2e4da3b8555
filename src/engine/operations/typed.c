/* The `dtype` argument of operations, and those that only change or say a type: cast, convert_to_tensor, zeros_like, view. */
#include <math.h>
#include <string.h>

#include "engine/activation.h"
#include "engine/config.h"
#include "engine/layers/elementwise.h"
#include "engine/operations/copying.h"

bool operation_take_dtype(Maker *m)
{
    Dtype dtype;
    const Value *value = maker_arg(m, "dtype");
    if (value->kind == VALUE_NONE || value->kind == VALUE_UNKNOWN) return true;
    if (!dtype_resolve(m->builder, value, &dtype, m->err)) return false;
    maker_set(m, "dtype", value_string(m->builder->arena, dtype_name(dtype), strlen(dtype_name(dtype))));
    return true;
}

static bool make(Maker *m)
{
    return layer_base(m) && operation_take_dtype(m);
}

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    outputs_add(out, in[0].shape, operation_dtype(layer, in[0].dtype));
    return true;
}

static const ParamSpec DTYPE_PARAM[] = {{.name = "dtype", .type = PARAM_DTYPE}};

/* ---- cast ---- */

static const ParamSpec NEEDED_DTYPE_PARAM[] = {{.name = "dtype", .type = PARAM_DTYPE, .required = true}};
static const ParamSpec CONVERT_PARAMS[] = {
    {.name = "dtype", .type = PARAM_DTYPE}, {.name = "sparse", .type = PARAM_BOOL}, {.name = "ragged", .type = PARAM_BOOL},
};

static void to_whole(float *x, int64_t n, const double *parameters)
{
    (void)parameters;
    for (int64_t i = 0; i < n; i++) x[i] = truncf(x[i]);
}

static void to_truth(float *x, int64_t n, const double *parameters)
{
    (void)parameters;
    for (int64_t i = 0; i < n; i++) x[i] = x[i] != 0.0F;
}

static const Activation WHOLE = {.name = "cast", .apply = to_whole, .formula = "⌊x⌋"};
static const Activation TRUTH = {.name = "cast", .apply = to_truth, .formula = "x ≠ 0"};

static const Activation *cast_function(const Layer *layer)
{
    const Dtype dtype = operation_dtype(layer, DTYPE_FLOAT32);
    if (dtype == DTYPE_BOOL) return &TRUTH;
    return dtype_is_int(dtype) ? &WHOLE : &ACTIVATION_LINEAR;
}

/* What the type has no room for becomes its least or greatest. */
static void saturate(float *x, int64_t n, const double *range)
{
    for (int64_t i = 0; i < n; i++) x[i] = isnan(x[i]) ? 0.0F : truncf(fminf(fmaxf(x[i], (float)range[0]), (float)range[1]));
}

#define SATURATES(LEAST, MOST) {.name = "saturate_cast", .apply = saturate, .parameters = (const double[]){LEAST, MOST}, .formula = "⌊x⌋"}

static const Activation SATURATE[] = {SATURATES(0, 255), SATURATES(-128, 127), SATURATES(0, 65535), SATURATES(-32768, 32767)};

static const Activation *saturate_function(const Layer *layer)
{
    switch (operation_dtype(layer, DTYPE_FLOAT32)) {
    case DTYPE_UINT8: return &SATURATE[0];
    case DTYPE_INT8: return &SATURATE[1];
    case DTYPE_UINT16: return &SATURATE[2];
    case DTYPE_INT16: return &SATURATE[3];
    default: return cast_function(layer);
    }
}

#define CASTS_BY(FUNCTION)                                                                                     \
    .make = make, .infer = infer, .forward = elementwise_forward, .trace = elementwise_trace,                  \
    .connections = elementwise_connections, .explain = elementwise_explain, .rule = TRACE_SUM,                 \
    .activation = FUNCTION, .elementwise = true
#define CASTS CASTS_BY(cast_function)

const LayerKind OPERATION_cast = {OPERATION("Cast", "core"), TAKES(OPERATION_X), MADE_WITH(NEEDED_DTYPE_PARAM), .called = true, CASTS};
const LayerKind OPERATION_saturate_cast = {
    OPERATION("SaturateCast", "core"), TAKES(OPERATION_X), MADE_WITH(NEEDED_DTYPE_PARAM), .called = true, CASTS_BY(saturate_function),
};
const LayerKind OPERATION_convert_to_tensor = {
    OPERATION("ConvertToTensor", "core"), TAKES(OPERATION_X), MADE_WITH(CONVERT_PARAMS), .called = true, CASTS,
};
const LayerKind OPERATION_array = {OPERATION("Array", "numpy"), TAKES(OPERATION_X), MADE_WITH(DTYPE_PARAM), CASTS};

/* ---- one number everywhere ---- */

static const ParamSpec FULL_CALL[] = {{.name = "x", .type = PARAM_TENSORS, .required = true}, {.name = "fill_value", .required = true}};

static Origin zero(const Trace *t, const int64_t *at)
{
    (void)t, (void)at;
    return (Origin){.input = -1};
}

static Origin one(const Trace *t, const int64_t *at)
{
    (void)t, (void)at;
    return (Origin){.input = -1, .value = 1};
}

static Origin fill_value(const Trace *t, const int64_t *at)
{
    const Operand fill = operand_of(t->call, t->in, 1);
    const int64_t index = broadcast_index(&fill.spec.shape, &t->out[0].shape, at);
    if (fill.input >= 0) return (Origin){.input = fill.input, .from = index};
    return (Origin){.input = -1, .value = fill.data ? (double)fill.data[index] : fill.number};
}

static bool infer_full(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand x = operand_of(call, in, 0);
    (void)n_in;
    if (x.input < 0) return error_set(err, "AttributeError", "'%s' object has no attribute 'shape'", value_class_name(&call->args[0]));
    const Operand fill = operand_of(call, in, 1);
    Shape spread;
    if (!shapes_broadcast(&x.spec.shape, &fill.spec.shape, &spread, err)) return false;
    if (spread.rank != x.spec.shape.rank) return error_set(err, "InvalidArgumentError", "fill_value has more axes than x");
    outputs_add(out, x.spec.shape, operation_dtype(layer, x.spec.dtype));
    return true;
}

const LayerKind OPERATION_zeros_like = {
    OPERATION("ZerosLike", "numpy"), TAKES(OPERATION_X), MADE_WITH(DTYPE_PARAM), .make = make, .infer = infer, COPIES(zero),
};
const LayerKind OPERATION_ones_like = {
    OPERATION("OnesLike", "numpy"), TAKES(OPERATION_X), MADE_WITH(DTYPE_PARAM), .make = make, .infer = infer, COPIES(one),
};
const LayerKind OPERATION_empty_like = {
    OPERATION("EmptyLike", "numpy"), TAKES(OPERATION_X), MADE_WITH(DTYPE_PARAM), .make = make, .infer = infer, COPIES(zero),
};
const LayerKind OPERATION_full_like = {
    OPERATION("FullLike", "numpy"), TAKES(FULL_CALL), MADE_WITH(DTYPE_PARAM), .make = make, .infer = infer_full, COPIES(fill_value),
};
const LayerKind OPERATION_imag = {OPERATION("Imag", "numpy"), TAKES(OPERATION_X), .infer = infer, COPIES(zero)};

/* ---- view: the same bytes as another type, whose numbers are known where it is the same ---- */

static bool infer_view(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Dtype from = in[0].dtype, to = operation_dtype(layer, from);
    const int bytes = dtype_bytes(from), wanted = dtype_bytes(to);
    Shape shape = in[0].shape;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (bytes != wanted && !shape.rank)
        return error_set(err, "ValueError", "Cannot view a scalar as a different dtype if item sizes are different.");
    int64_t *last = shape.rank ? &shape.dim[shape.rank - 1] : NULL;
    if (last && *last != DIM_NONE && *last * bytes % wanted != 0)
        return error_set(err, "ValueError", "Cannot view array of shape %s and dtype %s as dtype %s because the total number of bytes is not "
                         "divisible by the new itemsize.", shape_text(out->arena, &in[0].shape), dtype_name(from), dtype_name(to));
    if (last && *last != DIM_NONE) *last = *last * bytes / wanted;
    outputs_add(out, shape, to);
    return true;
}

static Origin same_place(const Trace *t, const int64_t *at)
{
    (void)at;
    if (t->in[0].dtype != t->out[0].dtype) return (Origin){.from = -1};
    return (Origin){.from = t->k};
}

const LayerKind OPERATION_view = {
    OPERATION("View", "numpy"), TAKES(OPERATION_X), MADE_WITH(DTYPE_PARAM), .make = make, .infer = infer_view, COPIES(same_place),
};

/* ---- polar: complex numbers, of which nothing is computed ---- */

static const ParamSpec POLAR_CALL[] = {{.name = "abs_", .required = true}, {.name = "angle", .required = true}};

static bool infer_polar(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in, (void)err;
    outputs_add(out, operand_of(call, in, 0).spec.shape, DTYPE_FLOAT32);
    return true;
}

const LayerKind OPERATION_polar = {OPERATION("Polar", "nn"), TAKES(POLAR_CALL), .infer = infer_polar};

/* ---- view_as_real: real and imaginary parts side by side; of what is computed here no number is complex ---- */

static bool infer_parts(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (in[0].shape.rank == SHAPE_RANK_MAX) return error_set(err, "ValueError", "More than %d axes.", SHAPE_RANK_MAX);
    outputs_add(out, shape_with(&in[0].shape, in[0].shape.rank, 2), DTYPE_FLOAT32);
    return true;
}

static Origin origin_part(const Trace *t, const int64_t *at)
{
    return at[t->in[0].shape.rank] ? (Origin){.input = -1} : (Origin){.from = t->k / 2};
}

const LayerKind OPERATION_view_as_real = {OPERATION("ViewAsReal", "math"), TAKES(OPERATION_X), .infer = infer_parts, COPIES(origin_part)};
