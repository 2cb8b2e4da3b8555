/* Colours of images: rgb_to_grayscale, rgb_to_hsv, hsv_to_rgb. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "engine/operations/images.h"

/* The element at `at` of the output's pixel in channel c of the input. */
static int64_t channel_at(const Trace *t, const int64_t *at, int64_t c)
{
    int64_t own[SHAPE_RANK_MAX];
    memcpy(own, at, sizeof own);
    own[images_channel_axis(t->layer, &t->in[0].shape)] = c;
    return place_index(&t->in[0].shape, own);
}

static bool infer_grey(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Shape shape = in[0].shape;
    (void)n_in;
    if (!call_takes_one(call, err) || !images_check_listed(&shape, err)) return false;
    int64_t *channels = &shape.dim[images_channel_axis(layer, &shape)];
    if (*channels != DIM_NONE && *channels != 1 && *channels != 3)
        return error_set(err, "ValueError", "Invalid channel size: expected 3 (RGB) or 1 (Grayscale). Received input with shape: images.shape=%s",
                         shape_text(out->arena, &shape));
    *channels = 1;
    outputs_add(out, shape, in[0].dtype);
    return true;
}

static int64_t trace_grey(const Trace *t, Term *terms, int64_t cap)
{
    static const double weights[] = {0.2989, 0.587, 0.114};
    TermList list = {.term = terms, .cap = cap};
    const int64_t channels = t->in[0].shape.dim[images_channel_axis(t->layer, &t->in[0].shape)];
    int64_t at[SHAPE_RANK_MAX];
    place_of(&t->out[0].shape, t->k, at);
    for (int64_t c = 0; c < channels && c < 3; c++)
        terms_add(&list, term_input(0, channel_at(t, at, c), channels == 1 ? 1 : weights[c]));
    return list.n;
}

/* Of whole numbers the fraction is cut off. */
static TraceRule rule_of_grey(const Layer *layer)
{
    return layer->n_calls && !dtype_is_float(layer->calls[0]->in[0]->spec.dtype) ? TRACE_DEPENDS : TRACE_SUM;
}

const LayerKind OPERATION_rgb_to_grayscale = {
    OPERATION("RGBToGrayscale", "image"), .function = "rgb_to_grayscale", TAKES(IMAGES_CALL), MADE_WITH(IMAGES_FORMAT), .make = images_make, .infer = infer_grey,
    .rule_of = rule_of_grey, IMAGES_SUM(trace_grey, "0.2989·r + 0.587·g + 0.114·b"),
};

static bool infer_colour(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Shape *shape = &in[0].shape;
    (void)n_in;
    if (!call_takes_one(call, err) || !images_check_listed(shape, err)) return false;
    if (!dtype_is_float(in[0].dtype))
        return error_set(err, "ValueError", "Invalid images dtype: expected float dtype. Received: images.dtype=%s", dtype_name(in[0].dtype));
    const int64_t channels = shape->dim[images_channel_axis(layer, shape)];
    if (channels != DIM_NONE && channels != 3)
        return error_set(err, "ValueError", "Input images must have 3 channels, but received images with %" PRId64 " channels.", channels);
    outputs_add(out, *shape, in[0].dtype);
    return true;
}

static double between_0_and_1(double x) { return x < 0 ? 0 : x > 1 ? 1 : x; }

static void to_hsv(const double rgb[3], double hsv[3])
{
    const double r = rgb[0], g = rgb[1], b = rgb[2], most = fmax(r, fmax(g, b)), range = most - fmin(r, fmin(g, b)), norm = 1 / (6 * range);
    const double hue = r == most ? norm * (g - b) : g == most ? norm * (b - r) + 2.0 / 6 : norm * (r - g) + 4.0 / 6;
    hsv[0] = range > 0 ? hue + (hue < 0) : 0;
    hsv[1] = most > 0 ? range / most : 0;
    hsv[2] = most;
}

static void to_rgb(const double hsv[3], double rgb[3])
{
    const double turn = hsv[0] * 6;
    const double share[] = {between_0_and_1(fabs(turn - 3) - 1), between_0_and_1(2 - fabs(turn - 2)), between_0_and_1(2 - fabs(turn - 4))};
    for (int c = 0; c < 3; c++) rgb[c] = ((1 - hsv[1]) + hsv[1] * share[c]) * hsv[2];
}

/* Pixel by pixel; channels are `step` apart. */
static void forward_colour(const Forward *f, void (*convert)(const double[3], double[3]))
{
    const Shape *shape = &f->in[0].shape;
    const int64_t step = shape_span_size(shape, images_channel_axis(f->layer, shape) + 1, shape->rank), size = shape_size(shape);
    for (int64_t k = 0; k < size; k++) {
        double from[3], to[3];
        if (k / step % 3) continue;
        for (int c = 0; c < 3; c++) from[c] = (double)f->in[0].data[k + c * step];
        convert(from, to);
        for (int c = 0; c < 3; c++) f->out[0].data[k + c * step] = (float)to[c];
    }
}

static void forward_hsv(const Forward *f) { forward_colour(f, to_hsv); }
static void forward_rgb(const Forward *f) { forward_colour(f, to_rgb); }

static int64_t trace_colour(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    int64_t at[SHAPE_RANK_MAX];
    place_of(&t->out[0].shape, t->k, at);
    for (int64_t c = 0; c < 3; c++) terms_add(&list, term_input(0, channel_at(t, at, c), 1));
    return list.n;
}

const LayerKind OPERATION_rgb_to_hsv = {
    OPERATION("RGBToHSV", "image"), .function = "rgb_to_hsv", TAKES(IMAGES_CALL), MADE_WITH(IMAGES_FORMAT), .make = images_make, .infer = infer_colour,
    DEPENDS(forward_hsv, trace_colour, "hsv(r, g, b)"),
};
const LayerKind OPERATION_hsv_to_rgb = {
    OPERATION("HSVToRGB", "image"), .function = "hsv_to_rgb", TAKES(IMAGES_CALL), MADE_WITH(IMAGES_FORMAT), .make = images_make, .infer = infer_colour,
    DEPENDS(forward_rgb, trace_colour, "rgb(h, s, v)"),
};
