/* Values as Python's json module prints them. */
#ifndef SHAPEFLOW_KERAS_JSON_WRITE_H
#define SHAPEFLOW_KERAS_JSON_WRITE_H

#include "engine/value.h"

/* In quotes; beyond ASCII as \u, so that the bytes are safe everywhere. */
void json_put_text(Text *, const char *string);
void json_put_string(Text *, const char *bytes, size_t length);

/* None, bool, int, float (NaN and Infinity too), string, list, tuple, dict; the rest is null. */
void json_put_value(Text *, const Value *);

#endif
