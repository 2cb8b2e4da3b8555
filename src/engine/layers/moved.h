/* Layers whose every output is one of the inputs, in another place. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_MOVED_H
#define SHAPEFLOW_ENGINE_LAYERS_MOVED_H

#include "engine/layers/params.h"

/* Of a kind: the input that output k is. */
typedef struct Moved {
    int64_t (*from)(const Layer *, const Shape *in, const Shape *out, int64_t k);
} Moved;

void    moved_forward(const Forward *);
int64_t moved_trace(const Trace *, Term *, int64_t cap);
int64_t moved_connections(const Trace *);
/* "x[2, 0, 1]" */
void    moved_explain_rule(const Trace *, Text *);
/* "3·16", the axes but the batch. */
void    moved_put_axes(Text *, const Shape *);

#define MOVED_KIND(FROM) \
    .fills = true, .trace = moved_trace, .connections = moved_connections, .explain = explain, .rule = TRACE_SUM, .family = &(const Moved){FROM}

#endif
