/* The graph of calls that leads from some tensors to others. */
#ifndef SHAPEFLOW_ENGINE_GRAPH_H
#define SHAPEFLOW_ENGINE_GRAPH_H

#include "engine/layer.h"

typedef struct NodeList {
    Node **nodes;  int n;  size_t capacity;
} NodeList;

/* Every call needed to compute the tensors, masks too, each after what it needs, in the order of the tensors. */
void graph_order(Builder *, KerasTensor *const *tensors, int n, NodeList *);

#endif
