from tensorflow.keras.layers import Input, Conv2D, MaxPooling2D, UpSampling2D, concatenate
from tensorflow.keras.models import Model


def conv_block(x, n_filters, n=2, **kwargs):
    for _ in range(n):
        x = Conv2D(n_filters, (3, 3), activation='relu', padding='same', **kwargs)(x)
    return x


def unet(shape=(64, 64, 1), widths=(8, 16, 32)):
    inputs = x = Input(shape)
    skips = []
    for width in widths[:-1]:
        x = conv_block(x, width)
        skips.append(x)
        x = MaxPooling2D((2, 2))(x)
    x = conv_block(x, widths[-1], kernel_initializer='he_normal')
    for width, skip in zip(reversed(widths[:-1]), reversed(skips)):
        x = UpSampling2D((2, 2))(x)
        x = concatenate([x, skip], axis=3)
        x = conv_block(x, width)
    return Model(inputs=[inputs], outputs=[Conv2D(1, (1, 1), activation='sigmoid')(x)])


model = unet()
