/* The weight matrix of a layer as a whole: inputs down, outputs across; zero where nothing is connected. */
#ifndef SHAPEFLOW_SCENE_MATRIX_H
#define SHAPEFLOW_SCENE_MATRIX_H

#include "scene/emphasis.h"

void matrix_draw(Scene *, const Chart *, Rect, const Emphasis *);

#endif
