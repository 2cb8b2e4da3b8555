/* A model on its way to being PyTorch code: modules made so far, lines of forward, which tensor stands in which variable. */
#ifndef SHAPEFLOW_KERAS_TORCH_CODE_H
#define SHAPEFLOW_KERAS_TORCH_CODE_H

#include "keras/code_writer.h"
#include "keras/graph_view.h"

/* The order of a tensor's axes: Keras' own, or PyTorch's with the channels moved before the places. */
typedef enum TorchLayout { LAYOUT_KERAS, LAYOUT_TORCH, LAYOUTS } TorchLayout;

typedef struct TorchTensor {
    const KerasTensor *tensor;
    const char        *name[LAYOUTS];   /* the expression that holds it; NULL = not in that order */
} TorchTensor;

/* Classes of few lines that stand before the models where they are used. */
typedef enum TorchHelper { HELPER_PERMUTE, HELPER_SAME_PAD, HELPER_ATTENTION, HELPERS } TorchHelper;

typedef struct TorchFile {      /* the whole text */
    Arena     *arena;
    Error     *err;
    CodeWriter names;           /* of classes; a model's self is bound to its class */
    Text       classes;
    bool       helpers[HELPERS];
    bool       functional;      /* torch.nn.functional is used */
} TorchFile;

typedef struct TorchCode {      /* one nn.Module */
    TorchFile   *file;
    GraphView    view;
    bool         line;          /* each call feeds the next: one variable x will do */
    bool         sequence;      /* so far every line of forward is a module too: items say the same */
    CodeWriter   variables, names;        /* of forward; of members */
    Text         members, lines, items;   /* of __init__, of forward, of nn.Sequential(...) */
    TorchTensor *tensors;   size_t n_tensors, tensors_capacity;
    const char  *first;         /* the variable of the first input */
} TorchCode;

/* One call of a layer being written: x grows from the variable of its first input to the expression of its output. */
typedef struct TorchStep {
    TorchCode        *code;
    const Layer      *layer;
    const Node       *node;          /* NULL inside a wrapper */
    const TensorSpec *in, *out;      /* of the first input and output */
    const char       *x;
    TorchLayout       layout;        /* of x */
    const char      **results;  int n_results;   /* of a call with several outputs; else none */
} TorchStep;

/* Writes one call; false where PyTorch has no counterpart. */
typedef bool TorchLayer(TorchStep *);
TorchLayer *torch_layer_find(const char *class_name);
TorchLayer *torch_operation_find(const char *class_name);
/* The layer's own function, or its model's; a refusal names the layer. */
bool torch_write_layer(TorchStep *);

/* ---- arguments of the layer ---- */

const Value *torch_arg(const TorchStep *, const char *param);    /* None where it has no such argument */
bool torch_flag(const TorchStep *, const char *param);
bool torch_is(const TorchStep *, const char *param, const char *text);
int64_t torch_int(const TorchStep *, const char *param, int i);  /* number i of a tuple, or the lone one */
const char *torch_number(const TorchStep *, const char *param);  /* as Python writes it */
/* "2" where all n are alike, else "(2, 3)". */
const char *torch_ints(Arena *, const int64_t *, int n);

/* ---- growing x ---- */

/* The variable of input i in that layout; conversions are written where needed. */
const char *torch_input(TorchStep *, int i, TorchLayout);
bool torch_has(const TorchStep *, TorchLayout);    /* of the first input: no conversion is needed */
void torch_take(TorchStep *, TorchLayout);         /* x = the first input in that layout */

/* $ in the texts stands for x so far. */
void torch_item(TorchStep *, const char *format, ...) __attribute__((format(printf, 2, 3)));     /* of nn.Sequential alone */
void torch_inline(TorchStep *, const char *format, ...) __attribute__((format(printf, 2, 3)));   /* of forward alone; an item says the same */
void torch_apply(TorchStep *, const char *format, ...) __attribute__((format(printf, 2, 3)));    /* has no module of its own */
/* x = self.<layer's name><suffix>(x); note: how its weights follow from Keras', NULL = they are the same. */
void torch_module(TorchStep *, const char *suffix, const char *constructor, const char *note);
/* The member alone, for expressions that use it: its name. */
const char *torch_member(TorchStep *, const char *suffix, const char *constructor, const char *note);
void torch_flush(TorchStep *);                     /* x becomes a plain variable */
void torch_line(TorchStep *, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *torch_variable(TorchStep *, const char *suffix);    /* a new one, named after the layer */
void torch_use(TorchStep *, TorchHelper);
/* Axes change places: torch_permute(step, 4, (int[]){0, 2, 3, 1}). */
void torch_permute(TorchStep *, int rank, const int *axes);

/* ---- what many layers share ---- */

bool torch_activate(TorchStep *, const Activation *, int axis);   /* axis: of those over one, in Keras' layout */
bool torch_activate_by(TorchStep *);              /* what layer_activation says, over the last axis */
/* Where the channels are: LAYOUT_KERAS for data_format='channels_first'. */
TorchLayout torch_channels(const TorchStep *);
int torch_axis(const TorchStep *, int axis);      /* axis of Keras' layout in that of x */
Shape torch_shape(const TorchStep *);             /* of the first input in PyTorch's order: (batch, channels, places) */
/* Zeros (or `value`) around the places; negative numbers take cells away. */
typedef struct TorchPad { int64_t before, after; } TorchPad;
void torch_pad(TorchStep *, int axes, const TorchPad *, const char *value);
/* "0, 1, 1, 1": innermost axis first, as PyTorch counts. */
const char *torch_pads(Arena *, int axes, const TorchPad *);

TorchLayer torch_conv, torch_conv_transpose, torch_depthwise, torch_separable;
TorchLayer torch_pool, torch_global_pool, torch_adaptive_pool;
TorchLayer torch_zero_padding, torch_cropping, torch_up_sampling, torch_resizing, torch_center_crop;
TorchLayer torch_batch_norm, torch_layer_norm, torch_group_norm, torch_unit_norm, torch_rms_norm, torch_normalization;
TorchLayer torch_recurrent, torch_bidirectional, torch_time_distributed;
TorchLayer torch_merge, torch_average, torch_concatenate, torch_dot;
TorchLayer torch_attention, torch_additive_attention, torch_multi_head, torch_group_query;
TorchLayer torch_nested;

/* The layer alone on a tensor that is no output of the graph: for wrappers. */
bool torch_inside(TorchStep *outer, const Layer *, const TensorSpec *in);

#endif
