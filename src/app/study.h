/* The text in the pane and what is made of it: the newest reading, the one drawn, and the one with the switch the other way. */
#ifndef SHAPEFLOW_APP_STUDY_H
#define SHAPEFLOW_APP_STUDY_H

#include "app/snapshot.h"

typedef struct Study {
    Snapshot *now;       /* of the text as it stands */
    Snapshot *shown;     /* drawn: `now`, or the last good one while the text has a fault */
    Snapshot *twin;      /* `shown` with the Flatten switch the other way; NULL = nothing to switch */
    Snapshot *before;    /* where an animation comes from; NULL = none */
    jmp_buf  *escape;    /* where to go without memory; NULL = nowhere */
    double    extent;    /* of the colour scale, over shown and twin */
    FlattenState state;  /* of `shown` */
    const char  *why;    /* id of the sentence why there is nothing to switch */
    unsigned     version;   /* counts up when any of the snapshots changes */
} Study;

void study_close(Study *);

/* Reads a new text. */
void study_read(Study *, const char *text, size_t length, const ReadOptions *);

/* A model that Keras refuses is drawn up to the fault, but only once the text stands still: until then the last good one stays. */
bool study_unsettled(const Study *);
void study_settle(Study *);

/* Keeps what was drawn until now, for the animation to come from. */
void study_remember(Study *);
void study_forget(Study *);

bool study_faulty(const Study *);      /* the text has a fault */
bool study_stale(const Study *);       /* what is drawn is not what the text says */

#endif
