/* A layout in the making: what rooms, widths and places are found from, one after another. */
#ifndef SHAPEFLOW_SCENE_LAYOUT_WORK_H
#define SHAPEFLOW_SCENE_LAYOUT_WORK_H

#include <math.h>

#include "scene/layout.h"

#define EDGE 16.0F
#define COUNTS_APART 12.0F
#define PANEL_PAD 10.0F
#define HEADINGS_APART 14.0F
#define HEADING_MAX 19.0F     /* times the title's size: longer ones are cut where there is no more room */
#define BESIDE_APART 14.0F    /* of a heading at the side, so that the sheets of the batch have room */
#define TIER_GAP 5.0F
#define SHARE_MAX 230.0F      /* of the width, for a block */

/* How words are set so that all columns fit, the first that does is taken. */
typedef struct Manner {
    float shrink;        /* of type */
    bool  narrow;        /* titles no wider than their shapes */
    int   tiers;         /* of headings: neighbours stand one above the other */
    float gap;
} Manner;

typedef struct Work {
    Arena         *arena;
    const View    *view;
    const Variant *variant;
    const Columns *columns;
    Layout        *layout;
    float         *width;      /* of each depth: its widest column */
    float          left, right;   /* margins */
    float          gap;
    float          total;
    float          share;      /* the width offered to a block */
    const Manner  *manner;
    float          squeeze;    /* of an overview: widths times this; 1 = none */
    float          yield;      /* how headings in lanes take part in that: 0 = not at all ... 1 = as all else */
} Work;

static inline float fit(float value, float low, float high) { return fminf(fmaxf(value, low), high); }

static inline bool stacks_at(const Columns *columns, int depth) { return columns->lanes[depth] > 1; }

/* ---- rooms: what each block is offered, and what it makes of it ---- */

/* The body between headings and counts. */
void rooms_find_body(const Work *);
void rooms_make_blocks(const Work *, const int64_t *show, Rect page);
/* Around a block, to its panel. */
float rooms_pad(const Work *, const Block *);
/* Lanes so low that a heading stands beside its block. */
bool rooms_lane_is_low(const Work *, int column);
/* The heading of a column in a lane is this high, where there is room for one; the sheets stand below it. */
bool rooms_lane_is_titled(const Work *);
float rooms_lane_heading(const Work *, int column);
float rooms_sheets(const Column *);

/* ---- places: where columns, headings and counts stand, when the widths are known ---- */

void places_set(const Work *, Rect page);

#endif
