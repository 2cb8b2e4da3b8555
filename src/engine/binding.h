/* Arguments to parameters, as Python binds them and in Python's words. */
#ifndef SHAPEFLOW_ENGINE_BINDING_H
#define SHAPEFLOW_ENGINE_BINDING_H

#include "engine/layer.h"

typedef struct Signature {
    const char      *name;       /* "Dense.__init__" */
    const ParamSpec *params;     int n_params;
    bool             receiver;   /* a method: self counts among the positional arguments */
    bool             keywords;   /* takes **kwargs */
} Signature;

/* values: one for each parameter, defaults filled in; from: index of the argument, -1 = default; rest: what **kwargs gets. */
typedef struct Bound {
    Value     *values;
    int       *from;
    Value      rest;
} Bound;

/* What an argument of an older Keras is called today; NULL when it is not known. */
const char *modern_name(const char *argument);

/* A call of a function: TypeError as the interpreter says it. */
bool bind_call(Arena *, const Signature *, const Argument *, int n, Bound *, Error *);

/* inspect.signature(...).bind: the same in other words. */
bool bind_inspected(Arena *, const Signature *, const Argument *, int n, Bound *, Error *);

#endif
