/* Below the columns: the three counts of each layer, and what colours and sheets mean. */
#ifndef SHAPEFLOW_SCENE_LEGEND_H
#define SHAPEFLOW_SCENE_LEGEND_H

#include "scene/chart.h"

/* activations / connections / parameters under each column, the last as arithmetic where there is room. */
void counts_draw(Scene *, const Chart *);
void column_counts_draw(Scene *, const Chart *, int column);
void captions_draw(Scene *, const Chart *);

/* The colour scale with its zero, the ramp where it is used, wires' signs when some are lit, what None means. */
void legend_draw(Scene *, const Chart *, Rect strip, bool signs);

#endif
