#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16, BLOCK_BYTES = 64 * 1024 };

struct ArenaBlock {
    ArenaBlock *next;
    size_t      size, used;   /* bytes of `bytes` */
    _Alignas(ALIGNMENT) unsigned char bytes[];
};

void arena_open(Arena *arena, size_t limit)
{
    *arena = (Arena){.limit = limit};
}

static void blocks_free(ArenaBlock *block)
{
    while (block) {
        ArenaBlock *next = block->next;
        free(block);
        block = next;
    }
}

void arena_close(Arena *arena)
{
    blocks_free(arena->block);
    *arena = (Arena){0};
}

void arena_reset(Arena *arena)
{
    ArenaBlock *block = arena->block;
    arena->taken = 0;
    if (!block) return;
    blocks_free(block->next);
    block->next = NULL;
    block->used = 0;
}

bool arena_reserve(Arena *arena, size_t bytes)
{
    if (arena->block && arena->block->size >= bytes) return true;
    if (bytes > SIZE_MAX - sizeof(ArenaBlock)) return false;
    ArenaBlock *block = malloc(sizeof(ArenaBlock) + bytes);
    if (!block) return false;
    *block = (ArenaBlock){.size = bytes};
    blocks_free(arena->block);
    arena->block = block;
    arena->taken = 0;
    return true;
}

static _Noreturn void leave(Arena *arena)
{
    if (arena->escape) longjmp(*arena->escape, 1);
    fputs("shapeflow: out of memory\n", stderr);
    abort();
}

/* Blocks double, so that a large document does not become a long chain; where memory is short they do not. */
static ArenaBlock *block_add(Arena *arena, size_t bytes)
{
    size_t size = arena->block ? arena->block->size * 2 : BLOCK_BYTES;
    if (size > (size_t)64 * 1024 * 1024) size = (size_t)64 * 1024 * 1024;
    if (size < bytes) size = bytes;
    if (size > SIZE_MAX - sizeof(ArenaBlock)) return NULL;
    ArenaBlock *block = malloc(sizeof(ArenaBlock) + size);
    if (!block) block = malloc(sizeof(ArenaBlock) + (size = bytes));
    if (!block) return NULL;
    *block = (ArenaBlock){.next = arena->block, .size = size};
    return arena->block = block;
}

static size_t round_up(size_t bytes)
{
    return bytes ? (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1) : ALIGNMENT;
}

static void *take(Arena *arena, size_t bytes)
{
    if (bytes > SIZE_MAX - ALIGNMENT) leave(arena);
    const size_t taken = round_up(bytes);
    if (arena->limit && (taken > arena->limit || arena->taken > arena->limit - taken)) leave(arena);
    ArenaBlock *block = arena->block;
    if (!block || block->size - block->used < taken) block = block_add(arena, taken);
    if (!block) leave(arena);
    void *memory = block->bytes + block->used;
    block->used += taken;
    arena->taken += taken;
    return memory;
}

void *arena_take(Arena *arena, size_t bytes)
{
    return memset(take(arena, bytes), 0, round_up(bytes));
}

void *arena_room(Arena *arena, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size) leave(arena);
    return take(arena, n * size);
}

void *arena_array(Arena *arena, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size) leave(arena);
    return arena_take(arena, n * size);
}

void *arena_grow(Arena *arena, void *array, size_t used, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity) return array;
    size_t grown = *capacity ? *capacity : 8;
    while (grown < need) {
        if (grown > SIZE_MAX / 2) leave(arena);
        grown *= 2;
    }
    void *copy = arena_array(arena, grown, size);
    if (used) memcpy(copy, array, used * size);
    *capacity = grown;
    return copy;
}

char *arena_copy(Arena *arena, const char *bytes, size_t length)
{
    char *copy = arena_array(arena, length + 1, 1);
    if (length) memcpy(copy, bytes, length);
    return copy;
}

char *arena_vprint(Arena *arena, const char *format, va_list list)
{
    char shorter[256];
    va_list again;
    va_copy(again, list);
    const int printed = vsnprintf(shorter, sizeof shorter, format, list);
    const size_t length = printed < 0 ? 0 : (size_t)printed;
    char *text = arena_array(arena, length + 1, 1);
    if (length < sizeof shorter) memcpy(text, shorter, length);
    else vsnprintf(text, length + 1, format, again);
    va_end(again);
    return text;
}

char *arena_print(Arena *arena, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    char *text = arena_vprint(arena, format, list);
    va_end(list);
    return text;
}

ArenaMark arena_mark(const Arena *arena)
{
    return (ArenaMark){.block = arena->block, .used = arena->block ? arena->block->used : 0, .taken = arena->taken};
}

void arena_release(Arena *arena, ArenaMark mark)
{
    while (arena->block != mark.block) {
        ArenaBlock *next = arena->block->next;
        free(arena->block);
        arena->block = next;
    }
    if (arena->block) arena->block->used = mark.used;
    arena->taken = mark.taken;
}

void arena_try_begin(Arena *arena, ArenaTry *attempt)
{
    attempt->outer = arena->escape;
    arena->escape = &attempt->here;
}

void arena_try_end(Arena *arena, ArenaTry *attempt)
{
    arena->escape = attempt->outer;
}
