/* The pane below the picture: what the unit or layer looked at sees and computes, or what is wrong with the text. */
#ifndef SHAPEFLOW_APP_INSPECTOR_H
#define SHAPEFLOW_APP_INSPECTOR_H

#include "app/app.h"

void inspector_draw(const App *, Scene *);

/* Shows the next or the previous terms of a long sum. */
void inspector_page(App *, int by);

/* The scrubber dragged to a point. */
void inspector_scrub(App *, Point);

#endif
