/* Patterns of the match statement. */
#ifndef SHAPEFLOW_KERAS_CODE_MATCH_H
#define SHAPEFLOW_KERAS_CODE_MATCH_H

#include "keras/code/evaluator.h"

typedef enum Match { MATCH_NO, MATCH_YES, MATCH_UNKNOWN } Match;

/* Binds the names of the pattern where it matches. */
Match pattern_match(Evaluator *, const PyNode *pattern, Value);

#endif
