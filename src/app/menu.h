/* A list that drops down, to choose from. */
#ifndef SHAPEFLOW_APP_MENU_H
#define SHAPEFLOW_APP_MENU_H

#include "app/input.h"

typedef struct App App;
typedef struct MenuKind MenuKind;

enum { MENU_ITEMS = 32 };

typedef struct MenuItem {
    const char *label;       /* "" = a rule between groups */
    const char *keys;        /* "Ctrl+S"; NULL = none */
    const char *value;       /* what `choose` is told */
    bool        dimmed, ticked;
} MenuItem;

struct MenuKind {
    int  (*items)(const App *, Arena *, MenuItem *, int cap);
    void (*choose)(App *, const char *value);
};

typedef struct Menu {
    const MenuKind *kind;    /* NULL = closed */
    Rect  under;             /* drops down from here */
    int   at;                /* the item lit; -1 = none */
} Menu;

extern const MenuKind MENU_FILE, MENU_MODEL, MENU_EXPORT, MENU_INSERT;

void menu_open(App *, const MenuKind *, Rect under);
void menu_close(App *);
bool menu_input(App *, const Input *);
void menu_draw(const App *, Scene *);

#endif
