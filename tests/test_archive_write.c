/* Models written as .keras archives: laid out as Keras lays them out, with the same numbers. */
#include "keras/archive_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/snapshot.h"
#include "data_files.h"
#include "keras/archive.h"

static Arena arena;

static Text written(Snapshot *snapshot)
{
    Text text = {.arena = &arena};
    Error err = {.arena = &arena};
    assert_true(snapshot_good(snapshot));
    if (!write_archive(&text, snapshot->plan.model, snapshot->reading.seed, &err)) fail_msg("%s", err.cause);
    return text;
}

static Archive archive_of(const char *bytes, size_t length)
{
    Archive archive;
    assert_true(archive_read_model(&arena, bytes, length, &archive, NULL));
    return archive;
}

static Snapshot code_opened(const char *code)
{
    Snapshot snapshot;
    snapshot_open(&snapshot, code, strlen(code), &(ReadOptions){0});
    return snapshot;
}

/* ---- archives of Keras, written again ---- */

static void assert_same_group(const StoredGroup *got, const StoredGroup *wanted)
{
    assert_string_equal(got->name, wanted->name);
    assert_int_equal(got->n, wanted->n);
    for (int i = 0; i < wanted->n; i++) {
        assert_true(shape_equal(&got->arrays[i].shape, &wanted->arrays[i].shape));
        assert_memory_equal(got->arrays[i].data, wanted->arrays[i].data, (size_t)shape_size(&wanted->arrays[i].shape) * sizeof(float));
    }
}

/* Both are told in the order of HDF5's names. */
static void assert_same_groups(const Archive *got, const Archive *wanted)
{
    assert_int_equal(got->n_groups, wanted->n_groups);
    for (int i = 0; i < wanted->n_groups; i++) assert_same_group(&got->groups[i], &wanted->groups[i]);
}

static void an_archive_of_keras_is_written_with_the_same_groups(void **state)
{
    (void)state;
    const char **names;
    int tested = 0;
    const int n = data_list(&arena, "models", &names);
    for (int i = 0; i < n; i++) {
        size_t length;
        Snapshot snapshot;
        const char *bytes = data_read(&arena, arena_print(&arena, "models/%s/model.keras", names[i]), &length);
        if (!bytes) continue;
        snapshot_open_archive(&snapshot, bytes, length);
        const Text text = written(&snapshot);
        const Archive wanted = archive_of(bytes, length), got = archive_of(text.bytes, text.length);
        assert_same_groups(&got, &wanted);
        snapshot_close(&snapshot);
        tested++;
    }
    assert_true(tested > 100);
}

/* LoRA's factors are none of the variables: the kernel is kept with their product added. Dense forgets lora_alpha. */
static void lora_is_kept_within_the_kernel(void **state)
{
    (void)state;
    Snapshot code = code_opened("model = Sequential([Input((2,)), Dense(1, lora_rank=1, lora_alpha=3)])\n"
                                "model.layers[0].set_weights([np.array([[3.], [5.]]), np.array([7.]), np.array([[1.], [2.]]), "
                                "np.array([[4.]])])\n");
    const Text text = written(&code);
    const Archive archive = archive_of(text.bytes, text.length);
    int met = 0;
    for (int i = 0; i < archive.n_groups; i++) {
        const StoredGroup *group = &archive.groups[i];
        if (strcmp(group->name, "layers/dense") != 0) continue;
        assert_int_equal(group->n, 2);
        assert_true(group->arrays[0].data[0] == 7 && group->arrays[0].data[1] == 13 && group->arrays[1].data[0] == 7);
        met++;
    }
    assert_int_equal(met, 1);
    assert_non_null(strstr(archive.config, "\"lora_rank\": 1"));
    snapshot_close(&code);
}

/* ---- code, written as an archive ---- */

static const char *const CODES[] = {
    "model = Sequential([Input((3, 2)), Dense(4), Flatten(), Dense(2)])\n",
    "model = Sequential([Input((5,), dtype='int32'), Embedding(9, 4), LSTM(3), Dense(2)])\n",
    "model = Sequential([Input((6, 3)), Normalization(mean=[1., 2., 3.], variance=[1., 4., 9.]), BatchNormalization()])\n",
    "import keras\n"
    "from keras import layers\n"
    "class Net(keras.Model):\n"
    "    def __init__(self):\n"
    "        super().__init__()\n"
    "        self.last = layers.Dense(2)\n"
    "        self.first = layers.Dense(4, activation='relu')\n"
    "    def call(self, x):\n"
    "        return self.last(self.first(x))\n"
    "model = Net()\n"
    "model.build((None, 3))\n",
    "import keras\n"
    "a, b = keras.Input((4,)), keras.Input((4,))\n"
    "shared = keras.layers.Dense(3)\n"
    "inner = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\n"
    "model = keras.Model([a, b], [inner(shared(a)) + inner(shared(b)), keras.layers.Dense(1)(a)])\n",
    "model = Sequential([Input((2,)), Dense(1)])\n"
    "model.layers[0].set_weights([np.array([[3.], [5.]]), np.array([7.])])\n",
    "import keras\n"
    "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\n"
    "keras.utils.set_random_seed(11)\n",
    "model = Sequential([Input((2,)), Dense(1, lora_rank=1, lora_alpha=3)])\n"
    "model.layers[0].set_weights([np.array([[3.], [5.]]), np.array([7.]), np.array([[1.], [2.]]), np.array([[4.]])])\n",
    "model = Sequential([Input((4, 6)), EinsumDense('abc,cd->abd', (4, 2), lora_rank=1), Conv1D(2, 2, lora_rank=3)])\n"
    "model.layers[0].set_weights([np.ones((6, 2)), np.full((6, 1), 2.), np.array([[4., 1.]])])\n",
    "model = Sequential([Input((3,)), Embedding(5, 2, lora_rank=1)])\n"
    "model.layers[0].set_weights([np.ones((5, 2)), np.ones((5, 1)), np.array([[4., 1.]])])\n",
};

