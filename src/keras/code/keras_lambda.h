/* keras.layers.Lambda: a layer whose call() is a function of the text. */
#ifndef SHAPEFLOW_KERAS_CODE_KERAS_LAMBDA_H
#define SHAPEFLOW_KERAS_CODE_KERAS_LAMBDA_H

#include "keras/code/evaluator.h"

extern const Class CLASS_KERAS_LAMBDA;

/* Applies the function to the layer's inputs. */
Value lambda_apply(Evaluator *, const Instance *, Value inputs);
/* What output_shape= tells for an input of that shape; None when it tells nothing. */
Value lambda_shape(Evaluator *, const Instance *, const Shape *input);

#endif
