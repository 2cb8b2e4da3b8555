/* Operations whose outputs no sum of inputs tells: which numbers each depends on, and a formula. */
#ifndef SHAPEFLOW_ENGINE_OPERATIONS_DEPENDENCE_H
#define SHAPEFLOW_ENGINE_OPERATIONS_DEPENDENCE_H

#include "engine/layers/terms.h"
#include "engine/operations/operand.h"
#include "engine/operations/operation.h"

typedef struct Dependence {
    const char *rule;     /* "|a − b|" */
} Dependence;

/* An output depends on all numbers of all arguments; on the number at its own place of each, as they broadcast. */
int64_t depends_on_all(const Trace *, Term *, int64_t cap);
int64_t depends_on_place(const Trace *, Term *, int64_t cap);
void    dependence_explain(const Trace *, ExplainTopic, Text *);

void depend_on(TermList *, const Operand *);               /* on all of it */
void depend_at(TermList *, const Operand *, int64_t k);    /* on one number */

/* The first n arguments of a call; where the numbers of one cannot be had, the run is impossible. */
bool operands_find(const Forward *, int n, Operand *);

#define DEPENDS(FORWARD, TRACE, RULE_TEXT)                                                                          \
    .forward = (FORWARD), .trace = (TRACE), .explain = dependence_explain, .rule = TRACE_DEPENDS,                   \
    .family = &(const Dependence){RULE_TEXT}

#endif
