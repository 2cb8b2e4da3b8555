/* Nested lists, tuples and dicts of tensors, flattened as Keras' tree does: dicts by sorted key, None is a leaf. */
#ifndef SHAPEFLOW_ENGINE_NEST_H
#define SHAPEFLOW_ENGINE_NEST_H

#include "engine/layer.h"

/* All leaves in order. */
Value nest_leaves(Arena *, const Value *);

/* The same structure with each leaf replaced, in the order of leaves; dicts keep their keys. */
Value nest_pack(Arena *, const Value *structure, const Value *leaves);

#endif
