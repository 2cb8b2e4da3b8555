/* The bar at a pane's right edge that says where in its contents one is. */
#ifndef SHAPEFLOW_APP_SCROLL_BAR_H
#define SHAPEFLOW_APP_SCROLL_BAR_H

#include "scene/mark.h"
#include "scene/theme.h"

/* scroll: points that have gone above the area; all: the height of everything. Nothing where all of it is seen. */
void scroll_bar_draw(Scene *, const Theme *, Rect area, float scroll, float all);

#endif
