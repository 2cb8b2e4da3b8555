/* Python's own functions, table by table; the last of each has no name. */
#ifndef SHAPEFLOW_KERAS_CODE_BUILTIN_FUNCTIONS_H
#define SHAPEFLOW_KERAS_CODE_BUILTIN_FUNCTIONS_H

#include "keras/code/evaluator.h"

extern const Native SEQUENCE_FUNCTIONS[];    /* len, range, zip ... */
extern const Native NUMBER_FUNCTIONS[];      /* min, abs, round ... */
extern const Native OBJECT_FUNCTIONS[];      /* isinstance, getattr, super ... */
extern const Native TEXT_FUNCTIONS[];        /* repr, chr, hex ... */

#endif
