/* What other parts need of Python's operators. */
#ifndef SHAPEFLOW_KERAS_CODE_OPERATOR_H
#define SHAPEFLOW_KERAS_CODE_OPERATOR_H

#include "keras/code/evaluator.h"

int64_t int_floor_divide(int64_t a, int64_t b);
bool values_equal(Evaluator *, Value, Value);        /* == as a condition */
bool value_before(Evaluator *, Value a, Value b);    /* a < b, for sorting; false for what is not known */

#endif
