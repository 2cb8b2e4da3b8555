/* Where the panes stand in the window. */
#ifndef SHAPEFLOW_APP_PAGE_H
#define SHAPEFLOW_APP_PAGE_H

#include "app/settings.h"
#include "scene/mark.h"

typedef enum Panels { PANEL_BAR = 1, PANEL_CODE = 2, PANEL_SUMMARY = 4, PANEL_INSPECTOR = 8, PANELS_ALL = 15 } Panels;

/* "all", "none", or names with commas between; false for an unknown name. */
bool panels_read(const char *list, unsigned *panels);

typedef struct Page {
    Rect  all, bar, side, code, summary, canvas, inspector;   /* empty where folded or left out */
    Rect  side_edge, inspector_edge, summary_edge;            /* dragged to resize, clicked to unfold */
    float scale;                                              /* of type and panes */
    unsigned panels;
} Page;

/* Of type and panes: what the person set, but never so large that the panes do not fit. */
float page_scale(Rect all, const Settings *);

/* code_height, summary_height: what their contents would take. */
void page_layout(Page *, Rect all, unsigned panels, const Settings *, float code_height, float summary_height);

bool rect_holds(Rect, Point);
Rect rect_inset(Rect, float x, float y);

#endif
