/* Arrays of numbers and lists of names in an HDF5 file, told to the stream. */
#ifndef SHAPEFLOW_KERAS_HDF5_ARRAYS_H
#define SHAPEFLOW_KERAS_HDF5_ARRAYS_H

#include <hdf5.h>

#include "keras/container_stream.h"

typedef hid_t ArrayOpen(const void *from, int64_t i);

/* One group of the stream: arrays 0 to count - 1, each opened (negative = it is not there) and closed again. Nothing is
 * said of a group without arrays. False after the last word. */
bool hdf5_send_group(Stream *, const char *name, int64_t count, ArrayOpen *, const void *from);

typedef struct NameList {    /* to be closed */
    char  *bytes;            /* of all names, each `width` long with its closing 0 */
    size_t width;
    int64_t n;
} NameList;

/* An attribute that holds strings. False where it is not there, or holds something else. */
bool hdf5_names(hid_t object, const char *attribute, NameList *);
void names_close(NameList *);
static inline const char *names_at(const NameList *names, int64_t i) { return names->bytes + (size_t)i * names->width; }

/* model.weights.h5 and .weights.h5 of Keras 3: every layer's variables. */
bool store_send(Stream *, hid_t file);
/* The older form: layer_names, and weight_names of each layer. */
bool legacy_send(Stream *, hid_t weights);

#endif
