import numpy as np
import keras
from keras import Input, Model, Sequential, layers, ops
from keras.layers import *
class Net(Model):
    def __init__(self):
        super().__init__()
        self.l0 = Permute((2, 1))
        self.l1 = Conv1D(7, 2)
        self.l2 = GlobalAveragePooling1D(name='features')
        self.l3 = Dense(6, use_bias=False)
        self.l4 = Rescaling(0.5)
    def call(self, x, training=False):
        x = self.l0(x)
        x = self.l1(x)
        x = self.l2(x)
        x = self.l3(x)
        x = self.l4(x)
        return x
model = Net()
model.build((None, 3, 4, ))
model.layers[0].trainable = False
for layer in model.layers[:-1]:
    layer.trainable = False
