import numpy as np
import keras
from keras import Input, Model, Sequential, layers, ops
from keras.layers import *
class Net(Model):
    def __init__(self):
        super().__init__()
        self.l0 = Flatten()
        self.l1 = Reshape((-1, 1))
        self.l2 = Bidirectional(LSTM(2))
        self.l3 = Dense(8, trainable=False)
        self.l4 = UnitNormalization()
    def call(self, x, training=False):
        x = self.l0(x)
        x = self.l1(x)
        x = self.l2(x)
        x = self.l3(x)
        x = self.l4(x)
        return x
model = Net()
model.build((None, 3, 6, ))
