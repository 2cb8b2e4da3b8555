import keras
from keras import layers

inputs = keras.Input(shape=(12, 12, 3))
x = layers.Conv2D(4, 3, padding='same', activation='relu')(inputs)
x = layers.BatchNormalization()(x)
x = layers.MaxPooling2D()(x)
x = layers.Conv2D(8, 3, padding='same', activation='relu')(x)
x = layers.BatchNormalization()(x)
outputs = layers.MaxPooling2D()(x)
backbone = keras.Model(inputs, outputs, name='backbone')
backbone.trainable = False

inputs = keras.Input(shape=(12, 12, 3))
x = backbone(inputs, training=False)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dropout(0.2)(x)
outputs = layers.Dense(1)(x)
model = keras.Model(inputs, outputs)
