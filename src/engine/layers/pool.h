/* Pooling in numbers, terms and formulae: each output is the largest or the mean of a box of cells, in each channel. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_POOL_H
#define SHAPEFLOW_ENGINE_LAYERS_POOL_H

#include "engine/layer.h"
#include "engine/layers/volume.h"
#include "engine/layers/window.h"

enum { POOL_AXES = VOLUME_AXES };

/* Cells [first, end) along an axis. */
typedef struct PoolRange {
    int64_t first, end;
} PoolRange;

typedef struct PoolConfig PoolConfig;
struct PoolConfig {
    int           axes;
    bool          average;             /* else the largest */
    bool          channels_first;
    int64_t       size[POOL_AXES], stride[POOL_AXES];   /* of windows; size: of the output for adaptive ones */
    WindowPadding padding;
    const Value  *padding_value;       /* as given */
    bool          keep_axes;           /* of global ones */
    /* Along axis `axis` (0 = the first there is) of `in` cells: how many boxes, and box `place`. */
    int64_t   (*places)(const PoolConfig *, int axis, int64_t in);
    PoolRange (*range)(const PoolConfig *, int axis, int64_t in, int64_t place);
};

/* What make of each pooling layer begins with: axes by the class' name, average or largest. */
PoolConfig *pool_begin(Maker *);

void    pool_forward(const Forward *);
int64_t pool_trace(const Trace *, Term *, int64_t cap);
int64_t pool_connections(const Trace *);
/* "max x[18…19, 20…21, 2]", "Σ x[18…19, 20…21, 2]/4" */
void    pool_explain_rule(const Trace *, Text *);

#endif
