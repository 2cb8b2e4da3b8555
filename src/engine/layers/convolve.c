#include "engine/layers/convolve.h"

#include <string.h>

#include "engine/lanes.h"
#include "engine/matmul.h"

/* A place of the window in a batch. */
typedef struct Spot {
    int64_t batch, at[WINDOW_AXES];
} Spot;

static Spot spot_at(const Convolution *conv, int64_t row)
{
    Spot spot;
    for (int i = WINDOW_AXES - 1; i >= 0; i--) {
        spot.at[i] = row % conv->window.axis[i].out;
        row /= conv->window.axis[i].out;
    }
    spot.batch = row;
    return spot;
}

static void spot_next(const Convolution *conv, Spot *spot)
{
    for (int i = WINDOW_AXES - 1; i >= 0; i--) {
        if (++spot->at[i] < conv->window.axis[i].out) return;
        spot->at[i] = 0;
    }
    spot->batch++;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Where a batch's row of cells begins, or NULL where depth or height lie outside. */
static const float *cells_row(const Convolution *conv, const Spot *spot, int64_t depth_tap, int64_t height_tap)
{
    const WindowAxis *axis = conv->window.axis;
    const int64_t depth = window_cell(&axis[0], spot->at[0], depth_tap);
    const int64_t height = window_cell(&axis[1], spot->at[1], height_tap);
    if (depth < 0 || depth >= axis[0].in || height < 0 || height >= axis[1].in) return NULL;
    return conv->in + ((spot->batch * axis[0].in + depth) * axis[1].in + height) * axis[2].in * conv->channels;
}

/* ---- convolution as a product: patches (batch·places, taps·channels) times kernel (taps·channels, filters) ---- */

/* The channels of one group. */
typedef struct Patches {
    const Convolution *conv;
    int64_t            first_channel, channels;
} Patches;

/* Short runs are copied here and now: a call costs more than they do. */
static void copy_run(float *to, const float *from, int64_t n)
{
    if (n >= 32) memcpy(to, from, (size_t)n * sizeof(float));
    else for (int64_t i = 0; i < n; i++) to[i] = from[i];
}

static void clear_run(float *to, int64_t n)
{
    for (int64_t i = 0; i < n; i++) to[i] = 0.0F;
}

/* The taps along a row when they lie side by side: one run of numbers with zeros at the ends.
 * [from, end) are columns within this row of taps. */
static void copy_adjacent(const Patches *patches, const Spot *spot, const float *row, int64_t from, int64_t end, float *to)
{
    const WindowAxis *width = &patches->conv->window.axis[2];
    const int64_t channels = patches->channels, start = window_cell(width, spot->at[2], 0);
    const WindowTaps taps = window_taps(width, spot->at[2]);
    const int64_t first = row ? larger(from, smaller(taps.first * channels, end)) : end;
    const int64_t last = row ? larger(first, smaller(taps.end * channels, end)) : end;
    clear_run(to, first - from);
    if (last > first) copy_run(to + first - from, row + start * channels + first, last - first);
    clear_run(to + last - from, end - last);
}

static void copy_taps(const Patches *patches, const Spot *spot, const float *row, int64_t from, int64_t end, float *to)
{
    const WindowAxis *width = &patches->conv->window.axis[2];
    const int64_t channels = patches->channels;
    for (int64_t at = from; at < end;) {
        const int64_t tap = at / channels, next = smaller(end, (tap + 1) * channels);
        const int64_t cell = window_cell(width, spot->at[2], tap);
        if (!row || cell < 0 || cell >= width->in) clear_run(to, next - at);
        else copy_run(to, row + cell * patches->conv->channels + patches->first_channel + at - tap * channels, next - at);
        to += next - at;
        at = next;
    }
}

/* Columns [from, end) of one patch. */
static void copy_patch(const Patches *patches, const Spot *spot, int64_t from, int64_t end, float *to)
{
    const WindowAxis *axis = patches->conv->window.axis;
    const int64_t row_columns = axis[2].size * patches->channels;
    const bool adjacent = axis[2].dilation == 1 && patches->channels == patches->conv->channels;
    for (int64_t at = from; at < end;) {
        const int64_t row = at / row_columns, first = at - row * row_columns;
        const int64_t last = smaller(row_columns, end - row * row_columns);
        const float *cells = cells_row(patches->conv, spot, row / axis[1].size, row % axis[1].size);
        if (adjacent) copy_adjacent(patches, spot, cells, first, last, to);
        else copy_taps(patches, spot, cells, first, last, to);
        to += last - first;
        at += last - first;
    }
}

static void copy_patches(const void *source, int64_t row, int64_t rows, int64_t column, int64_t columns, float *to,
                         int64_t step)
{
    const Patches *patches = source;
    Spot spot = spot_at(patches->conv, row);
    for (int64_t r = 0; r < rows; r++, spot_next(patches->conv, &spot))
        copy_patch(patches, &spot, column, column + columns, to + r * step);
}

/* One tap on each cell: the patches are the cells themselves. */
static bool is_pointwise(const Convolution *conv)
{
    for (int i = 0; i < WINDOW_AXES; i++) {
        const WindowAxis *axis = &conv->window.axis[i];
        if (axis->size != 1 || axis->stride != 1 || axis->in != axis->out) return false;
    }
    return true;
}

void convolve(const Convolution *conv, Arena *scratch)
{
    const int64_t channels = conv->channels / conv->groups, filters = conv->filters / conv->groups;
    const int64_t taps = window_size(&conv->window);
    for (int64_t g = 0; g < conv->groups; g++) {
        const Patches patches = {.conv = conv, .first_channel = g * channels, .channels = channels};
        const MatmulRows cells = {.data = conv->in + g * channels, .step = conv->channels};
        const Matmul product = {
            .rows = conv->batch * window_count(&conv->window), .inner = taps * channels, .columns = filters,
            .left = is_pointwise(conv) ? matmul_rows(&cells) : (MatmulLeft){.source = &patches, .copy = copy_patches},
            .right = conv->kernel + g * filters, .right_row_step = conv->filters, .right_column_step = 1,
            .bias = conv->bias ? conv->bias + g * filters : NULL,
            .out = conv->out + g * filters, .out_step = conv->filters,
        };
        matmul(&product, scratch);
    }
}

/* ---- depthwise ---- */

enum { TAPS_AT_ONCE = 64, SUMS_AT_ONCE = 32 };

/* Pairs of rows, all n long. */
typedef struct TapRows {
    const float *cells[TAPS_AT_ONCE], *kernel[TAPS_AT_ONCE];
    int          n;
} TapRows;

/* out[i] += Σ cells[t][i]·kernel[t][i]. */
typedef void AddTaps(const TapRows *, int64_t n, float *out);

#define X(NAME, ATTRIBUTES, FLOATS)                                                                    \
    ATTRIBUTES static void add_taps_##NAME(const TapRows *taps, int64_t n, float *out)                 \
    {                                                                                                  \
        int64_t i = 0;                                                                                 \
        for (; i + SUMS_AT_ONCE <= n; i += SUMS_AT_ONCE) {                                             \
            float sum[SUMS_AT_ONCE];                                                                   \
            for (int j = 0; j < SUMS_AT_ONCE; j++) sum[j] = out[i + j];                                \
            for (int t = 0; t < taps->n; t++)                                                          \
                for (int j = 0; j < SUMS_AT_ONCE; j++)                                                 \
                    sum[j] += taps->cells[t][i + j] * taps->kernel[t][i + j];                          \
            for (int j = 0; j < SUMS_AT_ONCE; j++) out[i + j] = sum[j];                                \
        }                                                                                              \
        for (int t = 0; t < taps->n; t++)                                                              \
            for (int64_t j = i; j < n; j++) out[j] += taps->cells[t][j] * taps->kernel[t][j];          \
    }
LANES(X)
#undef X

static AddTaps *const ADD_TAPS[] = {
#define X(NAME, ATTRIBUTES, FLOATS) add_taps_##NAME,
    LANES(X)
#undef X
};

/* Several filters to a channel: each number of a cell meets as many of the kernel. */
static void add_taps_spread(const TapRows *taps, int64_t channels, int64_t multiplier, float *out)
{
    for (int t = 0; t < taps->n; t++)
        for (int64_t c = 0; c < channels; c++)
            for (int64_t m = 0; m < multiplier; m++)
                out[c * multiplier + m] += taps->cells[t][c] * taps->kernel[t][c * multiplier + m];
}

static void add_tap_rows(const Convolution *conv, const TapRows *taps, float *out)
{
    if (conv->filters == conv->channels) ADD_TAPS[lanes_here()](taps, conv->filters, out);
    else add_taps_spread(taps, conv->channels, conv->filters / conv->channels, out);
}

static void depthwise_row(const Convolution *conv, const Spot *spot, int64_t depth_tap, int64_t height_tap, TapRows *taps,
                          float *out)
{
    const WindowAxis *axis = conv->window.axis;
    const float *row = cells_row(conv, spot, depth_tap, height_tap);
    if (!row) return;
    const WindowTaps range = window_taps(&axis[2], spot->at[2]);
    for (int64_t t = range.first; t < range.end; t++) {
        if (taps->n == TAPS_AT_ONCE) {
            add_tap_rows(conv, taps, out);
            taps->n = 0;
        }
        taps->cells[taps->n] = row + window_cell(&axis[2], spot->at[2], t) * conv->channels;
        taps->kernel[taps->n++] = conv->kernel + ((depth_tap * axis[1].size + height_tap) * axis[2].size + t) * conv->filters;
    }
}

static void start_row(const Convolution *conv, float *out)
{
    if (conv->bias) memcpy(out, conv->bias, (size_t)conv->filters * sizeof(float));
    else memset(out, 0, (size_t)conv->filters * sizeof(float));
}

void convolve_depthwise(const Convolution *conv)
{
    const int64_t places = conv->batch * window_count(&conv->window);
    if (places <= 0) return;
    Spot spot = spot_at(conv, 0);
    for (int64_t p = 0; p < places; p++, spot_next(conv, &spot)) {
        float *out = conv->out + p * conv->filters;
        TapRows taps = {.n = 0};
        start_row(conv, out);
        for (int64_t d = 0; d < conv->window.axis[0].size; d++)
            for (int64_t h = 0; h < conv->window.axis[1].size; h++) depthwise_row(conv, &spot, d, h, &taps, out);
        add_tap_rows(conv, &taps, out);
    }
}

/* ---- transposed: each cell of the input times the kernel is laid over the output ---- */

enum { SPREAD_NUMBERS = 1 << 22 };   /* products held at once */

static void lay_row(const Convolution *conv, const Spot *spot, int64_t depth_tap, int64_t height_tap, const float *products)
{
    const WindowAxis *axis = conv->window.axis;
    const int64_t depth = window_cell(&axis[0], spot->at[0], depth_tap);
    const int64_t height = window_cell(&axis[1], spot->at[1], height_tap);
    if (depth < 0 || depth >= axis[0].in || height < 0 || height >= axis[1].in) return;
    float *row = conv->out + ((spot->batch * axis[0].in + depth) * axis[1].in + height) * axis[2].in * conv->filters;
    const WindowTaps range = window_taps(&axis[2], spot->at[2]);
    for (int64_t t = range.first; t < range.end; t++) {
        float *to = row + window_cell(&axis[2], spot->at[2], t) * conv->filters;
        for (int64_t f = 0; f < conv->filters; f++) to[f] += products[t * conv->filters + f];
    }
}

static void lay_kernel(const Convolution *conv, const Spot *spot, const float *products)
{
    const WindowAxis *axis = conv->window.axis;
    for (int64_t d = 0; d < axis[0].size; d++)
        for (int64_t h = 0; h < axis[1].size; h++)
            lay_row(conv, spot, d, h, products + (d * axis[1].size + h) * axis[2].size * conv->filters);
}

void convolve_transposed(const Convolution *conv, Arena *scratch)
{
    const WindowAxis *axis = conv->window.axis;
    const int64_t cells = conv->batch * axis[0].in * axis[1].in * axis[2].in;
    for (int64_t i = 0; i < cells; i++) start_row(conv, conv->out + i * conv->filters);
    const int64_t columns = window_size(&conv->window) * conv->filters;
    const int64_t rows = conv->batch * window_count(&conv->window);
    const int64_t at_once = smaller(rows, larger(1, SPREAD_NUMBERS / columns));
    float *products = ARENA_ARRAY(scratch, (size_t)at_once * (size_t)columns, float);
    for (int64_t row = 0; row < rows; row += at_once) {
        const MatmulRows left = {.data = conv->in + row * conv->channels, .step = conv->channels};
        const Matmul product = {
            .rows = smaller(at_once, rows - row), .inner = conv->channels, .columns = columns, .left = matmul_rows(&left),
            .right = conv->kernel, .right_row_step = 1, .right_column_step = conv->channels,
            .out = products, .out_step = columns,
        };
        matmul(&product, scratch);
        Spot spot = spot_at(conv, row);
        for (int64_t r = 0; r < product.rows; r++, spot_next(conv, &spot)) lay_kernel(conv, &spot, products + r * columns);
    }
}
