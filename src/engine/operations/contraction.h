/* Sums of products along named axes, of any number of operands: what matmul, dot, tensordot and einsum are made of. */
#ifndef SHAPEFLOW_ENGINE_OPERATIONS_CONTRACTION_H
#define SHAPEFLOW_ENGINE_OPERATIONS_CONTRACTION_H

#include "engine/operations/operand.h"
#include "engine/operations/operation.h"

enum { FACTORS_MAX = 8, CONTRACTION_AXES = 32 };

/* One operand, its axes named by letters; axes of length 1 stretch. */
typedef struct Factor {
    Operand operand;
    Shape   shape;                          /* as the letters see it: flattened for some */
    char    letters[SHAPE_RANK_MAX + 1];
} Factor;

typedef struct Contraction {
    int    n;
    Factor factor[FACTORS_MAX];
    char   out[SHAPE_RANK_MAX + 1];         /* letters of the output; the others are summed over */
    /* what the above makes: the output's axes first */
    int     n_axes, n_out;
    char    letter[CONTRACTION_AXES];
    int64_t size[CONTRACTION_AXES], step[FACTORS_MAX][CONTRACTION_AXES];
} Contraction;

/* Fills letters and out for factors that have their shapes; false where they do not fit, with a refusal or without. */
typedef bool (*ContractionLetters)(const Layer *, Contraction *, Error *);

typedef struct ContractionFamily {
    ContractionLetters letters;
} ContractionFamily;

void    contraction_forward(const Forward *);
int64_t contraction_trace(const Trace *, Term *, int64_t cap);
void    contraction_explain(const Trace *, ExplainTopic, Text *);
TraceRule contraction_rule(const Layer *);

#define CONTRACTS(LETTERS)                                                                                          \
    .forward = contraction_forward, .trace = contraction_trace, .explain = contraction_explain,                     \
    .rule = TRACE_DEPENDS, .rule_of = contraction_rule, .family = &(const ContractionFamily){.letters = (LETTERS)}

#endif
