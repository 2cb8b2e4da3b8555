/* What can be told of terms without numbers: how many there are, and what an output depends on. */
#ifndef SHAPEFLOW_ENGINE_TRACE_H
#define SHAPEFLOW_ENGINE_TRACE_H

#include "engine/model.h"

/* Terms with an input over all outputs of a call; DIM_NONE when there are too many to count. */
int64_t trace_connections(Arena *, const Trace *);

/* A nested model: every input element that its output element depends on, and the connections of all its layers. */
int64_t model_trace(const Trace *, Term *, int64_t cap);
int64_t model_connections(const Trace *);

#endif
