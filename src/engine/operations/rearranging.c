/* Operations that lay elements out otherwise: meshgrid, space_to_depth, depth_to_space, extract_sequences, unfold, slice_update. */
#include <inttypes.h>
#include <string.h>

#include "engine/layers/volume.h"
#include "engine/layers/spatial.h"
#include "engine/operations/copying.h"

/* ---- meshgrid ---- */

static const char *const INDEXINGS[] = {"xy", "ij", NULL};
static const ParamSpec MESH_CALL[] = {{.name = "x", .type = PARAM_TENSORS, .variadic = true}};
static const ParamSpec MESH_PARAMS[] = {
    {.name = "indexing", .type = PARAM_CHOICE, .choices = INDEXINGS, .fallback = VALUE_IS_TEXT("xy"), .keyword_only = true},
};

static bool make_meshgrid(Maker *m)
{
    const Value *indexing = maker_arg(m, "indexing");
    if (!layer_base(m)) return false;
    if (value_is_text(indexing, "xy") || value_is_text(indexing, "ij")) return true;
    return maker_refuse(m, "indexing", "ValueError", "Valid values for `indexing` are 'xy' and 'ij', but received {index}.");
}

static bool is_xy(const Layer *layer) { return value_is_text(&layer->args[0], "xy"); }

/* The axis along which tensor i changes. */
static int mesh_axis(const Layer *layer, int i) { return is_xy(layer) && i < 2 ? 1 - i : i; }

static bool infer_meshgrid(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Shape shape = {.rank = n_in};
    if (n_in != (int)call->args[0].list->n || (is_xy(layer) && n_in < 2)) return error_set(err, "IndexError", "list index out of range");
    if (n_in > SHAPE_RANK_MAX) return error_set(err, "ValueError", "More than %d axes.", SHAPE_RANK_MAX);
    for (int i = 0; i < n_in; i++) shape.dim[mesh_axis(layer, i)] = shape_size(&in[i].shape);
    for (int i = 0; i < n_in; i++) outputs_add(out, shape, is_xy(layer) ? in[n_in - 1].dtype : DTYPE_FLOAT32);
    return out->list = true;
}

static Origin origin_meshgrid(const Trace *t, const int64_t *at)
{
    return (Origin){.input = t->output, .from = at[mesh_axis(t->layer, t->output)]};
}

const LayerKind OPERATION_meshgrid = {
    OPERATION("Meshgrid", "numpy"), TAKES(MESH_CALL), MADE_WITH(MESH_PARAMS), .make = make_meshgrid, .infer = infer_meshgrid,
    COPIES(origin_meshgrid),
};

/* ---- blocks of a map into channels and back: the block's place comes before the channel ---- */

static const ParamSpec BLOCK_PARAMS[] = {
    {.name = "block_size", .type = PARAM_INT, .required = true},
    {.name = "data_format", .type = PARAM_CHOICE, .choices = DATA_FORMAT_CHOICES, .fallback = VALUE_IS_TEXT("channels_last")},
};

static bool make_blocks(Maker *m)
{
    bool channels_first;
    return layer_base(m) && maker_data_format(m, "data_format", &channels_first);
}

static bool is_channels_first(const Layer *layer) { return value_is_text(operation_arg(layer, "data_format"), "channels_first"); }

static bool block_of(const Layer *layer, const Shape *in, int64_t *block, Error *err)
{
    if (in->rank != 4)
        return err && error_set(err, "ValueError", "`%s` requires a 4D input tensor. Received: x.shape=%s",
                                snake_case(err->arena, layer->kind->name), shape_text(err->arena, in));
    if (value_integer(&layer->args[0], block) && *block > 0) return true;
    return error_set(err, "ZeroDivisionError", "integer division or modulo by zero");
}

