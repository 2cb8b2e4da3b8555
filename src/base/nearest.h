/* The known name nearest to a misspelled one. */
#ifndef SHAPEFLOW_BASE_NEAREST_H
#define SHAPEFLOW_BASE_NEAREST_H

#include <stdbool.h>

/* Offer every candidate in turn; `best` is NULL while none is near enough to be meant. */
typedef struct Nearest {
    const char *name;      /* as written */
    const char *best;
    int         distance;  /* of best: letters changed, put in, left out or swapped with their neighbour */
} Nearest;

Nearest nearest_begin(const char *name);
void nearest_offer(Nearest *, const char *candidate);

#endif
