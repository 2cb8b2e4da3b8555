/* Every channel by its own. */
#include "engine/layers/convolve.h"
#include "engine/layers/patches.h"
#include "engine/lanes.h"

/* A line of places. */
typedef struct Line {
    const float *cells;          /* under the first tap of the first place */
    const Patches *patches;
    int64_t      places, channels, multiplier;
    const float *kernel, *bias;
    float       *out;
} Line;

/* A block of channels at some places stays in registers over all taps. */
#define BLOCK(NAME, FLOATS, PLACES, VECTORS)                                                                           \
    for (; p + (PLACES) <= line->places; p += (PLACES)) {                                                              \
        Tap##NAME sum[PLACES][VECTORS];                                                                                \
        for (int v = 0; v < (VECTORS); v++)                                                                            \
            for (int q = 0; q < (PLACES); q++)                                                                         \
                sum[q][v] = line->bias ? *(const Tap##NAME *)(line->bias + i + v * (FLOATS)) : (Tap##NAME){0};         \
        for (int64_t t = 0; t < line->patches->taps; t++) {                                                            \
            const float *cells = line->cells + line->patches->tap_at[t] + p * line->patches->step + i;                 \
            const float *kernel = line->kernel + t * line->channels + i;                                               \
            for (int v = 0; v < (VECTORS); v++) {                                                                      \
                const Tap##NAME factor = *(const Tap##NAME *)(kernel + v * (FLOATS));                                  \
                for (int q = 0; q < (PLACES); q++)                                                                     \
                    sum[q][v] += *(const Tap##NAME *)(cells + q * line->patches->step + v * (FLOATS)) * factor;        \
            }                                                                                                          \
        }                                                                                                              \
        for (int q = 0; q < (PLACES); q++)                                                                             \
            for (int v = 0; v < (VECTORS); v++)                                                                        \
                *(Tap##NAME *)(line->out + (p + q) * line->channels + i + v * (FLOATS)) = sum[q][v];                   \
    }

#define CHANNELS(NAME, FLOATS, VECTORS)                                                                                \
    for (; i + (VECTORS) * (FLOATS) <= line->channels; i += (VECTORS) * (FLOATS)) {                                    \
        int64_t p = 0;                                                                                                 \
        BLOCK(NAME, FLOATS, 4, VECTORS)                                                                                \
        BLOCK(NAME, FLOATS, 1, VECTORS)                                                                                \
    }

#define X(NAME, ATTRIBUTES, FLOATS)                                                                                    \
    typedef float Tap##NAME __attribute__((vector_size((FLOATS) * 4), aligned(4), may_alias));                         \
    /* Returns how many channels are done. */                                                                          \
    ATTRIBUTES static int64_t run_channels_##NAME(const Line *line)                                                    \
    {                                                                                                                  \
        int64_t i = 0;                                                                                                 \
        CHANNELS(NAME, FLOATS, 2)                                                                                      \
        CHANNELS(NAME, FLOATS, 1)                                                                                      \
        return i;                                                                                                      \
    }
LANES(X)
#undef X

static int64_t (*const RUN_CHANNELS[])(const Line *) = {
#define X(NAME, ATTRIBUTES, FLOATS) run_channels_##NAME,
    LANES(X)
#undef X
};

/* Several filters to a channel, or channels too few for a vector. */
static void run_filters(const Line *line, int64_t place, int64_t first)
{
    const int64_t filters = line->channels * line->multiplier;
    for (int64_t f = first; f < filters; f++) {
        const float *cells = line->cells + place * line->patches->step + f / line->multiplier;
        float sum = line->bias ? line->bias[f] : 0.0F;
        for (int64_t t = 0; t < line->patches->taps; t++) sum += cells[line->patches->tap_at[t]] * line->kernel[t * filters + f];
        line->out[place * filters + f] = sum;
    }
}

void convolve_depthwise(const Convolution *conv, Arena *scratch)
{
    const int64_t width = conv->window.axis[2].out;
    if (conv->batch * window_count(&conv->window) <= 0 || !conv->channels) return;
    const Patches patches = patches_of(&conv->window, conv->batch, conv->channels, conv->in, 1, scratch);
    Line line = {.patches = &patches, .places = width, .channels = conv->channels, .multiplier = conv->filters / conv->channels,
                 .kernel = conv->kernel, .bias = conv->bias};
    for (int64_t l = 0; l < patches.lines; l++) {
        line.cells = patches.data + patches.line_at[l];
        line.out = conv->out + l * width * conv->filters;
        const int64_t done = line.multiplier == 1 ? RUN_CHANNELS[lanes_here()](&line) : 0;
        for (int64_t p = 0; done < conv->filters && p < width; p++) run_filters(&line, p, done);
        finish_apply(&conv->finish, line.out, width * conv->filters);
    }
}
