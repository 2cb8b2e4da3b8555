/* Keras code read as data: what models, inputs, places and faults a text gives. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "data_files.h"
#include "engine/plan.h"
#include "keras/reading.h"

typedef struct Case {
    const char *name, *code, *expected;
} Case;

typedef struct Read {
    Arena   arena;
    Reading reading;
    Plan    plan;
} Read;

static void read_text(Read *read, const char *code)
{
    arena_open(&read->arena, 0);
    keras_read(&read->reading, &read->arena, code, strlen(code), NULL);
    read->plan = (Plan){0};
    const Error *error = read->reading.error.set ? &read->reading.error : NULL;
    if (read->reading.model) plan_make(&read->plan, &read->arena, read->reading.model, NULL, 0, 3, error);
}

static void read_done(Read *read)
{
    arena_close(&read->arena);
}

/* "dense (None, 4) 12, flatten (None, 8) 0": the rows of the model shown; then the fault. */
static const char *outcome(Read *read)
{
    Text text = {.arena = &read->arena};
    for (int i = 0; i < read->plan.n_layers; i++) {
        const PlanLayer *layer = &read->plan.layers[i];
        text_print(&text, "%s%s", i ? ", " : "", layer->layer->name);
        if (layer->n_out) text_print(&text, " %s", shape_text(&read->arena, &layer->out[layer->n_out - 1].shape));
        if (layer->params.all) text_print(&text, " %lld", (long long)layer->params.all);
    }
    const Error *error = &read->reading.error;
    if (!error->set) return text_string(&text);
    const Span at = span_known(error->at) ? error->at : error->span;
    int line = 0, column = 0;
    if (span_known(at)) text_place(read->reading.text, read->reading.length, at.start, &line, &column);
    text_print(&text, "%s%s %d:%d %s", text.length ? " | " : "", error->exception, line, column, error->message);
    return text_string(&text);
}

static void check_cases(const Case *cases, size_t n)
{
    bool good = true;
    for (size_t i = 0; i < n; i++) {
        Read read;
        read_text(&read, cases[i].code);
        const char *got = outcome(&read);
        if (strcmp(got, cases[i].expected) != 0) {
            print_error("%s:\n  got      %s\n  expected %s\n", cases[i].name, got, cases[i].expected);
            good = false;
        }
        read_done(&read);
    }
    assert_true(good);
}

#define CHECK(cases) check_cases(cases, sizeof cases / sizeof *cases)
#define KERAS "from keras import *\nfrom keras.layers import *\n"
#define SMALL KERAS "model = Sequential([Dense(3, input_dim=4, name='a')])\n"
#define OWN KERAS "class Own(Layer):\n    def __init__(self, **more):\n        super().__init__(**more)\n        self.dense = Dense(3)\n" \
    "    def call(self, x):\n        return self.dense(x)\n"

