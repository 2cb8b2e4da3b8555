/* Fourier transforms as operations: fft, fft2, ifft2, rfft, stft, and back again irfft, istft. */
#include <inttypes.h>
#include <string.h>

#include "engine/config.h"
#include "engine/constant.h"
#include "engine/layers/terms.h"
#include "engine/operations/fourier.h"
#include "engine/operations/operand.h"
#include "engine/operations/operation.h"

/* The numbers that one transform takes: of an example for fft, of a frame for stft. */
typedef struct Spectrum {
    int64_t rows, columns;        /* of the transform; rows: 1 but for two axes */
    int64_t frames, stride;       /* along the signal */
    int64_t before;               /* cells of reflected padding before the signal; coming back, cells cut off */
    int64_t samples, bins;        /* numbers of an example: of the signal, and of each frame's spectrum */
    int64_t first, taps;          /* of a frame's cells those that the window lets through */
    const Value *window;          /* taps long; NULL = all 1 */
    int     sign;
    double  scale;
} Spectrum;

/* What tells one operation from another. */
typedef struct Kind {
    int  axes, sign;
    bool scaled;
} Kind;

static bool refuse_pair(const Value *x, Error *err)
{
    return err && error_set(err, "ValueError", "Input `x` should be a tuple of two tensors - real and imaginary. Received: x=%s",
                            value_str_text(err->arena, x));
}

typedef struct Pair {
    Operand re, im;
} Pair;

/* The tensors of (real, imaginary). */
static bool pair_of(const Call *call, const TensorSpec *in, Pair *pair, Error *err)
{
    const Value *x = &call->args[0];
    const bool two = (x->kind == VALUE_TUPLE || x->kind == VALUE_LIST) && x->list->n == 2;
    if (!two) return refuse_pair(x, err);
    const int first = call->tensors[0].first;
    pair->re = operand_of_value(&x->list->items[0], in, first);
    pair->im = operand_of_value(&x->list->items[1], in, first + (pair->re.input >= 0));
    if (shape_equal(&pair->re.spec.shape, &pair->im.spec.shape)) return true;
    return err && error_set(err, "ValueError", "Input `x` should be a tuple of two tensors - real and imaginary. Both the real and imaginary "
                            "parts should have the same shape. Received: x[0].shape = %s, x[1].shape = %s",
                            shape_text(err->arena, &pair->re.spec.shape), shape_text(err->arena, &pair->im.spec.shape));
}

static bool check_rank(const Shape *shape, int least, Error *err)
{
    if (shape->rank >= least) return true;
    return err && error_set(err, "ValueError", "Input should have rank >= %d. Received: input.shape = %s", least, shape_text(err->arena, shape));
}

/* An int of the constructor; `otherwise` where it is None. */
static bool read_int(const Layer *layer, const char *name, int64_t otherwise, int64_t *out, Error *err)
{
    const Value *value = operation_arg(layer, name);
    *out = otherwise;
    if (value->kind == VALUE_NONE || value_integer(value, out)) return true;
    return err && error_set(err, "TypeError", "unsupported operand type(s) for //: '%s' and 'int'", value_class_name(value));
}

/* The shape with more axes; what Python's arithmetic made of them may be negative. */
static bool give(const Shape *shape, const Value *more, int n, Dtype dtype, Outputs *out, Error *err)
{
    Value axes = value_shape(out->arena, shape);
    Shape made;
    for (int i = 0; i < n; i++) list_add(axes.list, more[i]);
    if (!shape_resolve(out->arena, &axes, &made, err)) return false;
    outputs_add(out, made, dtype);
    return true;
}

