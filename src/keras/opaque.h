/* Layers of classes that Keras does not ship, and Lambda: named and drawn, never executed. Only the shapes of their
 * outputs are known, from whoever makes them. */
#ifndef SHAPEFLOW_KERAS_OPAQUE_H
#define SHAPEFLOW_KERAS_OPAQUE_H

#include "engine/layer.h"

/* name = NULL gives the automatic one. */
Layer *opaque_make(Builder *, const char *class_name, const char *name, Span, Error *);

/* What output `index` of call `call` (from 0) is. Calls that nobody told about give what the last one told gives. */
void opaque_output(Builder *, Layer *, int call, int index, TensorSpec);
bool opaque_known(const Layer *);

/* The file's own words for it, for writing it back; NULL where it does not come from a file. */
void opaque_keep(Builder *, Layer *, const Value *source);
const Value *opaque_source(const Layer *);

bool layer_is_opaque(const Layer *);

#endif
