/* What the inspector says of the unit, wire or layer looked at. */
#ifndef SHAPEFLOW_APP_SENTENCES_H
#define SHAPEFLOW_APP_SENTENCES_H

#include "app/app.h"

typedef struct Sentences {
    const char *name;       /* "y[1, 2]" */
    const char *title;      /* "sees 16 of 48 inputs: row 1 only." */
    const char *formula;    /* "= Σ x[1,k]·W[k,2] + b[2]  =  0.00·−0.33 + … (13 more) + 0.00  =  −0.57" */
    const char *note;
    int64_t     n_terms, terms_shown;   /* of a sum: all, and those that stand in the formula */
} Sentences;

/* width: what the formula may take, in points. */
void sentences_find(Sentences *, const App *, Arena *, float width);

#endif
