/* The text kept aside while it has unsaved changes, so that a crash or power cut loses at most a few seconds of typing. */
#ifndef SHAPEFLOW_APP_AUTOSAVE_H
#define SHAPEFLOW_APP_AUTOSAVE_H

#include <stdint.h>

#include "app/buffer.h"

typedef struct Autosave {
    uint64_t version;     /* of the buffer that is kept */
    bool     kept;        /* there is a file */
    double   due;         /* seconds, of the next writing; < 0 = nothing to write */
} Autosave;

extern const double AUTOSAVE_SECONDS;

/* To be told after every input; writes when it is time. path "" = never saved. */
void autosave_tick(Autosave *, const Buffer *, const char *path, double seconds);
/* At once, whatever memory there is; true when nothing unsaved is lost. */
bool autosave_now(Autosave *, const Buffer *, const char *path);
/* Saved, or given up on purpose: nothing is to be recovered. */
void autosave_clear(Autosave *);

/* A text that a program no longer running left behind. */
typedef struct Recovered {
    const char *file;     /* where it is kept */
    const char *path;     /* of the document; "" = never saved */
    const char *text;     size_t length;
} Recovered;
bool autosave_find(Arena *, Recovered *);

#endif
