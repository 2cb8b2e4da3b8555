/* Batches of maps with up to three axes: where a cell's number stands, channels first or last. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_VOLUME_H
#define SHAPEFLOW_ENGINE_LAYERS_VOLUME_H

#include "engine/shape.h"

enum { VOLUME_AXES = 3 };   /* depth, height, width; missing ones come first, 1 long */

typedef struct Volume {
    bool    channels_first;
    int64_t batch, channels, dim[VOLUME_AXES];
    int64_t batch_step, channel_step, step[VOLUME_AXES];   /* numbers from one to the next */
} Volume;

typedef struct Place {
    int64_t batch, channel, at[VOLUME_AXES];
} Place;

/* Of a known shape of rank 3 to 5, batch axis first. */
Volume volume_of(const Shape *, bool channels_first);
Volume volume_make(int64_t batch, const int64_t dim[VOLUME_AXES], int64_t channels, bool channels_first);

int64_t volume_cells(const Volume *);                      /* of one map */
Place   volume_place(const Volume *, int64_t k);           /* where element k is */
int64_t volume_index(const Volume *, const Place *);

/* Copies numbers from one order to another; both have the same batch, dims and channels. */
void volume_copy(const Volume *from, const float *x, const Volume *to, float *y);

/* Of a shape with batch axis: the first axis of the maps, and the axis of channels. */
int volume_first_axis(bool channels_first);
int volume_channel_axis(const Shape *, bool channels_first);

#endif
