/* What both styles of summary ask of a model. */
#ifndef SHAPEFLOW_KERAS_SUMMARY_PARTS_H
#define SHAPEFLOW_KERAS_SUMMARY_PARTS_H

#include "keras/graph_view.h"
#include "keras/summary.h"

enum { BUILD_SHAPES_MAX = 16, NESTING_MAX = 32 };

/* "1,234,567". */
const char *summary_count(Arena *, int64_t);
/* "2.94 KB"; six units, each 1024 times the one before. */
const char *memory_text(Arena *, double bytes, const char *const *units);

/* Every weight once, in bytes of its own type. */
typedef struct WeightBytes { double trainable, frozen; } WeightBytes;
WeightBytes weight_bytes(Arena *, const Plan *);

/* How a style writes shapes: what stands around dictionary keys, and after an only axis. */
typedef struct ShapeStyle { const char *quote, *after_one; } ShapeStyle;
extern const ShapeStyle RICH_SHAPES, PLAIN_SHAPES;    /* (None) and (None,) */

/* "[(None, 4), (None, 4)]"; one shape stands alone. */
void put_shapes(Text *, const TensorSpec *, int n, const ShapeStyle *);
/* The outputs of a call as they nest. */
void put_call_shapes(Text *, const Node *, const ShapeStyle *);

/* The shapes in get_build_config(), as many as there are. */
int build_shapes(const Layer *, TensorSpec *, int cap);

void put_plain(Text *, const Plan *, const SummaryOptions *);

#endif
