/* The parts of telling a container: records of the stream, and the numbers of one HDF5 file. */
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

/* Every layer's variables of a model.weights.h5. False after the last word. */
bool store_send(Stream *, const void *bytes, size_t length);

#endif
