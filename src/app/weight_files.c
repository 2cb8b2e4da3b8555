#include "app/weight_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/files.h"
#include "keras/archive.h"
#include "keras/weights.h"

/* ---- one file ---- */

struct WeightFile {
    int         users;
    struct stat stamp;
    char       *path;
    Arena       arena;       /* of the archive and the error */
    Archive     archive;
    bool        good;
    Error       error;       /* why it is not good */
};

static const size_t ARENA_BYTES_MAX = (size_t)3 << 30;

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void file_release(WeightFile *file)
{
    if (--file->users) return;
    arena_close(&file->arena);
    free(file->path);
    free(file);
}

static bool refuse_missing(Error *err, const char *path, int reason)
{
    error_set(err, "FileNotFoundError", "[Errno %d] %s: '%s'", reason, strerror(reason), path);
    return error_cause(err, "archive.missing", path, NULL);
}

/* The bytes go, what they tell stays. */
static bool file_open(WeightFile *file)
{
    Arena bytes_arena;
    size_t length;
    arena_open(&bytes_arena, ARENA_BYTES_MAX);
    const char *bytes = file_read(&bytes_arena, file->path, &length);
    const bool good = bytes ? archive_read(&file->arena, bytes, length, &file->archive, &file->error)
                            : refuse_missing(&file->error, file_name(file->path), errno);
    arena_close(&bytes_arena);
    return good;
}

static WeightFile *file_new(const char *path, const struct stat *stamp)
{
    WeightFile *file = calloc(1, sizeof *file);
    if (!file) return NULL;
    *file = (WeightFile){.users = 1, .stamp = *stamp, .path = strdup(path)};
    arena_open(&file->arena, ARENA_BYTES_MAX);
    file->error.arena = &file->arena;
    ArenaTry attempt;
    arena_try_begin(&file->arena, &attempt);
    if (file->path && setjmp(attempt.here) == 0) file->good = file_open(file);
    arena_try_end(&file->arena, &attempt);
    return file;
}

/* ---- those of a reading ---- */

static WeightFile *file_find(const WeightFiles *files, const char *path, const struct stat *stamp)
{
    for (int i = 0; files && i < files->n; i++)
        if (strcmp(files->files[i]->path, path) == 0 && is_same(&files->files[i]->stamp, stamp)) return files->files[i];
    return NULL;
}

static void reserve(WeightFiles *files, Arena *arena)
{
    const size_t n = (size_t)files->n;
    files->files = arena_grow(arena, files->files, n, &files->capacity, n + 1, sizeof *files->files);
}

static WeightFile *file_share(WeightFiles *files, WeightFile *file)
{
    file->users++;
    return files->files[files->n++] = file;
}

/* NULL where there is no memory. */
static const WeightFile *file_take(WeightFiles *files, Arena *arena, const WeightFiles *before, const char *path, const struct stat *stamp)
{
    WeightFile *file = file_find(files, path, stamp);
    if (file) return file;
    reserve(files, arena);
    file = file_find(before, path, stamp);
    if (file) return file_share(files, file);
    file = file_new(path, stamp);
    if (file && file->path) return files->files[files->n++] = file;
    if (file) file_release(file);
    return NULL;
}

void weight_files_release(WeightFiles *files)
{
    for (int i = 0; i < files->n; i++) file_release(files->files[i]);
    *files = (WeightFiles){0};
}

/* ---- what the text says later holds ---- */

typedef struct Kept {
    WeightSpec  *weight;
    const float *given;
} Kept;

typedef struct KeptList {
    Kept *items;  size_t n, capacity;
} KeptList;

static void keep_layer(KeptList *kept, Arena *arena, const Layer *layer)
{
    const int n = layer_weights(layer, NULL, 0);
    WeightRef *refs = ARENA_ARRAY(arena, n, WeightRef);
    layer_weights(layer, refs, n);
    kept->items = arena_grow(arena, kept->items, kept->n, &kept->capacity, kept->n + (size_t)n, sizeof *kept->items);
    for (int i = 0; i < n; i++) {
        WeightSpec *weight = &refs[i].layer->weights[refs[i].index];
        kept->items[kept->n++] = (Kept){.weight = weight, .given = weight->given};
    }
}

static KeptList keep_later(const Reading *reading, Arena *arena, int load)
{
    KeptList kept = {0};
    for (int i = 0; i < reading->n_weights; i++)
        if (reading->weights[i].loads_before > load) keep_layer(&kept, arena, reading->weights[i].layer);
    return kept;
}

static void restore(const KeptList *kept)
{
    for (size_t i = 0; i < kept->n; i++) kept->items[i].weight->given = kept->items[i].given;
}

/* ---- loading ---- */

typedef struct Loading {
    Reading           *reading;
    Arena             *arena;
    const char        *folder;
    const WeightFiles *before;
    WeightFiles       *files;
} Loading;

static bool is_beside(const char *path) { return *path && *path != '/' && !strstr(path, ".."); }

static bool refuse_memory(Error *err)
{
    error_set(err, "MemoryError", "%s", "");
    return error_cause(err, "archive.memory", NULL);
}

static bool refuse_as(const WeightFile *file, Arena *arena, Error *err)
{
    const Error *told = &file->error;
    if (!told->set || !told->cause) return refuse_memory(err);
    error_set(err, told->exception, "%s", told->message);
    return error_cause(err, told->cause, told->value[0] ? arena_copy(arena, told->value[0], strlen(told->value[0])) : NULL, NULL);
}

static bool load(const Loading *loading, const WeightLoad *load, Error *err)
{
    struct stat stamp;
    const char *path = path_join(loading->arena, loading->folder, load->path);
    if (!is_beside(load->path)) return refuse_missing(err, load->path, EACCES);
    if (stat(path, &stamp) != 0) return refuse_missing(err, load->path, errno);
    const WeightFile *file = file_take(loading->files, loading->arena, loading->before, path, &stamp);
    if (!file) return refuse_memory(err);
    return file->good ? weights_give(loading->arena, load->layer->model, &file->archive, err) : refuse_as(file, loading->arena, err);
}

static void add_fault(Reading *reading, Arena *arena, const Error *fault)
{
    const size_t n = (size_t)reading->n_faults;
    Error *faults = ARENA_ARRAY(arena, n + 1, Error);
    if (n) memcpy(faults, reading->faults, n * sizeof *faults);
    faults[n] = *fault;
    reading->faults = faults;
    reading->n_faults++;
}

static void load_one(const Loading *loading, int i)
{
    const WeightLoad *asked = &loading->reading->loads[i];
    Error err = {.arena = loading->arena};
    const KeptList later = keep_later(loading->reading, loading->arena, i);
    const bool good = load(loading, asked, &err);
    restore(&later);
    if (good) return;
    err.span = err.at = asked->statement;
    err.layer_span = SPAN_NONE;
    add_fault(loading->reading, loading->arena, &err);
}

void weight_files_load(Reading *reading, Arena *arena, const char *folder, const WeightFiles *before, WeightFiles *files)
{
    const Loading loading = {.reading = reading, .arena = arena, .folder = folder, .before = before, .files = files};
    for (int i = 0; folder && i < reading->n_loads; i++)
        if (reading->loads[i].layer->model) load_one(&loading, i);
}
