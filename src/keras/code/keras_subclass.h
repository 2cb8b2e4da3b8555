/* The text's own layers and models: class Net(keras.Model). */
#ifndef SHAPEFLOW_KERAS_CODE_KERAS_SUBCLASS_H
#define SHAPEFLOW_KERAS_CODE_KERAS_SUBCLASS_H

#include "keras/code/evaluator.h"

/* What super() of such classes has; the last has no name. */
extern const Native LAYER_BASE_METHODS[], MODEL_BASE_METHODS[], SEQUENTIAL_BASE_METHODS[];

Subclasses *subclasses_make(Evaluator *);
Value construct_base_layer(Evaluator *, const Class *, const Argument *, int n, Span);

/* The instance whose layer it is. False for layers that are no instance of the text's own classes. */
bool subclass_instance(Evaluator *, const Layer *, Value *self);
/* A method that the text wrote in the class, or in one it comes from. */
bool subclass_method(Evaluator *, const Instance *, const char *name, Value *method);
bool subclass_has(Evaluator *, const Instance *, const char *name);
/* The layers its attributes hold are its own. */
void subclass_track(Evaluator *, Instance *);
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
