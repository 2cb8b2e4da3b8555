#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data_files.h"
#include "editing.h"

static const EditCase CASES[] = {
    /* arguments */
    {ARGUMENT, "dense", "units", "5", ADDS(FIRST, ""), ADDS("model.add(Dense(5, input_shape=(3, 2)))\n", "")},
    {ARGUMENT, "dense", "units", "5", ADDS("model.add(Dense(units = 16, input_shape=(3,2))) # sixteen\n", ""),
     ADDS("model.add(Dense(units = 5, input_shape=(3,2))) # sixteen\n", "")},
    {ARGUMENT, "dense", "activation", "'relu'", ADDS(FIRST, ""), ADDS("model.add(Dense(16, input_shape=(3, 2), activation='relu'))\n", "")},
    {ARGUMENT, "dense", "activation", "'relu'", ADDS("model.add(Dense(16, input_shape=(3, 2),))\n", ""),
     ADDS("model.add(Dense(16, input_shape=(3, 2), activation='relu',))\n", "")},
    {ARGUMENT, "dense", "activation", "'relu'", ADDS("model.add(Dense(\n    16,  # units\n    input_shape=(3, 2),\n))\n", ""),
     ADDS("model.add(Dense(\n    16,  # units\n    input_shape=(3, 2),\n    activation='relu',\n))\n", "")},
    {ARGUMENT, "dense", "units", "5", ADDS("n = 16\nmodel.add(Dense(n, input_shape=(3, 2)))\n", ""),
     ADDS("n = 5\nmodel.add(Dense(n, input_shape=(3, 2)))\n", "")},
    {ARGUMENT, "dense", "units", "5", ADDS("n = 8\nmodel.add(Dense(2 * n, input_shape=(3, 2)))\n", ""),
     ADDS("n = 8\nmodel.add(Dense(5, input_shape=(3, 2)))\n", "")},
    {ARGUMENT, "flatten", "name", "'f'", ADDS(FIRST, "model.add(Flatten( ))\n"), ADDS(FIRST, "model.add(Flatten(name='f' ))\n")},
    {REMOVE_ARGUMENT, "dense", "activation", NULL, ADDS("model.add(Dense(16, input_shape=(3, 2), activation='relu'))\n", ""), ADDS(FIRST, "")},
    {REMOVE_ARGUMENT, "dense", "activation", NULL, ADDS("model.add(Dense(16, activation='relu', input_shape=(3, 2)))\n", ""), ADDS(FIRST, "")},
    {REMOVE_ARGUMENT, "dense", "activation", NULL, ADDS("model.add(Dense(16, input_shape=(3, 2), activation='relu',))\n", ""),
     ADDS("model.add(Dense(16, input_shape=(3, 2),))\n", "")},
    {REMOVE_ARGUMENT, "dense", "activation", NULL, ADDS("model.add(Dense(\n    16, input_shape=(3, 2),  # rows\n    activation='relu',\n))\n", ""),
     ADDS("model.add(Dense(\n    16, input_shape=(3, 2),  # rows\n    \n))\n", "")},
    {REMOVE_ARGUMENT, "flatten", "name", NULL, ADDS(FIRST, "model.add(Flatten(name='flatten'))\n"), ADDS(FIRST, "model.add(Flatten())\n")},
    {REMOVE_ARGUMENT, "flatten", "data_format", "edit.no_argument", ADDS(FIRST, "model.add(Flatten())\n"), NULL},
    {ARGUMENT, "dense_1", "units", "5", ADDS(FIRST, "def add(n):\n    model.add(Dense(n))\nadd(8)\nadd(4)\n"),
     ADDS(FIRST, "def add(n):\n    model.add(Dense(n))\nadd(5)\nadd(4)\n")},
    {ARGUMENT, "dense_2", "units", "5", ADDS(FIRST, "def add(n):\n    model.add(Dense(n))\nadd(8)\nadd(4)\n"),
     ADDS(FIRST, "def add(n):\n    model.add(Dense(n))\nadd(8)\nadd(5)\n")},
    {ARGUMENT, "dense_2", "units", "5", ADDS(FIRST, "for n in [8, 4]:\n    model.add(Dense(n))\n"),
     ADDS(FIRST, "for n in [8, 5]:\n    model.add(Dense(n))\n")},
    {ARGUMENT, "dense_2", "units", "5", ADDS(FIRST, "for i in range(2):\n    model.add(Dense(8))\n"),
     ADDS(FIRST, "for i in range(2):\n    model.add(Dense(5))\n")},
    {ARGUMENT, "dense_2", "units", "5", ADDS(FIRST, "for i in range(2):\n    model.add(Dense(8 - i))\n"),
     ADDS(FIRST, "for i in range(2):\n    model.add(Dense(5))\n")},
    /* inserting: model.add */
    {INSERT, "dense_1", NULL, "Flatten()", ADDS(FIRST, "model.add(Dense(4))\n"), ADDS(FIRST, "model.add(Flatten())\nmodel.add(Dense(4))\n")},
    {INSERT, "dense_1", NULL, "Flatten()", "from keras import models, layers\nm = models.Sequential()\nm.add(layers.Dense(8, input_dim=4))\nm.add( layers.Dense(4) )",
     "from keras import models, layers\nm = models.Sequential()\nm.add(layers.Dense(8, input_dim=4))\nm.add( layers.Flatten() )\nm.add( layers.Dense(4) )"},
    {INSERT, "dense_1", NULL, "Flatten()", ADDS(FIRST, "model.add(\n    Dense(4)  # out\n)\n"), ADDS(FIRST, "model.add(Flatten())\nmodel.add(\n    Dense(4)  # out\n)\n")},
    {INSERT, "dense_1", NULL, "Flatten()", ADDS(FIRST, "if True:\n\tmodel.add(Dense(4))\n"), ADDS(FIRST, "if True:\n\tmodel.add(Flatten())\n\tmodel.add(Dense(4))\n")},
    {INSERT, "dense_1", NULL, "Flatten()", ADDS(FIRST, "x = 1; model.add(Dense(4))\n"), ADDS(FIRST, "x = 1; model.add(Flatten()); model.add(Dense(4))\n")},
    {INSERT, "dense", NULL, "Flatten()", ADDS(FIRST, ""), ADDS("model.add(Flatten(input_shape=(3, 2)))\nmodel.add(Dense(16))\n", "")},
    {INSERT, "dense", NULL, "Reshape((6,))", ADDS(FIRST, ""),
     "from keras.models import Sequential\nfrom keras.layers import Dense, Flatten, Activation, Reshape\nmodel = Sequential()\n"
     "model.add(Reshape((6,), input_shape=(3, 2)))\nmodel.add(Dense(16))\n"},
    {APPEND, NULL, NULL, "Dense(2)", ADDS(FIRST, ""), ADDS(FIRST, "model.add(Dense(2))\n")},
    {APPEND, NULL, NULL, "Dropout(0.5)", "from keras.models import Sequential\nfrom keras.layers import (\n    Dense,\n    Flatten,\n)\nmodel = Sequential()\n"
     "model.add(Dense(4, input_dim=3))  # first\n",
     "from keras.models import Sequential\nfrom keras.layers import (\n    Dense,\n    Flatten,\n    Dropout,\n)\nmodel = Sequential()\n"
     "model.add(Dense(4, input_dim=3))  # first\nmodel.add(Dropout(0.5))\n"},
    {APPEND, NULL, NULL, "Dropout(0.5)", "from keras.layers import *\nfrom keras.models import *\nmodel = Sequential()\nmodel.add(Dense(4, input_dim=3))\n",
     "from keras.layers import *\nfrom keras.models import *\nmodel = Sequential()\nmodel.add(Dense(4, input_dim=3))\nmodel.add(Dropout(0.5))\n"},
    {APPEND, NULL, NULL, "TimeDistributed(Dense(2, name='Dense(x)'))", ADDS(FIRST, ""),
     "from keras.models import Sequential\nfrom keras.layers import Dense, Flatten, Activation, TimeDistributed\nmodel = Sequential()\n" FIRST
     "model.add(TimeDistributed(Dense(2, name='Dense(x)')))\n"},
    /* inserting: lists */
    {INSERT, "dense_1", NULL, "Flatten()", IMPORT "model = Sequential([Dense(16, input_shape=(3, 2)), Dense(4)])\n",
     IMPORT "model = Sequential([Dense(16, input_shape=(3, 2)), Flatten(), Dense(4)])\n"},
    {INSERT, "dense_1", NULL, "Flatten()", IMPORT "model = Sequential([Dense(16,input_shape=(3,2)),Dense(4)])\n",
     IMPORT "model = Sequential([Dense(16,input_shape=(3,2)),Flatten(),Dense(4)])\n"},
    {INSERT, "dense_1", NULL, "Flatten()", IMPORT "model = Sequential([\n    Dense(16, input_shape=(3, 2)),  # wide\n    Dense(4),\n])\n",
     IMPORT "model = Sequential([\n    Dense(16, input_shape=(3, 2)),  # wide\n    Flatten(),\n    Dense(4),\n])\n"},
    {INSERT, "dense_1", NULL, "Flatten()", IMPORT "model = Sequential([Dense(16, input_shape=(3, 2)),\r\n                    Dense(4)])\r\n",
     IMPORT "model = Sequential([Dense(16, input_shape=(3, 2)),\r\n                    Flatten(),\r\n                    Dense(4)])\r\n"},
    {INSERT, "dense", NULL, "Flatten()", IMPORT "model = Sequential([Dense(4, input_dim=3)])\n",
     IMPORT "model = Sequential([Flatten(input_dim=3), Dense(4)])\n"},
    {APPEND, NULL, NULL, "Dense(2)", IMPORT "model = Sequential([\n    Dense(4, input_dim=3),  # only\n])\n",
     IMPORT "model = Sequential([\n    Dense(4, input_dim=3),  # only\n    Dense(2),\n])\n"},
    {APPEND, NULL, NULL, "Dense(2)", IMPORT "model = Sequential([\n    Dense(4, input_dim=3)  # only\n])\n",
     IMPORT "model = Sequential([\n    Dense(4, input_dim=3),  # only\n    Dense(2)\n])\n"},
    {APPEND, NULL, NULL, "Dense(2)", IMPORT "model = Sequential([Flatten(input_shape=(3,)), Dense(4)])\n",
     IMPORT "model = Sequential([Flatten(input_shape=(3,)), Dense(4), Dense(2)])\n"},
    /* inserting: calls */
    {INSERT, "dense_1", NULL, "Flatten()", FUNCTIONAL("x = layers.Dense(3)(i)\nx = layers.Dense(4)(x)\nmodel = keras.Model(i, x)\n"),
     FUNCTIONAL("x = layers.Dense(3)(i)\nx = layers.Flatten()(x)\nx = layers.Dense(4)(x)\nmodel = keras.Model(i, x)\n")},
    {INSERT, "dense_1", NULL, "Flatten()", FUNCTIONAL("x = layers.Dense(3)(i)\ny = layers.Dense(4)(x)\nmodel = keras.Model(i, [x, y])\n"),
     FUNCTIONAL("x = layers.Dense(3)(i)\ny = layers.Dense(4)(layers.Flatten()(x))\nmodel = keras.Model(i, [x, y])\n")},
    {INSERT, "dense_1", NULL, "Flatten()", FUNCTIONAL("x = layers.Dense(3)(i)\ny = layers.Dense(4)(x)\nmodel = keras.Model(i, y)\n"),
     FUNCTIONAL("x = layers.Dense(3)(i)\nx = layers.Flatten()(x)\ny = layers.Dense(4)(x)\nmodel = keras.Model(i, y)\n")},
    {APPEND, NULL, NULL, "Dense(1)", FUNCTIONAL("x = layers.Dense(3)(i)\nmodel = keras.Model(i, x)\n"),
     FUNCTIONAL("x = layers.Dense(3)(i)\nx = layers.Dense(1)(x)\nmodel = keras.Model(i, x)\n")},
    /* removing */
    {REMOVE, "flatten", NULL, NULL, ADDS(FIRST, "model.add(Flatten())  # one row\nmodel.add(Dense(4))\n"), ADDS(FIRST, "model.add(Dense(4))\n")},
    {REMOVE, "dense", NULL, NULL, ADDS(FIRST, "model.add(Dense(4))\n"), ADDS("model.add(Dense(4, input_shape=(3, 2)))\n", "")},
    {REMOVE, "flatten", NULL, NULL, ADDS(FIRST, "model.add(Flatten()); model.add(Dense(4))\n"), ADDS(FIRST, "model.add(Dense(4))\n")},
    {REMOVE, "flatten", NULL, NULL, ADDS(FIRST, "if True:\n    model.add(Flatten())\n"), ADDS(FIRST, "if True:\n    pass\n")},
    {REMOVE, "flatten", NULL, NULL, IMPORT "model = Sequential([\n    Dense(16, input_shape=(3, 2)),\n    Flatten(),  # one row\n    Dense(4)\n])\n",
     IMPORT "model = Sequential([\n    Dense(16, input_shape=(3, 2)),\n    Dense(4)\n])\n"},
    {REMOVE, "flatten", NULL, NULL, IMPORT "model = Sequential([Dense(16, input_shape=(3, 2)), Flatten(), Dense(4)])\n",
     IMPORT "model = Sequential([Dense(16, input_shape=(3, 2)), Dense(4)])\n"},
    {REMOVE, "flatten", NULL, NULL, IMPORT "model = Sequential([Dense(16, input_shape=(3, 2)), Flatten()])\n",
     IMPORT "model = Sequential([Dense(16, input_shape=(3, 2))])\n"},
    {REMOVE, "flatten", NULL, NULL, FUNCTIONAL("x = layers.Flatten()(i)\nx = layers.Dense(4)(x)\nmodel = keras.Model(i, x)\n"),
     FUNCTIONAL("x = i\nx = layers.Dense(4)(x)\nmodel = keras.Model(i, x)\n")},
    {REMOVE, "flatten", NULL, NULL, FUNCTIONAL("x = layers.Dense(3)(i)\nx = layers.Flatten()(x)\nmodel = keras.Model(i, x)\n"),
     FUNCTIONAL("x = layers.Dense(3)(i)\nmodel = keras.Model(i, x)\n")},
    /* moving */
    {MOVE, "flatten", NULL, "-1", ADDS(FIRST, "model.add(Activation('relu'))  # a\nmodel.add(Flatten())  # b\n"),
     ADDS(FIRST, "model.add(Flatten())  # a\nmodel.add(Activation('relu'))  # b\n")},
    {MOVE, "dense", NULL, "1", ADDS(FIRST, "model.add(Flatten())\n"), ADDS("model.add(Flatten(input_shape=(3, 2)))\n", "model.add(Dense(16))\n")},
    {MOVE, "dense", NULL, "-1", "import keras\nmodel = keras.Sequential([keras.layers.Flatten(input_shape=(3, 2)), keras.layers.Activation('relu'), keras.layers.Dense(4)])\n",
     "import keras\nmodel = keras.Sequential([keras.layers.Flatten(input_shape=(3, 2)), keras.layers.Dense(4), keras.layers.Activation('relu')])\n"},
    {MOVE, "dense_1", NULL, "-2", ADDS(FIRST, "model.add(Flatten())\nmodel.add(Dense(4))\n"),
     ADDS("model.add(Dense(4, input_shape=(3, 2)))\n", "model.add(Dense(16))\nmodel.add(Flatten())\n")},
    {MOVE, "flatten", NULL, "1", FUNCTIONAL("x = layers.Flatten()(i)\nx = layers.Dense(4)(x)\nmodel = keras.Model(i, x)\n"),
     FUNCTIONAL("x = layers.Dense(4)(i)\nx = layers.Flatten()(x)\nmodel = keras.Model(i, x)\n")},
    {MOVE, "dense", NULL, "1", ADDS(FIRST, ""), NULL},
    /* what stands in loops and functions is shared */
    {INSERT, "dense_1", NULL, "edit.many_layers", ADDS(FIRST, "for n in [4, 4]:\n    model.add(Dense(n))\n"), NULL},
    {REMOVE, "dense_1", NULL, "edit.many_layers", ADDS(FIRST, "for n in [4, 4]:\n    model.add(Dense(n))\n"), NULL},
    /* the switch */
    {OFF, NULL, NULL, NULL, ADDS(FIRST, "model.add(Flatten())\nmodel.add(Dense(4))\n"), ADDS(FIRST, "# model.add(Flatten())\nmodel.add(Dense(4))\n")},
    {OFF, NULL, NULL, NULL, ADDS(FIRST, "model.add(Flatten())  # one row\n"), ADDS(FIRST, "# model.add(Flatten())  # one row\n")},
    {OFF, NULL, NULL, NULL, ADDS("model.add(Flatten(input_shape=(3, 2)))\nmodel.add(Dense(4))\n", ""),
     ADDS("# model.add(Flatten(input_shape=(3, 2)))\nmodel.add(Dense(4, input_shape=(3, 2)))\n", "")},
    {OFF, NULL, NULL, NULL, IMPORT "model = Sequential([\n    Dense(16, input_shape=(3, 2)),\n    Flatten(),\n    Dense(4)\n])\n",
     IMPORT "model = Sequential([\n    Dense(16, input_shape=(3, 2)),\n    # Flatten(),\n    Dense(4)\n])\n"},
    {OFF, NULL, NULL, NULL, FUNCTIONAL("f = layers.Flatten()(i)\ny = layers.Dense(4)(f)\nmodel = keras.Model(i, y)\n"),
     FUNCTIONAL("f = i  # layers.Flatten()(i)\ny = layers.Dense(4)(f)\nmodel = keras.Model(i, y)\n")},
    {ON, NULL, NULL, NULL, ADDS(FIRST, "model.add(Dense(4))\n"), ADDS(FIRST, "model.add(Flatten())\nmodel.add(Dense(4))\n")},
    {ON, NULL, NULL, "edit.nothing_to_flatten", ADDS("model.add(Dense(16, input_dim=3))\n", "model.add(Dense(4))\n"), NULL},
    {ON, NULL, NULL, NULL, "from keras import Sequential, layers\nmodel = Sequential([layers.Input((8, 8, 1)), layers.Dense(2), layers.Conv2D(2, 3), layers.Dense(3), layers.Dense(4)])\n",
     "from keras import Sequential, layers\nmodel = Sequential([layers.Input((8, 8, 1)), layers.Dense(2), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(3), layers.Dense(4)])\n"},
    {ON, NULL, NULL, "edit.nothing_to_flatten", "from keras import Sequential, layers\nmodel = Sequential([layers.Input((8, 8, 1)), layers.Conv2D(2, 3), layers.GlobalMaxPooling2D(), layers.Dense(3)])\n", NULL},
};

