/* The window: SDL events in, pixels out. */
#ifndef SHAPEFLOW_APP_WINDOW_H
#define SHAPEFLOW_APP_WINDOW_H

#include "app/document.h"
#include "app/options.h"

/* Runs until the window is closed. path NULL = the Flatten question. EXIT_UNREADABLE with a line on standard error
 * when there is no display or the file cannot be read. */
ExitCode window_run(CommandLine *, const char *path);

/* The same up to the first picture: for measuring. */
ExitCode window_show_once(CommandLine *, const char *path, void (*shown)(void));

#endif
