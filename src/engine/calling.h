/* One call of a layer on its way through Keras' Layer.__call__; shared by the files of that way. */
#ifndef SHAPEFLOW_ENGINE_CALLING_H
#define SHAPEFLOW_ENGINE_CALLING_H

#include "engine/binding.h"
#include "engine/layer_parts.h"
#include "engine/model_parts.h"

typedef struct Calling {
    Builder        *builder;
    Arena          *arena;
    Layer          *layer;
    const Argument *args;      int n_args;
    Span            span;
    Error          *err;
    const ParamSpec *params;
    Bound           bound;
    Call            call;
    KerasTensor   **in;        int n_in, n_linked;
    TensorSpec     *specs;     /* of `in`, as the layer sees them: floats in its own type */
    Value           previous_mask;
    bool            quiet_masks;   /* some of the masks are known only when numbers flow */
    Value           keywords;  /* what call() gets as keywords, for the words of a refusal */
} Calling;

static inline bool is_symbolic(const Value *value)
{
    return value->kind == VALUE_TENSOR;
}

/* ---- arguments (call_arguments.c) ---- */

/* Functional models and operations take anything by place. */
bool takes_anything(const Layer *);
bool calling_check_positional(Calling *);
bool calling_bind(Calling *);
bool calling_given_by_keyword(const Calling *, int param);
int calling_param(const Calling *, const char *name);              /* -1 when call() has none of that name */
bool calling_has_tensors(const Calling *, int param);              /* a tensor or a nest of them */
void calling_add_inputs(Calling *, int param);                     /* the argument's tensors to the flat list */
void calling_flatten(Calling *);
void calling_convert(Calling *, int from);                         /* types of inputs from that one on */
/* What goes wrong inside call() is told with the arguments; returns false. */
bool calling_wrap_error(const Calling *);

/* ---- build (layer_build.c) ---- */

bool layer_too_deep(Builder *, Error *);
bool calling_build(Calling *);

/* ---- masks (call_masks.c) ---- */

/* Masks found on the inputs go to the parameters that take them. */
void calling_populate_masks(Calling *);
/* compute_mask, onto the outputs. */
bool calling_set_masks(Calling *, Node *);

/* Masks that cross the border of a nested model (inside.c). */
bool calling_look_inside(Calling *, Node *);

#endif
