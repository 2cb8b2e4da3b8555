import os
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
from keras import layers
keras.utils.set_random_seed(42)
class PatchEncoder(layers.Layer):
    def __init__(self, num_patches, projection_dim):
        super().__init__()
        self.num_patches = num_patches
        self.projection = layers.Dense(units=projection_dim)
        self.position_embedding = layers.Embedding(input_dim=num_patches, output_dim=projection_dim)
    def call(self, patch):
        positions = keras.ops.expand_dims(keras.ops.arange(start=0, stop=self.num_patches, step=1), axis=0)
        projected_patches = self.projection(patch)
        encoded = projected_patches + self.position_embedding(positions)
        return encoded
    def get_config(self):
        config = super().get_config()
        config.update({"num_patches": self.num_patches})
        return config
def mlp(x, hidden_units, dropout_rate):
    for units in hidden_units:
        x = layers.Dense(units, activation=keras.activations.gelu)(x)
        x = layers.Dropout(dropout_rate)(x)
    return x
inputs = keras.Input(shape=(144, 108))
x = PatchEncoder(144, 64)(inputs)
for _ in range(2):
    x1 = layers.LayerNormalization(epsilon=1e-6)(x)
    a = layers.MultiHeadAttention(num_heads=4, key_dim=64, dropout=0.1)(x1, x1)
    x2 = layers.Add()([a, x])
    x3 = layers.LayerNormalization(epsilon=1e-6)(x2)
    x3 = mlp(x3, hidden_units=[128, 64], dropout_rate=0.1)
    x = layers.Add()([x3, x2])
x = layers.Flatten()(x)
logits = layers.Dense(100)(x)
model = keras.Model(inputs=inputs, outputs=logits)
