// The model as ONNX (opset 13), maps with channels first as onnxruntime likes them, written as protobuf by hand.
import path from 'node:path';
import {createRequire} from 'node:module';

// ---- protobuf ----

function varint(n) {
    const bytes = [];
    for (; n >= 0x80; n = Math.floor(n / 0x80)) bytes.push((n % 0x80) | 0x80);
    return Buffer.from([...bytes, n]);
}

const number = (field, n) => [varint(field * 8), varint(n)];
const bytes = (field, content) => [varint(field * 8 + 2), varint(content.length), content];
const string = (field, text) => bytes(field, Buffer.from(text));
const message = (field, parts) => bytes(field, Buffer.concat(parts.flat(Infinity)));
const float = (field, x) => {
    const content = Buffer.alloc(4);
    content.writeFloatLE(x);
    return [varint(field * 8 + 5), content];
};

// ---- ONNX messages; the numbers are the fields of onnx.proto ----

const FLOAT = 1, INT64 = 7;

function attribute(name, value) {
    if (Array.isArray(value)) return [string(1, name), value.map(n => number(8, n)), number(20, 7)];
    if (Number.isInteger(value)) return [string(1, name), number(3, value), number(20, 2)];
    if (typeof value === 'number') return [string(1, name), float(2, value), number(20, 1)];
    return [string(1, name), string(4, value), number(20, 3)];
}

function node(op, inputs, output, attributes = {}) {
    const named = Object.entries(attributes).map(([name, value]) => message(5, attribute(name, value)));
    return message(1, [inputs.map(name => string(1, name)), string(2, output), string(4, op), named]);
}

function initializer(name, type, shape, data) {
    return message(5, [shape.map(n => number(1, n)), number(2, type), string(8, name), bytes(9, Buffer.from(data.buffer, data.byteOffset, data.byteLength))]);
}

function valueInfo(field, name, shape) {
    const dims = shape.map(n => message(1, [number(1, n)]));
    return message(field, [string(1, name), message(2, [message(1, [number(1, FLOAT), message(2, dims)])])]);
}

// ---- layers ----

const size = shape => shape.reduce((a, b) => a * b, 1);

// Axes of a row-major array in another order.
function transpose(data, shape, order) {
    const steps = shape.map((_, axis) => size(shape.slice(axis + 1))), to = order.map(axis => shape[axis]);
    const out = new Float32Array(data.length), at = to.map(() => 0);
    for (let i = 0; i < out.length; i++) {
        let from = 0;
        for (let axis = 0; axis < to.length; axis++) from += at[axis] * steps[order[axis]];
        out[i] = data[from];
        for (let axis = to.length - 1; axis >= 0 && ++at[axis] === to[axis]; axis--) at[axis] = 0;
    }
    return out;
}

class Graph {
    constructor(model) {
        this.model = model;
        this.parts = [];
        this.tensors = {};   // by layer: {name, shape} as Keras has it; maps stand with channels first; rows: their order after a Flatten
        this.made = 0;
    }

    fresh() { return `t${this.made++}`; }

    constant(shape, data, type = FLOAT) {
        const name = this.fresh();
        this.parts.push(initializer(name, type, shape, data));
        return name;
    }

    add(op, inputs, attributes) {
        const name = this.fresh();
        this.parts.push(node(op, inputs, name, attributes));
        return name;
    }

    activated(name, activation, shape) {
        if (activation === 'linear') return name;
        if (activation === 'softmax') return this.add('Softmax', [name], {axis: shape.length - 1});
        return this.add({relu: 'Relu', sigmoid: 'Sigmoid', tanh: 'Tanh', elu: 'Elu', selu: 'Selu', softplus: 'Softplus'}[activation] ?? refuse(activation), [name]);
    }
}

function refuse(what) { throw new Error(`no ${what} here`); }

// Keras' "same": the odd cell of padding goes after.
function windows(config, sizes, [, height, width], dilation = [1, 1]) {
    const strides = config.strides ?? sizes, cells = [height, width];
    const reach = sizes.map((n, i) => (n - 1) * dilation[i] + 1);
    const places = cells.map((n, i) => config.padding === 'same' ? Math.ceil(n / strides[i]) : Math.floor((n - reach[i]) / strides[i]) + 1);
    const padding = cells.map((n, i) => config.padding === 'same' ? Math.max(0, (places[i] - 1) * strides[i] + reach[i] - n) : 0);
    const before = padding.map(n => Math.floor(n / 2));
    return {places, attributes: {kernel_shape: sizes, strides, pads: [...before, ...padding.map((n, i) => n - before[i])]}};
}

// kernel: (height, width, channels, filters), or of each channel by its own (height, width, channels, multiplier).
function convolve(graph, layer, [input], depthwise) {
    const {config} = layer, [kernel, bias] = graph.model.weights(layer);
    const {places, attributes} = windows(config, config.kernel_size, input.shape, config.dilation_rate);
    const [height, width, channels, last] = kernel.shape;
    const filters = depthwise ? channels * last : last;
    const weights = transpose(kernel.data, kernel.shape, depthwise ? [2, 3, 0, 1] : [3, 2, 0, 1]);
    const inputs = [input.name, graph.constant([filters, depthwise ? 1 : channels, height, width], weights)];
    if (bias) inputs.push(graph.constant([filters], bias.data));
    const groups = depthwise ? channels : config.groups ?? 1;
    const shape = [1, ...places, filters];
    const name = graph.add('Conv', inputs, {...attributes, dilations: config.dilation_rate, group: groups});
    return {name: config.activation === 'softmax' ? refuse('softmax of maps') : graph.activated(name, config.activation, shape), shape};
}

