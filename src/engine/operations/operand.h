/* What operations take: tensors, and numbers and arrays that stand where a tensor may; their types and shapes together. */
#ifndef SHAPEFLOW_ENGINE_OPERATIONS_OPERAND_H
#define SHAPEFLOW_ENGINE_OPERATIONS_OPERAND_H

#include "engine/layer.h"

/* One argument of a call, as a tensor. */
typedef struct Operand {
    TensorSpec   spec;
    bool         weak;      /* a number of Python: the other's type counts */
    int          input;     /* place in the flat list; -1 = a constant */
    const float *data;      /* of a constant; NULL = not known, or `number` */
    double       number;
    bool         absent;    /* None */
    const Value *value;
} Operand;

/* in may be NULL: constants only. */
Operand operand_of(const Call *, const TensorSpec *in, int param);
/* The same of item `i` of a list; place: where its tensors begin in the flat list. */
Operand operand_of_value(const Value *, const TensorSpec *in, int place);

/* Shapes and types of tensors with numbers. */
TensorSpec *operand_specs(Arena *, const Tensor *, int n);

/* Element k of an operand whose input's numbers are x. */
static inline double operand_number(const Operand *operand, const Tensor *in, int64_t k)
{
    const float *data = operand->input >= 0 ? in[operand->input].data : operand->data;
    return data ? (double)data[k] : operand->number;
}
/* All of its numbers in the shape of the output. */
const float *operand_spread(const Operand *, const Tensor *in, const Shape *out, Arena *scratch);
/* Whether its numbers can be had when the tensors have theirs. */
bool operand_known(const Operand *);

/* keras.backend.result_type; refuses types that do not go together. */
bool operand_types(const Operand *, int n, Dtype *, Error *);
/* Of a type and Python's float: what division or a mean gives. */
Dtype dtype_with_float(Dtype);
bool dtype_is_int(Dtype);    /* signed or not; not bool */

/* operation_utils.broadcast_shapes. */
bool shapes_broadcast(const Shape *a, const Shape *b, Shape *out, Error *);

/* The element of an operand of shape `in` that stands at place `at` of the broadcast output. */
int64_t broadcast_index(const Shape *in, const Shape *out, const int64_t *at);

/* Places of a shape in order: at[] after k steps, and one step on. */
void place_begin(int64_t at[SHAPE_RANK_MAX]);
void place_next(const Shape *, int64_t at[SHAPE_RANK_MAX]);
void place_of(const Shape *, int64_t k, int64_t at[SHAPE_RANK_MAX]);
int64_t place_index(const Shape *, const int64_t *at);

/* "[None, 3]": a shape as Python's list. */
const char *shape_list_text(Arena *, const Shape *);

/* canonicalize_axis; -1 with its refusal. */
int axis_canonical(const Value *axis, int rank, Error *);

/* "a[1, 2]" or a number: the element of operand i that stands at `at`. */
void operand_put(const Operand *, const Shape *out, const int64_t *at, Text *);

#endif
