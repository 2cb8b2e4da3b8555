/* A functional model as a graph of calls, for those who list or write it. */
#ifndef SHAPEFLOW_KERAS_GRAPH_VIEW_H
#define SHAPEFLOW_KERAS_GRAPH_VIEW_H

#include "engine/model.h"

/* The calls of a functional model that matter, from its outputs back along the edges that hold. */
typedef bool GraphEdge(const Node *, int input);
typedef struct GraphView {
    const Model *model;
    const Node **nodes;   int n_nodes;     /* in the order of execution */
    const Node **by_layer;                 /* the same, those of one layer together */
    Layer      **layers;  int n_layers;    /* of model->layers those that are called; all where the model is no graph */
    GraphEdge   *edge;
} GraphView;

void view_make(GraphView *, Arena *, const Model *, GraphEdge *);
bool view_has(const GraphView *, const Node *);
/* The calls of a layer in the view, in order; how many. */
int view_calls(const GraphView *, const Layer *, const Node *const **calls);
/* No branches, joins or shared layers: then there is no column that tells what is connected to what. */
bool view_is_line(const GraphView *, Arena *);
/* The edges of Keras' own graph. */
bool edge_is_linked(const Node *, int input);

/* Which of its layer's calls it is, from 0. */
int call_index(const Node *);
/* The same, only those counted that the view has. */
int call_index_in(const GraphView *, const Node *);

#endif
