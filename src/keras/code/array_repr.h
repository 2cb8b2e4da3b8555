/* Arrays and NumPy scalars as NumPy prints them. */
#ifndef SHAPEFLOW_KERAS_CODE_ARRAY_REPR_H
#define SHAPEFLOW_KERAS_CODE_ARRAY_REPR_H

#include "keras/code/array.h"

void array_repr(const void *array, Text *);
void array_str(const void *array, Text *);
void scalar_repr(const void *scalar, Text *);
void scalar_str(const void *scalar, Text *);

#endif
