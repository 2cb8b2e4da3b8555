/* Operations that cut windows out of maps: extract_patches, unfold. */
#include <inttypes.h>
#include <string.h>

#include "engine/layers/convolution.h"
#include "engine/layers/spatial.h"
#include "engine/operations/copying.h"

/* ---- extract_patches: (batch, height, width, channels) -> (batch, rows, columns, cells of a patch · channels) ---- */

static const ParamSpec IMAGES[] = {{.name = "images", .type = PARAM_TENSORS, .required = true}};
static const ParamSpec PATCH_PARAMS[] = {
    {.name = "size", .type = PARAM_INTS, .required = true}, {.name = "strides", .type = PARAM_INTS},
    {.name = "dilation_rate", .type = PARAM_INTS, .fallback = VALUE_IS_INT(1)},
    {.name = "padding", .type = PARAM_CHOICE, .choices = PADDING_CHOICES, .fallback = VALUE_IS_TEXT("valid")},
    {.name = "data_format", .type = PARAM_CHOICE, .choices = DATA_FORMAT_CHOICES},
};

typedef struct Patches {
    ConvConfig config;
    Shape      in;         /* with a batch axis, whether there is one or not */
    bool       unbatched;
} Patches;

static bool make_patches(Maker *m)
{
    bool channels_first;
    if (!layer_base(m)) return false;
    const Value size = *maker_arg(m, "size");
    const bool list = size.kind == VALUE_TUPLE || size.kind == VALUE_LIST;
    if (value_is_int(&size)) maker_set(m, "size", value_ints(m->builder->arena, VALUE_TUPLE, (int64_t[]){size.integer, size.integer}, 2));
    else if (!list)
        return maker_refuse(m, "size", "TypeError", "Invalid `size` argument. Expected an int or a tuple of length 2 or 3. Received: size=%s",
                            maker_text(m, "size"));
    if (maker_is_none(m, "strides")) maker_set(m, "strides", *maker_arg(m, "size"));
    return maker_data_format(m, "data_format", &channels_first);
}

static bool spread_ints(const Value *value, int axes, int64_t *out)
{
    int64_t given[WINDOW_AXES];
    const int n = operation_ints(value, given, WINDOW_AXES);
    if (n != 1 && n != axes) return false;
    for (int i = 0; i < axes; i++) {
        out[i] = given[n == 1 ? 0 : i];
        if (out[i] <= 0) return false;
    }
    return true;
}

static bool patches_of(const Layer *layer, const Shape *in, Patches *p, Error *err)
{
    const Value *size = operation_arg(layer, "size"), *padding = operation_arg(layer, "padding");
    *p = (Patches){.in = *in};
    p->config.axes = size->list->n == 3 ? 3 : 2;
    p->config.channels_first = value_is_text(operation_arg(layer, "data_format"), "channels_first");
    if (value_is_text(padding, "same")) p->config.padding = p->config.axes == 3 ? WINDOW_CENTRED : WINDOW_SAME;
    else if (!value_is_text(padding, "valid")) p->config.padding_list = padding;
    p->unbatched = in->rank == p->config.axes + 1;
    if (p->unbatched) p->in = shape_with(in, 0, 1);
    if (p->in.rank < 2) return error_set(err, "IndexError", "list index out of range");
    return (spread_ints(size, p->config.axes, p->config.size) && spread_ints(operation_arg(layer, "strides"), p->config.axes, p->config.stride) &&
            spread_ints(operation_arg(layer, "dilation_rate"), p->config.axes, p->config.dilation)) ||
           error_set(err, "ValueError", "Invalid `size`, `strides` or `dilation_rate`.");
}

static int64_t patch_numbers(const Patches *p)
{
    int64_t n = conv_channels(&p->config, &p->in);
    for (int i = 0; i < p->config.axes; i++) n = dim_multiply(n, p->config.size[i]);
    return n;
}

static bool infer_patches(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Patches p;
    Shape shape;
    (void)n_in;
    if (!call_takes_one(call, err) || !patches_of(layer, &in[0].shape, &p, err)) return false;
    if (p.in.rank != p.config.axes + 2)
        return error_set(err, "ValueError", "Kernel shape must have the same length as input, but received input of shape %s.",
                         shape_text(out->arena, &in[0].shape));
    const int64_t numbers = patch_numbers(&p);
    if (numbers == DIM_NONE) return error_set(err, "TypeError", "unsupported operand type(s) for *: 'int' and 'NoneType'");
    Layer convolution = *layer;
    convolution.config = &p.config;
    if (!conv_shape(out->arena, &convolution, &p.in, value_int(numbers), &shape, err)) return false;
    outputs_add(out, p.unbatched ? shape_without(&shape, 0) : shape, in[0].dtype);
    return true;
}

