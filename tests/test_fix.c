/* Every fix that is offered mends the text it is offered for. */
#include "keras/edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "data_files.h"
#include "keras/json.h"

enum { FIXES_MAX = 6 };

static void assert_mended(Arena *arena, const char *id, const Reading *reading, const TextFix *fix)
{
    Reading again;
    size_t length;
    const char *text = edits_apply(&fix->edits, reading->text, reading->length, &length);
    keras_read(&again, arena, text, length, NULL);
    if (again.error.set || !again.model) fail_msg("%s: %s leaves: %s\n%s", id, fix->label, again.error.message, text);
    if (!*fix->label || strpbrk(fix->label, "\r\n")) fail_msg("%s: label '%s'", id, fix->label);
}

/* How many fixes there are, -1 when the text is accepted as it is. */
static int try_all(const char *id, const char *code, size_t length)
{
    Arena arena;
    Reading reading;
    TextFix fixes[FIXES_MAX];
    arena_open(&arena, 0);
    keras_read(&reading, &arena, code, length, NULL);
    const int n = reading.error.set ? fixes_find(&reading, NULL, &arena, fixes, FIXES_MAX) : -1;
    for (int i = 0; i < n; i++) assert_mended(&arena, id, &reading, &fixes[i]);
    arena_close(&arena);
    return n;
}

static void assert_most_mended(const char *file, int least, int percent)
{
    Arena arena;
    arena_open(&arena, 0);
    Error err = {.arena = &arena};
    Value cases;
    size_t length;
    int faulty = 0, mended = 0;
    const char *json = data_read(&arena, file, &length);
    assert_non_null(json);
    assert_true(json_read(&arena, json, length, &cases, &err));
    for (size_t i = 0; i < cases.list->n; i++) {
        const Value *id = dict_find(cases.list->items[i].dict, "id"), *code = dict_find(cases.list->items[i].dict, "code");
        const int n = try_all(id->string.bytes, code->string.bytes, code->string.length);
        faulty += n >= 0;
        mended += n > 0;
    }
    assert_true(faulty >= least);
    if (mended * 100 < faulty * percent) fail_msg("%s: %d of %d texts have a fix", file, mended, faulty);
    arena_close(&arena);
}

static void every_fix_mends_its_text(void **state)
{
    (void)state;
    assert_most_mended("faulty_texts.json", 120, 85);
}

static void what_keras_refuses_is_mended(void **state)
{
    (void)state;
    assert_most_mended("refused_texts.json", 415, 99);
}

typedef struct FixCase {
    const char *code, *label, *mended;
} FixCase;

#define IMPORT "from keras import Input, Sequential\nfrom keras.layers import Conv2D, Dense, Flatten, LSTM\n"

