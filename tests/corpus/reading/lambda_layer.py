from keras.models import Model
from keras.layers import Input, Dense, Lambda
from keras import backend as K

def sampling(args):
    z_mean, z_log_var = args
    epsilon = K.random_normal(shape=(K.shape(z_mean)[0], 2), mean=0., stddev=1.)
    return z_mean + K.exp(z_log_var / 2) * epsilon

x = Input(shape=(784,))
h = Dense(256, activation='relu')(x)
z_mean = Dense(2)(h)
z_log_var = Dense(2)(h)
z = Lambda(sampling, output_shape=(2,))([z_mean, z_log_var])
decoder_h = Dense(256, activation='relu')
decoder_mean = Dense(784, activation='sigmoid')
h_decoded = decoder_h(z)
x_decoded_mean = decoder_mean(h_decoded)
vae = Model(x, x_decoded_mean)
