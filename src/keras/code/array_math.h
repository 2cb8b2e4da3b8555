/* NumPy's functions that compute: element by element, and along axes. */
#ifndef SHAPEFLOW_KERAS_CODE_ARRAY_MATH_H
#define SHAPEFLOW_KERAS_CODE_ARRAY_MATH_H

#include "keras/code/array.h"

extern const Native *const MATH_FUNCTIONS;

#endif
