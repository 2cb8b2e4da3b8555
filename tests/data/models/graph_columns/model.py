import numpy as np
import keras
from keras import Input, Model, Sequential, layers, ops
from keras.layers import *
x1 = Input((7, ))
x2 = Dense(5)(x1)
sub1 = Sequential([Input((5, )), BatchNormalization(), Dense(4)])
x3 = sub1(x2)
sub2 = Sequential([Input((5, )), Dense(3), Dropout(0.1)], name='head')
x4 = sub2(x2)
x5 = Concatenate(axis=1)([x4, x1])
x6 = Dense(12, trainable=False)(x5)
x8 = Dense(7, activation='tanh')(x6)
x9 = x6[:, -1]
x10 = RepeatVector(2)(x6)
x11 = ActivityRegularization(0.1)(x9)
model = Model(x1, [x11, x10])