static void test_models(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"add", KERAS "model = Sequential()\nmodel.add(Dense(16, input_shape=(3, 2)))\nmodel.add(Flatten())\nmodel.add(Dense(4))\n",
         "dense (None, 3, 16) 48, flatten (None, 48), dense_1 (None, 4) 196"},
        {"list over lines", KERAS "model = Sequential([\n    Input((4,)),\n    Dense(3),  # three\n    Dense(2),\n])\n",
         "dense (None, 3) 15, dense_1 (None, 2) 8"},
        {"no imports at all", "model = Sequential([Dense(3, input_shape=(4,))])", "dense (None, 3) 15"},
        {"prefixes", "import tensorflow as tf\nmodel = tf.keras.Sequential([tf.keras.layers.Dense(3, input_dim=4)])", "dense (None, 3) 15"},
        {"old paths", "from keras.layers.core import Dense\nfrom keras.models import Sequential\nmodel = Sequential([Dense(3, input_dim=4)])",
         "dense (None, 3) 15"},
        {"variables and arithmetic", KERAS "n = 28 * 28\nk = n // 100 + 2 ** 2 - 1\nmodel = Sequential()\nmodel.add(Dense(k, input_shape=(n,)))\n",
         "dense (None, 10) 7850"},
        {"loop and names", KERAS "model = Sequential([Input((4,))])\nfor i, n in enumerate([3, 2]):\n    model.add(Dense(n, name=f'd{i}'))\n",
         "d0 (None, 3) 15, d1 (None, 2) 8"},
        {"list of layers by + and *", KERAS "ls = [Input((4,))] + [Dense(3)] * 1\nls += [Dense(2)]\nmodel = Sequential(ls)",
         "dense (None, 3) 15, dense_1 (None, 2) 8"},
        {"function", KERAS "def build(n, units=3):\n    m = Sequential()\n    m.add(Dense(units, input_dim=n))\n    return m\nmodel = build(4)",
         "dense (None, 3) 15"},
        {"pop", KERAS "model = Sequential([Input((4,)), Dense(3), Dense(2)])\nmodel.pop()", "dense (None, 3) 15"},
        {"main guard", KERAS "def main():\n    return Sequential([Dense(3, input_dim=4)])\nif __name__ == '__main__':\n    model = main()",
         "dense (None, 3) 15"},
        {"import that may fail", "try:\n    from tensorflow import keras\nexcept ImportError:\n    import keras\n"
         "model = keras.Sequential([keras.layers.Dense(3, input_dim=4)])", "dense (None, 3) 15"},
        {"functional", KERAS "x = Input((4,))\ny = Dense(3)(x)\nmodel = Model(x, y)", "input_layer (None, 4), dense (None, 3) 15"},
        {"the variable model is shown", KERAS "model = Sequential([Dense(3, input_dim=4)])\nother = Sequential([Dense(2, input_dim=4)])",
         "dense (None, 3) 15"},
        {"else the last", KERAS "a = Sequential([Dense(3, input_dim=4)])\nb = Sequential([Dense(2, input_dim=4)])", "dense_1 (None, 2) 10"},
        {"shape of a data set", KERAS "(x, y), _ = datasets.mnist.load_data()\nmodel = Sequential([Flatten(input_shape=x.shape[1:]), Dense(2)])",
         "flatten (None, 784), dense (None, 2) 1570"},
        {"condition not known", KERAS "import os\nif os.path.exists('m.keras'):\n    model = models.load_model('m.keras')\nelse:\n"
         "    model = Sequential([Dense(3, input_dim=4)])\n", "dense (None, 3) 15"},
        {"subclassed", KERAS "import numpy as np\nclass Net(Model):\n    def __init__(self, n):\n        super().__init__()\n"
         "        self.d = Dense(n)\n    def call(self, x):\n        return self.d(x)\nmodel = Net(3)\nmodel(Input((4,)))", "dense (None, 3) 15"},
        {"Embedding's input_dim is no shape of the input", KERAS "model = Sequential([Embedding(100, 8), Flatten(), Dense(2)])",
         "embedding, flatten, dense"},
        {"dot has a default for its axes", KERAS "a = Input((4,))\nb = Input((4,))\nmodel = Model([a, b], dot([a, b]))",
         "input_layer (None, 4), input_layer_1 (None, 4), dot (None, 1)"},
        {"integers of NumPy", KERAS "import numpy as np\nn = np.int64(4)\n"
         "model = Sequential([Input((6, 2)), Conv1D(n, 2), BatchNormalization(axis=np.int64(1)), Dropout(np.float32(0.5))])",
         "conv1d (None, 5, 4) 20, batch_normalization (None, 5, 4) 20, dropout (None, 5, 4)"},
        {"arithmetic with integers of NumPy", KERAS "import numpy as np\ny = np.array([0, 2, 1])\nn = np.max(y) + 1\n"
         "model = Sequential([Dense(int(n), input_dim=4)])", "dense (None, 3) 15"},
        {"activations of tensors", KERAS "x = Input((4,))\nmodel = Model(x, activations.linear(activations.exponential(activations.relu(x))))",
         "input_layer (None, 4), re_lu (None, 4), exp (None, 4)"},
        {"limits of an activation of a tensor", KERAS "x = Input((4,))\nmodel = Model(x, activations.relu(x, 0.1, 2.5, threshold=1))",
         "input_layer (None, 4), re_lu (None, 4)"},
        {"activations that want numbers", KERAS "x = Input((4,))\ny = x\nfor f in (activations.mish, activations.hard_swish, activations.sparsemax):\n"
         "    try:\n        y = f(x)\n    except ValueError:\n        y = Dense(2)(y)\nmodel = Model(x, y)",
         "input_layer (None, 4), dense (None, 2) 10, dense_1 (None, 2) 6, dense_2 (None, 2) 6"},
        {"pooling inside a wrapper", KERAS "model = Sequential([Input((12, 8, 1)), TimeDistributed(MaxPooling2D())])",
         "time_distributed (None, 12, 4, 4, 1)"},
        {"get by name", KERAS "k = initializers.get('he_normal')\na = activations.get('tanh')\n"
         "model = Sequential([Dense(3, a, kernel_initializer=k, input_dim=4)])", "dense (None, 3) 15"},
        {"weights= of other layers than Embedding", KERAS "model = Sequential([Input((5, 2)), Bidirectional(LSTM(3), weights=[])])",
         "bidirectional (None, 6) 144"},
        {"the shape told to a layer of the text", OWN "model = Sequential([Own(input_shape=(4,)), Dense(2)])",
         "own (None, 3) 15, dense_1 (None, 2) 8"},
        {"a model of nothing but a name", KERAS "empty = Model(name='a')\nmodel = Sequential([Dense(3, input_dim=4)])", "dense (None, 3) 15"},
        {"built by the data of fit", KERAS "import numpy as np\nmodel = Sequential([Dense(3)])\nmodel.compile()\nmodel.fit(np.zeros((5, 4)), np.zeros((5, 3)))",
         "dense (5, 3) 15"},
    };
    CHECK(cases);
}

