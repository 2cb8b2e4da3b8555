/* What the rows of all operations share, and their arguments. */
#ifndef SHAPEFLOW_ENGINE_OPERATIONS_OPERATION_H
#define SHAPEFLOW_ENGINE_OPERATIONS_OPERATION_H

#include "engine/layer.h"

#define OPERATION(NAME, MODULE) .name = NAME, .module = "keras.src.ops." MODULE, .operation = true, .built_at_make = true
#define TAKES(PARAMS) .call_params = (PARAMS), .n_call_params = sizeof(PARAMS) / sizeof *(PARAMS)
#define MADE_WITH(PARAMS) .params = (PARAMS), .n_params = sizeof(PARAMS) / sizeof *(PARAMS)

extern const ParamSpec OPERATION_X[1];    /* of call(x) */

/* An argument of the operation's constructor; NULL when it has none of that name. */
const Value *operation_arg(const Layer *, const char *name);

/* The ints of an int or a tuple of them: how many, -1 when it is neither, or more than cap. */
int operation_ints(const Value *, int64_t *out, int cap);
/* The type a `dtype` argument names; `otherwise` where it names none. */
Dtype operation_dtype(const Layer *, Dtype otherwise);
/* standardize_dtype of the `dtype` argument: its name goes back into it. */
bool operation_take_dtype(Maker *);
/* canonicalize_axis of each. -1 with its refusal. */
int operation_axes(const Value *axis, int rank, int *out, Error *);

#endif
