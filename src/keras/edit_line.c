#include <string.h>

#include "keras/edit_parts.h"

static const char *new_line(const Reading *reading, Arena *arena, int at)
{
    return arena_print(arena, "%s%s", line_break(reading, at), indentation(reading, arena, at));
}

static bool begins_line(const Reading *reading, Span statement)
{
    return is_blank(reading, line_begin(reading, statement.start), statement.start);
}

void line_before(const Reading *reading, Span statement, const char *code, Edits *edits)
{
    const Span at = {statement.start, statement.start};
    const char *between = begins_line(reading, statement) ? new_line(reading, edits->arena, statement.start) : "; ";
    edits_add(edits, at, arena_print(edits->arena, "%s%s", code, between));
}

void line_following(const Reading *reading, Span statement, const char *code, Edits *edits)
{
    if (!stands_alone(reading, statement)) {
        edits_add(edits, (Span){statement.end, statement.end}, arena_print(edits->arena, "; %s", code));
        return;
    }
    const int end = line_end(reading, statement.end);
    edits_add(edits, (Span){end, end}, arena_print(edits->arena, "%s%s", new_line(reading, edits->arena, statement.start), code));
}

/* One semicolon goes with a statement that shares its line. */
static Span shared_span(const Reading *reading, Span statement)
{
    const int after = skip_blanks(reading, statement.end);
    if (after < (int)reading->length && reading->text[after] == ';') return (Span){statement.start, skip_blanks(reading, after + 1)};
    int before = statement.start;
    while (before > 0 && (reading->text[before - 1] == ' ' || reading->text[before - 1] == '\t')) before--;
    if (before > 0 && reading->text[before - 1] == ';') return (Span){before - 1, statement.end};
    return statement;
}

void statement_remove(const Reading *reading, Span statement, Edits *edits)
{
    const PyNode *block;
    const PyNode *node = source_statement(reading, statement, &block);
    if (node && block && !block->next && block != reading->tree->list) {
        edits_add(edits, statement, "pass");
    } else if (stands_alone(reading, statement)) {
        edits_add(edits, (Span){line_begin(reading, statement.start), line_after(reading, statement.end)}, "");
    } else {
        edits_add(edits, shared_span(reading, statement), "");
    }
}

/* ---- what several edits look at ---- */

enum { HOMES_DEPTH_MAX = 32 };

/* Outer models first. Operations (x + y) are in Keras' graph, but not in model.layers. */
static bool home_find(const Model *model, const char *path, const Layer *layer, int depth, Arena *arena, Home *home)
{
    for (int i = 0, counted = 0; i < model->n_layers; counted += !model->layers[i]->kind->operation, i++) {
        if (model->layers[i] != layer) continue;
        *home = (Home){.model = model, .index = i, .path = arena_print(arena, "%slayers[%d]", path, counted)};
        return true;
    }
    for (int i = 0, counted = 0; i < model->n_layers && depth < HOMES_DEPTH_MAX; counted += !model->layers[i]->kind->operation, i++) {
        const Model *inside = model->layers[i]->model;
        if (inside && home_find(inside, arena_print(arena, "%slayers[%d].", path, counted), layer, depth + 1, arena, home)) return true;
    }
    return false;
}

Home layer_home(const Reading *reading, Arena *arena, const Layer *layer)
{
    Home home = {.index = -1};
    if (reading->model) home_find(reading->model, "", layer, 0, arena, &home);
    return home;
}

const ArgumentPlace *input_argument(const Place *place)
{
    static const char *const NAMES[] = {"input_shape", "input_dim", "batch_shape", "batch_input_shape"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const ArgumentPlace *argument = argument_of(place, NAMES[i]);
        if (argument && !argument->positional) return argument;
    }
    return NULL;
}

const char *code_with(Arena *arena, const char *code, const char *argument)
{
    const char *close = strrchr(code, ')');
    if (!close) return arena_print(arena, "%s(%s)", code, argument);
    const char *last = close;
    while (last > code && (last[-1] == ' ' || last[-1] == ',')) last--;
    const bool empty = last > code && last[-1] == '(';
    return arena_print(arena, "%.*s%s%s%s", (int)(last - code), code, empty ? "" : ", ", argument, close);
}

static const char *assigned_name(const PyNode *statement, const PyNode *call)
{
    if (statement->type != PY_ASSIGN || statement->list->next || !is_simple_name(statement->list)) return NULL;
    return statement->a == call ? statement->list->name : NULL;
}

bool application_of(const Reading *reading, const Place *place, Application *application)
{
    const PyNode *block;
    *application = (Application){.call = source_application(reading, place->call)};
    if (!application->call || !application->call->args) return false;
    application->argument = application->call->args->a;
    application->statement = source_statement(reading, place->call, &block);
    if (!application->statement || !application->argument) return false;
    application->target = assigned_name(application->statement, application->call);
    application->source = is_simple_name(application->argument) ? application->argument->name : NULL;
    return true;
}
