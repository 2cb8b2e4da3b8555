from keras import Input, Sequential, layers

CONFIG = {
    'input_shape': (28, 28, 1),
    'conv': [
        {'filters': 8, 'kernel_size': 3},
        {'filters': 16, 'kernel_size': 3, 'padding': 'same'},
    ],
    'dense': {'units': 32, 'activation': 'relu'},
    'classes': 10,
    'dropout': None,
}


def build_model(config):
    model = Sequential(name='from_config')
    model.add(Input(shape=config['input_shape']))
    for number, conv in enumerate(config['conv'], start=1):
        model.add(layers.Conv2D(**conv, activation='relu', name=f'conv_{number}'))
        model.add(layers.MaxPooling2D(name=f'pool_{number}'))
    model.add(layers.Flatten())
    model.add(layers.Dense(**config['dense']))
    if config.get('dropout'):
        model.add(layers.Dropout(config['dropout']))
    model.add(layers.Dense(config['classes'], activation='softmax'))
    return model


model = build_model(CONFIG)
model.compile(optimizer='adam', loss='categorical_crossentropy')
