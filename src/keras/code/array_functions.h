/* NumPy's functions, as far as they make and reshape arrays or compute with few numbers. */
#ifndef SHAPEFLOW_KERAS_CODE_ARRAY_FUNCTIONS_H
#define SHAPEFLOW_KERAS_CODE_ARRAY_FUNCTIONS_H

#include "keras/code/array.h"

extern const Native *const ARRAY_FUNCTIONS;      /* np.zeros, np.concatenate ... */

Array *array_astype(Evaluator *, const Array *, Dtype);
/* A function of NumPy by name on arrays and numbers; unknown where there is none. */
Value array_function_call(Evaluator *, const char *name, const Argument *, int n);
/* A type: a string, a NumPy or TensorFlow type, Python's int, float, bool. DTYPE_NONE when it is none. */
Dtype dtype_of(const Value *);
/* (3, 2), [3, 2], 3; unknown dimensions are DIM_NONE. */
bool dtype_class(const char *name, Value *out);    /* np.float32: false when there is no such type */
Value dtype_value(Dtype);
const Native *array_function(const char *name);   /* NULL when there is none */
Shape shape_of(Evaluator *, const Value *);
Value array_sized(Evaluator *, Shape, Dtype, const double *fill);    /* all alike; fill NULL = numbers unknown */
Value array_reshape(Evaluator *, const Array *, Shape);
Value array_transpose(Evaluator *, const Array *, const int *order);

#endif
