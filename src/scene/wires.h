/* The connections into a column: exactly the terms of its layer. */
#ifndef SHAPEFLOW_SCENE_WIRES_H
#define SHAPEFLOW_SCENE_WIRES_H

#include "scene/chart.h"

typedef struct Wire {
    Unit    from;
    int64_t to;         /* element of the column */
    int     child;      /* whose weight, as in Term; weight -1 = none */
    int     weight;
    int64_t at;
    bool    weighted;   /* there is a number */
    float   strength;   /* the weight */
} Wire;

typedef struct Wires {
    int     column;
    Wire   *wire;       /* all, or the strongest */
    int64_t n;
    int64_t total;      /* the true count */
    bool    sampled;    /* not even all were looked at ... */
    bool    partly;     /* ... and of each unit only the first: no fair sample */
    float   strongest;  /* largest |weight| */
} Wires;

/* Levels of detail: up to WIRES_EACH all are drawn, up to WIRES_FAINT faintly, beyond only WIRES_EACH. */
enum { WIRES_EACH = 600, WIRES_FAINT = 10000, WIRES_MOVING = 2500 };

/* The wires into a column, no more than `most`: the strongest. About `looked_at` terms are looked at; of more, every
 * n-th output's. */
enum { TERMS_LOOKED_AT = 120000, TERMS_GLANCED_AT = 4000 };
void wires_collect(Wires *, const Chart *, int column, int64_t most, int64_t looked_at);

/* All wires into elements [from, to) of a column; never more than WIRES_LIT. */
enum { WIRES_LIT = 100000 };
void wires_into(Wires *, const Chart *, int column, int64_t from, int64_t to);

/* All wires out of a unit into one column that reads it. */
void wires_between(Wires *, const Chart *, Unit from, int column);

/* Of `all`, those with the weight of one of `lit` that are not in it: what else these weights do. */
void wires_sharing(Wires *, const Chart *, const Wires *all, const Wires *lit);

#endif
