/* What stands side by side on the canvas: a column for each input and each layer's output, with the elementwise layers
 * that follow folded into it, placed by depth (left to right) and lane (top to bottom). */
#ifndef SHAPEFLOW_SCENE_COLUMNS_H
#define SHAPEFLOW_SCENE_COLUMNS_H

#include "scene/view.h"

enum { COLUMN_FOLDS = 8 };

typedef struct Column {
    const Layer *layer;          /* NULL for an input without one */
    int     step;                /* of `layer` in plan->steps, -1 = no steps */
    int     row;                 /* of `layer` in plan->layers, -1 = not listed */
    int     output;              /* which of the step's outputs */
    int     tensor;              /* shown (after folding), in plan->tensors; -1 = its shape is all that is known */
    int     first_tensor;        /* before folding: what the wires of `step` lead to */
    int     fold[COLUMN_FOLDS];  /* folded steps, in order */
    int     n_folds;
    int     owner;               /* the step of the nested model it is inside of, -1 = none */
    bool    input;               /* of the model; `layer` may then be NULL */
    bool    result;              /* an output of the model */
    bool    shared;              /* its layer is called more than once */
    bool    fault;               /* where the model broke: nothing but a name */
    const char *name;            /* "dense_1", "input", as picture_find_unit reads it */
    Shape   shape;               /* as declared, None where unknown */
    Shape   sample;              /* concrete, without the batch axis */
    int64_t size;                /* of the sample; 0 when its shape is all that is known */
    int64_t batch;               /* concrete */
    bool    channels_first;
    int     depth, lane;
} Column;

/* From a column's shown tensor to input `input` of another column's step. */
typedef struct Edge {
    int from, to, input;
    int cable;        /* of those that pass over other columns: a number of its own, from 0; -1 = neighbours */
} Edge;

typedef struct Columns {
    Column *column;  int n;
    Edge   *edge;    int n_edges;    /* by `to` */
    int    *first_edge;          /* edges into column c are [first_edge[c], first_edge[c + 1]) */
    int     n_cables;
    int     n_depths;
    int    *lanes;               /* columns at each depth */
    int    *by_tensor;           /* column that shows a tensor of the plan, -1 = none */
} Columns;

void columns_make(Columns *, Arena *, const Variant *);

/* In how many nested models it is. */
int columns_nesting(const Plan *, const Column *);

/* A column is inside of the nested model of a step, however deep. */
bool columns_inside(const Plan *, const Column *, int step);

/* A result whose numbers are shares of one: what softmax gives. */
bool column_is_share(const Column *, const Plan *);

/* The edge between two columns, NULL = none. */
const Edge *columns_edge(const Columns *, int from, int to);

/* The column of an edge into `to` by the step's input number, -1 = none. */
int columns_source(const Columns *, const Plan *, int to, int input);

/* By name ("dense_1", "input"), by layer row, by tensor; -1 = none. */
int columns_find(const Columns *, const Plan *, const char *name, size_t length);
int columns_of_row(const Columns *, int row);

#endif
