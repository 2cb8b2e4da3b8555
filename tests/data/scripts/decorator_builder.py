import functools
from keras import Input, Sequential
from keras.layers import Dense, Dropout


def regularised(rate):
    def decorate(build):
        @functools.wraps(build)
        def wrapper(*args, **kwargs):
            model = build(*args, **kwargs)
            model.add(Dropout(rate))
            return model
        return wrapper
    return decorate


@regularised(rate=0.25)
def mlp(n_inputs, *hidden, activation='relu'):
    model = Sequential([Input((n_inputs,))])
    for units in sorted(hidden, reverse=True):
        model.add(Dense(units, activation=activation))
    return model


model = mlp(12, 16, 64, 32)
model.add(Dense(1))
