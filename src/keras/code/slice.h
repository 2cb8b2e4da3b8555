/* What a slice takes of something with a length. */
#ifndef SHAPEFLOW_KERAS_CODE_SLICE_H
#define SHAPEFLOW_KERAS_CODE_SLICE_H

#include "keras/code/evaluator.h"

typedef struct SliceRange {
    int64_t start, step, n;    /* n items: start, start + step ... */
} SliceRange;

SliceRange slice_range(Evaluator *, const SliceParts *, int64_t length);
bool slice_known(const SliceParts *);

#endif
