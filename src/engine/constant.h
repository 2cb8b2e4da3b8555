/* Python's objects that operations take beside tensors and plain data: slices, the ellipsis, arrays of numbers. */
#ifndef SHAPEFLOW_ENGINE_CONSTANT_H
#define SHAPEFLOW_ENGINE_CONSTANT_H

#include "engine/value.h"

typedef struct SliceParts {
    Value start, stop, step;    /* ints or None; as a text has them, any value */
} SliceParts;

extern const ObjectKind CONSTANT_SLICE, CONSTANT_ELLIPSIS;
extern const ObjectKind CONSTANT_ARRAY;    /* data is a Tensor; its numbers may be unknown (NULL) */

Value value_slice(Arena *, Value start, Value stop, Value step);
Value value_ellipsis(void);
Value value_array_of(Arena *, Tensor);
/* Nested lists of numbers as an array; false where they are uneven, or hold something else. */
bool value_as_array(Arena *, const Value *, Dtype, Value *out);

/* The same, of a number or an array too. */
bool value_numbers(Arena *, const Value *, Tensor *out);

bool value_is_object(const Value *, const ObjectKind *);

#endif
