/* Python's three ways of formatting: format(x, spec), "%d" % x, "{}".format(x). */
#ifndef SHAPEFLOW_KERAS_CODE_FORMAT_H
#define SHAPEFLOW_KERAS_CODE_FORMAT_H

#include "keras/code/evaluator.h"

Value format_value(Evaluator *, Value, ValueString spec);
Value format_percent(Evaluator *, ValueString format, Value arguments);
Value format_braces(Evaluator *, ValueString format, const Value *positional, int n, const ValueDict *named);

#endif
