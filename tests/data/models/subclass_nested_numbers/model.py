import numpy as np
import keras
from keras import Input, Model, Sequential, layers, ops
from keras.layers import *
class Net(Model):
    def __init__(self):
        super().__init__()
        self.l0 = Sequential([Dense(7), ReLU()])
        self.l1 = LayerNormalization()
        self.l2 = Dense(12, name='Out_1')
        self.l3 = Dense(1, activation='gelu')
        self.l4 = LayerNormalization()
    def call(self, x):
        x = self.l0(x)
        x = self.l1(x)
        x = self.l2(x)
        x = self.l3(x)
        x = self.l4(x)
        return x
model = Net()
y = model(np.zeros((2, 6, ), dtype="float32"))
model.compile(optimizer='adam', loss='mse')
