/* Making files that do harm, and what becomes of them. */
#ifndef SHAPEFLOW_TESTS_HOSTILE_H
#define SHAPEFLOW_TESTS_HOSTILE_H

#include <hdf5.h>

#include "base/arena.h"

/* A folder of the tests' own and its memory, as group set-up. */
extern Arena hostile_arena;
extern char  hostile_folder[64];
int hostile_open(void **state);
int hostile_close(void **state);
const char *hostile_path(const char *name);

/* ---- what becomes of a file ---- */

typedef struct Fate {
    bool        good;
    const char *cause;     /* of the refusal */
    int         groups;
} Fate;

Fate hostile_fate(const char *path);
void hostile_refused(const char *path, const char *cause);          /* as an archive */
void hostile_model_refused(const char *path, const char *cause);    /* as a model, or as what it weighs */

/* ---- making archives ---- */

extern const char HOSTILE_DENSE[];     /* the configuration of a Dense(2) on 3 inputs */

typedef struct Part {
    const char *name, *bytes;
    size_t      length;
} Part;

const char *hostile_zip(const char *name, const Part *, int n);
/* Of that Dense, with such a store. */
const char *hostile_archive(const char *name, const char *store);

typedef void StoreFill(hid_t file);

const char *hostile_store(const char *name, StoreFill *);
hid_t hostile_group(hid_t file, const char *path);
void  hostile_set(hid_t group, const char *name, int rank, const hsize_t *dim, hid_t type, bool chunked);
void  hostile_kernel_and_bias(hid_t file);      /* a good store */

#endif
