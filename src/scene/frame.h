/* Nested models laid open: a frame around the columns of their layers, with their name. */
#ifndef SHAPEFLOW_SCENE_FRAME_H
#define SHAPEFLOW_SCENE_FRAME_H

#include "scene/chart.h"

/* Frames lie behind the wires ... */
void frames_draw(Scene *, const Chart *, float opacity);
/* ... their names over them. */
void frame_names_draw(Scene *, const Chart *);

#endif
