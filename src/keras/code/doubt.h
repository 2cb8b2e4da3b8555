/* Branches whose condition is not known. Each is tried; what both agree on, or only one can tell, is kept. */
#ifndef SHAPEFLOW_KERAS_CODE_DOUBT_H
#define SHAPEFLOW_KERAS_CODE_DOUBT_H

#include "keras/code/evaluator.h"

/* An if with that test. orelse may be NULL: then what was there before stays, unless there was nothing. */
Flow doubt_branches(Evaluator *, const PyNode *test, const PyNode *body, const PyNode *orelse, Value *result);

/* Made before the outermost doubtful branch: it is not changed inside. */
bool doubt_spares(const Evaluator *, const Layer *);

#endif
