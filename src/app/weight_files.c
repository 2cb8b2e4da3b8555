#include "app/weight_files.h"

#include <errno.h>
#include <string.h>

#include "app/files.h"
#include "keras/archive.h"
#include "keras/weights.h"

static bool is_beside(const char *path) { return *path && *path != '/' && !strstr(path, ".."); }

static bool refuse_missing(Error *err, const char *path, int reason)
{
    error_set(err, "FileNotFoundError", "[Errno %d] %s: '%s'", reason, strerror(reason), path);
    return error_cause(err, "archive.missing", path, NULL);
}

static bool load(const WeightLoad *load, Arena *arena, const char *folder, Error *err)
{
    size_t length;
    Archive archive;
    if (!is_beside(load->path)) return refuse_missing(err, load->path, EACCES);
    const char *bytes = file_read(arena, path_join(arena, folder, load->path), &length);
    if (!bytes) return refuse_missing(err, load->path, errno);
    return archive_read(arena, bytes, length, &archive, err) && weights_give(arena, load->layer->model, &archive, err);
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

void weight_files_load(Reading *reading, Arena *arena, const char *folder)
{
    for (int i = 0; folder && i < reading->n_loads; i++) {
        Error err = {.arena = arena};
        if (!reading->loads[i].layer->model || load(&reading->loads[i], arena, folder, &err)) continue;
        err.span = err.at = reading->loads[i].statement;
        err.layer_span = SPAN_NONE;
        add_fault(reading, arena, &err);
    }
}
