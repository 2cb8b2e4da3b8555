/* Identity: gives what it gets. */
#include "engine/layers/elementwise.h"

const LayerKind LAYER_identity = {
    .name = "Identity",
    .module = "keras.src.layers.core.identity",
    .infer = elementwise_infer_same,
    .forward = elementwise_forward,
    .follow = elementwise_follow,
    .fills = true,
    .trace = elementwise_trace,
    .connections = elementwise_connections,
    .explain = elementwise_explain,
    .rule = TRACE_SUM,
    .keeps_mask = true,
    .elementwise = true,
    .built_at_make = true,
};
