/* Bytes an encoder writes, held outside the arena: an arena without memory is left only when the encoder is closed. */
#ifndef SHAPEFLOW_PAINT_SINK_H
#define SHAPEFLOW_PAINT_SINK_H

#include "base/text.h"

typedef struct Sink {
    unsigned char *bytes;
    size_t         length, capacity;
} Sink;

bool sink_put(Sink *, const unsigned char *bytes, size_t length);

/* Empties the sink into a text; false without memory, with the text as it was. */
bool sink_hand_over(Sink *, Text *);

#endif
