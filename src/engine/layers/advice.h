/* Proposals for layers over maps that do not fit their input: the same layer for maps of another rank, axes the other way
 * round, a smaller window. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_ADVICE_H
#define SHAPEFLOW_ENGINE_LAYERS_ADVICE_H

#include "engine/layer.h"

/* "Conv2D(8, 3)" instead of a Conv1D that got an image. */
void advise_other_rank(const Layer *, const Shape *in, Error *);

/* Of a window that fits nowhere: the parameter with its size, and what it must not exceed. */
typedef struct TooLarge {
    const Shape *in;
    bool         channels_first;
    const char  *size_param;
    int          axes;
    const int64_t *size, *dilation;   /* dilation NULL = none */
} TooLarge;
void advise_window(Arena *, const TooLarge *, Error *);

#endif
