/* What layers share whose output k is a function of input k alone: a copy, then kind->activation. */
#ifndef SHAPEFLOW_ENGINE_ELEMENTWISE_H
#define SHAPEFLOW_ENGINE_ELEMENTWISE_H

#include "engine/finish.h"

/* Also of the inputs' own type, where Keras computes nothing (Identity). */
bool elementwise_infer_same(const Layer *, const Call *, const TensorSpec *in, int n_in, Outputs *, Error *);

void elementwise_forward(const Forward *);
bool elementwise_follow(const Forward *, Arena *, Finish *);
int64_t elementwise_trace(const Trace *, Term *, int64_t cap);
int64_t elementwise_connections(const Trace *);

/* Of kinds whose config is the activation. */
const Activation *elementwise_activation(const Layer *);

/* "max(0, x)": the rule is the activation's formula. */
void elementwise_explain(const Trace *, ExplainTopic, Text *);

/* What the function makes of the number: of those over an axis, where it is told. */
void elementwise_numbers(const Forward *, int64_t k, Text *);

/* The row of an activation layer; its names, arguments, make, activation and explain come to it. */
#define ELEMENTWISE_KIND \
    .forward = elementwise_forward, .follow = elementwise_follow, .fills = true, .trace = elementwise_trace, \
    .connections = elementwise_connections, .rule = TRACE_SUM, .keeps_mask = true, .elementwise = true, \
    .built_at_make = true

#endif
