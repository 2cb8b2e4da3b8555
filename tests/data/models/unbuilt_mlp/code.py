import keras
from keras import layers

model = keras.Sequential([
    layers.Dense(32, activation='relu'),
    layers.Dense(10),
])
