/* What a .keras or .h5 file holds, told as a plain stream of bytes: the part that opens foreign containers, run where it
 * can do no harm. Only plain data is told: the configuration as text, and arrays of numbers. */
#ifndef SHAPEFLOW_KERAS_CONTAINER_H
#define SHAPEFLOW_KERAS_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the stream goes; false = no more can be put. */
typedef struct Sink {
    bool (*put)(void *to, const void *bytes, size_t length);
    void  *to;
} Sink;

/* The stream is a series of records, each a ContainerWord and what it needs; numbers as this machine has them.
 *     CONFIG  uint64 length, the bytes
 *     GROUP   uint64 length, the name's bytes, uint64 count, and count arrays:
 *                 int64 rank, rank int64 axes, the numbers as float
 *     LEGACY  the groups are those of Keras 2
 *     END, or why there is no more. */
typedef enum ContainerWord {
    CONTAINER_CONFIG = 1, CONTAINER_GROUP, CONTAINER_LEGACY, CONTAINER_END,
    CONTAINER_TOO_LARGE,      /* more numbers than are read; what was told before holds */
    CONTAINER_NOT_ZIP, CONTAINER_NO_CONFIG, CONTAINER_NO_WEIGHTS, CONTAINER_NOT_HDF5, CONTAINER_NO_MEMORY,
    CONTAINER_BOMB
} ContainerWord;

enum {
    CONTAINER_GROUPS_MAX = 1 << 16,
    CONTAINER_ARRAYS_MAX = 1 << 12,     /* of one group */
    CONTAINER_NAME_MAX = 1 << 12,
    CONTAINER_CONFIG_MAX = 64 * 1024 * 1024,
    CONTAINER_DEPTH_MAX = 64            /* of groups in one another */
};
#define CONTAINER_NUMBERS_MAX (INT64_C(1) << 28)

/* Groups of a .keras archive are named by the path of their layer in Keras' store ("layers/dense"), with the layer's own
 * variables in order; those of the legacy form by their layer. An HDF5 file may hold weights alone, without CONFIG. */
void container_send(const void *bytes, size_t length, const Sink *);

#endif
