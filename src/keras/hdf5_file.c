#include <stdlib.h>
#include <string.h>

#include "keras/hdf5_arrays.h"

enum { CHUNK = 1 << 16 };

/* Opened in memory: nothing outside these bytes is looked at, links into other files lead nowhere. */
static hid_t image_open(const void *bytes, size_t length)
{
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t file = -1;
    if (H5Lis_registered(H5L_TYPE_EXTERNAL) > 0) H5Lunregister(H5L_TYPE_EXTERNAL);
    if (access >= 0 && H5Pset_fapl_core(access, CHUNK, 0) >= 0 && H5Pset_file_image(access, (void *)(uintptr_t)bytes, length) >= 0)
        file = H5Fopen("image", H5F_ACC_RDONLY, access);
    if (access >= 0) H5Pclose(access);
    return file;
}

static bool config_send(Stream *stream, hid_t file)
{
    NameList config;
    if (!hdf5_names(file, "model_config", &config)) return true;
    const bool sent = config.n != 1 || stream_put_config(stream, names_at(&config, 0), strlen(names_at(&config, 0)));
    names_close(&config);
    return sent;
}

static bool is_legacy(hid_t group)
{
    return H5Aexists(group, "layer_names") > 0 || H5Aexists(group, "layer_names0") > 0;
}

static bool weights_send(Stream *stream, hid_t file)
{
    const hid_t weights = H5Lexists(file, "model_weights", H5P_DEFAULT) > 0 ? H5Gopen2(file, "model_weights", H5P_DEFAULT) : -1;
    if (weights < 0) return is_legacy(file) ? legacy_send(stream, file) : store_send(stream, file);
    const bool sent = legacy_send(stream, weights);
    H5Gclose(weights);
    return sent;
}

/* HDF5 copies the bytes twice, and does not say what it failed of. */
static bool is_room_for(size_t length)
{
    void *one = malloc(length + 1), *other = malloc(length + 1);
    const bool room = one && other;
    free(one);
    free(other);
    return room;
}

bool hdf5_send(Stream *stream, const void *bytes, size_t length)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5PLset_loading_state(0);
    const hid_t file = length ? image_open(bytes, length) : -1;
    if (file < 0) return stream_close(stream, is_room_for(length) ? CONTAINER_NOT_HDF5 : CONTAINER_NO_MEMORY);
    const bool sent = config_send(stream, file) && weights_send(stream, file);
    H5Fclose(file);
    return sent;
}
