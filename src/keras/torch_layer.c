#include <inttypes.h>
#include <string.h>

#include "engine/activation.h"
#include "keras/torch_code.h"

static Arena *arena_of(const TorchStep *step) { return step->code->file->arena; }
static int rank_of(const TorchStep *step) { return step->in->shape.rank; }
static int64_t last_dim(const TorchStep *step) { return step->in->shape.dim[rank_of(step) - 1]; }

/* ---- weights times inputs ---- */

static bool torch_dense(TorchStep *step)
{
    const char *bias = torch_flag(step, "use_bias") ? "" : ", bias=False";
    torch_take(step, LAYOUT_KERAS);
    torch_module(step, "", arena_print(arena_of(step), "nn.Linear(%" PRId64 ", %" PRId64 "%s)", last_dim(step), torch_int(step, "units", 0), bias),
                 "weight = kernel.T");
    return torch_activate_by(step);
}

static const char *parameter(TorchStep *step, const char *weight, int i)
{
    const WeightSpec *spec = &step->layer->weights[i];
    const char *constructor = arena_print(arena_of(step), "nn.Parameter(torch.zeros(%s))", shape_text(arena_of(step), &spec->shape));
    return torch_member(step, arena_print(arena_of(step), "_%s", weight), constructor, weight);
}

static bool torch_einsum(TorchStep *step)
{
    const Value *equation = torch_arg(step, "equation");
    if (equation->kind != VALUE_STRING) return false;
    torch_take(step, LAYOUT_KERAS);
    torch_apply(step, "torch.einsum('%s', $, %s)", equation->string.bytes, parameter(step, "kernel", 0));
    if (step->layer->n_weights > 1) torch_apply(step, "$ + %s", parameter(step, "bias", 1));
    return torch_activate_by(step);
}

static bool torch_embedding(TorchStep *step)
{
    torch_take(step, LAYOUT_KERAS);
    if (!step->node || dtype_is_float(step->in->dtype)) torch_apply(step, "$.long()");
    torch_module(step, "", arena_print(arena_of(step), "nn.Embedding(%" PRId64 ", %" PRId64 ")", torch_int(step, "input_dim", 0),
                                       torch_int(step, "output_dim", 0)), "weight = embeddings");
    return true;
}

/* ---- activations as layers ---- */

static bool torch_activation(TorchStep *step) { return torch_activate_by(step); }

static bool torch_relu(TorchStep *step)
{
    const double slope = value_number(torch_arg(step, "negative_slope")), threshold = value_number(torch_arg(step, "threshold"));
    const Value *top = torch_arg(step, "max_value");
    if (top->kind == VALUE_NONE && threshold == 0) return torch_activate(step, slope == 0 ? activation_find("relu") : activation_with(arena_of(step), "leaky_relu", &slope), -1);
    if (slope == 0 && threshold == 0 && value_number(top) == 6) return torch_activate(step, activation_find("relu6"), -1);
    const char *number = torch_number(step, "threshold"), *low = torch_number(step, "negative_slope");
    if (threshold == 0 && slope == 0) torch_apply(step, "torch.clamp($, 0, %s)", value_repr_text(arena_of(step), top));
    else if (top->kind == VALUE_NONE) torch_apply(step, "torch.where($ > %s, $, %s * ($ - %s))", number, low, number);
    else torch_apply(step, "torch.where($ > %s, torch.clamp($, max=%s), %s * ($ - %s))", number, value_repr_text(arena_of(step), top), low, number);
    return true;
}

static bool torch_softmax(TorchStep *step)
{
    const Value *axis = torch_arg(step, "axis");
    const bool list = axis->kind == VALUE_TUPLE || axis->kind == VALUE_LIST;
    if (list && axis->list->n != 1) {
        torch_take(step, LAYOUT_KERAS);
        torch_apply(step, "torch.exp($ - torch.logsumexp($, dim=%s, keepdim=True))", torch_number(step, "axis"));
        return true;
    }
    return torch_activate(step, activation_find("softmax"), (int)torch_int(step, "axis", 0));
}

