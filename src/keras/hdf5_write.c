#include "keras/hdf5_write.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK = 1 << 20, PATH_MAX_BYTES = 4096 };

/* ---- types ---- */

/* bfloat16 has no type of HDF5's own: float32 holds it, and Keras narrows it again. */
static hid_t file_type(Dtype dtype)
{
    switch (dtype) {
    case DTYPE_BOOL:
    case DTYPE_UINT8: return H5T_STD_U8LE;
    case DTYPE_UINT16: return H5T_STD_U16LE;
    case DTYPE_UINT32: return H5T_STD_U32LE;
    case DTYPE_UINT64: return H5T_STD_U64LE;
    case DTYPE_INT8: return H5T_STD_I8LE;
    case DTYPE_INT16: return H5T_STD_I16LE;
    case DTYPE_INT32: return H5T_STD_I32LE;
    case DTYPE_INT64: return H5T_STD_I64LE;
    case DTYPE_FLOAT64: return H5T_IEEE_F64LE;
    case DTYPE_NONE:
    case DTYPE_BFLOAT16:
    case DTYPE_FLOAT16:
    case DTYPE_FLOAT32:
    case DTYPE_STRING: return H5T_IEEE_F32LE;
    }
    return H5T_IEEE_F32LE;
}

/* ---- parts of a group ---- */

static bool write_name(hid_t group, const char *name)
{
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    const hid_t attribute = H5Acreate2(group, "name", type, space, H5P_DEFAULT, H5P_DEFAULT);
    const bool good = attribute >= 0 && H5Awrite(attribute, type, &name) >= 0;
    if (attribute >= 0) H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
    return good;
}

static hid_t space_of(const Shape *shape)
{
    hsize_t dim[SHAPE_RANK_MAX];
    for (int i = 0; i < shape->rank; i++) dim[i] = (hsize_t)shape->dim[i];
    return shape->rank ? H5Screate_simple(shape->rank, dim, NULL) : H5Screate(H5S_SCALAR);
}

/* The time of making would make every file another. */
static hid_t timeless(void)
{
    const hid_t how = H5Pcreate(H5P_DATASET_CREATE);
    if (how >= 0) H5Pset_obj_track_times(how, false);
    return how;
}

static bool write_array(hid_t group, int index, const Tensor *array)
{
    char name[16];
    snprintf(name, sizeof name, "%d", index);
    const hid_t space = space_of(&array->shape), how = timeless();
    const hid_t set = H5Dcreate2(group, name, file_type(array->dtype), space, H5P_DEFAULT, how, H5P_DEFAULT);
    const bool empty = !shape_size(&array->shape);
    const bool good = set >= 0 && (empty || H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, array->data) >= 0);
    if (set >= 0) H5Dclose(set);
    if (how >= 0) H5Pclose(how);
    if (space >= 0) H5Sclose(space);
    return good;
}

/* ---- groups ---- */

static hid_t group_create(hid_t file, const char *path)
{
    char whole[PATH_MAX_BYTES];
    if (snprintf(whole, sizeof whole, "%s%svars", path, *path ? "/" : "") >= PATH_MAX_BYTES) return -1;
    const hid_t how = H5Pcreate(H5P_LINK_CREATE);
    if (how < 0) return -1;
    H5Pset_create_intermediate_group(how, 1);
    const hid_t group = H5Gcreate2(file, whole, how, H5P_DEFAULT, H5P_DEFAULT);
    H5Pclose(how);
    return group;
}

static bool write_group(hid_t file, const LayerGroup *layer)
{
    const hid_t group = group_create(file, layer->path);
    if (group < 0) return false;
    bool good = write_name(group, layer->name);
    for (int i = 0; good && i < layer->n; i++) good = write_array(group, i, &layer->arrays[i]);
    H5Gclose(group);
    return good;
}

/* ---- the file ---- */

/* In memory; the name is nobody's. */
static hid_t file_create(void)
{
    hid_t file = -1;
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access >= 0 && H5Pset_fapl_core(access, CHUNK, 0) >= 0) file = H5Fcreate(".shapeflow-store", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    if (access >= 0) H5Pclose(access);
    return file;
}

static void *image_of(hid_t file, size_t *length)
{
    if (H5Fflush(file, H5F_SCOPE_GLOBAL) < 0) return NULL;
    const ssize_t size = H5Fget_file_image(file, NULL, 0);
    void *image = size > 0 ? malloc((size_t)size) : NULL;
    if (image && H5Fget_file_image(file, image, (size_t)size) == size) {
        *length = (size_t)size;
        return image;
    }
    free(image);
    return NULL;
}

void *hdf5_write(const LayerGroup *layers, int n, size_t *length)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    const hid_t file = file_create();
    if (file < 0) return NULL;
    bool good = true;
    for (int i = 0; good && i < n; i++) good = write_group(file, &layers[i]);
    void *image = good ? image_of(file, length) : NULL;
    H5Fclose(file);
    return image;
}
