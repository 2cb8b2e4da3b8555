#include <stdio.h>

#include "keras/hdf5_arrays.h"

enum { CHUNKS_MAX = 1 << 10 };

/* ---- the arrays of one layer ---- */

typedef struct Named {
    hid_t           group;
    const NameList *names;
} Named;

static hid_t named_open(const void *from, int64_t i)
{
    const Named *named = from;
    return H5Dopen2(named->group, names_at(named->names, i), H5P_DEFAULT);
}

static bool layer_send(Stream *stream, hid_t weights, const char *name)
{
    NameList names;
    const hid_t group = H5Gopen2(weights, name, H5P_DEFAULT);
    if (group < 0) return stream_close(stream, CONTAINER_NOT_HDF5);
    const bool read = hdf5_names(group, "weight_names", &names);
    const bool sent = read ? hdf5_send_group(stream, name, names.n, named_open, &(Named){.group = group, .names = &names}) : true;
    if (read) names_close(&names);
    H5Gclose(group);
    return sent;
}

static bool layers_send(Stream *stream, hid_t weights, const NameList *layers)
{
    for (int64_t i = 0; i < layers->n; i++)
        if (!layer_send(stream, weights, names_at(layers, i))) return false;
    return true;
}

/* ---- all layers ---- */

/* Names too many for one attribute stand in layer_names0, layer_names1 ... */
static bool chunks_send(Stream *stream, hid_t weights)
{
    bool good = true;
    for (int chunk = 0; good && chunk < CHUNKS_MAX; chunk++) {
        char name[32];
        NameList layers;
        snprintf(name, sizeof name, "layer_names%d", chunk);
        if (!hdf5_names(weights, name, &layers)) break;
        good = layers_send(stream, weights, &layers);
        names_close(&layers);
    }
    return good;
}

bool legacy_send(Stream *stream, hid_t weights)
{
    NameList layers;
    if (!stream_put_integer(stream, CONTAINER_LEGACY)) return false;
    if (!hdf5_names(weights, "layer_names", &layers)) return chunks_send(stream, weights);
    const bool sent = layers_send(stream, weights, &layers);
    names_close(&layers);
    return sent;
}
