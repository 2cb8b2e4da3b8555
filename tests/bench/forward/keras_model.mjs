// A model as bench_forward writes it: Keras' config, with the numbers of input, weights and output.
import fs from 'node:fs';
import path from 'node:path';

// The names of the layers that feed a node, from Keras 3's inbound_nodes.
function sourcesOf(value) {
    if (value === null || typeof value !== 'object') return [];
    if (value.class_name === '__keras_tensor__') return [value.config.keras_history[0]];
    return Object.values(value).flatMap(sourcesOf);
}

// Layers in order: {className, name, config, inputs}. A Sequential model's layers feed one another.
function layersOf(model) {
    let last = null;
    return model.config.layers.map(layer => {
        const name = layer.config.name;
        const inputs = layer.inbound_nodes ? sourcesOf(layer.inbound_nodes) : last === null ? [] : [last];
        last = name;
        return {className: layer.class_name, name, config: layer.config, inputs};
    });
}

// numbers.bin is read piece by piece: it may be larger than an ArrayBuffer can be.
function readTensor(file, entry) {
    const size = entry.shape.reduce((a, b) => a * b, 1), data = new Float32Array(size);
    fs.readSync(file, new Uint8Array(data.buffer), 0, size * 4, entry.at * 4);
    return {...entry, data};
}

export function readModel(folder) {
    const model = JSON.parse(fs.readFileSync(path.join(folder, 'model.json'), 'utf8'));
    const index = JSON.parse(fs.readFileSync(path.join(folder, 'numbers.json'), 'utf8'));
    const file = fs.openSync(path.join(folder, 'numbers.bin'));
    const tensors = index.map(entry => readTensor(file, entry));
    fs.closeSync(file);
    return {
        layers: layersOf(model),
        input: tensors.find(tensor => tensor.name === 'input' && !tensor.layer),
        output: tensors.find(tensor => tensor.name === 'output' && !tensor.layer),
        weights: layer => tensors.filter(tensor => tensor.layer === layer.name),
    };
}
