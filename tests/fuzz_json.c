/* Any bytes as a model's JSON: read or refused; what was read has a summary in both styles and shapes. */
#include <stdlib.h>

#include "keras/json.h"
#include "keras/summary.h"

enum { ARENA_BYTES = 64 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_all(Arena *arena, const Model *model)
{
    Plan plan;
    Text text = {.arena = arena};
    plan_make(&plan, arena, model, NULL, 0, 3, NULL);
    summary_print(&text, &plan, &(SummaryOptions){.columns = 80, .expand_nested = true, .show_trainable = true});
    summary_print(&text, &plan, &(SummaryOptions){.plain = true, .expand_nested = true});
    shapes_print(&text, &plan, NULL);
}

static void read_model(Arena *arena, const uint8_t *data, size_t size)
{
    Builder builder;
    Error err = {.arena = arena};
    Model *model;
    builder_make(&builder, arena);
    if (json_read_model(&builder, (const char *)data, size, &model, &err)) print_all(arena, model);
    else if (!err.set) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena;
    ArenaTry attempt;
    arena_open(&arena, ARENA_BYTES);
    arena_try_begin(&arena, &attempt);
    if (setjmp(attempt.here) == 0) read_model(&arena, data, size);
    arena_try_end(&arena, &attempt);
    arena_close(&arena);
    return 0;
}