/* What Keras said to misused models, and to layers of the text's own. */
static void test_own_layers_and_training(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"misspelt argument of compile", SMALL "model.compile('adam', metric=['mae'])",
         "a (None, 3) 15 | TypeError 4:1 Trainer.compile() got an unexpected keyword argument 'metric'"},
        {"metrics in no list", SMALL "model.compile('adam', 'mse', metrics='mae')",
         "a (None, 3) 15 | ValueError 4:1 Expected `metrics` argument to be a list, tuple, or dict. Received instead: metrics=mae of type "
         "<class 'str'>"},
        {"fit before compile", SMALL "model.fit([[1, 2, 3, 4]], [[1, 2, 3]])",
         "a (None, 3) 15 | ValueError 4:1 You must call `compile()` before using the model."},
        {"misspelt argument of fit", SMALL "model.compile()\nmodel.fit(x=None, epoch=3)",
         "a (None, 3) 15 | TypeError 5:1 TensorFlowTrainer.fit() got an unexpected keyword argument 'epoch'"},
        {"unequal numbers of samples", SMALL "import numpy as np\nmodel.compile()\nmodel.fit(np.zeros((8, 4)), np.zeros((7, 3)))",
         "a (None, 3) 15 | ValueError 6:1 Data cardinality is ambiguous. Make sure all arrays contain the same number of samples.'x' sizes: 8\n"
         "'y' sizes: 7\n"},
        {"a function that is not known may compile", SMALL "import helpers\nhelpers.prepare(model)\nmodel.fit([[1, 2, 3, 4]])", "a (None, 3) 15"},
        {"layers made in call() take names each time", KERAS "class Own(Layer):\n    def call(self, x):\n        return Dense(3)(x)\n"
         "i = Input((4,))\nown = Own()\nx = own(own(i)[:, :3])\nmodel = Model(i, Dense(2)(x))",
         "input_layer (None, 4), own (None, 3), get_item (None, 3), dense_2 (None, 2) 8"},
        {"what is built by running takes them twice", KERAS "class Own(Layer):\n    def __init__(self):\n        super().__init__()\n"
         "        self.d = Dense(3)\n    def call(self, x):\n        Dense(7)(x)\n        return self.d(x)\n"
         "model = Sequential([Input((4,)), Own()])\nmodel.add(Dense(2))", "own (None, 3) 15, dense_3 (None, 2) 8"},
        {"build() by the text takes none", OWN "own = Own()\nown.build((None, 4))\nmodel = Sequential([Input((4,)), own, Dense(2)])",
         "own (None, 3) 15, dense_1 (None, 2) 8"},
        {"own build() runs once", KERAS "class Own(Layer):\n    def build(self, shape):\n        self.w = self.add_weight(shape=(shape[-1], 3))\n"
         "    def call(self, x):\n        return x @ self.w\nown = Own()\nown.build((None, 4))\nmodel = Sequential([Input((4,)), own])",
         "own (None, 3) 12"},
        {"weights stand on either side", KERAS "class Own(Layer):\n    def build(self, shape):\n        self.w = self.add_weight(shape=shape[-1:])\n"
         "    def call(self, x):\n        return self.w * x\nmodel = Sequential([Input((4,)), Own()])", "own (None, 4) 4"},
        {"a Layer without call()", KERAS "x = Layer()(Input((3,)))",
         "NotImplementedError 3:5 Exception encountered when calling Layer.call().\n\nCould not automatically infer the output shape / dtype of "
         "'layer' (of type Layer). Either the `Layer.call()` method is incorrect, or you need to implement the `Layer.compute_output_spec() / "
         "compute_output_shape()` method. Error encountered:\n\nLayer Layer does not have a `call` method implemented.\n\nArguments received "
         "by Layer.call():\n  • args=('<KerasTensor shape=(None, 3), dtype=float32, sparse=False, ragged=False, name=keras_tensor>',)\n  • "
         "kwargs=<class 'inspect._empty'>"},
        {"call() that takes two", KERAS "class Own(Layer):\n    def call(self, a, b):\n        return a\nx = Own()(Input((3,)))",
         "TypeError 6:5 missing a required argument: 'b'"},
        {"call() without an argument in a Sequential", KERAS "class Own(Layer):\n    def call(self):\n        return 1\n"
         "model = Sequential([Input((3,)), Own()])",
         "ValueError 6:9 Layers added to a Sequential model should have a single positional argument, the input tensor. Layer Own has no "
         "positional arguments."},
        {"call() that gives nothing", KERAS "class Own(Layer):\n    def call(self, x):\n        x + 1\nx = Dense(2)(Own()(Input((3,))))",
         "input_layer (None, 3), own (None, 3) | ValueError 6:5 Inputs to a layer should be tensors. Got 'None' (of type <class 'NoneType'>) as input for layer 'dense'."},
        {"classes over Sequential and Model name themselves", KERAS "class BlockNet(Sequential):\n    def __init__(self):\n"
         "        super().__init__([Dense(3)])\nclass Net(Model):\n    def __init__(self):\n        i = Input((3,))\n"
         "        super().__init__(inputs=i, outputs=Dense(2)(i))\nmodel = Sequential([Input((4,)), BlockNet(), Net()])",
         "block_net (None, 3) 15, net (None, 2) 8"},
        {"a shape whose batch is not known", KERAS "class Own(Layer):\n    def call(self, x):\n"
         "        return ops.reshape(ops.reshape(x, (-1, 4)), ops.shape(x))\nmodel = Sequential([Input((5, 4)), Own()])", "own (None, 5, 4)"},
        {"as many places as there are steps", KERAS "class Own(Layer):\n    def __init__(self):\n        super().__init__()\n"
         "        self.place = Embedding(9, 4)\n    def call(self, x):\n        return x + self.place(ops.arange(ops.shape(x)[1]))\n"
         "model = Sequential([Input((None, 4)), Own()])", "own (None, None, 4) 36"},
        {"a weight before it is built", KERAS "Dense(3).kernel", "AttributeError 3:10 You must build the layer before accessing `kernel`."},
    };
    CHECK(cases);
}