function pool(op) {
    return (graph, {config}, [input]) => {
        const {places, attributes} = windows(config, config.pool_size, input.shape);
        return {name: graph.add(op, [input.name], attributes), shape: [1, ...places, input.shape[3]]};
    };
}

// After a Flatten the rows of the kernel are put in the order in which maps stand here.
function dense(graph, layer, [input]) {
    const {config} = layer, [kernel, bias] = graph.model.weights(layer);
    const [inner, units] = kernel.shape, shape = [...input.shape.slice(0, -1), units];
    const data = input.rows ? transpose(kernel.data, [...input.rows, units], [2, 0, 1, 3]) : kernel.data;
    const weights = graph.constant([inner, units], data);
    let name;
    if (input.shape.length === 2 && bias) name = graph.add('Gemm', [input.name, weights, graph.constant([units], bias.data)]);
    else name = graph.add('MatMul', [input.name, weights]);
    if (bias && input.shape.length > 2) name = graph.add('Add', [name, graph.constant([units], bias.data)]);
    return {name: graph.activated(name, config.activation, shape), shape};
}

function normalize(graph, layer, [input]) {
    const weights = Object.fromEntries(graph.model.weights(layer).map(weight => [weight.name, weight]));
    const channels = input.shape.at(-1), plain = value => ({data: new Float32Array(channels).fill(value)});
    const inputs = [weights.gamma ?? plain(1), weights.beta ?? plain(0), weights.moving_mean, weights.moving_variance];
    const constants = inputs.map(weight => graph.constant([channels], weight.data));
    return {...input, name: graph.add('BatchNormalization', [input.name, ...constants], {epsilon: layer.config.epsilon})};
}

function flatten(graph, _, [input]) {
    const shape = [1, size(input.shape)], maps = input.shape.length === 4;
    return {name: graph.add('Flatten', [input.name]), shape, rows: maps ? input.shape.slice(1) : undefined};
}

function rectify(graph, {config}, [input]) {
    if (config.negative_slope || config.threshold) refuse('slope');
    if (config.max_value === null) return {...input, name: graph.add('Relu', [input.name])};
    const bounds = [0, config.max_value].map(bound => graph.constant([], new Float32Array([bound])));
    return {...input, name: graph.add('Clip', [input.name, ...bounds])};
}

const LAYERS = {
    Activation: (graph, {config}, [input]) => ({...input, name: graph.activated(input.name, config.activation, input.shape)}),
    Add: (graph, _, inputs) => ({...inputs[0], name: graph.add('Add', inputs.map(input => input.name))}),
    AveragePooling2D: pool('AveragePool'),
    BatchNormalization: normalize,
    Conv2D: (graph, layer, inputs) => convolve(graph, layer, inputs, false),
    Dense: dense,
    DepthwiseConv2D: (graph, layer, inputs) => convolve(graph, layer, inputs, true),
    Dropout: (graph, layer, [input]) => input,
    Flatten: flatten,
    GlobalAveragePooling2D: (graph, _, [input]) => ({
        name: graph.add('Flatten', [graph.add('GlobalAveragePool', [input.name])]), shape: [1, input.shape[3]],
    }),
    MaxPooling2D: pool('MaxPool'),
    ReLU: rectify,
};

const channelsFirst = ([batch, height, width, channels]) => [batch, channels, height, width];

// Returns {bytes, input: {shape, data}}.
function write(model) {
    const graph = new Graph(model), maps = model.input.shape.length === 4;
    const shape = maps ? channelsFirst(model.input.shape) : model.input.shape;
    const data = maps ? transpose(model.input.data, model.input.shape, [0, 3, 1, 2]) : model.input.data;
    let last;
    for (const layer of model.layers) {
        if (layer.className === 'InputLayer') last = {name: 'x', shape: model.input.shape};
        else last = (LAYERS[layer.className] ?? refuse(layer.className))(graph, layer, layer.inputs.map(name => graph.tensors[name]));
        graph.tensors[layer.name] = last;
    }
    graph.parts.push(node('Identity', [last.name], 'y'), string(2, 'model'), valueInfo(11, 'x', shape), valueInfo(12, 'y', last.shape));
    const opset = message(8, [number(2, 13)]);
    return {bytes: Buffer.concat([number(1, 8), message(7, graph.parts), opset].flat(Infinity)), input: {shape, data}};
}

// Returns {call(): Promise<Float32Array>, close()}.
export async function open(modules, model) {
    const ort = createRequire(path.join(modules, 'package.json'))('onnxruntime-node');
    const {bytes: content, input} = write(model);
    const session = await ort.InferenceSession.create(content, {
        intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all', logSeverityLevel: 3,
    });
    const feeds = {x: new ort.Tensor('float32', input.data, input.shape)};
    return {
        call: async () => (await session.run(feeds)).y.data,
        close: () => session.release(),
    };
}
