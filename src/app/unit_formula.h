/* The formula of a unit: its layer's rule, the same with numbers, and what comes out. */
#ifndef SHAPEFLOW_APP_UNIT_FORMULA_H
#define SHAPEFLOW_APP_UNIT_FORMULA_H

#include "app/app.h"
#include "app/facts.h"

typedef struct UnitFormula {
    const App       *app;
    Arena           *arena;
    const Snapshot  *snapshot;
    const Pick      *pick;
    const UnitFacts *facts;
    float            width;                 /* what it may take, in points */
    bool             brief;                 /* there is no room for all; filled in, as what follows */
    int64_t          n_terms, terms_shown;  /* of a sum: all, and those that stand in the formula */
} UnitFormula;

/* "= Σ x[1,k]·W[k,2] + b[2]  =  0.00·−0.33 + … (13 more) + 0.00  =  −0.57  →  relu  →  0" */
const char *unit_formula_text(UnitFormula *);

#endif
