/* Attributes of layers, models, symbolic tensors and small Keras objects. */
#ifndef SHAPEFLOW_KERAS_CODE_KERAS_ATTRIBUTE_H
#define SHAPEFLOW_KERAS_CODE_KERAS_ATTRIBUTE_H

#include "keras/code/evaluator.h"

bool layer_attribute(Evaluator *, Layer *, const char *name, Value *out);
bool layer_attribute_set(Evaluator *, Layer *, const char *name, Value);     /* false = an ordinary attribute */
bool tensor_attribute(Evaluator *, KerasTensor *, const char *name, Value *out);
bool config_attribute(Evaluator *, Value, const char *name, Value *out);
ValueList *tensor_items(Evaluator *, const KerasTensor *);
_Noreturn void attribute_raise(Evaluator *, Value, const char *name);

#endif
