/* Methods of strings and numbers. */
#ifndef SHAPEFLOW_KERAS_CODE_STRING_METHODS_H
#define SHAPEFLOW_KERAS_CODE_STRING_METHODS_H

#include "keras/code/evaluator.h"

extern const Native *const STRING_METHODS, *const NUMBER_METHODS, *const BYTES_METHODS;

ValueList *bytes_items(Evaluator *, Value bytes);    /* numbers */

#endif
