from keras.models import Sequential
from keras.layers import Flatten, Input

model = Sequential([Input((None, 4)), Flatten()])
