/* A store of Keras as an HDF5 file: groups of layers, each with its variables. */
#ifndef SHAPEFLOW_KERAS_HDF5_WRITE_H
#define SHAPEFLOW_KERAS_HDF5_WRITE_H

#include "engine/tensor.h"

typedef struct LayerGroup {
    const char   *path;       /* "layers/dense"; "" = the model itself */
    const char   *name;       /* the layer's own */
    const Tensor *arrays;  int n;
} LayerGroup;

/* The file's bytes, to be freed; the same groups give the same bytes. NULL when there is no memory. */
void *hdf5_write(const LayerGroup *, int n, size_t *length);

#endif