/* Operations that take functions: Keras looks at the shapes they give. */
static void test_operations_of_functions(void **state)
{
    (void)state;
#define OPS(code) "from keras import Input, Model, ops\nx, z = Input((4, 3), name='x'), Input((5,), name='z')\ny = ops." code "\nmodel = Model([x, z], y)"
    static const Case cases[] = {
        {"map goes along the first axis", OPS("map(lambda t: ops.sum(t, axis=-1), x)"), "x (None, 4, 3), z (None, 5), map (None, 4)"},
        {"so does vectorized_map", OPS("vectorized_map(lambda t: t[0], x)"), "x (None, 4, 3), z (None, 5), vectorized_map (None, 3)"},
        {"associative_scan keeps the shape", OPS("associative_scan(lambda a, b: a + b, x, axis=1)"), "x (None, 4, 3), z (None, 5), associative_scan (None, 4, 3)"},
        {"a loop gives what it is given", OPS("fori_loop(0, 3, lambda i, v: v * 2, x)"), "x (None, 4, 3), z (None, 5), fori_loop (None, 4, 3)"},
        {"a condition that is known is no node", OPS("cond(True, lambda: x + 1, lambda: z)"), "x (None, 4, 3), z (None, 5), add (None, 4, 3)"},
        {"no function", OPS("map(3, x)"), "TypeError 3:5 'int' object is not callable"},
        {"a value is missing", OPS("fori_loop(0, 3, lambda i, v: v)"),
         "TypeError 3:5 fori_loop() missing 1 required positional argument: 'init_val'"},
        {"an axis too many", OPS("associative_scan(lambda a, b: a + b, x, axis=7)"), "IndexError 3:5 tuple index out of range"},
        {"a list that holds itself", "from keras import Input, ops\na = [Input((4,))]\na.append(a)\ny = ops.map(lambda t: t, a)",
         "RecursionError 4:5 maximum recursion depth exceeded"},
    };
    CHECK(cases);
#undef OPS
}