static int64_t floored(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/* ---- fft, fft2, ifft2: as many numbers as came ---- */

static bool infer_whole(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Kind *kind = layer->kind->family;
    Pair pair;
    (void)n_in;
    if (!pair_of(call, in, &pair, err)) return false;
    const Shape *shape = &pair.re.spec.shape;
    if (!check_rank(shape, kind->axes, err)) return false;
    for (int i = 1; i <= kind->axes; i++)
        if (shape->dim[shape->rank - i] == DIM_NONE)
            return error_set(err, "ValueError", "Input should have its %s fully-defined. Received: input.shape = %s",
                             kind->axes == 1 ? "last dimension" : "(-2, -1) axes", shape_text(out->arena, shape));
    outputs_add(out, *shape, pair.re.spec.dtype);
    outputs_add(out, *shape, pair.im.spec.dtype);
    return out->list = true;
}

static Spectrum whole_of(const Layer *layer, const Shape *shape)
{
    const Kind *kind = layer->kind->family;
    Spectrum s = {.rows = kind->axes == 2 ? shape->dim[shape->rank - 2] : 1, .columns = shape->dim[shape->rank - 1], .sign = kind->sign};
    s.samples = s.bins = s.rows * s.columns;
    s.scale = kind->scaled ? 1 / (double)s.samples : 1;
    return s;
}

static bool transforms(const Dtype dtype) { return dtype == DTYPE_FLOAT32 || dtype == DTYPE_FLOAT64; }

/* Along both axes, one after the other. */
static bool run_whole(const Spectrum *s, Complex *x, Arena *scratch)
{
    Fourier along, across;
    if (!fourier_make(&along, scratch, s->columns, s->sign) || !fourier_make(&across, scratch, s->rows, s->sign)) return false;
    for (int64_t r = 0; r < s->rows; r++) fourier_run(&along, x + r * s->columns, 1);
    for (int64_t c = 0; c < s->columns && s->rows > 1; c++) fourier_run(&across, x + c, s->columns);
    return true;
}

static void forward_whole(const Forward *f)
{
    Pair pair;
    const TensorSpec *specs = operand_specs(f->scratch, f->in, f->n_in);
    bool good = pair_of(f->call, specs, &pair, NULL) && operand_known(&pair.re) && operand_known(&pair.im) && transforms(f->out[0].dtype);
    const Spectrum s = whole_of(f->layer, &f->out[0].shape);
    const int64_t size = shape_size(&f->out[0].shape);
    Complex *x = ARENA_ARRAY(f->scratch, s.samples + 1, Complex);
    for (int64_t at = 0; at < size && good; at += s.samples) {
        for (int64_t i = 0; i < s.samples; i++)
            x[i] = (Complex){operand_number(&pair.re, f->in, at + i), operand_number(&pair.im, f->in, at + i)};
        good = run_whole(&s, x, f->scratch);
        for (int64_t i = 0; i < s.samples; i++) {
            f->out[0].data[at + i] = (float)(x[i].re * s.scale);
            f->out[1].data[at + i] = (float)(x[i].im * s.scale);
        }
    }
    if (!good) *f->impossible = true;
}

static void add_term(TermList *list, const Operand *operand, int64_t from, double scale)
{
    if (operand->input >= 0 && scale != 0.0) terms_add(list, term_input(operand->input, from, scale));
}

static int64_t trace_whole(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    Pair pair;
    if (!pair_of(t->call, t->in, &pair, NULL)) return 0;
    const Spectrum s = whole_of(t->layer, &t->out[0].shape);
    const int64_t k = t->k % s.samples, first = t->k - k;
    for (int64_t j = 0; j < s.samples; j++) {
        const int64_t across = (j / s.columns) * (k / s.columns) % s.rows * s.columns, along = (j % s.columns) * (k % s.columns) % s.columns * s.rows;
        Complex turn = fourier_turn((across + along) % s.samples, s.samples);
        turn.im *= s.sign;
        add_term(&list, &pair.re, first + j, s.scale * (t->output ? turn.im : turn.re));
        add_term(&list, &pair.im, first + j, s.scale * (t->output ? turn.re : -turn.im));
    }
    return list.n;
}

static void explain(const Trace *t, ExplainTopic topic, Text *text)
{
    const Kind *kind = t->layer->kind->family;
    if (topic == EXPLAIN_RULE) text_print(text, "%sΣ x[j]·%s(2π·j·k/n)", kind->scaled ? "1/n·" : "", t->output ? "sin" : "cos");
}

#define SPECTRA(FUNCTION, NAME, ...)                                                                                \
    const LayerKind OPERATION_##FUNCTION = {                                                                        \
        OPERATION(NAME, "math"), .function = #FUNCTION, TAKES(OPERATION_X), .explain = explain, .rule = TRACE_SUM, __VA_ARGS__ \
    }

#define WHOLE .infer = infer_whole, .forward = forward_whole, .trace = trace_whole, .family = &(const Kind)

SPECTRA(fft, "FFT", WHOLE{.axes = 1, .sign = -1});
SPECTRA(fft2, "FFT2", WHOLE{.axes = 2, .sign = -1});
SPECTRA(ifft2, "IFFT2", WHOLE{.axes = 2, .sign = 1, .scaled = true});

