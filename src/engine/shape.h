/* The shape of a tensor, batch axis first; any axis may be unknown (Keras' None). */
#ifndef SHAPEFLOW_ENGINE_SHAPE_H
#define SHAPEFLOW_ENGINE_SHAPE_H

#include <stdint.h>

#include "base/text.h"

enum { SHAPE_RANK_MAX = 8 };

#define DIM_NONE INT64_C(-1)

typedef struct Shape {
    int     rank;
    int64_t dim[SHAPE_RANK_MAX];   /* DIM_NONE where unknown; those beyond rank are 0 */
} Shape;

#define SHAPE(...) \
    ((Shape){.rank = (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), .dim = {__VA_ARGS__}})

/* Never negative, never past INT64_MAX: sizes saturate instead of wrapping. */
int64_t size_multiply(int64_t a, int64_t b);
int64_t size_add(int64_t a, int64_t b);

/* Unknown times anything is unknown. */
int64_t dim_multiply(int64_t a, int64_t b);

/* Number of elements; DIM_NONE when an axis is unknown; 1 for rank 0. */
int64_t shape_size(const Shape *);
/* Elements of axes [from, to). */
int64_t shape_span_size(const Shape *, int from, int to);
bool shape_known(const Shape *);
bool shape_equal(const Shape *, const Shape *);

/* axis as Python counts, negative from the end; -1 when there is no such axis. */
int shape_axis(const Shape *, int64_t axis);

/* Without axis / with one more axis before `axis`; ranks are the caller's care. */
Shape shape_without(const Shape *, int axis);
Shape shape_with(const Shape *, int axis, int64_t dim);
Shape shape_slice(const Shape *, int from, int to);

/* "(None, 3, 2)", "(4,)", "()". */
void shape_print(Text *, const Shape *);
const char *shape_text(Arena *, const Shape *);
const char *shape_dim_text(Arena *, int64_t dim);   /* "None", "16" */

#endif
