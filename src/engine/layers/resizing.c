/* Resizing, CenterCrop, and the operation ops.image.resize. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "engine/layers/formula.h"
#include "engine/layers/image_layer.h"
#include "engine/layers/resize.h"
#include "engine/layers/spatial.h"
#include "engine/operations/operation.h"

static const char *const INTERPOLATIONS[] = {"bilinear", "nearest", "bicubic", "lanczos3", "lanczos5", "area", NULL};
static const char *const FILL_MODES[] = {"constant", NULL};

static const ParamSpec RESIZING[] = {
    {.name = "height", .type = PARAM_INT, .required = true, .example = "32"},
    {.name = "width", .type = PARAM_INT, .required = true, .example = "32"},
    {.name = "interpolation", .type = PARAM_CHOICE, .choices = INTERPOLATIONS, .fallback = VALUE_IS_TEXT("bilinear")},
    {.name = "crop_to_aspect_ratio", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
    {.name = "pad_to_aspect_ratio", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
    {.name = "fill_mode", .type = PARAM_CHOICE, .choices = FILL_MODES, .fallback = VALUE_IS_TEXT("constant")},
    {.name = "fill_value", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)},
    {.name = "antialias", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
    {.name = "data_format", .type = PARAM_CHOICE, .choices = DATA_FORMAT_CHOICES},
    IMAGE_HIDDEN_FACTOR, IMAGE_HIDDEN_PARAMS,
};

static const ParamSpec CENTER_CROP[] = {
    {.name = "height", .type = PARAM_INT, .required = true, .example = "32"},
    {.name = "width", .type = PARAM_INT, .required = true, .example = "32"},
    {.name = "data_format", .type = PARAM_CHOICE, .choices = DATA_FORMAT_CHOICES},
    IMAGE_HIDDEN_FACTOR, IMAGE_HIDDEN_PARAMS,
};

typedef struct ResizingConfig ResizingConfig;
struct ResizingConfig {
    bool          channels_first, crops, pads, antialias;
    const Value  *height, *width;
    const char   *interpolation;
    float         fill;
    /* Finds the region of an image of height and width `in`. */
    void        (*region)(const ResizingConfig *, const int64_t *in, Resize *);
};

/* ---- make ---- */

static ResizingConfig *begin(Maker *maker)
{
    ResizingConfig *config = ARENA_NEW(maker->builder->arena, ResizingConfig);
    config->height = maker_arg(maker, "height");
    config->width = maker_arg(maker, "width");
    config->interpolation = "bilinear";
    maker->layer->config = config;
    return config;
}

static void region_of_resizing(const ResizingConfig *, const int64_t *in, Resize *);
static void region_of_center(const ResizingConfig *, const int64_t *in, Resize *);

static bool make_resizing(Maker *maker)
{
    if (!layer_base(maker) || !image_refuse_factor(maker)) return false;
    ResizingConfig *config = begin(maker);
    const Value *fill = maker_arg(maker, "fill_value");
    config->region = region_of_resizing;
    config->interpolation = maker_text(maker, "interpolation");
    if (!maker_data_format(maker, "data_format", &config->channels_first)) return false;
    config->crops = value_truth(maker_arg(maker, "crop_to_aspect_ratio"));
    config->pads = value_truth(maker_arg(maker, "pad_to_aspect_ratio"));
    config->fill = value_is_number(fill) ? (float)value_number(fill) : 0.0F;
    config->antialias = value_truth(maker_arg(maker, "antialias"));
    maker_set(maker, "antialias", value_bool(config->antialias));
    return true;
}

static bool make_center_crop(Maker *maker)
{
    if (!layer_base(maker)) return false;
    ResizingConfig *config = begin(maker);
    config->region = region_of_center;
    return maker_data_format(maker, "data_format", &config->channels_first) && image_refuse_factor(maker);
}

/* ---- shapes ---- */

static bool infer(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const ResizingConfig *config = layer->config;
    Shape shape;
    (void)call, (void)n_in;
    if (!image_shape(out->arena, &in[0].shape, config->channels_first, config->height, config->width, &shape, err)) return false;
    outputs_add(out, shape, layer->dtype);
    return true;
}

static bool infer_center_crop(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    if (in[0].shape.rank == 3 || in[0].shape.rank == 4) return infer(layer, call, in, n_in, out, err);
    error_set(err, "ValueError", "`input_shape` must be a non-nested tuple or list of rank-1 with size 3 (unbatched) or 4 (batched). ");
    return error_cause(err, "cause.image_rank", shape_text(out->arena, &in[0].shape), NULL);
}

/* ---- the region of the image that is shown ---- */

static int64_t within(int64_t n, int64_t least, int64_t most)
{
    return n < least ? least : n > most ? most : n;
}

