/* keras.initializers by name, on a documented generator (see initializer.c): same seed, same numbers everywhere. */
#ifndef SHAPEFLOW_ENGINE_INITIALIZER_H
#define SHAPEFLOW_ENGINE_INITIALIZER_H

#include "engine/layer.h"

/* What the initializer says against a shape when the weight is made. */
bool initializer_check(Arena *, const Value *initializer, const Shape *, Error *);

/* The numbers of an array that stands for an initializer; NULL when it is none or they are not known. */
const float *initializer_numbers(Arena *, const Value *initializer);

/* Fills `out` (shape known) from spec->initializer. stream tells weights apart: the same (seed, stream) gives the same
 * numbers; it is a hash of the weight's path, so that a layer keeps its numbers when others come and go. scratch is left as it was. */
void initializer_fill(Arena *scratch, const WeightSpec *, int64_t seed, uint64_t stream, Tensor *out);

#endif
