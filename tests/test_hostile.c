/* Files made to do harm: each is refused with a cause, in little time, and the program lives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/files.h"
#include "app/snapshot.h"
#include "hostile.h"

/* ---- containers ---- */

static const char *blanks(size_t n)
{
    char *bytes = arena_take(&hostile_arena, n);
    memset(bytes, ' ', n);
    return bytes;
}

static void a_decompression_bomb_is_refused(void **state)
{
    (void)state;
    enum { BYTES = 80 * 1024 * 1024 };
    const Part config[] = {{"config.json", blanks(BYTES), BYTES}};
    const char *path = hostile_zip("bomb.keras", config, 1);
    size_t length;
    assert_non_null(file_read(&hostile_arena, path, &length));
    assert_true(length < BYTES / 100);
    hostile_refused(path, "archive.bomb");
    const Part weights[] = {{"config.json", HOSTILE_DENSE, strlen(HOSTILE_DENSE)}, {"model.weights.h5", config->bytes, BYTES}};
    hostile_refused(hostile_zip("weights_bomb.keras", weights, 2), "archive.bomb");
}

static void thousands_of_entries_and_climbing_names_do_no_harm(void **state)
{
    (void)state;
    enum { ENTRIES = 4000 };
    Part *parts = ARENA_ARRAY(&hostile_arena, ENTRIES, Part);
    for (int i = 0; i < ENTRIES; i++) parts[i] = (Part){arena_print(&hostile_arena, "../../../../tmp/shapeflow-climbed-%d", i), "x", 1};
    hostile_refused(hostile_zip("entries.keras", parts, ENTRIES), "archive.no_config");
    assert_int_not_equal(access("/tmp/shapeflow-climbed-0", F_OK), 0);
}

/* ---- configurations ---- */

static const char *config_made(const char *name, const char *config, size_t length)
{
    size_t store;
    const char *bytes = file_read(&hostile_arena, hostile_store("good.h5", hostile_kernel_and_bias), &store);
    const Part parts[] = {{"config.json", config, length}, {"model.weights.h5", bytes, store}};
    return hostile_zip(name, parts, 2);
}

static void a_hostile_configuration_is_refused(void **state)
{
    (void)state;
    enum { DEPTH = 100000 };
    char *deep = arena_take(&hostile_arena, DEPTH + 1);
    memset(deep, '[', DEPTH);
    hostile_model_refused(config_made("deep.keras", deep, DEPTH), "json.syntax");
    hostile_model_refused(config_made("bytes.keras", "{\"class_name\": \"\xff\xfe\"}", 20), "json.syntax");
    hostile_model_refused(config_made("null.keras", "null", 4), "json.model");
    hostile_model_refused(config_made("empty.keras", "", 0), "json.syntax");
    hostile_model_refused(config_made("zeros.keras", "\0\0\0\0", 4), "json.syntax");
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
    const char *bytes = file_read(&hostile_arena, config_made("lambda.keras", CONFIG, strlen(CONFIG)), &length);
    snapshot_open_archive(&snapshot, bytes, length);
    assert_true(snapshot_good(&snapshot));
    snapshot_run(&snapshot, NULL, 0, RUN_SEED);
    assert_false(snapshot.run.complete);
    assert_non_null(snapshot.run.why_not);
    snapshot_close(&snapshot);
}

/* Lengths and places in it are damaged so that HDF5 reads and copies beyond its memory. */
static void a_file_that_breaks_the_reader_is_refused(void **state)
{
    (void)state;
    assert_false(hostile_fate(SOURCE_DIR "/tests/data/archives/hostile/breaks_hdf5.h5").good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decompression_bomb_is_refused),
        cmocka_unit_test(thousands_of_entries_and_climbing_names_do_no_harm),
        cmocka_unit_test(a_hostile_configuration_is_refused),
        cmocka_unit_test(code_inside_is_not_run),
        cmocka_unit_test(a_file_that_breaks_the_reader_is_refused),
    };
    return cmocka_run_group_tests(tests, hostile_open, hostile_close);
}
