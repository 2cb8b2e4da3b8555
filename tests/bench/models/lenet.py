from keras import Sequential
from keras.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D

model = Sequential([
    Input((28, 28, 1)),
    Conv2D(6, 5, padding='same', activation='relu'),
    MaxPooling2D(2),
    Conv2D(16, 5, activation='relu'),
    MaxPooling2D(2),
    Flatten(),
    Dense(120, activation='relu'),
    Dense(84, activation='relu'),
    Dense(10, activation='softmax'),
])
