/* Filters of images: gaussian_blur, sobel_edges, and ssim, which looks through one. */
#include <math.h>
#include <string.h>

#include "engine/operations/images.h"

static const ParamSpec BLUR[] = {
    {.name = "kernel_size", .type = PARAM_INTS, .fallback = VALUE_IS_TUPLE(2, VALUE_IS_INT(3), VALUE_IS_INT(3))},
    {.name = "sigma", .type = PARAM_ANY, .fallback = VALUE_IS_TUPLE(2, VALUE_IS_FLOAT(1.0), VALUE_IS_FLOAT(1.0))}, IMAGES_DATA_FORMAT,
};

/* The element of the input at rows and columns moved by as much; -1 outside. */
static int64_t moved(const Trace *t, const int64_t *at, int64_t down, int64_t right)
{
    const Shape *in = &t->in[0].shape;
    const int first = images_height_axis(t->layer, in);
    int64_t own[SHAPE_RANK_MAX];
    memcpy(own, at, sizeof own);
    own[first] += down;
    own[first + 1] += right;
    for (int i = first; i < first + 2; i++)
        if (own[i] < 0 || own[i] >= in->dim[i]) return -1;
    return place_index(in, own);
}

typedef struct Bell {
    int64_t size[2];
    double  sigma[2], sum[2];
} Bell;

static double bell_number(const Bell *b, int axis, int64_t i)
{
    const double x = ((double)i - (double)(b->size[axis] - 1) / 2) / b->sigma[axis];
    return exp(-0.5 * x * x);
}

static bool bell_of(const Layer *layer, Bell *b)
{
    const Value *sigma = &layer->args[1];
    if (operation_ints(&layer->args[0], b->size, 2) != 2 || (sigma->kind != VALUE_TUPLE && sigma->kind != VALUE_LIST) || sigma->list->n != 2)
        return false;
    for (int axis = 0; axis < 2; axis++) {
        if (b->size[axis] < 1 || b->size[axis] > 64 || !value_is_number(&sigma->list->items[axis])) return false;
        b->sigma[axis] = value_number(&sigma->list->items[axis]);
        b->sum[axis] = 0;
        for (int64_t i = 0; i < b->size[axis]; i++) b->sum[axis] += bell_number(b, axis, i);
    }
    return true;
}

static bool computes_blur(const Layer *layer)
{
    Bell bell;
    return bell_of(layer, &bell);
}

/* The kernel is laid out columns by rows, and read rows by columns. */
static int64_t trace_blur(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    int64_t at[SHAPE_RANK_MAX];
    Bell b;
    if (!bell_of(t->layer, &b)) return 0;
    place_of(&t->out[0].shape, t->k, at);
    for (int64_t i = 0; i < b.size[0] * b.size[1]; i++) {
        const int64_t from = moved(t, at, i / b.size[1] - (b.size[0] - 1) / 2, i % b.size[1] - (b.size[1] - 1) / 2);
        const double number = bell_number(&b, 1, i / b.size[0]) * bell_number(&b, 0, i % b.size[0]) / (b.sum[0] * b.sum[1]);
        if (from >= 0) terms_add(&list, term_input(0, from, number));
    }
    return list.n;
}

const LayerKind OPERATION_gaussian_blur = {
    OPERATION("GaussianBlur", "image"), TAKES(IMAGES_CALL), MADE_WITH(BLUR), .make = images_make, .infer = images_infer_same, .computes = computes_blur,
    IMAGES_SUM(trace_blur, "Σ x·e^(−r²/2σ²)"),
};

static bool infer_sobel(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    (void)layer, (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (in[0].shape.rank != 4)
        return error_set(err, "ValueError", "Invalid images rank: expected rank 4 (batch of images). Received: images.shape=%s",
                         shape_list_text(out->arena, &in[0].shape));
    outputs_add(out, shape_with(&in[0].shape, 4, 2), in[0].dtype);
    return true;
}

static int64_t mirrored(int64_t i, int64_t n) { return i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i; }

/* Down and across: (−1, 0, 1) along one axis times (1, 2, 1) along the other. */
static int64_t trace_sobel(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    const Shape *in = &t->in[0].shape;
    const int first = images_height_axis(t->layer, in);
    int64_t at[SHAPE_RANK_MAX], own[SHAPE_RANK_MAX];
    place_of(&t->out[0].shape, t->k, at);
    for (int64_t i = 0; i < 9; i++) {
        const int64_t step[2] = {i / 3 - 1, i % 3 - 1}, along = step[at[4]], beside = step[1 - at[4]];
        memcpy(own, at, sizeof own);
        for (int a = 0; a < 2; a++) own[first + a] = mirrored(own[first + a] + step[a], in->dim[first + a]);
        if (along) terms_add(&list, term_input(0, place_index(in, own), (double)along * (beside ? 1 : 2)));
    }
    return list.n;
}

static void forward_sobel(const Forward *f)
{
    const int first = images_height_axis(f->layer, &f->in[0].shape);
    if (f->in[0].shape.dim[first] < 2 || f->in[0].shape.dim[first + 1] < 2) *f->impossible = true;
    else images_forward_sum(f);
}

const LayerKind OPERATION_sobel_edges = {
    OPERATION("SobelEdges", "image"), TAKES(IMAGES_CALL), MADE_WITH(IMAGES_FORMAT), .make = images_make, .infer = infer_sobel, .forward = forward_sobel,
    .trace = trace_sobel, .rule = TRACE_SUM, .explain = dependence_explain, .family = &(const Dependence){"Σ x·k"},
};

/* ---- ssim: how alike two images are, over windows that slide ---- */

static const ParamSpec SSIM_CALL[] = {{.name = "image1", .required = true}, {.name = "image2", .required = true}};
static const ParamSpec SSIM[] = {
    {.name = "max_val", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(1.0)}, {.name = "filter_size", .type = PARAM_INT, .fallback = VALUE_IS_INT(11)},
    {.name = "filter_sigma", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(1.5)}, {.name = "k1", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.01)},
    {.name = "k2", .type = PARAM_FLOAT, .fallback = VALUE_IS_FLOAT(0.03)}, IMAGES_DATA_FORMAT,
};

