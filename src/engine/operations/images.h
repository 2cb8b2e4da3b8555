/* What the operations of keras.ops.image share. */
#ifndef SHAPEFLOW_ENGINE_OPERATIONS_IMAGES_H
#define SHAPEFLOW_ENGINE_OPERATIONS_IMAGES_H

#include "engine/layers/spatial.h"
#include "engine/operations/dependence.h"

#define IMAGES_DATA_FORMAT {.name = "data_format", .type = PARAM_CHOICE, .choices = DATA_FORMAT_CHOICES}

extern const ParamSpec IMAGES_CALL[1], IMAGES_FORMAT[1];

bool images_make(Maker *);
/* An image or a batch of them; `listed` ones tell their shape as a list. */
bool images_check(const Shape *, const char *name, Error *);
bool images_check_listed(const Shape *, Error *);
/* The images' own shape. */
bool images_infer_same(const Layer *, const Call *, const TensorSpec *in, int n_in, Outputs *, Error *);

/* Counted from the end: the axis of rows (columns come next) and of channels. */
int images_height_axis(const Layer *, const Shape *);
int images_channel_axis(const Layer *, const Shape *);

/* Adds up what the kind's trace tells. */
void images_forward_sum(const Forward *);

#define IMAGES_SUM(TRACE, RULE_TEXT)                                                                                \
    .forward = images_forward_sum, .trace = (TRACE), .rule = TRACE_SUM, .explain = dependence_explain,              \
    .family = &(const Dependence){RULE_TEXT}

#endif
