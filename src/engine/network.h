/* Keras' map of a functional graph: which layers it has, in which order, and what is wrong with it. */
#ifndef SHAPEFLOW_ENGINE_NETWORK_H
#define SHAPEFLOW_ENGINE_NETWORK_H

#include "engine/model.h"

typedef struct NetworkNode {
    Node *node;
    int   depth;       /* calls between it and the outputs, at most */
} NetworkNode;

typedef struct Network {
    NetworkNode *nodes;   int n_nodes;     /* deepest first; of one depth in the order Keras finds them */
    Layer      **layers;  int n_layers;    /* Keras' order of model.layers, operations included */
} Network;

/* Refuses graphs that hang together badly and names used twice, in Keras' words. */
bool network_find(Builder *, KerasTensor *const *inputs, int n_inputs, KerasTensor *const *outputs, int n_outputs, Network *, Error *);

/* The first output that cannot be computed from the inputs; NULL when all can. */
const KerasTensor *network_unreached(const Network *, KerasTensor *const *inputs, int n_inputs, KerasTensor *const *outputs, int n_outputs);

/* Inputs that are no Inputs: Keras copies the calls between, and puts an Input before them. Replaces the model's tensors. */
bool network_clone(Builder *, Model *, Error *);

#endif
