/* Files whole, and the folders where the program and its person keep things. */
#ifndef SHAPEFLOW_APP_FILES_H
#define SHAPEFLOW_APP_FILES_H

#include <stdint.h>

#include "base/text.h"

/* The whole file, closed with a 0 beyond *length; path "-" is standard input. NULL with errno on failure;
 * a file above FILE_BYTES_MAX is EFBIG. */
extern const size_t FILE_BYTES_MAX;
char *file_read(Arena *, const char *path, size_t *length);

/* Replaces the file in one step: a crash leaves the old one or the new one. path "-" is standard output. */
bool file_write(Arena *, const char *path, const char *bytes, size_t length);

bool file_exists(const char *path);

/* Tells a file from what it was before; size -1 = there is none. */
typedef struct FileStamp {
    int64_t size, seconds, nanoseconds, inode;
} FileStamp;
FileStamp file_stamp(const char *path);
const char *file_name(const char *path);                  /* after the last slash */
const char *file_folder(Arena *, const char *path);       /* before it; "." when there is none */
bool file_ends_with(const char *path, const char *suffix);   /* letters in any case */
const char *path_join(Arena *, const char *folder, const char *name);

/* Where assets/ and fonts/ are: the install prefix, beside the binary, or the source tree above it; NULL = nowhere. */
const char *folder_of_resources(Arena *);

/* $XDG_CONFIG_HOME/shapeflow and $XDG_STATE_HOME/shapeflow or their defaults; made when they are missing.
 * NULL when there is no home. */
const char *folder_of_settings(Arena *);
const char *folder_of_state(Arena *);

#endif
