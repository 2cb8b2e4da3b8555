/* Memory that is given back all at once: one arena for the document, one for the frame. */
#ifndef SHAPEFLOW_BASE_ARENA_H
#define SHAPEFLOW_BASE_ARENA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct ArenaBlock ArenaBlock;

typedef struct Arena {
    ArenaBlock *block;   /* the newest */
    size_t      taken;   /* bytes handed out since the last reset */
    size_t      limit;   /* no more than this may be taken; 0 = the machine's own limit */
    jmp_buf    *escape;  /* where arena_take goes when there is no memory */
} Arena;

void arena_open(Arena *, size_t limit);
void arena_close(Arena *);

/* Drops everything taken, and keeps the first block for reuse. */
void arena_reset(Arena *);

/* Drops everything taken, and makes the first block so large that so many bytes need no other. False without memory: all is
 * as it was. */
bool arena_reserve(Arena *, size_t bytes);

/* Zeroed memory, aligned for any type. Never NULL: without memory it leaves to arena->escape.
 * So code that takes memory has no error path of its own; the one who begins a piece of work does:
 *
 *     ArenaTry try;
 *     arena_try_begin(arena, &try);
 *     if (setjmp(try.here) != 0) { arena_try_end(arena, &try); return out_of_memory(); }
 *     ... build ...
 *     arena_try_end(arena, &try);
 *
 * Tries nest. A local changed after setjmp and read after a failure must be volatile.
 * What is held outside arenas (a file, a foreign handle) is closed before anything is taken, or by the one who tried. */
void *arena_take(Arena *, size_t bytes);

/* n elements of size bytes; a product beyond size_t counts as no memory. */
void *arena_array(Arena *, size_t n, size_t size);

/* The same with whatever stands there: for what is written whole before it is read. */
void *arena_room(Arena *, size_t n, size_t size);

/* An array of *capacity elements that holds at least `need`: the same, or a larger copy with zeroed rest. */
void *arena_grow(Arena *, void *array, size_t used, size_t *capacity, size_t need, size_t size);

char *arena_copy(Arena *, const char *bytes, size_t length);   /* with a closing 0 */
char *arena_print(Arena *, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprint(Arena *, const char *format, va_list);

#define ARENA_NEW(arena, type)      ((type *)arena_take((arena), sizeof(type)))
#define ARENA_ROOM(arena, n, type)  ((type *)arena_room((arena), (size_t)(n), sizeof(type)))
#define ARENA_ARRAY(arena, n, type) ((type *)arena_array((arena), (size_t)(n), sizeof(type)))

/* For work in rounds: what was taken since the mark is given back. */
typedef struct ArenaMark {
    ArenaBlock *block;
    size_t      used, taken;
} ArenaMark;

ArenaMark arena_mark(const Arena *);
void arena_release(Arena *, ArenaMark);

typedef struct ArenaTry {
    jmp_buf  here;
    jmp_buf *outer;
} ArenaTry;

void arena_try_begin(Arena *, ArenaTry *);
void arena_try_end(Arena *, ArenaTry *);

#endif
