#include <inttypes.h>
#include <string.h>

#include "engine/shape.h"
#include "keras/torch_code.h"

static Arena *arena_of(const TorchStep *step) { return step->code->file->arena; }

static const char *weight_text(const TorchStep *step, const char *const *names)
{
    Text text = {.arena = arena_of(step)};
    for (int i = 0; i < step->layer->n_weights; i++)
        for (const char *const *name = names; *name; name += 2)
            if (strcmp(step->layer->weights[i].name, name[0]) == 0) text_print(&text, "%s%s = %s", text.length ? ", " : "", name[1], name[0]);
    return text.length ? text.bytes : NULL;
}

/* The axes that are normalised, in order; 0 when one is not there. */
static int axes_of(const TorchStep *step, int *axes)
{
    const Value *value = torch_arg(step, "axis");
    const bool list = value->kind == VALUE_TUPLE || value->kind == VALUE_LIST;
    const int n = list ? (int)value->list->n : 1;
    for (int i = 0; i < n; i++) {
        if (i >= SHAPE_RANK_MAX) return 0;
        axes[i] = shape_axis(&step->in->shape, torch_int(step, "axis", i));
        if (axes[i] < 0) return 0;
    }
    return n;
}

/* The channels to axis 1, where PyTorch's modules look for them. */
static bool take_channels(TorchStep *step, int64_t *channels)
{
    int axes[SHAPE_RANK_MAX];
    const int rank = step->in->shape.rank;
    if (axes_of(step, axes) != 1 || rank < 2 || rank > 5) return false;
    if (axes[0] != 1 && axes[0] != rank - 1) return false;
    torch_take(step, axes[0] == 1 ? LAYOUT_KERAS : LAYOUT_TORCH);
    *channels = step->in->shape.dim[axes[0]];
    return true;
}

bool torch_batch_norm(TorchStep *step)
{
    static const char *const NAMES[] = {"gamma", "weight", "beta", "bias", "moving_mean", "running_mean", "moving_variance", "running_var", NULL};
    Text text = {.arena = arena_of(step)};
    int64_t channels;
    const int rank = step->in->shape.rank;
    if (torch_flag(step, "renorm") || !take_channels(step, &channels)) return false;
    text_print(&text, "nn.BatchNorm%dd(%" PRId64 ", eps=%s, momentum=", rank > 3 ? rank - 2 : 1, channels, torch_number(step, "epsilon"));
    const double kept = value_number(torch_arg(step, "momentum"));
    text_print(&text, "%.6g", 1 - kept);
    text_put(&text, torch_flag(step, "scale") || torch_flag(step, "center") ? ")" : ", affine=False)");
    torch_module(step, "", text.bytes, weight_text(step, NAMES));
    return true;
}

/* gamma and beta as members of that shape. */
static void scale_and_shift(TorchStep *step, const char *shape)
{
    for (int i = 0; i < step->layer->n_weights; i++) {
        const bool gamma = strcmp(step->layer->weights[i].name, "gamma") == 0;
        const char *constructor = arena_print(arena_of(step), "nn.Parameter(torch.%s(%s))", gamma ? "ones" : "zeros", shape);
        const char *note = arena_print(arena_of(step), "%s.reshape(%s)", step->layer->weights[i].name, shape);
        torch_apply(step, gamma ? "$ * %s" : "$ + %s", torch_member(step, gamma ? "_gamma" : "_beta", constructor, note));
    }
}

/* nn.GroupNorm takes no group of one value. */
static bool norm_single_values(TorchStep *step, int64_t channels)
{
    torch_apply(step, "($ - $)");
    scale_and_shift(step, arena_print(arena_of(step), "%" PRId64, channels));
    return true;
}

bool torch_group_norm(TorchStep *step)
{
    static const char *const NAMES[] = {"gamma", "weight", "beta", "bias", NULL};
    int64_t channels;
    const int64_t groups = torch_int(step, "groups", 0);
    if (!take_channels(step, &channels)) return false;
    if ((groups == -1 || groups == channels) && step->in->shape.rank == 2) return norm_single_values(step, channels);
    const char *affine = torch_flag(step, "scale") || torch_flag(step, "center") ? "" : ", affine=False";
    torch_module(step, "", arena_print(arena_of(step), "nn.GroupNorm(%" PRId64 ", %" PRId64 ", eps=%s%s)", groups == -1 ? channels : groups, channels,
                                       torch_number(step, "epsilon"), affine), weight_text(step, NAMES));
    return true;
}

