/* Every layer kind: one word each. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_H
#define SHAPEFLOW_ENGINE_LAYERS_H

#include "engine/layer.h"

/* clang-format off */
#define LAYERS(X) \
    /* core */ \
    X(input_layer) X(dense) X(activation) X(identity) X(einsum_dense) X(embedding) X(reversible_embedding) X(masking) \
    /* activations */ \
    X(relu) X(leaky_relu) X(elu) X(softmax) X(prelu) \
    /* reshaping */ \
    X(flatten) X(reshape) X(permute) X(repeat_vector) \
    /* convolution */ \
    X(conv1d) X(conv2d) X(conv3d) X(conv1d_transpose) X(conv2d_transpose) X(conv3d_transpose) \
    X(depthwise_conv1d) X(depthwise_conv2d) X(separable_conv1d) X(separable_conv2d) \
    /* pooling */ \
    X(max_pooling1d) X(max_pooling2d) X(max_pooling3d) X(average_pooling1d) X(average_pooling2d) X(average_pooling3d) \
    X(global_max_pooling1d) X(global_max_pooling2d) X(global_max_pooling3d) \
    X(global_average_pooling1d) X(global_average_pooling2d) X(global_average_pooling3d) \
    X(adaptive_max_pooling1d) X(adaptive_max_pooling2d) X(adaptive_max_pooling3d) \
    X(adaptive_average_pooling1d) X(adaptive_average_pooling2d) X(adaptive_average_pooling3d) \
    /* padding, cropping, resizing */ \
    X(zero_padding1d) X(zero_padding2d) X(zero_padding3d) X(cropping1d) X(cropping2d) X(cropping3d) \
    X(up_sampling1d) X(up_sampling2d) X(up_sampling3d) X(resizing) X(center_crop) X(rescaling) \
    /* images changed at random */ \
    X(random_brightness) X(random_contrast) X(random_crop) X(random_erasing) X(random_flip) X(random_gaussian_blur) \
    X(random_grayscale) X(random_hue) X(random_rotation) X(random_saturation) X(random_sharpness) X(random_shear) \
    X(random_translation) X(random_zoom) \
    /* merging */ \
    X(add) X(subtract) X(multiply) X(average) X(maximum) X(minimum) X(concatenate) X(dot) \
    /* normalisation */ \
    X(batch_normalization) X(layer_normalization) X(group_normalization) X(unit_normalization) X(rms_normalization) \
    X(spectral_normalization) X(wrapper) \
    /* made ready */ \
    X(normalization) X(discretization) X(category_encoding) \
    /* recurrent */ \
    X(rnn) X(simple_rnn) X(lstm) X(gru) X(simple_rnn_cell) X(lstm_cell) X(gru_cell) X(stacked_rnn_cells) X(bidirectional) \
    X(conv_lstm1d) X(conv_lstm2d) X(conv_lstm3d) \
    /* attention */ \
    X(attention) X(additive_attention) X(multi_head_attention) X(group_query_attention) \
    /* regularisation */ \
    X(dropout) X(gaussian_noise) X(gaussian_dropout) X(alpha_dropout) \
    X(spatial_dropout1d) X(spatial_dropout2d) X(spatial_dropout3d) X(activity_regularization) \
    /* of keras.applications, for files */ \
    X(layer_scale) \
    /* wrappers */ \
    X(time_distributed) \
    /* every line above ends with a backslash */
/* clang-format on */

#define X(name) extern const LayerKind LAYER_##name;
LAYERS(X)
#undef X

#endif
