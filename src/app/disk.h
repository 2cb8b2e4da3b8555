/* The file behind the text, when another program changes it. */
#ifndef SHAPEFLOW_APP_DISK_H
#define SHAPEFLOW_APP_DISK_H

#include "app/app.h"

/* The file is what the text was read from, or written to, just now. */
void disk_remember(App *);
bool disk_changed(const App *);

/* The text becomes what the file holds, as one step that can be undone. */
void disk_load(App *);

/* When the window is looked at again: an unchanged text follows its file, one with changes is told of. */
void disk_look(App *);

#endif
