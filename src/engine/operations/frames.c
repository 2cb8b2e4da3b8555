/* Frames around images, cut off or added: crop_images, pad_images. Two of before, after and what comes out tell the third. */
#include <inttypes.h>
#include <string.h>

#include "engine/operations/copying.h"
#include "engine/operations/images.h"

#define EDGES(WORD)                                                                                                 \
    {.name = "top_" WORD, .type = PARAM_INT}, {.name = "left_" WORD, .type = PARAM_INT}, {.name = "bottom_" WORD, .type = PARAM_INT}, \
    {.name = "right_" WORD, .type = PARAM_INT}, {.name = "target_height", .type = PARAM_INT}, {.name = "target_width", .type = PARAM_INT}, IMAGES_DATA_FORMAT
static const ParamSpec CROPPING[] = {EDGES("cropping")};
static const ParamSpec PADDING[] = {EDGES("padding")};

/* Places of the arguments of an axis. */
typedef struct Edge {
    int before, after, target;
} Edge;
static const Edge EDGE[2] = {{0, 2, 4}, {1, 3, 5}};

typedef struct Framing {
    int64_t before[2], out[2];     /* of rows, of columns; before: cells cut off, negative where they are added */
} Framing;

static bool crops(const Layer *layer) { return layer->kind->params == CROPPING; }

static const char *param_name(const Layer *layer, int i) { return layer->kind->params[i].name; }

static bool check_count(const Layer *layer, const Edge *edge, Error *err)
{
    const Value *args = layer->args;
    const int missing = (args[edge->before].kind == VALUE_NONE) + (args[edge->after].kind == VALUE_NONE) + (args[edge->target].kind == VALUE_NONE);
    if (missing == 1) return true;
    const char *one = param_name(layer, edge->before), *other = param_name(layer, edge->after), *third = param_name(layer, edge->target);
    return error_set(err, "ValueError", "Must specify exactly two of %s, %s, %s. Received: %s=%s, %s=%s, %s=%s", one, other, third,
                     one, value_str_text(err->arena, &args[edge->before]), other, value_str_text(err->arena, &args[edge->after]),
                     third, value_str_text(err->arena, &args[edge->target]));
}

static bool refuse_negative(const Layer *layer, int i, int64_t value, Error *err)
{
    return err && error_set(err, "ValueError", "%s must be >= 0. Received: %s=%" PRId64, param_name(layer, i), param_name(layer, i), value);
}

static bool check_given(const Layer *layer, const Edge *edge, Error *err)
{
    const int order[] = {edge->before, edge->after, edge->target};
    for (int i = 0; i < 3; i++) {
        const Value *value = &layer->args[order[i]];
        if (value->kind == VALUE_NONE) continue;
        if (!value_is_number(value))
            return error_set(err, "TypeError", "'<' not supported between instances of '%s' and 'int'", value_type(value));
        if (value_number(value) < 0) return refuse_negative(layer, order[i], (int64_t)value_number(value), err);
    }
    return true;
}

static int64_t given(const Layer *layer, int i)
{
    const Value *value = &layer->args[i];
    return value_is_number(value) ? (int64_t)value_number(value) : 0;
}

static bool is_missing(const Layer *layer, int i) { return layer->args[i].kind == VALUE_NONE; }

/* One axis of `cells`; -1 in *out where it stays unknown. */
static bool frame_axis(const Layer *layer, const Edge *edge, int64_t cells, int64_t *cut, int64_t *out, Error *err)
{
    const int64_t sign = crops(layer) ? 1 : -1;
    int64_t before = given(layer, edge->before), after = given(layer, edge->after);
    *out = is_missing(layer, edge->target) ? cells - sign * (before + after) : given(layer, edge->target);
    *cut = sign * before;
    if (cells == DIM_NONE) {
        if (is_missing(layer, edge->target)) *out = DIM_NONE;
        return true;
    }
    if (is_missing(layer, edge->before)) before = sign * (cells - *out) - after;
    if (is_missing(layer, edge->after)) after = sign * (cells - *out) - before;
    *cut = sign * before;
    if (before < 0) return refuse_negative(layer, edge->before, before, err);
    if (after < 0) return refuse_negative(layer, edge->after, after, err);
    return *out >= 0 || refuse_negative(layer, edge->target, *out, err);
}

static bool framing_of(const Layer *layer, const Shape *shape, Framing *g, Error *err)
{
    const int first = images_height_axis(layer, shape);
    for (int i = 0; i < 2; i++)
        if (!frame_axis(layer, &EDGE[i], shape->dim[first + i], &g->before[i], &g->out[i], err)) return false;
    return true;
}

static bool check_known(const Layer *layer, const Shape *shape, Error *err)
{
    static const char *const words[] = {"height", "width"};
    for (int i = 0; i < 2; i++) {
        if (shape->dim[images_height_axis(layer, shape) + i] != DIM_NONE || !is_missing(layer, EDGE[i].target)) continue;
        return error_set(err, "ValueError", "When the %s of the images is unknown, `target_%s` must be specified.Received images.shape=%s and "
                         "target_%s=None", words[i], words[i], shape_list_text(err->arena, shape), words[i]);
    }
    return true;
}

static bool infer_frame(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Shape shape = in[0].shape;
    Framing g;
    (void)n_in;
    if (!call_takes_one(call, err) || !images_check_listed(&shape, err)) return false;
    for (int i = 0; i < 2; i++)
        if (!check_count(layer, &EDGE[i], err)) return false;
    for (int i = 0; i < 2; i++)
        if (!check_given(layer, &EDGE[i], err)) return false;
    if ((crops(layer) && !check_known(layer, &shape, err)) || !framing_of(layer, &shape, &g, err)) return false;
    for (int i = 0; i < 2; i++) shape.dim[images_height_axis(layer, &in[0].shape) + i] = g.out[i];
    outputs_add(out, shape, in[0].dtype);
    return true;
}

static Origin origin_frame(const Trace *t, const int64_t *at)
{
    const Shape *in = &t->in[0].shape;
    const int first = images_height_axis(t->layer, in);
    Framing g;
    int64_t own[SHAPE_RANK_MAX];
    memcpy(own, at, sizeof own);
    if (!framing_of(t->layer, in, &g, NULL)) return (Origin){.from = -1};
    for (int i = 0; i < 2; i++) {
        own[first + i] += g.before[i];
        if (own[first + i] < 0 || own[first + i] >= in->dim[first + i]) return (Origin){.input = -1};
    }
    return origin_at(t, own);
}

const LayerKind OPERATION_crop_images = {
    OPERATION("CropImages", "image"), TAKES(IMAGES_CALL), MADE_WITH(CROPPING), .make = images_make, .infer = infer_frame, COPIES(origin_frame),
};
const LayerKind OPERATION_pad_images = {
    OPERATION("PadImages", "image"), TAKES(IMAGES_CALL), MADE_WITH(PADDING), .make = images_make, .infer = infer_frame, COPIES(origin_frame),
};
