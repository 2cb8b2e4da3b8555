/* Below all: what colours, counts and sheets mean. */
#ifndef SHAPEFLOW_SCENE_LEGEND_H
#define SHAPEFLOW_SCENE_LEGEND_H

#include "scene/chart.h"

/* The colour scale with its zero, the ramp where it is used, wires' signs when some are lit, what None means. */
void legend_draw(Scene *, const Chart *, Rect strip, bool signs);

#endif
