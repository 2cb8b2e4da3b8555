#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "keras/container_stream.h"

/* ---- the stream ---- */

bool stream_put(Stream *stream, const void *bytes, size_t length) { return stream->sink->put(stream->sink->to, bytes, length); }

bool stream_put_integer(Stream *stream, int64_t number) { return stream_put(stream, &number, sizeof number); }

bool stream_close(Stream *stream, ContainerWord word)
{
    if (!stream->closed) stream_put_integer(stream, word);
    stream->closed = true;
    return false;
}

static bool put_text(Stream *stream, const char *bytes, size_t length)
{
    return stream_put_integer(stream, (int64_t)length) && stream_put(stream, bytes, length);
}

bool stream_put_config(Stream *stream, const char *bytes, size_t length)
{
    return stream_put_integer(stream, CONTAINER_CONFIG) && put_text(stream, bytes, length);
}

bool stream_put_group(Stream *stream, const char *name, int64_t count)
{
    const size_t length = strlen(name);
    if (++stream->groups > CONTAINER_GROUPS_MAX || count > CONTAINER_ARRAYS_MAX || length > CONTAINER_NAME_MAX)
        return stream_close(stream, CONTAINER_TOO_LARGE);
    return stream_put_integer(stream, CONTAINER_GROUP) && put_text(stream, name, length) && stream_put_integer(stream, count);
}

/* ---- .keras ---- */

static const char CONFIG[] = "config.json", WEIGHTS[] = "model" ".weights.h5";

/* Far more than DEFLATE makes of numbers or text that a model has. */
enum { BOMB_RATIO = 100, BOMB_BYTES = 64 * 1024 * 1024 };
static const uint64_t MEMBER_BYTES_MAX = UINT64_C(1) << 31;

typedef struct Member {
    char  *bytes;      /* to be freed */
    size_t length;
} Member;

static bool is_bomb(const zip_stat_t *about, uint64_t bytes_max)
{
    return about->size > bytes_max || (about->size > BOMB_BYTES && about->size / BOMB_RATIO > about->comp_size);
}

static bool member_fill(zip_file_t *file, Member *member)
{
    size_t used = 0;
    while (used < member->length) {
        const zip_int64_t got = zip_fread(file, member->bytes + used, member->length - used);
        if (got <= 0) return false;
        used += (size_t)got;
    }
    return true;
}

static bool member_read(zip_t *archive, const char *name, Member *member)
{
    zip_file_t *file = zip_fopen(archive, name, 0);
    if (!file) return false;
    const bool good = member_fill(file, member);
    zip_fclose(file);
    return good;
}

/* Says `lacking` where the archive has no such member. */
static bool member_open(Stream *stream, zip_t *archive, const char *name, uint64_t bytes_max, ContainerWord lacking, Member *member)
{
    zip_stat_t about;
    const zip_uint64_t wanted = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
    if (zip_stat(archive, name, 0, &about) != 0 || (about.valid & wanted) != wanted) return stream_close(stream, lacking);
    if (is_bomb(&about, bytes_max)) return stream_close(stream, CONTAINER_BOMB);
    *member = (Member){.bytes = malloc((size_t)about.size + 1), .length = (size_t)about.size};
    if (!member->bytes) return stream_close(stream, CONTAINER_NO_MEMORY);
    if (member_read(archive, name, member)) return true;
    free(member->bytes);
    return stream_close(stream, CONTAINER_NOT_ZIP);
}

static bool send_config(Stream *stream, zip_t *archive)
{
    Member config;
    if (!member_open(stream, archive, CONFIG, CONTAINER_CONFIG_MAX, CONTAINER_NO_CONFIG, &config)) return false;
    const bool sent = stream_put_config(stream, config.bytes, config.length);
    free(config.bytes);
    return sent;
}

static bool send_weights(Stream *stream, zip_t *archive)
{
    Member weights;
    if (!member_open(stream, archive, WEIGHTS, MEMBER_BYTES_MAX, CONTAINER_NO_WEIGHTS, &weights)) return false;
    const bool sent = hdf5_send(stream, weights.bytes, weights.length);
    free(weights.bytes);
    return sent;
}

static zip_t *zip_of(const void *bytes, size_t length)
{
    zip_source_t *source = length ? zip_source_buffer_create(bytes, length, 0, NULL) : NULL;
    zip_t *archive = source ? zip_open_from_source(source, ZIP_RDONLY, NULL) : NULL;
    if (source && !archive) zip_source_free(source);
    return archive;
}

static void send_zip(Stream *stream, const void *bytes, size_t length)
{
    zip_t *archive = zip_of(bytes, length);
    if (!archive) {
        stream_close(stream, CONTAINER_NOT_ZIP);
        return;
    }
    if (send_config(stream, archive) && send_weights(stream, archive)) stream_close(stream, CONTAINER_END);
    zip_discard(archive);
}

static bool is_hdf5(const void *bytes, size_t length) { return length > 4 && memcmp(bytes, "\x89HDF", 4) == 0; }

void container_send(const void *bytes, size_t length, const Sink *sink)
{
    Stream stream = {.sink = sink};
    if (!is_hdf5(bytes, length)) send_zip(&stream, bytes, length);
    else if (hdf5_send(&stream, bytes, length)) stream_close(&stream, CONTAINER_END);
}
