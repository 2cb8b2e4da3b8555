/* Which type two types make: the lattice of JAX, which Keras took. */
#include "engine/operations/operand.h"

/* Python's int and float yield: they stand in the lattice beside the types. */
enum { WEAK_INT = DTYPE_STRING + 1, WEAK_FLOAT, LATTICE };

#define BIT(node) (UINT32_C(1) << (node))

/* The types right above each. */
static const uint32_t ABOVE[LATTICE] = {
    [DTYPE_BOOL] = BIT(WEAK_INT),
    [WEAK_INT] = BIT(DTYPE_UINT8) | BIT(DTYPE_INT8),
    [DTYPE_UINT8] = BIT(DTYPE_INT16) | BIT(DTYPE_UINT16),
    [DTYPE_UINT16] = BIT(DTYPE_INT32) | BIT(DTYPE_UINT32),
    [DTYPE_UINT32] = BIT(DTYPE_INT64) | BIT(DTYPE_UINT64),
    [DTYPE_UINT64] = BIT(WEAK_FLOAT),
    [DTYPE_INT8] = BIT(DTYPE_INT16),
    [DTYPE_INT16] = BIT(DTYPE_INT32),
    [DTYPE_INT32] = BIT(DTYPE_INT64),
    [DTYPE_INT64] = BIT(WEAK_FLOAT),
    [WEAK_FLOAT] = BIT(DTYPE_BFLOAT16) | BIT(DTYPE_FLOAT16),
    [DTYPE_BFLOAT16] = BIT(DTYPE_FLOAT32),
    [DTYPE_FLOAT16] = BIT(DTYPE_FLOAT32),
    [DTYPE_FLOAT32] = BIT(DTYPE_FLOAT64),
};

/* A node and all that is above it. */
static uint32_t upper_bounds(int node)
{
    uint32_t bounds = BIT(node), before = 0;
    while (bounds != before) {
        before = bounds;
        for (int i = 0; i < LATTICE; i++)
            if (before & BIT(i)) bounds |= ABOVE[i];
    }
    return bounds;
}

/* The common bound below all other common bounds; -1 when there is none. */
static int least_bound(uint32_t common)
{
    for (int i = 0; i < LATTICE; i++)
        if ((common & BIT(i)) && (common & ~upper_bounds(i)) == 0) return i;
    return -1;
}

static Dtype strong(int node)
{
    if (node == WEAK_INT) return DTYPE_INT32;
    if (node == WEAK_FLOAT) return DTYPE_FLOAT32;
    return node == DTYPE_UINT64 ? DTYPE_UINT32 : (Dtype)node;
}

static int node_of(const Operand *operand)
{
    if (!operand->weak || operand->spec.dtype == DTYPE_BOOL) return (int)operand->spec.dtype;
    return dtype_is_float(operand->spec.dtype) ? WEAK_FLOAT : WEAK_INT;
}

static bool refuse_types(const Operand *operands, int n, Error *err)
{
    if (!err) return false;
    Text names = {.arena = err->arena};
    for (int i = 0; i < n; i++) text_print(&names, i ? ", '%s'" : "'%s'", dtype_name(operands[i].spec.dtype));
    return error_set(err, "ValueError", "Input dtypes (%s) have no available implicit dtype promotion path. Try explicitly casting inputs "
                     "to the desired output type.", text_string(&names));
}

bool operand_types(const Operand *operands, int n, Dtype *dtype, Error *err)
{
    uint32_t common = UINT32_MAX;
    bool same = true;
    for (int i = 0; i < n; i++) {
        common &= upper_bounds(node_of(&operands[i]));
        same &= operands[i].spec.dtype == operands[0].spec.dtype;
    }
    *dtype = operands[0].spec.dtype == DTYPE_UINT64 ? DTYPE_UINT32 : operands[0].spec.dtype;
    if (same) return true;
    const int bound = least_bound(common);
    if (bound < 0) return refuse_types(operands, n, err);
    *dtype = strong(bound);
    return true;
}

Dtype dtype_with_float(Dtype dtype)
{
    return dtype_is_float(dtype) ? dtype : DTYPE_FLOAT32;
}

bool dtype_is_int(Dtype dtype)
{
    return dtype >= DTYPE_UINT8 && dtype <= DTYPE_INT64;
}