/* Tap by tap, the channels of each together. */
static Origin origin_patches(const Trace *t, const int64_t *at)
{
    Patches p;
    patches_of(t->layer, &t->in[0].shape, &p, NULL);
    const Shape shape = p.unbatched ? shape_with(&t->out[0].shape, 0, 1) : t->out[0].shape;
    const Volume in = volume_of(&p.in, p.config.channels_first), out = volume_of(&shape, p.config.channels_first);
    const Window window = conv_window(&p.config, &p.in);
    const Place place = volume_place(&out, place_index(&t->out[0].shape, at));
    Place cell = {.batch = place.batch, .channel = place.channel % in.channels};
    int64_t tap = place.channel / in.channels;
    for (int i = WINDOW_AXES - 1; i >= 0; i--) {
        cell.at[i] = window_cell(&window.axis[i], place.at[i], tap % window.axis[i].size);
        tap /= window.axis[i].size;
        if (cell.at[i] < 0 || cell.at[i] >= window.axis[i].in) return (Origin){.input = -1};
    }
    return (Origin){.from = volume_index(&in, &cell)};
}

const LayerKind OPERATION_extract_patches = {
    OPERATION("ExtractPatches", "image"), TAKES(IMAGES), MADE_WITH(PATCH_PARAMS), .make = make_patches, .infer = infer_patches,
    COPIES(origin_patches),
};

/* ---- unfold: (batch, channels, height, width) -> (batch, channels · cells of a window, windows) ---- */

static const ParamSpec UNFOLD_PARAMS[] = {
    {.name = "kernel_size", .type = PARAM_INTS, .required = true}, {.name = "dilation", .type = PARAM_INTS, .fallback = VALUE_IS_INT(1)},
    {.name = "padding", .type = PARAM_INTS, .fallback = VALUE_IS_INT(0)}, {.name = "stride", .type = PARAM_INTS, .fallback = VALUE_IS_INT(1)},
};

typedef struct Unfolding {
    int64_t size[2], dilation[2], padding[2], stride[2], places[2];
} Unfolding;

static bool pair(const Value *value, int64_t out[2])
{
    const int n = operation_ints(value, out, 2);
    if (n == 1) out[1] = out[0];
    return n == 1 || n == 2;
}

static bool unfolding_of(const Layer *layer, const Shape *in, Unfolding *u, Error *err)
{
    const bool given = pair(&layer->args[0], u->size) && pair(&layer->args[1], u->dilation) && pair(&layer->args[2], u->padding) &&
                       pair(&layer->args[3], u->stride);
    for (int i = 0; i < 2; i++) {
        if (!given || u->size[i] <= 0 || u->dilation[i] <= 0 || u->padding[i] < 0 || u->stride[i] <= 0)
            return error_set(err, "ValueError", "Sizes, dilations and strides must be positive.");
        const int64_t cells = in->dim[2 + i];
        if (cells == DIM_NONE) return error_set(err, "TypeError", "unsupported operand type(s) for +: 'NoneType' and 'int'");
        const int64_t rest = size_add(cells, size_multiply(2, u->padding[i])) - window_reach(u->size[i], u->dilation[i]);
        u->places[i] = rest < 0 ? 0 : rest / u->stride[i] + 1;
    }
    return true;
}

static bool infer_unfold(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Shape *shape = &in[0].shape;
    Unfolding u;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (shape->rank != 4)
        return error_set(err, "ValueError", "Input must be a 4D tensor. Received: input.shape=%s", shape_text(out->arena, shape));
    if (!unfolding_of(layer, shape, &u, err)) return false;
    if (shape->dim[1] == DIM_NONE) return error_set(err, "TypeError", "unsupported operand type(s) for *: 'NoneType' and 'int'");
    const int64_t numbers = size_multiply(shape->dim[1], size_multiply(u.size[0], u.size[1]));
    outputs_add(out, SHAPE(shape->dim[0], numbers, size_multiply(u.places[0], u.places[1])), in[0].dtype);
    return true;
}

static Origin origin_unfold(const Trace *t, const int64_t *at)
{
    Unfolding u;
    unfolding_of(t->layer, &t->in[0].shape, &u, NULL);
    const int64_t taps = u.size[0] * u.size[1], tap = at[1] % taps;
    const int64_t own[SHAPE_RANK_MAX] = {
        at[0], at[1] / taps, at[2] / u.places[1] * u.stride[0] + tap / u.size[1] * u.dilation[0] - u.padding[0],
        at[2] % u.places[1] * u.stride[1] + tap % u.size[1] * u.dilation[1] - u.padding[1],
    };
    for (int i = 2; i < 4; i++)
        if (own[i] < 0 || own[i] >= t->in[0].shape.dim[i]) return (Origin){.input = -1};
    return origin_at(t, own);
}

const LayerKind OPERATION_unfold = {
    OPERATION("Unfold", "nn"), TAKES(OPERATION_X), MADE_WITH(UNFOLD_PARAMS), .infer = infer_unfold, COPIES(origin_unfold),
};
