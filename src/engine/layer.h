/* The contract of a layer kind, and what a layer made from one is.
 *
 * A layer lives as in Keras: layer_make runs the constructor (all refusals of arguments), layer_call applies it to
 * symbolic tensors (input checks, build on the first call, shapes), and later, with numbers, forward and trace run.
 * Each kind is one const row; the table of all kinds is in engine/layers/layers.h. */
#ifndef SHAPEFLOW_ENGINE_LAYER_H
#define SHAPEFLOW_ENGINE_LAYER_H

#include "engine/value.h"

typedef struct LayerKind LayerKind;
typedef struct Model Model;
typedef struct Node Node;
typedef struct Activation Activation;
typedef struct Finish Finish;
typedef struct FinishList FinishList;

/* ---- what can be passed to a constructor or a call ---- */

typedef enum ParamType {
    PARAM_ANY, PARAM_INT, PARAM_FLOAT, PARAM_BOOL, PARAM_STRING, PARAM_INTS /* int or tuple of ints */, PARAM_SHAPE,
    PARAM_CHOICE /* one of `choices` */, PARAM_ACTIVATION, PARAM_INITIALIZER, PARAM_REGULARIZER, PARAM_CONSTRAINT,
    PARAM_LAYER, PARAM_LAYERS, PARAM_SEED, PARAM_DTYPE,
    PARAM_TENSORS /* of a call: symbolic tensors, None or a nest of them */
} ParamType;

/* The type serves the editor's widgets, the writers and the JSON reader; what is refused, and how, is the kind's `make`. */
typedef struct ParamSpec {
    const char        *name;
    ParamType          type;
    Value              fallback;   /* the default; zeroed (VALUE_NONE) otherwise */
    bool               required;
    bool               keyword_only;
    bool               unsaved;    /* not in get_config() */
    const char        *saved_with; /* in get_config() only when this parameter holds; NULL = always */
    bool               variadic;   /* *operands of a call: takes what else stands there, as a tuple */
    const char *const *choices;    /* of PARAM_CHOICE, closed with NULL */
    const char        *example;    /* code that would do, for a proposal: "16" */
} ParamSpec;

/* Where an argument's tensors are in the flat list of inputs. */
typedef struct TensorRange {
    int first, n;
} TensorRange;

/* How a layer was called, beside the tensors: one value for each of kind->call_params (NULL = just `inputs`). */
typedef struct Call {
    Value       *args;      /* tensors stand here as VALUE_TENSOR, possibly in lists */
    TensorRange *tensors;   /* of each of args */
    int          n;
} Call;

/* ---- weights ---- */

typedef struct WeightSpec {
    const char *name;          /* "kernel" */
    const char *path;          /* "sequential/dense/kernel" */
    Shape       shape;         /* fully known */
    Dtype       dtype;
    Value       initializer;   /* VALUE_CONFIG */
    int64_t     ones_from, ones_to;   /* elements that start at 1 whatever the initializer says: LSTM's unit_forget_bias */
    bool        trainable;
    bool        as_stored;     /* autocast=False: a mixed policy computes with it in its own type */
    bool        state;         /* never learned (moving averages): trainable = True does not reach it */
    const float *given;        /* numbers from set_weights or a file; NULL = from the initializer */
} WeightSpec;

/* ---- a layer ---- */

/* What inputs are taken; checked before build in Keras' order and words. -1 = any. */
typedef struct InputSpec {
    const char *name;        /* NULL = None */
    int   ndim, min_ndim, max_ndim;
    int   n_axes;
    struct { int axis; int64_t dim; } axes[SHAPE_RANK_MAX];   /* axes that must have this size */
    bool  exact;  Shape shape;       /* the whole shape, where a kind asks for it */
    bool  squeeze, optional;         /* allow_last_axis_squeeze; None is taken too */
} InputSpec;

