/* A model is a graph of layer calls: Sequential, functional, or subclassed. Every model is also a layer. */
#ifndef SHAPEFLOW_ENGINE_MODEL_H
#define SHAPEFLOW_ENGINE_MODEL_H

#include "engine/layer.h"

typedef enum ModelKind { MODEL_SEQUENTIAL, MODEL_FUNCTIONAL, MODEL_SUBCLASSED } ModelKind;

/* One call of the graph, its tensors by number. */
typedef struct ModelStep {
    Node *node;
    int  *from;      /* for each input: number of the tensor */
    int   first;     /* outputs are tensors [first, first + node->n_out) */
} ModelStep;

/* What a subclassed model keeps its layers in: a layer, or a list of layers and lists. */
typedef struct ModelAttribute {
    const char *name;
    Value       value;
} ModelAttribute;

struct Model {
    ModelKind     kind;
    Layer        *self;             /* the model as a layer: name, children, calls */
    Layer       **layers;           /* Sequential: as added, InputLayer not among them; functional: Keras' order of
                                       model.layers with InputLayers and operations; subclassed: order of attributes */
    int           n_layers;
    size_t        layers_capacity;
    uint64_t     *names_met;        /* Sequential, of many layers: a bit for what each name's hash is, so that few are compared */
    size_t        names_room;       /* bits of it, a power of two */
    Layer       **called;           /* subclassed: those of its calls, in the order of a functional model; none where Keras
                                       would refuse that model */
    int           n_called;
    ModelAttribute *attributes;     /* subclassed: as its text made them */
    int           n_attributes;
    ModelStep    *steps;            /* in the order of execution, those of inputs first; what finds masks too */
    int           n_steps, n_tensors;
    size_t        steps_capacity;
    int           n_straight;       /* Sequential: steps of the last graph, each fed by the one before, that can be taken again */
    KerasTensor **inputs, **outputs;
    int           n_inputs, n_outputs;
    int          *input_at, *output_at;   /* their tensors' numbers */
    Value         input_structure, output_structure;   /* as given: a tensor, a list, a dict */
    Layer        *input_layer;      /* Sequential: its InputLayer, NULL while there is none */
    bool          built;
    bool          only_marked;      /* subclassed: by build(shape), which tells Keras no shape of any layer */
    bool          explicit_input;   /* Sequential: an Input was given, not found from data */
    Layer        *inner;            /* Sequential: the Functional that Keras makes of it when it is built; else self */
    int           n_good;           /* layers that are sound, when a fault was found */
    bool          faulty;
};

/* The kinds of the models themselves. */
extern const LayerKind KIND_SEQUENTIAL, KIND_FUNCTIONAL, KIND_SUBCLASSED;

/* Sequential(layers=None, trainable=True, name=None) as written. Refusals come in the order of Keras' constructor: its own
 * arguments (then there is no model: NULL), what is no layer, names used twice, then shapes. Refused later, the model is there
 * with what is good (see model_good_layers), and err is set. */
Model *sequential_construct(Builder *, const Argument *, int n, Span, Error *);

/* Sequential() with nothing in it; name NULL = automatic. NULL when the name is refused. */
Model *sequential_make(Builder *, const char *name, Span, Error *);
bool sequential_add(Builder *, Model *, const Value *layer, bool rebuild, Error *);
bool sequential_pop(Builder *, Model *, bool rebuild, Error *);
/* What the constructor does at its end, add() each time: shapes, when the input's is known. */
bool sequential_rebuild(Builder *, Model *, Error *);
bool model_build(Builder *, Model *, const Shape *, int n, Error *);   /* model.build(shape) */

/* keras.Model(...) as written, when the class itself is called. */
Model *model_construct(Builder *, const Argument *, int n, Span, Error *);
/* Model(inputs, outputs): finds the graph between, in Keras' order of layers. */
Model *functional_make(Builder *, Value inputs, Value outputs, const char *name, Span, Error *);

/* A subclassed model, from what its super().__init__() got; nodes are recorded while `call` is followed, then functional-like. */
Model *subclassed_make(Builder *, const char *class_name, const Argument *, int n, Span, Error *);
void subclassed_track(Builder *, Model *, Layer *);   /* self.dense = Dense(4) */
/* A subclassed model as the functional model of its calls; not for changing. */
const Model *model_as_functional(Arena *, const Model *);
bool subclassed_record(Builder *, Model *, KerasTensor **inputs, int n, Value outputs, Error *);

/* The layer of that name, nested ones not looked into; NULL when there is none. */
Layer *model_layer(const Model *, const char *name);

/* Of a refused model: how many of model->layers are sound (before the fault). */
int model_good_layers(const Model *);

#endif
