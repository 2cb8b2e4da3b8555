import keras
from keras import layers

inputs = keras.Input(shape=(12, 12, 1), name='img')
x = layers.Conv2D(4, 3, activation='relu')(inputs)
x = layers.MaxPooling2D()(x)
x = layers.Conv2D(3, 3, activation='relu')(x)
outputs = layers.GlobalMaxPooling2D()(x)
encoder = keras.Model(inputs, outputs, name='encoder')

inputs = keras.Input(shape=(3,), name='encoded_img')
x = layers.Dense(16)(inputs)
x = layers.Reshape((4, 4, 1))(x)
x = layers.Conv2DTranspose(4, 3, activation='relu')(x)
x = layers.UpSampling2D()(x)
outputs = layers.Conv2D(1, 1, activation='relu')(x)
decoder = keras.Model(inputs, outputs, name='decoder')

inputs = keras.Input(shape=(12, 12, 1), name='img')
x = encoder(inputs)
outputs = decoder(x)
model = keras.Model(inputs, outputs, name='autoencoder')
