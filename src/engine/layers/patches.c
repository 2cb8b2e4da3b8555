#include "engine/layers/patches.h"

#include <string.h>

/* Maps with zeros around them, so that the window always falls on cells. */
typedef struct Maps {
    const Window *window;
    int64_t       batch, channels, dim[WINDOW_AXES];
    const float  *data;    /* the first tap of the first place */
} Maps;

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static bool needs_zeros(const Window *window)
{
    for (int i = 0; i < WINDOW_AXES; i++) {
        const WindowAxis *axis = &window->axis[i];
        if (axis->before > 0 || window_cell(axis, axis->out - 1, axis->size - 1) >= axis->in) return true;
    }
    return false;
}

static float *put_zeros(float *to, int64_t n)
{
    memset(to, 0, (size_t)n * sizeof(float));
    return to + n;
}

/* A row of cells with zeros before and after it; NULL: all zeros. */
static float *put_row(const Maps *maps, const float *row, float *to)
{
    const WindowAxis *width = &maps->window->axis[2];
    if (!row) return put_zeros(to, maps->dim[2] * maps->channels);
    const int64_t before = larger(0, width->before), from = larger(0, -width->before);
    const int64_t cells = smaller(width->in - from, maps->dim[2] - before), numbers = cells * maps->channels;
    to = put_zeros(to, before * maps->channels);
    memcpy(to, row + from * maps->channels, (size_t)numbers * sizeof(float));
    return put_zeros(to + numbers, (maps->dim[2] - before - cells) * maps->channels);
}

/* The row of cells at a depth and height counted with the zeros; NULL outside. */
static const float *row_at(const Maps *maps, const float *in, int64_t batch, int64_t depth, int64_t height)
{
    const WindowAxis *axis = maps->window->axis;
    depth -= axis[0].before;
    height -= axis[1].before;
    if (depth < 0 || depth >= axis[0].in || height < 0 || height >= axis[1].in) return NULL;
    return in + ((batch * axis[0].in + depth) * axis[1].in + height) * axis[2].in * maps->channels;
}

static void lay_zeros(Maps *maps, const float *in, Arena *arena)
{
    int64_t numbers = size_multiply(maps->batch, maps->channels);
    for (int i = 0; i < WINDOW_AXES; i++) {
        const WindowAxis *axis = &maps->window->axis[i];
        maps->dim[i] = (axis->out - 1) * axis->stride + window_reach(axis->size, axis->dilation);
        numbers = size_multiply(numbers, maps->dim[i]);
    }
    float *to = ARENA_ROOM(arena, numbers, float);
    maps->data = to;
    for (int64_t b = 0; b < maps->batch; b++)
        for (int64_t d = 0; d < maps->dim[0]; d++)
            for (int64_t h = 0; h < maps->dim[1]; h++) to = put_row(maps, row_at(maps, in, b, d, h), to);
}

/* Numbers from the first cell of a map to another. */
static int64_t distance(const Maps *maps, int64_t depth, int64_t height, int64_t width)
{
    return ((depth * maps->dim[1] + height) * maps->dim[2] + width) * maps->channels;
}

static Maps maps_of(const Window *window, int64_t batch, int64_t channels, const float *in, Arena *arena)
{
    const WindowAxis *axis = window->axis;
    Maps maps = {.window = window, .batch = batch, .channels = channels, .dim = {axis[0].in, axis[1].in, axis[2].in}};
    if (needs_zeros(window)) lay_zeros(&maps, in, arena);
    else maps.data = in + distance(&maps, -axis[0].before, -axis[1].before, -axis[2].before);
    return maps;
}

static void find_lines(Patches *patches, const Maps *maps, Arena *arena)
{
    const WindowAxis *axis = maps->window->axis;
    int64_t *line = ARENA_ROOM(arena, maps->batch * axis[0].out * axis[1].out, int64_t);
    patches->line_at = line;
    for (int64_t b = 0; b < maps->batch; b++)
        for (int64_t d = 0; d < axis[0].out; d++)
            for (int64_t h = 0; h < axis[1].out; h++)
                line[patches->lines++] = distance(maps, b * maps->dim[0] + d * axis[0].stride, h * axis[1].stride, 0);
}

static void find_taps(Patches *patches, const Maps *maps, int64_t at_once, Arena *arena)
{
    const WindowAxis *axis = maps->window->axis;
    int64_t *tap = ARENA_ROOM(arena, window_size(maps->window) / at_once, int64_t);
    patches->tap_at = tap;
    for (int64_t d = 0; d < axis[0].size; d++)
        for (int64_t h = 0; h < axis[1].size; h++)
            for (int64_t w = 0; w < axis[2].size; w += at_once)
                tap[patches->taps++] = distance(maps, d * axis[0].dilation, h * axis[1].dilation, w * axis[2].dilation);
}

Patches patches_of(const Window *window, int64_t batch, int64_t channels, const float *in, int64_t taps_at_once, Arena *arena)
{
    const Maps maps = maps_of(window, batch, channels, in, arena);
    Patches patches = {.data = maps.data, .step = window->axis[2].stride * channels};
    find_lines(&patches, &maps, arena);
    find_taps(&patches, &maps, taps_at_once, arena);
    return patches;
}