static void test_faults(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"misspelt layer", "model = Sequential([Dens(4)])", "NameError 1:21 name 'Dens' is not defined"},
        {"what stands before is shown", KERAS "model = Sequential([Input((4,)), Dense(3), Dence(2)])",
         "dense (None, 3) 15 | NameError 3:44 name 'Dence' is not defined"},
        {"unknown attribute of a module", "from keras import layers, Sequential\nmodel = Sequential([layers.dense(8)])",
         "AttributeError 2:28 module 'keras.layers' has no attribute 'dense'"},
        {"unknown loss", "import keras\nloss = keras.losses.MeanSquaredEror()", "AttributeError 2:21 module 'keras.losses' has no attribute 'MeanSquaredEror'"},
        {"unknown operation", "from keras import ops\nx = ops.rellu(3)", "AttributeError 2:9 module 'keras.ops' has no attribute 'rellu'"},
        {"a layer of Keras 2 alone", "from keras.layers import *\nx = ThresholdedReLU(1.0)", "NameError 2:5 name 'ThresholdedReLU' is not defined"},
        {"seed that is no integer", KERAS "model = Sequential([Input((4,)), Dropout(0.5, seed='a')])",
         "ValueError 3:47 Argument `seed` must be an integer. Received: seed=a"},
        {"attention of a tuple", KERAS "q = Input((4, 8))\nmodel = Model(q, Attention()((q, q)))",
         "ValueError 4:18 Attention layer must be called on a list of inputs, namely [query, value] or [query, value, key]. Received: "
         "inputs=((None, 4, 8), (None, 4, 8))."},
        {"pooling inside a wrapper of what has no maps", KERAS "model = Sequential([Input((10, 3)), TimeDistributed(MaxPooling2D())])",
         "ValueError 3:37 Exception encountered when calling TimeDistributed.call().\n\n"
         "operands could not be broadcast together with shapes (0,) (2,) \n\nArguments received by TimeDistributed.call():\n"
         "  • args=('<KerasTensor shape=(None, 10, 3), dtype=float32, sparse=False, ragged=False, name=keras_tensor>',)\n"
         "  • kwargs={'mask': 'None'}"},
        {"arguments of a merge", KERAS "a = Input((4,))\nmodel = Model(a, Add(1)([a, a]))",
         "TypeError 4:22 Merge.__init__() takes 1 positional argument but 2 were given"},
        {"both ways to tell the input's shape", KERAS "model = Sequential([Dense(3, input_dim=2, input_shape=(2,))])",
         "ValueError 3:43 Unrecognized keyword arguments passed to Dense: {'input_shape': (2,)}"},
        {"missing import", "from keras import Sequential\nmodel = Sequential([Dense(4)])", "NameError 2:21 name 'Dense' is not defined"},
        {"shape", KERAS "model = Sequential()\nmodel.add(Input((28, 28)))\nmodel.add(Permute((1, 2, 3)))",
         "ValueError 5:11 Input 0 with name 'None' of layer 'permute' is incompatible with the layer: expected ndim=4, found ndim=3. "
         "Full shape received: (None, 28, 28)"},
        {"unclosed bracket", KERAS "model = Sequential([Dense(3, input_dim=4)])\nmodel.add(Dense(2)",
         "dense (None, 3) 15 | SyntaxError 4:10 '(' was never closed"},
        {"argument that is not known", KERAS "import pandas as pd\ndata = pd.read_csv('x.csv')\nn = len(data.columns)\nmodel = Sequential([Dense(n)])",
         "UnknownValue 6:27 n"},
        {"division by zero", "n = 1 // 0", "ZeroDivisionError 1:5 integer division or modulo by zero"},
        {"add gives None", KERAS "model = Sequential().add(Dense(4))\nmodel.add(Dense(2))",
         "dense | AttributeError 4:7 'NoneType' object has no attribute 'add'"},
        {"an argument that no layer takes", OWN "model = Sequential([Own(units=3)])",
         "ValueError 5:26 Unrecognized keyword arguments passed to Own: {'units': 3}"},
        {"a layer of the text takes keywords alone", KERAS "class Own(Layer):\n    def __init__(self):\n        super().__init__(3)\nOwn()",
         "TypeError 5:26 Layer.__init__() takes 1 positional argument but 2 were given"},
        {"arguments of Layer itself", KERAS "Layer(units=3)", "ValueError 3:7 Unrecognized keyword arguments passed to Layer: {'units': 3}"},
        {"the name of a model that is no text", KERAS "Model(name=3)",
         "ValueError 3:7 Argument `name` must be a string and cannot contain character `/`. Received: name=3 (of type <class 'int'>)"},
        {"a layer by name and by place", SMALL "model.get_layer('a', 0)",
         "a (None, 3) 15 | ValueError 4:1 Provide only a layer name or a layer index. Received: index=0, name=a."},
        {"a layer by a place that is no integer", SMALL "model.get_layer(index=0.0)",
         "a (None, 3) 15 | TypeError 4:1 list indices must be integers or slices, not float"},
        {"layers set", SMALL "model.layers = model.layers[:-1]",
         "a (None, 3) 15 | AttributeError 4:1 `Sequential.layers` attribute is reserved and should not be used. Use `add()` and `pop()` to "
         "change the layers in this model."},
        {"weights set", SMALL "model.layers[0].weights = []",
         "a (None, 3) 15 | AttributeError 4:1 property 'weights' of 'Dense' object has no setter"},
        {"what only a graph has, set", SMALL "model.layers[0].input_shape = 3\nmodel.input_shape = 3",
         "a (None, 3) 15 | AttributeError 5:1 property 'input_shape' of 'Sequential' object has no setter"},
        {"an exception that is caught", KERAS "try:\n    n = {}['n']\nexcept KeyError:\n    n = 3\nmodel = Sequential([Dense(n, input_dim=4)])",
         "dense (None, 3) 15"},
    };
    CHECK(cases);
}