struct Layer {
    const LayerKind *kind;
    int          id;            /* the place among all layers of the Builder, from 0 */
    const char  *name;          /* "dense_1" */
    int          legacy_number; /* Keras 2's number for the automatic name; -1 = the name was given, or Keras' own affair */
    const char  *class_name;    /* kind->name, or the text's own class for custom layers and models */
    const char  *type_name;     /* "keras.src.layers.core.dense.Dense", as in <class '...'> */
    Value       *args;          /* one for each kind->params; `make` puts in what get_config() would say */
    Value        initial_kwargs;/* base arguments given (name, dtype, trainable, ...): a dict, for writers */
    void        *config;        /* the kind's own resolved arguments (DenseConfig ...), made by `make` */
    Dtype        dtype;         /* of what is computed */
    Dtype        variable_dtype;/* of weights: float32 under a mixed policy */
    bool         autocast;
    Value        dtype_policy;  /* what get_config() says: a name */
    Value        activity_regularizer;
    bool         trainable;     /* its own flag; layer_trainable(layer) minds the owners' */
    bool         supports_masking;
    InputSpec   *input_specs;   /* one for each input; none = anything */
    int          n_input_specs;
    const char  *parent_path;   /* of the first call or build: "sequential"; NULL = neither was */
    bool         built;
    Shape        build_shape;   /* the first input's shape at build */
    Value        build_config;  /* get_build_config(): {"input_shape": ...} or by argument */
    WeightSpec  *weights;       /* its own, in the order of Keras' layer.weights without those of children */
    int          n_weights;
    struct Lora *lora;          /* engine/lora.h; NULL = none */
    Layer      **children;      /* wrapped layers, cells, layers of a nested model: in the order of Keras' weights */
    int          n_children;
    const Layer *adopted;       /* whose weight a wrapper holds as its own, before the rest of layer.weights; NULL = none */
    int          adopted_weight;
    Model       *model;         /* of a model used as a layer, else NULL */
    Node       **calls;         /* every time it was called */
    int          n_calls;
    size_t       calls_capacity;
    Value        input_shape;   /* input_shape= or (input_dim,) as given, without the batch axis; else None */
    Span         span;          /* the constructor call in the text */
    int          place;         /* index in the source map, -1 = not from a text */
};

/* A symbolic tensor: output `index` of `node`. */
struct KerasTensor {
    TensorSpec   spec;
    const char  *name;          /* "keras_tensor_3", or an Input's name */
    Node        *node;
    int          index;
    KerasTensor *mask;          /* Keras' _keras_mask; NULL = none */
    KerasTensor *quiet_mask;    /* one that Keras has only when numbers flow: out of a nested model */
    Value        constant;      /* a number or array that stands where a tensor may (ops); else None */
};

/* One application of a layer. */
struct Node {
    Layer        *layer;
    Call          call;
    KerasTensor **in;   int n_in;     /* flat, in the order of the call's arguments; masks included */
    int           n_linked;           /* of these, the first that are edges of Keras' graph; the rest are masks that Keras
                                         finds again when numbers flow */
    KerasTensor **out;  int n_out;
    bool          one_output;         /* the call gives a tensor, not a list of one */
    Value         structure;          /* how outputs nest when not flat: a list or dict of tensors; else None */
    const Model  *inside;             /* of a nested model where masks cross its border: its graph with them, fed by `in`; else NULL */
    int           order;              /* rises with every call of the Builder */
    int           names;              /* automatic names it took when it was made */
    int           mark, place;        /* of the last walk that met it, and where it stood there */
    Span          span;               /* the call in the text */
};

/* ---- making and calling ---- */

/* What lasts while models are put together: memory, names, counters. One for a text or a file. */
typedef struct Builder {
    Arena *arena;
    struct NameCount *names; size_t n_names, names_capacity;   /* how often each automatic name was given */
    int    named;           /* automatic names given, all together */
    int    layers;          /* ids given */
    int    order;
    const char *scope;      /* "sequential/dense", for weight paths; "" outside */
    int    walks;           /* over graphs, so far */
    int    depth;           /* of nested constructors and calls; limited */
    int64_t nodes;          /* made so far; limited */
    Dtype  floatx;          /* keras.config.floatx() */
    const char *image_data_format;   /* "channels_last" */
    Value  dtype_policy;    /* the global one */
    int    quiet;           /* calls made for their numbers' sake, unknown to Keras: they take no names and leave no trace */
    bool   eager;           /* numbers flow (a model called on an array) */
    /* Gives a subclassed layer its graph when it is built; in: what its first call gets. NULL = nobody can tell. */
    bool (*follow)(void *follower, Layer *, const Call *, const TensorSpec *in, int n_in, Error *);
    bool   in_call;         /* set by follow: what failed is call() itself, which Keras tells with its arguments */
    /* Such a layer is called again: what its call() makes takes names each time. NULL = nobody counts. */
    void (*again)(void *follower, const Layer *);
    void  *follower;
} Builder;

