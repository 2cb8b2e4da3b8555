/* The toggle in flight: cells travel to their new places, wires cross-fade, columns glide. */
#ifndef SHAPEFLOW_SCENE_MOTION_H
#define SHAPEFLOW_SCENE_MOTION_H

#include "scene/chart.h"

/* What a column of one model is in the other. */
typedef enum Kinship {
    KIN_SAME,     /* the same layer with as many numbers: it moves */
    KIN_COPY,     /* not there, but its cells copy others that are: they come from these */
    KIN_OTHER,    /* the same layer with more or fewer numbers */
    KIN_NONE
} Kinship;

Kinship motion_kinship(const Chart *, int column, const Chart *other);

/* The wires into a column lead from and to the same units in both: they need not fade. */
bool motion_wires_stay(const Chart *, int column, const Chart *other);

/* A copy of a chart whose headings, counts and maps stand `along` of the way to their places in the other. */
Chart motion_moved(const Chart *, const Chart *other, float along);

#endif
