#include "editing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void editing_open(Editing *editing, const char *text, size_t length)
{
    *editing = (Editing){0};
    arena_open(&editing->arena, 0);
    editing->edits = (Edits){.arena = &editing->arena};
    keras_read(&editing->reading, &editing->arena, text, length, NULL);
}

void editing_close(Editing *editing) { arena_close(&editing->arena); }

static Layer *find_layer(const Model *model, const char *name)
{
    Layer *found = model_layer(model, name);
    for (int i = 0; !found && i < model->n_layers; i++)
        if (model->layers[i]->model) found = find_layer(model->layers[i]->model, name);
    return found;
}

const Layer *editing_layer(const Editing *editing, const char *name)
{
    const Reading *reading = &editing->reading;
    const Layer *layer = reading->model ? find_layer(reading->model, name) : NULL;
    if (!layer) fail_msg("no layer %s in:\n%s%s", name, reading->text, reading->error.message ? reading->error.message : "");
    return layer;
}

const char *editing_result(const Editing *editing)
{
    size_t length;
    return edits_apply(&editing->edits, editing->reading.text, editing->reading.length, &length);
}

void editing_again(const Editing *editing, Editing *again)
{
    const char *text = editing_result(editing);
    editing_open(again, text, strlen(text));
    if (again->reading.error.set) fail_msg("refused: %s\n%s", again->reading.error.message, text);
}

static bool edit(Editing *e, const EditCase *c)
{
    switch (c->operation) {
    case ARGUMENT: return edit_argument(&e->reading, editing_layer(e, c->layer), c->param, c->code, &e->edits, &e->why);
    case REMOVE_ARGUMENT: return edit_remove_argument(&e->reading, editing_layer(e, c->layer), c->param, &e->edits, &e->why);
    case INSERT: return edit_insert_layer(&e->reading, editing_layer(e, c->layer), c->code, &e->edits, &e->why);
    case APPEND: return edit_insert_layer(&e->reading, NULL, c->code, &e->edits, &e->why);
    case REMOVE: return edit_remove_layer(&e->reading, editing_layer(e, c->layer), &e->edits, &e->why);
    case MOVE: return edit_move_layer(&e->reading, editing_layer(e, c->layer), atoi(c->code), &e->edits, &e->why);
    case OFF: return edit_flatten(&e->reading, false, &e->edits, &e->why);
    case ON: return edit_flatten(&e->reading, true, &e->edits, &e->why);
    }
    return false;
}

static void check_refused(const Editing *editing, const EditCase *c, size_t i, bool good)
{
    if (good) fail_msg("case %zu was not refused:\n%s", i, editing_result(editing));
    assert_int_equal(editing->edits.n, 0);
    if (c->code && strncmp(c->code, "edit.", 5) == 0) assert_string_equal(editing->why, c->code);
}

static void check_done(const Editing *editing, const EditCase *c, size_t i, bool good)
{
    Editing again;
    if (!good) fail_msg("case %zu refused: %s\n%s", i, editing->why, c->before);
    const char *result = editing_result(editing);
    if (strcmp(result, c->after) != 0) fail_msg("case %zu:\n%s\nwanted:\n%s", i, result, c->after);
    editing_again(editing, &again);
    editing_close(&again);
}

void editing_check(const EditCase *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        Editing editing;
        editing_open(&editing, cases[i].before, strlen(cases[i].before));
        const bool good = edit(&editing, &cases[i]);
        if (cases[i].after) check_done(&editing, &cases[i], i, good);
        else check_refused(&editing, &cases[i], i, good);
        editing_close(&editing);
    }
}
