/* Work in a child process that may do nothing but compute and answer through a pipe: no files, no network, no programs,
 * little memory and time. Whatever the work does to itself, the caller lives. Where the system cannot lock it up there is no work. */
#ifndef SHAPEFLOW_KERAS_CAGE_H
#define SHAPEFLOW_KERAS_CAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct CageLimits {
    size_t bytes;      /* of addresses */
    int    seconds;    /* of the processor */
    int    patience;   /* seconds by the clock until all is answered */
} CageLimits;

typedef struct Cage {
    pid_t   child;
    int     answer;    /* the pipe's end to read from */
    int64_t deadline;  /* in milliseconds of the monotonic clock */
} Cage;

/* Answers with cage_put on `out`. What stood in memory before is there. */
typedef void CageWork(const void *task, int out);

bool cage_open(Cage *, const CageLimits *, CageWork *, const void *task);    /* false: it cannot be locked up, and did nothing */
bool cage_take(const Cage *, void *bytes, size_t length);    /* false where the answer ends before, or comes too late */
void cage_close(Cage *);                                    /* ends the work if it still runs */

bool cage_put(int out, const void *bytes, size_t length);

#endif
