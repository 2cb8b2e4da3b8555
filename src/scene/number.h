/* Scales that end at a round number. */
#ifndef SHAPEFLOW_SCENE_NUMBER_H
#define SHAPEFLOW_SCENE_NUMBER_H

#include "base/number.h"

/* The least of 1, 1.5, 2, 3, 4, 5, 6, 8 x 10^n that is at least `value`; 1 for what is not above 0. */
double number_round_up(double value);

#endif