/* One slope for each channel is a module of its own; others follow the places. */
static bool torch_prelu(TorchStep *step)
{
    torch_take(step, LAYOUT_KERAS);
    const char *alpha = parameter(step, "alpha", 0);
    torch_apply(step, "torch.where($ > 0, $, %s * $)", alpha);
    return true;
}

/* ---- shapes ---- */

/* With one channel or one place, the order of the channels makes no difference. */
static bool order_matters(const TorchStep *step)
{
    const Shape *in = &step->in->shape;
    return last_dim(step) != 1 && shape_span_size(in, 1, in->rank - 1) != 1;
}

static bool torch_flatten(TorchStep *step)
{
    const int rank = rank_of(step);
    if (rank == 1) {
        torch_apply(step, "$.unsqueeze(-1)");
        return true;
    }
    const bool moved = torch_has(step, LAYOUT_TORCH) && !torch_has(step, LAYOUT_KERAS);
    torch_take(step, moved && !order_matters(step) ? LAYOUT_TORCH : LAYOUT_KERAS);
    if (torch_is(step, "data_format", "channels_first") && rank > 2) {
        int axes[SHAPE_RANK_MAX] = {0};
        for (int i = 1; i < rank; i++) axes[i] = i == rank - 1 ? 1 : i + 1;
        torch_permute(step, rank, axes);
    }
    step->layout = LAYOUT_KERAS;
    if (rank == 2) return true;
    torch_item(step, "nn.Flatten()");
    torch_inline(step, "$.flatten(1)");
    return true;
}

/* "4, 1", one unknown axis as -1. */
static const char *dims_text(const TorchStep *step, const Shape *shape, int *n_unknown)
{
    Text text = {.arena = arena_of(step)};
    for (int i = 1; i < shape->rank; i++) {
        text_print(&text, "%s%" PRId64, i > 1 ? ", " : "", shape->dim[i]);
        *n_unknown += shape->dim[i] == DIM_NONE;
    }
    return text_string(&text);
}

static bool torch_reshape(TorchStep *step)
{
    int n_unknown = 0;
    const Shape *out = &step->out->shape;
    const char *dims = dims_text(step, out, &n_unknown);
    torch_take(step, LAYOUT_KERAS);
    if (n_unknown > 1) return false;
    if (out->rank < 2) {
        torch_apply(step, "$.reshape(-1)");
        return true;
    }
    if (rank_of(step) != 2) torch_item(step, "nn.Flatten()");
    if (out->rank > 2) torch_item(step, "nn.Unflatten(1, (%s))", dims);
    if (n_unknown) torch_inline(step, "$.reshape(%s.shape[0], %s)", step->code->first, dims);
    else torch_inline(step, "$.reshape(-1, %s)", dims);
    return true;
}

static bool torch_permute_layer(TorchStep *step)
{
    int axes[SHAPE_RANK_MAX] = {0};
    torch_take(step, LAYOUT_KERAS);
    for (int i = 1; i < rank_of(step); i++) axes[i] = (int)torch_int(step, "dims", i - 1);
    torch_permute(step, rank_of(step), axes);
    return true;
}

static bool torch_repeat(TorchStep *step)
{
    torch_take(step, LAYOUT_KERAS);
    torch_apply(step, "$.unsqueeze(1).repeat(1, %" PRId64 ", 1)", torch_int(step, "n", 0));
    return true;
}

/* ---- what does nothing in inference ---- */

static bool torch_identity(TorchStep *step)
{
    (void)step;
    return true;
}

/* noise_shape=(None, 1, 5): what is left out along the axes of 1 is left out as a whole. */
static bool drop_alike(TorchStep *step)
{
    Text part = {.arena = arena_of(step)};
    const Value *shape = torch_arg(step, "noise_shape");
    if ((shape->kind != VALUE_TUPLE && shape->kind != VALUE_LIST) || strcmp(step->layer->kind->name, "Dropout") != 0) return false;
    torch_take(step, LAYOUT_KERAS);
    for (size_t i = 0; i < shape->list->n; i++)
        text_print(&part, "%s%s", i ? ", " : "", value_is_int(&shape->list->items[i]) && shape->list->items[i].integer == 1 ? ":1" : ":");
    torch_apply(step, "$ * F.dropout(torch.ones_like($[%s]), %s, self.training)", text_string(&part), torch_number(step, "rate"));
    return true;
}