/* nn.LayerNorm and nn.RMSNorm take the last axes, all of them from one on. */
static const char *last_axes(TorchStep *step)
{
    int axes[SHAPE_RANK_MAX];
    int64_t dims[SHAPE_RANK_MAX];
    const int n = axes_of(step, axes), rank = step->in->shape.rank;
    bool seen[SHAPE_RANK_MAX] = {false};
    for (int i = 0; i < n; i++) seen[axes[i]] = true;
    for (int i = rank - n; i < rank; i++) {
        if (!n || !seen[i] || step->in->shape.dim[i] == DIM_NONE) return NULL;
        dims[i - (rank - n)] = step->in->shape.dim[i];
    }
    Text text = {.arena = arena_of(step)};
    for (int i = 0; i < n; i++) text_print(&text, "%s%" PRId64, i ? ", " : n > 1 ? "(" : "", dims[i]);
    text_put(&text, n > 1 ? ")" : "");
    return n ? text.bytes : NULL;
}

/* Over other axes than the last: written out. gamma and beta get an axis of 1 for each one not normalised behind the first. */
static bool norm_axes(TorchStep *step)
{
    int axes[SHAPE_RANK_MAX];
    const int n = axes_of(step, axes), rank = step->in->shape.rank;
    Text dims = {.arena = arena_of(step)}, wide = {.arena = arena_of(step)};
    if (!n) return false;
    for (int i = 0; i < n; i++) text_print(&dims, "%s%d", i ? ", " : "(", axes[i]);
    text_put(&dims, n == 1 ? ",)" : ")");
    for (int i = 1; i < rank; i++) {
        bool normalised = false;
        for (int k = 0; k < n; k++) normalised |= axes[k] == i;
        text_print(&wide, "%s%" PRId64, i > 1 ? ", " : "", normalised ? step->in->shape.dim[i] : 1);
    }
    torch_take(step, LAYOUT_KERAS);
    torch_apply(step, "($ - $.mean(%s, keepdim=True)) / torch.sqrt($.var(%s, keepdim=True, unbiased=False) + %s)", dims.bytes, dims.bytes,
                torch_number(step, "epsilon"));
    scale_and_shift(step, text_string(&wide));
    return true;
}

bool torch_layer_norm(TorchStep *step)
{
    static const char *const NAMES[] = {"gamma", "weight", "beta", "bias", NULL};
    const bool scale = torch_flag(step, "scale"), center = torch_flag(step, "center");
    const char *shape = last_axes(step);
    if (torch_flag(step, "rms_scaling")) return false;
    if (!shape) return norm_axes(step);
    torch_take(step, LAYOUT_KERAS);
    const char *rest = scale && !center ? ", bias=False" : !scale && !center ? ", elementwise_affine=False" : "";
    torch_module(step, "", arena_print(arena_of(step), "nn.LayerNorm(%s, eps=%s%s)", shape, torch_number(step, "epsilon"), rest), weight_text(step, NAMES));
    return true;
}

bool torch_rms_norm(TorchStep *step)
{
    const char *shape = last_axes(step);
    if (!shape) return false;
    torch_take(step, LAYOUT_KERAS);
    torch_module(step, "", arena_print(arena_of(step), "nn.RMSNorm(%s, eps=%s)", shape, torch_number(step, "epsilon")), "weight = scale");
    return true;
}

bool torch_unit_norm(TorchStep *step)
{
    int axes[SHAPE_RANK_MAX];
    const int n = axes_of(step, axes);
    if (!n) return false;
    Text text = {.arena = arena_of(step)};
    torch_take(step, LAYOUT_KERAS);
    for (int i = 0; i < n; i++) text_print(&text, "%s%d", i ? ", " : n > 1 ? "(" : "", axes[i] == step->in->shape.rank - 1 ? -1 : axes[i]);
    text_put(&text, n > 1 ? ")" : "");
    torch_apply(step, "F.normalize($, dim=%s, eps=1e-06)", text.bytes);
    return true;
}

/* A number, or as many as there are channels; those learned from data are weights that PyTorch has no place for. */
static const char *moment(const TorchStep *step, const char *param)
{
    const Value *value = torch_arg(step, param);
    const bool list = value->kind == VALUE_LIST || value->kind == VALUE_TUPLE;
    int axes[SHAPE_RANK_MAX];
    if (value_is_number(value)) return torch_number(step, param);
    if (!list || axes_of(step, axes) != 1 || axes[0] != step->in->shape.rank - 1) return NULL;
    for (size_t i = 0; i < value->list->n; i++)
        if (!value_is_number(&value->list->items[i])) return NULL;
    return arena_print(arena_of(step), "torch.tensor(%s)", torch_number(step, param));
}

bool torch_normalization(TorchStep *step)
{
    const char *mean = moment(step, "mean"), *variance = moment(step, "variance");
    if (!mean || !variance) return false;
    torch_take(step, LAYOUT_KERAS);
    if (torch_flag(step, "invert")) torch_apply(step, "$ * %s ** 0.5 + %s", variance, mean);
    else torch_apply(step, "($ - %s) / %s ** 0.5", mean, variance);
    return true;
}
