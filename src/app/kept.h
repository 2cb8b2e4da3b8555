/* The still part of the page: kept, marks and memory, from one frame to the next while only what is looked at changes. */
#ifndef SHAPEFLOW_APP_KEPT_H
#define SHAPEFLOW_APP_KEPT_H

#include "scene/view.h"

typedef struct Kept {
    Picture  *picture;    /* NULL = nothing is kept */
    Scene     scene;      /* with the still marks only */
    ArenaMark mark;       /* what stands above it in the arena is not kept */
    View      view;       /* it was made for */
    unsigned  version;    /* of the study */
    size_t    live;       /* marks that were put over it */
} Kept;

/* Leaves a scene that has the picture of the model: put back to the still part where that holds good, else made anew in
 * the arena, which is emptied. */
void kept_draw(Kept *, Scene *, Arena *, Rect page, const View *, unsigned version);

#endif
