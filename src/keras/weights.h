/* Numbers of a file for the weights of a model, layer by layer. */
#ifndef SHAPEFLOW_KERAS_WEIGHTS_H
#define SHAPEFLOW_KERAS_WEIGHTS_H

#include "engine/model.h"
#include "keras/archive.h"

/* Sets WeightSpec.given of every layer; the archive's memory must outlive the model. Refuses in Keras' words where a layer
 * finds other variables than it has. */
bool weights_give(Arena *, Model *, const Archive *, Error *);

#endif
