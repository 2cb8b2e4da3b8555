/* Every function of keras.ops that is known: one word each, the function's own name. */
#ifndef SHAPEFLOW_ENGINE_OPERATIONS_H
#define SHAPEFLOW_ENGINE_OPERATIONS_H

#include "engine/layer.h"

/* clang-format off */
#define OPERATIONS(X) \
    /* arithmetic */ \
    X(add) X(subtract) X(multiply) X(divide) X(true_divide) X(divide_no_nan) X(floor_divide) X(mod) X(fmod) X(power) \
    X(maximum) X(minimum) X(fmax) X(fmin) X(arctan2) X(hypot) X(heaviside) X(logaddexp) X(logaddexp2) X(ldexp) \
    X(nextafter) X(gcd) X(lcm) X(equal) X(not_equal) X(less) X(less_equal) X(greater) X(greater_equal) X(logical_and) \
    X(logical_or) X(logical_xor) X(bitwise_and) X(bitwise_or) X(bitwise_xor) X(left_shift) X(right_shift) \
    X(bitwise_left_shift) X(bitwise_right_shift) \
    /* reductions */ \
    X(sum) X(mean) X(max) X(min) X(amax) X(amin) X(ptp) X(prod) X(var) X(std) X(median) X(any) X(all) X(argmax) \
    X(argmin) X(count_nonzero) X(logsumexp) X(norm) X(nansum) X(nanmean) X(nanmax) X(nanmin) X(nanprod) X(nanvar) \
    X(nanstd) X(nanmedian) \
    /* every line above ends with a backslash */
/* clang-format on */

#define X(name) extern const LayerKind OPERATION_##name;
OPERATIONS(X)
#undef X

#endif
