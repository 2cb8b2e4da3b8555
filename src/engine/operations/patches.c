/* Operations that cut windows out of maps, or put them back: extract_patches, unfold, fold. */
#include <inttypes.h>
#include <string.h>

#include "engine/layers/convolution.h"
#include "engine/layers/spatial.h"
#include "engine/layers/terms.h"
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

/* ---- fold: (batch, channels · cells of a window, windows) -> (batch, channels, height, width), summed where windows overlap ---- */

static const ParamSpec FOLD_PARAMS[] = {
    {.name = "output_size", .type = PARAM_INTS, .required = true}, {.name = "kernel_size", .type = PARAM_INTS, .required = true},
    {.name = "dilation", .type = PARAM_INTS, .fallback = VALUE_IS_INT(1)}, {.name = "padding", .type = PARAM_INTS, .fallback = VALUE_IS_INT(0)},
    {.name = "stride", .type = PARAM_INTS, .fallback = VALUE_IS_INT(1)},
};

typedef struct Folding {
    int64_t map[2], size[2], dilation[2], padding[2], stride[2], places[2];
} Folding;

static bool folding_of(const Layer *layer, Folding *g, Error *err)
{
    bool good = pair(&layer->args[0], g->map) && pair(&layer->args[1], g->size) && pair(&layer->args[2], g->dilation) &&
                pair(&layer->args[3], g->padding) && pair(&layer->args[4], g->stride);
    for (int i = 0; i < 2 && good; i++) {
        good = g->map[i] >= 0 && g->size[i] > 0 && g->dilation[i] > 0 && g->padding[i] >= 0 && g->stride[i] > 0;
        const int64_t rest = size_add(g->map[i], size_multiply(2, g->padding[i])) - window_reach(g->size[i], g->dilation[i]);
        if (good) g->places[i] = rest < 0 ? 0 : rest / g->stride[i] + 1;
    }
    return good || (err && error_set(err, "ValueError", "Sizes, dilations and strides must be positive."));
}

static bool infer_fold(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Shape *shape = &in[0].shape;
    Folding g;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (shape->rank != 3) return error_set(err, "ValueError", "Input must be a 3D tensor. Received: input.shape=%s", shape_text(out->arena, shape));
    if (!folding_of(layer, &g, err)) return false;
    const int64_t taps = size_multiply(g.size[0], g.size[1]), rows = shape->dim[1];
    if (rows != DIM_NONE && rows % taps != 0)
        return error_set(err, "ValueError", "The second dimension of the input (%" PRId64 ") must be divisible by kernel_size product (%" PRId64 ").",
                         rows, taps);
    outputs_add(out, SHAPE(shape->dim[0], rows == DIM_NONE ? DIM_NONE : rows / taps, g.map[0], g.map[1]), in[0].dtype);
    return true;
}

/* The window whose tap lies on a cell; -1 = none. */
static int64_t window_at(const Folding *g, int axis, int64_t cell, int64_t tap)
{
    const int64_t from = cell + g->padding[axis] - tap * g->dilation[axis], place = from / g->stride[axis];
    return from >= 0 && from % g->stride[axis] == 0 && place < g->places[axis] ? place : -1;
}

static int64_t trace_fold(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    Folding g;
    int64_t at[SHAPE_RANK_MAX];
    const Shape *in = &t->in[0].shape;
    if (!folding_of(t->layer, &g, NULL) || g.places[0] * g.places[1] != in->dim[2]) return 0;
    place_of(&t->out[0].shape, t->k, at);
    const int64_t taps = g.size[0] * g.size[1];
    for (int64_t tap = 0; tap < taps; tap++) {
        const int64_t row = window_at(&g, 0, at[2], tap / g.size[1]), column = window_at(&g, 1, at[3], tap % g.size[1]);
        if (row < 0 || column < 0) continue;
        terms_add(&list, term_input(0, ((at[0] * in->dim[1]) + at[1] * taps + tap) * in->dim[2] + row * g.places[1] + column, 1));
    }
    return list.n;
}

static void forward_fold(const Forward *f)
{
    const TensorSpec *in = operand_specs(f->scratch, f->in, f->n_in), *out = operand_specs(f->scratch, f->out, f->n_out);
    Trace trace = {.layer = f->layer, .call = f->call, .in = in, .n_in = f->n_in, .out = out, .n_out = f->n_out};
    Folding g;
    if (!folding_of(f->layer, &g, NULL) || g.places[0] * g.places[1] != in[0].shape.dim[2]) {
        *f->impossible = true;
        return;
    }
    Term *terms = ARENA_ARRAY(f->scratch, g.size[0] * g.size[1], Term);
    for (trace.k = 0; trace.k < shape_size(&out[0].shape); trace.k++) {
        const int64_t n = trace_fold(&trace, terms, g.size[0] * g.size[1]);
        double sum = 0;
        for (int64_t i = 0; i < n; i++) sum += (double)f->in[0].data[terms[i].from];
        f->out[0].data[trace.k] = (float)sum;
    }
}

static void explain_fold(const Trace *t, ExplainTopic topic, Text *text)
{
    (void)t;
    if (topic == EXPLAIN_RULE) text_put(text, "Σ x");
}

const LayerKind OPERATION_fold = {
    OPERATION("Fold", "nn"), TAKES(OPERATION_X), MADE_WITH(FOLD_PARAMS), .infer = infer_fold, .forward = forward_fold, .trace = trace_fold,
    .rule = TRACE_SUM, .explain = explain_fold,
};
