/* Layers and keras.ops applied to tensors, symbolic or with numbers. */
#ifndef SHAPEFLOW_KERAS_CODE_KERAS_CALL_H
#define SHAPEFLOW_KERAS_CODE_KERAS_CALL_H

#include "keras/code/evaluator.h"

Value layer_call_value(Evaluator *, Layer *, const Argument *, int n);
Value layer_call_plain(Evaluator *, Layer *, const Argument *, int n);   /* the text's own class not minded */
Value config_call(Evaluator *, const ValueConfig *, const Argument *, int n);

/* keras.ops.NAME(...) and functions that are the same by another name. */
Value operation_call(Evaluator *, const char *name, const Argument *, int n);
bool  operation_exists(const char *name);
Value tensor_operator(Evaluator *, PyOp, Value, Value);
Value tensor_unary(Evaluator *, PyOp, Value);
Value tensor_item(Evaluator *, Value tensor, Value index);

bool arguments_symbolic(const Argument *, int n);    /* a symbolic tensor is among them, or in their lists */
Value node_value(Evaluator *, const Node *);

#endif
