/* Changes of the text, made from the picture: only the bytes that must change do. */
#ifndef SHAPEFLOW_KERAS_EDIT_H
#define SHAPEFLOW_KERAS_EDIT_H

#include "engine/run.h"
#include "keras/reading.h"

typedef struct Edit {       /* the bytes of span become code */
    Span        span;
    const char *code;
} Edit;

typedef struct Edits {      /* in order of the text, not overlapping */
    Arena *arena;
    Edit  *edit;  int n;  size_t capacity;
} Edits;

/* Each returns false (and no edit) where the text gives no place for it; *why is then a sentence id. */
bool edit_argument(const Reading *, const Layer *, const char *param, const char *code, Edits *, const char **why);
bool edit_remove_argument(const Reading *, const Layer *, const char *param, Edits *, const char **why);
/* code = "Dense(4)"; before = NULL puts it at the end of the model. Style (model.add line, list item, call chain),
 * prefix ("layers.") and missing import are taken care of. */
bool edit_insert_layer(const Reading *, const Layer *before, const char *code, Edits *, const char **why);
bool edit_remove_layer(const Reading *, const Layer *, Edits *, const char **why);
bool edit_move_layer(const Reading *, const Layer *, int by, Edits *, const char **why);
/* Element k of model input i. shown: the tensors of all inputs, as they are shown; x = np.array(...) is written where there is none. */
bool edit_input(const Reading *, int i, const Tensor *shown, int64_t k, double number, Edits *, const char **why);
/* One number of a weight of a layer of the model, or of what that layer wraps; the layer's set_weights line is written with
 * all its numbers, taken from the table, where there is none. */
bool edit_weight(const Reading *, const Layer *, const WeightTable *, WeightRef, int64_t at, double number, Edits *, const char **why);

/* The Flatten switch (visual.md, Keyboard). Off comments the last Flatten's own line(s) out ("# model.add(Flatten())"), or
 * takes the item out of a one-line list; on brings a commented-out Flatten back, else inserts one. */
typedef enum FlattenState { FLATTEN_ON, FLATTEN_OFF, FLATTEN_NOTHING } FlattenState;
FlattenState flatten_state(const Reading *, const char **why);
bool edit_flatten(const Reading *, bool on, Edits *, const char **why);

/* The text after the edits. */
char *edits_apply(const Edits *, const char *text, size_t length, size_t *new_length);

/* Fixes of a fault as edits. Only those are given after which the text is accepted (each is tried). */
typedef struct TextFix {
    const char *label;      /* "Reshape((28, 28, 1))": what is shown and printed in "fixes" */
    Edits       edits;
} TextFix;
int fixes_find(const Reading *, const ReadOptions *, Arena *, TextFix *, int cap);

#endif
