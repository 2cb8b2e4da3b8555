/* How each cell of a resized axis is mixed from cells before: TensorFlow's tf.image.resize, axis by axis. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_RESAMPLE_H
#define SHAPEFLOW_ENGINE_LAYERS_RESAMPLE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum Interpolation {
    INTERPOLATE_NEAREST, INTERPOLATE_BILINEAR, INTERPOLATE_BICUBIC, INTERPOLATE_LANCZOS3, INTERPOLATE_LANCZOS5, INTERPOLATE_AREA
} Interpolation;

bool interpolation_find(const char *name, Interpolation *);

/* `out` cells made from `in`. antialias: a wider kernel where the axis shrinks. */
typedef struct Resampling {
    Interpolation interpolation;
    bool          antialias;
    int64_t       in, out;
} Resampling;

/* Cell `place` after is the sum of n cells before, from `first` on, each times its weight. */
typedef struct Mix {
    int64_t first, n;
} Mix;

/* Writes the weights when all n find room. */
Mix resample(const Resampling *, int64_t place, float *weight, int64_t room);

#endif
