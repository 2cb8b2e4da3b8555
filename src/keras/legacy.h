/* How Keras 2 names and connects what Keras 3 made. */
#ifndef SHAPEFLOW_KERAS_LEGACY_H
#define SHAPEFLOW_KERAS_LEGACY_H

#include "engine/layer.h"

/* Input i of the call is there because another input carries it as its mask: Keras 2 kept those inside its layers. */
bool legacy_is_mask(const Node *, int i);

/* The number in a name that could be automatic, 0 where there is none; -1 for every other name. */
int legacy_number_in(Arena *, const Layer *);

const char *legacy_name(Arena *, const Layer *);    /* "model_1", "input_1", "tf.math.multiply" */
const char *legacy_class(const Layer *);            /* "TFOpLambda" */

/* The operation that Keras 2 wrote as a layer around a TensorFlow function: "math.pow"; NULL where none does the same. */
const LayerKind *legacy_operation(Arena *, const char *function);

#endif
