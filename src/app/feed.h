/* Numbers that a person hands in and gets back: .npy, JSON, and nested lists. */
#ifndef SHAPEFLOW_APP_FEED_H
#define SHAPEFLOW_APP_FEED_H

#include "base/error.h"
#include "engine/tensor.h"

typedef enum FeedFault { FEED_GOOD, FEED_UNREADABLE, FEED_MALFORMED } FeedFault;

/* value: a path ending in .npy or .json, or the nested list itself. The error's message says what is wrong. */
FeedFault feed_read(Arena *, const char *value, Tensor *, Error *);

/* "[[1, 2], [3, 4]]": every level a list of equal length; NaN and Infinity as Python's json writes them. */
bool feed_parse(Arena *, const char *text, size_t length, Tensor *, Error *);

/* Nested JSON with 9 significant digits, which read back to the same float32. */
void feed_print(Text *, const Tensor *);

#endif
