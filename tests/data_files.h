/* Files under tests/data, for tests. */
#ifndef SHAPEFLOW_TESTS_DATA_FILES_H
#define SHAPEFLOW_TESTS_DATA_FILES_H

#include "base/arena.h"

/* The bytes of tests/data/<path>, closed with a 0; NULL when there is no such file. */
char *data_read(Arena *, const char *path, size_t *length);
/* The same of a file packed by gzip. */
char *data_unpack(Arena *, const char *path, size_t *length);

/* Names of the entries of tests/data/<path> in alphabetical order; how many. */
int data_list(Arena *, const char *path, const char ***names);

#endif
