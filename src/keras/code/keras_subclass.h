/* The text's own layers and models: class Net(keras.Model). Their call() is followed once, with symbolic tensors. */
#ifndef SHAPEFLOW_KERAS_CODE_KERAS_SUBCLASS_H
#define SHAPEFLOW_KERAS_CODE_KERAS_SUBCLASS_H

#include "keras/code/evaluator.h"

/* What super() of such classes has; the last has no name. */
extern const Native LAYER_BASE_METHODS[], MODEL_BASE_METHODS[], SEQUENTIAL_BASE_METHODS[];

Subclasses *subclasses_make(Evaluator *);
Value construct_base_layer(Evaluator *, const Class *, const Argument *, int n, Span);

/* The instance whose layer it is. False for layers that are no instance of the text's own classes. */
bool subclass_instance(Evaluator *, const Layer *, Value *self);
/* Builder.follow: gives such a layer its graph by following its call(). */
bool subclass_follow(void *evaluator, Layer *, const Call *, const TensorSpec *in, int n_in, Error *);
/* Builder.again: its call() runs once more, and takes names. */
void subclass_again(void *evaluator, const Layer *);
/* A layer was called inside a call() that is followed: what it took for being built it takes no second time. */
void subclass_names_once(Evaluator *, const Layer *, NameCounts before);
/* What super().__init__() does: the instance gets its layer. */
void subclass_start(Evaluator *, Value self, const Argument *, int n);
/* After __init__: it must have called super().__init__(). */
void subclass_finish(Evaluator *, Instance *);
Value subclass_call(Evaluator *, Value self, const Argument *, int n);
/* model.build(shape): call() is followed for that shape. */
void subclass_build(Evaluator *, Value self, const Shape *, int n);
/* At the end: layers of models that were never called are tracked too. */
void subclasses_finish(Evaluator *);

#endif
