/* NumPy arrays: their shape always, their numbers when they are few. */
#ifndef SHAPEFLOW_KERAS_CODE_ARRAY_H
#define SHAPEFLOW_KERAS_CODE_ARRAY_H

#include "keras/code/evaluator.h"

extern const ObjectKind OBJECT_ARRAY, OBJECT_SCALAR;
extern const Class CLASS_NDARRAY;

enum { ARRAY_NUMBERS_MAX = 1 << 20 };

typedef struct Array {
    Shape   shape;       /* DIM_NONE where it is not known */
    Dtype   dtype;
    double *numbers;     /* row-major; NULL when they are not known */
    Span   *places;      /* of each element, where it is a literal of the text; NULL otherwise */
} Array;

/* np.int64(3), np.float32(0.5): an element of an array. */
typedef struct Scalar {
    Dtype  dtype;
    double number;
    bool   known;
} Scalar;

Value value_array(Evaluator *, Shape, Dtype, double *numbers);
Value value_scalar(Evaluator *, Dtype, double);
Array *array_of(const Value *);                        /* NULL when it is none */

/* A number of any kind: Python's or a NumPy scalar whose number is known. */
bool scalar_number(const Value *, double *);

Value array_operator(Evaluator *, PyOp, Value, Value);
Value array_unary(Evaluator *, PyOp, Value);
Value array_item(Evaluator *, Value array, Value index);
void  array_set(Evaluator *, Value array, Value index, Value);
Value array_length(Evaluator *, Value);
ValueList *array_items(Evaluator *, Value);
bool  array_truth(Evaluator *, Value);
bool  array_attribute(Evaluator *, Value, const char *name, Value *out);
Value array_as_int(Evaluator *, Value);
Value array_as_float(Evaluator *, Value);
/* absolute, sqrt ... of numbers, arrays or symbolic tensors. */
Value array_or_tensor_function(Evaluator *, const char *name, Value);

/* np.asarray of anything: nested lists, numbers, arrays. NULL when a part of it is not known. */
Array *array_from(Evaluator *, Value, Dtype);
/* float32 numbers for the engine; data NULL when they are not known. False when the shape is not. */
bool array_tensor(Evaluator *, const Array *, Tensor *);
/* Keras' refusal of a symbolic tensor where numbers are wanted; what: "a NumPy array". */
_Noreturn void raise_symbolic(Evaluator *, const char *what);

#endif
