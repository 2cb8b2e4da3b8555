/* Files made to do harm: each is refused with a cause, in little time, and the program lives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <hdf5.h>
#include <zip.h>

#ifdef __linux__
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include "app/files.h"
#include "app/snapshot.h"
#include "keras/archive.h"
#include "keras/cage.h"

static Arena arena;
static char folder[64];

static int own_folder(void **state)
{
    (void)state;
    arena_open(&arena, 0);
    strcpy(folder, "/tmp/shapeflow-hostile-XXXXXX");
    return mkdtemp(folder) ? 0 : 1;
}

static int leave_folder(void **state)
{
    (void)state;
    const int status = system(arena_print(&arena, "rm -rf '%s'", folder));
    arena_close(&arena);
    return status;
}

static const char *in_folder(const char *name) { return path_join(&arena, folder, name); }

/* ---- what becomes of a file ---- */

typedef struct Fate {
    bool        good;
    const char *cause;     /* of the refusal */
    int         groups;
} Fate;

static Fate fate_of(const char *path)
{
    size_t length;
    Archive archive;
    Error err = {.arena = &arena};
    const char *bytes = file_read(&arena, path, &length);
    assert_non_null(bytes);
    const bool good = archive_read(&arena, bytes, length, &archive, &err);
    assert_true(good || (err.set && err.cause));
    return (Fate){.good = good, .cause = err.cause, .groups = archive.n_groups};
}

static void assert_refused(const char *path, const char *cause)
{
    const Fate fate = fate_of(path);
    if (fate.good) fail_msg("%s was read", path);
    assert_string_equal(fate.cause, cause);
}

static void assert_model_refused(const char *path, const char *cause)
{
    size_t length;
    Snapshot snapshot;
    const char *bytes = file_read(&arena, path, &length);
    snapshot_open_archive(&snapshot, bytes, length);
    assert_false(snapshot_good(&snapshot));
    assert_non_null(snapshot.reading.error.cause);
    assert_string_equal(snapshot.reading.error.cause, cause);
    snapshot_close(&snapshot);
}

/* ---- making archives ---- */

