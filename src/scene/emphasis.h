/* What is looked at: the hovered or focused unit, wire or weight, or the row the forward pass is at. */
#ifndef SHAPEFLOW_SCENE_EMPHASIS_H
#define SHAPEFLOW_SCENE_EMPHASIS_H

#include "scene/strands.h"

/* The cells of one map that wires into a unit come from. */
typedef struct Field {
    int64_t n;
    int64_t row[2], col[2];   /* first, last */
} Field;

typedef struct Emphasis {
    Unit   unit;        /* looked at; column -1 = none */
    Wires *lit;         /* its wires, a set for each column they lead to */
    int    n_lit;
    Wires  followers;   /* the same weights elsewhere in its column */
    Wires *calls;       /* ... and in each other column of the same layer, called more than once */
    int    n_calls;
    Field **fields;     /* lit[0]: of each source column, of each map; NULL where there are none */
    bool   one_wire;    /* a wire is looked at, not a unit */
} Emphasis;

void emphasis_find(Emphasis *, const Chart *, const Wires *of_columns);

/* Receptive fields of the unit looked at (field.c): fills emphasis->fields. */
void fields_find(Emphasis *, const Chart *);
/* True when a box on a map stands for the wire. */
bool field_has(const Emphasis *, const Chart *, const Wire *);
void fields_draw(Scene *, const Chart *, const Emphasis *);

/* Under the units: the veil and the lit wires. */
void emphasis_draw_below(Scene *, const Chart *, const Emphasis *);
/* Over the units: the ring, the fields seen on maps, the badge of a wire. */
void emphasis_draw_above(Scene *, const Chart *, const Emphasis *);

#endif
