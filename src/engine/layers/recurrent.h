/* What recurrent layers share: the cell that is repeated over the steps, and the options of the repetition. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_RECURRENT_H
#define SHAPEFLOW_ENGINE_LAYERS_RECURRENT_H

#include "engine/layers/params.h"
#include "engine/layers/terms.h"

/* Argument tables: what layers and their cells both take. */
#define RECURRENT_UNITS       PARAM_NEEDED("units", PARAM_INT, "16")
#define RECURRENT_ACTIVATION  PARAM_WITH("activation", PARAM_ACTIVATION, VALUE_IS_TEXT("tanh"))
#define RECURRENT_ACTIVATIONS RECURRENT_ACTIVATION, PARAM_WITH("recurrent_activation", PARAM_ACTIVATION, VALUE_IS_TEXT("sigmoid"))
#define RECURRENT_INITIALIZERS \
    PARAM_START("kernel_initializer", "glorot_uniform"), PARAM_START("recurrent_initializer", "orthogonal"), \
    PARAM_START("bias_initializer", "zeros")
#define RECURRENT_FORGET_BIAS PARAM_WITH("unit_forget_bias", PARAM_BOOL, VALUE_IS_TRUE)
#define RECURRENT_REGULARIZERS \
    PARAM("kernel_regularizer", PARAM_REGULARIZER), PARAM("recurrent_regularizer", PARAM_REGULARIZER), \
    PARAM("bias_regularizer", PARAM_REGULARIZER)
#define RECURRENT_CONSTRAINTS \
    PARAM("kernel_constraint", PARAM_CONSTRAINT), PARAM("recurrent_constraint", PARAM_CONSTRAINT), \
    PARAM("bias_constraint", PARAM_CONSTRAINT), PARAM_WITH("dropout", PARAM_FLOAT, VALUE_IS_FLOAT(0.0)), \
    PARAM_WITH("recurrent_dropout", PARAM_FLOAT, VALUE_IS_FLOAT(0.0))
#define RECURRENT_SEED        PARAM("seed", PARAM_SEED)
#define RECURRENT_RESET       PARAM_WITH("reset_after", PARAM_BOOL, VALUE_IS_TRUE)
#define RECURRENT_IMPLEMENTATION \
    {.name = "implementation", .type = PARAM_INT, .fallback = VALUE_IS_INT(2), .keyword_only = true, .unsaved = true}

typedef struct RecurrentConfig {
    Layer *cell;
    bool   return_sequences, return_state, go_backwards, stateful, unroll;
    bool   zero_for_mask;      /* masked steps give zeros instead of the step before */
} RecurrentConfig;

/* call(sequences, initial_state, mask, training) */
enum { RECURRENT_SEQUENCES, RECURRENT_INITIAL_STATE, RECURRENT_MASK, RECURRENT_TRAINING, RECURRENT_CALL };
extern const ParamSpec RECURRENT_CALL_PARAMS[RECURRENT_CALL];

/* Of a cell: its initializers, regularizers, constraints and the two rates of dropout. */
bool recurrent_read_weights(Maker *);

/* Makes the layer's own cell from those of the layer's arguments that the cell takes too, and of the base arguments those that
 * are passed to it, closed with NULL. NULL on refusal. */
Layer *recurrent_make_cell(Maker *, const LayerKind *cell, const char *name, const char *const *passed);
extern const char *const RECURRENT_PASSED[];    /* dtype and trainable */

/* RNN.__init__ with a cell: base arguments and options. A layer of `ndim` takes inputs of that rank only; 0 = any. */
bool recurrent_make(Maker *, Layer *cell, int ndim);

bool recurrent_build(Builder *, Layer *, const Call *, const TensorSpec *in, int n_in, Error *);
bool recurrent_infer(const Layer *, const Call *, const TensorSpec *in, int n_in, Outputs *, Error *);
void recurrent_forward(const Forward *);
int64_t recurrent_trace(const Trace *, Term *, int64_t cap);
/* The step that makes element k of the first output, told by the cell with its numbers. */
void recurrent_numbers(const Forward *, int64_t k, Text *);
/* "tanh(…)", or "(…)" of the linear one. */
const char *recurrent_applied(Arena *, const Activation *, const char *what);
/* The cell's weights that make its unit u, or its filter u, in every gate. */
void recurrent_add_weights(TermList *, const Layer *cell, int64_t u);
KerasTensor *recurrent_mask(Builder *, Layer *, Node *, KerasTensor *const *in_masks, Error *);

/* NULL for layers that repeat no cell. */
RecurrentConfig *recurrent_config(const Layer *);

extern const LayerKind LAYER_simple_rnn_cell, LAYER_lstm_cell, LAYER_gru_cell, LAYER_stacked_rnn_cells;

#endif
