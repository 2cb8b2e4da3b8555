#include "data_files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const char *full_path(Arena *arena, const char *path) { return arena_print(arena, "%s/tests/data/%s", SOURCE_DIR, path); }

char *data_read(Arena *arena, const char *path, size_t *length)
{
    FILE *file = fopen(full_path(arena, path), "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    const long size = ftell(file);
    rewind(file);
    char *bytes = arena_array(arena, (size_t)size + 1, 1);
    *length = fread(bytes, 1, (size_t)size, file);
    fclose(file);
    return bytes;
}

char *data_unpack(Arena *arena, const char *path, size_t *length)
{
    enum { STEP = 1 << 20 };
    gzFile file = gzopen(full_path(arena, path), "rb");
    char *bytes = NULL;
    size_t capacity = 0;
    int got;
    *length = 0;
    if (!file) return NULL;
    do {
        bytes = arena_grow(arena, bytes, *length, &capacity, *length + STEP + 1, 1);
        got = gzread(file, bytes + *length, STEP);
        *length += got > 0 ? (size_t)got : 0;
    } while (got > 0);
    gzclose(file);
    bytes[*length] = 0;
    return bytes;
}

static int compare_names(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

int data_list(Arena *arena, const char *path, const char ***names)
{
    DIR *folder = opendir(full_path(arena, path));
    size_t n = 0, capacity = 0;
    *names = NULL;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (entry->d_name[0] == '.') continue;
        *names = arena_grow(arena, *names, n, &capacity, n + 1, sizeof **names);
        (*names)[n++] = arena_copy(arena, entry->d_name, strlen(entry->d_name));
    }
    if (folder) closedir(folder);
    if (n) qsort(*names, n, sizeof **names, compare_names);
    return (int)n;
}
