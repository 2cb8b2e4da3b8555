/* The nearest known name as the cause and mend of a fault. */
#ifndef SHAPEFLOW_KERAS_CODE_SUGGEST_H
#define SHAPEFLOW_KERAS_CODE_SUGGEST_H

#include "base/error.h"
#include "base/nearest.h"

/* `at` is the misspelt name. Nothing is said when no name is near. */
void suggest(const Nearest *, Span at, Error *);

#endif
