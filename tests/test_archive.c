#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/document.h"
#include "app/files.h"
#include "app/snapshot.h"
#include "keras/archive.h"
#include "keras/cage.h"
#include "keras/npy.h"

#define DATA SOURCE_DIR "/tests/data/archives/"

static Arena arena;

static const char *bytes_of(const char *path, size_t *length)
{
    const char *bytes = file_read(&arena, path, length);
    assert_non_null(bytes);
    return bytes;
}

static Tensor array_of(const char *path)
{
    size_t length;
    Tensor tensor;
    const char *bytes = bytes_of(path, &length);
    assert_true(npy_read(&arena, bytes, length, 1 << 20, &tensor, NULL));
    return tensor;
}

/* ---- what Keras computes with the same file ---- */

static void assert_near(const Tensor *got, const Tensor *wanted)
{
    assert_true(shape_equal(&got->shape, &wanted->shape));
    for (int64_t i = 0; i < shape_size(&wanted->shape); i++)
        assert_true(fabs((double)got->data[i] - (double)wanted->data[i]) <= 1e-6 + 1e-5 * fabs((double)wanted->data[i]));
}

static void assert_predicts(Snapshot *snapshot, const char *folder)
{
    const Tensor input = array_of(path_join(&arena, folder, "input.npy")), output = array_of(path_join(&arena, folder, "output.npy"));
    assert_true(snapshot_good(snapshot));
    snapshot_run(snapshot, &input, 1, RUN_SEED);
    assert_true(snapshot->run.complete);
    assert_near(&snapshot->run.tensors[snapshot->plan.outputs[0]], &output);
}

static const char *const MODELS[] = {"dense_on_rows/model.keras", "bidirectional_modes/model.keras", "bidirectional_modes/model.h5",
                                     "flatten_none_axis/model.h5", "convlstm_frames/model.keras", "convlstm_frames/model.h5",
                                     "norm_spectral_fixed/model.keras"};
enum { N_MODELS = sizeof MODELS / sizeof *MODELS };

static void archives_predict_as_keras_does(void **state)
{
    (void)state;
    for (int i = 0; i < N_MODELS; i++) {
        size_t length;
        Snapshot snapshot;
        const char *path = path_join(&arena, DATA, MODELS[i]), *bytes = bytes_of(path, &length);
        snapshot_open_archive(&snapshot, bytes, length);
        assert_predicts(&snapshot, file_folder(&arena, path));
        snapshot_close(&snapshot);
    }
}

static void an_archive_opens_as_code_that_loads_its_weights(void **state)
{
    (void)state;
    for (int i = 0; i < N_MODELS; i++) {
        Document document;
        Snapshot snapshot;
        const char *path = path_join(&arena, DATA, MODELS[i]);
        assert_int_equal(document_open(&document, &arena, path), DOCUMENT_GOOD);
        assert_true(document_to_code(&document, &arena, NULL));
        assert_non_null(strstr(document.text, arena_print(&arena, "model.load_weights('%s')", file_name(path))));
        snapshot_open(&snapshot, document.text, document.length, &(ReadOptions){.folder = document.folder});
        assert_predicts(&snapshot, file_folder(&arena, path));
        snapshot_close(&snapshot);
    }
}

/* ---- weights beside a text ---- */

static void a_subclassed_model_finds_its_weights_by_attributes(void **state)
{
    (void)state;
    Snapshot snapshot;
    size_t length;
    const char *text = bytes_of(DATA "subclassed/net.py", &length);
    snapshot_open(&snapshot, text, length, &(ReadOptions){.folder = DATA "subclassed"});
    assert_int_equal(snapshot.reading.n_faults, 0);
    assert_predicts(&snapshot, DATA "subclassed");
    snapshot_close(&snapshot);
}

static const struct { const char *code, *exception; } LOADS[] = {
    {"model.load_weights('model.keras')", NULL},
    {"model.load_weights('none.keras')", "FileNotFoundError"},
    {"model.load_weights('../dense_on_rows/model.keras')", "FileNotFoundError"},
    {"model.load_weights('input.npy')", "BadZipFile"},
};

