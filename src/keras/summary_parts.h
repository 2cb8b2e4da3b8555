/* What both styles of summary ask of a model. */
#ifndef SHAPEFLOW_KERAS_SUMMARY_PARTS_H
#define SHAPEFLOW_KERAS_SUMMARY_PARTS_H

#include "keras/summary.h"

enum { BUILD_SHAPES_MAX = 16, NESTING_MAX = 32 };

/* "1,234,567". */
const char *count_text(Arena *, int64_t);
/* "2.94 KB"; six units, each 1024 times the one before. */
const char *memory_text(Arena *, double bytes, const char *const *units);

/* Every weight once, in bytes of its own type. */
typedef struct WeightBytes { double trainable, frozen; } WeightBytes;
WeightBytes weight_bytes(Arena *, const Plan *);

/* "[(None, 4), (None, 4)]"; one shape stands alone. */
void put_shapes(Text *, const TensorSpec *, int n);
/* The outputs of a call as they nest; dictionary keys between quotes. */
void put_call_shapes(Text *, const Node *, const char *quote);
/* Which of its layer's calls it is, from 0. */
int call_index(const Node *);

/* The calls of a functional model that a summary knows of, from its outputs back along the edges that hold. */
typedef bool GraphEdge(const Node *, int input);
typedef struct GraphView {
    const Model *model;
    const Node **nodes;   int n_nodes;     /* in the order of execution */
    Layer      **layers;  int n_layers;    /* of model->layers those that are called; all where the model is no graph */
    GraphEdge   *edge;
} GraphView;

void view_make(GraphView *, Arena *, const Model *, GraphEdge *);
bool view_has(const GraphView *, const Node *);
/* No branches, joins or shared layers: then there is no column that tells what is connected to what. */
bool view_is_line(const GraphView *, Arena *);

/* The shapes in get_build_config(), as many as there are. */
int build_shapes(const Layer *, TensorSpec *, int cap);

void put_plain(Text *, const Plan *, const SummaryOptions *);

#endif
