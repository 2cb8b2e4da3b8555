#include "keras/archive.h"

#include <string.h>

#include "keras/cage.h"
#include "keras/container.h"

/* ---- receiving ---- */

typedef struct Receiver {
    Arena        *arena;
    const Source *source;
    Archive      *archive;
    int64_t       numbers;
} Receiver;

static bool take_integer(const Receiver *receiver, int64_t most, int64_t *out)
{
    return receiver->source->take(receiver->source->from, out, sizeof *out) && *out >= 0 && *out <= most;
}

static bool take_text(const Receiver *receiver, int64_t most, const char **text, size_t *length)
{
    int64_t n;
    if (!take_integer(receiver, most, &n)) return false;
    char *bytes = arena_take(receiver->arena, (size_t)n + 1);
    *text = bytes;
    *length = (size_t)n;
    return receiver->source->take(receiver->source->from, bytes, (size_t)n);
}

static bool take_shape(const Receiver *receiver, Shape *shape)
{
    int64_t rank;
    if (!take_integer(receiver, SHAPE_RANK_MAX, &rank)) return false;
    *shape = (Shape){.rank = (int)rank};
    for (int i = 0; i < shape->rank; i++)
        if (!take_integer(receiver, INT64_MAX, &shape->dim[i])) return false;
    return true;
}

static bool take_array(Receiver *receiver, Tensor *tensor)
{
    Shape shape;
    if (!take_shape(receiver, &shape)) return false;
    const int64_t count = shape_size(&shape);
    receiver->numbers = size_add(receiver->numbers, count);
    if (receiver->numbers > CONTAINER_NUMBERS_MAX) return false;
    *tensor = (Tensor){.shape = shape, .dtype = DTYPE_FLOAT32, .data = ARENA_ARRAY(receiver->arena, count, float)};
    return receiver->source->take(receiver->source->from, tensor->data, (size_t)count * sizeof(float));
}

static StoredGroup *group_add(const Receiver *receiver)
{
    Archive *archive = receiver->archive;
    const size_t n = (size_t)archive->n_groups;
    archive->groups = arena_grow(receiver->arena, archive->groups, n, &archive->capacity, n + 1, sizeof *archive->groups);
    return &archive->groups[archive->n_groups++];
}

static bool take_group(Receiver *receiver)
{
    size_t length;
    int64_t count;
    if (receiver->archive->n_groups >= CONTAINER_GROUPS_MAX) return false;
    StoredGroup *group = group_add(receiver);
    if (!take_text(receiver, CONTAINER_NAME_MAX, &group->name, &length) || !take_integer(receiver, CONTAINER_ARRAYS_MAX, &count)) return false;
    group->arrays = ARENA_ARRAY(receiver->arena, count, Tensor);
    for (group->n = 0; group->n < count; group->n++)
        if (!take_array(receiver, &group->arrays[group->n])) return false;
    return true;
}

static bool take_config(const Receiver *receiver)
{
    Archive *archive = receiver->archive;
    return !archive->config && take_text(receiver, CONTAINER_CONFIG_MAX, &archive->config, &archive->config_length);
}

static bool take_record(Receiver *receiver, ContainerWord word)
{
    if (word == CONTAINER_LEGACY) return receiver->archive->legacy = true;
    return word == CONTAINER_CONFIG ? take_config(receiver) : take_group(receiver);
}

static bool refuse(Error *err, const char *exception, const char *message, const char *cause)
{
    error_set(err, exception, "%s", message);
    return error_cause(err, cause, NULL);
}

static bool refuse_stopped(Error *err) { return refuse(err, "OSError", "", "archive.stopped"); }

static bool drop_numbers(Archive *archive)
{
    archive->n_groups = 0;
    return archive->without_numbers = true;
}

/* What the last word means. */
static bool finish(const Receiver *receiver, ContainerWord word, Error *err)
{
    switch (word) {
    case CONTAINER_END: return true;
    case CONTAINER_TOO_LARGE: return drop_numbers(receiver->archive);
    case CONTAINER_NOT_ZIP: return refuse(err, "BadZipFile", "File is not a zip file", "archive.not_zip");
    case CONTAINER_NO_CONFIG: return refuse(err, "KeyError", "\"There is no item named 'config.json' in the archive\"", "archive.no_config");
    case CONTAINER_NO_WEIGHTS:
        return refuse(err, "ValueError", "Expected a model.weights.h5 or model.weights.npz file.", "archive.no_weights");
    case CONTAINER_NOT_HDF5: return refuse(err, "OSError", "Unable to open file", "archive.not_hdf5");
    case CONTAINER_NO_MEMORY: return refuse(err, "MemoryError", "", "archive.memory");
    case CONTAINER_BOMB: return refuse(err, "ValueError", "refusing to load a potential decompression bomb.", "archive.bomb");
    case CONTAINER_CONFIG:
    case CONTAINER_GROUP:
    case CONTAINER_LEGACY: break;
    }
    return refuse_stopped(err);
}

bool archive_receive(Arena *arena, const Source *source, Archive *archive, Error *err)
{
    Receiver receiver = {.arena = arena, .source = source, .archive = archive};
    int64_t word;
    *archive = (Archive){0};
    for (;;) {
        if (!take_integer(&receiver, CONTAINER_BOMB, &word)) return refuse_stopped(err);
        if (word < CONTAINER_CONFIG || word >= CONTAINER_END) return finish(&receiver, (ContainerWord)word, err);
        if (!take_record(&receiver, (ContainerWord)word)) return refuse_stopped(err);
    }
}

/* ---- with a child process ---- */

/* What is read is copied a few times; a gigabyte takes seconds. */
enum { SECONDS_LEAST = 5, BYTES_IN_SECOND = 32 * 1024 * 1024, PATIENCE = 12 };

static CageLimits limits_for(size_t length)
{
    const int seconds = SECONDS_LEAST + (int)(length / BYTES_IN_SECOND);
    return (CageLimits){.bytes = (size_t)6 << 30, .seconds = seconds, .patience = seconds * PATIENCE};
}

typedef struct Task {
    const void *bytes;
    size_t      length;
} Task;

static bool put(void *to, const void *bytes, size_t length) { return cage_put(*(const int *)to, bytes, length); }
static bool take(void *from, void *bytes, size_t length) { return cage_take(from, bytes, length); }

static void send(const void *data, int out)
{
    const Task *task = data;
    container_send(task->bytes, task->length, &(Sink){.put = put, .to = &out});
}

bool archive_read(Arena *arena, const void *bytes, size_t length, Archive *archive, Error *err)
{
    Cage cage;
    ArenaTry attempt;
    const Task task = {.bytes = bytes, .length = length};
    const CageLimits limits = limits_for(length);
    if (!cage_open(&cage, &limits, send, &task)) return refuse(err, "OSError", "", "archive.no_cage");
    arena_try_begin(arena, &attempt);
    if (setjmp(attempt.here) != 0) {
        arena_try_end(arena, &attempt);
        cage_close(&cage);
        return refuse(err, "MemoryError", "", "archive.memory");
    }
    const bool good = archive_receive(arena, &(Source){.take = take, .from = &cage}, archive, err);
    arena_try_end(arena, &attempt);
    cage_close(&cage);
    return good;
}

bool archive_read_model(Arena *arena, const void *bytes, size_t length, Archive *archive, Error *err)
{
    if (!archive_read(arena, bytes, length, archive, err)) return false;
    return archive->config || refuse(err, "ValueError", "No model config found in the file.", "archive.weights_alone");
}
