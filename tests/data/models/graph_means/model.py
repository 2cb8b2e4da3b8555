import numpy as np
import keras
from keras import Input, Model, Sequential, layers, ops
from keras.layers import *
x1 = Input((28, 12, 1, ))
x2 = GlobalMaxPooling2D(name='a_really_long_layer_name_for_the_table')(x1)
x3 = Dense(1)(x2)
x4 = Average()([x1, x1])
sub1 = Sequential([Input((1, )), ReLU(), Dense(2), BatchNormalization()])
x5 = sub1(x3)
x6 = ops.mean(x3, axis=1)
x7 = ZeroPadding2D(((1, 0), (0, 1)), name='head')(x4)
x8 = ops.transpose(x6)
model = Model(x1, x8)