/* ---- windows ---- */

static double raised_cosine(double base, int64_t at, int64_t length)
{
    const int64_t n = length - length % 2;    /* what an odd window calls periodic is symmetric */
    return length == 1 ? 1 : base - (1 - base) * fourier_turn(at, n).re;
}

static const Tensor *window_array(const Value *window)
{
    return window->kind == VALUE_OBJECT && window->object.kind == &CONSTANT_ARRAY ? window->object.data : NULL;
}

static bool window_fits(const Value *window, int64_t length)
{
    const Tensor *array = window_array(window);
    if (window->kind == VALUE_STRING) return value_is_text(window, "hann") || value_is_text(window, "hamming");
    if (array) return array->data && array->shape.rank == 1 && array->shape.dim[0] == length;
    if ((window->kind != VALUE_LIST && window->kind != VALUE_TUPLE) || (int64_t)window->list->n != length) return false;
    for (int64_t i = 0; i < length; i++)
        if (!value_is_number(&window->list->items[i])) return false;
    return true;
}

/* The window stands in the middle of its frame. */
static bool read_window(const Layer *layer, Spectrum *s)
{
    const Value *window = operation_arg(layer, "window");
    int64_t length;
    if (!read_int(layer, "sequence_length", 0, &length, NULL) || length < 1 || length > s->columns) return false;
    if (window->kind == VALUE_NONE) return true;
    s->first = (s->columns - length) / 2;
    s->taps = length;
    s->window = window;
    return window_fits(window, length);
}

/* What the number under a tap is multiplied by. */
static double windowed(const Spectrum *s, int64_t tap)
{
    const int64_t at = tap - s->first;
    if (!s->window) return 1;
    if (at < 0 || at >= s->taps) return 0;
    if (s->window->kind == VALUE_STRING) return raised_cosine(value_is_text(s->window, "hann") ? 0.5 : 0.54, at, s->taps);
    const Tensor *array = window_array(s->window);
    return array ? (double)array->data[at] : value_number(&s->window->list->items[at]);
}

/* ---- rfft, stft: frames of a signal into spectra ---- */

static const ParamSpec LENGTH_PARAM[] = {{.name = "fft_length", .type = PARAM_INT}};
#define FRAME_PARAMS                                                                                                \
    {.name = "sequence_length", .type = PARAM_INT, .required = true}, {.name = "sequence_stride", .type = PARAM_INT, .required = true}, \
    {.name = "fft_length", .type = PARAM_INT, .required = true}
#define WINDOW_PARAMS                                                                                               \
    {.name = "window", .type = PARAM_ANY, .fallback = VALUE_IS_TEXT("hann")}, {.name = "center", .type = PARAM_BOOL, .fallback = VALUE_IS_TRUE}
static const ParamSpec STFT_PARAMS[] = {FRAME_PARAMS, WINDOW_PARAMS};
static const ParamSpec ISTFT_PARAMS[] = {FRAME_PARAMS, {.name = "length", .type = PARAM_INT}, WINDOW_PARAMS};

static bool is_centred(const Layer *layer)
{
    const Value *center = operation_arg(layer, "center");
    return !(center->kind == VALUE_BOOL && !center->boolean);
}

/* The functions look at the stride before anything else. */
static bool make_framed(Maker *m)
{
    const Value *stride = maker_arg(m, "sequence_stride");
    const bool whole = value_is_int(stride) || stride->kind == VALUE_BOOL;
    if (!whole || (stride->kind == VALUE_BOOL ? (int64_t)stride->boolean : stride->integer) <= 0)
        return maker_refuse(m, "sequence_stride", "ValueError", "`sequence_stride` must be a positive integer. Received: sequence_stride=%s",
                            maker_text(m, "sequence_stride"));
    return layer_base(m);
}

static bool infer_rfft(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Shape *shape = &in[0].shape;
    int64_t length;
    (void)n_in;
    if (!call_takes_one(call, err) || !check_rank(shape, 1, err)) return false;
    if (!read_int(layer, "fft_length", shape->dim[shape->rank - 1], &length, err)) return false;
    const Value bins = length == DIM_NONE && layer->args[0].kind == VALUE_NONE ? value_none() : value_int(floored(length, 2) + 1);
    const Shape before = shape_slice(shape, 0, shape->rank - 1);
    if (!give(&before, &bins, 1, in[0].dtype, out, err) || !give(&before, &bins, 1, in[0].dtype, out, err)) return false;
    return out->list = true;
}