static void assert_same_outputs(const Snapshot *got, const Snapshot *wanted)
{
    assert_true(got->run.complete && wanted->run.complete);
    assert_int_equal(got->plan.n_outputs, wanted->plan.n_outputs);
    for (int i = 0; i < wanted->plan.n_outputs; i++) {
        const Tensor *one = &got->run.tensors[got->plan.outputs[i]], *other = &wanted->run.tensors[wanted->plan.outputs[i]];
        assert_true(shape_equal(&one->shape, &other->shape));
        assert_memory_equal(one->data, other->data, (size_t)shape_size(&other->shape) * sizeof(float));
    }
}

static void code_computes_the_same_as_its_archive(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++) {
        Snapshot code = code_opened(CODES[i]), archive;
        const Text text = written(&code);
        snapshot_open_archive(&archive, text.bytes, text.length);
        if (!snapshot_good(&archive)) fail_msg("%s: %s", CODES[i], archive.reading.error.message);
        snapshot_run(&code, NULL, 0, code.reading.seed);
        snapshot_run(&archive, NULL, 0, RUN_SEED);
        assert_same_outputs(&archive, &code);
        snapshot_close(&archive);
        snapshot_close(&code);
    }
}

/* What Keras hands to build() when it loads. */
static void layers_tell_the_shapes_they_were_built_for(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"import keras\nx = keras.Input((5, 4))\nmodel = keras.Model(x, keras.layers.MultiHeadAttention(2, 3)(x, x))\n",
         "\"build_config\": {\"shapes_dict\": {\"query_shape\": [null, 5, 4], \"value_shape\": [null, 5, 4]}}"},
        {"import keras\nmodel = keras.Sequential([keras.Input((5, 4)), keras.layers.RNN(keras.layers.LSTMCell(3))])\n",
         "\"build_config\": {\"input_shape\": [null, 5, 4]}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Snapshot snapshot = code_opened(cases[i][0]);
        const Text text = written(&snapshot);
        const Archive archive = archive_of(text.bytes, text.length);
        if (!strstr(archive.config, cases[i][1])) fail_msg("%s", archive.config);
        assert_null(strstr(archive.config, "states_shape"));
        snapshot_close(&snapshot);
    }
}

static void the_same_model_gives_the_same_bytes(void **state)
{
    (void)state;
    Snapshot one = code_opened(CODES[1]), other = code_opened(CODES[1]);
    const Text first = written(&one), second = written(&other);
    assert_int_equal(first.length, second.length);
    assert_memory_equal(first.bytes, second.bytes, first.length);
    snapshot_close(&other);
    snapshot_close(&one);
}

static void a_model_with_too_many_numbers_is_refused(void **state)
{
    (void)state;
    Text text = {.arena = &arena};
    Error err = {.arena = &arena};
    Snapshot snapshot = code_opened("model = Sequential([Input((1000000,)), Dense(1000000)])\n");
    const size_t before = arena.taken;
    assert_false(write_archive(&text, snapshot.plan.model, 7, &err));
    assert_string_equal(err.cause, "archive.too_many");
    assert_true(arena.taken - before < 1 << 20);
    snapshot_close(&snapshot);
}

static void without_memory_nothing_is_written(void **state)
{
    (void)state;
    Snapshot snapshot = code_opened(CODES[0]);
    const Text whole = written(&snapshot);
    for (size_t limit = 256; limit < 2 * whole.length + 65536; limit += 4099) {
        Arena small;
        ArenaTry attempt;
        arena_open(&small, limit);
        Text text = {.arena = &small};
        Error err = {.arena = &arena};
        arena_try_begin(&small, &attempt);
        if (setjmp(attempt.here) == 0 && write_archive(&text, snapshot.plan.model, 7, &err))
            assert_memory_equal(text.bytes, whole.bytes, whole.length);
        arena_try_end(&small, &attempt);
        arena_close(&small);
    }
    snapshot_close(&snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_archive_of_keras_is_written_with_the_same_groups),
        cmocka_unit_test(lora_is_kept_within_the_kernel),
        cmocka_unit_test(code_computes_the_same_as_its_archive),
        cmocka_unit_test(layers_tell_the_shapes_they_were_built_for),
        cmocka_unit_test(the_same_model_gives_the_same_bytes),
        cmocka_unit_test(a_model_with_too_many_numbers_is_refused),
        cmocka_unit_test(without_memory_nothing_is_written),
    };
    arena_open(&arena, 0);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_close(&arena);
    return failed;
}
