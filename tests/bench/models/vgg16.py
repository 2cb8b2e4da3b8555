from keras import Sequential
from keras.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D

model = Sequential([Input((224, 224, 3))])
for filters, times in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
    for i in range(times):
        model.add(Conv2D(filters, 3, padding='same', activation='relu'))
    model.add(MaxPooling2D(2))
model.add(Flatten())
model.add(Dense(4096, activation='relu'))
model.add(Dense(4096, activation='relu'))
model.add(Dense(1000, activation='softmax'))
