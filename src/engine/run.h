/* The numbers: weights (given, or drawn by the initializers from a seed) and every tensor of a forward pass. */
#ifndef SHAPEFLOW_ENGINE_RUN_H
#define SHAPEFLOW_ENGINE_RUN_H

#include "engine/weight_table.h"

enum { RUN_SEED = 7 };

typedef struct Run {
    const Plan *plan;
    WeightTable table;
    Tensor     *tensors;    /* as plan->tensors; data NULL where there are no numbers */
    bool        complete;   /* every tensor has numbers */
    const char *why_not;    /* id of a sentence in assets/strings: too large, shapes unknown, opaque layer ... */
} Run;

/* No more numbers than this are allocated (weights and tensors together). */
extern const int64_t RUN_NUMBERS_MAX;
/* No layer needs more bytes than this on its way, or it goes without numbers. */
extern const size_t RUN_SCRATCH_MAX;

/* input: one tensor for each model input, shapes as the plan's. */
void run_forward(Run *, Arena *, const Plan *, const Tensor *input, int64_t seed);

/* The documented pattern when nobody gives an input: 1, 2, 3 ... for small tensors, ids within range for Embedding. */
Tensor run_pattern(Arena *, const Plan *, int input);

/* What layer kind's `numbers` says of element k of a step's first output; nothing where there are no numbers. */
void run_numbers(const Run *, int step, int64_t k, Arena *scratch, Text *);

/* The terms of one output element; a step with more inputs than this has none to tell. */
enum { RUN_TRACE_INPUTS = 64 };
int64_t run_trace(const Run *, int step, int output, int64_t k, Term *, int64_t cap);

#endif
