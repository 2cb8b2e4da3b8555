/* One text understood: what it says, what follows, and the numbers. */
#ifndef SHAPEFLOW_APP_SNAPSHOT_H
#define SHAPEFLOW_APP_SNAPSHOT_H

#include "app/weight_files.h"
#include "engine/run.h"
#include "keras/edit.h"
#include "keras/reading.h"

typedef enum InputSource { SOURCE_NONE, SOURCE_GIVEN, SOURCE_TEXT, SOURCE_PATTERN } InputSource;

typedef struct Snapshot {
    Arena        arena;
    const char  *text;   size_t length;
    ReadOptions  how;
    Reading      reading;
    Plan         plan;                     /* plan.model NULL: there is no model at all */
    Run          run;
    Tensor      *inputs;                   /* one for each of plan.inputs; NULL while nothing was run */
    InputSource  source;
    WeightFiles  files;                    /* that the text loads */
    bool         failed;                   /* memory ran out: nothing above may be used */
} Snapshot;

/* Unknown axes of the input are this long where nobody gives an input. */
enum { PATTERN_LENGTH = 3 };

/* All copy what they keep. Always to be closed. */
void snapshot_open_archive(Snapshot *, const char *bytes, size_t length);    /* with its weights; `text` is its config */
void snapshot_open_json(Snapshot *, const char *text, size_t length);
void snapshot_open(Snapshot *, const char *text, size_t length, const ReadOptions *);
/* The same after an edit: files that `before` (NULL = none) has loaded are not read again while they stand unchanged. */
void snapshot_open_after(Snapshot *, const Snapshot *before, const char *text, size_t length, const ReadOptions *);
void snapshot_close(Snapshot *);

/* The numbers, with inputs given (their count and shapes fit the model) or, n = 0, the text's own or the pattern. */
void snapshot_run(Snapshot *, const Tensor *given, int n, int64_t seed);

/* Keras takes the text, and it builds a model. */
bool snapshot_good(const Snapshot *);

/* Whether a tensor of that shape can be given as model input i; a missing batch axis is told by *unbatched. */
bool snapshot_takes(const Snapshot *, int i, const Shape *, bool *unbatched);

/* The text with the Flatten switch on or off, in arena; NULL with a sentence id in *why when there is no such change. */
char *snapshot_switched(const Snapshot *, bool on, Arena *, size_t *length, const char **why);

#endif
