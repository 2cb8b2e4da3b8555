import numpy as np
import keras
from keras import Input, Model, Sequential, layers, ops
from keras.layers import *
x1 = Input(shape=(7, 7, ))
x2, h, c = LSTM(1, return_state=True)(x1)
x3 = RNN(LSTMCell(1))(x1)
x4 = ops.squeeze(x2, 1)
x5 = x1[:, 1:]
x6 = UnitNormalization()(x3)
x8 = ops.norm(x5, axis=-1)
model = Model(x1, [x8, x4])
model.layers[1].trainable = False
model.compile(optimizer='adam', loss='mse')