/* The largest part of the image with the target's ratio of sides, in the middle. */
static void crop_to_ratio(const int64_t *in, Resize *resize)
{
    const int64_t height = (int64_t)((float)(in[1] * resize->out[0]) / (float)resize->out[1]);
    const int64_t width = (int64_t)((float)(in[0] * resize->out[1]) / (float)resize->out[0]);
    resize->cells[0] = height < in[0] ? within(height, 1, in[0]) : in[0];
    resize->cells[1] = width < in[1] ? within(width, 1, in[1]) : in[1];
    for (int i = 0; i < RESIZE_AXES; i++) resize->first[i] = (in[i] - resize->cells[i]) / 2;
}

/* The image with as many rows, or columns, on both sides as bring it near the target's ratio. */
static void pad_to_ratio(const int64_t *in, Resize *resize)
{
    const int64_t height = (int64_t)((float)(in[1] * resize->out[0]) / (float)resize->out[1]);
    const int64_t width = (int64_t)((float)(in[0] * resize->out[1]) / (float)resize->out[0]);
    const int64_t whole[RESIZE_AXES] = {height, width};
    for (int i = 0; i < RESIZE_AXES; i++) {
        const int64_t side = whole[i] > in[i] ? (whole[i] - in[i]) / 2 : 0;
        resize->first[i] = -side;
        resize->cells[i] = in[i] + 2 * side;
    }
}

static void region_of_resizing(const ResizingConfig *config, const int64_t *in, Resize *resize)
{
    if (config->crops) crop_to_ratio(in, resize);
    else if (config->pads) pad_to_ratio(in, resize);
}

/* What is larger on both sides is cut, the rest resized. */
static void region_of_center(const ResizingConfig *config, const int64_t *in, Resize *resize)
{
    (void)config;
    if (in[0] < resize->out[0] || in[1] < resize->out[1]) {
        crop_to_ratio(in, resize);
        return;
    }
    for (int i = 0; i < RESIZE_AXES; i++) {
        resize->first[i] = (in[i] - resize->out[i]) / 2;
        resize->cells[i] = resize->out[i];
    }
}

/* False where Keras itself cannot compute: no image, no such interpolation, nothing to show. */
static bool resize_of(const ResizingConfig *config, const Shape *in, const Shape *out, Resize *resize)
{
    if (in->rank != 3 && in->rank != 4) return false;
    const int axis = image_height_axis(in, config->channels_first);
    *resize = (Resize){.fill = config->fill, .antialias = config->antialias};
    for (int i = 0; i < RESIZE_AXES; i++) {
        resize->cells[i] = in->dim[axis + i];
        resize->out[i] = out->dim[axis + i];
        if (resize->cells[i] <= 0 || resize->out[i] <= 0) return false;
    }
    const int64_t image[RESIZE_AXES] = {resize->cells[0], resize->cells[1]};
    config->region(config, image, resize);
    return interpolation_find(config->interpolation, &resize->interpolation) && !(config->crops && config->pads);
}

/* ---- numbers ---- */

/* Integers stay integers: rounded half to even, within the range of their type. */
static void round_to_type(Tensor *out, Dtype dtype)
{
    static const struct { Dtype dtype; float least, most; } RANGES[] = {
        {DTYPE_UINT8, 0, 255}, {DTYPE_INT8, -128, 127}, {DTYPE_UINT16, 0, 65535}, {DTYPE_INT16, -32768, 32767},
    };
    if (dtype_is_float(dtype)) return;
    float least = -INFINITY, most = INFINITY;
    for (size_t i = 0; i < sizeof RANGES / sizeof *RANGES; i++)
        if (RANGES[i].dtype == dtype) least = RANGES[i].least, most = RANGES[i].most;
    for (int64_t i = 0; i < shape_size(&out->shape); i++) out->data[i] = fminf(fmaxf(rintf(out->data[i]), least), most);
}

static void forward(const Forward *forward)
{
    const ResizingConfig *config = forward->layer->config;
    Resize resize;
    if (!resize_of(config, &forward->in[0].shape, &forward->out[0].shape, &resize)) {
        *forward->impossible = true;
        return;
    }
    resize_forward(&resize, forward, config->channels_first);
    if (config->region == region_of_resizing) round_to_type(&forward->out[0], forward->in[0].dtype);
}

static int64_t trace(const Trace *trace, Term *terms, int64_t cap)
{
    const ResizingConfig *config = trace->layer->config;
    Resize resize;
    if (!resize_of(config, &trace->in[0].shape, &trace->out[0].shape, &resize)) return 0;
    return resize_trace(&resize, trace, config->channels_first, terms, cap);
}

static int64_t connections(const Trace *trace)
{
    const ResizingConfig *config = trace->layer->config;
    Resize resize;
    if (!shape_known(&trace->in[0].shape) || !shape_known(&trace->out[0].shape)) return DIM_NONE;
    if (!resize_of(config, &trace->in[0].shape, &trace->out[0].shape, &resize)) return 0;
    return resize_connections(&resize, trace, config->channels_first);
}

