import numpy as np
import keras
from keras import Input, Model, Sequential, layers, ops
from keras.layers import *
x1 = Input((12,))
x2 = Input((7, 2, ))
x3 = abs(x1)
x4 = x2[:, 0]
x5 = Dense(12)(x1)
x6 = Conv1D(9, 3, padding='same')(x2)
x7 = Dense(12, trainable=False)(x3)
x8 = MultiHeadAttention(2, 3)(x7, x7)
shared0 = Activation('gelu')
x9 = shared0(x8)
x10 = abs(x8)
x11 = RepeatVector(2)(x7)
x12 = SpatialDropout1D(0.2)(x11)
x13 = SeparableConv1D(6, 2, trainable=False)(x12)
x14 = Bidirectional(GRU(1), merge_mode='ave')(x11)
model = Model([x1, x2], x14)
model.compile(optimizer='adam', loss='mse')
