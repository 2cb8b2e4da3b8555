/* The weights of a model in numbers: given, or drawn by the initializers from a seed. */
#ifndef SHAPEFLOW_ENGINE_WEIGHT_TABLE_H
#define SHAPEFLOW_ENGINE_WEIGHT_TABLE_H

#include "engine/plan.h"

/* Weights of every layer by layer->id; weights[id] has layer->n_weights tensors. */
typedef struct WeightTable {
    Tensor       **weights;
    const Tensor **computed;   /* as layers compute with them: cast under a mixed policy, else the same */
    int            n;
} WeightTable;

/* The numbers of one: those given, not copied, or else the initializer's. */
Tensor weight_numbers(Arena *, const WeightSpec *, int64_t seed);

WeightTable weight_table_make(Arena *, const Plan *, int64_t seed);

/* What a term multiplies its input by: weight, factor and scale. False where it has no weight, or that has no numbers. */
bool term_weight_number(const WeightTable *, const Layer *, const Term *, double *number);

#endif
