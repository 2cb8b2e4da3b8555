import keras
from keras import Input, Model, layers

compose = lambda *fs: (lambda x: fs[0](x) if len(fs) == 1 else compose(*fs[1:])(fs[0](x)))

words = Input((12,), dtype='int32', name='words')
tags = Input((12,), dtype='int32', name='tags')
embed = layers.Embedding(50, 8, name='embed')
read = compose(layers.Conv1D(6, 3, activation='relu'), layers.GlobalMaxPooling1D())
merged = layers.concatenate([read(embed(words)), layers.Flatten()(embed(tags))], name='merged')
first, second = (layers.Dense(n)(merged) for n in (4, 4))
model = Model(inputs=[words, tags], outputs=layers.add([first, second]))
