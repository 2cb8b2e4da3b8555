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
    /* elementwise */ \
    X(absolute) X(fabs) X(negative) X(square) X(sqrt) X(rsqrt) X(cbrt) X(reciprocal) X(sign) X(exp) X(exp2) X(expm1) \
    X(log) X(log2) X(log10) X(log1p) X(sin) X(cos) X(tan) X(arcsin) X(arccos) X(arctan) X(sinh) X(cosh) X(arcsinh) \
    X(arccosh) X(arctanh) X(sinc) X(deg2rad) X(rad2deg) X(angle) X(ceil) X(floor) X(trunc) X(i0) X(erf) X(erfc) \
    X(erfinv) X(logical_not) X(isnan) X(isfinite) X(isinf) X(isneginf) X(isposinf) X(isreal) X(signbit) \
    X(bitwise_invert) X(relu) X(activation_relu) X(relu6) X(sigmoid) X(sparse_sigmoid) X(softplus) X(softsign) X(sparse_plus) X(silu) \
    X(log_sigmoid) X(hard_sigmoid) X(hard_silu) X(selu) X(tanh_shrink) X(hard_tanh) X(tanh) X(leaky_relu) X(elu) X(celu) \
    X(soft_shrink) X(hard_shrink) X(squareplus) X(gelu) X(threshold) X(clip) X(round) X(nan_to_num) \
    /* axes and places */ \
    X(copy) X(stop_gradient) X(real) X(conjugate) X(reshape) X(ravel) X(squeeze) X(expand_dims) X(transpose) X(swapaxes) \
    X(moveaxis) X(broadcast_to) \
    /* copies */ \
    X(get_item) X(slice) X(tril) X(triu) X(diagonal) X(diag) X(diagflat) \
    /* joined and parted */ \
    X(concatenate) X(stack) X(vstack) X(hstack) X(dstack) X(append) \
    /* types */ \
    X(cast) X(saturate_cast) X(convert_to_tensor) X(array) X(zeros_like) X(ones_like) X(empty_like) X(full_like) X(imag) \
    /* products */ \
    X(matmul) X(dot) X(inner) X(vdot) X(outer) X(tensordot) X(kron) \
    /* einsum as an operation */ \
    X(einsum) \
    /* chosen by numbers */ \
    X(where) X(take) X(take_along_axis) \
    /* operations that give a number for each element */ \
    X(softmax) X(log_softmax) X(sparsemax) X(normalize) X(sort) X(argsort) X(cumsum) X(cumprod) X(nancumsum) \
    X(nancumprod) \
    /* operations that move elements along axes */ \
    X(flip) X(fliplr) X(flipud) X(roll) X(rot90) X(repeat) X(tile) X(pad) \
    /* operations that cut a tensor into several */ \
    X(split) X(hsplit) X(vsplit) X(dsplit) X(array_split) X(unstack) \
    /* classes */ \
    X(one_hot) X(multi_hot) X(top_k) X(in_top_k) \
    /* brought to a common scale */ \
    X(batch_normalization) X(layer_normalization) X(rms_normalization) X(moments) X(glu) \
    /* sliding windows */ \
    X(max_pool) X(average_pool) X(adaptive_max_pool) X(adaptive_average_pool) X(conv) X(depthwise_conv) X(separable_conv) \
    X(conv_transpose) \
    /* laid out otherwise */ \
    X(meshgrid) X(space_to_depth) X(depth_to_space) X(extract_sequences) X(slice_update) X(extract_patches) X(unfold) X(resize) \
    /* compared */ \
    X(isclose) X(allclose) X(isin) X(digitize) X(searchsorted) X(nanargmax) X(nanargmin) \
    /* summed with weights */ \
    X(diff) X(trapezoid) X(trace) X(average) \
    /* attention and losses */ \
    X(dot_product_attention) X(categorical_crossentropy) X(sparse_categorical_crossentropy) X(binary_crossentropy) \
    /* ranked and brought to places */ \
    X(quantile) X(percentile) X(nanquantile) X(nanpercentile) X(segment_sum) X(segment_prod) X(segment_max) X(segment_min) \
    X(scatter) X(scatter_update) \
    /* linear algebra */ \
    X(det) X(logdet) X(inv) X(cholesky) X(solve) X(solve_triangular) X(qr) X(svd) X(eigh) X(eig) X(cross) \
    X(slogdet) X(cholesky_inverse) X(lu_factor) X(pinv) X(lstsq) X(matrix_rank) \
    /* counted */ \
    X(size) X(bincount) X(histogram) X(nonzero) X(unique) \
    /* laid out along a new axis */ \
    X(linspace) X(logspace) X(geomspace) X(vander) X(unravel_index) X(full) \
    /* how alike, and which */ \
    X(correlate) X(corrcoef) X(cdist) X(psnr) X(select) X(argpartition) X(fold) X(view) X(view_as_real) X(polar) \
    /* images */ \
    X(rgb_to_grayscale) X(rgb_to_hsv) X(hsv_to_rgb) X(crop_images) X(pad_images) X(gaussian_blur) X(sobel_edges) X(ssim) \
    X(affine_transform) X(perspective_transform) X(map_coordinates) X(elastic_transform) X(rearrange) \
    X(ctc_loss) X(ctc_decode) \
    /* Fourier transforms */ \
    X(fft) X(fft2) X(ifft2) X(rfft) X(irfft) X(stft) X(istft) \
    /* every line above ends with a backslash */
/* clang-format on */

#define X(name) extern const LayerKind OPERATION_##name;
OPERATIONS(X)
#undef X

#endif
