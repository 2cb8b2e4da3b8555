#include "engine/tensor.h"

#include <string.h>

static const char *const NAMES[] = {
#define X(NAME, name) #name,
    DTYPES(X)
#undef X
};

static const int BYTES[] = {
    [DTYPE_BOOL] = 1,    [DTYPE_UINT8] = 1,   [DTYPE_UINT16] = 2,  [DTYPE_UINT32] = 4,  [DTYPE_UINT64] = 8,
    [DTYPE_INT8] = 1,    [DTYPE_INT16] = 2,   [DTYPE_INT32] = 4,   [DTYPE_INT64] = 8,   [DTYPE_BFLOAT16] = 2,
    [DTYPE_FLOAT16] = 2, [DTYPE_FLOAT32] = 4, [DTYPE_FLOAT64] = 8, [DTYPE_STRING] = 0,
};

const char *dtype_name(Dtype dtype)
{
    return NAMES[dtype];
}

Dtype dtype_find(const char *name)
{
    for (int i = DTYPE_NONE + 1; i <= DTYPE_STRING; i++)
        if (strcmp(NAMES[i], name) == 0) return (Dtype)i;
    return DTYPE_NONE;
}

bool dtype_is_float(Dtype dtype)
{
    return dtype == DTYPE_BFLOAT16 || dtype == DTYPE_FLOAT16 || dtype == DTYPE_FLOAT32 || dtype == DTYPE_FLOAT64;
}

int dtype_bytes(Dtype dtype)
{
    return BYTES[dtype];
}

Tensor tensor_make(Arena *arena, Shape shape, Dtype dtype)
{
    const int64_t size = shape_size(&shape);
    return (Tensor){.shape = shape, .dtype = dtype, .data = arena_array(arena, (size_t)size, sizeof(float))};
}
