/* The top bar: what is open, the Flatten switch, and what else there is to do. */
#ifndef SHAPEFLOW_APP_BAR_H
#define SHAPEFLOW_APP_BAR_H

#include "app/app.h"

void bar_draw(const App *, Scene *);

/* Where the menus of the bar drop down from. */
Rect bar_file(const App *);
Rect bar_model(const App *);
Rect bar_export(const App *);

#endif
