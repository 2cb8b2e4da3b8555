/* Which colours a tensor's numbers have: the scale of the view, or an ink ramp of its own for images. */
#ifndef SHAPEFLOW_SCENE_SCALE_H
#define SHAPEFLOW_SCENE_SCALE_H

#include "engine/run.h"

typedef struct Scale {
    double extent;
    bool   ramp;
} Scale;

/* The ramp is for non-negative feature maps, for images given in, and for what copies them (Flatten); everything else
 * shares `extent`. */
Scale scale_find(const Run *, int tensor, double extent);

#endif
