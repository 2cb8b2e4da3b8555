/* Elements that stand together along some axes: what is summed, sorted or normalised at once. */
#ifndef SHAPEFLOW_ENGINE_OPERATIONS_GROUPS_H
#define SHAPEFLOW_ENGINE_OPERATIONS_GROUPS_H

#include "engine/operations/operand.h"
#include "engine/operations/operation.h"

typedef struct Groups {
    Shape   outer, inner;      /* the axes that tell groups apart, and those within one */
    int64_t outer_step[SHAPE_RANK_MAX], inner_step[SHAPE_RANK_MAX];
} Groups;

/* chosen[i] for the axes an argument names: None = all. False with canonicalize_axis' refusal. */
bool axes_chosen(const Value *axis, int rank, bool chosen[SHAPE_RANK_MAX], Error *);

Groups  groups_make(const Shape *, const bool *chosen);
/* Where the first element of group k stands. */
int64_t group_start(const Groups *, int64_t k);
/* From there, the element at a place of `inner`. */
int64_t group_offset(const Groups *, const int64_t *at);
/* The group that an element of the whole is in, and its place in it. */
void    group_find(const Groups *, const Shape *, int64_t element, int64_t *group, int64_t *within);

#endif
