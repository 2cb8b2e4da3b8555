/* What is wrong with the text: Keras' words, the plain cause, and fixes that can be taken with a key. */
#ifndef SHAPEFLOW_APP_FAULT_PANE_H
#define SHAPEFLOW_APP_FAULT_PANE_H

#include "app/app.h"

void fault_pane_draw(const App *, Scene *, Rect area);

/* Applies fix number `index`; nothing where there is none. */
void fault_fix(App *, int index);
int  fault_fixes(const App *);

#endif
