import keras
from keras import layers


class ResidualBlock(layers.Layer):
    def __init__(self, filters, stride=1, **kwargs):
        super().__init__(**kwargs)
        self.first = layers.Conv2D(filters, 3, strides=stride, padding='same', use_bias=False)
        self.norm = layers.BatchNormalization()
        self.second = layers.Conv2D(filters, 3, padding='same', use_bias=False)
        self.shortcut = layers.Conv2D(filters, 1, strides=stride) if stride != 1 else None

    def call(self, x):
        y = keras.activations.relu(self.norm(self.first(x)))
        y = self.second(y)
        if self.shortcut is not None:
            x = self.shortcut(x)
        return keras.activations.relu(x + y)


inputs = keras.Input((32, 32, 3))
x = layers.Conv2D(16, 3, padding='same')(inputs)
for filters, stride in [(16, 1), (32, 2), (64, 2)]:
    x = ResidualBlock(filters, stride)(x)
outputs = layers.Dense(10, activation='softmax')(layers.GlobalAveragePooling2D()(x))
model = keras.Model(inputs, outputs)
