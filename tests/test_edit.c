#include "keras/edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data_files.h"
#include "engine/run.h"

typedef struct Fixture {
    Arena   arena;
    Reading reading;
    Edits   edits;
    const char *why;
} Fixture;

static void read_text(Fixture *f, const char *text, size_t length)
{
    arena_open(&f->arena, 0);
    f->edits = (Edits){.arena = &f->arena};
    keras_read(&f->reading, &f->arena, text, length, NULL);
}

static void done(Fixture *f) { arena_close(&f->arena); }

static const Layer *layer_of(const Fixture *f, const char *name)
{
    const Layer *layer = f->reading.model ? model_layer(f->reading.model, name) : NULL;
    if (!layer) fail_msg("no layer %s in:\n%s%s", name, f->reading.text, f->reading.error.message ? f->reading.error.message : "");
    return layer;
}

static const char *applied(Fixture *f)
{
    size_t length;
    return edits_apply(&f->edits, f->reading.text, f->reading.length, &length);
}

static void assert_accepted(Fixture *f, const char *text)
{
    Reading again;
    keras_read(&again, &f->arena, text, strlen(text), NULL);
    if (again.error.set) fail_msg("refused: %s\n%s", again.error.message, text);
}

typedef enum Operation { ARGUMENT, REMOVE_ARGUMENT, INSERT, APPEND, REMOVE, MOVE, OFF, ON } Operation;

typedef struct EditCase {
    Operation   operation;
    const char *layer, *param, *code;
    const char *before, *after;      /* after NULL: refused, code = why */
} EditCase;

static bool edit(Fixture *f, const EditCase *c)
{
    switch (c->operation) {
    case ARGUMENT: return edit_argument(&f->reading, layer_of(f, c->layer), c->param, c->code, &f->edits, &f->why);
    case REMOVE_ARGUMENT: return edit_remove_argument(&f->reading, layer_of(f, c->layer), c->param, &f->edits, &f->why);
    case INSERT: return edit_insert_layer(&f->reading, layer_of(f, c->layer), c->code, &f->edits, &f->why);
    case APPEND: return edit_insert_layer(&f->reading, NULL, c->code, &f->edits, &f->why);
    case REMOVE: return edit_remove_layer(&f->reading, layer_of(f, c->layer), &f->edits, &f->why);
    case MOVE: return edit_move_layer(&f->reading, layer_of(f, c->layer), atoi(c->code), &f->edits, &f->why);
    case OFF: return edit_flatten(&f->reading, false, &f->edits, &f->why);
    case ON: return edit_flatten(&f->reading, true, &f->edits, &f->why);
    }
    return false;
}

