/* Sentences on the picture, in the language of the view. */
#ifndef SHAPEFLOW_SCENE_SAY_H
#define SHAPEFLOW_SCENE_SAY_H

#include "scene/view.h"

/* The sentence `id` with its values, which end with NULL: say(view, arena, "picture.params", "48", NULL). */
const char *say(const View *, Arena *, const char *id, ...) __attribute__((sentinel));

#endif
