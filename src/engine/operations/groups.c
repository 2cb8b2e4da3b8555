#include "engine/operations/groups.h"

bool axes_chosen(const Value *axis, int rank, bool chosen[SHAPE_RANK_MAX], Error *err)
{
    int axes[SHAPE_RANK_MAX];
    for (int i = 0; i < SHAPE_RANK_MAX; i++) chosen[i] = axis->kind == VALUE_NONE;
    if (axis->kind == VALUE_NONE) return true;
    const int n = operation_axes(axis, rank, axes, err);
    for (int i = 0; i < n; i++) chosen[axes[i]] = true;
    return n >= 0;
}

Groups groups_make(const Shape *shape, const bool *chosen)
{
    Groups groups = {0};
    for (int i = 0; i < shape->rank; i++) {
        Shape *part = chosen[i] ? &groups.inner : &groups.outer;
        (chosen[i] ? groups.inner_step : groups.outer_step)[part->rank] = shape_span_size(shape, i + 1, shape->rank);
        part->dim[part->rank++] = shape->dim[i];
    }
    return groups;
}

static int64_t offset_of(const Shape *shape, const int64_t *steps, const int64_t *at)
{
    int64_t offset = 0;
    for (int i = 0; i < shape->rank; i++) offset += at[i] * steps[i];
    return offset;
}

int64_t group_start(const Groups *groups, int64_t k)
{
    int64_t at[SHAPE_RANK_MAX];
    place_of(&groups->outer, k, at);
    return offset_of(&groups->outer, groups->outer_step, at);
}

int64_t group_offset(const Groups *groups, const int64_t *at)
{
    return offset_of(&groups->inner, groups->inner_step, at);
}

/* Steps are unlike one another, and tell the axes. */
static bool has_step(const Shape *part, const int64_t *steps, int64_t step, int *next)
{
    if (*next >= part->rank || steps[*next] != step) return false;
    (*next)++;
    return true;
}

void group_find(const Groups *groups, const Shape *shape, int64_t element, int64_t *group, int64_t *within)
{
    int64_t at[SHAPE_RANK_MAX];
    int inner = 0, outer = 0;
    place_of(shape, element, at);
    *group = *within = 0;
    for (int i = 0; i < shape->rank; i++) {
        const int64_t step = shape_span_size(shape, i + 1, shape->rank);
        const bool inside = inner < groups->inner.rank && groups->inner.dim[inner] == shape->dim[i] &&
                            has_step(&groups->inner, groups->inner_step, step, &inner);
        if (inside) *within = *within * shape->dim[i] + at[i];
        else *group = *group * shape->dim[i] + at[i], outer++;
    }
}
