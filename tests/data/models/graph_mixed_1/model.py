import numpy as np
import keras
from keras import Input, Model, Sequential, layers, ops
from keras.layers import *
x1 = Input(shape=(6, 12, 3, ))
x3 = Conv2D(6, 2, padding='same')(x1)
shared0 = GlobalMaxPooling2D(trainable=False)
x4 = shared0(x3)
x6 = x4 > 0
x7 = Dense(4, activation='sigmoid')(x6)
x8 = x4 / (x3 + 1)
x9 = AdditiveAttention()([x8, x6])
x10 = ops.add(x6, 1.0)
x11 = x7[:, 1:]
x12 = CenterCrop(2, 2)(x8)
x13 = GroupNormalization(groups=1)(x9)
x14 = Cropping2D(1)(x13)
model = Model(x1, x14)
model.layers[0].trainable = False
