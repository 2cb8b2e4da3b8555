#include "keras/hdf5_arrays.h"

#include <stdlib.h>
#include <string.h>

enum { RANK_MAX = 8 };

/* More numbers than this must be in the file, not only be declared there: a fill value makes any number of them. */
enum { DECLARED_BYTES_MAX = 64 * 1024 * 1024, BOMB_RATIO = 1000 };

/* ---- one array ---- */

typedef struct Array {
    hid_t   set;
    int     rank;
    hsize_t dim[RANK_MAX];
    int64_t count;
    bool    halved;       /* bfloat16, which HDF5 has no type for: the upper halves of floats */
} Array;

static bool is_plain_number(hid_t type)
{
    const H5T_class_t kind = H5Tget_class(type);
    return kind == H5T_FLOAT || kind == H5T_INTEGER || kind == H5T_ENUM;
}

/* Keras says so beside the two bytes that h5py writes. */
static bool is_bfloat16(hid_t set, hid_t type)
{
    NameList name;
    if (H5Tget_class(type) != H5T_OPAQUE || H5Tget_size(type) != 2 || !hdf5_names(set, "dtype", &name)) return false;
    const bool same = name.n == 1 && strcmp(names_at(&name, 0), "bfloat16") == 0;
    names_close(&name);
    return same;
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

static bool is_stored(const Array *array)
{
    const hsize_t declared = (hsize_t)array->count * sizeof(float);
    return declared <= DECLARED_BYTES_MAX || declared / BOMB_RATIO <= H5Dget_storage_size(array->set);
}

static bool look_at(Array *array)
{
    const hid_t type = H5Dget_type(array->set), space = H5Dget_space(array->set);
    array->halved = type >= 0 && is_bfloat16(array->set, type);
    const bool good = type >= 0 && space >= 0 && (array->halved || is_plain_number(type)) && is_inside(array->set) && measure(array, space) && is_stored(array);
    if (space >= 0) H5Sclose(space);
    if (type >= 0) H5Tclose(type);
    return good;
}

static bool read_halved(const Array *array, float *numbers)
{
    uint16_t *halves = calloc((size_t)array->count + 1, sizeof *halves);
    const hid_t type = H5Dget_type(array->set);
    const bool good = halves && H5Dread(array->set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, halves) >= 0;
    for (int64_t i = 0; good && i < array->count; i++) {
        const uint32_t bits = (uint32_t)halves[i] << 16;
        memcpy(&numbers[i], &bits, sizeof bits);
    }
    if (type >= 0) H5Tclose(type);
    free(halves);
    return good;
}

static bool read_numbers(const Array *array, float *numbers)
{
    if (!array->count) return true;
    if (array->halved) return read_halved(array, numbers);
    return H5Dread(array->set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) >= 0;
}

static bool put_numbers(Stream *stream, const Array *array)
{
    float *numbers = calloc((size_t)array->count + 1, sizeof *numbers);
    const bool good = numbers && read_numbers(array, numbers);
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

/* ---- a group of arrays ---- */

/* Asked before the group's record begins, so that no record stays half said. */
static bool array_fits(Stream *stream, hid_t set)
{
    Array array = {.set = set};
    if (set < 0 || !look_at(&array)) return stream_close(stream, CONTAINER_NOT_HDF5);
    stream->numbers += array.count;
    return stream->numbers <= CONTAINER_NUMBERS_MAX || stream_close(stream, CONTAINER_TOO_LARGE);
}

static bool array_send(Stream *stream, hid_t set)
{
    Array array = {.set = set};
    if (set < 0 || !look_at(&array)) return stream_close(stream, CONTAINER_NOT_HDF5);
    return put_array(stream, &array);
}

static bool each_array(Stream *stream, int64_t count, ArrayOpen *open, const void *from, bool (*one)(Stream *, hid_t))
{
    for (int64_t i = 0; i < count; i++) {
        const hid_t set = open(from, i);
        const bool good = one(stream, set);
        if (set >= 0) H5Dclose(set);
        if (!good) return false;
    }
    return true;
}

bool hdf5_send_group(Stream *stream, const char *name, int64_t count, ArrayOpen *open, const void *from)
{
    if (!count) return true;
    if (count > CONTAINER_ARRAYS_MAX) return stream_close(stream, CONTAINER_TOO_LARGE);
    return each_array(stream, count, open, from, array_fits) && stream_put_group(stream, name, count) &&
           each_array(stream, count, open, from, array_send);
}

/* ---- names ---- */

static bool names_fixed(hid_t attribute, hid_t type, NameList *names)
{
    const size_t width = H5Tget_size(type);
    if (!width || width > CONTAINER_CONFIG_MAX || (size_t)names->n > (CONTAINER_CONFIG_MAX + (size_t)1) / width) return false;
    char *packed = malloc((size_t)names->n * width + 1);
    names->width = width + 1;
    names->bytes = calloc((size_t)names->n + 1, names->width);
    const bool good = packed && names->bytes && H5Aread(attribute, type, packed) >= 0;
    for (int64_t i = 0; good && i < names->n; i++) memcpy(names->bytes + (size_t)i * names->width, packed + (size_t)i * width, width);
    free(packed);
    return good;
}

static bool names_copy(char *const *strings, NameList *names)
{
    size_t longest = 0;
    for (int64_t i = 0; i < names->n; i++)
        if (strings[i] && strlen(strings[i]) > longest) longest = strlen(strings[i]);
    names->width = longest + 1;
    if (longest > CONTAINER_CONFIG_MAX || (size_t)names->n > (CONTAINER_CONFIG_MAX + (size_t)1) / names->width) return false;
    names->bytes = calloc((size_t)names->n + 1, names->width);
    for (int64_t i = 0; names->bytes && i < names->n; i++)
        if (strings[i]) memcpy(names->bytes + (size_t)i * names->width, strings[i], strlen(strings[i]));
    return names->bytes != NULL;
}

static bool names_variable(hid_t attribute, hid_t space, NameList *names)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    char **strings = calloc((size_t)names->n + 1, sizeof *strings);
    bool good = false;
    if (type >= 0 && strings && H5Tset_size(type, H5T_VARIABLE) >= 0) {
        const hid_t held = H5Aget_type(attribute);
        H5Tset_cset(type, H5Tget_cset(held));
        H5Tclose(held);
        good = H5Aread(attribute, type, strings) >= 0 && names_copy(strings, names);
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, strings);
    }
    free(strings);
    if (type >= 0) H5Tclose(type);
    return good;
}

static bool names_read(hid_t attribute, hid_t type, hid_t space, NameList *names)
{
    names->n = H5Sget_simple_extent_npoints(space);
    if (!names->n) return true;
    if (names->n < 0 || names->n > CONTAINER_GROUPS_MAX || H5Tget_class(type) != H5T_STRING) return false;
    return H5Tis_variable_str(type) > 0 ? names_variable(attribute, space, names) : names_fixed(attribute, type, names);
}

bool hdf5_names(hid_t object, const char *name, NameList *names)
{
    *names = (NameList){0};
    if (H5Aexists(object, name) <= 0) return false;
    const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (attribute < 0) return false;
    const hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    const bool good = type >= 0 && space >= 0 && names_read(attribute, type, space, names);
    if (space >= 0) H5Sclose(space);
    if (type >= 0) H5Tclose(type);
    H5Aclose(attribute);
    if (!good) names_close(names);
    return good;
}

void names_close(NameList *names)
{
    free(names->bytes);
    *names = (NameList){0};
}
