// The model in TensorFlow.js with its wasm backend, one thread.
import path from 'node:path';
import {createRequire} from 'node:module';

const KINDS = {
    Activation: 'activation', Add: 'add', AveragePooling2D: 'averagePooling2d', BatchNormalization: 'batchNormalization',
    Conv1D: 'conv1d', Conv2D: 'conv2d', Dense: 'dense', DepthwiseConv2D: 'depthwiseConv2d', Dropout: 'dropout', Flatten: 'flatten',
    GlobalAveragePooling2D: 'globalAveragePooling2d', MaxPooling2D: 'maxPooling2d', ReLU: 'reLU', Reshape: 'reshape',
};
const ARGUMENTS = {
    activation: 'activation', axis: 'axis', depth_multiplier: 'depthMultiplier', dilation_rate: 'dilationRate', epsilon: 'epsilon', filters: 'filters',
    kernel_size: 'kernelSize', max_value: 'maxValue', name: 'name', padding: 'padding', pool_size: 'poolSize', rate: 'rate', strides: 'strides',
    target_shape: 'targetShape', units: 'units', use_bias: 'useBias',
};

function argumentsOf(config) {
    const known = Object.entries(config).filter(([key, value]) => ARGUMENTS[key] && value !== null);
    // The initializers' numbers are not used, and zeros are quicker made.
    return {...Object.fromEntries(known.map(([key, value]) => [ARGUMENTS[key], value])), kernelInitializer: 'zeros', depthwiseInitializer: 'zeros'};
}

function layerOf(layers, layer) {
    if (!KINDS[layer.className]) throw new Error(`no ${layer.className} here`);
    return layers[KINDS[layer.className]](argumentsOf(layer.config));
}

function build(core, layers, model) {
    const tensors = {};
    let last;
    for (const layer of model.layers) {
        if (layer.className === 'InputLayer') {
            last = tensors[layer.name] = layers.input({batchShape: [1, ...layer.config.batch_shape.slice(1)]});
            continue;
        }
        const made = layerOf(layers.layers, layer), inputs = layer.inputs.map(name => tensors[name]);
        last = tensors[layer.name] = made.apply(inputs.length > 1 ? inputs : inputs[0]);
        made.setWeights(model.weights(layer).map(weight => core.tensor(weight.data, weight.shape)));
    }
    const first = model.layers.find(layer => layer.className === 'InputLayer');
    return layers.model({inputs: tensors[first.name], outputs: last});
}

// Returns {call(): Float32Array, close()}.
export async function open(modules, model) {
    const need = createRequire(path.join(modules, 'package.json'));
    const core = need('@tensorflow/tfjs-core'), layers = need('@tensorflow/tfjs-layers'), wasm = need('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(path.join(modules, 'node_modules/@tensorflow/tfjs-backend-wasm/dist/'));
    wasm.setThreadsCount(1);
    await core.setBackend('wasm');
    const built = build(core, layers, model), input = core.tensor(model.input.data, model.input.shape);
    return {
        call: () => core.tidy(() => built.predict(input).dataSync()),
        close: () => { built.dispose(); input.dispose(); },
    };
}
