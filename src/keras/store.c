#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keras/container_stream.h"

enum { RANK_MAX = 8, CHUNK = 1 << 16, VISITS_MAX = 1 << 18 };

/* ---- one array ---- */

typedef struct Array {
    hid_t   set;
    int     rank;
    hsize_t dim[RANK_MAX];
    int64_t count;
} Array;

static bool is_plain_number(hid_t type)
{
    const H5T_class_t kind = H5Tget_class(type);
    return kind == H5T_FLOAT || kind == H5T_INTEGER || kind == H5T_ENUM;
}

/* The numbers stand in this very file, not in others that the file names. */
static bool is_inside(hid_t set)
{
    const hid_t list = H5Dget_create_plist(set);
    const bool inside = list >= 0 && H5Pget_external_count(list) == 0 && H5Pget_layout(list) != H5D_VIRTUAL;
    if (list >= 0) H5Pclose(list);
    return inside;
}

static bool measure(Array *array, hid_t space)
{
    array->rank = H5Sget_simple_extent_ndims(space);
    if (array->rank < 0 || array->rank > RANK_MAX) return false;
    if (H5Sget_simple_extent_dims(space, array->dim, NULL) < 0) return false;
    array->count = 1;
    for (int i = 0; i < array->rank; i++) {
        if (array->dim[i] && (hsize_t)array->count > (hsize_t)CONTAINER_NUMBERS_MAX / array->dim[i]) return false;
        array->count *= (int64_t)array->dim[i];
    }
    return true;
}

static bool look_at(Array *array)
{
    const hid_t type = H5Dget_type(array->set), space = H5Dget_space(array->set);
    const bool good = type >= 0 && space >= 0 && is_plain_number(type) && is_inside(array->set) && measure(array, space);
    if (space >= 0) H5Sclose(space);
    if (type >= 0) H5Tclose(type);
    return good;
}

static bool put_numbers(Stream *stream, const Array *array)
{
    float *numbers = calloc((size_t)array->count + 1, sizeof *numbers);
    const bool good = numbers && (!array->count || H5Dread(array->set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) >= 0);
    const bool sent = good ? stream_put(stream, numbers, (size_t)array->count * sizeof *numbers) : stream_close(stream, CONTAINER_NOT_HDF5);
    free(numbers);
    return sent;
}

static bool put_array(Stream *stream, const Array *array)
{
    if (!stream_put_integer(stream, array->rank)) return false;
    for (int i = 0; i < array->rank; i++)
        if (!stream_put_integer(stream, (int64_t)array->dim[i])) return false;
    return put_numbers(stream, array);
}

/* ---- the variables of one layer ---- */

static hid_t variable_open(hid_t group, int64_t i)
{
    char name[24];
    snprintf(name, sizeof name, "%lld", (long long)i);
    H5L_info_t link;
    if (H5Lget_info(group, name, &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD) return -1;
    return H5Dopen2(group, name, H5P_DEFAULT);
}

/* Asked before the group's record begins, so that no record stays half said. */
static bool variables_fit(Stream *stream, hid_t group, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        Array array = {.set = variable_open(group, i)};
        if (array.set < 0) return stream_close(stream, CONTAINER_NOT_HDF5);
        const bool good = look_at(&array);
        H5Dclose(array.set);
        stream->numbers += good ? array.count : 0;
        if (!good || stream->numbers > CONTAINER_NUMBERS_MAX) return stream_close(stream, good ? CONTAINER_TOO_LARGE : CONTAINER_NOT_HDF5);
    }
    return true;
}

static bool variable_send(Stream *stream, hid_t group, int64_t i)
{
    Array array = {.set = variable_open(group, i)};
    if (array.set < 0) return stream_close(stream, CONTAINER_NOT_HDF5);
    const bool sent = look_at(&array) && put_array(stream, &array);
    H5Dclose(array.set);
    return sent;
}

static bool variables_send(Stream *stream, hid_t group, const char *layer)
{
    H5G_info_t about;
    if (H5Gget_info(group, &about) < 0) return stream_close(stream, CONTAINER_NOT_HDF5);
    if (about.nlinks > CONTAINER_ARRAYS_MAX) return stream_close(stream, CONTAINER_TOO_LARGE);
    const int64_t count = (int64_t)about.nlinks;
    if (!count) return true;
    if (!variables_fit(stream, group, count) || !stream_put_group(stream, layer, count)) return false;
    for (int64_t i = 0; i < count; i++)
        if (!variable_send(stream, group, i)) return false;
    return true;
}

/* ---- the tree of groups ---- */

typedef struct Walk {
    Stream *stream;
    char    path[CONTAINER_NAME_MAX + 1];
    size_t  length;
    int     depth, visits;     /* links of the file may go in circles */
} Walk;

static bool walk_group(Walk *, hid_t group);

static bool path_enter(Walk *walk, const char *name)
{
    const int n = snprintf(walk->path + walk->length, sizeof walk->path - walk->length, "%s%s", walk->length ? "/" : "", name);
    if (n < 0 || (size_t)n >= sizeof walk->path - walk->length) return false;
    walk->length += (size_t)n;
    return true;
}

static bool walk_into(Walk *walk, hid_t group, const char *name)
{
    const size_t length = walk->length;
    if (!path_enter(walk, name)) return stream_close(walk->stream, CONTAINER_TOO_LARGE);
    const bool good = walk_group(walk, group);
    walk->path[walk->length = length] = 0;
    return good;
}

/* HDF5's callback: 0 goes on, anything else ends. */
static herr_t visit(hid_t parent, const char *name, const H5L_info_t *link, void *data)
{
    Walk *walk = data;
    H5O_info_t about;
    if (++walk->visits > VISITS_MAX) return stream_close(walk->stream, CONTAINER_TOO_LARGE), -1;
    if (link->type != H5L_TYPE_HARD || H5Oget_info_by_name2(parent, name, &about, H5O_INFO_BASIC, H5P_DEFAULT) < 0) return 0;
    if (about.type != H5O_TYPE_GROUP) return 0;
    const hid_t group = H5Gopen2(parent, name, H5P_DEFAULT);
    if (group < 0) return 0;
    const bool variables = strcmp(name, "vars") == 0;
    const bool good = variables ? variables_send(walk->stream, group, walk->path) : walk_into(walk, group, name);
    H5Gclose(group);
    return good ? 0 : -1;
}

static bool walk_group(Walk *walk, hid_t group)
{
    if (walk->depth >= CONTAINER_DEPTH_MAX) return stream_close(walk->stream, CONTAINER_TOO_LARGE);
    walk->depth++;
    const bool good = H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, visit, walk) >= 0;
    walk->depth--;
    return good || stream_close(walk->stream, CONTAINER_NOT_HDF5);
}

/* ---- the file ---- */

/* Opened in memory: nothing outside these bytes is looked at. */
static hid_t image_open(const void *bytes, size_t length)
{
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t file = -1;
    if (access >= 0 && H5Pset_fapl_core(access, CHUNK, 0) >= 0 && H5Pset_file_image(access, (void *)(uintptr_t)bytes, length) >= 0)
        file = H5Fopen("image", H5F_ACC_RDONLY, access);
    if (access >= 0) H5Pclose(access);
    return file;
}

bool store_send(Stream *stream, const void *bytes, size_t length)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5PLset_loading_state(0);
    const hid_t file = length ? image_open(bytes, length) : -1;
    if (file < 0) return stream_close(stream, CONTAINER_NOT_HDF5);
    Walk walk = {.stream = stream};
    const bool good = walk_group(&walk, file);
    H5Fclose(file);
    return good;
}
