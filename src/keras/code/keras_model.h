/* Models: made, changed, called, and asked by the text. */
#ifndef SHAPEFLOW_KERAS_CODE_KERAS_MODEL_H
#define SHAPEFLOW_KERAS_CODE_KERAS_MODEL_H

#include "keras/code/evaluator.h"

extern const Native *const MODEL_METHODS, *const SEQUENTIAL_METHODS;    /* model.fit ...; model.add ... */

Value construct_sequential(Evaluator *, const Class *, const Argument *, int n, Span);
Value construct_model(Evaluator *, const Class *, const Argument *, int n, Span);

/* Sequential([...]) whose list could not be evaluated to its end: what there is of it is shown. */
void sequential_draft(Evaluator *, const ValueList *made, Span);
/* The same for calls of layers that did not yet become a model. */
void functional_draft(Evaluator *);

/* model.fit and the like, and what is not known: a function that makes nothing of the model. */
bool is_beside_model(const Value *callee);

/* The value's own layer: of a layer, a model, or an instance of the text's class. NULL when it has none. */
Layer *layer_of(const Value *);
Model *model_checked(Evaluator *, const Given *);      /* of a method's self */
void set_weights(Evaluator *, Layer *, Value arrays);
Value model_layers(Evaluator *, const Model *);

#endif
