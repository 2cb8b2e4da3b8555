/* Functions that make arrays. */
#ifndef SHAPEFLOW_KERAS_CODE_ARRAY_MAKE_H
#define SHAPEFLOW_KERAS_CODE_ARRAY_MAKE_H

#include "keras/code/array.h"

extern const Native *const MAKING_FUNCTIONS;     /* np.zeros, np.array ... */
extern const Native RANDOM_FUNCTIONS[];     /* np.random */

#endif