static bool infer_ssim(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Operand a = operand_of(call, in, 0), b = operand_of(call, in, 1);
    (void)layer, (void)n_in;
    if (!images_check(&a.spec.shape, "image1", err) || !images_check(&b.spec.shape, "image2", err)) return false;
    outputs_add(out, a.spec.shape.rank == 3 ? (Shape){0} : SHAPE(a.spec.shape.dim[0]), a.spec.dtype);
    return true;
}

typedef struct Likeness {
    const float *a, *b;
    const Layer *layer;
    Shape        shape;      /* of both */
    Bell         bell;
    double       c1, c2;
} Likeness;

static double number_of(const Layer *layer, const char *name)
{
    const Value *value = operation_arg(layer, name);
    return value_is_number(value) ? value_number(value) : (double)NAN;
}

static bool likeness_of(const Forward *f, Likeness *l)
{
    Operand pair[2];
    const double most = number_of(f->layer, "max_val"), k1 = number_of(f->layer, "k1") * most, k2 = number_of(f->layer, "k2") * most;
    if (!operands_find(f, 2, pair) || !shape_equal(&pair[0].spec.shape, &pair[1].spec.shape)) return false;
    *l = (Likeness){.layer = f->layer, .shape = pair[0].spec.shape, .c1 = k1 * k1, .c2 = k2 * k2};
    l->a = operand_spread(&pair[0], f->in, &l->shape, f->scratch), l->b = operand_spread(&pair[1], f->in, &l->shape, f->scratch);
    for (int axis = 0; axis < 2; axis++) {
        const int64_t cells = l->shape.dim[images_height_axis(f->layer, &l->shape) + axis];
        if (operation_ints(operation_arg(f->layer, "filter_size"), &l->bell.size[axis], 1) != 1) return false;
        if (l->bell.size[axis] < 1 || l->bell.size[axis] > cells) return false;
        l->bell.sigma[axis] = number_of(f->layer, "filter_sigma");
        for (int64_t i = 0; i < l->bell.size[axis]; i++) l->bell.sum[axis] += bell_number(&l->bell, axis, i);
    }
    return true;
}

/* Of the window that begins at `at`: means, spreads and how both go together. */
static double alike_at(const Likeness *l, const int64_t *at)
{
    double mean_a = 0, mean_b = 0, aa = 0, bb = 0, ab = 0;
    const int first = images_height_axis(l->layer, &l->shape);
    for (int64_t i = 0; i < l->bell.size[0] * l->bell.size[1]; i++) {
        int64_t own[SHAPE_RANK_MAX];
        memcpy(own, at, sizeof own);
        own[first] += i / l->bell.size[1], own[first + 1] += i % l->bell.size[1];
        const int64_t k = place_index(&l->shape, own);
        const double a = (double)l->a[k], b = (double)l->b[k];
        const double w = bell_number(&l->bell, 0, i / l->bell.size[1]) * bell_number(&l->bell, 1, i % l->bell.size[1]) / (l->bell.sum[0] * l->bell.sum[1]);
        mean_a += w * a, mean_b += w * b, aa += w * a * a, bb += w * b * b, ab += w * a * b;
    }
    const double squares = mean_a * mean_a + mean_b * mean_b, spread = aa + bb - squares, both = mean_a * mean_b;
    return (2 * both + l->c1) * (2 * (ab - both) + l->c2) / ((squares + l->c1) * (spread + l->c2));
}

static void forward_ssim(const Forward *f)
{
    Likeness l = {0};
    if (!likeness_of(f, &l)) {
        *f->impossible = true;
        return;
    }
    Shape places = l.shape;
    for (int axis = 0; axis < 2; axis++) places.dim[images_height_axis(f->layer, &places) + axis] -= l.bell.size[axis] - 1;
    const int64_t images = shape_size(&f->out[0].shape), each = images ? shape_size(&places) / images : 0;
    int64_t at[SHAPE_RANK_MAX];
    place_begin(at);
    for (int64_t i = 0; i < images; i++) {
        double sum = 0;
        for (int64_t k = 0; k < each; k++, place_next(&places, at)) sum += alike_at(&l, at);
        f->out[0].data[i] = (float)(dtype_is_float(f->out[0].dtype) ? sum / (double)each : trunc(sum / (double)each));
    }
}

const LayerKind OPERATION_ssim = {
    OPERATION("SSIM", "image"), .function = "ssim", TAKES(SSIM_CALL), MADE_WITH(SSIM), .make = images_make, .infer = infer_ssim,
    DEPENDS(forward_ssim, depends_on_all, "ssim(a, b)"),
};
