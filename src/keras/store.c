#include <stdio.h>
#include <string.h>

#include "keras/hdf5_arrays.h"

enum { VISITS_MAX = 1 << 18 };

/* ---- the variables of one layer ---- */

static hid_t variable_open(const void *from, int64_t i)
{
    char name[24];
    H5L_info_t link;
    const hid_t group = *(const hid_t *)from;
    snprintf(name, sizeof name, "%lld", (long long)i);
    if (H5Lget_info(group, name, &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD) return -1;
    return H5Dopen2(group, name, H5P_DEFAULT);
}

static bool variables_send(Stream *stream, hid_t group, const char *layer)
{
    H5G_info_t about;
    if (H5Gget_info(group, &about) < 0) return stream_close(stream, CONTAINER_NOT_HDF5);
    if (about.nlinks > CONTAINER_ARRAYS_MAX) return stream_close(stream, CONTAINER_TOO_LARGE);
    return hdf5_send_group(stream, layer, (int64_t)about.nlinks, variable_open, &group);
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

/* What training keeps, which is twice the model. */
static bool is_of_training(const Walk *walk, const char *name) { return walk->depth == 1 && strcmp(name, "optimizer") == 0; }

/* HDF5's callback: 0 goes on, anything else ends. */
static herr_t visit(hid_t parent, const char *name, const H5L_info_t *link, void *data)
{
    Walk *walk = data;
    H5O_info_t about;
    if (++walk->visits > VISITS_MAX) return stream_close(walk->stream, CONTAINER_TOO_LARGE), -1;
    if (link->type != H5L_TYPE_HARD || H5Oget_info_by_name2(parent, name, &about, H5O_INFO_BASIC, H5P_DEFAULT) < 0) return 0;
    if (about.type != H5O_TYPE_GROUP || is_of_training(walk, name)) return 0;
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

bool store_send(Stream *stream, hid_t file)
{
    Walk walk = {.stream = stream};
    return walk_group(&walk, file);
}
