/* What a person does, one record at a time; no SDL type crosses in here. */
#ifndef SHAPEFLOW_APP_INPUT_H
#define SHAPEFLOW_APP_INPUT_H

#include "scene/mark.h"

typedef enum InputType {
    INPUT_KEY,        /* key, modifiers */
    INPUT_TEXT,       /* text: typed, or committed by an input method */
    INPUT_COMPOSE,    /* text: being composed by an input method; "" ends it */
    INPUT_MOVE,       /* at */
    INPUT_PRESS,      /* at, button, clicks */
    INPUT_RELEASE,    /* at, button */
    INPUT_WHEEL,      /* at, by */
    INPUT_LEAVE,      /* the pointer left the window */
    INPUT_FOCUS,      /* the window has the keyboard again */
    INPUT_DROP,       /* text: path of a file */
    INPUT_RESIZE,     /* size of the page in points: by */
    INPUT_CHOSEN,     /* text: path from a file dialog; NULL = none chosen, "" = the dialog could not be shown */
    INPUT_CLOSE       /* the window is asked to close */
} InputType;

/* Keys with a character are that character in lower case; the others follow Unicode's end. */
enum {
    KEY_LEFT = 0x110000, KEY_RIGHT, KEY_UP, KEY_DOWN, KEY_HOME, KEY_END, KEY_PAGE_UP, KEY_PAGE_DOWN,
    KEY_BACKSPACE, KEY_DELETE, KEY_ENTER, KEY_TAB, KEY_ESCAPE, KEY_F1, KEY_F6, KEY_F11, KEY_OTHER
};

/* MOD_CTRL is Command on macOS. */
enum { MOD_SHIFT = 1, MOD_CTRL = 2, MOD_ALT = 4 };

enum { BUTTON_LEFT = 1, BUTTON_MIDDLE, BUTTON_RIGHT };

typedef struct Input {
    InputType   type;
    int         key;
    unsigned    modifiers;
    const char *text;        /* lives for the call */
    Point       at, by;
    int         button, clicks;
} Input;

#endif
