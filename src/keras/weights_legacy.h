/* Numbers of a file in the form of Keras 2: layer after layer, without regard to names. */
#ifndef SHAPEFLOW_KERAS_WEIGHTS_LEGACY_H
#define SHAPEFLOW_KERAS_WEIGHTS_LEGACY_H

#include "engine/model.h"
#include "keras/archive.h"

/* As weights_give does. */
bool weights_give_legacy(Arena *, Model *, const Archive *, Error *);

#endif
