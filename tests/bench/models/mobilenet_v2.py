from keras import Input, Model
from keras.layers import Add, BatchNormalization, Conv2D, Dense, DepthwiseConv2D, GlobalAveragePooling2D, ReLU


def activated(x):
    return ReLU(6.0)(BatchNormalization()(x))


def inverted_residual(x, filters, stride, expansion):
    channels = x.shape[-1]
    y = x
    if expansion > 1:
        y = activated(Conv2D(expansion * channels, 1, use_bias=False)(y))
    y = activated(DepthwiseConv2D(3, strides=stride, padding='same', use_bias=False)(y))
    y = BatchNormalization()(Conv2D(filters, 1, use_bias=False)(y))
    if stride == 1 and filters == channels:
        return Add()([x, y])
    return y


inputs = Input((224, 224, 3))
x = activated(Conv2D(32, 3, strides=2, padding='same', use_bias=False)(inputs))
for expansion, filters, times, first_stride in [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]:
    for i in range(times):
        x = inverted_residual(x, filters, first_stride if i == 0 else 1, expansion)
x = activated(Conv2D(1280, 1, use_bias=False)(x))
x = GlobalAveragePooling2D()(x)
model = Model(inputs, Dense(1000, activation='softmax')(x))
