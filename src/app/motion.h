/* A change that takes time: 600 ms, eased at both ends, reversible on the way. */
#ifndef SHAPEFLOW_APP_MOTION_H
#define SHAPEFLOW_APP_MOTION_H

#include <stdbool.h>

typedef struct Motion {
    bool   running;
    double began;      /* seconds */
} Motion;

extern const double MOTION_SECONDS;

void motion_begin(Motion *, double seconds);
/* Back to where it came from, at the same pace: what was before is what comes now. */
void motion_turn(Motion *, double seconds);
/* False once it has come to its end. */
bool motion_tick(Motion *, double seconds);
/* 0 at the start ... 1 at the end, eased. */
float motion_progress(const Motion *, double seconds);

#endif
