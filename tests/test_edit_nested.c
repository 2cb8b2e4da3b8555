/* Edits of what stands inside a nested model: as in the shown model itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "editing.h"

#define OUTER "i = keras.Input((3, 2))\nx = inner(i)\nmodel = keras.Model(i, layers.Flatten()(x))\n"
#define LIST(items) "import keras\nfrom keras import layers\ninner = keras.Sequential([" items "])\n" OUTER
#define GRAPH(lines) "import keras\nfrom keras import layers\na = keras.Input((3, 2))\n" lines "inner = keras.Model(a, b)\n" OUTER
#define ADDED(lines) "import keras\nfrom keras import layers\ninner = keras.Sequential()\n" lines OUTER
#define TWICE(units) \
    "import keras\nfrom keras import layers\ndef block(n):\n    return keras.Sequential([layers.Dense(" units ", name='deep')])\n" \
    "model = keras.Sequential([keras.Input((2,)), block(3), block(4)])\n"

static const EditCase CASES[] = {
    {ARGUMENT, "deep", "units", "5", LIST("layers.Dense(4, name='deep')"), LIST("layers.Dense(5, name='deep')")},
    {ARGUMENT, "deep", "activation", "'relu'", GRAPH("b = layers.Dense(4, name='deep')(a)\n"), GRAPH("b = layers.Dense(4, name='deep', activation='relu')(a)\n")},
    {ARGUMENT, "deep", "units", "5", ADDED("n = 4\ninner.add(layers.Dense(n, name='deep'))\n"), ADDED("n = 5\ninner.add(layers.Dense(n, name='deep'))\n")},
    {ARGUMENT, "deep", "units", "5", TWICE("8"), TWICE("5")},
    {INSERT, "deep", NULL, "ReLU()", LIST("layers.Dense(4), layers.Dense(2, name='deep')"), LIST("layers.Dense(4), layers.ReLU(), layers.Dense(2, name='deep')")},
    {INSERT, "deep", NULL, "ReLU()", LIST("layers.Dense(4, name='deep', input_shape=(3, 2))"), LIST("layers.ReLU(input_shape=(3, 2)), layers.Dense(4, name='deep')")},
    {INSERT, "deep", NULL, "ReLU()", GRAPH("b = layers.Dense(4)(a)\nb = layers.Dense(2, name='deep')(b)\n"),
     GRAPH("b = layers.Dense(4)(a)\nb = layers.ReLU()(b)\nb = layers.Dense(2, name='deep')(b)\n")},
    {INSERT, "deep", NULL, "ReLU()", ADDED("inner.add(layers.Dense(4, name='deep'))\n"), ADDED("inner.add(layers.ReLU())\ninner.add(layers.Dense(4, name='deep'))\n")},
    {INSERT, "deep", NULL, "edit.many_layers", TWICE("8"), NULL},
    {INSERT, "sequential", NULL, "ReLU()", LIST("layers.Dense(4)"),
     "import keras\nfrom keras import layers\ninner = keras.Sequential([layers.Dense(4)])\n"
     "i = keras.Input((3, 2))\nx = inner(layers.ReLU()(i))\nmodel = keras.Model(i, layers.Flatten()(x))\n"},
    {REMOVE, "deep", NULL, NULL, LIST("layers.Dense(4), layers.Dense(2, name='deep')"), LIST("layers.Dense(4)")},
    {REMOVE, "deep", NULL, NULL, LIST("layers.Dense(4, name='deep', input_shape=(3, 2)), layers.Dense(2)"), LIST("layers.Dense(2, input_shape=(3, 2))")},
    {REMOVE, "deep", NULL, "edit.many_layers", TWICE("8"), NULL},
    {MOVE, "deep", NULL, "-1", LIST("layers.ReLU(), layers.Dense(2, name='deep')"), LIST("layers.Dense(2, name='deep'), layers.ReLU()")},
    {MOVE, "deep", NULL, "1", LIST("layers.Dense(2, name='deep', input_shape=(3, 2)), layers.ReLU()"), LIST("layers.ReLU(input_shape=(3, 2)), layers.Dense(2, name='deep')")},
    {MOVE, "deep", NULL, "1", GRAPH("b = layers.Dense(2, name='deep')(a)\nb = layers.ReLU()(b)\n"), GRAPH("b = layers.ReLU()(a)\nb = layers.Dense(2, name='deep')(b)\n")},
    {MOVE, "deep", NULL, "1", LIST("layers.ReLU(), layers.Dense(2, name='deep')"), NULL},
};

static void layers_inside_are_edited_as_those_outside(void **state)
{
    (void)state;
    editing_check(CASES, sizeof CASES / sizeof *CASES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_inside_are_edited_as_those_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
