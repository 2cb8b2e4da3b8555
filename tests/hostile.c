#include "hostile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zip.h>

#include "app/files.h"
#include "app/snapshot.h"
#include "keras/archive.h"

Arena hostile_arena;
char  hostile_folder[64];

int hostile_open(void **state)
{
    (void)state;
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    arena_open(&hostile_arena, 0);
    strcpy(hostile_folder, "/tmp/shapeflow-hostile-XXXXXX");
    return mkdtemp(hostile_folder) ? 0 : 1;
}

int hostile_close(void **state)
{
    (void)state;
    const int status = system(arena_print(&hostile_arena, "rm -rf '%s'", hostile_folder));
    arena_close(&hostile_arena);
    return status;
}

const char *hostile_path(const char *name) { return path_join(&hostile_arena, hostile_folder, name); }

/* ---- what becomes of a file ---- */

Fate hostile_fate(const char *path)
{
    size_t length;
    Archive archive;
    Error err = {.arena = &hostile_arena};
    const char *bytes = file_read(&hostile_arena, path, &length);
    assert_non_null(bytes);
    const bool good = archive_read(&hostile_arena, bytes, length, &archive, &err);
    assert_true(good || (err.set && err.cause));
    return (Fate){.good = good, .cause = err.cause, .groups = archive.n_groups};
}

void hostile_refused(const char *path, const char *cause)
{
    const Fate fate = hostile_fate(path);
    if (fate.good) fail_msg("%s was read", path);
    assert_string_equal(fate.cause, cause);
}

void hostile_model_refused(const char *path, const char *cause)
{
    size_t length;
    Snapshot snapshot;
    const char *bytes = file_read(&hostile_arena, path, &length);
    snapshot_open_archive(&snapshot, bytes, length);
    assert_false(snapshot_good(&snapshot));
    assert_non_null(snapshot.reading.error.cause);
    assert_string_equal(snapshot.reading.error.cause, cause);
    snapshot_close(&snapshot);
}

/* ---- making archives ---- */

const char HOSTILE_DENSE[] =
    "{\"module\": \"keras\", \"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": ["
    "{\"module\": \"keras.layers\", \"class_name\": \"InputLayer\", \"config\": {\"batch_shape\": [null, 3], \"name\": \"i\"}},"
    "{\"module\": \"keras.layers\", \"class_name\": \"Dense\", \"config\": {\"name\": \"d\", \"units\": 2}}]}}";

const char *hostile_zip(const char *name, const Part *parts, int n)
{
    const char *path = hostile_path(name);
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(zip);
    for (int i = 0; i < n; i++)
        assert_true(zip_file_add(zip, parts[i].name, zip_source_buffer(zip, parts[i].bytes, parts[i].length, 0), ZIP_FL_OVERWRITE) >= 0);
    assert_int_equal(zip_close(zip), 0);
    return path;
}

const char *hostile_archive(const char *name, const char *store)
{
    size_t length;
    const char *bytes = file_read(&hostile_arena, store, &length);
    assert_non_null(bytes);
    const Part parts[] = {{"config.json", HOSTILE_DENSE, strlen(HOSTILE_DENSE)}, {"model.weights.h5", bytes, length}};
    return hostile_zip(name, parts, 2);
}

const char *hostile_store(const char *name, StoreFill *fill)
{
    const char *path = hostile_path(name);
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(file >= 0);
    fill(file);
    assert_true(H5Fclose(file) >= 0);
    return path;
}

hid_t hostile_group(hid_t file, const char *path)
{
    const hid_t how = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(how, 1);
    const hid_t group = H5Gcreate2(file, path, how, H5P_DEFAULT, H5P_DEFAULT);
    H5Pclose(how);
    assert_true(group >= 0);
    return group;
}

void hostile_set(hid_t group, const char *name, int rank, const hsize_t *dim, hid_t type, bool chunked)
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

void hostile_kernel_and_bias(hid_t file)
{
    const hid_t group = hostile_group(file, "layers/dense/vars");
    hostile_set(group, "0", 2, (hsize_t[]){3, 2}, H5T_NATIVE_FLOAT, false);
    hostile_set(group, "1", 1, (hsize_t[]){2}, H5T_NATIVE_FLOAT, false);
    H5Gclose(group);
}
