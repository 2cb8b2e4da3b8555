/* What is looked at: under the pointer, and with the keyboard. Kept apart from any scene, whose memory does not last. */
#ifndef SHAPEFLOW_APP_GAZE_H
#define SHAPEFLOW_APP_GAZE_H

#include "scene/mark.h"

typedef struct Look {
    Pick pick;            /* id and label point below */
    char id[64], label[256];
} Look;

typedef struct Gaze {
    Look hover, focus;
    bool outgoing;        /* Shift: what a unit feeds instead of what it sees */
} Gaze;

void look_set(Look *, const Pick *);
void look_clear(Look *);
bool look_same(const Look *, const Pick *);

/* What the panes speak of: the unit, wire or layer under the pointer, else the focused one; type PICK_NONE = nothing. */
const Pick *gaze_subject(const Gaze *);

#endif
