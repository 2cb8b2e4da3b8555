import keras
from keras import layers

inputs = keras.Input(shape=(3, 2), name='x')
flatten = layers.Flatten()(inputs)
same_weights_for_each_row = layers.Dense(4, name='same_weights_for_each_row')(inputs)
all_six_numbers = layers.Dense(4, name='all_six_numbers')(flatten)
model = keras.Model(inputs, [same_weights_for_each_row, all_six_numbers], name='with_and_without')