static bool infer_space_to_depth(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    static const char *const names[] = {"Height", "Width"};
    Shape shape = in[0].shape;
    int64_t block;
    (void)n_in;
    if (!call_takes_one(call, err) || !block_of(layer, &shape, &block, err)) return false;
    const int first = volume_first_axis(is_channels_first(layer)), channels = volume_channel_axis(&shape, is_channels_first(layer));
    for (int i = 0; i < 2; i++) {
        int64_t *dim = &shape.dim[first + i];
        if (*dim != DIM_NONE && *dim % block)
            return error_set(err, "ValueError", "%s (%" PRId64 ") must be divisible by block_size (%" PRId64 ").", names[i], *dim, block);
        if (*dim != DIM_NONE) *dim /= block;
    }
    shape.dim[channels] = dim_multiply(shape.dim[channels], size_multiply(block, block));
    outputs_add(out, shape, in[0].dtype);
    return true;
}

static bool infer_depth_to_space(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Shape shape = in[0].shape;
    int64_t block;
    (void)n_in;
    if (!call_takes_one(call, err) || !block_of(layer, &shape, &block, err)) return false;
    const int first = volume_first_axis(is_channels_first(layer));
    int64_t *channels = &shape.dim[volume_channel_axis(&shape, is_channels_first(layer))];
    const int64_t square = size_multiply(block, block);
    if (*channels != DIM_NONE && *channels % square)
        return error_set(err, "ValueError", "The number of channels (%" PRId64 ") must be divisible by block_size**2 (%" PRId64 ").", *channels,
                         square);
    if (*channels != DIM_NONE) *channels /= square;
    for (int i = 0; i < 2; i++) shape.dim[first + i] = dim_multiply(shape.dim[first + i], block);
    outputs_add(out, shape, in[0].dtype);
    return true;
}

/* (row, column, channel) of the finer map and of the deeper one are told by one another. */
static Origin origin_space_to_depth(const Trace *t, const int64_t *at)
{
    const bool channels_first = is_channels_first(t->layer);
    const int first = volume_first_axis(channels_first), channel = volume_channel_axis(&t->in[0].shape, channels_first);
    const int64_t block = t->layer->args[0].integer, depth = t->in[0].shape.dim[channel];
    int64_t own[SHAPE_RANK_MAX];
    memcpy(own, at, sizeof own);
    own[channel] = at[channel] % depth;
    own[first] = at[first] * block + at[channel] / depth / block;
    own[first + 1] = at[first + 1] * block + at[channel] / depth % block;
    return origin_at(t, own);
}

static Origin origin_depth_to_space(const Trace *t, const int64_t *at)
{
    const bool channels_first = is_channels_first(t->layer);
    const int first = volume_first_axis(channels_first), channel = volume_channel_axis(&t->in[0].shape, channels_first);
    const int64_t block = t->layer->args[0].integer, depth = t->out[0].shape.dim[channel];
    int64_t own[SHAPE_RANK_MAX];
    memcpy(own, at, sizeof own);
    own[first] = at[first] / block;
    own[first + 1] = at[first + 1] / block;
    own[channel] = (at[first] % block * block + at[first + 1] % block) * depth + at[channel];
    return origin_at(t, own);
}

const LayerKind OPERATION_space_to_depth = {
    OPERATION("SpaceToDepth", "nn"), TAKES(OPERATION_X), MADE_WITH(BLOCK_PARAMS), .make = make_blocks, .infer = infer_space_to_depth,
    COPIES(origin_space_to_depth),
};
const LayerKind OPERATION_depth_to_space = {
    OPERATION("DepthToSpace", "nn"), TAKES(OPERATION_X), MADE_WITH(BLOCK_PARAMS), .make = make_blocks, .infer = infer_depth_to_space,
    COPIES(origin_depth_to_space),
};

/* ---- extract_sequences: overlapping pieces of the last axis ---- */

static const ParamSpec SEQUENCE_PARAMS[] = {
    {.name = "sequence_length", .type = PARAM_INT, .required = true}, {.name = "sequence_stride", .type = PARAM_INT, .required = true},
};

