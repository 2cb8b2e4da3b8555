import tensorflow as tf
import numpy as np
from tensorflow.keras import layers, Sequential
(x, y), (xt, yt) = tf.keras.datasets.mnist.load_data()
x = x.reshape(-1, 784).astype('float32') / 255
class MyModel(tf.keras.Model):
    def __init__(self, num_classes=10):
        super(MyModel, self).__init__(name='my_model')
        self.num_classes = num_classes
        self.blocks = []
        for i in range(3):
            self.blocks.append(layers.Dense(32, activation='relu'))
        self.out = layers.Dense(num_classes)
    @tf.function
    def call(self, inputs):
        x = inputs
        for b in self.blocks:
            x = b(x)
        return self.out(x)
model = MyModel()
model.build(input_shape=(None, 784))
opt = tf.keras.optimizers.Adam()
ds = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(1000).batch(64)
for epoch in range(100):
    for step, (xb, yb) in enumerate(ds):
        with tf.GradientTape() as tape:
            logits = model(xb, training=True)
            loss = tf.reduce_mean(tf.keras.losses.sparse_categorical_crossentropy(yb, logits))
        grads = tape.gradient(loss, model.trainable_weights)
        opt.apply_gradients(zip(grads, model.trainable_weights))
        if step % 200 == 0:
            print("step", step, float(loss))
