/* Drawing of a column's numbers: circles in groups, or cells of strips, matrices and heat maps. */
#ifndef SHAPEFLOW_SCENE_UNITS_H
#define SHAPEFLOW_SCENE_UNITS_H

#include "scene/chart.h"

/* Panels with row hues and the sheets of the batch behind: below the wires. */
void panels_draw(Scene *, const Chart *, int column);

/* The panels alone, at an opacity. */
void groups_draw(Scene *, const Chart *, int column, float opacity);

/* Every unit with its value, above the wires. */
void units_draw(Scene *, const Chart *, int column);

/* x[0], y[1], 0 8 16 ... beside the units, and what is aggregated, said. */
void labels_draw(Scene *, const Chart *, int column);

/* A ring around a unit. */
void unit_ring(Scene *, const Chart *, Unit, Colour, float width);

/* ---- cells, for units_draw ---- */
void cells_draw(Scene *, const Chart *, int column);

#endif
