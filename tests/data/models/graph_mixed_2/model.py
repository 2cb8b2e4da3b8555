import numpy as np
import keras
from keras import Input, Model, Sequential, layers, ops
from keras.layers import *
x1 = Input(shape=(9, 8, ))
x2 = Input((None, 5, ))
x3 = Input(shape=(3, 6, 6, 1, ))
x4 = x2 / (x3 + 1)
shared0 = MaxPooling1D(2)
x5 = shared0(x1)
x6 = UnitNormalization()(x5)
x7 = PReLU()(x4)
x8 = ops.tile(x5, (1, 2))
x9 = ELU()(x8)
x11 = SpatialDropout1D(0.2)(x6)
x12 = shared0(x8)
x13, h, c = LSTM(5, return_state=True)(x12)
x14 = Activation('elu')(x12)
isub1 = Input((4, 8, ))
hsub1 = LSTM(2, trainable=False)(isub1)
sub1 = Model(isub1, hsub1, name='a_really_long_layer_name_for_the_table')
x16 = sub1(x11)
model = Model([x1, x2, x3], x16)
model.layers[0].trainable = False
model.compile(optimizer='adam', loss='mse')
