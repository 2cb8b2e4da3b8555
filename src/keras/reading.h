/* Keras code as data: models, inputs, weights and faults, each with its place in the text. Nothing is executed. */
#ifndef SHAPEFLOW_KERAS_READING_H
#define SHAPEFLOW_KERAS_READING_H

#include "engine/model.h"
#include "python/tree.h"

/* How a layer stands in the text. */
typedef enum PlaceForm {
    PLACE_ADD,        /* model.add(Dense(4)): statement = the whole statement */
    PLACE_ITEM,       /* an item of a literal list: statement = the item's expression */
    PLACE_CALL,       /* x = Dense(4)(x): statement = the whole statement */
    PLACE_OTHER       /* in a function, a loop, a variable: edits of arguments only */
} PlaceForm;

typedef struct ArgumentPlace {
    const char *param;        /* the parameter it binds to: "units" */
    Span        whole;        /* "units=4" or "4" */
    Span        value;        /* "4": the expression at the call; where it is a name, see literal */
    Span        literal;      /* the one number or string literal it comes from, anywhere in the text (num_classes = 10);
                                 SPAN_NONE when it is computed */
    bool        positional;
} ArgumentPlace;

typedef struct Place {
    PlaceForm      form;
    Span           call;        /* "Dense(4, activation='relu')" */
    Span           callee;      /* "Dense", "layers.Dense" */
    Span           inside;      /* between the parentheses */
    Span           statement;   /* see form */
    ArgumentPlace *args;   int n_args;
    int            times;       /* layers made here: more than 1 in loops and functions */
} Place;

/* An array of the text that can be a model's input: x = np.array(...). */
typedef struct ReadArray {
    const char *variable;
    Tensor      tensor;        /* data NULL when its numbers are not known (a data set) */
    Span        span;          /* the right-hand side */
    Span       *numbers;       /* place of each element, row-major; NULL when it is not a literal */
    int         used_by_fit;   /* order of preference: given to predict/call of the shown model comes first */
} ReadArray;

typedef struct NamedModel {
    const char *variable;
    Model      *model;
    Span        span;          /* the last assignment */
} NamedModel;

typedef struct ReadNote {      /* something the learner should know that is not a fault */
    const char *id;            /* sentence in assets/strings */
    const char *value[2];
    Span        span;
} ReadNote;

typedef struct WeightPlace {   /* model.layers[0].set_weights([...]) */
    const Layer *layer;
    Span         statement;
    int          loads_before;               /* load_weights lines that were met before */
    Span        *arrays;  int n_arrays;      /* the expression of each array */
    Span       **numbers;                    /* of each array: place of each element, or NULL */
} WeightPlace;

typedef struct WeightLoad {    /* model.load_weights('lenet.keras') */
    const Layer *layer;        /* the model as a layer */
    const char  *path;         /* as written, relative to the text's folder */
    Span         statement;
} WeightLoad;

typedef struct Reading {
    const char  *text;   size_t length;
    PyNode      *tree;
    Builder      builder;
    NamedModel  *models;     int n_models;
    int          shown;                       /* index in models, -1 = none */
    Model       *model;                       /* the one shown, NULL = none */
    Error        error;                       /* the refusal; error.set = false when Keras takes the text */
    Error       *faults;     int n_faults;    /* all other faults with a place: syntax, unknown names ... for the code pane */
    ReadNote    *notes;      int n_notes;
    Span        *dimmed;     int n_dimmed;    /* statements that are no part of the model */
    ReadArray   *arrays;     int n_arrays;
    int         *input_arrays; int n_input_arrays;   /* for each model input: index in arrays, -1 = none */
    Place       *places;     int n_places;    /* layer->place */
    WeightPlace *weights;    int n_weights;
    WeightLoad  *loads;      int n_loads;
    Span         print_shape;                 /* the last statement that prints a shape; SPAN_NONE = none */
    int64_t      seed;       Span seed_span;
    Span         model_end;                   /* where a set_weights line may be put: the end of the statement that ends the model */
} Reading;

typedef struct ReadOptions {
    const char *model;       /* --model NAME, NULL = `model`, else the last built */
    const char *folder;      /* of the text, for np.load and load_weights; NULL = nothing beside it is read */
} ReadOptions;

/* Never fails: faults are in the reading. All memory is the arena's; text must outlive it. */
void keras_read(Reading *, Arena *, const char *text, size_t length, const ReadOptions *);

/* "line 4, column 11" and the line with a caret under it, for the command line:
 *     line 1, column 21: name 'Dens' is not defined
 *         model = Sequential([Dens(4)])
 *                             ^~~~
 */
void reading_report(const Reading *, const Error *, Text *);

#endif
