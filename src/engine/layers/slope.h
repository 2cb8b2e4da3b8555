/* Arguments that are slopes and bounds of activation layers: numbers, compared with zero as Python does. */
#ifndef SHAPEFLOW_ENGINE_SLOPE_H
#define SHAPEFLOW_ENGINE_SLOPE_H

#include "engine/layer.h"

/* Refuses what cannot be compared with a number ("'<' not supported between ..."), as `param < 0` does in Python. */
bool slope_is_number(Maker *, const char *param, const char *zero_type);

/* A proposal for a number that is refused: without its sign, else the default. */
bool slope_propose(Maker *, const char *param);

#endif