/* Automatic names: how many of each. */
typedef struct NameCounts {
    const int *given;
    size_t     n;
} NameCounts;

void builder_make(Builder *, Arena *);

/* "dense", "dense_1", ...: Keras' auto_name of a class name or stem. */
const char *builder_name(Builder *, const char *class_name);
/* The number that Keras 2 gives to the same layer: what Keras makes for itself is not counted, operations stand apart. */
int builder_legacy_number(Builder *, const LayerKind *, const char *class_name);
/* Lets some names of a class pass, as if they had been given. */
void builder_skip_names(Builder *, const char *class_name, int n);
NameCounts builder_names(const Builder *);                          /* given so far */
NameCounts builder_names_since(const Builder *, NameCounts before);
NameCounts builder_names_sum(const Builder *, NameCounts, NameCounts, int sign);    /* the first with, or without (-1) the second */
void builder_repeat_names(Builder *, NameCounts);                   /* lets as many pass once more */
const char *snake_case(Arena *, const char *class_name);
bool snake_case_is(const char *class_name, const char *snake);   /* of a class name that is a word */

typedef struct Argument {    /* of a constructor or call as written */
    const char *keyword;     /* NULL = positional */
    Value       value;
    Span        span;        /* with the keyword */
} Argument;

/* The constructor: binds arguments as Python does, then runs kind->make. NULL with err on refusal. */
Layer *layer_make(Builder *, const LayerKind *, const Argument *, int n, Span, Error *);
/* The same for a class of another name, which is said in refusals and gives the automatic name. */
Layer *layer_make_as(Builder *, const LayerKind *, const char *class_name, const Argument *, int n, Span, Error *);
bool layer_takes(const char *keyword);   /* name, trainable, dtype ...: what every layer takes */

/* Applies a layer: Keras' Layer.__call__ on symbolic tensors. NULL with err on refusal.
 * The first call builds the layer. Implicit masks travel as in Keras. */
Node *layer_call(Builder *, Layer *, const Argument *, int n, Span, Error *);
Value node_result(Arena *, const Node *);   /* what the call gives: a tensor, or several as Keras nests them */
/* The usual case: one positional argument, a tensor or a list of tensors. */
Node *layer_apply(Builder *, Layer *, Value inputs, Error *);

/* Builds without calling (layer.build(shape)). */
bool layer_build(Builder *, Layer *, const TensorSpec *in, int n, Error *);

/* ---- for `make` of a kind ---- */

typedef struct Maker {
    Builder *builder;
    Layer   *layer;
    Value    kwargs;       /* a dict: what is not in kind->params, for layer_base */
    const Argument *given; int n_given;
    Span     span;
    Error   *err;
} Maker;

/* super().__init__(**kwargs): name, dtype, trainable, activity_regularizer, input_shape ...; refuses the unknown,
 * and gives the automatic name. Each kind calls it at the place where Keras' constructor does. */
bool layer_base(Maker *);

