/* The parts of reading a model from JSON: layers from configs, and the graph of a functional model. */
#ifndef SHAPEFLOW_KERAS_JSON_GRAPH_H
#define SHAPEFLOW_KERAS_JSON_GRAPH_H

#include "engine/model.h"

typedef struct JsonReader {
    Builder *builder;
    bool     legacy;     /* inside a model in the form of Keras 2 */
    bool     of_keras2;  /* written by Keras 2 itself, where a Sequential is a Functional too */
    Error   *err;
} JsonReader;

const Value *json_member(const Value *dict, const char *key);   /* NULL when absent, or dict is none */
const char *json_text(const Value *dict, const char *key);
bool json_shape(const Value *, Shape *);

/* {"start": ..., "stop": ..., "step": ...} */
bool json_slice(JsonReader *, const Value *dict, Value *out);

/* A config's value as what a constructor takes: layers made, policies by name. */
bool json_convert(JsonReader *, const Value *, ParamType, Value *out);

/* name: what it is called where its own config does not say; may be NULL. */
bool json_make_layer(JsonReader *, const Value *dict, const char *name, Layer **);
bool json_make_model_in(JsonReader *, const Value *dict, Model **);
bool json_make_graph(JsonReader *, const Value *dict, const Value *config, Model **);

bool json_refuse_opaque(JsonReader *, const Value *dict, const Layer *);

#endif
