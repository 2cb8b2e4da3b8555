/* What follows from a model without numbers: rows of the summary, shapes, counts, connections, faults. */
#ifndef SHAPEFLOW_ENGINE_PLAN_H
#define SHAPEFLOW_ENGINE_PLAN_H

#include "engine/model.h"

/* One row of the summary: a layer, with all its calls in the model. */
typedef struct PlanLayer {
    const Layer  *layer;
    const Node  **calls;    int n_calls;     /* in this model, in order; none where the model is not built */
    const char  **inputs;   int n_inputs;    /* names of the layers that feed it, in order, masks included */
    TensorSpec   *in;       int n_in;        /* all calls' inputs in order */
    TensorSpec   *out;      int n_out;
    bool          out_list;
    ParamCount    params;
    int64_t       activations;   /* numbers in the outputs, batch axis as 1; DIM_NONE when unknown */
    int64_t       connections;   /* terms with a weight and an input, or copies: wires; DIM_NONE when unknown */
    bool          shared;        /* called more than once */
} PlanLayer;

/* One step of execution, with concrete shapes: batch and other unknown axes filled in from the input shown. */
typedef struct PlanStep {
    const Node *node;
    int         row;             /* index in plan->layers, -1 for what is not listed (Sequential's InputLayer, masks) */
    int        *from;            /* for each input: index of the tensor in plan->tensors */
    int         first;           /* outputs are tensors [first, first + node->n_out) */
    int         owner;           /* the step of the nested model that it is inside of, -1 = none */
    int        *opened;          /* of a nested model whose steps stand before this one: the tensor inside that each output is; else NULL */
} PlanStep;

typedef struct Plan {
    const Model *model;
    PlanLayer   *layers;    int n_layers;     /* rows of layers inside opened models stand after them, up to n_rows */
    int          n_rows;
    PlanStep    *steps;     int n_steps;      /* empty when shapes are not known */
    TensorSpec  *tensors;   int n_tensors;    /* concrete */
    int         *inputs;    int n_inputs;     /* tensor of each model input */
    int         *outputs;   int n_outputs;
    ParamCount   params;
    int64_t      numbers;                     /* all tensors and weights together, saturated: what a run would take */
    const Error *error;                       /* the fault, NULL when Keras takes the model */
} Plan;

/* Never fails; a refused model has its sound layers. input: concrete shapes to run with, n_input 0 = none:
 * unknown axes become `fill` (the batch axis 1). error: the refusal, or NULL. */
void plan_make(Plan *, Arena *, const Model *, const Shape *input, int n_input, int64_t fill, const Error *error);

/* Puts what happens inside nested models into the plan, where that is not much: their steps stand before the step of the
 * model, and have rows and tensors of their own. For whoever shows them; all else stays as it was. */
void plan_open(Plan *, Arena *);

/* A call's input that is a mask, by the name of its parameter. */
bool plan_mask_at(const Node *, int input);

/* Index of the row with that name, -1 when there is none. */
int plan_find(const Plan *, const char *layer_name);

#endif
