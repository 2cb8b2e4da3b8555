/* What a reading collects on its way: models, arrays, weights, imports, notes. */
#ifndef SHAPEFLOW_KERAS_CODE_REGISTRY_H
#define SHAPEFLOW_KERAS_CODE_REGISTRY_H

#include "keras/code/array.h"
#include "keras/code/evaluator.h"

Registry *registry_make(Evaluator *);

/* ---- while evaluating ---- */

void registry_source(Evaluator *, Span right_hand_side);               /* of the assignment being executed */
void registry_named(Evaluator *, const char *name, Value);             /* a name was bound */
void registry_attribute(Evaluator *, const char *name, Value);         /* an attribute was */
void registry_model(Evaluator *, Model *);                             /* a model was made, or changed */
bool registry_has_model(const Evaluator *);
void registry_fault_model(Evaluator *, Model *);                       /* the one that a refusal is about */
bool registry_has_fault_model(const Evaluator *);
void registry_node(Evaluator *, Node *);                               /* a layer was called on symbolic tensors */
Node *const *registry_nodes(const Evaluator *, int *n);                /* since the last functional model was made */
void registry_used(Evaluator *, const Model *, Value inputs, int how); /* arrays given to a model: see USED_* */
enum { USED_FIT = 1, USED_CALL, USED_PREDICT };
void registry_compiled(Evaluator *, const Model *);
bool registry_is_compiled(const Evaluator *, const Model *);
void registry_weights(Evaluator *, Layer *, const Value *arrays, int n);
void registry_load(Evaluator *, Layer *, const char *path);
void registry_seed(Evaluator *, int64_t seed);
void registry_print(Evaluator *);                                      /* print(...) of the statement being executed */
void registry_prints_shape(Evaluator *, Span);

bool registry_imports_keras(const Evaluator *);                        /* anywhere in the text */
int  registry_import_place(const Evaluator *);                         /* where an import line may be put */
void registry_star(Evaluator *, const char *path, Value module);       /* from path import * */
bool registry_star_find(Evaluator *, const char *name, Value *out);

/* ---- at the end ---- */

/* Fills models, shown, arrays, input_arrays, weights, model_end of the reading. */
void registry_finish(Evaluator *);

#endif