static void edits_keep_the_manner_of_the_text(void **state)
{
    (void)state;
    editing_check(CASES, sizeof CASES / sizeof *CASES);
}

/* ---- the switch gives back the same bytes ---- */

static const char *const SWITCHED[] = {
    ADDS(FIRST, "model.add(Activation('relu'))\nmodel.add(Flatten())\nmodel.add(Dense(4))\n"),
    ADDS(FIRST, "\tx = 1\n"),
    ADDS(FIRST, "model.add( Flatten( ) )   # one row\nmodel.add(Dense(4))\n"),
    ADDS(FIRST, "if True:\n\tmodel.add(Flatten())\n\tmodel.add(Dense(4))\n"),
    ADDS("model.add(Flatten(input_shape=(3, 2)))\nmodel.add(Dense(4))\n", ""),
    ADDS(FIRST, "model.add(Flatten(\n    name='rows'\n))\nmodel.add(Dense(4))\n"),
    ADDS(FIRST, "model.add(Flatten())\nmodel.add(Dense(4))\nmodel.add(Flatten())\nmodel.add(Dense(2))\n"),
    "from keras.models import Sequential\r\nfrom keras.layers import Dense, Flatten\r\nmodel = Sequential()\r\nmodel.add(Dense(4, input_shape=(3, 2)))\r\nmodel.add(Flatten())\r\nmodel.add(Dense(4))\r\n",
    IMPORT "model = Sequential([Dense(16, input_shape=(3, 2)), Flatten(), Dense(4)])\n",
    IMPORT "model = Sequential([Dense(16,input_shape=(3,2)),Flatten(),Dense(4)])\n",
    IMPORT "model = Sequential([Flatten(input_shape=(3, 2)), Dense(4)])\n",
    IMPORT "model = Sequential([Dense(16, input_shape=(3, 2)), Dense(4), Flatten()])\n",
    IMPORT "model = Sequential([\n    Dense(16, input_shape=(3, 2)), Flatten(), Dense(4),  \n    Dense(2)])\n",
    IMPORT "model = Sequential([\n  Flatten(input_shape=(3, 2)),\n  Dense(4),\n])\n",
    IMPORT "model = Sequential([\n    Dense(16, input_shape=(3, 2)),\n    Flatten(),  # one row\n    Dense(4)\n])\n",
    IMPORT "model = Sequential([Dense(16, input_shape=(3, 2)),\n                    Flatten(),\n                    Dense(4)])\n",
    IMPORT "head = Sequential([Dense(4)])\nmodel = Sequential([Dense(16, input_shape=(3, 2)), Flatten(), head])\n",
    IMPORT "parts = [Dense(16, input_shape=(3, 2))]\nparts += [Flatten()]\nparts += [Dense(4)]\nmodel = Sequential(parts)\n",
    FUNCTIONAL("x = layers.Dense(3)(i)\nx = layers.Flatten()(x)\nx = layers.Dense(4)(x)\nmodel = keras.Model(i, x)\n"),
    FUNCTIONAL("f = layers.Flatten()(i)\ny = layers.Dense(4)(f)\nmodel = keras.Model(i, y)\n"),
    FUNCTIONAL("f = layers.Flatten(name='f')(layers.Dense(3)(i))\ny = layers.Dense(4)(f)\nmodel = keras.Model(i, y)\n"),
};