/* ---- what the window needs ---- */

static const char *question =
    "import numpy as np\nfrom keras.models import Sequential\nfrom keras.layers import Dense, Activation, Flatten\n\n"
    "model = Sequential()\nmodel.add(Dense(16, input_shape=(3, 2)))\nmodel.add(Activation('relu'))\nmodel.add(Flatten())\n"
    "model.add(Dense(4))\nmodel.compile(loss='mean_squared_error', optimizer='SGD')\n\n"
    "x = np.array([[[1, 2], [3, 4], [5, 6]]])\n\ny = model.predict(x)\n\nprint y.shape\n";

static const char *slice(const Read *read, Span span)
{
    Arena *arena = (Arena *)(uintptr_t)&read->arena;
    return span_known(span) ? arena_copy(arena, read->reading.text + span.start, (size_t)(span.end - span.start)) : "";
}

static void test_question(void **state)
{
    (void)state;
    Read read;
    read_text(&read, question);
    const Reading *reading = &read.reading;
    assert_false(reading->error.set);
    assert_int_equal(reading->n_dimmed, 1);
    assert_string_equal(slice(&read, reading->dimmed[0]), "model.compile(loss='mean_squared_error', optimizer='SGD')");
    assert_int_equal(reading->n_input_arrays, 1);
    const ReadArray *x = &reading->arrays[reading->input_arrays[0]];
    assert_string_equal(x->variable, "x");
    assert_string_equal(slice(&read, x->span), "np.array([[[1, 2], [3, 4], [5, 6]]])");
    assert_string_equal(slice(&read, x->numbers[3]), "4");
    assert_true(x->tensor.data[3] > 3.5f);
    assert_string_equal(slice(&read, reading->print_shape), "print y.shape");
    assert_int_equal(reading->n_places, 4);
    assert_int_equal(reading->places[0].form, PLACE_ADD);
    assert_string_equal(slice(&read, reading->places[0].args[1].literal), "(3, 2)");
    assert_string_equal(slice(&read, (Span){reading->model_end.end - 19, reading->model_end.end}), "model.add(Dense(4))");
    read_done(&read);
}

static const char *input_shown(const Read *read)
{
    const Reading *reading = &read->reading;
    if (reading->n_input_arrays != 1 || reading->input_arrays[0] < 0) return "none";
    return slice(read, reading->arrays[reading->input_arrays[0]].span);
}

