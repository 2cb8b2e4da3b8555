/* A model made ready once to be run again and again: weights drawn, kernels packed, memory laid out, and what can be done on the
 * way (activations, batch normalisation) joined to the layer before it. */
#ifndef SHAPEFLOW_ENGINE_SESSION_H
#define SHAPEFLOW_ENGINE_SESSION_H

#include "engine/finish.h"
#include "engine/run.h"

typedef struct SessionCall {
    Forward         forward;
    const PlanStep *step;
    Tensor         *in;
    FinishList      after;      /* what the steps do that are joined to this one */
    size_t          after_capacity;
    int             result;     /* index of the tensor that the last of them gives */
} SessionCall;

typedef struct Session {
    Run          run;           /* of the last input; tensors between joined steps have no numbers */
    Tensor      *rooms;         /* as plan->tensors: shapes and memory before a run */
    SessionCall *calls;         /* what computes, in order */
    int          n_calls;
    bool         impossible;    /* Keras would fail on these numbers */
    Arena        scratch;
    size_t       scratch_most;  /* what a layer took of it */
} Session;

/* The session's memory comes from `arena`, but what a layer needs while it computes. False when the model has no numbers:
 * run.why_not says why. Close it in any case; it must not move while it is open. */
bool session_open(Session *, Arena *, const Plan *, int64_t seed);
void session_close(Session *);

/* input: one tensor for each model input, shapes as the plan's; not copied. Fills run.tensors; false as above. */
bool session_run(Session *, const Tensor *input);

#endif
