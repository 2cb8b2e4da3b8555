/* A model is a graph of layer calls: Sequential, functional, or subclassed. Every model is also a layer. */
#ifndef SHAPEFLOW_ENGINE_MODEL_H
#define SHAPEFLOW_ENGINE_MODEL_H

#include "engine/layer.h"

typedef enum ModelKind { MODEL_SEQUENTIAL, MODEL_FUNCTIONAL, MODEL_SUBCLASSED } ModelKind;

struct Model {
    ModelKind     kind;
    Layer        *self;             /* the model as a layer: name, children, calls */
    Layer       **layers;           /* Sequential: as added, InputLayer not among them; functional: Keras' order of
                                       model.layers with InputLayers and operations; subclassed: order of attributes */
    int           n_layers;
    size_t        layers_capacity;
    Node        **nodes;            /* in the order of execution, those of inputs first */
    int           n_nodes;
    KerasTensor **inputs, **outputs;
    int           n_inputs, n_outputs;
    Value         input_structure, output_structure;   /* as given: a tensor, a list, a dict */
    Layer        *input_layer;      /* Sequential: its InputLayer, NULL while there is none */
    bool          built;
    bool          explicit_input;   /* Sequential: an Input was given, not found from data */
};

/* Sequential(). layers may be NULL. Refusals come in the order of Keras' constructor: what is no layer, names used twice,
 * then shapes. On refusal the model keeps what is good (see layer_fault). */
Model *sequential_make(Builder *, const char *name, Span, Error *);
bool sequential_add(Builder *, Model *, const Value *layer, bool rebuild, Error *);
bool sequential_pop(Builder *, Model *, bool rebuild, Error *);
/* What the constructor does at its end, add() each time: shapes, when the input's is known. */
bool sequential_rebuild(Builder *, Model *, Error *);
bool model_build(Builder *, Model *, const Shape *, int n, Error *);   /* model.build(shape) */

/* Model(inputs, outputs): finds the graph between, in Keras' order of layers. */
Model *functional_make(Builder *, Value inputs, Value outputs, const char *name, Span, Error *);

/* A subclassed model; nodes are recorded while `call` is followed, then functional-like. */
Model *subclassed_make(Builder *, const char *class_name, const char *name, Span, Error *);
bool subclassed_record(Builder *, Model *, KerasTensor **inputs, int n, Value outputs, Error *);

/* The layer of that name, nested ones not looked into; NULL when there is none. */
Layer *model_layer(const Model *, const char *name);

/* Of a refused model: how many of model->layers are sound (before the fault). */
int model_good_layers(const Model *);

#endif