static void test_input_shown(void **state)
{
    (void)state;
    static const struct { const char *code, *shown; } cases[] = {
        {"model(np.zeros((1, 4)))", "none"},
        {"model(np.ones((1, 4)))", "none"},
        {"a = np.zeros((1, 4))\nmodel(a)", "none"},
        {"x = np.zeros((1, 4))\nmodel(x)", "np.zeros((1, 4))"},
        {"a = np.ones((1, 4))\nmodel(a)", "np.ones((1, 4))"},
        {"model.predict(np.zeros((1, 4)))", "model.predict(np.zeros((1, 4)))"},
        {"a = np.ones((1, 4))\nmodel.predict(a)\nmodel(np.zeros((1, 4)))", "np.ones((1, 4))"},
        {"model(np.zeros((1, 4)))\na = np.array([[1, 2, 3, 4]])", "np.array([[1, 2, 3, 4]])"},
        {"a = np.array([[0, 0, 0, 0]])\nmodel(a)", "np.array([[0, 0, 0, 0]])"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Read read;
        char code[512];
        snprintf(code, sizeof code, "import numpy as np\n" SMALL "%s\n", cases[i].code);
        read_text(&read, code);
        assert_false(read.reading.error.set);
        if (strcmp(input_shown(&read), cases[i].shown) != 0) fail_msg("%s: %s", cases[i].code, input_shown(&read));
        read_done(&read);
    }
}

static void test_literals_behind_names(void **state)
{
    (void)state;
    Read read;
    read_text(&read, KERAS "units = 12\nclasses = units - 2\nmodel = Sequential([Dense(units, activation='relu', input_dim=4), Dense(classes)])");
    const Place *first = &read.reading.places[0], *second = &read.reading.places[1];
    assert_string_equal(slice(&read, first->args[0].value), "units");
    assert_string_equal(slice(&read, first->args[0].literal), "12");
    assert_string_equal(slice(&read, first->args[1].whole), "activation='relu'");
    assert_false(span_known(second->args[0].literal));
    assert_int_equal(first->form, PLACE_ITEM);
    read_done(&read);
}

static void test_weights_and_seed(void **state)
{
    (void)state;
    Read read;
    read_text(&read, KERAS "import numpy as np\nutils.set_random_seed(11)\nmodel = Sequential([Dense(1, input_dim=2)])\n"
                           "model.layers[0].set_weights([np.array([[1.], [2.]]), np.array([3.])])\nmodel.load_weights('w.keras')");
    const Reading *reading = &read.reading;
    assert_false(reading->error.set);
    assert_int_equal(reading->seed, 11);
    assert_int_equal(reading->n_weights, 1);
    assert_string_equal(slice(&read, reading->weights[0].numbers[0][1]), "2.");
    assert_true(reading->model->layers[0]->weights[0].given[1] > 1.5f);
    assert_int_equal(reading->n_loads, 1);
    assert_string_equal(reading->loads[0].path, "w.keras");
    read_done(&read);
}

static void test_times(void **state)
{
    (void)state;
    Read read;
    read_text(&read, KERAS "model = Sequential([Input((4,))])\nfor n in (3, 2, 1):\n    model.add(Dense(n))");
    assert_int_equal(read.reading.places[1].times, 3);
    assert_int_equal(read.reading.places[1].form, PLACE_OTHER);
    read_done(&read);
}

static void test_report(void **state)
{
    (void)state;
    Read read;
    read_text(&read, "model = Sequential([Dens(4)])");
    Text text = {.arena = &read.arena};
    reading_report(&read.reading, &read.reading.error, &text);
    assert_string_equal(text_string(&text), "line 1, column 21: name 'Dens' is not defined\n    model = Sequential([Dens(4)])\n"
                                            "                        ^~~~\n");
    assert_string_equal(read.reading.error.value[1], "Dense");
    assert_int_equal(read.reading.error.fix[0].kind, FIX_REPLACE_TEXT);
    read_done(&read);
}

static void test_report_of_a_long_line(void **state)
{
    (void)state;
    Read read;
    Arena arena;
    arena_open(&arena, 0);
    Text code = {.arena = &arena};
    text_put(&code, "x = [");
    for (int i = 0; i < 500; i++) text_put(&code, "\xC3\xA4 = 1, ");
    text_put(&code, "]; model = Dens(4); y = '");
    for (int i = 0; i < 500; i++) text_put(&code, "\xC3\xA4");
    text_put(&code, "'");
    read_text(&read, text_string(&code));
    Text text = {.arena = &arena};
    const Error error = {.message = "m", .span = {(int)(strstr(code.bytes, "Dens") - code.bytes), (int)(strstr(code.bytes, "Dens") - code.bytes) + 4}, .at = SPAN_NONE};
    reading_report(&read.reading, &error, &text);
    assert_in_range(text.length, 100, 300);
    assert_non_null(strstr(text_string(&text), "]; model = Dens(4); y"));
    assert_non_null(strstr(text_string(&text), " ^~~~\n"));
    read_done(&read);
    arena_close(&arena);
}

/* ---- what holds for every text ---- */

static bool inside(Span inner, Span outer)
{
    return outer.start <= inner.start && inner.start <= inner.end && inner.end <= outer.end;
}

static bool overlap(Span a, Span b)
{
    return a.start < b.end && b.start < a.end;
}

static void check_argument(const Read *read, const Place *place, const ArgumentPlace *arg)
{
    const char *whole = slice(read, arg->whole), *value = slice(read, arg->value);
    assert_true(inside(arg->whole, place->inside));
    assert_true(inside(arg->value, arg->whole));
    assert_true(arg->whole.end == arg->value.end);
    assert_true(*value != 0);
    if (arg->positional) assert_string_equal(whole, value);
    else assert_int_equal(strncmp(whole, arg->param, strlen(arg->param)), 0);
    if (span_known(arg->literal)) assert_true(arg->literal.start >= 0 && (size_t)arg->literal.end <= read->reading.length);
}

static void check_place(const Read *read, const Place *place)
{
    const char *call = slice(read, place->call);
    assert_true(call[strlen(call) - 1] == ')');
    assert_int_equal(place->callee.start, place->call.start);
    assert_int_equal(place->inside.end, place->call.end - 1);
    assert_true(read->reading.text[place->inside.start - 1] == '(');
    assert_true(inside(place->call, place->statement));
    assert_true(place->times >= 1);
    for (int i = 0; i < place->n_args; i++) check_argument(read, place, &place->args[i]);
}

/* Layers of the model shown are never dimmed, and know their place. */
static void check_layers(const Read *read)
{
    const Reading *reading = &read->reading;
    for (int i = 0; i < read->plan.n_layers; i++) {
        const Layer *layer = read->plan.layers[i].layer;
        if (layer->place < 0) continue;
        assert_true(layer->place < reading->n_places);
        for (int k = 0; k < reading->n_dimmed; k++) assert_false(overlap(reading->places[layer->place].call, reading->dimmed[k]));
    }
}

static void check_text(const char *path)
{
    static char code[1 << 16];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t length = fread(code, 1, sizeof code - 1, file);
    fclose(file);
    code[length] = 0;
    Read read;
    read_text(&read, code);
    for (int i = 0; i < read.reading.n_places; i++) check_place(&read, &read.reading.places[i]);
    for (int i = 1; i < read.reading.n_dimmed; i++) assert_false(overlap(read.reading.dimmed[i - 1], read.reading.dimmed[i]));
    check_layers(&read);
    read_done(&read);
}

static int check_oddities(void)
{
    DIR *folder = opendir(SOURCE_DIR "/tests/corpus/reading");
    int n = 0;
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder));) {
        char path[1024];
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, SOURCE_DIR "/tests/corpus/reading/%s", entry->d_name);
        check_text(path);
        n++;
    }
    closedir(folder);
    return n;
}

