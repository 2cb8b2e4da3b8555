/* The table of layers below the code: name, output shape, parameters. */
#ifndef SHAPEFLOW_APP_SUMMARY_PANE_H
#define SHAPEFLOW_APP_SUMMARY_PANE_H

#include "app/app.h"

float summary_height(const App *, float scale);
void  summary_scroll(App *, float rows);
ScrollBar summary_bar(const App *);
void  summary_reveal(App *, int layer);
void  summary_draw(const App *, Scene *);

/* The layer that the pointer or the focus is at, in the shown plan; -1 = none. */
int   summary_lit(const App *);

/* model.summary() for the clipboard. */
const char *summary_text(const App *, Arena *);

#endif
