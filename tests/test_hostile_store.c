/* Stores of weights made to do harm: each is refused with a cause. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "app/files.h"
#include "hostile.h"

/* ---- stores ---- */

static void fill_circle(hid_t file)
{
    hostile_kernel_and_bias(file);
    H5Lcreate_hard(file, "/", file, "/layers/again", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_hard(file, "/layers", file, "/layers/once_more", H5P_DEFAULT, H5P_DEFAULT);
}

static void fill_soft(hid_t file)
{
    const hid_t group = hostile_group(file, "layers/dense/vars");
    H5Lcreate_soft("/layers/dense/vars/1", group, "0", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/layers/dense/vars/0", group, "1", H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(group);
}

static void fill_external(hid_t file)
{
    const hid_t group = hostile_group(file, "layers/dense/vars");
    H5Lcreate_external("/etc/passwd", "/", group, "0", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("good.h5", "/layers/dense/vars/1", group, "1", H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(group);
}

static void fill_numbers_elsewhere(hid_t file)
{
    const hid_t group = hostile_group(file, "layers/dense/vars"), space = H5Screate_simple(1, (hsize_t[]){2}, NULL), how = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(how, "/etc/passwd", 0, 8);
    H5Dclose(H5Dcreate2(group, "0", H5T_NATIVE_FLOAT, space, H5P_DEFAULT, how, H5P_DEFAULT));
    H5Pclose(how);
    H5Sclose(space);
    H5Gclose(group);
}

static void fill_beyond_memory(hid_t file)
{
    const hid_t group = hostile_group(file, "layers/dense/vars");
    hostile_set(group, "0", 2, (hsize_t[]){(hsize_t)1 << 40, (hsize_t)1 << 20}, H5T_NATIVE_FLOAT, true);
    H5Gclose(group);
}

static void fill_with_nothing_stored(hid_t file)
{
    const hid_t group = hostile_group(file, "layers/dense/vars");
    hostile_set(group, "0", 2, (hsize_t[]){1 << 14, 1 << 13}, H5T_NATIVE_FLOAT, true);
    H5Gclose(group);
}

static void fill_with_groups(hid_t file)
{
    const hid_t group = hostile_group(file, "layers/dense/vars");
    H5Gclose(hostile_group(group, "0"));
    H5Gclose(hostile_group(group, "1"));
    H5Gclose(group);
}

static void fill_with_strings(hid_t file)
{
    const hid_t group = hostile_group(file, "layers/dense/vars"), type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    hostile_set(group, "0", 2, (hsize_t[]){3, 2}, type, false);
    H5Tclose(type);
    H5Gclose(group);
}

static void fill_with_records(hid_t file)
{
    const hid_t group = hostile_group(file, "layers/dense/vars"), type = H5Tcreate(H5T_COMPOUND, 8);
    H5Tinsert(type, "a", 0, H5T_NATIVE_FLOAT);
    H5Tinsert(type, "b", 4, H5T_NATIVE_FLOAT);
    hostile_set(group, "0", 2, (hsize_t[]){3, 2}, type, false);
    H5Tclose(type);
    H5Gclose(group);
}

static void fill_layers_with_numbers(hid_t file) { hostile_set(file, "layers", 1, (hsize_t[]){4}, H5T_NATIVE_FLOAT, false); }

static void fill_odd_names(hid_t file)
{
    hostile_kernel_and_bias(file);
    H5Gclose(hostile_group(file, "layers/../../../etc/vars"));
    H5Gclose(hostile_group(file, "layers/\xff\xfe/vars"));
}

static void fill_deep(hid_t file)
{
    hid_t group = hostile_group(file, "layers");
    for (int i = 0; i < 500; i++) {
        const hid_t inner = hostile_group(group, "a");
        H5Gclose(group);
        group = inner;
    }
    H5Gclose(group);
}

static void fill_many_variables(hid_t file)
{
    const hid_t group = hostile_group(file, "layers/dense/vars");
    for (int i = 0; i < 5000; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        hostile_set(group, name, 1, (hsize_t[]){1}, H5T_NATIVE_FLOAT, false);
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
        const char *store = hostile_store(arena_print(&hostile_arena, "%s.h5", STORES[i].name), STORES[i].fill);
        hostile_model_refused(hostile_archive(arena_print(&hostile_arena, "%s.keras", STORES[i].name), store), STORES[i].cause);
    }
}

static void names_that_climb_stay_names(void **state)
{
    (void)state;
    const Fate fate = hostile_fate(hostile_archive("odd.keras", hostile_store("odd.h5", fill_odd_names)));
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
    const hid_t weights = hostile_group(file, "model_weights"), group = hostile_group(weights, "d");
    attribute_at(weights, "layer_names", (const char *const[]){"../..", "d", "/", "nothing"}, 4);
    attribute_at(group, "weight_names", (const char *const[]){"/model_weights/../../etc/passwd"}, 1);
    H5Gclose(group);
    H5Gclose(weights);
}

static void fill_numbers_for_names(hid_t file)
{
    const hid_t weights = hostile_group(file, "model_weights"), space = H5Screate_simple(1, (hsize_t[]){3}, NULL);
    H5Aclose(H5Acreate2(weights, "layer_names", H5T_NATIVE_INT, space, H5P_DEFAULT, H5P_DEFAULT));
    H5Aclose(H5Acreate2(file, "model_config", H5T_NATIVE_INT, space, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
    H5Gclose(weights);
}

static void a_hostile_legacy_file_is_refused(void **state)
{
    (void)state;
    hostile_refused(hostile_store("climbing.h5", fill_climbing_layers), "archive.not_hdf5");
    hostile_model_refused(hostile_store("numbers_for_names.h5", fill_numbers_for_names), "archive.weights_alone");
}

/* ---- the program ---- */

static int ends_with(const char *words)
{
    const int status = system(arena_print(&hostile_arena, "'%s' %s >'%s/out' 2>'%s/err'", PROGRAM, words, hostile_folder, hostile_folder));
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void the_program_says_so_and_ends_with_3(void **state)
{
    (void)state;
    size_t length;
    hostile_archive("circle.keras", hostile_store("circle.h5", fill_circle));
    static const char *const commands[] = {"summary", "shapes", "predict", "convert -o out.py"};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        assert_int_equal(ends_with(arena_print(&hostile_arena, "%s '%s'", commands[i], hostile_path("circle.keras"))), 3);
        assert_true(strlen(file_read(&hostile_arena, hostile_path("err"), &length)) > 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hostile_store_is_refused),
        cmocka_unit_test(names_that_climb_stay_names),
        cmocka_unit_test(a_hostile_legacy_file_is_refused),
        cmocka_unit_test(the_program_says_so_and_ends_with_3),
    };
    return cmocka_run_group_tests(tests, hostile_open, hostile_close);
}
