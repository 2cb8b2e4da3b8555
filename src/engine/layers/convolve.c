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

/* Short runs are copied here and now, in two pieces that may overlap: a call costs more than they do. */
static void copy_run(float *to, const float *from, int64_t n)
{
    enum { SMALL = 4, MIDDLE = 8 };
    if (n >= 4 * MIDDLE) {
        memcpy(to, from, (size_t)n * sizeof(float));
    } else if (n >= MIDDLE) {
        for (int64_t i = 0; i + MIDDLE < n; i += MIDDLE) memcpy(to + i, from + i, MIDDLE * sizeof(float));
        memcpy(to + n - MIDDLE, from + n - MIDDLE, MIDDLE * sizeof(float));
    } else if (n >= SMALL) {
        memcpy(to, from, SMALL * sizeof(float));
        memcpy(to + n - SMALL, from + n - SMALL, SMALL * sizeof(float));
    } else {
        for (int64_t i = 0; i < n; i++) to[i] = from[i];
    }
}

static void clear_run(float *to, int64_t n)
{
    for (int64_t i = 0; i < n; i++) to[i] = 0.0F;
}

/* A stretch of a patch that lies in one piece in memory: the taps of a row side by side, or one tap's channels. */
typedef struct Unit {
    int64_t depth_tap, height_tap, width_tap;   /* the first */
    int64_t taps;
    int64_t from, end;                          /* columns within the unit that are wanted */
} Unit;

static int64_t within(int64_t n, int64_t least, int64_t most)
{
    return n < least ? least : n > most ? most : n;
}

/* The unit from a cell on which it does not wholly fit: zeros at the ends. */
static void copy_edge(const Patches *patches, const Unit *unit, const float *cells, int64_t start, float *to)
{
    const int64_t channels = patches->channels, in = patches->conv->window.axis[2].in;
    const int64_t first = within(-start * channels, unit->from, unit->end);
    const int64_t last = within((in - start) * channels, first, unit->end);
    clear_run(to, first - unit->from);
    if (last > first)
        copy_run(to + first - unit->from, cells + start * patches->conv->channels + patches->first_channel + first, last - first);
    clear_run(to + last - unit->from, unit->end - last);
}

/* The unit of n places in a row, from `spot` on. */
static void copy_unit(const Patches *patches, const Spot *spot, int64_t n, const Unit *unit, float *to, int64_t step)
{
    const Convolution *conv = patches->conv;
    const WindowAxis *width = &conv->window.axis[2];
    const float *cells = cells_row(conv, spot, unit->depth_tap, unit->height_tap);
    int64_t start = window_cell(width, spot->at[2], unit->width_tap);
    for (int64_t i = 0; i < n; i++, to += step, start += width->stride) {
        if (!cells) clear_run(to, unit->end - unit->from);
        else if (start < 0 || start + unit->taps > width->in) copy_edge(patches, unit, cells, start, to);
        else
            copy_run(to, cells + start * conv->channels + patches->first_channel + unit->from, unit->end - unit->from);
    }
}

/* Columns [from, end) of the patches of n places in a row. */
static void copy_places(const Patches *patches, const Spot *spot, int64_t n, int64_t from, int64_t end, float *to, int64_t step)
{
    const WindowAxis *axis = patches->conv->window.axis;
    const bool adjacent = axis[2].dilation == 1 && patches->channels == patches->conv->channels;
    const int64_t taps = adjacent ? axis[2].size : 1, columns = taps * patches->channels, units = axis[2].size / taps;
    for (int64_t at = from; at < end;) {
        const int64_t index = at / columns, row = index / units, next = smaller(end, (index + 1) * columns);
        const Unit unit = {
            .depth_tap = row / axis[1].size, .height_tap = row % axis[1].size, .width_tap = index % units, .taps = taps,
            .from = at - index * columns, .end = next - index * columns,
        };
        copy_unit(patches, spot, n, &unit, to + at - from, step);
        at = next;
    }
}

