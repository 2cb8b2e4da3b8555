/* Marks to a surface. A painter is this struct; NULL functions do nothing. */
#ifndef SHAPEFLOW_PAINT_PAINTER_H
#define SHAPEFLOW_PAINT_PAINTER_H

#include "scene/mark.h"

/* A painter sees only marks that can be seen: every number finite and below PAINT_FARTHEST, sizes not negative,
 * a stroke with a colour has a width, the opacity of groups is already in the colours, that of cells in mark->opacity. */
#define PAINT_FARTHEST 1e6f

typedef struct Painter {
    void *self;
    void (*begin)(void *self, const Scene *);
    void (*shape)(void *self, const Mark *);     /* rect, circle, polygon, band */
    void (*stroke)(void *self, const Mark *);    /* line, curve */
    void (*text)(void *self, const Mark *);
    void (*cells)(void *self, const Mark *);
    void (*clip)(void *self, const Rect *);      /* NULL ends the innermost */
    void (*group)(void *self, const Mark *);     /* NULL ends the innermost */
    bool (*close)(void *self);                   /* false: something went wrong since begin */
} Painter;

/* The one walk over marks [from, to), within the clips and groups that are open at `from`; false when close says so. */
bool painter_draw(const Painter *, const Scene *, size_t from, size_t to);

/* Whether a stroke ends in half circles: thick solid lines, but no rules along the axes. */
bool stroke_is_round(const Mark *);

#endif
