/* Every layer kind: one word each. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_H
#define SHAPEFLOW_ENGINE_LAYERS_H

#include "engine/layer.h"

/* clang-format off */
#define LAYERS(X) \
    /* core */ \
    X(input_layer) X(dense) X(activation) \
    /* reshaping */ \
    X(flatten)
/* clang-format on */

#define X(name) extern const LayerKind LAYER_##name;
LAYERS(X)
#undef X

#endif