#define IMPORT "from keras.models import Sequential\nfrom keras.layers import Dense, Flatten, Activation\n"
#define ADDS(a, b) IMPORT "model = Sequential()\n" a b
#define FIRST "model.add(Dense(16, input_shape=(3, 2)))\n"
#define FUNCTIONAL(lines) "import keras\nfrom keras import layers\ni = keras.Input((3, 2))\n" lines

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
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const EditCase *c = &CASES[i];
        Fixture f;
        if (!*c->before) continue;
        read_text(&f, c->before, strlen(c->before));
        const bool good = edit(&f, c);
        if (!c->after) {
            if (good) fail_msg("case %zu was not refused:\n%s", i, applied(&f));
            assert_int_equal(f.edits.n, 0);
            if (c->code && strncmp(c->code, "edit.", 5) == 0) assert_string_equal(f.why, c->code);
        } else {
            if (!good) fail_msg("case %zu refused: %s\n%s", i, f.why, c->before);
            if (strcmp(applied(&f), c->after) != 0) fail_msg("case %zu:\n%s\nwanted:\n%s", i, applied(&f), c->after);
            assert_accepted(&f, c->after);
        }
        done(&f);
    }
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
    Fixture first, second;
    read_text(&first, text, length);
    const int before = flattens(first.reading.model);
    if (!before || first.reading.error.set) return done(&first), false;
    if (!edit_flatten(&first.reading, false, &first.edits, &first.why)) {
        if (must) fail_msg("not switched off (%s):\n%s", first.why, text);
        return done(&first), false;
    }
    const char *off = applied(&first);
    read_text(&second, off, strlen(off));
    if (second.reading.error.set && must) fail_msg("refused when off: %s\n%s", second.reading.error.message, off);
    if (flattens(second.reading.model) != before - 1) fail_msg("%d of %d left:\n%s", flattens(second.reading.model), before, off);
    if (before == 1) {
        if (!edit_flatten(&second.reading, true, &second.edits, &second.why)) fail_msg("not switched on (%s):\n%s", second.why, off);
        const char *on = applied(&second);
        if (strlen(on) != length || memcmp(on, text, length) != 0) fail_msg("other bytes:\n%s\noff:\n%s\non again:\n%s", text, off, on);
    }
    done(&second);
    done(&first);
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
        Fixture f;
        read_text(&f, cases[i].text, strlen(cases[i].text));
        assert_int_equal(flatten_state(&f.reading, &f.why), cases[i].state);
        done(&f);
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
    Fixture f;
    read_text(&f, text, length);
    const char *code = arena_print(&f.arena, "%d", number + 1);
    assert_true(edit_argument(&f.reading, layer_of(&f, layer), param, code, &f.edits, &f.why));
    assert_int_equal(f.edits.n, 1);
    const Span span = f.edits.edit[0].span;
    const char *changed = applied(&f);
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
    done(&f);
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
        Fixture f;
        const char *text = data_read(&arena, arena_print(&arena, "models/%s/model.py", names[i]), &length);
        if (!text) continue;
        read_text(&f, text, length);
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
        done(&f);
    }
    assert_true(changed > 20);
    arena_close(&arena);
}

/* ---- numbers ---- */

typedef struct NumberCase {
    const char *before, *after;
    int64_t     at;
    double      number;
} NumberCase;

#define NP "import numpy as np\n"
#define SMALL IMPORT "model = Sequential()\nmodel.add(Dense(2, input_shape=(2,)))\n"

static const NumberCase INPUT_CASES[] = {
    {NP SMALL "x = np.array([[1, 2]])\n", NP SMALL "x = np.array([[1, 7]])\n", 1, 7},
    {NP SMALL "x = np.array([[1.0, 2.0]])\n", NP SMALL "x = np.array([[1.0, 7.0]])\n", 1, 7},
    {NP SMALL "x = np.array([[1, 2]])\n", NP SMALL "x = np.array([[0.5, 2]])\n", 0, 0.5},
    {NP SMALL "x = np.array([[1, -2]])\n", NP SMALL "x = np.array([[1, 3]])\n", 1, 3},
    {NP SMALL "x = np.ones((1, 2))\n", NP SMALL "x = np.array([[1, -3]])\n", 1, -3},
    {NP SMALL, NP SMALL "x = np.array([[1, 7]])\n", 1, 7},
    {SMALL "print(model)\n", NP SMALL "x = np.array([[1, 0.25]])\nprint(model)\n", 1, 0.25},
};

static void inputs_are_changed_where_they_stand(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof INPUT_CASES / sizeof *INPUT_CASES; i++) {
        const NumberCase *c = &INPUT_CASES[i];
        Fixture f;
        float numbers[] = {1, 2};
        const Tensor shown = {.shape = SHAPE(1, 2), .dtype = DTYPE_FLOAT32, .data = numbers};
        read_text(&f, c->before, strlen(c->before));
        if (!edit_input(&f.reading, 0, &shown, c->at, c->number, &f.edits, &f.why)) fail_msg("case %zu: %s", i, f.why);
        assert_string_equal(applied(&f), c->after);
        assert_accepted(&f, c->after);
        done(&f);
    }
}

