import keras
from keras import layers, ops


def tower(shape, name='tower'):
    return keras.Sequential([
        keras.Input(shape),
        layers.Conv1D(8, 3, activation='relu'),
        layers.GlobalMaxPooling1D(),
        layers.Dense(6),
    ], name=name)


encoder = tower((20, 4))
left, right = [keras.Input((20, 4), name=side) for side in ('left', 'right')]
difference = ops.abs(encoder(left) - encoder(right))
model = keras.Model([left, right], layers.Dense(1, activation='sigmoid')(difference))
