import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(3, 2)),
    layers.Dense(16),
    layers.Activation('relu'),
    layers.Flatten(),
    layers.Dense(4),
])
