/* Small objects Keras makes from a name and arguments: initializers, regularizers, constraints, data type policies. */
#ifndef SHAPEFLOW_ENGINE_CONFIG_H
#define SHAPEFLOW_ENGINE_CONFIG_H

#include "engine/layer.h"

typedef struct ConfigKind {
    const char      *module;        /* "keras.initializers" */
    const char      *name;          /* "HeNormal" */
    const char      *source;        /* "keras.src.initializers.random_initializers", for <class '...'> */
    const char      *text_names;    /* further names that a string may say, with spaces around: " normal " */
    const char      *module_names;  /* further names the module has: " l1_l2 " */
    const ParamSpec *params;        int n_params;
    /* What the constructor refuses. NULL = nothing. */
    bool (*check)(Arena *, ValueDict *arguments, Error *);
} ConfigKind;

/* keras.initializers.HeNormal, keras.regularizers.l2: an attribute of a module. NULL when there is none. */
const ConfigKind *config_find(const char *module, const char *name);

/* Constructs: binds arguments as Python does, checks, fills in defaults. */
bool config_make(Arena *, const ConfigKind *, const Argument *, int n, Value *out, Error *);

/* keras.initializers.get and its sisters: what a string, dict, class, object or None stands for.
 * what = "initializer", "regularizer" or "constraint", for the refusal. */
bool config_resolve(Arena *, const char *what, const Value *, Value *out, Error *);

/* An argument of a resolved object; NULL when it has none of that name. */
const Value *config_argument(const Value *config, const char *name);

/* keras.activations.get: the function, and what get_config() says. */
bool activation_resolve(Arena *, const Value *, const Activation **, Value *out, Error *);

/* The function itself, as keras.activations.relu names it. */
Value activation_function(Arena *, const Activation *);

/* dtype_policies.get: compute and variable types, and the policy's name as a value. */
typedef struct DtypePolicy {
    Dtype compute, variable;
    Value name;
} DtypePolicy;
bool dtype_policy_resolve(const Builder *, const Value *, DtypePolicy *, Error *);

/* backend.standardize_dtype: a name or type object; None = floatx. */
bool dtype_resolve(const Builder *, const Value *, Dtype *, Error *);

/* backend.standardize_shape of a tuple, list or what else was given; refusals in Keras' words. */
bool shape_resolve(Arena *, const Value *, Shape *, Error *);

#endif
