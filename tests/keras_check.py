"""Checks with real Keras that what shapeflow writes loads there, with the same shapes and the same numbers.

    keras_check.py PROGRAM FOLDER ...

A FOLDER holds models as files, or as folders with model.py, model.json, model.keras, model.h5 (input.npy or input_0.npy ... beside
them are used). Each file is written as .keras, one of each model also as .json, .py and by `code`; they are loaded in Keras, and
computed with the same input. Ends with 1 when something differs.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")     # its pooling dies of some windows

import keras  # noqa: E402
import numpy as np  # noqa: E402

FORMS = (".keras", ".json", ".py", "code")
COLUMNS = ("models", "load", "shapes", "numbers", "uncomputed")     # uncomputed: Keras itself has no numbers to compare with
SOURCES = (".keras", ".h5", ".py", ".json")     # the richest first
RELATIVE, ABSOLUTE = 1e-4, 1e-5     # two backends of Keras differ by as much
LENGTH = 8                          # of axes that the model leaves open


class Program:
    def __init__(self, path):
        self.path = path

    def run(self, *words):
        return subprocess.run([self.path, *map(str, words)], capture_output=True, timeout=300)

    def shapes(self, source):
        done = self.run("shapes", source)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def predict(self, source, inputs, folder):
        words = [word for path in inputs for word in ("--input", path)]
        target = folder / "output.npy"
        for old in folder.glob("output*.npy"):
            old.unlink()
        done = self.run("predict", source, *words, "-o", target)
        if done.returncode:
            return None, done.stderr.decode().strip()
        several = sorted(folder.glob("output_*.npy"), key=lambda path: int(path.stem.rpartition("_")[2]))
        return [np.load(path) for path in several or [target]], None


# ---- loading ----

def load_code(text, folder):
    space, before = {"__name__": "code"}, os.getcwd()
    os.chdir(folder)
    try:
        exec(compile(text, "code", "exec"), space)
    finally:
        os.chdir(before)
    return space["model"]


def load(form, program, source, folder, archive):
    """The model as Keras reads it from what the program writes."""
    if form == "code":
        done = program.run("code", source)
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        model = load_code(done.stdout.decode(), folder)
    else:
        target = folder / f"written{form}"
        done = program.run("convert", source, "-o", target)
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        if form == ".keras":
            return keras.models.load_model(target)
        text = target.read_text()
        model = keras.models.model_from_json(text) if form == ".json" else load_code(text, folder)
    if model.built:
        model.load_weights(archive)
    return model


# ---- comparing ----

def listed(shape):
    return [list(one) for one in shape] if shape and isinstance(shape[0], (tuple, list)) else list(shape)


def different_shapes(model, told):
    counts = {layer.name: layer.count_params() for layer in model.layers if layer.built}
    for layer in told["layers"]:
        if layer["name"] in counts and counts[layer["name"]] != layer["params"]:
            return f"{layer['name']} has {counts[layer['name']]} parameters, told {layer['params']}"
        if layer["name"] in counts and not several_calls(model, layer["name"]):
            found = model.get_layer(layer["name"])
            shape = shape_in(found)
            if shape is not None and shape != layer["output_shape"]:
                return f"{layer['name']} gives {shape}, told {layer['output_shape']}"
    if model.built and len(counts) == len(model.layers) and model.count_params() != told["total_params"]:
        return f"{model.count_params()} parameters, told {told['total_params']}"
    return None


def several_calls(model, name):
    return len(model.get_layer(name)._inbound_nodes) != 1


def shape_in(layer):
    tensors = layer._inbound_nodes[0].output_tensors
    shapes = [list(tensor.shape) for tensor in tensors]
    return shapes[0] if len(shapes) == 1 else shapes


def different_numbers(got, wanted):
    if len(got) != len(wanted):
        return f"{len(got)} outputs, told {len(wanted)}"
    for i, (one, other) in enumerate(zip(got, wanted)):
        one = np.asarray(one, dtype="float32")
        if one.shape != other.shape:
            return f"output {i} has the shape {one.shape}, told {other.shape}"
        if not np.allclose(one, other, RELATIVE, ABSOLUTE * max(1.0, float(np.max(np.abs(other), initial=0))), equal_nan=True):
            return f"output {i} differs by {np.nanmax(np.abs(one - other)):.3g}"
    return None


# ---- inputs ----

def inputs_beside(source):
    single = source.parent / "input.npy"
    if single.exists():
        return [single]
    several = sorted(source.parent.glob("input_*.npy"), key=lambda path: int(path.stem.rpartition("_")[2]))
    return several


def inputs_made(model, folder):
    random, paths = np.random.default_rng(7), []
    for i, tensor in enumerate(model.inputs):
        shape = [1 if axis == 0 and dim is None else LENGTH if dim is None else dim for axis, dim in enumerate(tensor.shape)]
        whole = "int" in str(tensor.dtype)
        numbers = random.integers(0, 5, shape) if whole or i in looked_up(model) else random.normal(size=shape)
        paths.append(folder / f"input_{i}.npy")
        np.save(paths[-1], numbers.astype("int32" if whole else "float32"))
    return paths


def looked_up(model):
    """Indices of the inputs that an Embedding takes its rows by, whatever else they are used for."""
    seen, tensors = set(), [tensor for layer in model.layers if has_embedding(layer) for tensor in tensors_into(layer)]
    while tensors:
        tensor = tensors.pop()
        if id(tensor) not in seen:
            seen.add(id(tensor))
            operation, node, _ = tensor._keras_history
            tensors += operation._inbound_nodes[node].input_tensors
    return {i for i, tensor in enumerate(model.inputs) if id(tensor) in seen}


def has_embedding(layer):
    return any(type(inner).__name__ in ("Embedding", "ReversibleEmbedding") for inner in layer._flatten_layers())


def tensors_into(layer):
    return [tensor for node in layer._inbound_nodes for tensor in node.input_tensors]


def compute(model, paths):
    arrays = [np.load(path) for path in paths]
    structure = getattr(model, "_inputs_struct", None)
    given = arrays[0] if len(arrays) == 1 else arrays
    if structure is not None:
        given = keras.tree.pack_sequence_as(structure, arrays)
    answer = model(given, training=False)
    return [np.asarray(keras.ops.convert_to_numpy(tensor)) for tensor in keras.tree.flatten(answer)]


# ---- one model ----

class Tally:
    def __init__(self):
        self.rows = {form: dict.fromkeys(COLUMNS, 0) for form in FORMS}
        self.faults = []

    def fault(self, source, form, why):
        self.faults.append(f"{source.parent.name}/{source.name} {form}: {' '.join(str(why).split())[:300]}")


def check_form(program, source, form, folder, archive, told, tally):
    row = tally.rows[form]
    row["models"] += 1
    keras.backend.clear_session()
    try:
        model = load(form, program, source, folder, archive)
    except Exception as refusal:
        return tally.fault(source, form, f"{type(refusal).__name__}: {refusal}")
    row["load"] += 1
    why = different_shapes(model, told)
    row["shapes"] += not why
    if why:
        tally.fault(source, form, why)
    check_numbers(program, source, form, folder, model, tally)
    return None


def check_numbers(program, source, form, folder, model, tally):
    row = tally.rows[form]
    if not model.built or not getattr(model, "inputs", None):   # a subclassed model may name no inputs
        row["uncomputed"] += 1
        return None
    inputs = inputs_beside(source) or inputs_made(model, folder)
    try:
        got = compute(model, inputs)
    except Exception as error:
        row["uncomputed"] += 1
        print(f"{source.parent.name}/{source.name} {form}: Keras itself does not compute it: {' '.join(str(error).split())[:200]}")
        return None
    wanted, refusal = program.predict(source, inputs, folder)
    why = refusal or different_numbers(got, wanted)
    row["numbers"] += not why
    if why:
        tally.fault(source, form, why)
    return None


def forms_of(source):
    """All where no richer file tells the same model."""
    richer = SOURCES[:SOURCES.index(source.suffix)]
    return FORMS[:1] if any(source.with_suffix(suffix).exists() for suffix in richer) else FORMS


def check(program, source, tally):
    told = program.shapes(source)
    if not told or has_own_classes(told):
        return False
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for form in forms_of(source):
            check_form(program, source, form, folder, folder / "written.keras", told, tally)
    return True


def has_own_classes(told):
    """Layers that only the text or its author can make: Keras has neither a layer nor an operation of the class."""
    operations = {name.replace("_", "") for name in dir(keras.ops)}
    known = {"Functional", "Sequential", "GetItem", "TrueDivide", "Absolute", "GroupedQueryAttention"}
    return any(not hasattr(keras.layers, layer["class"]) and layer["class"] not in known and layer["class"].lower() not in operations
               for layer in told["layers"])


def sources_in(folder):
    found = [path for path in sorted(pathlib.Path(folder).rglob("*")) if path.suffix in SOURCES and path.is_file()]
    return [path for path in found if path.stem == "model" or path.parent == pathlib.Path(folder)]


def main(program, folders):
    tally, left = Tally(), []
    sources = [source for folder in folders for source in sources_in(folder)]
    for i, source in enumerate(sources):
        print(f"\r{i + 1} of {len(sources)}", end="\n" if i + 1 == len(sources) else "", file=sys.stderr, flush=True)
        if not check(program, source, tally):
            left.append(f"{source.parent.name}/{source.name}")
    print(f"Keras {keras.__version__}, {keras.backend.backend()}")
    print(f"{'written as':12}{''.join(f'{column:>12}' for column in COLUMNS)}")
    for form, row in tally.rows.items():
        print(f"{form:12}{''.join(f'{row[column]:12}' for column in COLUMNS)}")
    if left:
        print(f"left out, refused or with classes of their own: {', '.join(left)}")
    for fault in tally.faults:
        print(fault)
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main(Program(sys.argv[1]), sys.argv[2:]))
