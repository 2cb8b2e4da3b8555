/* A model on its way to being Keras code: the text so far, names given, variables in use. */
#ifndef SHAPEFLOW_KERAS_CODE_WRITER_H
#define SHAPEFLOW_KERAS_CODE_WRITER_H

#include "engine/model.h"

typedef struct NamedThing {    /* what stands for a layer, a model or the result of a call */
    const void *thing;
    const char *variable;
} NamedThing;

typedef struct NameUse {       /* automatic names given so far, as Keras will count them when it runs the code */
    const char *stem;
    int         given;
} NameUse;

typedef struct CodeWriter {
    Arena      *arena;
    Text        body;
    NamedThing *things;  size_t n_things, things_capacity;
    NameUse    *uses;    size_t n_uses, uses_capacity;
    const char **taken;  size_t n_taken, taken_capacity;    /* variables */
    bool        has_operations, has_arrays;
    bool        frozen;       /* a model around says trainable = False for all its layers */
} CodeWriter;

/* ---- names ---- */

/* A variable like `wanted` that is not in use; it is, from here on. */
const char *variable_new(CodeWriter *, const char *wanted);
void variable_bind(CodeWriter *, const void *thing, const char *variable);
const char *variable_of(const CodeWriter *, const void *thing);    /* NULL = it has none */

/* Counts one automatic name of the stem. */
void name_use(CodeWriter *, const char *stem);
/* Whether Keras would give the layer its own name at this place; counts it then. */
bool name_is_automatic(CodeWriter *, const Layer *, const char *name);
bool name_is_next(CodeWriter *, const Layer *);    /* the same, not counted */

/* A layer among the arguments, as get_config() has it (Bidirectional makes its own); NULL = that argument is none. */
const Layer *wrapped_layer(const Layer *, int param);

/* What the class is called in keras.layers. */
const char *public_class(const Layer *);

/* ---- parts of code ---- */

void put_code_value(CodeWriter *, Text *, const Value *, ParamType);
/* What stands in x[...]: ":, 1:-1, ::2". */
void put_subscript(CodeWriter *, Text *, const Value *key);

/* "layers.Dense(16, activation='relu')"; models used inside must have variables. */
void put_constructor(CodeWriter *, Text *, const Layer *);

/* ", name='x'" and what else every constructor takes, where it differs from what would be without. first: no comma. */
void put_base_arguments(CodeWriter *, Text *, const Layer *, bool *first);

/* The constructor's own arguments, only those without which it would make another layer. */
void put_own_arguments(CodeWriter *, Text *, const Layer *, bool *first);

#endif
