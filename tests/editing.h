/* Edits of a text: what is asked for, what stands there afterwards. */
#ifndef SHAPEFLOW_TESTS_EDITING_H
#define SHAPEFLOW_TESTS_EDITING_H

#include "keras/edit.h"

typedef struct Editing {
    Arena       arena;
    Reading     reading;
    Edits       edits;
    const char *why;
} Editing;

void editing_open(Editing *, const char *text, size_t length);
void editing_close(Editing *);

/* In the shown model, else in one inside it; fails the test where there is none. */
const Layer *editing_layer(const Editing *, const char *name);
/* The text after the edits. */
const char *editing_result(const Editing *);
/* The result read again, which must be accepted; it is closed by the caller. */
void editing_again(const Editing *, Editing *again);

typedef enum EditOperation { ARGUMENT, REMOVE_ARGUMENT, INSERT, APPEND, REMOVE, MOVE, OFF, ON } EditOperation;

typedef struct EditCase {
    EditOperation operation;
    const char   *layer, *param, *code;
    const char   *before, *after;      /* after NULL: refused, code = why */
} EditCase;

void editing_check(const EditCase *, size_t n);

#define IMPORT "from keras.models import Sequential\nfrom keras.layers import Dense, Flatten, Activation\n"
#define ADDS(a, b) IMPORT "model = Sequential()\n" a b
#define FIRST "model.add(Dense(16, input_shape=(3, 2)))\n"
#define FUNCTIONAL(lines) "import keras\nfrom keras import layers\ni = keras.Input((3, 2))\n" lines

#endif
