#include "app/autosave.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/files.h"

const double AUTOSAVE_SECONDS = 3;

static const char PREFIX[] = "unsaved-";

static const char *own_file(Arena *arena)
{
    const char *folder = folder_of_state(arena);
    return folder ? arena_print(arena, "%s/%s%ld", folder, PREFIX, (long)getpid()) : NULL;
}

/* First line the document's path, then the text. */
static bool text_write(Arena *arena, const Buffer *buffer, const char *path)
{
    Text text = {.arena = arena};
    const char *file = own_file(arena);
    text_print(&text, "%s\n", path);
    text_put_bytes(&text, buffer->text, buffer->length);
    return file && file_write(arena, file, text_string(&text), text.length);
}

static bool keep(const Buffer *buffer, const char *path)
{
    Arena arena;
    ArenaTry attempt;
    volatile bool done = false;
    arena_open(&arena, 0);
    arena_try_begin(&arena, &attempt);
    if (setjmp(attempt.here) == 0) done = text_write(&arena, buffer, path);
    arena_try_end(&arena, &attempt);
    arena_close(&arena);
    return done;
}

bool autosave_now(Autosave *autosave, const Buffer *buffer, const char *path)
{
    if (!buffer_dirty(buffer)) return true;
    autosave->kept = keep(buffer, path) || autosave->kept;
    return autosave->kept;
}

void autosave_clear(Autosave *autosave)
{
    autosave->due = -1;
    if (!autosave->kept) return;
    Arena arena;
    arena_open(&arena, 0);
    const char *file = own_file(&arena);
    if (file) unlink(file);
    autosave->kept = false;
    arena_close(&arena);
}

void autosave_tick(Autosave *autosave, const Buffer *buffer, const char *path, double seconds)
{
    if (!buffer_dirty(buffer)) {
        autosave_clear(autosave);
        autosave->version = buffer->version;
        return;
    }
    if (autosave->version == buffer->version && autosave->due < 0) return;
    if (autosave->due < 0) autosave->due = seconds + AUTOSAVE_SECONDS;
    autosave->version = buffer->version;
    if (seconds < autosave->due) return;
    autosave->kept = keep(buffer, path) || autosave->kept;
    autosave->due = -1;
}

/* ---- recovering ---- */

static bool owner_runs(const char *name)
{
    const long process = atol(name + sizeof PREFIX - 1);
    return process == (long)getpid() || (process > 0 && (kill((pid_t)process, 0) == 0 || errno == EPERM));
}

static bool recovered_read(Arena *arena, const char *file, Recovered *recovered)
{
    size_t length;
    char *bytes = file_read(arena, file, &length);
    char *newline = bytes ? memchr(bytes, '\n', length) : NULL;
    if (!newline) return false;
    *newline = 0;
    *recovered = (Recovered){.file = file, .path = bytes, .text = newline + 1, .length = length - (size_t)(newline + 1 - bytes)};
    return true;
}

bool autosave_find(Arena *arena, Recovered *recovered)
{
    const char *folder = folder_of_state(arena);
    DIR *listing = folder ? opendir(folder) : NULL;
    if (!listing) return false;
    char name[256] = "";
    for (struct dirent *entry; !name[0] && (entry = readdir(listing));)
        if (strncmp(entry->d_name, PREFIX, sizeof PREFIX - 1) == 0 && !owner_runs(entry->d_name) && !strchr(entry->d_name, '.'))
            snprintf(name, sizeof name, "%s", entry->d_name);
    closedir(listing);
    return name[0] && recovered_read(arena, path_join(arena, folder, name), recovered);
}
