/* What the files of the layer contract share; not for other folders. */
#ifndef SHAPEFLOW_ENGINE_LAYER_PARTS_H
#define SHAPEFLOW_ENGINE_LAYER_PARTS_H

#include "engine/layer.h"
#include "engine/nest.h"

extern const ParamSpec CALL_INPUTS[1];    /* what kinds without call_params take: `inputs` */

static inline const ParamSpec *kind_call_params(const LayerKind *kind, int *n)
{
    *n = kind->call_params ? kind->n_call_params : 1;
    return kind->call_params ? kind->call_params : CALL_INPUTS;
}

/* Room for an output of that concrete shape: with what an activation that halves takes away again. */
Tensor layer_output(Arena *, const Layer *, Shape, Dtype);

/* Names the layer at fault where none is named yet; returns false. */
bool layer_blame(Error *, const Layer *);

/* The input specs against the first argument of a call. */
bool layer_check_inputs(Arena *, const Layer *, const Value *inputs, Error *);

/* A call with the inputs alone. */
Call layer_plain_call(Arena *, const Layer *, int n_in);

/* Inside, weights have paths below the layer's own: "sequential/dense". Returns what scope_leave takes back. */
const char *scope_enter(Builder *, Layer *);
void scope_leave(Builder *, const char *outer);

/* A call of a graph inside another layer's forward. */
void forward_node(const Forward *, const Node *, const Tensor *in, Tensor *out);

/* Place of `optional` among InputLayer's arguments. */
enum { INPUT_OPTIONAL = 7 };

/* One more of the layer's calls. */
void layer_record_call(Arena *, Layer *, Node *);

KerasTensor *tensor_new(Builder *, TensorSpec, const char *name);   /* name NULL = automatic */

/* Deeper nesting of layers in layers than this is a RecursionError. */
enum { LAYER_DEPTH_MAX = 100 };
/* More calls than this in one text end it: a loop that never stops adding layers. */
enum { NODES_MAX = 200000 };

#endif
