from keras import Input, Model
from keras.layers import *

image = Input((16, 16, 3), name='image')
branches = [Conv2D(f, k, padding='same', activation='relu', name='branch_%d' % i)(image)
            for i, (f, k) in enumerate(zip([4, 8, 2], (1, 3, 5)))]
pooled = MaxPooling2D(3, strides=1, padding='same')(image)
x = Concatenate(axis=-1)(branches + [pooled])
x = GlobalAveragePooling2D()(x)
heads = {name: Dense(units, name=name)(x) for name, units in {'label': 5, 'box': 4}.items()}
model = Model(image, heads)
