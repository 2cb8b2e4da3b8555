import numpy as np
import keras
from keras import Input, Model, Sequential, layers, ops
from keras.layers import *
x1 = Input((9, ))
x2 = Input((16, ))
x3 = Reshape((1, -1))(x2)
x4 = SimpleRNN(6)(x3)
x5 = x4[:, 1:]
x6 = Dense(6)(x2)
shared0 = Sequential([Dense(8), ReLU()])
x8 = shared0(x4)
x10 = Dense(1, activation='relu', name='x', trainable=False)(x6)
x11 = ActivityRegularization(0.1, name='a_really_long_layer_name_for_the_table')(x5)
x12 = Dense(4096, name='x33')(x6)
x13 = Dense(1, activation='elu')(x8)
x14 = ops.stack([x11, x11], axis=1)
sub1 = Sequential([ReLU()])
x15 = sub1(x13)
model = Model([x1, x2], x15)
for layer in model.layers[:-1]:
    layer.trainable = False
