/* The sentences of a unit: its rule, the numbers, what comes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/sentences.h"
#include "driving.h"
#include "scene/view.h"

typedef struct UnitCase {
    const char *what, *layers, *x, *unit, *title, *formula;
} UnitCase;

static const UnitCase CASES[] = {
    {"a copy is what nothing is done to", "Input((2, 2)), Flatten()", "[[[1, 2], [3, 4]]]", "flatten[2]", "is a copy of x[1, 0].", "= x[1, 0]  =  3"},
    {"a function of a number is no copy", "Input((2,)), ReLU()", "[[-2, 5]]", "re_lu[0]", "sees 1 of 2 inputs.", "= max(0, x)  =  relu(−2)  =  0"},
    {"a multiple is no copy", "Input((2,)), Rescaling(2, offset=1)", "[[3, 5]]", "rescaling[0]", "sees 1 of 2 inputs.", "= x·2 + 1  =  3·2 + 1  =  7"},
    {"slopes and bounds are the layer's own", "Input((1,)), ReLU(max_value=6, negative_slope=0.5)", "[[-4]]", "re_lu[0]", "sees 1 of 1 inputs.",
     "= x ≥ 0 ? min(x, 6) : 0.5·x  =  relu(−4)  =  −2"},
    {"a mean", "Input((4, 1)), AveragePooling1D(2)", "[[[1], [2], [3], [4]]]", "average_pooling1d[1,0]", "sees 2 of 4 inputs: rows 2–3.",
     "= Σ x[2…3, 0]/2  =  (3 + 4)/2  =  3.50"},
    {"a maximum", "Input((4, 1)), MaxPooling1D(2)", "[[[1], [2], [4], [3]]]", "max_pooling1d[1,0]", "sees 2 of 4 inputs: rows 2–3.",
     "= max x[2…3, 0]  =  max(4, 3)  =  4"},
    {"a sum of weights, a layer folded in", "Input((2,)), Dense(1, kernel_initializer='ones'), Activation('relu')", "[[1, -4]]", "dense[0]",
     "sees 2 of 2 inputs.", "= Σ x[k]·W[k,0] + b[0]  =  1·1 + −4·1 + 0  =  −3  →  activation  →  0"},
    {"a softmax", "Input((3,)), Softmax()", "[[0, 1, 2]]", "softmax[1]", "sees 3 of 3 inputs.", "= eˣ / Σ eˣ  =  e^1 / (e^0 + e^1 + e^2)  =  0.24"},
    {"an activation over an axis", "Input((2,)), Activation('softmax')", "[[0, 0]]", "activation[1]", "sees 2 of 2 inputs.",
     "= eˣ / Σ eˣ  =  e^0 / (e^0 + e^0)  =  0.50"},
    {"a normalisation", "Input((2,)), LayerNormalization()", "[[1, 3]]", "layer_normalization[0]", "sees 2 of 2 inputs.",
     "= γ·(x − μ)/√(σ² + ε) + β  =  1·(1 − 2)/√(1 + 0.001) + 0  =  −1.00"},
    {"a row of a table", "Input((2,), dtype='int32'), Embedding(5, 2, embeddings_initializer='ones')", "[[4, 3]]", "embedding[1,0]", "sees 1 of 2 inputs.",
     "= W[x[1], 0]  =  W[3, 0]  =  1"},
    {"one step of a recurrent layer", "Input((2, 1)), SimpleRNN(1, kernel_initializer='ones', recurrent_initializer='ones', activation='relu')",
     "[[[1], [2]]]", "simple_rnn[0]", "sees 2 of 2 inputs: every row.", "= relu(Σ x[i]·W[i, 0] + Σ h′[i]·U[i, 0] + b[0])  =  relu(2 + 1)  =  3"},
    {"a step of the other direction", "Input((2, 1)), Bidirectional(SimpleRNN(1, activation=None, kernel_initializer='ones', return_sequences=True))",
     "[[[1], [2]]]", "bidirectional[1,1]", "sees 1 of 2 inputs: row 1 only.", "= ← (Σ x[i]·W[i, 0] + Σ h′[i]·U[i, 0] + b[0])  =  (2 + 0)  =  2"},
    {"maps with channels first", "Input((2, 3, 3)), MaxPooling2D(2, strides=1, data_format='channels_first')",
     "[[[[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]]]", "max_pooling2d[1,0,1]", "sees 4 of 18 inputs: rows 0–1, columns 1–2.",
     "= max x[1, 0…1, 1…2]  =  max(2, 3, 5, 6)  =  6"},
};

static void open_text(Driven *d, const char *text, const char *unit)
{
    View view;
    driven_open(d, text, 1600, 900);
    app_view(&d->app, &view);
    const Pick pick = picture_find_unit(&view, unit);
    if (pick.type == PICK_NONE) fail_msg("no unit %s in %s", unit, text);
    look_set(&d->app.gaze.focus, &pick);
}

static void open_unit(Driven *d, const UnitCase *c)
{
    static const char form[] = "import numpy as np\nfrom keras import Input, Sequential\nfrom keras.layers import *\nmodel = Sequential([%s])\nx = np.array(%s)\n";
    char text[1000];
    snprintf(text, sizeof text, form, c->layers, c->x);
    open_text(d, text, c->unit);
}

static void units_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Driven d;
        Sentences said;
        open_unit(&d, &CASES[i]);
        sentences_find(&said, &d.app, &d.arena, 4000);
        if (strcmp(said.title, CASES[i].title)) fail_msg("%s: %s", CASES[i].what, said.title);
        if (strcmp(said.formula, CASES[i].formula)) fail_msg("%s: %s", CASES[i].what, said.formula);
        driven_close(&d);
    }
}

/* The numbers of a tensor count once, however often it comes in. */
static void tensors_that_come_in_twice_count_once(void **state)
{
    (void)state;
    static const struct { const char *made, *unit, *title; } cases[] = {
        {"MultiHeadAttention(2, 3)(x, x)", "multi_head_attention[2,1]", "sees 24 of 24 inputs: every row."},
        {"Add()([x, x])", "add[2,1]", "sees 1 of 24 inputs: row 2 only."},
        {"Add()([x, Activation('relu')(x)])", "add[2,1]", "sees 2 of 48 inputs."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Driven d;
        Sentences said;
        char text[400];
        snprintf(text, sizeof text, "from keras import Input, Model\nfrom keras.layers import *\nx = Input((3, 8))\nmodel = Model(x, %s)\n", cases[i].made);
        open_text(&d, text, cases[i].unit);
        sentences_find(&said, &d.app, &d.arena, 4000);
        assert_string_equal(said.title, cases[i].title);
        driven_close(&d);
    }
}

/* In a narrow pane the rule goes first, then the middle of the sum; the result stays. */
static void results_stay_in_narrow_panes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Driven d;
        Sentences said;
        const char *result = strrchr(CASES[i].formula, ' ');
        open_unit(&d, &CASES[i]);
        for (float width = 600; width > 100; width -= 50) {
            sentences_find(&said, &d.app, &d.arena, width);
            const size_t length = strlen(said.formula), n = strlen(result);
            if (length < n || strcmp(said.formula + length - n, result)) fail_msg("%s, %.0f wide: %s", CASES[i].what, (double)width, said.formula);
        }
        driven_close(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(units_are_told), cmocka_unit_test(tensors_that_come_in_twice_count_once),
                                       cmocka_unit_test(results_stay_in_narrow_panes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
