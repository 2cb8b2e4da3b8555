from keras import Sequential
from keras.layers import Dense, Input

model = Sequential([
    Input((784,)),
    Dense(512, activation='relu'),
    Dense(256, activation='relu'),
    Dense(128, activation='relu'),
    Dense(10, activation='softmax'),
])