static bool infer_stft(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    const Shape *shape = &in[0].shape;
    int64_t length, stride;
    (void)n_in;
    if (!call_takes_one(call, err)) return false;
    if (!shape->rank) return error_set(err, "IndexError", "tuple index out of range");
    if (!read_int(layer, "fft_length", 0, &length, err) || !read_int(layer, "sequence_stride", 1, &stride, err)) return false;
    const int64_t samples = shape->dim[shape->rank - 1], padded = is_centred(layer) ? floored(length, 2) * 2 : 0;
    const Value frames = samples == DIM_NONE ? value_none() : value_int(1 + floored(samples + padded - length, stride));
    const Value last[] = {frames, value_int(floored(length, 2) + 1)};
    const Shape before = shape_slice(shape, 0, shape->rank - 1);
    if (!give(&before, last, 2, in[0].dtype, out, err) || !give(&before, last, 2, in[0].dtype, out, err)) return false;
    return out->list = true;
}

static bool is_framed(const Layer *layer) { return operation_arg(layer, "sequence_stride") != NULL; }

static bool frames_of(const Layer *layer, const Shape *in, const Shape *out, Spectrum *s)
{
    const int64_t samples = in->dim[in->rank - 1];
    *s = (Spectrum){.rows = 1, .frames = 1, .samples = samples, .bins = out->dim[out->rank - 1], .sign = -1, .scale = 1};
    if (!read_int(layer, "fft_length", samples, &s->columns, NULL) || s->columns < 1) return false;
    s->taps = s->columns < samples ? s->columns : samples;
    if (!is_framed(layer)) return true;
    s->taps = s->columns;
    s->frames = out->dim[out->rank - 2];
    if (is_centred(layer)) s->before = s->columns / 2;
    return s->before < samples && read_int(layer, "sequence_stride", 1, &s->stride, NULL) && read_window(layer, s);
}

/* The sample under a cell of the padded signal. */
static int64_t reflected(const Spectrum *s, int64_t cell)
{
    const int64_t at = cell - s->before;
    if (at < 0) return -at;
    return at < s->samples ? at : 2 * (s->samples - 1) - at;
}

static void forward_frames(const Forward *f)
{
    Spectrum s;
    Fourier fourier;
    const Tensor *in = &f->in[0], *re = &f->out[0], *im = &f->out[1];
    if (!frames_of(f->layer, &in->shape, &re->shape, &s) || !transforms(in->dtype) ||
        !fourier_make(&fourier, f->scratch, s.columns, s.sign)) {
        *f->impossible = true;
        return;
    }
    const int64_t spectra = shape_span_size(&re->shape, 0, re->shape.rank - 1);
    Complex *x = ARENA_ARRAY(f->scratch, s.columns, Complex);
    for (int64_t i = 0; i < spectra; i++) {
        const float *signal = in->data + i / s.frames * s.samples;
        memset(x, 0, (size_t)s.columns * sizeof *x);
        for (int64_t tap = s.first; tap < s.first + s.taps; tap++)
            x[tap].re = windowed(&s, tap) * (double)signal[reflected(&s, i % s.frames * s.stride + tap)];
        fourier_run(&fourier, x, 1);
        for (int64_t bin = 0; bin < s.bins; bin++) {
            re->data[i * s.bins + bin] = (float)x[bin].re;
            im->data[i * s.bins + bin] = (float)x[bin].im;
        }
    }
}


static int64_t trace_frames(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    Spectrum s;
    if (!frames_of(t->layer, &t->in[0].shape, &t->out[0].shape, &s)) return 0;
    const int64_t i = t->k / s.bins, bin = t->k % s.bins;
    for (int64_t tap = s.first; tap < s.first + s.taps; tap++) {
        const Complex turn = fourier_turn(bin * tap % s.columns, s.columns);
        const double scale = windowed(&s, tap) * (t->output ? -turn.im : turn.re);
        if (scale != 0.0) terms_add(&list, term_input(0, i / s.frames * s.samples + reflected(&s, i % s.frames * s.stride + tap), scale));
    }
    return list.n;
}

SPECTRA(rfft, "RFFT", MADE_WITH(LENGTH_PARAM), .infer = infer_rfft, .forward = forward_frames, .trace = trace_frames,
        .family = &(const Kind){.axes = 1, .sign = -1});
