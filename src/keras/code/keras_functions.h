/* Functions of keras.utils, keras.backend, keras.config, keras.models and tensorflow. */
#ifndef SHAPEFLOW_KERAS_CODE_KERAS_FUNCTIONS_H
#define SHAPEFLOW_KERAS_CODE_KERAS_FUNCTIONS_H

#include "keras/code/evaluator.h"

extern const Native MODEL_FUNCTIONS[], CONFIG_FUNCTIONS[], UTILITY_FUNCTIONS[], BACKEND_FUNCTIONS[], TENSORFLOW_RANDOM[];

/* tf.reshape ...: refuses symbolic tensors as TensorFlow does, works on arrays. False when there is none. */
/* In the words for a symbolic tensor that TensorFlow is given. */
const char *keras_operation_name(const char *tensorflow_name);   /* "reduce_sum" is "sum" */
void refuse_tensorflow(Evaluator *, const char *function);
void refuse_unknown_tensorflow(Evaluator *, const ValueUnknown *function, const Argument *, int n);
bool tensorflow_function(Evaluator *, const char *name, Value *out);

#endif