static const FixCase CASES[] = {
    {"model = Sequential([Dens(4)])", "Dense", "model = Sequential([Dense(4)])"},
    {IMPORT "model = Sequential([Input((28, 28)), Conv2D(8, 3)])\n", "Reshape((28, 28, 1))",
     "from keras import Input, Sequential\nfrom keras.layers import Conv2D, Dense, Flatten, LSTM, Reshape\n"
     "model = Sequential([Input((28, 28)), Reshape((28, 28, 1)), Conv2D(8, 3)])\n"},
    {IMPORT "model = Sequential()\nmodel.add(Input((4,)))\nmodel.add(Dense(4, activaton='relu'))  # four\n", "Dense(4, activation='relu')",
     IMPORT "model = Sequential()\nmodel.add(Input((4,)))\nmodel.add(Dense(4, activation='relu'))  # four\n"},
    {IMPORT "model = Sequential([Input((5, 3)), LSTM(4), LSTM(2)])\n", "LSTM(4, return_sequences=True)",
     IMPORT "model = Sequential([Input((5, 3)), LSTM(4, return_sequences=True), LSTM(2)])\n"},
    {IMPORT "model = Sequential([Input((8, 8, 1)), Flatten(), Conv2D(2, 3)])\n", "\xE2\x88\x92 Flatten()",
     IMPORT "model = Sequential([Input((8, 8, 1)), Conv2D(2, 3)])\n"},
    {IMPORT "model = Sequential(Dense(4), Dense(3))\n", "Sequential([Dense(4), Dense(3)])", IMPORT "model = Sequential([Dense(4), Dense(3)])\n"},
    {IMPORT "model = Sequential([Input((4,)), Dense(8), Flatten, Dense(2)])\n", "Flatten()", IMPORT "model = Sequential([Input((4,)), Dense(8), Flatten(), Dense(2)])\n"},
    {IMPORT "from keras import Model\ni = Input((4,))\no = Dense(3, i)\nmodel = Model(i, o)\n", "Dense(3)(i)",
     IMPORT "from keras import Model\ni = Input((4,))\no = Dense(3)(i)\nmodel = Model(i, o)\n"},
    {IMPORT "from keras import Model\ni = Input((4,))\no = Dense(3)(i)\nmodel = Model(input=i, output=o)\n", "Model(inputs=i, outputs=o)",
     IMPORT "from keras import Model\ni = Input((4,))\no = Dense(3)(i)\nmodel = Model(inputs=i, outputs=o)\n"},
    {IMPORT "from keras import Model\na = Input((4,))\nb = Input((3,))\nmodel = Model(b, Dense(3)(a))\n", "Model(a, Dense(3)(a))",
     IMPORT "from keras import Model\na = Input((4,))\nb = Input((3,))\nmodel = Model(a, Dense(3)(a))\n"},
    {IMPORT "d = Dense(4)\nmodel = Sequential([Input((8,)), d, d])\n", "Dense(4)", IMPORT "d = Dense(4)\nmodel = Sequential([Input((8,)), d, Dense(4)])\n"},
    {IMPORT "model = Sequential([Input((4,)), Dense(3)])\nmodel.build((None, 5))\n", "\xE2\x88\x92 model.build((None, 5))",
     IMPORT "model = Sequential([Input((4,)), Dense(3)])\n"},
    {IMPORT "model = Sequential()\nmodel.add([Dense(4, input_shape=(3,)), Dense(2)])\n", "model.add(Dense(4, input_shape=(3,))) model.add(Dense(2))",
     IMPORT "model = Sequential()\nmodel.add(Dense(4, input_shape=(3,)))\nmodel.add(Dense(2))\n"},
    {IMPORT "from keras import Model\na = Input((4,))\nb = Input((3,))\nmodel = Model([a, b], a + b)\n", "Concatenate()([a, b])",
     "from keras import Input, Sequential\nfrom keras.layers import Conv2D, Dense, Flatten, LSTM, Concatenate\nfrom keras import Model\na = Input((4,))\n"
     "b = Input((3,))\nmodel = Model([a, b], Concatenate()([a, b]))\n"},
    {IMPORT "x = Input((4,))\nmodel = Sequential([x, Dense(3)(x), Dense(2)])\n", "Sequential([x, Dense(3), Dense(2)])",
     IMPORT "x = Input((4,))\nmodel = Sequential([x, Dense(3), Dense(2)])\n"},
    {IMPORT "import tensorflow as tf\nfrom keras import Model\na = Input((3, 2))\nmodel = Model(a, tf.reduce_sum(a, axis=1))\n",
     "tf.keras.ops.sum(a, axis=1)",
     IMPORT "import tensorflow as tf\nfrom keras import Model\na = Input((3, 2))\nmodel = Model(a, tf.keras.ops.sum(a, axis=1))\n"},
    {IMPORT "from keras import Model, ops\na = Input((3, 2))\nmodel = Model(a, ops.matmul(a, a))\n", "ops.matmul(a, ops.transpose(a, (0, 2, 1)))",
     IMPORT "from keras import Model, ops\na = Input((3, 2))\nmodel = Model(a, ops.matmul(a, ops.transpose(a, (0, 2, 1))))\n"},
    {IMPORT "from keras import Model\ni = Input((8,))\nx = Dense(4)(i)\ni = Input((8,))\nmodel = Model(i, Dense(2)(x))\n",
     "\xE2\x88\x92 i = Input((8,))", IMPORT "from keras import Model\ni = Input((8,))\nx = Dense(4)(i)\nmodel = Model(i, Dense(2)(x))\n"},
    {IMPORT "from keras import Model\nb = Sequential([Input((8,)), Dense(4)])\nx = Input((5,))\nmodel = Model(x, b.layers[0](x))\n", "Input((8,))",
     IMPORT "from keras import Model\nb = Sequential([Input((8,)), Dense(4)])\nx = Input((8,))\nmodel = Model(x, b.layers[0](x))\n"},
    /* two faults, mended together */
    {IMPORT "model = Sequential([Input((28, 28)), Conv2D(8, 3), Flatten, Dense(10)])\n", "Flatten(), Reshape((28, 28, 1))",
     "from keras import Input, Sequential\nfrom keras.layers import Conv2D, Dense, Flatten, LSTM, Reshape\n"
     "model = Sequential([Input((28, 28)), Reshape((28, 28, 1)), Conv2D(8, 3), Flatten(), Dense(10)])\n"},
    {IMPORT "model = Sequential([Input((4,)), Dense(0, actvation='relu')])\n", "units=16, Dense(16, activation='relu')",
     IMPORT "model = Sequential([Input((4,)), Dense(16, activation='relu')])\n"},
};

static void fixes_read_like_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Arena arena;
        Reading reading;
        TextFix fixes[FIXES_MAX];
        size_t length;
        arena_open(&arena, 0);
        keras_read(&reading, &arena, CASES[i].code, strlen(CASES[i].code), NULL);
        const int n = fixes_find(&reading, NULL, &arena, fixes, FIXES_MAX);
        if (!n) fail_msg("no fix for %s:\n%s", reading.error.message, CASES[i].code);
        assert_string_equal(fixes[0].label, CASES[i].label);
        assert_string_equal(edits_apply(&fixes[0].edits, reading.text, reading.length, &length), CASES[i].mended);
        arena_close(&arena);
    }
}

static void an_accepted_text_needs_no_fix(void **state)
{
    (void)state;
    const char *code = IMPORT "model = Sequential([Input((4,)), Dense(2)])\n";
    assert_int_equal(try_all("accepted", code, strlen(code)), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fix_mends_its_text),
        cmocka_unit_test(what_keras_refuses_is_mended),
        cmocka_unit_test(fixes_read_like_code),
        cmocka_unit_test(an_accepted_text_needs_no_fix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
