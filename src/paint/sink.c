#include "paint/sink.h"

#include <stdlib.h>
#include <string.h>

bool sink_put(Sink *sink, const unsigned char *bytes, size_t length)
{
    if (sink->capacity - sink->length < length) {
        const size_t grown = sink->capacity * 2 + length + 4096;
        unsigned char *moved = realloc(sink->bytes, grown);
        if (!moved) return false;
        sink->bytes = moved;
        sink->capacity = grown;
    }
    memcpy(sink->bytes + sink->length, bytes, length);
    sink->length += length;
    return true;
}

bool sink_hand_over(Sink *sink, Text *out)
{
    ArenaTry attempt;
    arena_try_begin(out->arena, &attempt);
    const bool fits = setjmp(attempt.here) == 0;
    if (fits) text_put_bytes(out, (const char *)sink->bytes, sink->length);
    arena_try_end(out->arena, &attempt);
    free(sink->bytes);
    *sink = (Sink){0};
    return fits;
}
