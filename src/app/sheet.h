/* What covers the page: the keys, questions about unsaved changes and changed files, the offer of a recovered text. */
#ifndef SHAPEFLOW_APP_SHEET_H
#define SHAPEFLOW_APP_SHEET_H

#include "app/app.h"

/* Keys that are no commands: they move what the focus is on, or turn it. */
typedef struct MoveKey { const char *keys, *id /* of the sentence */; } MoveKey;
extern const MoveKey MOVE_KEYS[];
extern const int MOVE_KEY_COUNT;

/* The command of the button that begins with the key's letter; NULL = none does. */
const char *sheet_button(const App *, int key);

void sheet_draw(const App *, Scene *);

#endif
