/* Layers whose every output is a copy of one cell of the input, or nothing: padding, cropping, repeating. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_GATHER_H
#define SHAPEFLOW_ENGINE_LAYERS_GATHER_H

#include "engine/layer.h"
#include "engine/layers/volume.h"

enum { GATHER_AXES = VOLUME_AXES };

typedef struct GatherConfig GatherConfig;
struct GatherConfig {
    int     axes;                                         /* the arrays below hold that many */
    bool    channels_first;
    int64_t before[GATHER_AXES], after[GATHER_AXES];      /* cells put on, or cut off */
    bool    cuts;
    int64_t factor[GATHER_AXES];                          /* how often each is repeated */
    const char *interpolation;                            /* of repeating ones; NULL = nearest */
    /* Along axis `axis` (0 = the first there is): the length after, and the cell that `place` copies (outside = none). */
    int64_t (*length)(const GatherConfig *, int axis, int64_t in);
    int64_t (*cell)(const GatherConfig *, int axis, int64_t place);
};

GatherConfig *gather_begin(Maker *);

/* The axis of the shape that axis `axis` of the maps is. */
int     gather_axis(const GatherConfig *, int axis);
Shape   gather_shape(const GatherConfig *, const Shape *in);
void    gather_forward(const Forward *);
int64_t gather_trace(const Trace *, Term *, int64_t cap);
int64_t gather_connections(const Trace *);
/* "x[8, 9, 2]", or "0". */
void    gather_explain_rule(const Trace *, Text *);

#endif
