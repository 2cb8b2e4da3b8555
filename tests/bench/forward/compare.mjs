// The forward pass here, in onnxruntime-node and in TensorFlow.js (wasm): the same models, weights and inputs, one thread, batch 1.
// Usage: node compare.mjs BENCH_FORWARD SOURCE_FOLDER WORK_FOLDER (WORK_FOLDER has node_modules)
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import * as onnx from './onnx.mjs';
import {readModel} from './keras_model.mjs';
import * as tensorflow from './tensorflow.mjs';

// Each takes its turn in every round, so that what else the machine does falls on all alike.
const ROUNDS = 3, WARM_MS = 100, MS = 400, CALLS_LEAST = 3, CALLS_MOST = 100000, AGREEMENT = 1e-4;
const [program, source, work] = process.argv.slice(2);

const teaching = fs.readdirSync(path.join(source, 'assets/models')).filter(name => name.endsWith('.py'))
    .map(name => ({file: path.join('assets/models', name), goal: 1}));
const MODELS = [
    ...teaching,
    {file: 'tests/bench/models/lenet.py', goal: 1},
    {file: 'tests/bench/models/mlp.py', goal: 1},
    {file: 'tests/bench/models/mobilenet_v2.py', goal: 2},
    {file: 'tests/bench/models/vgg16.py', goal: 2},
];

const median = times => times.sort((a, b) => a - b)[times.length >> 1];

async function microseconds(engine) {
    const times = [];
    for (const start = performance.now(); performance.now() - start < WARM_MS;) await engine.call();
    for (let start = performance.now(), from = start; times.length < CALLS_MOST && (times.length < CALLS_LEAST || from - start < MS);) {
        await engine.call();
        const to = performance.now();
        times.push((to - from) * 1000);
        from = to;
    }
    return median(times);
}

function disagreement(expected, got) {
    if (got.length !== expected.length) return Infinity;
    return expected.reduce((worst, x, i) => Math.max(worst, Math.abs(got[i] - x) / Math.max(1, Math.abs(x))), 0);
}

// {call, close}, or in words why there is none.
async function open(library, model) {
    try {
        const engine = await library.open(work, model);
        const worst = disagreement(model.output.data, await engine.call());
        return worst <= AGREEMENT ? engine : `differs by ${worst.toExponential(1)}`;
    } catch (error) {
        return error.message.split('\n')[0].slice(0, 40);
    }
}

function ours(file, ...folder) {
    const answer = execFileSync(program, [path.join(source, file), ...folder], {encoding: 'utf8'});
    return JSON.parse(answer).microseconds;
}

// Medians in microseconds: here, and of each engine (or its words).
async function measure(file, folder) {
    ours(file, folder);
    const model = readModel(folder), engines = [await open(onnx, model), await open(tensorflow, model)];
    const mine = [], theirs = engines.map(() => []);
    for (let round = 0; round < ROUNDS; round++) {
        mine.push(ours(file));
        for (const [i, engine] of engines.entries()) if (engine.call) theirs[i].push(await microseconds(engine));
    }
    for (const engine of engines) if (engine.close) await engine.close();
    return [median(mine), engines.map((engine, i) => engine.call ? median(theirs[i]) : engine)];
}

// ---- the table ----

const duration = us => typeof us !== 'number' ? us : us < 1000 ? `${us.toFixed(us < 10 ? 2 : 1)} us` : `${(us / 1000).toFixed(us < 1e5 ? 2 : 0)} ms`;
const ratio = (us, mine) => typeof us === 'number' ? (us / mine).toFixed(us / mine < 10 ? 2 : 0) + 'x' : '';

function verdict(mine, theirs, goal) {
    const faster = Math.min(...theirs.filter(us => typeof us === 'number'));
    const words = goal === 1 ? 'faster than both' : `within ${goal}x the faster`;
    return `${words}: ${!Number.isFinite(faster) ? 'nothing to compare with' : mine <= goal * faster ? 'met' : 'MISSED'}`;
}

function print(columns) {
    const widths = [-24, 12, 14, 9, 14, 9];
    console.log('  ' + columns.map((text, i) => i >= widths.length ? `  ${text}` : widths[i] < 0 ? text.padEnd(-widths[i]) : text.padStart(widths[i])).join(''));
}

console.log('forward pass: medians of a call, one thread, batch 1');
print(['', 'shapeflow', 'onnxruntime', 'to ours', 'tfjs wasm', 'to ours', 'goal']);
for (const {file, goal} of MODELS) {
    const name = path.basename(file, '.py'), folder = path.join(work, 'models', name);
    fs.mkdirSync(folder, {recursive: true});
    const [mine, theirs] = await measure(file, folder);
    print([name, duration(mine), duration(theirs[0]), ratio(theirs[0], mine), duration(theirs[1]), ratio(theirs[1], mine), verdict(mine, theirs, goal)]);
    fs.rmSync(folder, {recursive: true});
}
