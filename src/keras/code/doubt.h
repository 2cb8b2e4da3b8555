/* Branches whose condition is not known. Each is tried; what both agree on, or only one can tell, is kept. */
#ifndef SHAPEFLOW_KERAS_CODE_DOUBT_H
#define SHAPEFLOW_KERAS_CODE_DOUBT_H

#include "keras/code/evaluator.h"

/* An if with that test. orelse may be NULL: then what was there before stays, unless there was nothing. */
Flow doubt_branches(Evaluator *, const PyNode *test, const PyNode *body, const PyNode *orelse, Value *result);

/* A list, set or dictionary is about to be changed by `item` (None = some other way). True: it is left as it is, for it holds
 * layers. Otherwise what is in it is not known from then on. */
bool doubt_changes(Evaluator *, const void *container, const Value *item);

/* A container got something of which not even its place in it is known. */
void doubt_contents(Evaluator *, const void *container);

/* Made before the outermost doubtful branch: it is not changed inside. */
bool doubt_spares(const Evaluator *, const Layer *);

#endif
