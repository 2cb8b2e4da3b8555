#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "editing.h"

typedef struct NumberCase {
    const char *layer;               /* of a weight */
    const char *before, *after;
    int64_t     at;
    double      number;
} NumberCase;

#define NP "import numpy as np\n"
#define SMALL IMPORT "model = Sequential()\nmodel.add(Dense(2, input_shape=(2,)))\n"

static const NumberCase INPUT_CASES[] = {
    {NULL, NP SMALL "x = np.array([[1, 2]])\n", NP SMALL "x = np.array([[1, 7]])\n", 1, 7},
    {NULL, NP SMALL "x = np.array([[1.0, 2.0]])\n", NP SMALL "x = np.array([[1.0, 7.0]])\n", 1, 7},
    {NULL, NP SMALL "x = np.array([[1, 2]])\n", NP SMALL "x = np.array([[0.5, 2]])\n", 0, 0.5},
    {NULL, NP SMALL "x = np.array([[1, -2]])\n", NP SMALL "x = np.array([[1, 3]])\n", 1, 3},
    {NULL, NP SMALL "x = np.ones((1, 2))\n", NP SMALL "x = np.array([[1, -3]])\n", 1, -3},
    {NULL, NP SMALL, NP SMALL "x = np.array([[1, 7]])\n", 1, 7},
    {NULL, SMALL "print(model)\n", NP SMALL "x = np.array([[1, 0.25]])\nprint(model)\n", 1, 0.25},
};

static void inputs_are_changed_where_they_stand(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof INPUT_CASES / sizeof *INPUT_CASES; i++) {
        const NumberCase *c = &INPUT_CASES[i];
        Editing f, again;
        float numbers[] = {1, 2};
        const Tensor shown = {.shape = SHAPE(1, 2), .dtype = DTYPE_FLOAT32, .data = numbers};
        editing_open(&f, c->before, strlen(c->before));
        if (!edit_input(&f.reading, 0, &shown, c->at, c->number, &f.edits, &f.why)) fail_msg("case %zu: %s", i, f.why);
        assert_string_equal(editing_result(&f), c->after);
        editing_again(&f, &again);
        editing_close(&again);
        editing_close(&f);
    }
}

static void several_inputs_are_named_in_a_call(void **state)
{
    (void)state;
    const char *text = "import keras\na = keras.Input((2,))\nb = keras.Input((2,))\nmodel = keras.Model([a, b], keras.layers.Add()([a, b]))\n";
    Editing f, again;
    float numbers[] = {1, 2};
    const Tensor one = {.shape = SHAPE(1, 2), .dtype = DTYPE_FLOAT32, .data = numbers}, shown[] = {one, one};
    editing_open(&f, text, strlen(text));
    if (!edit_input(&f.reading, 1, shown, 0, 9, &f.edits, &f.why)) fail_msg("%s", f.why);
    assert_string_equal(editing_result(&f), "import numpy as np\nimport keras\na = keras.Input((2,))\nb = keras.Input((2,))\n"
                                     "model = keras.Model([a, b], keras.layers.Add()([a, b]))\n"
                                     "x1 = np.array([[1, 2]])\nx2 = np.array([[9, 2]])\nmodel.predict([x1, x2])\n");
    editing_again(&f, &again);
    assert_int_equal(again.reading.n_input_arrays, 2);
    assert_string_equal(again.reading.arrays[again.reading.input_arrays[1]].variable, "x2");
    editing_close(&again);
    editing_close(&f);
}

/* The second layer of the model inside; an operation stands before that model, which Keras' model.layers leave out. */
#define INSIDE \
    "import keras\nfrom keras import layers\ninside = keras.Sequential([layers.Dense(2), layers.Dense(2, name='deep')])\n" \
    "i = keras.Input((2,))\nmodel = keras.Model(i, inside(i + 1))\n"

static const NumberCase WEIGHT_CASES[] = {
    {"dense", NP SMALL "model.layers[0].set_weights([np.array([[1, 2], [3, 4]]), np.array([0, 0])])\n",
     NP SMALL "model.layers[0].set_weights([np.array([[1, 2], [3, 0.5]]), np.array([0, 0])])\n", 3, 0.5},
    {"dense", NP SMALL, NP SMALL "model.layers[0].set_weights([\n    np.array([[1.0, 2.0], [-3.0, 0.1]]),\n    np.array([5.0, 6.0])])\n", 2, -3},
    {"dense", NP SMALL "model.get_layer('dense').set_weights([np.ones((2, 2)), np.zeros(2)])\n",
     NP SMALL "model.get_layer('dense').set_weights([np.array([[1.0, 8.0], [3.0, 0.1]]), np.zeros(2)])\n", 1, 8},
    {"deep", NP INSIDE, NP INSIDE "model.layers[1].layers[1].set_weights([\n    np.array([[1.0, 2.0], [3.0, 7.0]]),\n    np.array([5.0, 6.0])])\n", 3, 7},
    {"deep", NP INSIDE "inside.layers[1].set_weights([np.ones((2, 2)), np.zeros(2)])\n",
     NP INSIDE "inside.layers[1].set_weights([np.array([[1.0, 8.0], [3.0, 0.1]]), np.zeros(2)])\n", 1, 8},
};

static void weights_are_changed_where_they_stand(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof WEIGHT_CASES / sizeof *WEIGHT_CASES; i++) {
        const NumberCase *c = &WEIGHT_CASES[i];
        Editing f, again;
        float kernel[] = {1, 2, 3, 0.1f}, bias[] = {5, 6};
        Tensor weights[] = {{.shape = SHAPE(2, 2), .dtype = DTYPE_FLOAT32, .data = kernel}, {.shape = SHAPE(2), .dtype = DTYPE_FLOAT32, .data = bias}};
        editing_open(&f, c->before, strlen(c->before));
        const Layer *layer = editing_layer(&f, c->layer);
        WeightTable table = {.weights = ARENA_ARRAY(&f.arena, layer->id + 1, Tensor *), .n = layer->id + 1};
        table.weights[layer->id] = weights;
        if (!edit_weight(&f.reading, layer, &table, (WeightRef){layer, 0}, c->at, c->number, &f.edits, &f.why)) fail_msg("case %zu: %s", i, f.why);
        assert_string_equal(editing_result(&f), c->after);
        editing_again(&f, &again);
        assert_true(editing_layer(&again, c->layer)->weights[0].given[c->at] == (float)c->number);
        editing_close(&again);
        editing_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs_are_changed_where_they_stand),
        cmocka_unit_test(several_inputs_are_named_in_a_call),
        cmocka_unit_test(weights_are_changed_where_they_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
