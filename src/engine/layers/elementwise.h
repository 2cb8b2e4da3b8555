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

/* "max(0, x)": the rule is the activation's formula. */
void elementwise_explain(const Trace *, ExplainTopic, Text *);

#endif