static int flattens(const Model *model)
{
    int n = 0;
    for (int i = 0; model && i < model->n_layers; i++) n += strcmp(model->layers[i]->kind->name, "Flatten") == 0;
    return n;
}

static bool off_and_on(const char *text, size_t length, bool must)
{
    Editing first, second;
    editing_open(&first, text, length);
    const int before = flattens(first.reading.model);
    if (!before || first.reading.error.set) return editing_close(&first), false;
    if (!edit_flatten(&first.reading, false, &first.edits, &first.why)) {
        if (must) fail_msg("not switched off (%s):\n%s", first.why, text);
        return editing_close(&first), false;
    }
    const char *off = editing_result(&first);
    editing_open(&second, off, strlen(off));
    if (second.reading.error.set && must) fail_msg("refused when off: %s\n%s", second.reading.error.message, off);
    if (flattens(second.reading.model) != before - 1) fail_msg("%d of %d left:\n%s", flattens(second.reading.model), before, off);
    if (before == 1) {
        if (!edit_flatten(&second.reading, true, &second.edits, &second.why)) fail_msg("not switched on (%s):\n%s", second.why, off);
        const char *on = editing_result(&second);
        if (strlen(on) != length || memcmp(on, text, length) != 0) fail_msg("other bytes:\n%s\noff:\n%s\non again:\n%s", text, off, on);
    }
    editing_close(&second);
    editing_close(&first);
    return true;
}

