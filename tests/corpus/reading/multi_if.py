import argparse, os
import keras
from keras.layers import *
from keras.models import Model
parser = argparse.ArgumentParser()
parser.add_argument('--depth', type=int, default=3)
parser.add_argument('--bn', action='store_true')
parser.add_argument('data')
args = parser.parse_args()
def build(depth, width=16):
    i = Input((28, 28, 1))
    x = Flatten()(i)
    for d in range(depth):
        x = Dense(width * 2 ** d)(x)
        if args.bn:
            x = BatchNormalization()(x)
        x = Activation('relu')(x)
    return Model(i, Dense(10)(x))
if os.path.exists(args.data):
    model = keras.models.load_model(args.data)
else:
    model = build(args.depth)
gpus = tf.config.list_physical_devices('GPU') if False else []
strategy = None
with open('log.txt', 'w') as f:
    f.write(str(model.count_params()))
model.fit(x_train, y_train)
