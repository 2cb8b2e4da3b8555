/* What is normalised together: the elements of a tensor in groups. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_GROUPING_H
#define SHAPEFLOW_ENGINE_LAYERS_GROUPING_H

#include "engine/layer.h"

/* Strides are of the group's number and of gamma's and beta's; 0 for an axis that does not count. */
typedef struct Grouping {
    int64_t group_stride[SHAPE_RANK_MAX], groups;
    int64_t weight_stride[SHAPE_RANK_MAX];
    int     split_axis;         /* this axis counts by whole groups of `split`; -1 = none does */
    int64_t split;
} Grouping;

/* An odometer over a tensor's elements, with the group and the weight each belongs to. */
typedef struct GroupWalk {
    const Shape    *shape;
    const Grouping *grouping;
    int64_t         at[SHAPE_RANK_MAX];
    int64_t         group, weight;
} GroupWalk;

GroupWalk group_walk_to(const Shape *, const Grouping *, int64_t k);
void      group_walk_next(GroupWalk *);

/* Sum of squares of each group. */
double *grouping_squares(const Forward *, const Grouping *);
/* All elements of the group, and of each weight the one that belongs to output k. */
int64_t grouping_trace(const Trace *, const Grouping *, Term *, int64_t cap);

#endif
