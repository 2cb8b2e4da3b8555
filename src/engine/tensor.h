/* Numbers with a shape: row-major (last axis fastest), float32 whatever the type says. */
#ifndef SHAPEFLOW_ENGINE_TENSOR_H
#define SHAPEFLOW_ENGINE_TENSOR_H

#include "engine/shape.h"

/* Names and order of types as Keras knows them; DTYPE_NONE = not said. */
#define DTYPES(X) X(NONE, none) X(BOOL, bool) X(UINT8, uint8) X(UINT16, uint16) X(UINT32, uint32) X(UINT64, uint64) \
    X(INT8, int8) X(INT16, int16) X(INT32, int32) X(INT64, int64) X(BFLOAT16, bfloat16) X(FLOAT16, float16) \
    X(FLOAT32, float32) X(FLOAT64, float64) X(STRING, string)
typedef enum Dtype {
#define X(NAME, name) DTYPE_##NAME,
    DTYPES(X)
#undef X
} Dtype;

const char *dtype_name(Dtype);
Dtype dtype_find(const char *name);   /* DTYPE_NONE when there is no such type */
bool dtype_is_float(Dtype);
int dtype_bytes(Dtype);

/* What a symbolic tensor has; the numbers come later. */
typedef struct TensorSpec {
    Shape shape;
    Dtype dtype;
} TensorSpec;

/* shape is fully known. Integers and booleans are stored as float32 too (ids up to 2^24 are exact). */
typedef struct Tensor {
    Shape  shape;
    Dtype  dtype;
    float *data;    /* shape_size numbers, or NULL: shape only (too large, or not yet computed) */
} Tensor;

Tensor tensor_make(Arena *, Shape, Dtype);   /* zeros */

#endif