static const char *fault_of_load(const char *units, const char *load)
{
    Snapshot snapshot;
    const char *code = arena_print(&arena, "import keras\nmodel = keras.Sequential([keras.Input((%s)), keras.layers.Dense(2)])\n%s\n", units, load);
    snapshot_open(&snapshot, code, strlen(code), &(ReadOptions){.folder = DATA "dense_on_rows"});
    assert_true(snapshot_good(&snapshot));
    const Error *fault = snapshot.reading.n_faults ? &snapshot.reading.faults[0] : NULL;
    const char *exception = fault ? arena_copy(&arena, fault->exception, strlen(fault->exception)) : NULL;
    if (fault) assert_int_equal(fault->at.start, strstr(code, "model.load") - code);
    snapshot_close(&snapshot);
    return exception;
}

static void a_file_that_cannot_be_loaded_is_told_at_its_line(void **state)
{
    (void)state;
    for (size_t i = 1; i < sizeof LOADS / sizeof *LOADS; i++) assert_string_equal(fault_of_load("3,", LOADS[i].code), LOADS[i].exception);
}

static void weights_of_another_model_are_refused(void **state)
{
    (void)state;
    assert_string_equal(fault_of_load("3,", "model.load_weights('dense_77.weights.h5')"), "ValueError");
    assert_string_equal(fault_of_load("77,", "model.load_weights('../dense_on_rows/dense_77.weights.h5')"), "FileNotFoundError");
    assert_string_equal(fault_of_load("77,", LOADS[0].code), "ValueError");
}

static void a_file_of_weights_alone_is_loaded_but_tells_no_model(void **state)
{
    (void)state;
    size_t length;
    Archive archive;
    Error err = {.arena = &arena};
    const char *bytes = bytes_of(DATA "dense_on_rows/dense_77.weights.h5", &length);
    assert_null(fault_of_load("77,", "model.load_weights('dense_77.weights.h5')"));
    assert_false(archive_read_model(&arena, bytes, length, &archive, &err));
    assert_string_equal(err.cause, "archive.weights_alone");
}

/* ---- while the text is edited ---- */

static const char LOADING[] =
    "import keras\nimport numpy as np\nmodel = keras.Sequential([keras.Input((77,)), keras.layers.Dense(2)])\n";

static Snapshot edited(const Snapshot *before, const char *folder, const char *lines)
{
    Snapshot snapshot;
    const char *code = arena_print(&arena, "%s%s", LOADING, lines);
    snapshot_open_after(&snapshot, before, code, strlen(code), &(ReadOptions){.folder = folder});
    assert_true(snapshot_good(&snapshot));
    return snapshot;
}

static float first_bias(const Snapshot *snapshot) { return snapshot->reading.model->layers[0]->weights[1].given[0]; }

static void a_file_is_read_once_while_it_stands_unchanged(void **state)
{
    (void)state;
    size_t length;
    char folder[] = "/tmp/shapeflow-loads-XXXXXX";
    static const char LOAD[] = "model.load_weights('w.weights.h5')\n";
    assert_non_null(mkdtemp(folder));
    const char *path = path_join(&arena, folder, "w.weights.h5"), *bytes = bytes_of(DATA "dense_on_rows/dense_77.weights.h5", &length);
    assert_true(file_write(&arena, path, bytes, length));
    Snapshot first = edited(NULL, folder, LOAD), second = edited(&first, folder, "model.load_weights('w.weights.h5')  # again\n");
    assert_int_equal(first.files.n, 1);
    assert_ptr_equal(second.files.files[0], first.files.files[0]);
    snapshot_close(&first);
    assert_true(isfinite(first_bias(&second)));
    assert_true(file_write(&arena, path, bytes, length));
    Snapshot third = edited(&second, folder, LOAD);
    assert_ptr_not_equal(third.files.files[0], second.files.files[0]);
    unlink(path);
    Snapshot fourth = edited(&third, folder, LOAD);
    assert_int_equal(fourth.files.n, 0);
    assert_int_equal(fourth.reading.n_faults, 1);
    snapshot_close(&fourth);
    snapshot_close(&third);
    snapshot_close(&second);
    rmdir(folder);
}

