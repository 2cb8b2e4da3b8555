/* The edits that others are made of. */
#ifndef SHAPEFLOW_KERAS_EDIT_PARTS_H
#define SHAPEFLOW_KERAS_EDIT_PARTS_H

#include "keras/source.h"

bool argument_add(const Reading *, const Place *, const char *param, const char *code, Edits *);
bool argument_remove(const Reading *, const Place *, const char *param, Edits *, const char **why);

/* A layer put before the one at the place, or that one taken out; false where the text gives no room for it. */
bool place_insert(const Reading *, const Place *, const char *code, Edits *);
bool place_remove(const Reading *, const Place *, Edits *);

/* The argument that gives a Sequential's first layer its input shape; NULL when it has none. */
const ArgumentPlace *input_argument(const Place *);
/* "Dense(4)" and "input_shape=(3, 2)" give "Dense(4, input_shape=(3, 2))". */
const char *code_with(Arena *, const char *code, const char *argument);

/* A new line before or after a statement, in its indentation; on a shared line with a semicolon. */
void line_before(const Reading *, Span statement, const char *code, Edits *);
void line_following(const Reading *, Span statement, const char *code, Edits *);
/* With its line, comment and all; `pass` where a block would be left empty. */
void statement_remove(const Reading *, Span statement, Edits *);

/* Where a layer stands: in the shown model, or in one inside it. */
typedef struct Home {
    const Model *model;     /* NULL = in none of them */
    int          index;     /* in model->layers */
    const char  *path;      /* "layers[1].layers[0]", as Keras counts */
} Home;
Home layer_home(const Reading *, Arena *, const Layer *);

/* x = Dense(4)(a) and its parts. */
typedef struct Application {
    const PyNode *call;        /* the outer call */
    const PyNode *argument;    /* its first argument's value */
    const PyNode *statement;
    const char   *target;      /* "x" where the whole statement is x = call; else NULL */
    const char   *source;      /* "a" where the argument is a plain name; else NULL */
} Application;
bool application_of(const Reading *, const Place *, Application *);

#endif
