/* The desktop's own file dialog: zenity or kdialog, where one is there. */
#ifndef SHAPEFLOW_APP_DIALOG_H
#define SHAPEFLOW_APP_DIALOG_H

#include <stdbool.h>

/* Called once, from another thread, with the path chosen, NULL when there is none, or "" when the dialog could not be shown. */
typedef void (*DialogAnswer)(void *self, const char *path);

/* False when there is no such program. */
bool dialog_ask(bool save, const char *title, const char *suggested, DialogAnswer, void *self);

#endif
