#!/usr/bin/env python3
import tensorflow as tf
import logging, json, time, datetime, pathlib
from typing import List, Tuple, Optional
logging.basicConfig(level=logging.INFO)
log = logging.getLogger(__name__)
HERE = pathlib.Path(__file__).parent
CFG = {'layers': [{'type': 'dense', 'units': 8}, {'type': 'dropout', 'rate': .2}, {'type': 'dense', 'units': 3, 'activation': 'softmax'}], 'input': [10]}
MAKERS = {'dense': lambda c: tf.keras.layers.Dense(c['units'], activation=c.get('activation')), 'dropout': lambda c: tf.keras.layers.Dropout(c['rate'])}
class Builder:
    """fluent"""
    def __init__(self, name: str = 'net') -> None:
        self._layers: List[tf.keras.layers.Layer] = []
        self.name = name
    def add(self, layer) -> 'Builder':
        self._layers.append(layer)
        return self
    def build(self, shape: Tuple[int, ...]) -> tf.keras.Model:
        inp = x = tf.keras.Input(shape)
        for l in self._layers: x = l(x)
        return tf.keras.Model(inp, x, name=self.name)
b = Builder(name='fluent')
for c in CFG['layers']:
    b = b.add(MAKERS[c['type']](c))
start = time.time()
model = b.build(tuple(CFG['input']))
log.info('built in %.2fs', time.time() - start)
print(f"{model.name}: {model.count_params():,} parameters, {len(model.layers)} layers, out {model.output_shape}")
assert model.output_shape == (None, 3), model.output_shape
tb = tf.keras.callbacks.TensorBoard(log_dir='logs/' + datetime.datetime.now().strftime('%Y%m%d'))
model.fit(tf.random.normal((32, 10)), tf.zeros((32,)), callbacks=[tb])
