/* What the files of the model share; not for other folders. */
#ifndef SHAPEFLOW_ENGINE_MODEL_PARTS_H
#define SHAPEFLOW_ENGINE_MODEL_PARTS_H

#include "engine/plan.h"

/* call(inputs, training=None, mask=None) */
extern const ParamSpec MODEL_CALL_PARAMS[3];

bool model_infer(const Layer *, const Call *, const TensorSpec *in, int n_in, Outputs *, Error *);
/* The concrete shapes, every step asked. */
bool model_infer_numbers(const Layer *, const Call *, const TensorSpec *in, int n_in, Outputs *, Error *);
/* The same when numbers flow: what does not fit is refused by the layer it does not fit. */
bool model_infer_eagerly(const Layer *, const Call *, const TensorSpec *in, int n_in, Outputs *, Error *);
void model_forward(const Forward *);

/* Keras takes one axis of length 1 more or less at the end, and puts it right before it computes. */
Shape model_adjusted(const Shape *, const Shape *wanted);

/* The Functional that Keras wraps around a built Sequential: it takes a name, and checks inputs in its own. */
Layer *functional_around(Builder *, Model *);

/* Puts down the graph between tensors as steps. */
void model_keep_graph(Builder *, Model *, KerasTensor *const *inputs, int n_inputs, KerasTensor *const *outputs, int n_outputs);

/* One more step, fed by the step before it alone. */
void model_append_step(Builder *, Model *, Node *);
/* The graph put down step by step ends here: its input is the first step's, its outputs the last's. */
void model_close_steps(Builder *, Model *);

/* Shapes of every tensor of the graph for given inputs; false at the first call that does not take them (err says why, and
 * *done how many steps went well). specs has room for n_tensors. */
bool model_shapes(const Model *, Arena *, const TensorSpec *in, TensorSpec *specs, int *done, Error *);
/* With the inputs of every layer checked too. */
bool model_shapes_checked(const Model *, Arena *, const TensorSpec *in, TensorSpec *specs, Error *);

/* The row of a layer with one call. */
PlanLayer plan_row(Arena *, const Model *, const Node *);

bool sequential_build(Builder *, Model *, const Shape *, Error *);

#endif