SPECTRA(stft, "STFT", MADE_WITH(STFT_PARAMS), .make = make_framed, .infer = infer_stft, .forward = forward_frames, .trace = trace_frames,
        .family = &(const Kind){.axes = 1, .sign = -1});

/* ---- irfft, istft: spectra into frames, added up where they overlap ---- */

static bool infer_irfft(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Pair pair;
    int64_t length;
    (void)n_in;
    if (!pair_of(call, in, &pair, err) || !check_rank(&pair.re.spec.shape, 1, err)) return false;
    const Shape *shape = &pair.re.spec.shape, before = shape_slice(shape, 0, shape->rank - 1);
    const int64_t bins = shape->dim[shape->rank - 1];
    if (!read_int(layer, "fft_length", 2 * (bins - 1), &length, err)) return false;
    const Value samples = layer->args[0].kind == VALUE_NONE && bins == DIM_NONE ? value_none() : value_int(length);
    return give(&before, &samples, 1, pair.re.spec.dtype, out, err);
}

static bool infer_istft(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Pair pair;
    int64_t length, stride;
    (void)n_in;
    if (!pair_of(call, in, &pair, err) || !check_rank(&pair.re.spec.shape, 2, err)) return false;
    if (!read_int(layer, "fft_length", 0, &length, err) || !read_int(layer, "sequence_stride", 1, &stride, err)) return false;
    const Shape *shape = &pair.re.spec.shape, before = shape_slice(shape, 0, shape->rank - 2);
    const int64_t frames = shape->dim[shape->rank - 2];
    const int64_t cut = is_centred(layer) ? floored(length, 2) * 2 : 0, whole = (frames - 1) * stride + length - cut;
    const Value *told = operation_arg(layer, "length"), samples = frames == DIM_NONE ? value_none() : value_int(whole);
    return give(&before, told->kind == VALUE_NONE ? &samples : told, 1, pair.re.spec.dtype, out, err);
}

/* How many samples a frame count makes, before both ends are cut off. */
static int64_t uncut(const Spectrum *s)
{
    return (s->frames - 1) * s->stride + s->columns;
}

static bool signal_of(const Layer *layer, const Shape *in, const Shape *out, Spectrum *s)
{
    const int64_t samples = out->dim[out->rank - 1];
    *s = (Spectrum){.rows = 1, .frames = 1, .stride = 1, .samples = samples, .bins = in->dim[in->rank - 1], .sign = 1};
    if (!read_int(layer, "fft_length", samples, &s->columns, NULL) || s->columns < 1) return false;
    s->taps = s->columns;
    s->scale = 1 / (double)s->columns;
    if (!is_framed(layer)) return true;
    s->frames = in->dim[in->rank - 2];
    if (is_centred(layer)) s->before = s->columns / 2;
    if (!read_int(layer, "sequence_stride", 1, &s->stride, NULL) || !read_window(layer, s)) return false;
    return s->before + samples <= uncut(s);
}

/* A length beyond the end gives what there is. */
static bool infer_istft_numbers(const Layer *layer, const Call *call, const TensorSpec *in, int n_in, Outputs *out, Error *err)
{
    Spectrum s;
    if (!infer_istft(layer, call, in, n_in, out, err)) return false;
    Shape *shape = &out->spec[out->n - 1].shape;
    int64_t *samples = &shape->dim[shape->rank - 1];
    signal_of(layer, &in[call->tensors[0].first].shape, shape, &s);
    const int64_t most = uncut(&s) - s.before;
    if (shape_known(shape) && *samples > most) *samples = most > 0 ? most : 0;
    return true;
}

/* The window of the way back: over all frames, what both windows leave of a cell is the cell. */
static double synthesis(const Spectrum *s, int64_t tap)
{
    double sum = 0;
    for (int64_t cell = tap % s->stride; cell < s->columns; cell += s->stride) sum += windowed(s, cell) * windowed(s, cell);
    if (!s->window) return s->scale;
    return sum == 0.0 ? 0 : s->scale * windowed(s, tap) / sum;
}

/* A real signal's spectrum has the other half mirrored; what stands beyond it is not used. */
static bool is_mirrored(const Spectrum *s, int64_t bin)
{
    return bin > 0 && 2 * bin < s->columns;
}

