/* The parts of telling a container: records of the stream, and what an HDF5 file holds. */
#ifndef SHAPEFLOW_KERAS_CONTAINER_STREAM_H
#define SHAPEFLOW_KERAS_CONTAINER_STREAM_H

#include "keras/container.h"

typedef struct Stream {
    const Sink *sink;
    int64_t     numbers;      /* put so far */
    int         groups;
    bool        closed;       /* the last word was said */
} Stream;

bool stream_put(Stream *, const void *bytes, size_t length);
bool stream_put_integer(Stream *, int64_t);
/* The word after which nothing comes. Returns false. */
bool stream_close(Stream *, ContainerWord);
bool stream_put_config(Stream *, const char *bytes, size_t length);
bool stream_put_group(Stream *, const char *name, int64_t count);

/* What an HDF5 file holds, as it lies in memory. False after the last word. */
bool hdf5_send(Stream *, const void *bytes, size_t length);

#endif
