import numpy as np
import keras
from keras import Input, Model, Sequential, layers, ops
from keras.layers import *
x1 = Input((2, 1, ))
x2 = ops.where(x1 > 0, x1, 0.0)
x3 = x1 / (x2 + 1)
x4 = Conv1D(10, 1, padding='same', name='enc-1')(x3)
x5 = Reshape((-1,))(x1)
x6 = x4[:, -1]
x7 = LayerNormalization()(x3)
x8 = LSTM(5, return_sequences=True, trainable=False)(x4)
x9 = RMSNormalization()(x8)
sub1 = Sequential([Input((2, 1, )), ReLU(), Dense(1)], name='out.2')
x11 = sub1(x7)
x12 = MaxPooling1D(2)(x7)
x13 = Identity()(x8)
x14 = Bidirectional(LSTM(6))(x13)
model = Model(x1, x14)