static void the_switch_gives_back_the_same_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SWITCHED / sizeof *SWITCHED; i++) off_and_on(SWITCHED[i], strlen(SWITCHED[i]), i != 1);
    Arena arena;
    arena_open(&arena, 0);
    const char **names;
    const int n = data_list(&arena, "models", &names);
    int switched = 0;
    for (int i = 0; i < n; i++) {
        size_t length;
        const char *text = data_read(&arena, arena_print(&arena, "models/%s/model.py", names[i]), &length);
        if (text) switched += off_and_on(text, length, false);
    }
    assert_true(switched > 3);
    arena_close(&arena);
}

static void the_switch_knows_its_state(void **state)
{
    (void)state;
    static const struct { const char *text; FlattenState state; } cases[] = {
        {ADDS(FIRST, "model.add(Flatten())\nmodel.add(Dense(4))\n"), FLATTEN_ON},
        {ADDS(FIRST, "model.add(Dense(4))\n"), FLATTEN_OFF},
        {ADDS(FIRST, "# model.add(Flatten())\nmodel.add(Dense(4))\n"), FLATTEN_OFF},
        {ADDS("model.add(Dense(4, input_dim=3))\n", ""), FLATTEN_NOTHING},
        {"x = 1\n", FLATTEN_NOTHING},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Editing f;
        editing_open(&f, cases[i].text, strlen(cases[i].text));
        assert_int_equal(flatten_state(&f.reading, &f.why), cases[i].state);
        editing_close(&f);
    }
}

