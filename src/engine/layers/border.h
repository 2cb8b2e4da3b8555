/* Cells put around maps, or cut off their borders: what ZeroPadding and Cropping share. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_BORDER_H
#define SHAPEFLOW_ENGINE_LAYERS_BORDER_H

#include "engine/layers/advice.h"
#include "engine/layers/gather.h"
#include "engine/layers/params.h"
#include "engine/layers/spatial.h"

/* From `param`, the first argument; the config's length and cell are the caller's. */
bool border_make(Maker *, const char *param, const GatherConfig *how);

/* "28 + 1 + 1 = 30", with the sign of the kind. */
void border_explain(const Trace *, ExplainTopic, Text *);

#define BORDER_KIND(NAME, MODULE, TABLE) \
    .name = NAME, .module = "keras.src.layers.reshaping." MODULE, PARAMS_OF(TABLE), .make = make, .infer = infer, \
    .trace = gather_trace, .connections = gather_connections, .explain = border_explain, .advise = advise_other_rank, .rule = TRACE_SUM

#endif
