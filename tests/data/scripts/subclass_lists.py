import numpy as np
from keras import Model
from keras.layers import Dense, Dropout


class Net(Model):
    def __init__(self, hidden=(16, 8), n_out=3, rate=0.2, **kwargs):
        super().__init__(**kwargs)
        self.hidden = [Dense(n, activation='relu', name='hidden_%d' % n) for n in hidden]
        self.drop = Dropout(rate)
        self.out = Dense(n_out)

    def call(self, x, training=None):
        for layer in self.hidden:
            x = self.drop(layer(x), training=training)
        return self.out(x)


model = Net(hidden=[12, 6], name='net')
y = model(np.ones((4, 5)))
