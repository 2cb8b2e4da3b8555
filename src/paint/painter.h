/* Marks to a surface. A painter is this struct; NULL functions do nothing. */
#ifndef SHAPEFLOW_PAINT_PAINTER_H
#define SHAPEFLOW_PAINT_PAINTER_H

#include "scene/mark.h"

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

/* The one walk over marks [from, to). */
void painter_draw(const Painter *, const Scene *, size_t from, size_t to);

#endif
