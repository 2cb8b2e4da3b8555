/* Hundreds of faint strokes one over another: 8 bits a channel cannot hold what each adds, so their density is gathered
 * per colour and mixed into the pixels once. Order among them does not show. */
#ifndef SHAPEFLOW_PAINT_RASTER_WASH_H
#define SHAPEFLOW_PAINT_RASTER_WASH_H

#include "paint/raster.h"

typedef struct Wash Wash;

Wash *wash_open(void);   /* NULL without memory: then strokes are drawn as they come */
void wash_close(Wash *);

/* Takes a faint stroke for later; false when it has to be drawn at once, in its order. */
bool wash_take(Wash *, const Canvas *, const Stroke *);

/* Puts what was taken on the canvas. To be called before anything else is drawn there. */
void wash_settle(Wash *, const Canvas *);

#endif