static void explain(const Trace *trace, ExplainTopic topic, Text *text)
{
    const ResizingConfig *config = trace->layer->config;
    Resize resize;
    if (topic == EXPLAIN_TITLE)
        text_print(text, "%s×%s", value_str_text(text->arena, config->height), value_str_text(text->arena, config->width));
    if (topic != EXPLAIN_RULE || !shape_known(&trace->in[0].shape) || !shape_known(&trace->out[0].shape)) return;
    if (resize_of(config, &trace->in[0].shape, &trace->out[0].shape, &resize))
        resize_explain_rule(&resize, trace, config->channels_first, text);
}

static bool computes(const Layer *layer)
{
    const ResizingConfig *config = layer->config;
    Interpolation unused;
    return interpolation_find(config->interpolation, &unused) && !(config->crops && config->pads);
}

#define KIND(SYMBOL, NAME, MODULE, PARAM_LIST, MAKE, INFER)                                     \
    const LayerKind LAYER_##SYMBOL = {                                                          \
        .name = NAME, .module = "keras.src.layers.preprocessing.image_preprocessing." MODULE,   \
        .params = PARAM_LIST, .n_params = sizeof PARAM_LIST / sizeof *PARAM_LIST,               \
        .call_params = IMAGE_CALL, .n_call_params = 2,                                          \
        .make = MAKE, .infer = INFER, .forward = forward, .trace = trace, .explain = explain,   \
        .connections = connections, .computes = computes, .rule = TRACE_SUM,                                          \
    };

KIND(resizing, "Resizing", "resizing", RESIZING, make_resizing, infer)
KIND(center_crop, "CenterCrop", "center_crop", CENTER_CROP, make_center_crop, infer_center_crop)

/* ---- the operation ---- */

static const ParamSpec IMAGES[] = {{.name = "images", .type = PARAM_TENSORS, .required = true}};
static const ParamSpec RESIZE_PARAMS[] = {
    {.name = "size", .type = PARAM_INTS, .required = true},
    {.name = "interpolation", .type = PARAM_CHOICE, .choices = INTERPOLATIONS, .fallback = VALUE_IS_TEXT("bilinear")},
    {.name = "antialias", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
    {.name = "crop_to_aspect_ratio", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
    {.name = "pad_to_aspect_ratio", .type = PARAM_BOOL, .fallback = VALUE_IS_FALSE},
    {.name = "fill_mode", .type = PARAM_CHOICE, .choices = FILL_MODES, .fallback = VALUE_IS_TEXT("constant")},
    {.name = "fill_value", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.0)},
    {.name = "data_format", .type = PARAM_CHOICE, .choices = DATA_FORMAT_CHOICES},
};

static bool make_operation(Maker *maker)
{
    const Value *size = maker_arg(maker, "size"), *fill = maker_arg(maker, "fill_value");
    const bool list = size->kind == VALUE_TUPLE || size->kind == VALUE_LIST;
    if (!list || size->list->n != 2)
        return maker_refuse(maker, "size", "ValueError", "Expected `size` to be a tuple of 2 integers. Received: size=%s",
                            maker_text(maker, "size"));
    if (!layer_base(maker)) return false;
    ResizingConfig *config = ARENA_NEW(maker->builder->arena, ResizingConfig);
    *config = (ResizingConfig){
        .height = &size->list->items[0], .width = &size->list->items[1], .region = region_of_resizing,
        .interpolation = maker_text(maker, "interpolation"), .antialias = value_truth(maker_arg(maker, "antialias")),
        .crops = value_truth(maker_arg(maker, "crop_to_aspect_ratio")), .pads = value_truth(maker_arg(maker, "pad_to_aspect_ratio")),
        .fill = value_is_number(fill) ? (float)value_number(fill) : 0.0F,
    };
    maker->layer->config = config;
    return maker_data_format(maker, "data_format", &config->channels_first);
}

static bool infer_operation(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const int rank = in[0].shape.rank;
    if (rank != 3 && rank != 4)
        return error_set(err, "ValueError", "Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). Received input "
                         "with shape: images.shape=%s", shape_text(out->arena, &in[0].shape));
    if (!infer(layer, call, in, n_in, out, err)) return false;
    out->spec[out->n - 1].dtype = in[0].dtype;
    return true;
}

const LayerKind OPERATION_resize = {
    OPERATION("Resize", "image"), TAKES(IMAGES), MADE_WITH(RESIZE_PARAMS), .make = make_operation, .infer = infer_operation, .forward = forward,
    .trace = trace, .explain = explain, .connections = connections, .computes = computes, .rule = TRACE_SUM,
};
