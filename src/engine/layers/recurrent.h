/* What recurrent layers share: the cell that is repeated over the steps, and the options of the repetition. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_RECURRENT_H
#define SHAPEFLOW_ENGINE_LAYERS_RECURRENT_H

#include "engine/layer.h"
#include "engine/layers/terms.h"

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
/* The cell's weights that make its unit u, or its filter u, in every gate. */
void recurrent_add_weights(TermList *, const Layer *cell, int64_t u);
KerasTensor *recurrent_mask(Builder *, Layer *, Node *, KerasTensor *const *in_masks, Error *);

/* NULL for layers that repeat no cell. */
RecurrentConfig *recurrent_config(const Layer *);

extern const LayerKind LAYER_simple_rnn_cell, LAYER_lstm_cell, LAYER_gru_cell, LAYER_stacked_rnn_cells;

#endif
