/* Any bytes as Keras code, changed from the picture by a walk of edits that the bytes themselves choose: what Python could read it
 * still can, only the bytes that an edit names change, and the switch gives back what it took. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keras/edit.h"

enum { ARENA_BYTES = 64 * 1024 * 1024, TEXT_BYTES = 1 << 14, STEPS = 6 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Walk {
    Arena      *arena;
    Reading     reading;
    Edits       edits;
    const char *why;
    uint64_t    state;
} Walk;

static uint64_t choose(Walk *walk, uint64_t n)
{
    walk->state = walk->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return n ? (walk->state >> 33) % n : 0;
}

static _Noreturn void fault(const Walk *walk, const char *what, const char *after)
{
    fprintf(stderr, "%s\n---- before\n%s\n---- after\n%s\n", what, walk->reading.text, after);
    abort();
}

/* ---- what must hold ---- */

static bool is_readable(const Reading *reading)
{
    for (int i = 0; i < reading->n_faults; i++) {
        const char *exception = reading->faults[i].exception;
        if (strcmp(exception, "SyntaxError") == 0 || strcmp(exception, "IndentationError") == 0 || strcmp(exception, "TabError") == 0) return false;
    }
    return true;
}

static void check_spans(const Walk *walk)
{
    int at = 0;
    for (int i = 0; i < walk->edits.n; i++) {
        const Span span = walk->edits.edit[i].span;
        if (span.start < at || span.end < span.start || span.end > (int)walk->reading.length) fault(walk, "edits out of order", "");
        at = span.end;
    }
}

static const char *apply(Walk *walk, size_t *length)
{
    check_spans(walk);
    return edits_apply(&walk->edits, walk->reading.text, walk->reading.length, length);
}

/* ---- the walk ---- */

static void read_text(Walk *walk, const char *text, size_t length)
{
    walk->edits = (Edits){.arena = walk->arena};
    walk->reading = (Reading){0};
    keras_read(&walk->reading, walk->arena, text, length, NULL);
}

static const Layer *any_layer(Walk *walk)
{
    const Model *model = walk->reading.model;
    return model && model->n_layers ? model->layers[choose(walk, (uint64_t)model->n_layers)] : NULL;
}

static bool edit_any_argument(Walk *walk, const Layer *layer)
{
    static const char *const CODES[] = {"7", "(2, 2)", "'relu'", "None", "[1, 2]"};
    if (!layer->kind->n_params) return false;
    const char *param = layer->kind->params[choose(walk, (uint64_t)layer->kind->n_params)].name;
    if (choose(walk, 3) == 0) return edit_remove_argument(&walk->reading, layer, param, &walk->edits, &walk->why);
    return edit_argument(&walk->reading, layer, param, CODES[choose(walk, 5)], &walk->edits, &walk->why);
}

static bool edit_any(Walk *walk)
{
    static const char *const LAYERS[] = {"Dense(3)", "Flatten()", "Conv2D(4, 3, activation='relu')", "Dropout(0.5)"};
    const Layer *layer = any_layer(walk);
    const char *code = LAYERS[choose(walk, 4)];
    if (!layer) return edit_insert_layer(&walk->reading, NULL, code, &walk->edits, &walk->why);
    switch (choose(walk, 6)) {
    case 0: return edit_insert_layer(&walk->reading, choose(walk, 4) ? layer : NULL, code, &walk->edits, &walk->why);
    case 1: return edit_remove_layer(&walk->reading, layer, &walk->edits, &walk->why);
    case 2: return edit_move_layer(&walk->reading, layer, choose(walk, 2) ? 1 : -1, &walk->edits, &walk->why);
    case 3: return edit_flatten(&walk->reading, choose(walk, 2), &walk->edits, &walk->why);
    default: return edit_any_argument(walk, layer);
    }
}

static void step(Walk *walk)
{
    size_t length;
    const bool readable = is_readable(&walk->reading);
    if (!edit_any(walk)) {
        if (walk->edits.n) fault(walk, "refused, and yet there are edits", walk->why ? walk->why : "");
        return;
    }
    const Walk before = *walk;
    const char *text = apply(walk, &length);
    read_text(walk, text, length);
    if (readable && !is_readable(&walk->reading)) fault(&before, "no longer Python", text);
}

/* ---- the switch ---- */

static int count_flattens(const Model *model)
{
    int n = 0;
    for (int i = 0; model && i < model->n_layers; i++) n += strcmp(model->layers[i]->kind->name, "Flatten") == 0;
    return n;
}

/* A comment that names a Flatten may be one that was switched off before. */
static bool has_comment(const char *text, size_t length) { return memchr(text, '#', length) != NULL; }

static void check_switch(Walk *walk, const char *text, size_t length)
{
    size_t off_length, on_length;
    read_text(walk, text, length);
    if (walk->reading.error.set || !is_readable(&walk->reading) || count_flattens(walk->reading.model) != 1 || has_comment(text, length)) return;
    if (!edit_flatten(&walk->reading, false, &walk->edits, &walk->why)) return;
    const char *off = apply(walk, &off_length);
    read_text(walk, off, off_length);
    if (!is_readable(&walk->reading)) fault(walk, "no longer Python when off", text);
    if (walk->reading.error.set) return;
    if (!edit_flatten(&walk->reading, true, &walk->edits, &walk->why)) fault(walk, "not switched on again", text);
    const char *on = apply(walk, &on_length);
    if (on_length != length || memcmp(on, text, length) != 0) fault(walk, "other bytes when on again", on);
}

static void walk_from(Arena *arena, const uint8_t *data, size_t size)
{
    Walk walk = {.arena = arena, .state = size};
    const char *text = arena_copy(arena, (const char *)data, size);
    for (size_t i = 0; i < size; i++) walk.state = (walk.state ^ data[i]) * UINT64_C(1099511628211);
    check_switch(&walk, text, size);
    read_text(&walk, text, size);
    for (int i = 0; i < STEPS; i++) step(&walk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena;
    ArenaTry attempt;
    if (size > TEXT_BYTES) return 0;
    arena_open(&arena, ARENA_BYTES);
    arena_try_begin(&arena, &attempt);
    if (setjmp(attempt.here) == 0) walk_from(&arena, data, size);
    arena_try_end(&arena, &attempt);
    arena_close(&arena);
    return 0;
}
