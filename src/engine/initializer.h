/* keras.initializers by name, on a documented generator (see initializer.c): same seed, same numbers everywhere. */
#ifndef SHAPEFLOW_ENGINE_INITIALIZER_H
#define SHAPEFLOW_ENGINE_INITIALIZER_H

#include "engine/layer.h"

/* keras.initializers.get: makes the config value of a name, config dict, class, or object. False when there is none. */
bool initializer_resolve(Arena *, const Value *, Value *out);

/* Fills `out` (shape known) from spec->initializer. stream tells weights apart: the same (seed, stream) gives the same
 * numbers; it is a hash of the weight's path, so that a layer keeps its numbers when others come and go. */
void initializer_fill(const WeightSpec *, int64_t seed, uint64_t stream, Tensor *out);

#endif