static bool torch_dropout(TorchStep *step)
{
    if (torch_arg(step, "noise_shape")->kind != VALUE_NONE) return drop_alike(step);
    const char *name = strcmp(step->layer->kind->name, "AlphaDropout") == 0 ? "nn.AlphaDropout" : "nn.Dropout";
    torch_module(step, "", arena_print(arena_of(step), "%s(%s)", name, torch_number(step, "rate")), NULL);
    return true;
}

static bool torch_spatial_dropout(TorchStep *step)
{
    torch_take(step, torch_channels(step));
    torch_module(step, "", arena_print(arena_of(step), "nn.Dropout%dd(%s)", rank_of(step) - 2, torch_number(step, "rate")), NULL);
    return true;
}

static bool torch_noise(TorchStep *step)
{
    const bool factor = strcmp(step->layer->kind->name, "GaussianDropout") == 0;
    const char *number = torch_number(step, factor ? "rate" : "stddev");
    torch_flush(step);
    if (factor) torch_apply(step, "($ * (1 + (%s / (1 - %s)) ** 0.5 * torch.randn_like($)) if self.training else $)", number, number);
    else torch_apply(step, "($ + %s * torch.randn_like($) if self.training else $)", number);
    return true;
}

static bool torch_masking(TorchStep *step)
{
    torch_take(step, LAYOUT_KERAS);
    torch_apply(step, "$ * ($ != %s).any(-1, keepdim=True)", torch_number(step, "mask_value"));
    return true;
}

static bool torch_rescaling(TorchStep *step)
{
    const Value *scale = torch_arg(step, "scale"), *offset = torch_arg(step, "offset");
    if (!value_is_number(scale) || !value_is_number(offset)) return false;
    torch_apply(step, "$ * %s", torch_number(step, "scale"));
    if (value_number(offset) != 0) torch_apply(step, "$ + %s", torch_number(step, "offset"));
    return true;
}

static bool torch_discretization(TorchStep *step)
{
    if (!torch_is(step, "output_mode", "int") || torch_arg(step, "bin_boundaries")->kind == VALUE_NONE) return false;
    torch_apply(step, "torch.bucketize($, torch.tensor(%s), right=True)", torch_number(step, "bin_boundaries"));
    return true;
}

static bool torch_category_encoding(TorchStep *step)
{
    const bool one = torch_is(step, "output_mode", "one_hot"), several = torch_is(step, "output_mode", "multi_hot");
    if ((step->node && step->node->n_in > 1) || rank_of(step) < 1) return false;
    const char *dropped = one && step->out->shape.rank == rank_of(step) ? ".squeeze(-1)" : "";
    const char *joined = one ? "" : several ? ".amax(-2)" : ".sum(-2)";
    torch_take(step, LAYOUT_KERAS);
    torch_apply(step, "F.one_hot($.long()%s, %" PRId64 ")%s.float()", dropped, torch_int(step, "num_tokens", 0), joined);
    return true;
}

static bool torch_layer_scale(TorchStep *step)
{
    torch_take(step, LAYOUT_KERAS);
    torch_apply(step, "$ * %s", parameter(step, "gamma", 0));
    return true;
}

/* ---- the table ---- */