static void the_last_of_loading_and_setting_holds(void **state)
{
    (void)state;
    static const char SET[] = "model.layers[0].set_weights([np.zeros((77, 2)), np.array([7., 8.])])\n";
    static const char LOAD[] = "model.load_weights('dense_77.weights.h5')\n";
    const struct { const char *lines; bool set; } cases[] = {
        {LOAD, false}, {SET, true}, {arena_print(&arena, "%s%s", LOAD, SET), true}, {arena_print(&arena, "%s%s", SET, LOAD), false},
        {arena_print(&arena, "%s%s%s", LOAD, SET, LOAD), false}, {arena_print(&arena, "%s%s%s%s", SET, LOAD, LOAD, SET), true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Snapshot snapshot = edited(NULL, DATA "dense_on_rows", cases[i].lines);
        if ((first_bias(&snapshot) == 7.0F) != cases[i].set) fail_msg("%s", cases[i].lines);
        snapshot_close(&snapshot);
    }
}

/* ---- damaged files ---- */

static bool opens(const char *bytes, size_t length, const char **cause)
{
    Archive archive;
    Error err = {.arena = &arena};
    const bool good = archive_read(&arena, bytes, length, &archive, &err);
    assert_true(good || (err.set && err.cause));
    *cause = err.cause;
    return good;
}

static void what_is_no_archive_is_refused(void **state)
{
    (void)state;
    const char *cause;
    assert_false(opens("", 0, &cause));
    assert_string_equal(cause, "archive.not_zip");
    assert_false(opens("PK\3\4 and nothing more", 21, &cause));
    assert_string_equal(cause, "archive.not_zip");
}

static const char *const WHOLE[] = {DATA "dense_on_rows/model.keras", DATA "flatten_none_axis/model.h5"};

static void a_cut_archive_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof WHOLE / sizeof *WHOLE; i++) {
        size_t length;
        const char *cause, *bytes = bytes_of(WHOLE[i], &length);
        for (size_t cut = 0; cut < length; cut += 997) assert_false(opens(bytes, cut, &cause));
    }
}

static void a_damaged_archive_never_harms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof WHOLE / sizeof *WHOLE; i++) {
        size_t length;
        const char *cause, *bytes = bytes_of(WHOLE[i], &length);
        char *damaged = arena_copy(&arena, bytes, length);
        for (size_t at = 11; at < length; at += 311) {
            damaged[at] = (char)~bytes[at];
            opens(damaged, length, &cause);
            damaged[at] = bytes[at];
        }
    }
}

/* ---- the cage ---- */

static const CageLimits LIMITS = {.bytes = (size_t)1 << 32, .seconds = 20, .patience = 60};

static void try_everything(const void *task, int out)
{
    const char *path = task;
    const bool refused[] = {open(path, O_RDONLY) < 0, open(path, O_WRONLY | O_CREAT, 0600) < 0, socket(AF_INET, SOCK_STREAM, 0) < 0,
                            fork() < 0, execl("/bin/true", "true", (char *)NULL) < 0, write(STDERR_FILENO, "", 0) < 0, unlink(path) < 0};
    cage_put(out, refused, sizeof refused);
}

static void crash(const void *task, int out)
{
    (void)task, (void)out;
    abort();
}

static void the_cage_lets_nothing_out_but_its_answer(void **state)
{
    (void)state;
    Cage cage;
    bool refused[7] = {false};
    assert_true(cage_open(&cage, &LIMITS, try_everything, SOURCE_DIR "/README.md"));
    assert_true(cage_take(&cage, refused, sizeof refused));
    cage_close(&cage);
    for (size_t i = 0; i < sizeof refused; i++) assert_true(refused[i]);
}

static void a_crash_in_the_cage_ends_the_answer(void **state)
{
    (void)state;
    Cage cage;
    char byte;
    assert_true(cage_open(&cage, &LIMITS, crash, NULL));
    assert_false(cage_take(&cage, &byte, 1));
    cage_close(&cage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(archives_predict_as_keras_does),
        cmocka_unit_test(an_archive_opens_as_code_that_loads_its_weights),
        cmocka_unit_test(a_subclassed_model_finds_its_weights_by_attributes),
        cmocka_unit_test(a_file_that_cannot_be_loaded_is_told_at_its_line),
        cmocka_unit_test(weights_of_another_model_are_refused),
        cmocka_unit_test(a_file_of_weights_alone_is_loaded_but_tells_no_model),
        cmocka_unit_test(a_file_is_read_once_while_it_stands_unchanged),
        cmocka_unit_test(the_last_of_loading_and_setting_holds),
        cmocka_unit_test(what_is_no_archive_is_refused),
        cmocka_unit_test(a_cut_archive_is_refused),
        cmocka_unit_test(a_damaged_archive_never_harms),
        cmocka_unit_test(the_cage_lets_nothing_out_but_its_answer),
        cmocka_unit_test(a_crash_in_the_cage_ends_the_answer),
    };
    arena_open(&arena, 0);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_close(&arena);
    return failed;
}
