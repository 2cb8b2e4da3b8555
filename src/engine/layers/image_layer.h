/* What layers over images share: the arguments of Keras' BaseImagePreprocessingLayer. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_IMAGE_LAYER_H
#define SHAPEFLOW_ENGINE_LAYERS_IMAGE_LAYER_H

#include "engine/layer.h"

/* Those that hide in **kwargs. */
#define IMAGE_HIDDEN_PARAMS \
    {.name = "bounding_box_format", .type = PARAM_STRING, .keyword_only = true, .unsaved = true}
#define IMAGE_HIDDEN_FACTOR {.name = "factor", .type = PARAM_ANY, .keyword_only = true, .unsaved = true}

extern const ParamSpec IMAGE_CALL[2];

/* "Layer Resizing does not take a `factor` argument.": for kinds without one of their own. */
bool image_refuse_factor(Maker *);

/* The shape with another height and width, as given; what is no size is refused as any shape's is. */
bool image_shape(Arena *, const Shape *in, bool channels_first, const Value *height, const Value *width, Shape *out, Error *);

/* The axes of height and of width. */
int image_height_axis(const Shape *, bool channels_first);

#endif
