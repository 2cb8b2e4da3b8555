/* Wires on the page: level of detail, colours, the way around columns in between. */
#ifndef SHAPEFLOW_SCENE_STRANDS_H
#define SHAPEFLOW_SCENE_STRANDS_H

#include "scene/wires.h"

/* The static wires into a column at an opacity; keeps what it collected for others. */
void strands_draw(Scene *, const Chart *, const Wires *, float opacity);

/* "100,352 connections, 600 strongest drawn", where not all are drawn. */
void strands_count_draw(Scene *, const Chart *, const Wires *);

/* Both ends are heat maps: wires lead from map to map. */
bool strands_between_maps(const Chart *, int column);

/* Wires in the colours of their weights' signs, width by size. */
void strands_draw_lit(Scene *, const Chart *, const Wires *);
/* Faintly, as followers of lit ones. */
void strands_draw_followers(Scene *, const Chart *, const Wires *);

/* Dims what stands between a column and its sources to a third, so that lit wires stand out; static wires stay as
 * they were painted. */
void strands_veil(Scene *, const Chart *, int column);

/* "dense[0,3] → dense_1[0,2]: −0.31" */
const char *wire_label(const Chart *, const Wire *, int column);

/* "×3" on a wire. */
void strand_badge(Scene *, const Chart *, const Wire *, int column, int64_t times);

#endif
