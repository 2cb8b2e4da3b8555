import numpy as np
import keras
from keras import Input, Model, Sequential, layers, ops
from keras.layers import *
x1 = Input(shape=(18, ))
x2 = Input((12, 8, 3, ))
x3 = Dense(64, use_bias=False, name='head')(x1)
x4 = RepeatVector(4, trainable=False)(x1)
x5 = ops.sqrt(ops.abs(x2))
x6 = Bidirectional(GRU(6), merge_mode='sum')(x4)
x7 = MultiHeadAttention(2, 3)(x6, x6)
x8 = RepeatVector(2)(x6)
x9 = Sequential([Dense(7), ReLU()])(x6)
x11 = AveragePooling1D(2, padding='same', trainable=False)(x8)
x13 = x8[:, 0]
x14 = SpatialDropout1D(0.2)(x8)
x15 = ZeroPadding1D(1)(x11)
model = Model([x1, x2], [x15, x11])
