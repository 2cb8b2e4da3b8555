/* A model written as code or JSON. */
#ifndef SHAPEFLOW_KERAS_WRITE_H
#define SHAPEFLOW_KERAS_WRITE_H

#include "engine/plan.h"

/* Keras code that builds the same model (read again it gives the same plan); weights: path of a file for a
 * load_weights line, or NULL. */
void write_keras(Text *, const Model *, const char *weights);

/* PyTorch code: an nn.Module with the same numbers, with the permute that makes its Flatten agree with Keras' order.
 * What PyTorch has no counterpart for is refused with err. */
bool write_torch(Text *, const Plan *, Error *);

/* model.to_json() of Keras 3. */
void write_json(Text *, const Model *);

#endif
