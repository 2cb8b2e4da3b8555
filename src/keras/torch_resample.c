#include <inttypes.h>
#include <string.h>

#include "engine/layers/spatial.h"
#include "keras/torch_code.h"

enum { AXES = 3 };

static Arena *arena_of(const TorchStep *step) { return step->code->file->arena; }

/* ---- padding and cropping ---- */

static bool pad_of(const Value *value, TorchPad *pad)
{
    if (value_integer(value, &pad->before)) return value_integer(value, &pad->after);
    const bool two = (value->kind == VALUE_TUPLE || value->kind == VALUE_LIST) && value->list->n == 2;
    return two && value_integer(&value->list->items[0], &pad->before) && value_integer(&value->list->items[1], &pad->after);
}

/* 1, (1, 2) and ((1, 2), (3, 4)), as the layers take them. */
static bool pads_of(const TorchStep *step, const char *param, int axes, TorchPad *pads)
{
    const Value *value = torch_arg(step, param);
    const bool list = value->kind == VALUE_TUPLE || value->kind == VALUE_LIST;
    if (axes == 1) return pad_of(value, pads);
    for (int i = 0; i < axes; i++) {
        if (list && (size_t)i >= value->list->n) return false;
        if (!pad_of(list ? &value->list->items[i] : value, &pads[i])) return false;
    }
    return true;
}

bool torch_zero_padding(TorchStep *step)
{
    TorchPad pads[AXES];
    const int axes = kind_axes(step->layer->kind);
    if (!pads_of(step, "padding", axes, pads)) return false;
    torch_take(step, torch_channels(step));
    torch_pad(step, axes, pads, NULL);
    return true;
}

bool torch_cropping(TorchStep *step)
{
    TorchPad pads[AXES];
    const int axes = kind_axes(step->layer->kind);
    if (!pads_of(step, "cropping", axes, pads)) return false;
    torch_take(step, torch_channels(step));
    for (int i = 0; i < axes; i++) pads[i] = (TorchPad){-pads[i].before, -pads[i].after};
    torch_pad(step, axes, pads, NULL);
    return true;
}

bool torch_center_crop(TorchStep *step)
{
    const int64_t size[2] = {torch_int(step, "height", 0), torch_int(step, "width", 0)};
    TorchPad pads[2];
    if (step->in->shape.rank != 4) return false;
    const Shape shape = torch_shape(step);
    torch_take(step, torch_channels(step));
    for (int i = 0; i < 2; i++) {
        const int64_t surplus = shape.dim[i + 2] - size[i];
        if (shape.dim[i + 2] == DIM_NONE || surplus < 0) return false;
        pads[i] = (TorchPad){.before = -(surplus / 2), .after = -(surplus - surplus / 2)};
    }
    torch_pad(step, 2, pads, NULL);
    return true;
}

/* ---- sizes ---- */

bool torch_up_sampling(TorchStep *step)
{
    const int axes = kind_axes(step->layer->kind);
    const Value *interpolation = torch_arg(step, "interpolation");
    const bool bilinear = value_is_text(interpolation, "bilinear");
    int64_t size[AXES] = {0};
    if (interpolation->kind == VALUE_STRING && !bilinear && !value_is_text(interpolation, "nearest")) return false;
    for (int i = 0; i < axes; i++) size[i] = torch_int(step, "size", i);
    torch_take(step, torch_channels(step));
    torch_module(step, "", arena_print(arena_of(step), "nn.Upsample(scale_factor=%s%s)", torch_ints(arena_of(step), size, axes),
                                       bilinear ? ", mode='bilinear'" : ""), NULL);
    return true;
}

bool torch_resizing(TorchStep *step)
{
    const bool bilinear = torch_is(step, "interpolation", "bilinear");
    if (!bilinear && !torch_is(step, "interpolation", "nearest")) return false;
    if (step->in->shape.rank != 4 || torch_flag(step, "antialias")) return false;
    if (torch_flag(step, "crop_to_aspect_ratio") || torch_flag(step, "pad_to_aspect_ratio")) return false;
    torch_take(step, torch_channels(step));
    torch_module(step, "", arena_print(arena_of(step), "nn.Upsample(size=(%" PRId64 ", %" PRId64 "), mode='%s')", torch_int(step, "height", 0),
                                       torch_int(step, "width", 0), bilinear ? "bilinear" : "nearest-exact"), NULL);
    return true;
}