static void copy_patches(const void *source, int64_t row, int64_t rows, int64_t column, int64_t columns, float *to,
                         int64_t step)
{
    const Patches *patches = source;
    while (rows > 0) {
        const Spot spot = spot_at(patches->conv, row);
        const int64_t n = smaller(rows, patches->conv->window.axis[2].out - spot.at[2]);
        copy_places(patches, &spot, n, column, column + columns, to, step);
        row += n;
        rows -= n;
        to += n * step;
    }
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

enum { TAPS_AT_ONCE = 64 };

/* Taps whose cells move on together, from place to place along a row. */
typedef struct TapRows {
    const float *cells[TAPS_AT_ONCE], *kernel[TAPS_AT_ONCE];
    int          n;
} TapRows;

/* A run of places along a row. */
typedef struct Run {
    int64_t places, cell_step;   /* cell_step: numbers from the cell of one place to that of the next */
    int64_t channels, multiplier;
    float  *out;
} Run;

/* out[place][i] += Σ cells[t][place][i]·kernel[t][i]: a block of channels stays in registers over all taps. */
typedef void AddTaps(const TapRows *, const Run *);

#define ADD_BLOCK(NAME, FLOATS, VECTORS)                                                                      \
    for (; i + (VECTORS) * (FLOATS) <= run->channels; i += (VECTORS) * (FLOATS)) {                            \
        Tap##NAME sum[VECTORS];                                                                               \
        for (int v = 0; v < (VECTORS); v++) sum[v] = *(Tap##NAME *)(out + i + v * (FLOATS));                  \
        for (int t = 0; t < taps->n; t++) {                                                                   \
            const float *cells = taps->cells[t] + p * run->cell_step + i, *kernel = taps->kernel[t] + i;      \
            for (int v = 0; v < (VECTORS); v++)                                                               \
                sum[v] += *(const Tap##NAME *)(cells + v * (FLOATS)) * *(const Tap##NAME *)(kernel + v * (FLOATS)); \
        }                                                                                                     \
        for (int v = 0; v < (VECTORS); v++) *(Tap##NAME *)(out + i + v * (FLOATS)) = sum[v];                  \
    }

#define X(NAME, ATTRIBUTES, FLOATS)                                                                           \
    typedef float Tap##NAME __attribute__((vector_size(FLOATS * 4), aligned(4), may_alias));                  \
    ATTRIBUTES static void add_taps_##NAME(const TapRows *taps, const Run *run)                               \
    {                                                                                                         \
        for (int64_t p = 0; p < run->places; p++) {                                                           \
            float *out = run->out + p * run->channels;                                                        \
            int64_t i = 0;                                                                                    \
            ADD_BLOCK(NAME, FLOATS, 4)                                                                        \
            ADD_BLOCK(NAME, FLOATS, 1)                                                                        \
            for (; i < run->channels; i++)                                                                    \
                for (int t = 0; t < taps->n; t++)                                                             \
                    out[i] += taps->cells[t][p * run->cell_step + i] * taps->kernel[t][i];                    \
        }                                                                                                     \
    }
LANES(X)
#undef X

static AddTaps *const ADD_TAPS[] = {
#define X(NAME, ATTRIBUTES, FLOATS) add_taps_##NAME,
    LANES(X)
#undef X
};

/* Several filters to a channel: each number of a cell meets as many of the kernel. */
static void add_taps_spread(const TapRows *taps, const Run *run)
{
    const int64_t filters = run->channels * run->multiplier;
    for (int64_t p = 0; p < run->places; p++)
        for (int t = 0; t < taps->n; t++)
            for (int64_t c = 0; c < run->channels; c++)
                for (int64_t m = 0; m < run->multiplier; m++)
                    run->out[p * filters + c * run->multiplier + m] +=
                        taps->cells[t][p * run->cell_step + c] * taps->kernel[t][c * run->multiplier + m];
}

static void add_taps(TapRows *taps, const Run *run)
{
    if (run->multiplier == 1) ADD_TAPS[lanes_here()](taps, run);
    else add_taps_spread(taps, run);
    taps->n = 0;
}

/* Places [first, end) of a row, which all see the taps `range` of the width and no others. */
static void depthwise_run(const Convolution *conv, Spot spot, int64_t end, WindowTaps range, TapRows *taps, float *row_out)
{
    const WindowAxis *axis = conv->window.axis;
    const Run run = {
        .places = end - spot.at[2], .cell_step = axis[2].stride * conv->channels, .channels = conv->channels,
        .multiplier = conv->filters / conv->channels, .out = row_out + spot.at[2] * conv->filters,
    };
    for (int64_t row = 0; row < axis[0].size * axis[1].size; row++) {
        const float *cells = cells_row(conv, &spot, row / axis[1].size, row % axis[1].size);
        for (int64_t t = range.first; cells && t < range.end; t++) {
            if (taps->n == TAPS_AT_ONCE) add_taps(taps, &run);
            taps->cells[taps->n] = cells + window_cell(&axis[2], spot.at[2], t) * conv->channels;
            taps->kernel[taps->n++] = conv->kernel + (row * axis[2].size + t) * conv->filters;
        }
    }
    if (taps->n) add_taps(taps, &run);
}

static void start_row(const Convolution *conv, float *out)
{
    if (conv->bias) memcpy(out, conv->bias, (size_t)conv->filters * sizeof(float));
    else memset(out, 0, (size_t)conv->filters * sizeof(float));
}

void convolve_depthwise(const Convolution *conv)
{
    const WindowAxis *width = &conv->window.axis[2];
    const int64_t places = conv->batch * window_count(&conv->window);
    TapRows taps = {.n = 0};
    if (places <= 0 || !conv->channels) return;
    for (int64_t row = 0; row < places; row += width->out) {
        Spot spot = spot_at(conv, row);
        float *out = conv->out + row * conv->filters;
        for (int64_t p = 0; p < width->out; p++) start_row(conv, out + p * conv->filters);
        while (spot.at[2] < width->out) {
            const WindowTaps range = window_taps(width, spot.at[2]);
            int64_t end = spot.at[2] + 1;
            for (; end < width->out; end++) {
                const WindowTaps next = window_taps(width, end);
                if (next.first != range.first || next.end != range.end) break;
            }
            depthwise_run(conv, spot, end, range, &taps, out);
            spot.at[2] = end;
        }
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
