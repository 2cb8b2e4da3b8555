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

bool torch_group_norm(TorchStep *step)
{
    static const char *const NAMES[] = {"gamma", "weight", "beta", "bias", NULL};
    int64_t channels;
    const int64_t groups = torch_int(step, "groups", 0);
    if (!take_channels(step, &channels)) return false;
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

bool torch_layer_norm(TorchStep *step)
{
    static const char *const NAMES[] = {"gamma", "weight", "beta", "bias", NULL};
    const bool scale = torch_flag(step, "scale"), center = torch_flag(step, "center");
    const char *shape = last_axes(step);
    if (!shape || torch_flag(step, "rms_scaling")) return false;
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

/* With one mean and variance given; those learned from data are weights that PyTorch has no place for. */
bool torch_normalization(TorchStep *step)
{
    const Value *mean = torch_arg(step, "mean"), *variance = torch_arg(step, "variance");
    if (!value_is_number(mean) || !value_is_number(variance)) return false;
    const char *m = torch_number(step, "mean"), *v = torch_number(step, "variance");
    if (torch_flag(step, "invert")) torch_apply(step, "$ * max(%s ** 0.5, 1e-07) + %s", v, m);
    else torch_apply(step, "($ - %s) / max(%s ** 0.5, 1e-07)", m, v);
    return true;
}
