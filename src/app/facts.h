/* What there is to say about one unit: what it sees, its sum with numbers, where its weights are used again. */
#ifndef SHAPEFLOW_APP_FACTS_H
#define SHAPEFLOW_APP_FACTS_H

#include "app/snapshot.h"
#include "scene/mark.h"

typedef struct TermNumbers {
    double input, weight;    /* 1 where there is none */
    bool   has_input, has_weight;
} TermNumbers;

typedef struct UnitFacts {
    const PlanStep  *step;          /* whose terms they are; NULL = a number of the input */
    const PlanLayer *row;           /* its row in the plan, NULL = none */
    const char      *name;          /* "y[1, 2]" */
    Term            *terms;         /* inputs first, a bias last */
    int64_t          n_terms;       /* of a sum with weights: without the bias */
    int64_t          all_terms;
    int64_t          seen, of;      /* distinct inputs, of all numbers of all inputs */
    int64_t          rows, first_row, last_row;   /* of the input that are touched; all_rows 0 = it has no rows */
    int64_t          all_rows;
    int64_t          columns, first_column, last_column, all_columns;   /* of an image; all_columns 0 = it is none */
    bool             has_bias, has_value, has_weights;
    double           bias, sum, value;
    TraceRule        rule;
    int              output;        /* which of the step's outputs the terms make */
    bool             copies;        /* it is its one input, unchanged */
    int64_t          applied;       /* how many rows use the same weights; 1 = this one only */
    int64_t          own_row;       /* of them */
} UnitFacts;

/* False when the pick is no unit of the snapshot, or has too many terms to be listed. */
bool facts_find(UnitFacts *, Arena *, const Snapshot *, const Pick *);

TermNumbers facts_term(const UnitFacts *, const Snapshot *, int64_t i);

/* "y[1, 2]": the input is x, the model's output y, what is between goes by its layer's name. */
const char *facts_unit_name(Arena *, const Plan *, int tensor, int64_t k);
/* "[1, 2]", without the batch axis. */
const char *facts_index(Arena *, const Shape *, int64_t k);

/* What the layer says of element k of one of a step's outputs, "" for nothing. */
const char *facts_explain(Arena *, const Plan *, const PlanStep *, int output, int64_t k, ExplainTopic);

/* The step that makes a tensor, -1 for an input. */
int facts_maker(const Plan *, int tensor);

/* The tensor (rows, columns) that a Flatten before this tensor laid out, NULL = none did. */
const Shape *facts_flattened(const Plan *, int tensor);

#endif
