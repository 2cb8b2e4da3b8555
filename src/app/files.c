#include "app/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <SDL.h>

const size_t FILE_BYTES_MAX = (size_t)1 << 30;

static char *stream_read(Arena *arena, FILE *stream, size_t *length)
{
    char *bytes = NULL;
    size_t used = 0, capacity = 0, got;
    do {
        bytes = arena_grow(arena, bytes, used, &capacity, used + 65536 + 1, 1);
        got = fread(bytes + used, 1, capacity - used - 1, stream);
        used += got;
    } while (got && used < FILE_BYTES_MAX);
    bytes[used] = 0;
    *length = used;
    if (used >= FILE_BYTES_MAX) errno = EFBIG;
    return ferror(stream) || used >= FILE_BYTES_MAX ? NULL : bytes;
}

/* Sized in advance, so that a large file is not copied while it grows. */
static char *regular_read(Arena *arena, int handle, size_t size, size_t *length)
{
    char *bytes = arena_take(arena, size + 1);
    size_t used = 0;
    while (used < size) {
        const ssize_t got = read(handle, bytes + used, size - used);
        if (got < 0) return NULL;
        if (got == 0) break;
        used += (size_t)got;
    }
    *length = used;
    return bytes;
}

static char *handle_read(Arena *arena, int handle, size_t *length)
{
    struct stat info;
    if (fstat(handle, &info)) return NULL;
    if (S_ISREG(info.st_mode)) {
        if ((uint64_t)info.st_size < FILE_BYTES_MAX) return regular_read(arena, handle, (size_t)info.st_size, length);
        errno = EFBIG;
        return NULL;
    }
    FILE *stream = fdopen(dup(handle), "rb");
    if (!stream) return NULL;
    char *bytes = stream_read(arena, stream, length);
    const int kept = errno;
    fclose(stream);
    errno = kept;
    return bytes;
}

char *file_read(Arena *arena, const char *path, size_t *length)
{
    if (strcmp(path, "-") == 0) return stream_read(arena, stdin, length);
    const int handle = open(path, O_RDONLY | O_CLOEXEC);
    if (handle < 0) return NULL;
    ArenaTry attempt;
    arena_try_begin(arena, &attempt);
    if (setjmp(attempt.here) != 0) {
        arena_try_end(arena, &attempt);
        close(handle);
        errno = ENOMEM;
        return NULL;
    }
    char *bytes = handle_read(arena, handle, length);
    arena_try_end(arena, &attempt);
    const int kept = errno;
    close(handle);
    errno = kept;
    return bytes;
}

static bool bytes_write(int handle, const char *bytes, size_t length)
{
    while (length) {
        const ssize_t done = write(handle, bytes, length);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return false;
        bytes += done;
        length -= (size_t)done;
    }
    return true;
}

/* The file behind a link is replaced, not the link. */
static const char *link_target(Arena *arena, const char *path)
{
    char *real = realpath(path, NULL);
    if (!real) return path;
    const char *copy = arena_copy(arena, real, strlen(real));
    free(real);
    return copy;
}

static mode_t mode_like(const char *path)
{
    struct stat info;
    if (stat(path, &info) == 0) return info.st_mode & 0777;
    const mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* What nobody may write is not replaced, though its folder and root would let it; sets errno. */
static bool is_protected(const char *path)
{
    struct stat info;
    if (stat(path, &info)) return false;
    if (!(info.st_mode & 0222)) errno = EACCES;
    return !(info.st_mode & 0222) || access(path, W_OK);
}

/* What root writes anew stays its owner's; others may not give files away, and need not. */
static void owner_take(int handle, const char *path)
{
    struct stat info;
    if (stat(path, &info) == 0 && info.st_uid != geteuid() && fchown(handle, info.st_uid, info.st_gid)) errno = 0;
}

bool file_write(Arena *arena, const char *path, const char *bytes, size_t length)
{
    if (strcmp(path, "-") == 0) return bytes_write(STDOUT_FILENO, bytes, length);
    struct stat info;
    const char *target = link_target(arena, path);
    if (stat(target, &info) == 0 && !S_ISREG(info.st_mode)) {   /* /dev/stdout, a pipe */
        const int handle = open(target, O_WRONLY | O_CLOEXEC);
        const bool done = handle >= 0 && bytes_write(handle, bytes, length);
        return handle >= 0 && close(handle) == 0 && done;
    }
    if (is_protected(target)) return false;
    char *beside = arena_print(arena, "%s.XXXXXX", target);
    const int handle = mkstemp(beside);
    if (handle < 0) return false;
    const mode_t mode = mode_like(target);
    owner_take(handle, target);
    bool done = bytes_write(handle, bytes, length) && fchmod(handle, mode) == 0 && fsync(handle) == 0;
    done = close(handle) == 0 && done;
    done = done && rename(beside, target) == 0;
    if (!done) {
        const int kept = errno;
        unlink(beside);
        errno = kept;
    }
    return done;
}

FileStamp file_stamp(const char *path)
{
    struct stat info;
    if (stat(path, &info)) return (FileStamp){.size = -1};
#ifdef __APPLE__
    const struct timespec changed = info.st_mtimespec;
#else
    const struct timespec changed = info.st_mtim;
#endif
    return (FileStamp){info.st_size, changed.tv_sec, changed.tv_nsec, (int64_t)info.st_ino};
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *file_folder(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) return ".";
    return slash == path ? "/" : arena_copy(arena, path, (size_t)(slash - path));
}

bool file_ends_with(const char *path, const char *suffix)
{
    const size_t length = strlen(path), end = strlen(suffix);
    return length >= end && strcasecmp(path + length - end, suffix) == 0;
}

const char *path_join(Arena *arena, const char *folder, const char *name)
{
    if (name[0] == '/') return name;
    return arena_print(arena, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, name);
}

/* ---- folders ---- */

static bool has_resources(Arena *arena, const char *folder)
{
    return file_exists(path_join(arena, folder, "assets/strings/en.txt"));
}

const char *folder_of_resources(Arena *arena)
{
    static const char *const places[] = {"../share/shapeflow", ".", "..", "../..", "../../.."};
    char *base = SDL_GetBasePath();
    const char *start = base ? arena_copy(arena, base, strlen(base)) : "./";
    SDL_free(base);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *folder = arena_print(arena, "%s%s", start, places[i]);
        if (has_resources(arena, folder)) return folder;
    }
    return has_resources(arena, SOURCE_FOLDER) ? SOURCE_FOLDER : NULL;
}

static bool folder_make(Arena *arena, const char *path)
{
    struct stat info;
    if (stat(path, &info) == 0) return S_ISDIR(info.st_mode);
    const char *above = file_folder(arena, path);
    if (strcmp(above, path) != 0 && strcmp(above, ".") != 0 && !folder_make(arena, above)) return false;
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static const char *folder_of_person(Arena *arena, const char *variable, const char *below_home)
{
    const char *base = getenv(variable);
    const char *home = getenv("HOME");
    if (!base || base[0] != '/') base = home && home[0] == '/' ? path_join(arena, home, below_home) : NULL;
    if (!base) return NULL;
    const char *folder = path_join(arena, base, "shapeflow");
    return folder_make(arena, folder) ? folder : NULL;
}

const char *folder_of_settings(Arena *arena)
{
    return folder_of_person(arena, "XDG_CONFIG_HOME", ".config");
}

const char *folder_of_state(Arena *arena)
{
    return folder_of_person(arena, "XDG_STATE_HOME", ".local/state");
}
