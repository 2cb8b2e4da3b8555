/* How the canvas is shared out: one model or two above one another, the weight matrix, the legend. */
#ifndef SHAPEFLOW_SCENE_SPLIT_H
#define SHAPEFLOW_SCENE_SPLIT_H

#include "scene/chart.h"

typedef struct Split {
    Rect model[2];      /* of view->now and view->other */
    Rect matrix[2];     /* beside each; w = 0: none */
    Rect legend;        /* h = 0: none */
} Split;

Split split_make(const View *);

/* The charts of a view, paired when there are two; returns how many. */
int charts_make(Chart chart[2], Arena *, const View *);

/* Calls work with the charts of a view in memory of their own; false when there was none, or no model. */
typedef void (*ChartWork)(const Chart *charts, int n, void *given);
bool charts_visit(const View *, ChartWork, void *given);

#endif
