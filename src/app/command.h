/* Everything that can be done, by name: keys, buttons and menus all name commands. */
#ifndef SHAPEFLOW_APP_COMMAND_H
#define SHAPEFLOW_APP_COMMAND_H

#include "app/app.h"

typedef enum KeyScope {
    SCOPE_CANVAS,     /* while the canvas has the keyboard */
    SCOPE_ANYWHERE    /* in the code pane too */
} KeyScope;

typedef struct Command {
    const char *id;                 /* also the sentence that names it */
    int         key;                /* 0 = none */
    unsigned    modifiers;
    KeyScope    scope;
    bool      (*can)(const App *);  /* NULL = always */
    void      (*run)(App *);
    bool        hidden;             /* not on the key sheet */
} Command;

extern const Command COMMANDS[];
extern const int COMMAND_COUNT;

const Command *command_find(const char *id);
bool command_can(const App *, const Command *);
/* Does nothing when it cannot. */
void command_run(App *, const char *id);
/* The command of a key where the keyboard is; NULL = none. */
const Command *command_of_key(const App *, const Input *);
/* "Ctrl+Shift+Z"; "" when it has no key. */
const char *command_keys(const Command *, Arena *);

#endif
