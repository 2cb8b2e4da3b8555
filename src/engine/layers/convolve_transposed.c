/* Each cell of the input times the kernel is laid over the output. */
#include "engine/layers/convolve.h"

#include <string.h>

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

static void begin_cell(const Convolution *conv, float *out)
{
    if (conv->bias) memcpy(out, conv->bias, (size_t)conv->filters * sizeof(float));
    else memset(out, 0, (size_t)conv->filters * sizeof(float));
}

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
    for (int64_t i = 0; i < cells; i++) begin_cell(conv, conv->out + i * conv->filters);
    const int64_t columns = window_size(&conv->window) * conv->filters;
    const int64_t rows = conv->batch * window_count(&conv->window);
    const int64_t at_once = smaller(rows, larger(1, SPREAD_NUMBERS / columns));
    float *products = ARENA_ROOM(scratch, at_once * columns, float);
    for (int64_t row = 0; row < rows; row += at_once) {
        const Matmul product = {
            .rows = smaller(at_once, rows - row), .inner = conv->channels, .columns = columns, .left = {.data = conv->in + row * conv->channels, .step = conv->channels},
            .right = conv->kernel, .right_row_step = 1, .right_column_step = conv->channels,
            .out = products, .out_step = columns,
        };
        matmul(&product, scratch);
        Spot spot = spot_at(conv, row);
        for (int64_t r = 0; r < product.rows; r++, spot_next(conv, &spot)) lay_kernel(conv, &spot, products + r * columns);
    }
    finish_apply(&conv->finish, conv->out, cells * conv->filters);
}
