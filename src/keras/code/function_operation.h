/* Operations that take functions: map, scan, cond and the like. What the functions give is traced, never computed. */
#ifndef SHAPEFLOW_KERAS_CODE_FUNCTION_OPERATION_H
#define SHAPEFLOW_KERAS_CODE_FUNCTION_OPERATION_H

#include "keras/code/evaluator.h"

bool function_operation_exists(const char *name);
Value function_operation_call(Evaluator *, const char *name, const Argument *, int n);

#endif
