#include "app/gaze.h"

#include <stdio.h>
#include <string.h>

void look_set(Look *look, const Pick *pick)
{
    const char *id = pick->id, *label = pick->label;
    look->pick = *pick;
    snprintf(look->id, sizeof look->id, "%s", id ? id : "");
    snprintf(look->label, sizeof look->label, "%s", label ? label : "");
    look->pick.id = id ? look->id : NULL;
    look->pick.label = label ? look->label : NULL;
}

void look_clear(Look *look)
{
    *look = (Look){.pick = {.type = PICK_NONE, .layer = -1, .step = -1, .tensor = -1, .weight = -1}};
}

bool look_same(const Look *look, const Pick *pick)
{
    const Pick *mine = &look->pick;
    return mine->type == pick->type && mine->variant == pick->variant && mine->layer == pick->layer && mine->step == pick->step &&
           mine->tensor == pick->tensor && mine->k == pick->k && mine->from == pick->from && mine->weight == pick->weight &&
           strcmp(look->id, pick->id ? pick->id : "") == 0;
}

static bool is_subject(const Pick *pick)
{
    switch (pick->type) {
    case PICK_UNIT: case PICK_WIRE: case PICK_LAYER: case PICK_WEIGHT: case PICK_SHAPE: case PICK_ARGUMENT: return true;
    case PICK_NONE: case PICK_CODE_LINE: case PICK_SUMMARY_ROW: case PICK_WIDGET: case PICK_INSERT: case PICK_COUNT: break;
    }
    return false;
}

const Pick *gaze_subject(const Gaze *gaze)
{
    return is_subject(&gaze->hover.pick) ? &gaze->hover.pick : &gaze->focus.pick;
}
