/* Which parts of the page differ from the frame before. */
#ifndef SHAPEFLOW_APP_TILES_H
#define SHAPEFLOW_APP_TILES_H

#include "scene/mark.h"

enum { DIRTY_RECTS = 12 };

typedef struct Tiles {
    uint64_t *hash, *next;      /* of the marks that touch each tile, in the frame before and in this one */
    int       columns, rows;
    int       width, height;    /* of the page in pixels */
} Tiles;

typedef struct Dirty {
    Rect rect[DIRTY_RECTS];     /* pixels */
    int  n;
} Dirty;

/* False when there is no memory. Everything counts as changed at first. */
bool tiles_open(Tiles *, int width, int height);
void tiles_close(Tiles *);

/* What differs in marks [from, n_marks) from the frame told before. */
void tiles_compare(Tiles *, const Scene *, size_t from, const Measure *, float px_per_pt, Dirty *);

/* The next comparison finds everything changed. */
void tiles_forget(Tiles *);

#endif
