from keras import Input, Model
from keras.layers import GRU, LSTM, Bidirectional, Dense, SimpleRNN, TimeDistributed

CELLS = dict(lstm=LSTM, gru=GRU, rnn=SimpleRNN)


def stack(x, kinds, units, bidirectional=False):
    *inner, last = kinds
    for kind in inner:
        layer = CELLS[kind](units, return_sequences=True)
        x = (Bidirectional(layer) if bidirectional else layer)(x)
    return CELLS[last](units, return_sequences=bidirectional)(x)


steps = Input((None, 6))
x = stack(steps, ['gru', 'lstm', 'rnn'], 8, bidirectional=True)
model = Model(steps, TimeDistributed(Dense(3, activation='softmax'))(x))
