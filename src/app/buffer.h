/* A text that can be changed and changed back without end. */
#ifndef SHAPEFLOW_APP_BUFFER_H
#define SHAPEFLOW_APP_BUFFER_H

#include <stdint.h>

#include "keras/edit.h"

/* Bytes between anchor and caret are selected. */
typedef struct Selection {
    int anchor, caret;
} Selection;

typedef struct Change {
    int         at;
    const char *removed;   int n_removed;
    char       *inserted;  int n_inserted;  size_t capacity;
} Change;

/* What one undo takes back. */
typedef struct Step {
    Change    *changes;  int n;  size_t capacity;
    Selection  before, after;
    bool       open;       /* typing may still be merged into it */
    double     time;       /* seconds, of the last merge */
} Step;

typedef struct Buffer {
    Arena    arena;        /* text and history */
    char    *text;         /* closed with a 0 */
    size_t   length, capacity;
    Step    *steps;        int n_steps, done;   /* steps [0, done) are in the text, the others were undone */
    size_t   steps_capacity;
    int      saved;        /* `done` when the text was last saved; -1 = that state cannot be reached any more */
    uint64_t version;      /* rises with every change */
} Buffer;

/* escape: where to go without memory; NULL = nowhere. */
void buffer_open(Buffer *, jmp_buf *escape, const char *text, size_t length);
void buffer_close(Buffer *);

/* One step: bytes [start, end) become `bytes`. `selection` is the one before; after it the caret follows the insertion. */
void buffer_replace(Buffer *, int start, int end, const char *bytes, int n, Selection *);
/* The same, merged into the step before when that was typing at the same place less than a second ago. */
void buffer_type(Buffer *, int start, int end, const char *bytes, int n, Selection *, double seconds);
/* Several edits as one step; the selection moves with the text around it. */
void buffer_apply(Buffer *, const Edits *, Selection *);

bool buffer_undo(Buffer *, Selection *);
bool buffer_redo(Buffer *, Selection *);
void buffer_mark_saved(Buffer *);
bool buffer_dirty(const Buffer *);

/* Places between characters, combining marks kept with their letter. */
int buffer_next(const Buffer *, int at);
int buffer_previous(const Buffer *, int at);
int buffer_next_word(const Buffer *, int at);
int buffer_previous_word(const Buffer *, int at);
int buffer_line_start(const Buffer *, int at);
int buffer_line_end(const Buffer *, int at);    /* before its line end */
void buffer_word_at(const Buffer *, int at, int *start, int *end);

/* One character of UTF-8 at *at, which moves on; bytes that are none count singly as U+FFFD. */
uint32_t utf8_next(const char *text, size_t length, int *at);
/* Drawn onto the character before: accents, joiners, variation and skin marks. */
bool utf8_combines(uint32_t character);

#endif
