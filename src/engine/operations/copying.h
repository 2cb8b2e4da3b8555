/* Operations whose every output is a copy of one element of an input, or a constant. */
#ifndef SHAPEFLOW_ENGINE_OPERATIONS_COPYING_H
#define SHAPEFLOW_ENGINE_OPERATIONS_COPYING_H

#include "engine/operations/operand.h"
#include "engine/operations/operation.h"

typedef struct Origin {
    int     input;     /* -1 = none: `value` */
    int64_t from;
    double  value;
} Origin;

/* Where the element at `at` (the trace's k) of the trace's output comes from. */
typedef struct Copying {
    Origin (*origin)(const Trace *, const int64_t *at);
} Copying;

void    copying_forward(const Forward *);
int64_t copying_trace(const Trace *, Term *, int64_t cap);
int64_t copying_connections(const Trace *);
void    copying_explain(const Trace *, ExplainTopic, Text *);

/* Of input 0, at a place of its own axes. */
static inline Origin origin_at(const Trace *t, const int64_t *own)
{
    return (Origin){.from = place_index(&t->in[0].shape, own)};
}

#define COPIES(ORIGIN)                                                                                             \
    .forward = copying_forward, .trace = copying_trace, .connections = copying_connections, .rule = TRACE_SUM,     \
    .explain = copying_explain, .family = &(const Copying){.origin = (ORIGIN)}

#endif
