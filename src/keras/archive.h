/* A model's file that is no text, read: its configuration and its numbers. */
#ifndef SHAPEFLOW_KERAS_ARCHIVE_H
#define SHAPEFLOW_KERAS_ARCHIVE_H

#include "base/error.h"
#include "engine/tensor.h"

typedef struct StoredGroup {     /* the own variables of one layer, in Keras' order */
    const char *name;            /* "layers/dense" */
    Tensor     *arrays;  int n;
} StoredGroup;

typedef struct Archive {
    const char  *config;  size_t config_length;     /* JSON; NULL in a file of weights alone */
    StoredGroup *groups;  int n_groups;  size_t capacity;
    bool         legacy;                            /* groups are layers as Keras 2 counts them, in order */
    bool         without_numbers;                   /* there are more than would be computed with: none are here */
} Archive;

/* Bytes of a .keras or .h5 file. They are opened in a child process that can do nothing but answer (keras/cage); code that a file
 * may hold is never looked at. Faults carry a cause "archive. ...". */
bool archive_read(Arena *, const void *bytes, size_t length, Archive *, Error *);
/* The same of a file that must tell a model. */
bool archive_read_model(Arena *, const void *bytes, size_t length, Archive *, Error *);

/* ---- the receiving end alone ---- */

typedef struct Source {
    bool (*take)(void *from, void *bytes, size_t length);
    void  *from;
} Source;

/* Trusts nothing: sizes are checked before memory is taken. */
bool archive_receive(Arena *, const Source *, Archive *, Error *);

#endif
