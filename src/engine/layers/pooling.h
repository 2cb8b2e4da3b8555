/* Windows that pool: their boxes along an axis, and the shape that they make. For layers and operations. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_POOLING_H
#define SHAPEFLOW_ENGINE_LAYERS_POOLING_H

#include "engine/layers/pool.h"

/* For PoolConfig's places and range. */
int64_t   pooling_places(const PoolConfig *, int axis, int64_t in);
PoolRange pooling_range(const PoolConfig *, int axis, int64_t in, int64_t place);

/* The same of adaptive ones: size[] boxes along each axis. */
int64_t   adaptive_places(const PoolConfig *, int axis, int64_t in);
PoolRange adaptive_range(const PoolConfig *, int axis, int64_t in, int64_t place);

/* Where nothing asks for the rank NumPy broadcasts the window and the axes that there are. */
bool pooling_broadcast(PoolConfig *, Shape *in, Error *);
/* compute_pooling_output_shape. */
bool pooling_shape(Arena *, const PoolConfig *, const Shape *in, Shape *out, Error *);

#endif