static const struct { const char *name; TorchLayer *write; } LAYERS[] = {
    {"Dense", torch_dense},
    {"EinsumDense", torch_einsum},
    {"Embedding", torch_embedding},
    {"Activation", torch_activation},
    {"LeakyReLU", torch_activation},
    {"ELU", torch_activation},
    {"ReLU", torch_relu},
    {"Softmax", torch_softmax},
    {"PReLU", torch_prelu},
    {"Flatten", torch_flatten},
    {"Reshape", torch_reshape},
    {"Permute", torch_permute_layer},
    {"RepeatVector", torch_repeat},
    {"Identity", torch_identity},
    {"ActivityRegularization", torch_identity},
    {"Dropout", torch_dropout},
    {"AlphaDropout", torch_dropout},
    {"SpatialDropout1D", torch_spatial_dropout},
    {"SpatialDropout2D", torch_spatial_dropout},
    {"SpatialDropout3D", torch_spatial_dropout},
    {"GaussianNoise", torch_noise},
    {"GaussianDropout", torch_noise},
    {"Masking", torch_masking},
    {"Rescaling", torch_rescaling},
    {"LayerScale", torch_layer_scale},
    {"Normalization", torch_normalization},
    {"Conv1D", torch_conv},
    {"Conv2D", torch_conv},
    {"Conv3D", torch_conv},
    {"Conv1DTranspose", torch_conv_transpose},
    {"Conv2DTranspose", torch_conv_transpose},
    {"Conv3DTranspose", torch_conv_transpose},
    {"DepthwiseConv1D", torch_depthwise},
    {"DepthwiseConv2D", torch_depthwise},
    {"SeparableConv1D", torch_separable},
    {"SeparableConv2D", torch_separable},
    {"MaxPooling1D", torch_pool},
    {"MaxPooling2D", torch_pool},
    {"MaxPooling3D", torch_pool},
    {"AveragePooling1D", torch_pool},
    {"AveragePooling2D", torch_pool},
    {"AveragePooling3D", torch_pool},
    {"GlobalMaxPooling1D", torch_global_pool},
    {"GlobalMaxPooling2D", torch_global_pool},
    {"GlobalMaxPooling3D", torch_global_pool},
    {"GlobalAveragePooling1D", torch_global_pool},
    {"GlobalAveragePooling2D", torch_global_pool},
    {"GlobalAveragePooling3D", torch_global_pool},
    {"AdaptiveMaxPooling1D", torch_adaptive_pool},
    {"AdaptiveMaxPooling2D", torch_adaptive_pool},
    {"AdaptiveMaxPooling3D", torch_adaptive_pool},
    {"AdaptiveAveragePooling1D", torch_adaptive_pool},
    {"AdaptiveAveragePooling2D", torch_adaptive_pool},
    {"AdaptiveAveragePooling3D", torch_adaptive_pool},
    {"ZeroPadding1D", torch_zero_padding},
    {"ZeroPadding2D", torch_zero_padding},
    {"ZeroPadding3D", torch_zero_padding},
    {"Cropping1D", torch_cropping},
    {"Cropping2D", torch_cropping},
    {"Cropping3D", torch_cropping},
    {"UpSampling1D", torch_up_sampling},
    {"UpSampling2D", torch_up_sampling},
    {"UpSampling3D", torch_up_sampling},
    {"Resizing", torch_resizing},
    {"CenterCrop", torch_center_crop},
    {"BatchNormalization", torch_batch_norm},
    {"LayerNormalization", torch_layer_norm},
    {"GroupNormalization", torch_group_norm},
    {"UnitNormalization", torch_unit_norm},
    {"RMSNormalization", torch_rms_norm},
    {"Discretization", torch_discretization},
    {"CategoryEncoding", torch_category_encoding},
    {"RNN", torch_recurrent},
    {"SimpleRNN", torch_recurrent},
    {"LSTM", torch_recurrent},
    {"GRU", torch_recurrent},
    {"Bidirectional", torch_bidirectional},
    {"TimeDistributed", torch_time_distributed},
    {"Add", torch_merge},
    {"Subtract", torch_merge},
    {"Multiply", torch_merge},
    {"Maximum", torch_merge},
    {"Minimum", torch_merge},
    {"Average", torch_average},
    {"Concatenate", torch_concatenate},
    {"Dot", torch_dot},
    {"Attention", torch_attention},
    {"AdditiveAttention", torch_additive_attention},
    {"MultiHeadAttention", torch_multi_head},
    {"GroupedQueryAttention", torch_group_query},
};

TorchLayer *torch_layer_find(const char *class_name)
{
    for (size_t i = 0; i < sizeof LAYERS / sizeof *LAYERS; i++)
        if (strcmp(LAYERS[i].name, class_name) == 0) return LAYERS[i].write;
    return NULL;
}