static bool infer_sequences(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Shape shape = in[0].shape;
    int64_t length, stride;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (shape.rank < 1)
        return error_set(err, "ValueError", "Input should have rank >= 1. Received: input.shape = %s", shape_text(out->arena, &shape));
    if (!value_integer(&layer->args[0], &length) || !value_integer(&layer->args[1], &stride) || stride <= 0 || length < 0)
        return error_set(err, "ValueError", "sequence_length=%s, sequence_stride=%s", value_str_text(out->arena, &layer->args[0]),
                         value_str_text(out->arena, &layer->args[1]));
    if (shape.rank == SHAPE_RANK_MAX) return error_set(err, "ValueError", "More than %d axes.", SHAPE_RANK_MAX);
    int64_t *pieces = &shape.dim[shape.rank - 1];
    if (*pieces != DIM_NONE && *pieces < length) return error_set(err, "ValueError", "Cannot convert '%s' to a shape.", shape_text(out->arena, &shape));
    if (*pieces != DIM_NONE) *pieces = 1 + (*pieces - length) / stride;
    shape.dim[shape.rank++] = length;
    outputs_add(out, shape, in[0].dtype);
    return true;
}

static Origin origin_sequences(const Trace *t, const int64_t *at)
{
    const int last = t->in[0].shape.rank - 1;
    int64_t own[SHAPE_RANK_MAX];
    memcpy(own, at, sizeof own);
    own[last] = at[last] * t->layer->args[1].integer + at[last + 1];
    return origin_at(t, own);
}

const LayerKind OPERATION_extract_sequences = {
    OPERATION("ExtractSequences", "math"), TAKES(OPERATION_X), MADE_WITH(SEQUENCE_PARAMS), .infer = infer_sequences, COPIES(origin_sequences),
};

/* ---- slice_update: a piece of the inputs replaced ---- */

static const ParamSpec UPDATE_CALL[] = {{.name = "inputs", .required = true}, {.name = "start_indices", .required = true},
                                        {.name = "updates", .required = true}};

static bool infer_slice_update(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand inputs = operand_of(call, in, 0);
    (void)layer, (void)n_in, (void)err;
    outputs_add(out, inputs.spec.shape, inputs.spec.dtype);
    return true;
}

/* Starts that would go beyond the end are moved back. */
static bool update_place(const Value *starts, const Shape *shape, const Shape *piece, const int64_t *at, int64_t *own)
{
    int64_t start[SHAPE_RANK_MAX];
    if (operation_ints(starts, start, SHAPE_RANK_MAX) != shape->rank || piece->rank != shape->rank) return false;
    for (int i = 0; i < shape->rank; i++) {
        const int64_t last = shape->dim[i] - piece->dim[i], from = start[i] > last ? last : start[i] < 0 ? 0 : start[i];
        own[i] = at[i] - from;
        if (own[i] < 0 || own[i] >= piece->dim[i]) return false;
    }
    return true;
}

static Origin origin_slice_update(const Trace *t, const int64_t *at)
{
    const Operand inputs = operand_of(t->call, t->in, 0), updates = operand_of(t->call, t->in, 2);
    int64_t own[SHAPE_RANK_MAX];
    const bool updated = update_place(&t->call->args[1], &t->out[0].shape, &updates.spec.shape, at, own);
    const Operand *from = updated ? &updates : &inputs;
    const int64_t index = place_index(&from->spec.shape, updated ? own : at);
    if (from->input >= 0) return (Origin){.input = from->input, .from = index};
    return (Origin){.input = -1, .value = from->data ? (double)from->data[index] : from->number};
}

/* Where the piece goes must be known without a run. */
static bool computes_slice_update(const Layer *layer)
{
    int64_t start[SHAPE_RANK_MAX];
    return layer->n_calls && operation_ints(&layer->calls[0]->call.args[1], start, SHAPE_RANK_MAX) >= 0;
}

const LayerKind OPERATION_slice_update = {
    OPERATION("SliceUpdate", "core"), TAKES(UPDATE_CALL), .infer = infer_slice_update, .computes = computes_slice_update,
    COPIES(origin_slice_update),
};
