/* Keras' classes as values: layers, models, initializers and the like. */
#ifndef SHAPEFLOW_KERAS_CODE_KERAS_CLASS_H
#define SHAPEFLOW_KERAS_CODE_KERAS_CLASS_H

#include "keras/code/evaluator.h"

extern const Class CLASS_KERAS_LAYER, CLASS_KERAS_MODEL, CLASS_KERAS_SEQUENTIAL, CLASS_KERAS_TENSOR, CLASS_KERAS_FUNCTIONAL;
extern const Native KERAS_INPUT;     /* keras.Input(...) */

Classes *classes_make(Evaluator *);
const Class *layer_class(Evaluator *, const LayerKind *);
const Class *config_class(Evaluator *, const ConfigKind *);
const Class *layer_class_of(Evaluator *, const Layer *);
const Class *config_class_of(Evaluator *, const ValueConfig *);
bool keras_class_attribute(Evaluator *, const Class *, const char *name, Value *out);
bool is_sequential_class(const Value *);

/* Layers made and called by the text, with their places. params: what can be passed, to judge what is not known. */
Value layer_construct(Evaluator *, const LayerKind *, const Argument *, int n, Span);
Argument *engine_arguments(Evaluator *, const ParamSpec *params, int n_params, const Argument *, int n, int *n_out);
/* A refusal of ours: what the model needs is not known. */
_Noreturn void raise_unknown(Evaluator *, const Argument *, const ValueUnknown *);
/* Arrays, instances and classes as the engine knows them. */
Value engine_value(Evaluator *, Value);

#endif