static const char DENSE[] =
    "{\"module\": \"keras\", \"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": ["
    "{\"module\": \"keras.layers\", \"class_name\": \"InputLayer\", \"config\": {\"batch_shape\": [null, 3], \"name\": \"i\"}},"
    "{\"module\": \"keras.layers\", \"class_name\": \"Dense\", \"config\": {\"name\": \"d\", \"units\": 2}}]}}";

typedef struct Part {
    const char *name, *bytes;
    size_t      length;
} Part;

static const char *zip_made(const char *name, const Part *parts, int n)
{
    const char *path = in_folder(name);
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(zip);
    for (int i = 0; i < n; i++)
        assert_true(zip_file_add(zip, parts[i].name, zip_source_buffer(zip, parts[i].bytes, parts[i].length, 0), ZIP_FL_OVERWRITE) >= 0);
    assert_int_equal(zip_close(zip), 0);
    return path;
}

/* An archive of a Dense(2) on 3 inputs, with such a store. */
static const char *archive_with(const char *name, const char *store)
{
    size_t length;
    const char *bytes = file_read(&arena, store, &length);
    assert_non_null(bytes);
    const Part parts[] = {{"config.json", DENSE, strlen(DENSE)}, {"model.weights.h5", bytes, length}};
    return zip_made(name, parts, 2);
}

typedef void StoreFill(hid_t file);

static const char *store_made(const char *name, StoreFill *fill)
{
    const char *path = in_folder(name);
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(file >= 0);
    fill(file);
    assert_true(H5Fclose(file) >= 0);
    return path;
}

static hid_t group_at(hid_t file, const char *path)
{
    const hid_t how = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(how, 1);
    const hid_t group = H5Gcreate2(file, path, how, H5P_DEFAULT, H5P_DEFAULT);
    H5Pclose(how);
    assert_true(group >= 0);
    return group;
}

static void set_at(hid_t group, const char *name, int rank, const hsize_t *dim, hid_t type, bool chunked)
{
    const hid_t space = H5Screate_simple(rank, dim, NULL), how = H5Pcreate(H5P_DATASET_CREATE);
    hsize_t chunk[8];
    for (int i = 0; i < rank; i++) chunk[i] = dim[i] < 16 ? dim[i] : 16;
    if (chunked) H5Pset_chunk(how, rank, chunk);
    const hid_t set = H5Dcreate2(group, name, type, space, H5P_DEFAULT, how, H5P_DEFAULT);
    assert_true(set >= 0);
    H5Dclose(set);
    H5Pclose(how);
    H5Sclose(space);
}

static void kernel_and_bias(hid_t file)
{
    const hid_t group = group_at(file, "layers/dense/vars");
    set_at(group, "0", 2, (hsize_t[]){3, 2}, H5T_NATIVE_FLOAT, false);
    set_at(group, "1", 1, (hsize_t[]){2}, H5T_NATIVE_FLOAT, false);
    H5Gclose(group);
}

/* ---- stores ---- */

static void fill_circle(hid_t file)
{
    kernel_and_bias(file);
    H5Lcreate_hard(file, "/", file, "/layers/again", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_hard(file, "/layers", file, "/layers/once_more", H5P_DEFAULT, H5P_DEFAULT);
}

static void fill_soft(hid_t file)
{
    const hid_t group = group_at(file, "layers/dense/vars");
    H5Lcreate_soft("/layers/dense/vars/1", group, "0", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/layers/dense/vars/0", group, "1", H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(group);
}

static void fill_external(hid_t file)
{
    const hid_t group = group_at(file, "layers/dense/vars");
    H5Lcreate_external("/etc/passwd", "/", group, "0", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("good.h5", "/layers/dense/vars/1", group, "1", H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(group);
}

static void fill_numbers_elsewhere(hid_t file)
{
    const hid_t group = group_at(file, "layers/dense/vars"), space = H5Screate_simple(1, (hsize_t[]){2}, NULL), how = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(how, "/etc/passwd", 0, 8);
    H5Dclose(H5Dcreate2(group, "0", H5T_NATIVE_FLOAT, space, H5P_DEFAULT, how, H5P_DEFAULT));
    H5Pclose(how);
    H5Sclose(space);
    H5Gclose(group);
}

static void fill_beyond_memory(hid_t file)
{
    const hid_t group = group_at(file, "layers/dense/vars");
    set_at(group, "0", 2, (hsize_t[]){(hsize_t)1 << 40, (hsize_t)1 << 20}, H5T_NATIVE_FLOAT, true);
    H5Gclose(group);
}

static void fill_with_nothing_stored(hid_t file)
{
    const hid_t group = group_at(file, "layers/dense/vars");
    set_at(group, "0", 2, (hsize_t[]){1 << 14, 1 << 13}, H5T_NATIVE_FLOAT, true);
    H5Gclose(group);
}

static void fill_with_groups(hid_t file)
{
    const hid_t group = group_at(file, "layers/dense/vars");
    H5Gclose(group_at(group, "0"));
    H5Gclose(group_at(group, "1"));
    H5Gclose(group);
}

static void fill_with_strings(hid_t file)
{
    const hid_t group = group_at(file, "layers/dense/vars"), type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    set_at(group, "0", 2, (hsize_t[]){3, 2}, type, false);
    H5Tclose(type);
    H5Gclose(group);
}

static void fill_with_records(hid_t file)
{
    const hid_t group = group_at(file, "layers/dense/vars"), type = H5Tcreate(H5T_COMPOUND, 8);
    H5Tinsert(type, "a", 0, H5T_NATIVE_FLOAT);
    H5Tinsert(type, "b", 4, H5T_NATIVE_FLOAT);
    set_at(group, "0", 2, (hsize_t[]){3, 2}, type, false);
    H5Tclose(type);
    H5Gclose(group);
}

static void fill_layers_with_numbers(hid_t file) { set_at(file, "layers", 1, (hsize_t[]){4}, H5T_NATIVE_FLOAT, false); }

static void fill_odd_names(hid_t file)
{
    kernel_and_bias(file);
    H5Gclose(group_at(file, "layers/../../../etc/vars"));
    H5Gclose(group_at(file, "layers/\xff\xfe/vars"));
}

static void fill_deep(hid_t file)
{
    hid_t group = group_at(file, "layers");
    for (int i = 0; i < 500; i++) {
        const hid_t inner = group_at(group, "a");
        H5Gclose(group);
        group = inner;
    }
    H5Gclose(group);
}

static void fill_many_variables(hid_t file)
{
    const hid_t group = group_at(file, "layers/dense/vars");
    for (int i = 0; i < 5000; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        set_at(group, name, 1, (hsize_t[]){1}, H5T_NATIVE_FLOAT, false);
    }
    H5Gclose(group);
}

static const struct { const char *name; StoreFill *fill; const char *cause; } STORES[] = {
    {"circle", fill_circle, "archive.too_large"},
    {"soft", fill_soft, "archive.not_hdf5"},
    {"external", fill_external, "archive.not_hdf5"},
    {"elsewhere", fill_numbers_elsewhere, "archive.not_hdf5"},
    {"beyond_memory", fill_beyond_memory, "archive.not_hdf5"},
    {"nothing_stored", fill_with_nothing_stored, "archive.not_hdf5"},
    {"groups_for_numbers", fill_with_groups, "archive.not_hdf5"},
    {"strings_for_numbers", fill_with_strings, "archive.not_hdf5"},
    {"records_for_numbers", fill_with_records, "archive.not_hdf5"},
    {"numbers_for_layers", fill_layers_with_numbers, "archive.other_weights"},
    {"deep", fill_deep, "archive.too_large"},
    {"many_variables", fill_many_variables, "archive.too_large"},
};

static void a_hostile_store_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof STORES / sizeof *STORES; i++) {
        const char *store = store_made(arena_print(&arena, "%s.h5", STORES[i].name), STORES[i].fill);
        assert_model_refused(archive_with(arena_print(&arena, "%s.keras", STORES[i].name), store), STORES[i].cause);
    }
}

static void names_that_climb_stay_names(void **state)
{
    (void)state;
    const Fate fate = fate_of(archive_with("odd.keras", store_made("odd.h5", fill_odd_names)));
    assert_true(fate.good);
    assert_int_equal(fate.groups, 1);
}

/* ---- the older form ---- */

static void attribute_at(hid_t object, const char *name, const char *const *strings, hsize_t n)
{
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate_simple(1, &n, NULL);
    H5Tset_size(type, H5T_VARIABLE);
    const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(attribute >= 0 && H5Awrite(attribute, type, strings) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

static void fill_climbing_layers(hid_t file)
{
    const hid_t weights = group_at(file, "model_weights"), group = group_at(weights, "d");
    attribute_at(weights, "layer_names", (const char *const[]){"../..", "d", "/", "nothing"}, 4);
    attribute_at(group, "weight_names", (const char *const[]){"/model_weights/../../etc/passwd"}, 1);
    H5Gclose(group);
    H5Gclose(weights);
}

static void fill_numbers_for_names(hid_t file)
{
    const hid_t weights = group_at(file, "model_weights"), space = H5Screate_simple(1, (hsize_t[]){3}, NULL);
    H5Aclose(H5Acreate2(weights, "layer_names", H5T_NATIVE_INT, space, H5P_DEFAULT, H5P_DEFAULT));
    H5Aclose(H5Acreate2(file, "model_config", H5T_NATIVE_INT, space, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
    H5Gclose(weights);
}

static void a_hostile_legacy_file_is_refused(void **state)
{
    (void)state;
    assert_refused(store_made("climbing.h5", fill_climbing_layers), "archive.not_hdf5");
    assert_model_refused(store_made("numbers_for_names.h5", fill_numbers_for_names), "archive.weights_alone");
}

/* ---- containers ---- */

static const char *blanks(size_t n)
{
    char *bytes = arena_take(&arena, n);
    memset(bytes, ' ', n);
    return bytes;
}

static void a_decompression_bomb_is_refused(void **state)
{
    (void)state;
    enum { BYTES = 80 * 1024 * 1024 };
    const Part config[] = {{"config.json", blanks(BYTES), BYTES}};
    const char *path = zip_made("bomb.keras", config, 1);
    size_t length;
    assert_non_null(file_read(&arena, path, &length));
    assert_true(length < BYTES / 100);
    assert_refused(path, "archive.bomb");
    const Part weights[] = {{"config.json", DENSE, strlen(DENSE)}, {"model.weights.h5", config->bytes, BYTES}};
    assert_refused(zip_made("weights_bomb.keras", weights, 2), "archive.bomb");
}

static void thousands_of_entries_and_climbing_names_do_no_harm(void **state)
{
    (void)state;
    enum { ENTRIES = 4000 };
    Part *parts = ARENA_ARRAY(&arena, ENTRIES, Part);
    for (int i = 0; i < ENTRIES; i++) parts[i] = (Part){arena_print(&arena, "../../../../tmp/shapeflow-climbed-%d", i), "x", 1};
    assert_refused(zip_made("entries.keras", parts, ENTRIES), "archive.no_config");
    assert_int_not_equal(access("/tmp/shapeflow-climbed-0", F_OK), 0);
}

/* ---- configurations ---- */

static const char *config_made(const char *name, const char *config, size_t length)
{
    size_t store;
    const char *bytes = file_read(&arena, store_made("good.h5", kernel_and_bias), &store);
    const Part parts[] = {{"config.json", config, length}, {"model.weights.h5", bytes, store}};
    return zip_made(name, parts, 2);
}

static void a_hostile_configuration_is_refused(void **state)
{
    (void)state;
    enum { DEPTH = 100000 };
    char *deep = arena_take(&arena, DEPTH + 1);
    memset(deep, '[', DEPTH);
    assert_model_refused(config_made("deep.keras", deep, DEPTH), "json.syntax");
    assert_model_refused(config_made("bytes.keras", "{\"class_name\": \"\xff\xfe\"}", 20), "json.syntax");
    assert_model_refused(config_made("null.keras", "null", 4), "json.model");
    assert_model_refused(config_made("empty.keras", "", 0), "json.syntax");
    assert_model_refused(config_made("zeros.keras", "\0\0\0\0", 4), "json.syntax");
}

/* Code that a Lambda carries is data here, whatever it would do. */
static void code_inside_is_not_run(void **state)
{
    (void)state;
    static const char CONFIG[] =
        "{\"module\": \"keras\", \"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": ["
        "{\"module\": \"keras.layers\", \"class_name\": \"InputLayer\", \"config\": {\"batch_shape\": [null, 3], \"name\": \"i\"}},"
        "{\"module\": \"keras.layers\", \"class_name\": \"Lambda\", \"config\": {\"name\": \"l\", \"function\": {\"class_name\": \"__lambda__\","
        " \"config\": {\"code\": \"4wEAAAAAAAAAAAAAAAIAAABTAAAA8woAAABpbXBvcnQgb3M=\", \"defaults\": null, \"closure\": null}}}},"
        "{\"module\": \"keras.layers\", \"class_name\": \"Dense\", \"config\": {\"name\": \"d\", \"units\": 2},"
        " \"build_config\": {\"input_shape\": [null, 3]}}]}}";
    size_t length;
    Snapshot snapshot;
    const char *bytes = file_read(&arena, config_made("lambda.keras", CONFIG, strlen(CONFIG)), &length);
    snapshot_open_archive(&snapshot, bytes, length);
    assert_true(snapshot_good(&snapshot));
    snapshot_run(&snapshot, NULL, 0, RUN_SEED);
    assert_false(snapshot.run.complete);
    assert_non_null(snapshot.run.why_not);
    snapshot_close(&snapshot);
}

/* ---- the reader itself ---- */

static void hang(const void *task, int out)
{
    (void)task, (void)out;
    for (volatile int i = 0;; i++) continue;
}

static void sleep_on(const void *task, int out)
{
    (void)task, (void)out;
    volatile int lock = 1;
    for (;;) syscall(SYS_futex, &lock, 0, 1, NULL, NULL, 0);
}

static void eat(const void *task, int out)
{
    (void)task;
    enum { MEGABYTE = 1 << 20 };
    for (int i = 0; i < 4096; i++) {
        char *bytes = malloc(MEGABYTE);
        if (!bytes) return;
        memset(bytes, 1, MEGABYTE);
    }
    cage_put(out, "x", 1);
}

static void a_reader_that_never_ends_is_ended(void **state)
{
    (void)state;
    static CageWork *const works[] = {hang, sleep_on};
    for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
        Cage cage;
        char byte;
        assert_true(cage_open(&cage, &(CageLimits){.bytes = (size_t)1 << 32, .seconds = 1, .patience = 3}, works[i], NULL));
        assert_false(cage_take(&cage, &byte, 1));
        cage_close(&cage);
        assert_int_equal(waitpid(cage.child, NULL, 0), -1);
    }
}

static void a_reader_that_eats_memory_gets_none(void **state)
{
    (void)state;
    Cage cage;
    char byte;
#if defined(__SANITIZE_ADDRESS__)
    skip();
#endif
    assert_true(cage_open(&cage, &(CageLimits){.bytes = (size_t)1 << 30, .seconds = 20, .patience = 60}, eat, NULL));
    assert_false(cage_take(&cage, &byte, 1));
    cage_close(&cage);
}

/* Lengths and places in it are damaged so that HDF5 reads and copies beyond its memory. */
static void a_file_that_breaks_the_reader_is_refused(void **state)
{
    (void)state;
    assert_false(fate_of(SOURCE_DIR "/tests/data/archives/hostile/breaks_hdf5.h5").good);
}

#ifdef __linux__

/* As a system without seccomp would answer. */
static bool lose_seccomp(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_prctl, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 22),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static void without_seccomp_nothing_is_opened(void **state)
{
    (void)state;
    const char *path = archive_with("good.keras", store_made("good.h5", kernel_and_bias));
    assert_true(fate_of(path).good);
    const pid_t child = fork();
    if (child == 0) {
        if (!lose_seccomp()) _exit(2);
        const Fate fate = fate_of(path);
        _exit(!fate.good && strcmp(fate.cause, "archive.no_cage") == 0 ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

#endif

/* ---- the program ---- */

static int ends_with(const char *words)
{
    const int status = system(arena_print(&arena, "'%s' %s >'%s/out' 2>'%s/err'", PROGRAM, words, folder, folder));
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void the_program_says_so_and_ends_with_3(void **state)
{
    (void)state;
    size_t length;
    archive_with("circle.keras", store_made("circle.h5", fill_circle));
    static const char *const commands[] = {"summary", "shapes", "predict", "convert -o out.py"};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        assert_int_equal(ends_with(arena_print(&arena, "%s '%s'", commands[i], in_folder("circle.keras"))), 3);
        assert_true(strlen(file_read(&arena, in_folder("err"), &length)) > 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hostile_store_is_refused),
        cmocka_unit_test(names_that_climb_stay_names),
        cmocka_unit_test(a_hostile_legacy_file_is_refused),
        cmocka_unit_test(a_decompression_bomb_is_refused),
        cmocka_unit_test(thousands_of_entries_and_climbing_names_do_no_harm),
        cmocka_unit_test(a_hostile_configuration_is_refused),
        cmocka_unit_test(code_inside_is_not_run),
        cmocka_unit_test(a_reader_that_never_ends_is_ended),
        cmocka_unit_test(a_reader_that_eats_memory_gets_none),
        cmocka_unit_test(a_file_that_breaks_the_reader_is_refused),
#ifdef __linux__
        cmocka_unit_test(without_seccomp_nothing_is_opened),
#endif
        cmocka_unit_test(the_program_says_so_and_ends_with_3),
    };
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return cmocka_run_group_tests(tests, own_folder, leave_folder);
}
