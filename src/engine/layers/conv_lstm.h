/* ConvLSTM's cell: an LSTM cell whose products are convolutions, of the inputs and of the maps that it keeps. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_CONV_LSTM_H
#define SHAPEFLOW_ENGINE_LAYERS_CONV_LSTM_H

#include "engine/layers/convolution.h"
#include "engine/layers/recurrent.h"
#include "engine/layers/spatial.h"

/* Argument tables: before and after the regularizer that the layer alone takes. */
#define CONV_LSTM_HEAD \
    CONV_FILTERS, CONV_WINDOW(PADDING_CHOICES, VALUE_IS_INT(1)), DATA_FORMAT, CONV_DILATION(VALUE_IS_INT(1)), RECURRENT_ACTIVATIONS, \
    PARAM_BIAS, RECURRENT_INITIALIZERS, RECURRENT_FORGET_BIAS, RECURRENT_REGULARIZERS
#define CONV_LSTM_TAIL RECURRENT_CONSTRAINTS, RECURRENT_SEED

/* One for each number of axes. */
extern const LayerKind LAYER_conv_lstm1d_cell, LAYER_conv_lstm2d_cell, LAYER_conv_lstm3d_cell;

const ConvConfig *conv_lstm_config(const Layer *cell);

/* Shape of the maps after a step, (batch, places..., filters), from a step's inputs. */
bool conv_lstm_shape(Arena *, const Layer *cell, const Shape *in, Shape *out, Error *);

/* The window that the kept maps are seen through: steps of one, as many places as cells. */
WindowAxis conv_lstm_recurrent_axis(const ConvConfig *, int axis, int64_t cells);

#endif
