/* The bar at a pane's right edge that says where in its contents one is, and is dragged to get elsewhere. */
#ifndef SHAPEFLOW_APP_SCROLL_BAR_H
#define SHAPEFLOW_APP_SCROLL_BAR_H

#include "scene/mark.h"
#include "scene/theme.h"

typedef struct ScrollBar {
    Rect  area;      /* of the pane */
    float scroll;    /* points that have gone above it */
    float all;       /* the height of everything */
    float scale;     /* of type and panes */
} ScrollBar;

/* There is none where all is seen. */
bool  scroll_bar_holds(const ScrollBar *, Point);
/* How far below the thumb's top it is held; a press beside the thumb holds its middle. */
float scroll_bar_grip(const ScrollBar *, float y);
/* The scroll that brings the held thumb to y. */
float scroll_bar_at(const ScrollBar *, float grip, float y);

void  scroll_bar_draw(Scene *, const Theme *, const ScrollBar *);
/* The same below the pointer. */
void  scroll_bar_draw_lit(Scene *, const Theme *, const ScrollBar *);

#endif
