import math
from keras import Input, Sequential
from keras.layers import Activation, Dense

widths = '32,16,x,8'.split(',')
units = []
for text in widths:
    try:
        units.append(int(text))
    except ValueError as problem:
        units.append(math.ceil(math.sqrt(len(widths))) if 'x' in str(problem) else 1)
    else:
        assert units[-1] > 0, f'no units in {text!r}'

model = Sequential([Input((10,))])
for i, n in enumerate(units):
    if n % 2:
        continue
    model.add(Dense(n, name='dense_{:02d}'.format(i)))
    model.add(Activation('relu' if i < len(units) - 1 else 'softmax'))