/* ---- an edit of an argument changes that argument and no other byte ---- */

static int positive_int(const Reading *reading, const ArgumentPlace *argument)
{
    const Span span = argument->literal;
    if (!span_known(span)) return 0;
    char digits[12] = {0};
    if (span.end - span.start < 1 || span.end - span.start > 6) return 0;
    memcpy(digits, reading->text + span.start, (size_t)(span.end - span.start));
    return strspn(digits, "0123456789") == strlen(digits) ? atoi(digits) : 0;
}

static void change_and_compare(const char *text, size_t length, const char *layer, const char *param, int number)
{
    Editing f;
    editing_open(&f, text, length);
    const char *code = arena_print(&f.arena, "%d", number + 1);
    assert_true(edit_argument(&f.reading, editing_layer(&f, layer), param, code, &f.edits, &f.why));
    assert_int_equal(f.edits.n, 1);
    const Span span = f.edits.edit[0].span;
    const char *changed = editing_result(&f);
    assert_memory_equal(changed, text, (size_t)span.start);
    assert_memory_equal(changed + span.start, code, strlen(code));
    assert_string_equal(changed + (size_t)span.start + strlen(code), text + span.end);
    Reading again;
    keras_read(&again, &f.arena, changed, strlen(changed), NULL);
    const Layer *edited = again.model ? model_layer(again.model, layer) : NULL;
    for (int i = 0; edited && i < edited->kind->n_params; i++)
        if (strcmp(edited->kind->params[i].name, param) == 0 && value_is_int(&edited->args[i]))
            if (edited->args[i].integer != number + 1)
                fail_msg("%s of %s is %d:\n%s", param, layer, (int)edited->args[i].integer, changed);
    editing_close(&f);
}

static void arguments_change_alone(void **state)
{
    (void)state;
    Arena arena;
    arena_open(&arena, 0);
    const char **names;
    const int n = data_list(&arena, "models", &names);
    int changed = 0;
    for (int i = 0; i < n; i++) {
        size_t length;
        Editing f;
        const char *text = data_read(&arena, arena_print(&arena, "models/%s/model.py", names[i]), &length);
        if (!text) continue;
        editing_open(&f, text, length);
        for (int k = 0; f.reading.model && k < f.reading.model->n_layers; k++) {
            const Layer *layer = f.reading.model->layers[k];
            const Place *place = layer->place >= 0 ? &f.reading.places[layer->place] : NULL;
            for (int a = 0; place && a < place->n_args; a++) {
                const int number = place->times > 1 ? 0 : positive_int(&f.reading, &place->args[a]);
                if (!number) continue;
                change_and_compare(text, length, layer->name, place->args[a].param, number);
                changed++;
            }
        }
        editing_close(&f);
    }
    assert_true(changed > 20);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_keep_the_manner_of_the_text),
        cmocka_unit_test(the_switch_gives_back_the_same_bytes),
        cmocka_unit_test(the_switch_knows_its_state),
        cmocka_unit_test(arguments_change_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