static int check_recorded_models(void)
{
    Arena arena;
    const char **names;
    int checked = 0;
    arena_open(&arena, 0);
    const int n = data_list(&arena, "models", &names);
    for (int i = 0; i < n; i++) {
        const char *path = arena_print(&arena, SOURCE_DIR "/tests/data/models/%s/model.py", names[i]);
        if (access(path, R_OK) != 0) continue;
        check_text(path);
        checked++;
    }
    arena_close(&arena);
    return checked;
}

static void test_places_hold(void **state)
{
    (void)state;
    assert_true(check_oddities() > 8);
    assert_true(check_recorded_models() > 100);
}

/* ---- limits ---- */

static void test_limits(void **state)
{
    (void)state;
    static const char *const codes[] = {
        "while True:\n    pass\n", "x = 'a' * 10**9\n", "x = list(range(10**12))\n", "x = 2**10**9\n", "def f(): return f()\nf()\n",
        "x = [0]\nwhile True: x = x + x\n", "x = []\nx.append(x)\nprint(x)\nx == [x]\n", "x = []\nfor i in range(100000): x = [x]\nprint(x)\n",
        "class A: pass\nwhile True:\n    class A(A): pass\n", "f = lambda g: g(g)\nf(f)\n", "for i in range(10**12):\n    s = str(i)\n",
        "x = '%1000000000d' % 3\n", "x = f'{3:1000000000}'\n", "d = {}\nfor i in range(10**6): d[i] = i\n",
        KERAS "model = Sequential([Dense(2, input_dim=2)])\nwhile True: model.add(Dense(2))\n",
        "import numpy as np\nx = np.zeros((10**6, 10**6))\ny = x + x\n", "x = sorted(range(10**6), key=lambda v: -v)\n",
        "from itertools import product\nx = list(product(range(1000), repeat=9))\n"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        Read read;
        read_text(&read, codes[i]);
        read_done(&read);
    }
}

static void test_little_memory(void **state)
{
    (void)state;
    for (size_t limit = 1; limit < 2000000; limit += 1 + limit / 3) {
        Arena arena;
        Reading reading;
        arena_open(&arena, limit);
        keras_read(&reading, &arena, question, strlen(question), NULL);
        assert_true(reading.model || reading.error.set);
        arena_close(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_models),
        cmocka_unit_test(test_own_layers_and_training),
        cmocka_unit_test(test_operations_of_functions),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_question),
        cmocka_unit_test(test_input_shown),
        cmocka_unit_test(test_literals_behind_names),
        cmocka_unit_test(test_weights_and_seed),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_report),
        cmocka_unit_test(test_report_of_a_long_line),
        cmocka_unit_test(test_places_hold),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_little_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
