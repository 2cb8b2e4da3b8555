/* What model.summary() prints, byte for byte. */
#ifndef SHAPEFLOW_KERAS_SUMMARY_H
#define SHAPEFLOW_KERAS_SUMMARY_H

#include "engine/plan.h"

typedef struct SummaryOptions {
    bool plain;            /* Keras 2's, else Keras 3's */
    int  line_length;      /* 0 = from columns */
    int  columns;          /* of the terminal: 80 when there is none */
    bool expand_nested, show_trainable;
} SummaryOptions;

void summary_print(Text *, const Plan *, const SummaryOptions *);

/* The object of `shapeflow shapes`. cause: the fault's cause in plain words, fixes: their labels; line, column of
 * plan->error, 0 when it has no place. */
typedef struct ShapesFault {
    const char *cause;
    const char *const *fixes; int n_fixes;
    int line, column;
} ShapesFault;
void shapes_print(Text *, const Plan *, const ShapesFault *);

#endif
