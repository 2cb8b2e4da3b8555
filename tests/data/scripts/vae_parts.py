import numpy as np
import keras
from keras import layers

latent_dim = 2
input_shape = (28, 28, 1)

encoder_inputs = keras.Input(shape=input_shape)
x = encoder_inputs
for filters in 2 ** np.arange(3, 5):
    x = layers.Conv2D(int(filters), 3, activation="relu", strides=2, padding="same")(x)
before_flatten = x.shape[1:]
x = layers.Flatten()(x)
z_mean = layers.Dense(latent_dim, name="z_mean")(x)
z_log_var = layers.Dense(latent_dim, name="z_log_var")(x)
encoder = keras.Model(encoder_inputs, [z_mean, z_log_var], name="encoder")

latent_inputs = keras.Input(shape=(latent_dim,))
x = layers.Dense(before_flatten[0] * before_flatten[1] * before_flatten[2], activation="relu")(latent_inputs)
x = layers.Reshape(before_flatten)(x)
for filters in (16, 8):
    x = layers.Conv2DTranspose(filters, 3, activation="relu", strides=2, padding="same")(x)
decoder_outputs = layers.Conv2DTranspose(1, 3, activation="sigmoid", padding="same")(x)
decoder = keras.Model(latent_inputs, decoder_outputs, name="decoder")
model = keras.Model(encoder_inputs, decoder(encoder(encoder_inputs)[0]), name="autoencoder")
