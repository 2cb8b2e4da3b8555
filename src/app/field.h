/* A line to type in: a number or argument edited in its place in the picture, a path, a layer to insert. */
#ifndef SHAPEFLOW_APP_FIELD_H
#define SHAPEFLOW_APP_FIELD_H

#include "app/editor.h"
#include "app/gaze.h"
#include "app/settings.h"

typedef struct App App;
typedef struct FieldKind FieldKind;

typedef struct Field {
    const FieldKind *kind;      /* NULL = closed */
    Look     target;            /* what is edited */
    Editor   line;
    Rect     around;            /* what is edited, on the page */
    Rect     area;              /* of the text */
    bool     changed;           /* the text of the document holds a value of this field: the next one replaces it */
    bool     pressed, dragged;  /* on the box; up and down changes a number */
    Point    pressed_at;
    double   pressed_value;
    char     warned[PATH_BYTES];  /* the existing file that was warned of: the same name again writes over it */
    char     fault[256];        /* why the last value was refused; "" = none */
} Field;

struct FieldKind {
    const char *label;                                  /* sentence above the box; NULL = none */
    bool        number;                                 /* arrows and dragging step it */
    bool        wide;                                   /* in the middle of the page, not in place */
    bool      (*accept)(App *, const char *text);       /* false: field.fault says why */
};

extern const FieldKind FIELD_ARGUMENT, FIELD_DIMENSION, FIELD_INPUT, FIELD_WEIGHT, FIELD_INSERT,
                       FIELD_OPEN, FIELD_SAVE, FIELD_EXPORT;

/* target NULL: nothing in the picture. */
void field_open(App *, const FieldKind *, const Pick *target, Rect around, const char *text);
void field_close(App *);
/* Opens the field that fits what is picked: a unit of the input, a weight, a dimension, an argument. False: it cannot be edited. */
bool field_open_at(App *, const Pick *);

/* Whether the input was for the open field. */
bool field_input(App *, const Input *);
void field_layout(App *);
void field_draw(const App *, Scene *);

#endif
