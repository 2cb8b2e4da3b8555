/* import and from ... import. */
#ifndef SHAPEFLOW_KERAS_CODE_IMPORT_H
#define SHAPEFLOW_KERAS_CODE_IMPORT_H

#include "keras/code/evaluator.h"

void import_statement(Evaluator *, const PyNode *);

#endif
