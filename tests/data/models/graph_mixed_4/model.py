import numpy as np
import keras
from keras import Input, Model, Sequential, layers, ops
from keras.layers import *
x1 = Input((4, 6, 6, 1, ), name='features')
x2 = MaxPooling3D()(x1)
x3 = Conv3D(8, 2)(x1)
x4 = x2 / (x2 + 1)
x5 = GlobalAveragePooling3D(name='head')(x2)
isub1 = Input((2, 3, 3, 1, ))
hsub1 = ELU(name='head10')(isub1)
sub1 = Model(isub1, hsub1)
sub1.trainable = False
x6 = sub1(x4)
x7 = x3[..., :1]
x8 = Softmax()(x4)
x9 = Dot(axes=-1)([x5, x7])
x10 = Conv3DTranspose(4, 2)(x8)
shared0 = BatchNormalization(name='head92', trainable=False)
x11 = shared0(x10)
model = Model(x1, x11, name='head24')
for layer in model.layers[:-1]:
    layer.trainable = False
