/* Any bytes as Keras code: read, planned and reported without a crash, a hang, or memory without bound. */
#include "engine/plan.h"
#include "keras/reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena;
    Reading reading;
    ArenaTry memory;
    arena_open(&arena, (size_t)256 << 20);
    arena_try_begin(&arena, &memory);
    if (setjmp(memory.here) != 0) { arena_close(&arena); return 0; }
    keras_read(&reading, &arena, (const char *)data, size, NULL);
    Text text = {.arena = &arena};
    Plan plan;
    if (reading.model) plan_make(&plan, &arena, reading.model, NULL, 0, 3, reading.error.set ? &reading.error : NULL);
    if (reading.error.set) reading_report(&reading, &reading.error, &text);
    arena_close(&arena);
    return 0;
}
