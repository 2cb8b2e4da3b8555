#include "engine/layers/volume.h"

int volume_first_axis(bool channels_first)
{
    return channels_first ? 2 : 1;
}

int volume_channel_axis(const Shape *shape, bool channels_first)
{
    return channels_first ? 1 : shape->rank - 1;
}

Volume volume_make(int64_t batch, const int64_t dim[VOLUME_AXES], int64_t channels, bool channels_first)
{
    Volume volume = {.channels_first = channels_first, .batch = batch, .channels = channels};
    int64_t step = channels_first ? 1 : channels;
    for (int i = VOLUME_AXES - 1; i >= 0; i--) {
        volume.dim[i] = dim[i];
        volume.step[i] = step;
        step = size_multiply(step, dim[i]);
    }
    volume.channel_step = channels_first ? step : 1;
    volume.batch_step = channels_first ? size_multiply(step, channels) : step;
    return volume;
}

Volume volume_of(const Shape *shape, bool channels_first)
{
    int64_t dim[VOLUME_AXES];
    const int spatial = shape->rank - 2, first = volume_first_axis(channels_first);
    for (int i = 0; i < VOLUME_AXES; i++) {
        const int axis = i - (VOLUME_AXES - spatial);
        dim[i] = axis < 0 ? 1 : shape->dim[first + axis];
    }
    return volume_make(shape->dim[0], dim, shape->dim[volume_channel_axis(shape, channels_first)], channels_first);
}

int64_t volume_cells(const Volume *volume)
{
    return size_multiply(size_multiply(volume->dim[0], volume->dim[1]), volume->dim[2]);
}

Place volume_place(const Volume *volume, int64_t k)
{
    if (!volume->batch_step) return (Place){0};
    Place place = {.batch = k / volume->batch_step};
    k %= volume->batch_step;
    if (volume->channels_first) {
        place.channel = k / volume->channel_step;
        k %= volume->channel_step;
    }
    for (int i = 0; i < VOLUME_AXES; i++) {
        place.at[i] = k / volume->step[i];
        k %= volume->step[i];
    }
    if (!volume->channels_first) place.channel = k;
    return place;
}

int64_t volume_index(const Volume *volume, const Place *place)
{
    int64_t index = place->batch * volume->batch_step + place->channel * volume->channel_step;
    for (int i = 0; i < VOLUME_AXES; i++) index += place->at[i] * volume->step[i];
    return index;
}

static void copy_row(const Volume *from, const float *x, const Volume *to, float *y)
{
    for (int64_t w = 0; w < from->dim[2]; w++)
        for (int64_t c = 0; c < from->channels; c++)
            y[w * to->step[2] + c * to->channel_step] = x[w * from->step[2] + c * from->channel_step];
}

void volume_copy(const Volume *from, const float *x, const Volume *to, float *y)
{
    for (int64_t b = 0; b < from->batch; b++)
        for (int64_t d = 0; d < from->dim[0]; d++)
            for (int64_t h = 0; h < from->dim[1]; h++)
                copy_row(from, x + b * from->batch_step + d * from->step[0] + h * from->step[1], to,
                         y + b * to->batch_step + d * to->step[0] + h * to->step[1]);
}
