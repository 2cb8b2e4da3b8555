import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(10, 10, 3), name='camera_in_the_garden'),
    layers.Conv2D(4, 3, name='Conv-1'),
    layers.BatchNormalization(name='a_rather_long_name_for_a_normalisation_layer'),
    layers.SeparableConv2D(5, 3, name='the_one_and_only_separable_convolution_of_this_network'),
    layers.GlobalAveragePooling2D(name='x.y'),
    layers.Dense(2, name='2_classes'),
], name='my_model')
