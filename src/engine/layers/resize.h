/* Images brought to another size: a region of the image, which may reach beyond it, resampled. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_RESIZE_H
#define SHAPEFLOW_ENGINE_LAYERS_RESIZE_H

#include "engine/layer.h"
#include "engine/layers/resample.h"
#include "engine/layers/volume.h"

/* Height, then width. */
enum { RESIZE_AXES = 2 };

typedef struct Resize {
    int64_t       first[RESIZE_AXES], cells[RESIZE_AXES];   /* the region; first is negative where it begins outside */
    int64_t       out[RESIZE_AXES];
    Interpolation interpolation;
    bool          antialias;
    float         fill;                                     /* what stands outside */
} Resize;

/* Images of rank 3 (alone) or 4 (a batch). */
Volume resize_volume(const Shape *, bool channels_first);

void    resize_forward(const Resize *, const Forward *, bool channels_first);
int64_t resize_trace(const Resize *, const Trace *, bool channels_first, Term *, int64_t cap);
int64_t resize_connections(const Resize *, const Trace *, bool channels_first);
/* "0.75·x[3, 4, 0] + 0.25·x[3, 5, 0]": up to a few terms. */
void    resize_explain_rule(const Resize *, const Trace *, bool channels_first, Text *);

#endif
