/* keras.datasets: arrays of known shape, without their numbers. */
#ifndef SHAPEFLOW_KERAS_CODE_KERAS_DATA_H
#define SHAPEFLOW_KERAS_CODE_KERAS_DATA_H

#include "keras/code/module.h"

extern const ModuleTable DATASET_MODULES[8];

#endif