static void put_bin(const Spectrum *s, Complex *x, int64_t bin, Complex number)
{
    x[bin] = is_mirrored(s, bin) ? number : (Complex){number.re, 0};
    if (is_mirrored(s, bin)) x[s->columns - bin] = (Complex){number.re, -number.im};
}

typedef struct Signals {
    Pair     pair;
    Spectrum s;
    Fourier  fourier;
    Complex *x;          /* of one frame */
} Signals;

static bool signals_of(const Forward *f, Signals *g)
{
    const TensorSpec *specs = operand_specs(f->scratch, f->in, f->n_in);
    if (!pair_of(f->call, specs, &g->pair, NULL) || !operand_known(&g->pair.re) || !operand_known(&g->pair.im)) return false;
    if (!transforms(f->out[0].dtype) || !signal_of(f->layer, &g->pair.re.spec.shape, &f->out[0].shape, &g->s)) return false;
    g->x = ARENA_ARRAY(f->scratch, g->s.columns, Complex);
    return fourier_make(&g->fourier, f->scratch, g->s.columns, g->s.sign);
}

/* Frame `frame` of an example, brought onto its signal. */
static void add_frame(const Forward *f, const Signals *g, int64_t example, int64_t frame)
{
    const Spectrum *s = &g->s;
    const int64_t first = (example * s->frames + frame) * s->bins;
    memset(g->x, 0, (size_t)s->columns * sizeof *g->x);
    for (int64_t bin = 0; bin < s->bins && bin <= s->columns / 2; bin++)
        put_bin(s, g->x, bin, (Complex){operand_number(&g->pair.re, f->in, first + bin), operand_number(&g->pair.im, f->in, first + bin)});
    fourier_run(&g->fourier, g->x, 1);
    for (int64_t tap = 0; tap < s->columns; tap++) {
        const int64_t at = frame * s->stride + tap - s->before;
        if (at < 0 || at >= s->samples) continue;
        float *number = &f->out[0].data[example * s->samples + at];
        *number = (float)((double)*number + g->x[tap].re * synthesis(s, tap));
    }
}

static void forward_signal(const Forward *f)
{
    Signals g;
    const Shape *shape = &f->out[0].shape;
    if (!signals_of(f, &g)) {
        *f->impossible = true;
        return;
    }
    const int64_t examples = shape_span_size(shape, 0, shape->rank - 1);
    for (int64_t i = 0; i < examples * g.s.frames; i++) add_frame(f, &g, i / g.s.frames, i % g.s.frames);
}

static void add_bins(TermList *list, const Spectrum *s, const Pair *pair, int64_t first, int64_t tap)
{
    const double scale = synthesis(s, tap);
    for (int64_t bin = 0; bin < s->bins && bin <= s->columns / 2; bin++) {
        const Complex turn = fourier_turn(bin * tap % s->columns, s->columns);
        add_term(list, &pair->re, first + bin, scale * turn.re * (is_mirrored(s, bin) ? 2 : 1));
        if (is_mirrored(s, bin)) add_term(list, &pair->im, first + bin, -2 * scale * turn.im);
    }
}

static int64_t trace_signal(const Trace *t, Term *terms, int64_t cap)
{
    TermList list = {.term = terms, .cap = cap};
    Pair pair;
    Spectrum s;
    if (!pair_of(t->call, t->in, &pair, NULL) || !signal_of(t->layer, &pair.re.spec.shape, &t->out[0].shape, &s)) return 0;
    const int64_t example = t->k / s.samples, at = t->k % s.samples + s.before;
    for (int64_t frame = 0; frame < s.frames && frame * s.stride <= at; frame++) {
        const int64_t tap = at - frame * s.stride;
        if (tap < s.columns) add_bins(&list, &s, &pair, (example * s.frames + frame) * s.bins, tap);
    }
    return list.n;
}

SPECTRA(irfft, "IRFFT", MADE_WITH(LENGTH_PARAM), .infer = infer_irfft, .forward = forward_signal, .trace = trace_signal,
        .family = &(const Kind){.axes = 1, .sign = 1, .scaled = true});
SPECTRA(istft, "ISTFT", MADE_WITH(ISTFT_PARAMS), .make = make_framed, .infer = infer_istft, .infer_numbers = infer_istft_numbers, .forward = forward_signal, .trace = trace_signal,
        .family = &(const Kind){.axes = 1, .sign = 1, .scaled = true});
