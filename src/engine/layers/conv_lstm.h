/* ConvLSTM's cell: an LSTM cell whose products are convolutions, of the inputs and of the maps that it keeps. */
#ifndef SHAPEFLOW_ENGINE_LAYERS_CONV_LSTM_H
#define SHAPEFLOW_ENGINE_LAYERS_CONV_LSTM_H

#include "engine/layers/convolution.h"

/* One for each number of axes. */
extern const LayerKind LAYER_conv_lstm1d_cell, LAYER_conv_lstm2d_cell, LAYER_conv_lstm3d_cell;

const ConvConfig *conv_lstm_config(const Layer *cell);

/* Shape of the maps after a step, (batch, places..., filters), from a step's inputs. */
bool conv_lstm_shape(Arena *, const Layer *cell, const Shape *in, Shape *out, Error *);

/* The window that the kept maps are seen through: steps of one, as many places as cells. */
WindowAxis conv_lstm_recurrent_axis(const ConvConfig *, int axis, int64_t cells);

#endif
