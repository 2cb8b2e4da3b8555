from keras import Input, Sequential
from keras import layers


class ModelBuilder:
    default_units = [64, 32]
    registry = {'mlp': 'build_mlp', 'cnn': 'build_cnn'}

    def __init__(self, n_classes=10, units=None):
        self.n_classes = n_classes
        self.units = units or self.default_units

    def build(self, kind, shape):
        return getattr(self, self.registry[kind])(shape)

    def build_mlp(self, shape):
        body = [layers.Flatten()] + [layers.Dense(u, activation='relu') for u in self.units]
        return Sequential([Input(shape), *body, self.head()])

    def build_cnn(self, shape):
        return Sequential([Input(shape), layers.Conv2D(4, 3), layers.Flatten(), self.head()])

    def head(self):
        return layers.Dense(self.n_classes, activation='softmax', name='head')


model = ModelBuilder(n_classes=7).build('mlp', (14, 14))
