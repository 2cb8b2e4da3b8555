/* What operations with sliding windows share: arguments. */
#ifndef SHAPEFLOW_ENGINE_OPERATIONS_WINDOWED_H
#define SHAPEFLOW_ENGINE_OPERATIONS_WINDOWED_H

#include "engine/layers/spatial.h"
#include "engine/operations/operation.h"

#define WINDOWED_PADDING     {.name = "padding", .type = PARAM_CHOICE, .choices = PADDING_CHOICES, .fallback = VALUE_IS_TEXT("valid")}
#define WINDOWED_DATA_FORMAT {.name = "data_format", .type = PARAM_CHOICE, .choices = DATA_FORMAT_CHOICES}

/* padding.lower() and the data format. */
bool windowed_make(Maker *);
bool windowed_channels_first(const Layer *);
/* One int serves all axes; false where there are more or fewer. */
bool windowed_ints(const Value *, int axes, int64_t *out);
bool windowed_refuse_rank(const Shape *in, Error *);

#endif
