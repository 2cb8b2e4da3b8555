/* JSON as Python reads it, and models written as JSON: model.to_json(), config.json of a .keras archive. */
#ifndef SHAPEFLOW_KERAS_JSON_H
#define SHAPEFLOW_KERAS_JSON_H

#include "engine/model.h"

enum {
    JSON_DEPTH_MAX = 256,              /* of lists and objects in one another */
    JSON_KEYS_MAX = 4096,              /* of one object */
    JSON_BYTES_MAX = 64 * 1024 * 1024
};

/* One value: null None, integers int (saturated), everything else with a point or exponent float, NaN and Infinity too;
 * lists, dicts in the order written, the last of equal keys holds. Spans are places in the text.
 * Faults in the words of Python's json module. */
bool json_read(Arena *, const char *text, size_t length, Value *out, Error *);

/* A model in the form of Keras 3 or Keras 2. Classes that Keras does not ship become opaque layers where the file tells
 * their output's shape, and are refused in Keras' words where it does not. */
bool json_read_model(Builder *, const char *text, size_t length, Model **out, Error *);

/* The same from a value that was read: {"class_name": "Sequential", "config": {...}}. */
bool json_make_model(Builder *, const Value *, Model **out, Error *);

#endif
