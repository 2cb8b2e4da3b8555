/* A chart's parts beside tensors and wires: headings, arrows, the column where a model broke, what lies outside. */
#ifndef SHAPEFLOW_SCENE_COLUMNS_DRAW_H
#define SHAPEFLOW_SCENE_COLUMNS_DRAW_H

#include "scene/chart.h"

/* Titles with picks for layers, arrows between them, and gaps where layers can be put in. */
void headings_draw(Scene *, const Chart *);
void column_heading_draw(Scene *, const Chart *, int column);
void arrows_draw(Scene *, const Chart *);

/* The layer that Keras refuses, with its words as far as they fit. */
void fault_draw(Scene *, const Chart *, int column);

/* Where the part that is seen lies in a picture wider than its area. */
void minimap_draw(Scene *, const Chart *);
bool overview_find(const Chart *, Overview *);

bool column_on_page(const Chart *, int column);

#endif
