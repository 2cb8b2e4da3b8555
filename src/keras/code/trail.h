/* Which statements the model comes from: what each one builds, binds and uses. The others are shown dimmed. */
#ifndef SHAPEFLOW_KERAS_CODE_TRAIL_H
#define SHAPEFLOW_KERAS_CODE_TRAIL_H

#include "keras/code/evaluator.h"

Trail *trail_make(Evaluator *);
int  trail_statement(Evaluator *, const PyNode *statement);   /* its number */
void trail_use(Evaluator *, int bound_by);                    /* the statement being executed uses what that one bound */
void trail_builds(Evaluator *);                               /* the statements being executed make or show a model */
/* Fills reading->dimmed once everything is read. */
void trail_dim(Evaluator *);

#endif
