/* The forward pass step by step: a layer at a time, and within a layer that works row by row, a row at a time. */
#ifndef SHAPEFLOW_APP_PLAYBACK_H
#define SHAPEFLOW_APP_PLAYBACK_H

#include "engine/plan.h"

typedef struct Playback {
    float  progress;    /* in steps of the plan, rows as fractions; < 0 = everything is shown */
    bool   playing;
    double next_at;     /* seconds */
} Playback;

extern const double PLAYBACK_SECONDS;    /* a stop is shown for so long */

void playback_stop(Playback *);                           /* shows everything */
void playback_toggle(Playback *, const Plan *, double seconds);
void playback_step(Playback *, const Plan *, int by);     /* past the end shows everything, before the start stays */
void playback_scrub(Playback *, const Plan *, float share /* 0 ... 1 */);
/* True when the picture changes. */
bool playback_tick(Playback *, const Plan *, double seconds);

/* The step that is being computed; -1 = the input, or everything is shown. */
int playback_at(const Playback *, const Plan *);
int playback_row(const Playback *, const Plan *);         /* of a layer that works row by row; -1 = all */

#endif
