#include "engine/narrow.h"

#include <math.h>
#include <string.h>

bool dtype_is_narrow(Dtype dtype)
{
    return dtype == DTYPE_FLOAT16 || dtype == DTYPE_BFLOAT16;
}

/* Drops the last bits of the significand. */
static float drop_bits(float x, int bits)
{
    uint32_t all;
    memcpy(&all, &x, sizeof all);
    const uint32_t unit = UINT32_C(1) << bits;
    all += unit / 2 - 1 + (all / unit & 1);
    all &= ~(unit - 1);
    memcpy(&x, &all, sizeof x);
    return x;
}

/* Below 2^-14 the steps are of 2^-24. */
static float to_float16(float x)
{
    if (fabsf(x) < 0x1p-14F) return rintf(x * 0x1p24F) * 0x1p-24F;
    const float rounded = drop_bits(x, 13);
    return fabsf(rounded) > 65504.0F ? copysignf(INFINITY, x) : rounded;
}

float narrow_number(float x, Dtype dtype)
{
    if (!isfinite(x)) return x;
    return dtype == DTYPE_FLOAT16 ? to_float16(x) : dtype == DTYPE_BFLOAT16 ? drop_bits(x, 16) : x;
}

/* Bits of the short integers; 0 = another type. */
static int short_bits(Dtype dtype)
{
    if (dtype == DTYPE_UINT8 || dtype == DTYPE_INT8) return 8;
    return dtype == DTYPE_UINT16 || dtype == DTYPE_INT16 ? 16 : 0;
}

/* Without what the type has no room for. */
static float wrapped(float x, Dtype dtype)
{
    const int bits = short_bits(dtype);
    if (!isfinite(x) || fabsf(x) > 0x1p62F) return x;
    const int64_t all = INT64_C(1) << bits, low = ((int64_t)x % all + all) % all;
    return (float)((dtype == DTYPE_INT8 || dtype == DTYPE_INT16) && low >= all / 2 ? low - all : low);
}

static void wrap_tensor(Tensor *tensor)
{
    const int64_t n = shape_size(&tensor->shape);
    for (int64_t i = 0; i < n; i++) tensor->data[i] = tensor->dtype == DTYPE_BOOL ? tensor->data[i] != 0.0F : wrapped(tensor->data[i], tensor->dtype);
}

void narrow_tensor(Tensor *tensor)
{
    if (tensor->data && (tensor->dtype == DTYPE_BOOL || short_bits(tensor->dtype))) wrap_tensor(tensor);
    if (!dtype_is_narrow(tensor->dtype) || !tensor->data) return;
    const int64_t n = shape_size(&tensor->shape);
    for (int64_t i = 0; i < n; i++) tensor->data[i] = narrow_number(tensor->data[i], tensor->dtype);
}

Tensor narrow_copy(Arena *arena, const Tensor *tensor, Dtype dtype)
{
    if (!dtype_is_narrow(dtype) || !dtype_is_float(tensor->dtype) || tensor->dtype == dtype || !tensor->data) return *tensor;
    const size_t size = (size_t)shape_size(&tensor->shape);
    Tensor copy = {.shape = tensor->shape, .dtype = dtype, .data = ARENA_ROOM(arena, size, float)};
    memcpy(copy.data, tensor->data, size * sizeof(float));
    narrow_tensor(&copy);
    return copy;
}

/* Models and operations take what they get. */
static bool casts(const Layer *layer)
{
    return dtype_is_narrow(layer->dtype) && layer->autocast && !layer->kind->operation && !layer->model;
}

const Tensor *narrow_inputs(Arena *arena, const Layer *layer, const Tensor *in, int n)
{
    if (!casts(layer)) return in;
    Tensor *cast = ARENA_ARRAY(arena, n, Tensor);
    for (int i = 0; i < n; i++) cast[i] = narrow_copy(arena, &in[i], layer->dtype);
    return cast;
}

const Tensor *narrow_weights(Arena *arena, const Layer *layer, const Tensor *weights)
{
    if (!casts(layer)) return weights;
    Tensor *cast = ARENA_ARRAY(arena, layer->n_weights, Tensor);
    for (int i = 0; i < layer->n_weights; i++)
        cast[i] = layer->weights[i].as_stored ? weights[i] : narrow_copy(arena, &weights[i], layer->dtype);
    return cast;
}