const Value *maker_arg(const Maker *, const char *param);
/* Marks the argument at fault for the underline: return maker_refuse(m, "units", "ValueError", "...", ...). */
bool maker_refuse(Maker *, const char *param, const char *exception, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Python's own refusals of an argument: `left op right` where NULL stands for the argument, iter(), int(), float(). */
bool maker_refuse_order(Maker *, const char *param, const char *op, const char *left, const char *right);
bool maker_refuse_items(Maker *, const char *param);
bool maker_refuse_int(Maker *, const char *param);
bool maker_refuse_float(Maker *, const char *param);

/* Keras' activations.get and its sisters: a name, a function, an object or None. The resolved form goes back into
 * the argument; *activation is never NULL on success (linear for None). */
bool maker_activation(Maker *, const char *param, const Activation **);
bool maker_initializer(Maker *, const char *param);
bool maker_regularizer(Maker *, const char *param);
bool maker_constraint(Maker *, const char *param);
/* standardize_tuple: n ints, all >= 1 (or >= 0), in Keras' words; the tuple goes back into the argument. */
bool maker_ints(Maker *, const char *param, int n, bool allow_zero, int64_t *out);
/* The same for a part of an argument, which messages call `name`: "1st entry of padding". */
bool maker_ints_in(Maker *, const char *param, const char *name, const Value *, int n, bool allow_zero, int64_t *out);
/* standardize_data_format: None = the global one; the name goes back into the argument. */
bool maker_data_format(Maker *, const char *param, bool *channels_first);
bool maker_seed(Maker *, const char *param);
bool maker_padding(Maker *, const char *param, bool allow_causal);
bool maker_child(Maker *, Layer *child);   /* tracked as Keras tracks attributes */
/* Of a parameter that was not given, or was given as None. */
bool maker_is_none(const Maker *, const char *param);
/* Puts in what get_config() would say. */
void maker_set(Maker *, const char *param, Value);
/* "a, b" for f"{value}" in a message: str() of the argument. */
const char *maker_text(const Maker *, const char *param);

/* ---- for `build` of a kind ---- */

/* What a parameter of the constructor was given, as `make` left it; None where the kind has no such parameter. */
const Value *layer_arg(const Layer *, const char *param);

/* build()'s input_shape: a tuple for a lone tensor, nested as the first argument of the call otherwise. */
Value call_shapes(Arena *, const Call *, const TensorSpec *in);

/* add_weight; refuses unknown axes in Keras' words. */
bool layer_add_weight(Builder *, Layer *, const char *name, Shape, Value initializer, bool trainable, Error *);
bool layer_add_typed_weight(Builder *, Layer *, const char *name, Shape, Dtype, Value initializer, bool trainable, Error *);
InputSpec *layer_add_input_spec(Builder *, Layer *);   /* all -1, for the kind to fill in */
/* For infer of a kind that looks at one tensor's shape: a list there has none, in Python's words. */
bool call_takes_one(const Call *, Error *);
/* A child's build inside its parent's: scope and built flag are minded. */
bool layer_build_child(Builder *, Layer *child, const TensorSpec *in, int n, Error *);

/* ---- numbers ---- */

/* One term of output k: in[input][from] * weight[weight][at] * scale. -1 marks "not there":
 * a bias has no input, a copy has no weight, a constant has neither. Where LoRA splits a kernel, a second weight of the same
 * layer multiplies the product. */
typedef struct Term {
    int     input;  int64_t from;
    int     weight; int64_t at;     /* weight: index in layer->weights; of children: see child */
    int     child;                  /* -1 = the layer's own weights, else layer->children[child]'s (innermost for nests of one) */
    double  scale;                  /* 1 mostly; 1/n for an average */
    int     factor; int64_t factor_at;   /* the second weight: its index + 1, 0 = none */
} Term;

/* How the terms of an output make the output. */
typedef enum TraceRule {
    TRACE_SUM,       /* activation(sum of terms) */
    TRACE_MAX,       /* activation(largest term) */
    TRACE_DEPENDS    /* what the output depends on; `explain` tells the rule */
} TraceRule;

/* Outputs that infer fills. */
typedef struct Outputs {
    Arena      *arena;
    TensorSpec *spec;  int n;  size_t capacity;
    bool        list;          /* a list even with one output */
    Value       structure;     /* how they nest when not flat (see Node); else None */
} Outputs;
void outputs_add(Outputs *, Shape, Dtype);

enum { COUNT_BY_TRACE = -2 };

/* A layer with numbers: shapes are fully known here, batch axis included. */
typedef struct Forward {
    const Layer  *layer;
    const Node   *node;                  /* the call of the graph; NULL where a layer runs another itself */
    const Call   *call;
    const Tensor *in;      int n_in;     /* flat, as in Node */
    const Tensor *weights;               /* as layer->weights */
    Tensor       *out;     int n_out;    /* shape and memory are there; zeros, unless kind->fills */
    const void   *prepared;              /* what kind->prepare made; NULL in a run that is the only one */
    const FinishList *after;             /* where kind->leads: what is done to the rows of the output as well; NULL = nothing */
    const struct WeightTable *table;     /* of every layer, for forward_child */
    Arena        *scratch;               /* dropped after the layer */
    bool         *impossible;            /* set to true where Keras would fail only now: there are no numbers then */
} Forward;

/* What a call of a layer gives, without building or calling it: shapes and types of its outputs. call may be NULL: the
 * inputs alone. Also for children inside a wrapper's infer, forward and trace. */
bool layer_infer(const Layer *, const Call *, const TensorSpec *in, int n_in, Outputs *, Error *);
/* The same of numbers: all of `in` is known. */
bool layer_infer_numbers(const Layer *, const Call *, const TensorSpec *in, int n_in, Outputs *, Error *);
/* How terms make an output; of wrappers, as their layer does. */
TraceRule layer_rule(const Layer *);
const Activation *layer_activation(const Layer *);   /* never NULL */

/* Output k depends on input k alone. */
bool layer_is_elementwise(const Layer *);
/* Whose weights a term names. */
const Layer *layer_of_term(const Layer *, const Term *);

/* Whether numbers can come out of it: nothing in it is code of the text's own. */
bool layer_computes(const Layer *);

/* Runs a child on given tensors. Where out's data is NULL, shape and memory (from scratch) are found here. call may be NULL. */
void forward_child(const Forward *, const Layer *child, const Call *, const Tensor *in, int n_in, Tensor *out, int n_out);

typedef struct Trace {
    const Layer      *layer;
    const Call       *call;
    const TensorSpec *in;   int n_in;
    const TensorSpec *out;  int n_out;
    int               output;   /* which output ... */
    int64_t           k;        /* ... and which of its elements, row-major, batch axis included */
} Trace;

/* kind->trace, minding activations that make one output of two sums. 0 where a kind has no trace. */
int64_t layer_trace(const Trace *, Term *, int64_t cap);

typedef enum ExplainTopic {
    EXPLAIN_TITLE,    /* what stands beside the class on the layer: "16", "8 · 5×5" (activation is added by the caller) */
    EXPLAIN_PARAMS,   /* the count as arithmetic: "2×16 + 16 = 48"; nothing when there are no weights */
    EXPLAIN_RULE,     /* of one output, with its index: "Σ x[1,k]·W[k,2] + b[2]" */
    EXPLAIN_SHAPE     /* why the shape: "(28 − 5 + 2·2)/1 + 1 = 28"; nothing when it is plain */
} ExplainTopic;

struct LayerKind {
    const char      *name;          /* Keras class: "Dense" */
    const char      *constructor;   /* the class whose __init__ it has, where that is not its own: "Merge"; else NULL */
    const char      *module;        /* where Keras keeps it: "keras.src.layers.core.dense"; for <class '...'> */
    const ParamSpec *params;        int n_params;        /* of the constructor, in order */
    const ParamSpec *call_params;   int n_call_params;   /* of call(), in order; NULL = just `inputs` */

    /* NULL means: no arguments of its own to refuse, base arguments only. */
    bool (*make)(Maker *);
    /* What build() refuses, adds (weights, input specs), and resolves. NULL = nothing. */
    bool (*build)(Builder *, Layer *, const Call *, const TensorSpec *in, int n_in, Error *);
    /* Fills out (n_out of them); pure, for unknown and known axes alike. NULL = the first input's. */
    bool (*infer)(const Layer *, const Call *, const TensorSpec *in, int n_in, Outputs *out, Error *);
    /* The shapes of the numbers, where call() gives others than Keras infers (RandomCrop that does not train). NULL = infer's. */
    bool (*infer_numbers)(const Layer *, const Call *, const TensorSpec *in, int n_in, Outputs *out, Error *);
    void (*forward)(const Forward *);
    /* What lasts over many runs of one call (kernels packed), in the arena; only shapes and weights are there. NULL = nothing. */
    const void *(*prepare)(const Forward *, Arena *);
    /* What it does to rows of its only input, in place and with nothing else; false where it can't be said so. NULL = never. */
    bool (*follow)(const Forward *, Arena *, Finish *);
    /* Whether forward minds forward->after. NULL = never. */
    bool (*leads)(const Forward *);
    bool         fills;             /* forward writes every number of the outputs, so that nobody needs zeros there first */
    /* All terms' count; writes the first `cap`. NULL = nothing known (drawn opaque). */
    int64_t (*trace)(const Trace *, Term *, int64_t cap);
    void (*explain)(const Trace *, ExplainTopic, Text *);
    /* The rule of element k of the first output with the numbers of a run, where it is no sum: "0.61·tanh(0.55)". NULL = nothing. */
    void (*numbers)(const Forward *, int64_t k, Text *);
    /* compute_mask: the mask of the outputs, NULL = none. Kinds with `keeps_mask` pass the first input's on. */
    KerasTensor *(*mask)(Builder *, Layer *, Node *, KerasTensor *const *in_masks, Error *);
    bool             cell;            /* takes (inputs, states), gives the output and the new states: what RNN repeats */

    /* What else may have been meant, for an input of a rank that the layer does not take; NULL = nothing more. */
    void (*advise)(const Layer *, const Shape *in, Error *);
    /* Whether its numbers can be had; NULL = always, when there is `forward`. */
    bool (*computes)(const Layer *);
    const Activation *(*activation)(const Layer *);   /* applied to the sum; NULL = linear */
    TraceRule        rule;
    TraceRule      (*rule_of)(const Layer *);         /* where layers of the kind differ (wrappers); NULL = rule */
    /* Terms with an input over all outputs, by formula; NULL or COUNT_BY_TRACE = counted with trace. */
    int64_t        (*connections)(const Trace *);
    bool             keeps_mask;      /* supports_masking = True */
    bool             elementwise;     /* output k depends on input k alone, same shape: drawn inside the previous column */
    bool             operation;       /* keras.ops: no constructor in keras.layers, listed in functional summaries */
    bool             no_keywords;     /* the constructor takes no **kwargs: its words for an unknown argument differ */
    bool             built_at_make;   /* the constructor says built = True */
    bool             rowwise;         /* applied alike along every axis but the last (Dense): "shared by 3 rows" */
    const char      *stem;            /* automatic name where it is not the snake-cased class name; else NULL */
    /* ---- of operations ---- */
    const char      *function;        /* the function in keras.ops; NULL = the snake-cased class name */
    const char *const *order;         /* the function's parameters, where they are not those of call() and then those of the
                                         constructor; closed with NULL */
    bool             called;          /* the function goes through __call__, which wraps refusals as it does those of layers */
    const void      *family;          /* what the rows of one family differ in, for the family's own functions */
};

/* Every kind, operations too; returns how many. */
int layer_kinds(const LayerKind *const **kinds);
const LayerKind *layer_kind_find(const char *class_name);    /* keras.layers */
const LayerKind *operation_find(const char *function_name);  /* keras.ops: "reshape", "abs" */
const LayerKind *operation_class_find(const char *class_name);   /* "Reshape", "Absolute" */
/* keras.ops.<function>(args...) on symbolic tensors: binds as the function does, makes the operation and calls it. */
Node *operation_node(Builder *, const LayerKind *, const Argument *, int n, Span, Error *);
/* The same for what has one output; NULL when there is no such operation, or it refuses. */
KerasTensor *operation_apply(Builder *, const char *function_name, const Argument *, int n, Error *);

/* ---- facts ---- */

/* Whether get_config() tells of kind->params[param]. */
bool layer_saves(const Layer *, int param);

typedef struct ParamCount { int64_t all, trainable, frozen; } ParamCount;   /* saturated */
ParamCount layer_params(const Layer *);        /* with children, shared ones once */
bool layer_is_trainable(const Layer *);
void layer_set_trainable(Layer *, bool);     /* layer.trainable = ...: reaches weights and children */

/* Every weight of the layer and its children in the order of Keras' layer.weights. */
typedef struct WeightRef { const Layer *layer; int index; } WeightRef;
int layer_weights(const Layer *, WeightRef *, int cap);
/* set_weights: refuses other counts and shapes in Keras' words; keeps the pointers given. */
bool layer_set_weights(Layer *, const Tensor *, int n, Error *);

#endif
