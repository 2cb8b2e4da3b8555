/* The three counts at the foot of a column: activations, connections, parameters. */
#ifndef SHAPEFLOW_SCENE_COUNTS_H
#define SHAPEFLOW_SCENE_COUNTS_H

#include "scene/chart.h"

/* The width of a column's counts without arithmetic. */
float counts_width(const Layout *, const View *, Arena *, int column);

/* What their names take at the left, 0 = they do not stand there. */
float counts_captions(const Layout *, const View *, Arena *);

/* All of them with their names at the left. */
void counts_draw(Scene *, const Chart *);
void column_counts_draw(Scene *, const Chart *, int column);
void captions_draw(Scene *, const Chart *);

/* What the lines say, where their names do not stand beside them: an id of a sentence, NULL = it is not needed. */
const char *counts_sentence(const Layout *);

#endif
