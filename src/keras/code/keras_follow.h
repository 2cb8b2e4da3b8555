/* Follows call() of the text's own layers and models, once, with symbolic tensors. */
#ifndef SHAPEFLOW_KERAS_CODE_KERAS_FOLLOW_H
#define SHAPEFLOW_KERAS_CODE_KERAS_FOLLOW_H

#include "keras/code/evaluator.h"

/* Builder.follow: gives such a layer its graph by following its call(). */
bool follow_call(void *evaluator, Layer *, const Call *, const TensorSpec *in, int n_in, Error *);
/* Builder.again: its call() runs once more, and takes names. */
void follow_again(void *evaluator, const Layer *);
/* A layer was called inside a call() that is followed: what it took for being built it takes no second time. */
void follow_names_once(Evaluator *, const Layer *, NameCounts before);

#endif
