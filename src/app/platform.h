/* What the program asks of the machine it runs on; the window answers with SDL, a test with its own. */
#ifndef SHAPEFLOW_APP_PLATFORM_H
#define SHAPEFLOW_APP_PLATFORM_H

#include "base/text.h"

typedef enum Cursor { CURSOR_ARROW, CURSOR_TEXT, CURSOR_HAND, CURSOR_SIZE_X, CURSOR_SIZE_Y, CURSOR_MOVE } Cursor;

/* A function that is NULL does nothing. */
typedef struct Platform {
    void *self;
    const char *(*clipboard_read)(void *self, Arena *);     /* NULL = nothing there */
    void (*clipboard_write)(void *self, const char *text);
    /* Asks for a file with the desktop's own dialog; the answer comes as INPUT_CHOSEN. False: there is none. */
    bool (*file_ask)(void *self, bool save, const char *title, const char *suggested);
    void (*full_screen)(void *self);                        /* on or off */
    void (*quit)(void *self);
} Platform;

#endif
