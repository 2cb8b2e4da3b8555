/* The source map: where each layer and each of its arguments stands in the text. */
#ifndef SHAPEFLOW_KERAS_CODE_PLACES_H
#define SHAPEFLOW_KERAS_CODE_PLACES_H

#include "keras/code/evaluator.h"

Places *places_make(Evaluator *);
/* The place of a layer just made by the running call, -1 when it is not made by one of the text's. */
int place_made(Evaluator *, const LayerKind *, const Argument *, int n);
void places_finish(Evaluator *);

#endif
