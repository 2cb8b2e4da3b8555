#include "engine/shape.h"

#include <assert.h>
#include <string.h>

int64_t size_multiply(int64_t a, int64_t b)
{
    assert(a >= 0 && b >= 0);
    if (a && b > INT64_MAX / a) return INT64_MAX;
    return a * b;
}

int64_t size_add(int64_t a, int64_t b)
{
    assert(a >= 0 && b >= 0);
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

int64_t dim_multiply(int64_t a, int64_t b)
{
    if (a == DIM_NONE || b == DIM_NONE) return DIM_NONE;
    return size_multiply(a, b);
}

int64_t shape_span_size(const Shape *shape, int from, int to)
{
    int64_t size = 1;
    for (int i = from; i < to; i++) size = dim_multiply(size, shape->dim[i]);
    return size;
}

int64_t shape_size(const Shape *shape)
{
    return shape_span_size(shape, 0, shape->rank);
}

bool shape_known(const Shape *shape)
{
    for (int i = 0; i < shape->rank; i++)
        if (shape->dim[i] == DIM_NONE) return false;
    return true;
}

bool shape_equal(const Shape *a, const Shape *b)
{
    if (a->rank != b->rank) return false;
    return memcmp(a->dim, b->dim, (size_t)a->rank * sizeof a->dim[0]) == 0;
}

int shape_axis(const Shape *shape, int64_t axis)
{
    if (axis < 0) axis += shape->rank;
    return axis >= 0 && axis < shape->rank ? (int)axis : -1;
}

Shape shape_slice(const Shape *shape, int from, int to)
{
    Shape slice = {.rank = to > from ? to - from : 0};
    for (int i = 0; i < slice.rank; i++) slice.dim[i] = shape->dim[from + i];
    return slice;
}

Shape shape_without(const Shape *shape, int axis)
{
    Shape less = *shape;
    for (int i = axis; i + 1 < less.rank; i++) less.dim[i] = less.dim[i + 1];
    less.dim[--less.rank] = 0;
    return less;
}

Shape shape_with(const Shape *shape, int axis, int64_t dim)
{
    assert(shape->rank < SHAPE_RANK_MAX);
    Shape more = *shape;
    for (int i = more.rank++; i > axis; i--) more.dim[i] = more.dim[i - 1];
    more.dim[axis] = dim;
    return more;
}

void shape_print(Text *text, const Shape *shape)
{
    text_put_char(text, '(');
    for (int i = 0; i < shape->rank; i++) {
        if (i) text_put(text, ", ");
        if (shape->dim[i] == DIM_NONE) text_put(text, "None");
        else text_print(text, "%lld", (long long)shape->dim[i]);
    }
    text_put(text, shape->rank == 1 ? ",)" : ")");
}

const char *shape_text(Arena *arena, const Shape *shape)
{
    Text text = {.arena = arena};
    shape_print(&text, shape);
    return text_string(&text);
}

const char *shape_dim_text(Arena *arena, int64_t dim)
{
    return dim == DIM_NONE ? "None" : arena_print(arena, "%lld", (long long)dim);
}
