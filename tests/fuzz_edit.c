/* Any bytes as Keras code, and every edit of what is read: within the text, in order, never over one another. */
#include <stdlib.h>

#include "keras/edit.h"

enum { ARENA_BYTES = 64 * 1024 * 1024, TEXT_BYTES = 1 << 15, LAYERS_MAX = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(Reading *reading, Edits *edits)
{
    size_t length;
    int at = 0;
    for (int i = 0; i < edits->n; i++) {
        const Span span = edits->edit[i].span;
        if (span.start < at || span.end < span.start || span.end > (int)reading->length) abort();
        at = span.end;
    }
    edits_apply(edits, reading->text, reading->length, &length);
    edits->n = 0;
}

static void edit_layer(Reading *reading, const Layer *layer, Edits *edits)
{
    const char *why = NULL;
    for (int i = 0; i < layer->kind->n_params && i < 3; i++) {
        const char *param = layer->kind->params[i].name;
        if (edit_argument(reading, layer, param, "7", edits, &why)) check(reading, edits);
        if (edit_remove_argument(reading, layer, param, edits, &why)) check(reading, edits);
    }
    if (edit_insert_layer(reading, layer, "Dense(3)", edits, &why)) check(reading, edits);
    if (edit_remove_layer(reading, layer, edits, &why)) check(reading, edits);
    if (edit_move_layer(reading, layer, 1, edits, &why)) check(reading, edits);
    if (edit_move_layer(reading, layer, -1, edits, &why)) check(reading, edits);
}

static void edit_all(Arena *arena, const uint8_t *data, size_t size)
{
    Reading reading;
    Edits edits = {.arena = arena};
    const char *why = NULL;
    keras_read(&reading, arena, (const char *)data, size, NULL);
    if (edit_flatten(&reading, false, &edits, &why)) check(&reading, &edits);
    if (edit_flatten(&reading, true, &edits, &why)) check(&reading, &edits);
    if (edit_insert_layer(&reading, NULL, "Flatten()", &edits, &why)) check(&reading, &edits);
    for (int i = 0; reading.model && i < reading.model->n_layers && i < LAYERS_MAX; i++) edit_layer(&reading, reading.model->layers[i], &edits);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena;
    ArenaTry attempt;
    if (size > TEXT_BYTES) return 0;
    arena_open(&arena, ARENA_BYTES);
    arena_try_begin(&arena, &attempt);
    if (setjmp(attempt.here) == 0) edit_all(&arena, data, size);
    arena_try_end(&arena, &attempt);
    arena_close(&arena);
    return 0;
}
