from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import (Dense, Reshape, Flatten, Dropout, LeakyReLU, BatchNormalization,
                                     Conv2D, Conv2DTranspose, Input)

img_rows, img_cols, channels = 28, 28, 1
img_shape = (img_rows, img_cols, channels)
z_dim = 100


def build_generator(z_dim):
    model = Sequential()
    model.add(Input((z_dim,)))
    model.add(Dense(64 * (img_rows // 4) * (img_cols // 4)))
    model.add(Reshape((img_rows // 4, img_cols // 4, -1)))
    for filters in [32, 16]:
        model.add(Conv2DTranspose(filters, kernel_size=3, strides=2, padding='same'))
        model.add(BatchNormalization())
        model.add(LeakyReLU(0.01))
    model.add(Conv2D(channels, kernel_size=3, padding='same', activation='tanh'))
    return model


def build_discriminator(img_shape):
    return Sequential([
        Input(img_shape),
        Conv2D(16, 3, strides=2, padding='same'), LeakyReLU(negative_slope=0.01),
        Flatten(),
        Dropout(0.4),
        Dense(1, activation='sigmoid'),
    ])


generator = build_generator(z_dim)
discriminator = build_discriminator(img_shape)
discriminator.trainable = False
model = Sequential([Input((z_dim,)), generator, discriminator])
