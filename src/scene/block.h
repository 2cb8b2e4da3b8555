/* How one sample of a tensor stands in a rectangle, by its rank: the place of every number.
 *
 * Few numbers are units, circles one under another in groups (one group a row). More become cells: a strip, a matrix,
 * heat maps. Element e of the sample is row-major, batch axis left out. */
#ifndef SHAPEFLOW_SCENE_BLOCK_H
#define SHAPEFLOW_SCENE_BLOCK_H

#include <math.h>

#include "engine/shape.h"
#include "scene/mark.h"

typedef enum BlockForm { BLOCK_UNITS, BLOCK_CELLS } BlockForm;

typedef struct Block {
    BlockForm form;
    Shape     shape;
    int64_t   size;
    Rect      area;           /* what it takes: inside what was offered, centred */

    int64_t   groups, per;    /* units: groups of `per` */
    float     slot;           /* from group to group */
    float     pitch, unit;    /* from unit to unit; height: a circle's diameter */
    float     unit_w;         /* wider than high where a number needs it */
    int64_t   abreast;        /* where units would be too small one under another: one lower than the other, in so many columns */

    int64_t   maps;           /* cells: heat maps, each rows x columns numbers */
    int64_t   rows, columns;
    int64_t   channels;       /* maps that share an element's place: e = (lead, row, column, channel) */
    bool      channels_first; /* e = (map, row, column) */
    bool      rows_are_maps;  /* rank 2 with long rows: each row a map of its own */
    int64_t   first_map, shown_maps;   /* the page of maps that is drawn */
    int64_t   across;         /* maps side by side */
    float     map_w, map_h;
    float     step_x, step_y; /* from map to map */
    int       cell_columns, cell_rows;   /* cells drawn for a map: fewer than columns, rows where several share one */
} Block;

typedef struct BlockOffer {
    Rect    room;
    float   unit_max;         /* height */
    float   number_w, number_h;   /* what a unit needs around a number */
    float   cell_max;
    bool    channels_first;
    int64_t show;             /* an element that must be on the page of maps */
} BlockOffer;

void block_make(Block *, const Shape *sample, const BlockOffer *);

/* The rectangle of an element; for one that is not on the page, a point on the lower edge. */
Rect block_unit(const Block *, int64_t e);
bool block_shows(const Block *, int64_t e);
/* The element at a point, -1 = none. */
int64_t block_at(const Block *, Point);

/* Panel behind a group of units or a map. */
Rect block_group(const Block *, int64_t group);
Rect block_map(const Block *, int64_t map);
int64_t block_map_of(const Block *, int64_t e);
/* Element at (row, column) of a map, -1 outside. */
int64_t block_element(const Block *, int64_t map, int64_t row, int64_t column);
void block_place(const Block *, int64_t e, int64_t *map, int64_t *row, int64_t *column);

/* True when several numbers share a drawn cell or some maps are on another page. */
bool block_aggregates(const Block *);

static inline Point rect_centre(Rect r) { return (Point){r.x + r.w / 2, r.y + r.h / 2}; }
static inline Rect rect_joined(Rect a, Rect b)
{
    const float x = fminf(a.x, b.x), y = fminf(a.y, b.y);
    return (Rect){x, y, fmaxf(a.x + a.w, b.x + b.w) - x, fmaxf(a.y + a.h, b.y + b.h) - y};
}
static inline bool rect_holds(Rect r, Point p) { return p.x >= r.x && p.x < r.x + r.w && p.y >= r.y && p.y < r.y + r.h; }

#endif
