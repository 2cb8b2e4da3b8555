/* One model laid out in an area, with its numbers at hand: what all drawing, picking and moving starts from. */
#ifndef SHAPEFLOW_SCENE_CHART_H
#define SHAPEFLOW_SCENE_CHART_H

#include "scene/layout.h"
#include "scene/scale.h"

enum { HUE_NONE = 255 };

/* What of a column is computed yet: elements before `done` have the numbers of tensor `now`, the others those of
 * `before` (-1 = none yet). */
typedef struct Stage { int now, before; int64_t done; } Stage;

typedef struct Chart {
    Arena         *arena;
    const View    *view;
    const Variant *variant;
    int            which;      /* 0 = view->now, 1 = view->other */
    int64_t        sample;     /* of the batch: the one on top */
    Columns        columns;
    Layout         layout;
    Stage         *stage;      /* of each column */
    int            lit_column; /* whose wires the forward pass is at, -1 = none */
    int64_t        lit_from, lit_to;   /* its elements [lit_from, lit_to) */
    Scale         *scale;      /* of each column, extent 0 until asked for */
    uint8_t      **hue;        /* of columns that copy: row identity of each element; NULL for the others */
    const struct Chart *pair;  /* of a comparison: the other model; what is looked at there is lit here too */
    const struct Chart *twin;  /* of a toggle: units stand on their way to their place in the twin ... */
    float          along;      /* ... from 0 = own place to 1 */
    bool           quiet;      /* no numbers in the units, while two stand in one place */
} Chart;

void chart_make(Chart *, Arena *, const View *, const Variant *, int which, Rect area);

/* A unit of a chart: column and element of the sample. column -1 = none. */
typedef struct Unit { int column; int64_t e; } Unit;
#define UNIT_NONE ((Unit){-1, -1})

Unit chart_unit_of(const Chart *, const Pick *);       /* of a PICK_UNIT, PICK_WIRE (where it leads) */
Pick chart_pick(const Chart *, Unit);                  /* without label */
const char *chart_label(const Chart *, Unit);          /* "dense_1, unit 2: 0.95" */
const char *chart_index(const Chart *, Unit);          /* "[1,2]" */
Rect chart_rect(const Chart *, Unit);

/* The number shown; false when there is none (not computed, too large). */
bool chart_value(const Chart *, Unit, double *value);
const float *chart_numbers(const Chart *, int column);   /* of the sample shown, when all are computed; else NULL */
const Tensor *chart_tensor(const Chart *, int column);   /* whatever the progress; NULL without numbers */

/* Row identity: 0 ... ROW_HUES - 1, HUE_NONE for numbers that belong to no row. Copies keep that of what they copy. */
uint8_t chart_hue(const Chart *, Unit);
Colour chart_hue_colour(const Chart *, uint8_t hue);

/* Colour scale of a column: view->extent, or on the ink ramp (images and non-negative maps) its own largest. */
Scale chart_scale(const Chart *, int column);

/* The same unit in another chart: same layer and element; what copies stands where its source stands; a row more or
 * less is matched by the last axis. column -1 = none. */
Unit chart_match(const Chart *, Unit, const Chart *other);
/* The column with the same name, -1 = none. */
int chart_match_column(const Chart *, int column, const Chart *other);

/* ---- terms ---- */

/* The terms of a unit of `column` before folding; returns their count, writes the first cap. */
int64_t chart_terms(const Chart *, Unit, Term *, int64_t cap);
/* All of them, in the arena; *n no more than `most`. */
Term *chart_all_terms(const Chart *, Unit, int64_t most, int64_t *n);
/* The unit a term of `to` comes from; column -1 when it comes from nothing that is drawn. */
Unit chart_from(const Chart *, Unit to, const Term *);
/* The weight of a term; false when it has none or there are no numbers. */
bool chart_weight(const Chart *, int column, const Term *, double *weight);

#endif
