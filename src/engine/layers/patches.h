/* Where the cells under a sliding window lie: maps with channels last, zeros laid around them where the window needs them. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_PATCHES_H
#define SHAPEFLOW_ENGINE_LAYERS_PATCHES_H

#include "base/arena.h"
#include "engine/layers/window.h"

/* Channel c of the cell under tap t, at place w of line l, is data[line_at[l] + w·step + tap_at[t] + c]. A line is a row of
 * places along the last axis; they follow one another over height, depth and batch. Taps as in a kernel, the last axis fastest. */
typedef struct Patches {
    const float   *data;
    int64_t        step;
    const int64_t *line_at;   int64_t lines;
    const int64_t *tap_at;    int64_t taps;
} Patches;

/* in: (batch, cells of the window's axes, channels). taps_at_once: so many taps of the last axis, which lie side by side, count
 * as one. Memory is the arena's. */
Patches patches_of(const Window *, int64_t batch, int64_t channels, const float *in, int64_t taps_at_once, Arena *);

#endif