static void several_inputs_are_named_in_a_call(void **state)
{
    (void)state;
    const char *text = "import keras\na = keras.Input((2,))\nb = keras.Input((2,))\nmodel = keras.Model([a, b], keras.layers.Add()([a, b]))\n";
    Fixture f;
    float numbers[] = {1, 2};
    const Tensor one = {.shape = SHAPE(1, 2), .dtype = DTYPE_FLOAT32, .data = numbers}, shown[] = {one, one};
    read_text(&f, text, strlen(text));
    if (!edit_input(&f.reading, 1, shown, 0, 9, &f.edits, &f.why)) fail_msg("%s", f.why);
    assert_string_equal(applied(&f), "import numpy as np\nimport keras\na = keras.Input((2,))\nb = keras.Input((2,))\n"
                                     "model = keras.Model([a, b], keras.layers.Add()([a, b]))\n"
                                     "x1 = np.array([[1, 2]])\nx2 = np.array([[9, 2]])\nmodel.predict([x1, x2])\n");
    Reading again;
    keras_read(&again, &f.arena, applied(&f), strlen(applied(&f)), NULL);
    assert_int_equal(again.n_input_arrays, 2);
    assert_string_equal(again.arrays[again.input_arrays[1]].variable, "x2");
    done(&f);
}

static const NumberCase WEIGHT_CASES[] = {
    {NP SMALL "model.layers[0].set_weights([np.array([[1, 2], [3, 4]]), np.array([0, 0])])\n",
     NP SMALL "model.layers[0].set_weights([np.array([[1, 2], [3, 0.5]]), np.array([0, 0])])\n", 3, 0.5},
    {NP SMALL, NP SMALL "model.layers[0].set_weights([\n    np.array([[1.0, 2.0], [-3.0, 0.1]]),\n    np.array([5.0, 6.0])])\n", 2, -3},
    {NP SMALL "model.get_layer('dense').set_weights([np.ones((2, 2)), np.zeros(2)])\n",
     NP SMALL "model.get_layer('dense').set_weights([np.array([[1.0, 8.0], [3.0, 0.1]]), np.zeros(2)])\n", 1, 8},
};

static void weights_are_changed_where_they_stand(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof WEIGHT_CASES / sizeof *WEIGHT_CASES; i++) {
        const NumberCase *c = &WEIGHT_CASES[i];
        Fixture f;
        float kernel[] = {1, 2, 3, 0.1f}, bias[] = {5, 6};
        Tensor weights[] = {{.shape = SHAPE(2, 2), .dtype = DTYPE_FLOAT32, .data = kernel}, {.shape = SHAPE(2), .dtype = DTYPE_FLOAT32, .data = bias}};
        read_text(&f, c->before, strlen(c->before));
        const Layer *layer = layer_of(&f, "dense");
        WeightTable table = {.weights = ARENA_ARRAY(&f.arena, layer->id + 1, Tensor *), .n = layer->id + 1};
        table.weights[layer->id] = weights;
        if (!edit_weight(&f.reading, layer, &table, (WeightRef){layer, 0}, c->at, c->number, &f.edits, &f.why)) fail_msg("case %zu: %s", i, f.why);
        assert_string_equal(applied(&f), c->after);
        Reading again;
        keras_read(&again, &f.arena, applied(&f), strlen(applied(&f)), NULL);
        assert_false(again.error.set);
        assert_true(model_layer(again.model, "dense")->weights[0].given[c->at] == (float)c->number);
        done(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_keep_the_manner_of_the_text),
        cmocka_unit_test(the_switch_gives_back_the_same_bytes),
        cmocka_unit_test(the_switch_knows_its_state),
        cmocka_unit_test(arguments_change_alone),
        cmocka_unit_test(inputs_are_changed_where_they_stand),
        cmocka_unit_test(several_inputs_are_named_in_a_call),
        cmocka_unit_test(weights_are_changed_where_they_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
